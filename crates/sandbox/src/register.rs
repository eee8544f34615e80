//! A register of institutions: a table with tabs between columns, one institution a line, the first line naming the
//! columns in any order. `id`, `kind`, `name`, `domain` and `assets_usd` must be there; others are passed over.

use std::collections::HashMap;
use std::num::ParseIntError;

use crate::id::InstitutionId;

/// The register that comes with this crate.
pub(crate) const OWN: &str = include_str!("../data/institutions.tsv");

/// What is read of each line.
const COLUMNS: [&str; 5] = ["id", "kind", "name", "domain", "assets_usd"];
/// Numbers of a register that have ids of their own: those below it.
const NUMBERS: u64 = 1_000_000;
/// Where the ids of the two registers begin, and of everything else.
const FDIC: u64 = 1_000_000;
const NCUA: u64 = 2_000_000;
const OTHERS: u64 = 3_000_000;

/// The institutions of a register, each with the id that it has at the practice aggregator.
///
/// ```
/// use linchpin_sandbox::{Directory, Register};
///
/// let table = "id\tkind\tname\tdomain\tassets_usd\nfdic:7\tbank\tElm Bank\telm.example\t1000\n";
/// let register = Register::parse(table)?;
/// assert_eq!(register.ids().next(), Some(("fdic:7", 1_000_007.into())));
/// let directory = Directory::with_register(&register);
/// assert_eq!(directory.len(), Directory::practice_only().len() + 1);
/// # Ok::<(), linchpin_sandbox::RegisterError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Register {
    rows: Vec<Row>,
}

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: InstitutionId,
    register_id: String,
    pub(crate) is_bank: bool,
    pub(crate) name: String,
    /// `None` where the register has none.
    pub(crate) domain: Option<String>,
    /// 0 where the register says nothing.
    pub(crate) assets_usd: u64,
}

/// Why a table is no register. Lines count from one, the headings included.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The first line does not name this column.
    #[error("line 1: there is no column `{0}`")]
    Column(&'static str),
    /// A line does not have as many columns as the first.
    #[error("line {line}: {found} columns; the first line has {expected}")]
    Width {
        /// Which line.
        line: u64,
        /// How many it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// The name is empty.
    #[error("line {0}: the institution has no name")]
    Name(u64),
    /// The assets are no whole number.
    #[error("line {0}: the assets are no whole number: {1}")]
    Assets(u64, ParseIntError),
    /// Two lines have one id.
    #[error("line {line}: line {first} has the same id")]
    Twice {
        /// The second line with it.
        line: u64,
        /// The first line with it.
        first: u64,
    },
}

impl Register {
    /// Reads a register.
    ///
    /// # Errors
    /// A column is missing, or a line does not fit; the text names the line.
    pub fn parse(table: &str) -> Result<Self, RegisterError> {
        let mut lines = table.lines();
        let headings: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let mut places = [0; COLUMNS.len()];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            let found = headings.iter().position(|heading| *heading == column);
            *place = found.ok_or(RegisterError::Column(column))?;
        }
        let mut first_lines = HashMap::new();
        let mut rows = Vec::new();
        for (text, line) in lines.zip(2..) {
            let cells: Vec<&str> = text.split('\t').collect();
            if cells.len() != headings.len() {
                return Err(RegisterError::Width { line, found: cells.len(), expected: headings.len() });
            }
            let row = row(places.map(|place| cells.get(place).copied().unwrap_or_default()), line)?;
            if let Some(first) = first_lines.insert(row.id, line) {
                return Err(RegisterError::Twice { line, first });
            }
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// The ids in the register, each with the id at the practice aggregator: 1,000,000 + N for `fdic:N` and 2,000,000 + N
    /// for `ncua:N`, where N is below 1,000,000; for any other, 3,000,000 + its line.
    pub fn ids(&self) -> impl Iterator<Item = (&str, InstitutionId)> {
        self.rows.iter().map(|row| (row.register_id.as_str(), row.id))
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }
}

fn row([id, kind, name, domain, assets]: [&str; COLUMNS.len()], line: u64) -> Result<Row, RegisterError> {
    if name.is_empty() {
        return Err(RegisterError::Name(line));
    }
    let assets_usd = match assets {
        "" => 0,
        assets => assets.parse().map_err(|error| RegisterError::Assets(line, error))?,
    };
    Ok(Row {
        id: InstitutionId(number(id).unwrap_or(OTHERS + line)),
        register_id: id.to_owned(),
        is_bank: kind == "bank",
        name: name.to_owned(),
        domain: Some(domain.to_owned()).filter(|domain| !domain.is_empty()),
        assets_usd,
    })
}

/// The number that an id of one of the two registers gives.
fn number(id: &str) -> Option<u64> {
    let (register, number) = id.split_once(':')?;
    let base = match register {
        "fdic" => FDIC,
        "ncua" => NCUA,
        _ => return None,
    };
    let number = number.parse::<u64>().ok().filter(|number| *number < NUMBERS)?;
    Some(base + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "assets_usd\tid\tkind\tname\tcity\tdomain\n";

    fn parse(lines: &str) -> Result<Register, RegisterError> {
        Register::parse(&format!("{HEAD}{lines}"))
    }

    #[test]
    fn every_row_has_an_id_by_which_its_own_is_found_again() {
        let rows = ["fdic:628", "ncua:628", "fdic:1000000", "occ:7", "7", "fdic:x", "fdic:0"];
        let table: String = rows.map(|id| format!("1\t{id}\tbank\tA Bank\tReno\ta.example\n")).concat();
        let register = parse(&table).unwrap();
        let ids: Vec<_> = register.ids().map(|(id, number)| (id, number.0)).collect();
        let expected = [1_000_628, 2_000_628, 3_000_004, 3_000_005, 3_000_006, 3_000_007, 1_000_000];
        assert_eq!(ids, rows.into_iter().zip(expected).collect::<Vec<_>>());
    }

    #[test]
    fn columns_are_found_by_their_headings_and_empty_cells_are_nothing() {
        let register = parse("\tx\tbank\tA Bank\tReno\t\n12\ty\tcredit_union\tB\t\tb.example\n").unwrap();
        let [a, b] = register.rows() else { panic!("{register:?}") };
        assert_eq!(
            (a.name.as_str(), a.domain.as_deref(), a.assets_usd, a.is_bank),
            ("A Bank", None, 0, true)
        );
        assert_eq!((b.domain.as_deref(), b.assets_usd, b.is_bank), (Some("b.example"), 12, false));
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_line() {
        let good = "1\tfdic:1\tbank\tA\t\t\n";
        for (lines, expected) in [
            ("1\tfdic:1\tbank\n", "line 2: 3 columns; the first line has 6"),
            ("1\tfdic:1\tbank\t\t\t\n", "line 2: the institution has no name"),
            (
                &format!("{good}1.5\tfdic:2\tbank\tB\t\t\n"),
                "line 3: the assets are no whole number: invalid digit found in string",
            ),
            (&format!("{good}2\tx\tbank\tB\t\t\n{good}"), "line 4: line 2 has the same id"),
        ] {
            assert_eq!(parse(lines).unwrap_err().to_string(), expected);
        }
        assert_eq!(Register::parse("").unwrap_err(), RegisterError::Column("id"));
        assert_eq!(
            Register::parse("id\tkind\tname\tassets_usd").unwrap_err(),
            RegisterError::Column("domain")
        );
    }
}
