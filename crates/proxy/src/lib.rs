//! The backend that holds the aggregator's secret.
