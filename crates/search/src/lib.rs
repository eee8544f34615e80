//! Institution search: pure ranking over a directory.
