//! Practice aggregators that speak the real wire formats over HTTP.
