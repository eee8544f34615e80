//! Every way through the widget with keys alone, and what is said on it: one transcript each, in `transcripts/`.

mod linking;
