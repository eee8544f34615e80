//! The tables that are judged by: tab-separated, one line of headings, no quoting.

use std::path::Path;

use anyhow::{Context as _, ensure};
use linchpin_search::{Entry, EverydayNames};

/// One institution.
#[derive(Clone, Debug)]
pub(crate) struct Institution {
    /// Such as `fdic:628`.
    pub(crate) id: String,
    /// The name to show.
    pub(crate) name: String,
    pub(crate) legal_name: String,
    /// Empty when there is none.
    pub(crate) domain: String,
    pub(crate) city: String,
    pub(crate) state: String,
    /// Whole dollars; how well known it is goes by this. Nothing where the register says nothing.
    pub(crate) assets: u64,
}

/// One query and what it should find.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) text: String,
    /// How the query was made.
    pub(crate) method: String,
    /// The worst place at which an accepted institution may stand, counted from one.
    pub(crate) target_rank: usize,
    /// The ids that count as found; none when nothing should be found.
    pub(crate) accepted: Vec<String>,
}

/// A table in memory.
pub(crate) struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let headings = lines.next().context("it is empty")?;
        let rows: Vec<Vec<String>> = lines.collect();
        for (row, line) in rows.iter().zip(2..) {
            ensure!(row.len() == headings.len(), "line {line} does not have {} columns", headings.len());
        }
        Ok(Self { headings, rows })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or a row does not fit.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        Self::parse(&read(path)?).with_context(|| format!("reading {}", path.display()))
    }

    /// The rows, cell by cell.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Vec<String>> {
        self.rows.iter()
    }

    /// The place of a column.
    ///
    /// # Errors
    /// There is none of this heading.
    pub(crate) fn column(&self, heading: &str) -> anyhow::Result<usize> {
        self.headings
            .iter()
            .position(|known| known == heading)
            .with_context(|| format!("it has no column `{heading}`"))
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// Reads institutions.
///
/// # Errors
/// The file cannot be read, or lacks a column, or a row does not fit.
pub(crate) fn institutions(path: &Path) -> anyhow::Result<Vec<Institution>> {
    parse_institutions(&read(path)?).with_context(|| format!("reading {}", path.display()))
}

fn parse_institutions(text: &str) -> anyhow::Result<Vec<Institution>> {
    let table = Table::parse(text)?;
    let columns = ["id", "name", "legal_name", "domain", "city", "state", "assets_usd"];
    let columns: Vec<usize> =
        columns.iter().map(|heading| table.column(heading)).collect::<Result<_, _>>()?;
    let institution = |row: &Vec<String>| {
        let mut cells = columns.iter().map(|column| row.get(*column).cloned().unwrap_or_default());
        let mut next = || cells.next().unwrap_or_default();
        let [id, name, legal_name, domain, city, state, assets] = std::array::from_fn(|_| next());
        let assets = match assets.as_str() {
            "" => 0,
            assets => assets.parse().with_context(|| format!("{id}: its assets are no number"))?,
        };
        Ok(Institution { id, name, legal_name, domain, city, state, assets })
    };
    table.rows.iter().map(institution).collect()
}

/// Reads queries.
///
/// # Errors
/// The file cannot be read, or lacks a column, or a row does not fit.
pub(crate) fn queries(path: &Path) -> anyhow::Result<Vec<Query>> {
    parse_queries(&read(path)?).with_context(|| format!("reading {}", path.display()))
}

fn parse_queries(text: &str) -> anyhow::Result<Vec<Query>> {
    let table = Table::parse(text)?;
    let columns = ["query", "expected_id", "method", "target_rank", "accepted_ids"];
    let columns: Vec<usize> =
        columns.iter().map(|heading| table.column(heading)).collect::<Result<_, _>>()?;
    let query = |row: &Vec<String>| {
        let mut cells = columns.iter().map(|column| row.get(*column).cloned().unwrap_or_default());
        let mut next = || cells.next().unwrap_or_default();
        let [text, expected, method, target_rank, accepted] = std::array::from_fn(|_| next());
        let mut accepted: Vec<String> = accepted.split(',').map(|id| id.trim().to_owned()).collect();
        accepted.push(expected);
        accepted.retain(|id| !id.is_empty());
        let target_rank = match target_rank.as_str() {
            "" => 1,
            rank => rank.parse().with_context(|| format!("`{text}`: its target rank is no number"))?,
        };
        Ok(Query { text, method, target_rank, accepted })
    };
    table.rows.iter().map(query).collect()
}

/// What the search knows of an institution: what stands in the table, and what it is called in everyday speech.
pub(crate) fn entry(institution: &Institution, everyday: &EverydayNames) -> Entry {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let mut entry = Entry {
        name: institution.name.clone(),
        legal_name: some(&institution.legal_name),
        domain: some(&institution.domain),
        city: some(&institution.city),
        state: some(&institution.state),
        popularity: institution.assets,
        ..Entry::default()
    };
    everyday.add_to(&mut entry);
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_headings() {
        let table = "method\tquery\ttarget_rank\texpected_id\taccepted_ids\nexact\tchase\t2\ta\ta,b\nnoise\tasdf\t\t\t\n";
        let queries = parse_queries(table).unwrap();
        assert_eq!((queries[0].text.as_str(), queries[0].target_rank), ("chase", 2));
        assert_eq!(queries[0].accepted, ["a", "b", "a"]);
        assert!(queries[1].accepted.is_empty(), "noise expects nothing");
    }

    #[test]
    fn a_missing_column_and_a_short_row_are_named() {
        let error = parse_queries("query\tmethod\nchase\texact\n").unwrap_err().to_string();
        assert!(error.contains("expected_id"), "{error}");
        let error = parse_institutions("id\tname\na\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
