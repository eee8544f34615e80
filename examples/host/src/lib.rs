//! A small fintech site: the integration to copy.
