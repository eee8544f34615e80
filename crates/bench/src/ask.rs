//! Whoever can be asked: the search itself, or something that stands before it.

use linchpin_search::Index;

use crate::table::Institution;

/// How far down an answer is read.
pub(crate) const DEPTH: usize = 50;

/// Something that answers queries.
pub(crate) trait Search {
    /// What it is, for the report.
    fn name(&self) -> &'static str;

    /// The ids of the first [`DEPTH`] institutions found, best first.
    ///
    /// # Errors
    /// It could not be asked.
    fn ask(&mut self, query: &str) -> anyhow::Result<Vec<String>>;
}

/// The search, asked without anything between.
pub(crate) struct Direct<'a> {
    pub(crate) index: &'a Index,
    pub(crate) institutions: &'a [Institution],
}

impl Search for Direct<'_> {
    fn name(&self) -> &'static str {
        "the crate, asked directly"
    }

    fn ask(&mut self, query: &str) -> anyhow::Result<Vec<String>> {
        let hits = self.index.search(query, DEPTH, 0).hits;
        Ok(hits.iter().filter_map(|hit| Some(self.institutions.get(hit.entry)?.id.clone())).collect())
    }
}
