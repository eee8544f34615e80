//! How much being well known counts.

/// What the most popular entry has.
pub(crate) const MOST: u32 = 1000;

/// For each entry, from its popularity in any unit: 1000 for the most popular, 0 for the last, falling with the
/// logarithm of the rank, since that is how attention falls. Entries of the same popularity have the same.
pub(crate) fn prominence(popularities: &[u64]) -> Vec<u16> {
    let mut sorted = popularities.to_vec();
    sorted.sort_unstable_by(|left, right| right.cmp(left));
    let whole = log2(sorted.len().max(2));
    let of_rank = |rank: usize| {
        let lost = u64::from(MOST) * log2(rank) / whole;
        u16::try_from(u64::from(MOST) - lost).unwrap_or(0)
    };
    popularities.iter().map(|one| of_rank(sorted.partition_point(|other| other > one) + 1)).collect()
}

/// The logarithm in steps of 1/1024, in whole numbers so that it is the same on every machine: exact at powers of two,
/// straight lines between.
fn log2(number: usize) -> u64 {
    let number = number.max(1) as u64;
    let power = u64::from(number.ilog2());
    (power << 10) + ((number << 10 >> power) - (1 << 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prominence_falls_with_the_logarithm_of_the_rank() {
        let popularities: Vec<u64> = (0..1024).rev().collect();
        let prominence = prominence(&popularities);
        let at = |rank: usize| prominence[rank - 1];
        assert_eq!([at(1), at(2), at(32), at(1024)], [1000, 900, 500, 0], "each doubling costs as much");
    }

    #[test]
    fn the_unit_does_not_matter_and_equals_are_equal() {
        assert_eq!(prominence(&[7, 1, 7, 3]), prominence(&[7_000_000_000_000, 1, 7_000_000_000_000, 2]));
        assert_eq!(prominence(&[5, 5, 5]), [1000, 1000, 1000]);
        assert_eq!(prominence(&[]), Vec::<u16>::new());
    }
}
