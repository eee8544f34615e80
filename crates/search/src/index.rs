//! The directory, made ready for questions.

use crate::highlight::highlights;
use crate::query::Query;
use crate::rank::{Prepared, Tier};
use crate::{Entry, Hit, Results};

/// A directory that answers questions. Built once, then only read; cheap to share behind an `Arc`.
pub struct Index {
    entries: Vec<Entry>,
    prepared: Vec<Prepared>,
    /// All entries, most popular first, then by name.
    by_popularity: Vec<usize>,
}

impl Index {
    /// Makes a directory ready. An entry goes by its place in this list from now on.
    pub fn build(entries: Vec<Entry>) -> Self {
        let prepared = entries.iter().map(Prepared::new).collect();
        let mut by_popularity: Vec<usize> = (0..entries.len()).collect();
        by_popularity.sort_by(|left, right| {
            let (left, right) = (entries.get(*left), entries.get(*right));
            let key = |entry: Option<&Entry>| std::cmp::Reverse(entry.map(|entry| entry.popularity));
            key(left).cmp(&key(right)).then_with(|| left.map(|l| &l.name).cmp(&right.map(|r| &r.name)))
        });
        Self { entries, prepared, by_popularity }
    }

    /// Answers a question with the `limit` entries that come after the first `offset`, best first.
    ///
    /// Knows names, legal names and aliases, words in any order and unfinished, with the place beside them, domains
    /// and pasted addresses. A question without letters or digits finds nothing; for what to show before anything is
    /// typed there is [`Index::popular`].
    pub fn search(&self, query: &str, limit: usize, offset: usize) -> Results {
        let Some(query) = Query::parse(query) else { return Results::default() };
        // Walked by popularity, and the sort is stable: inside a tier that order stays.
        let mut found: Vec<(Tier, usize)> = self
            .by_popularity
            .iter()
            .filter_map(|&at| Some((self.prepared.get(at)?.tier(&query)?, at)))
            .collect();
        found.sort_by_key(|(tier, _)| *tier);
        let hits = found
            .iter()
            .skip(offset)
            .take(limit)
            .filter_map(|&(_, at)| {
                Some(Hit { entry: at, highlights: highlights(&self.entries.get(at)?.name, &query) })
            })
            .collect();
        Results { hits, more: found.len() > offset.saturating_add(limit) }
    }

    /// The most popular entries, most popular first.
    pub fn popular(&self, limit: usize) -> Vec<usize> {
        self.by_popularity.iter().copied().take(limit).collect()
    }

    /// The entry at this place of the list that [`Index::build`] was given.
    pub fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
