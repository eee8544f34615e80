//! Amounts of money.

use serde::{Serialize, Serializer};

/// US cents; on the wire a decimal number of dollars, as Quovo writes amounts (`880.25`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cents(pub(crate) i64);

impl std::iter::Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl Serialize for Cents {
    #[expect(clippy::cast_precision_loss, reason = "practice balances are far below 2^53 cents")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_written_as_dollars() {
        let written = [Cents(88_025), Cents(-31_245), Cents(0)].map(|c| serde_json::to_string(&c).unwrap());
        assert_eq!(written, ["880.25", "-312.45", "0.0"]);
    }
}
