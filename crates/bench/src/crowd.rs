//! What many people type: a load for the endpoint.

use linchpin_search::EverydayNames;

use crate::dice::Dice;
use crate::table::{self, Institution};
use crate::typing::{self, Slip};

/// Of so many people one types the domain, and another an everyday name, if there is one.
const OTHERWISE: usize = 8;
/// Of so many people one gets a word wrong.
const SLIPPING: usize = 10;

const SLIPS: [Slip; 5] = [typing::swap, typing::drop, typing::double, typing::replace, typing::insert];

/// Draws what people type.
///
/// Each looks for an institution by Zipf's rule with the exponent 1: the one of rank N by its assets N times more seldom
/// than the largest. They type its name in small letters; one of eight its domain, another one of eight what it is called
/// in everyday speech, where it has these. One of ten makes a slip in a word. What is asked is the beginning of that, of
/// any length from one letter to all, since every pause in typing asks.
pub(crate) struct Crowd<'a> {
    /// The largest first.
    by_size: Vec<&'a Institution>,
    /// For each, by how much it and all before it are looked for.
    sought: Vec<u64>,
    everyday: &'a EverydayNames,
    dice: Dice,
}

impl<'a> Crowd<'a> {
    pub(crate) fn new(institutions: &'a [Institution], everyday: &'a EverydayNames, seed: u64) -> Self {
        let mut by_size: Vec<&Institution> = institutions.iter().collect();
        by_size.sort_by_key(|one| (std::cmp::Reverse(one.assets), &one.id));
        let mut all = 0;
        let sought = (1..=by_size.len() as u64).map(|rank| {
            all += (1 << 32) / rank;
            all
        });
        Self { sought: sought.collect(), by_size, everyday, dice: Dice::new(seed) }
    }

    /// The next query.
    pub(crate) fn query(&mut self) -> String {
        let text = self.text().unwrap_or_default();
        let letters: Vec<char> = text.chars().collect();
        let typed = 1 + self.dice.below(letters.len());
        let query: String = letters.into_iter().take(typed).collect();
        query.trim_end().to_owned()
    }

    /// What somebody would have typed in the end.
    fn text(&mut self) -> Option<String> {
        let one = self.sought()?;
        let plain = typing::plain(&one.name);
        let text = match self.dice.below(OTHERWISE) {
            0 => Some(one.domain.clone()).filter(|domain| !domain.is_empty()),
            1 => self.dice.of(&table::entry(one, self.everyday).aliases).map(|name| typing::plain(name)),
            _ => None,
        };
        let text = text.unwrap_or(plain);
        if self.dice.below(SLIPPING) > 0 {
            return Some(text);
        }
        let slip = *self.dice.of(&SLIPS)?;
        // In a name without a long word nothing goes wrong.
        Some(typing::misspelt(&mut self.dice, &text, slip).unwrap_or(text))
    }

    /// The institution that somebody looks for.
    fn sought(&mut self) -> Option<&'a Institution> {
        let all = usize::try_from(*self.sought.last()?).unwrap_or(usize::MAX);
        let drawn = self.dice.below(all) as u64;
        self.by_size.get(self.sought.partition_point(|sought| *sought <= drawn)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn institutions(count: u64) -> Vec<Institution> {
        let one = |rank: u64| Institution {
            id: format!("{rank}"),
            name: format!("Bank Number{rank}"),
            legal_name: String::new(),
            domain: format!("number{rank}.example"),
            city: String::new(),
            state: String::new(),
            assets: 1_000 - rank,
        };
        // The smallest first, so that the order has to be found.
        (1..=count).rev().map(one).collect()
    }

    #[test]
    fn institutions_are_looked_for_by_zipfs_rule() {
        let (institutions, everyday) = (institutions(100), EverydayNames::default());
        let mut crowd = Crowd::new(&institutions, &everyday, 1);
        let mut counts = [0u32; 101];
        for _ in 0..52_000 {
            counts[crowd.sought().unwrap().id.parse::<usize>().unwrap()] += 1;
        }
        // 1 + 1/2 + … + 1/100 is 5.187: of 52,000 about 10,024 for the first.
        for rank in [1u32, 2, 5, 10] {
            let (found, expected) = (counts[rank as usize], 10_024 / rank);
            assert!(found.abs_diff(expected) < expected / 8, "rank {rank}: {found}, not about {expected}");
        }
        assert!(counts[100] > 0, "the last is looked for, too");
    }

    #[test]
    fn beginnings_of_all_lengths_are_typed_and_the_same_ones_for_the_same_seed() {
        let (institutions, everyday) = (institutions(3), EverydayNames::default());
        let queries = |seed| {
            let mut crowd = Crowd::new(&institutions, &everyday, seed);
            (0..500).map(|_| crowd.query()).collect::<Vec<_>>()
        };
        let drawn = queries(1);
        for expected in ["b", "bank n", "bank number1", "number1.example"] {
            assert!(drawn.iter().any(|query| query == expected), "nobody types `{expected}`");
        }
        let slips = drawn.iter().filter(|query| {
            let whole = institutions.iter().map(|one| typing::plain(&one.name));
            !whole
                .chain(institutions.iter().map(|one| one.domain.clone()))
                .any(|text| text.starts_with(*query))
        });
        assert!((1..100).contains(&slips.count()), "some slip, most do not");
        assert!(drawn.iter().all(|query| !query.is_empty()));
        assert_eq!(drawn, queries(1));
        assert_ne!(drawn, queries(2));
    }
}
