//! What the operator knows of institutions beyond the aggregator's list: where they are, how large, under which other
//! names and routing numbers people look for them.
//!
//! A table: tabs between columns, one line each, the first line names the columns, in any order. `name` must be there;
//! `domain`, `legal_name`, `city`, `state`, `size` (or `assets_usd`), `aliases` and `routing_numbers` may be, with `|`
//! between several in one; others are passed over.

use crate::aggregators::Listing;
use linchpin_protocol::Place;
use linchpin_search::{EverydayNames, EverydayNamesError};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Why the table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SupplementError {
    /// The operator's file cannot be read, or a line does not fit.
    #[error("the supplement {}: {reason}: correct the line, or unset LINCHPIN_SUPPLEMENT", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What is wrong, and in which line.
        reason: csv::Error,
    },
    /// The table of everyday names that comes with the proxy does not fit.
    #[error("everyday names: {0}")]
    EverydayNames(#[from] EverydayNamesError),
}

/// The table; empty when there is none.
#[derive(Debug, Default)]
pub(crate) struct Supplement {
    rows: Vec<Row>,
    by_domain: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    everyday_names: EverydayNames,
}

/// One institution.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub(crate) struct Row {
    name: String,
    #[serde(default)]
    domain: Option<String>,
    /// The name in the register.
    #[serde(default)]
    pub(crate) legal_name: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    state: Option<String>,
    /// In any unit: larger is likelier to be meant.
    #[serde(default, alias = "assets_usd")]
    pub(crate) size: Option<u64>,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    routing_numbers: String,
}

impl Row {
    /// Where it is, when city and state are given.
    pub(crate) fn place(&self) -> Option<Place> {
        Some(Place { city: self.city.clone()?, state: self.state.clone()? })
    }

    /// Other names that people use for it.
    pub(crate) fn aliases(&self) -> Vec<String> {
        several(&self.aliases)
    }

    /// Nine digits each.
    pub(crate) fn routing_numbers(&self) -> Vec<String> {
        several(&self.routing_numbers)
    }
}

fn several(text: &str) -> Vec<String> {
    text.split('|').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

fn rows(file: &Path) -> Result<Vec<Row>, SupplementError> {
    let reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_path(file);
    let rows = reader.and_then(|mut reader| reader.deserialize().collect());
    rows.map_err(|reason| SupplementError::File { file: file.to_owned(), reason })
}

impl Supplement {
    /// Reads the operator's file, if there is one.
    ///
    /// # Errors
    /// It cannot be read, or a line does not fit; the text names the line.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, SupplementError> {
        let rows = file.map(rows).transpose()?.unwrap_or_default();
        Ok(Self::new(rows, EverydayNames::known()?))
    }

    fn new(rows: Vec<Row>, everyday_names: EverydayNames) -> Self {
        let mut supplement = Self { everyday_names, ..Self::default() };
        for (at, row) in rows.iter().enumerate() {
            if let Some(domain) = &row.domain {
                supplement.by_domain.entry(domain.to_lowercase()).or_default().push(at);
            }
            supplement.by_name.entry(row.name.to_lowercase()).or_default().push(at);
        }
        supplement.rows = rows;
        supplement
    }

    /// What is known of each of these institutions.
    ///
    /// A row is found by the domain, and where several rows share that, by the name, too. What is left is matched by
    /// name: one institution and one row that have a name for themselves belong together, unless both have a domain.
    pub(crate) fn rows_of(&self, listings: &[Listing]) -> Vec<Option<&Row>> {
        let mut found: Vec<Option<usize>> = listings.iter().map(|listing| self.by_domain(listing)).collect();
        let taken: HashSet<usize> = found.iter().flatten().copied().collect();
        let mut left: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, listing) in listings.iter().enumerate().filter(|(at, _)| found[*at].is_none()) {
            left.entry(listing.name.to_lowercase()).or_default().push(at);
        }
        for (name, alike) in left {
            let rows = self.by_name.get(&name).into_iter().flatten().filter(|row| !taken.contains(row));
            if let ([listing], [row]) = (alike.as_slice(), rows.copied().collect::<Vec<_>>().as_slice()) {
                let apart = listings[*listing].domain.is_some() && self.rows[*row].domain.is_some();
                found[*listing] = Some(*row).filter(|_| !apart);
            }
        }
        found.into_iter().map(|row| self.rows.get(row?)).collect()
    }

    fn by_domain(&self, listing: &Listing) -> Option<usize> {
        let here = self.by_domain.get(&listing.domain.as_ref()?.to_lowercase())?;
        if let [only] = here.as_slice() {
            return Some(*only);
        }
        let namesakes = self.by_name.get(&listing.name.to_lowercase())?;
        let mut both = here.iter().filter(|row| namesakes.contains(row));
        both.next().copied().filter(|_| both.next().is_none())
    }

    /// What people call institutions, whoever lists them.
    pub(crate) fn everyday_names(&self) -> &EverydayNames {
        &self.everyday_names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::{InstitutionId, Way};

    fn listing(name: &str, domain: Option<&str>) -> Listing {
        Listing {
            id: InstitutionId::new("ins_1"),
            name: name.to_owned(),
            domain: domain.map(str::to_owned),
            website: None,
            place: None,
            available: true,
            practice: false,
            bank_login: false,
            credentials: true,
            way: Way::Instant,
            popularity: 1,
            username_label: None,
            password_label: None,
            more_fields: Vec::new(),
            notes: None,
        }
    }

    fn read(text: &str) -> Result<Supplement, SupplementError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Supplement::read(Some(file.path()))
    }

    const TABLE: &str = "id\tname\tdomain\tcity\tstate\tassets_usd\taliases
1\tFirst State Bank\tfsb-tx.example\tCanadian\tTX\t7\tFSB|First State
2\tFirst State Bank\t\tNome\tAK\t5\t
3\tOne of Two\tshared.example\tReno\tNV\t\t
4\tTwo of Two\tshared.example\tElko\tNV\t3\t
5\tLonely Bank\t\tBend\tOR\t\t
6\tSure Bank\tsure.example\tMesa\tAZ\t\t
";

    #[test]
    fn a_row_is_found_by_domain_or_by_a_name_that_only_one_has() {
        let supplement = read(TABLE).unwrap();
        let city = |name, domain| {
            let found = supplement.rows_of(&[listing(name, domain)])[0];
            found.and_then(|row| row.city.clone())
        };
        assert_eq!(city("First State", Some("FSB-TX.example")).as_deref(), Some("Canadian"), "by its domain");
        assert_eq!(city("two of two", Some("shared.example")).as_deref(), Some("Elko"), "and its name");
        assert_eq!(city("Another", Some("shared.example")), None, "two share the domain");
        assert_eq!(city("First State Bank", None), None, "two share the name");
        assert_eq!(city("LONELY BANK", Some("lonely.example")).as_deref(), Some("Bend"), "by its name");
        assert_eq!(city("Sure Bank", Some("other.example")), None, "another domain, another bank");
        assert_eq!(city("Nobody", None), None);
    }

    #[test]
    fn of_namesakes_the_one_that_is_left_is_known_by_its_name() {
        let supplement = read(TABLE).unwrap();
        let cities = |listings: &[Listing]| {
            let rows = supplement.rows_of(listings).into_iter();
            rows.map(|row| row.and_then(|row| row.city.clone())).collect::<Vec<_>>()
        };
        let (known, other) =
            (listing("First State Bank", Some("fsb-tx.example")), listing("First State Bank", None));
        let (canadian, nome) = (Some("Canadian".to_owned()), Some("Nome".to_owned()));
        assert_eq!(
            cities(&[known.clone(), other.clone()]),
            [canadian.clone(), nome],
            "one row is left for it"
        );
        assert_eq!(
            cities(&[known, other.clone(), other]),
            [canadian, None, None],
            "there is no telling the two apart"
        );
    }

    #[test]
    fn a_row_tells_size_names_and_routing_numbers() {
        let table =
            "routing_numbers\tname\tsize\taliases\n021000021|021000089\tA\t7\tFSB | First State\n\tB\t\t\n";
        let supplement = read(table).unwrap();
        let [a, b] = supplement.rows_of(&[listing("A", None), listing("B", None)]).try_into().unwrap();
        let told =
            |row: Option<&Row>| row.map(|row| (row.size, row.aliases(), row.routing_numbers())).unwrap();
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(told(a), (Some(7), texts(&["FSB", "First State"]), texts(&["021000021", "021000089"])));
        assert_eq!(told(b), (None, vec![], vec![]));
    }

    #[test]
    fn a_line_that_does_not_fit_is_named() {
        let error = read("name\tsize\nA Bank\t1\nB Bank\tlarge\n").unwrap_err().to_string();
        assert!(error.contains("line: 3"), "{error}");
        assert!(read("domain\nx.example\n").is_err(), "a table without names");
        assert!(read("name\tcity\nA Bank\n").is_err(), "a line without its columns");
    }
}
