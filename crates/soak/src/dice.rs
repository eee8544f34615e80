//! Chance that can be repeated.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Numbers that follow from a seed (SplitMix64). Not for secrets.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The numbers that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The numbers that follow from `seed` for one purpose: how often another purpose draws does not move them.
    pub fn keyed(seed: u64, purpose: impl Hash) -> Self {
        // Fixed keys: the same in every run of one toolchain.
        let mut hasher = DefaultHasher::new();
        (seed, purpose).hash(&mut hasher);
        Self(hasher.finish())
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % end).unwrap_or(0)
    }

    /// True in so many of a thousand cases.
    pub fn in_thousand(&mut self, cases: usize) -> bool {
        self.below(1000) < cases
    }

    /// True in so many of a hundred cases.
    pub fn in_hundred(&mut self, cases: usize) -> bool {
        self.below(100) < cases
    }

    /// One of `from`; nothing when there is none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |mut dice: Dice| (0..20).map(|_| dice.below(6)).collect::<Vec<_>>();
        assert_eq!(throw(Dice::new(7)), throw(Dice::new(7)));
        assert_ne!(throw(Dice::new(7)), throw(Dice::new(8)), "another seed throws something else");
        assert_ne!(throw(Dice::keyed(7, "one")), throw(Dice::keyed(7, "two")), "each purpose has its own");
    }

    #[test]
    fn every_side_comes_up() {
        let mut dice = Dice::new(1);
        let mut seen = [false; 6];
        (0..200).for_each(|_| seen[dice.below(6)] = true);
        assert_eq!(seen, [true; 6]);
    }
}
