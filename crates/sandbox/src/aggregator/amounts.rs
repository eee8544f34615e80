//! The two amounts of micro-deposits.

use std::fmt;

use super::NoRandomness;
use crate::money::Cents;

/// Two different amounts from 1 to 99 cents. Whoever knows them proves an account, so nothing shows them by accident.
#[derive(Clone, Copy)]
pub(crate) struct Amounts([Cents; 2]);

impl Amounts {
    /// Two that cannot be guessed.
    pub(crate) fn draw() -> Result<Self, NoRandomness> {
        let first = draw_cents()?;
        loop {
            let second = draw_cents()?;
            if second != first {
                return Ok(Self([first, second]));
            }
        }
    }

    /// These, as a test wants them; `None` unless they are different and from 1 to 99.
    pub(crate) fn fixed([first, second]: [u8; 2]) -> Option<Self> {
        let fits = |cents: u8| (1..=99).contains(&cents);
        let cents = |cents: u8| Cents(i64::from(cents));
        (fits(first) && fits(second) && first != second).then(|| Self([cents(first), cents(second)]))
    }

    /// Whether `tried` are these, in either order.
    pub(crate) fn are(self, [first, second]: [Cents; 2]) -> bool {
        self.0 == [first, second] || self.0 == [second, first]
    }

    /// They themselves, for the bank's statement only.
    pub(crate) fn on_statement(self) -> [Cents; 2] {
        self.0
    }
}

impl fmt::Debug for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Amounts(redacted)")
    }
}

/// From 1 to 99, each as likely: the bytes above the last whole multiple of 99 are drawn anew.
fn draw_cents() -> Result<Cents, NoRandomness> {
    loop {
        let mut byte = [0_u8; 1];
        getrandom::fill(&mut byte).map_err(|_| NoRandomness)?;
        let [byte] = byte;
        if byte < 2 * 99 {
            return Ok(Cents(i64::from(byte % 99) + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn drawn_amounts_are_two_different_ones_from_1_to_99_and_all_of_them_come_up() {
        let mut seen = BTreeSet::new();
        for _ in 0..10_000 {
            let [Cents(a), Cents(b)] = Amounts::draw().unwrap().on_statement();
            assert!(a != b && (1..=99).contains(&a) && (1..=99).contains(&b), "{a} and {b}");
            seen.extend([a, b]);
        }
        assert_eq!(seen.len(), 99, "{seen:?}");
    }

    #[test]
    fn they_are_the_same_in_either_order_and_only_as_a_pair() {
        let amounts = Amounts::fixed([9, 2]).unwrap();
        assert!(amounts.are([Cents(9), Cents(2)]) && amounts.are([Cents(2), Cents(9)]));
        assert!(!amounts.are([Cents(9), Cents(9)]) && !amounts.are([Cents(2), Cents(3)]));
        for odd in [[0, 5], [5, 100], [7, 7]] {
            assert!(Amounts::fixed(odd).is_none(), "{odd:?}");
        }
        assert_eq!(format!("{amounts:?}"), "Amounts(redacted)");
    }
}
