//! The Linchpin widget.
