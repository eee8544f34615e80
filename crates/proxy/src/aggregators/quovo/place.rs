//! How a connection at Quovo is found again.

use super::translate::Phase;
use crate::aggregators::{Reference, UpstreamError};
use serde::{Deserialize, Serialize};

/// How a connection is found again. Stored as JSON; `v` moves when the meaning of a field does.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(in crate::aggregators) struct Place {
    pub(in crate::aggregators) v: u8,
    pub(in crate::aggregators) connection: u64,
    pub(in crate::aggregators) phase: Phase,
    /// Whether account numbers are wanted.
    pub(in crate::aggregators) numbers: bool,
}

impl Place {
    /// Reads a stored reference.
    pub(in crate::aggregators) fn read(reference: &Reference) -> Result<Self, UpstreamError> {
        serde_json::from_str::<Self>(&reference.0)
            .ok()
            .filter(|place| place.v == 1)
            .ok_or(UpstreamError::BadReference)
    }

    /// As it is stored.
    pub(in crate::aggregators) fn write(self) -> Result<Reference, UpstreamError> {
        serde_json::to_string(&self).map(Reference).map_err(|_| UpstreamError::BadReference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_of_another_version_is_refused() {
        let place = Place { v: 1, connection: 7, phase: Phase::AggregateFirst, numbers: true };
        let reference = place.write().unwrap();
        assert_eq!(Place::read(&reference).map(|place| place.connection), Ok(7));
        let newer = Reference(reference.0.replace("\"v\":1", "\"v\":2"));
        assert_eq!(Place::read(&newer).map(|place| place.connection), Err(UpstreamError::BadReference));
    }
}
