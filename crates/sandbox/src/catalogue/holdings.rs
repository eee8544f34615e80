//! The accounts a good sync finds.

use crate::money::Cents;

/// An account of a practice person. The same ones are found at every institution.
#[derive(Debug)]
pub(crate) struct Holding {
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) confidence: &'static str,
    pub(crate) owner_type: &'static str,
    pub(crate) owners: &'static [&'static str],
    pub(crate) present: Cents,
    pub(crate) available: Cents,
    /// Whether it has an account number that money can be sent to.
    pub(crate) has_number: bool,
}

/// A routing number that passes the checksum and belongs to nobody.
pub(crate) const ROUTING: &str = "129999908";

/// What is found, in this order.
pub(crate) static HOLDINGS: &[Holding] = &[
    Holding {
        name: "Everyday Checking",
        category: "Banking",
        kind: "Checking",
        confidence: "Very High",
        owner_type: "Individual Account",
        owners: &["Pat Practice"],
        present: Cents(248_017),
        available: Cents(230_017),
        has_number: true,
    },
    Holding {
        name: "Rainy Day Savings",
        category: "Banking",
        kind: "Savings",
        confidence: "High",
        owner_type: "Joint Account",
        owners: &["Pat Practice", "Sam Practice"],
        present: Cents(1_025_000),
        available: Cents(1_025_000),
        has_number: true,
    },
    Holding {
        name: "Travel Card",
        category: "Banking",
        kind: "Credit Card",
        confidence: "Very High",
        owner_type: "Individual Account",
        owners: &["Pat Practice"],
        present: Cents(-31_245),
        available: Cents(468_755),
        has_number: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_routing_number_passes_the_checksum() {
        let weighted: u32 =
            ROUTING.bytes().zip([3, 7, 1].iter().cycle()).map(|(d, w)| u32::from(d - b'0') * w).sum();
        assert_eq!(ROUTING.len(), 9, "nine digits");
        assert_eq!(weighted % 10, 0, "3-7-1 checksum");
    }
}
