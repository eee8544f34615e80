//! What people call institutions in everyday speech, as a table.

use crate::Entry;
use crate::address;
use std::collections::HashMap;

/// Everyday names: nicknames, former names, brands, other addresses.
///
/// The table is text: one row a line, four columns parted by tabs (the institution's domain, its name, the everyday
/// name, its kind), the first line being headings. A row is for the entries with its domain, or, where it has none, for
/// those with its name.
#[derive(Clone, Debug, Default)]
pub struct EverydayNames {
    by_domain: HashMap<String, Vec<String>>,
    by_name: HashMap<String, Vec<String>>,
}

/// A table of everyday names that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EverydayNamesError {
    /// The line with this number, counted from one, does not have four columns.
    Columns(usize),
    /// The line with this number has no everyday name, or neither domain nor name.
    Empty(usize),
}

impl std::fmt::Display for EverydayNamesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Columns(line) => write!(f, "line {line} does not have four columns parted by tabs"),
            Self::Empty(line) => write!(f, "line {line} lacks the everyday name, or both domain and name"),
        }
    }
}

impl std::error::Error for EverydayNamesError {}

impl EverydayNames {
    /// The names that come with Linchpin, for institutions of the United States.
    ///
    /// # Errors
    /// None, as long as the table in the repository can be read, which a test holds.
    pub fn known() -> Result<Self, EverydayNamesError> {
        Self::parse(include_str!("../data/everyday_names.tsv"))
    }

    /// Reads a table.
    ///
    /// # Errors
    /// A line does not fit; the error says which.
    pub fn parse(table: &str) -> Result<Self, EverydayNamesError> {
        let mut names = Self::default();
        for (line, number) in table.lines().zip(1..).skip(1).filter(|(line, _)| !line.trim().is_empty()) {
            let mut columns = line.split('\t').map(str::trim);
            let (Some(domain), Some(name), Some(everyday), Some(_kind), None) =
                (columns.next(), columns.next(), columns.next(), columns.next(), columns.next())
            else {
                return Err(EverydayNamesError::Columns(number));
            };
            if everyday.is_empty() || (domain.is_empty() && name.is_empty()) {
                return Err(EverydayNamesError::Empty(number));
            }
            let of = if domain.is_empty() {
                names.by_name.entry(name.to_lowercase())
            } else {
                names.by_domain.entry(domain.to_lowercase())
            };
            of.or_default().push(everyday.to_owned());
        }
        Ok(names)
    }

    /// Adds to the aliases of an entry what it is called.
    pub fn add_to(&self, entry: &mut Entry) {
        let domain = entry.domain.as_deref().and_then(address::host);
        let by_domain = domain.and_then(|domain| self.by_domain.get(&domain));
        let by_name = self.by_name.get(&entry.name.to_lowercase());
        let missing = |alias: &&String| !entry.aliases.contains(alias);
        let added: Vec<String> =
            by_domain.into_iter().chain(by_name).flatten().filter(missing).cloned().collect();
        entry.aliases.extend(added);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "domain\tname\teveryday\tkind\n";

    fn entry(name: &str, domain: Option<&str>) -> Entry {
        Entry { name: name.to_owned(), domain: domain.map(str::to_owned), ..Entry::default() }
    }

    #[test]
    fn a_row_is_for_its_domain_or_without_one_for_its_name() {
        let table = format!("{HEADINGS}a.com\tA Bank\tAye\tnickname\n\tB Bank\tBee\tnickname\n");
        let names = EverydayNames::parse(&table).expect("the table is well formed");
        for (name, domain, expected) in [
            ("A Bank", Some("A.com"), vec!["Aye"]),
            ("A Bank", Some("other.com"), vec![]),
            ("b bank", None, vec!["Bee"]),
        ] {
            let mut entry = entry(name, domain);
            names.add_to(&mut entry);
            names.add_to(&mut entry);
            assert_eq!(entry.aliases, expected, "{name} at {domain:?}, once");
        }
    }

    #[test]
    fn a_line_that_does_not_fit_is_named() {
        let error = |line: &str| EverydayNames::parse(&format!("{HEADINGS}{line}")).err();
        assert_eq!(error("a.com\tA\n"), Some(EverydayNamesError::Columns(2)));
        assert_eq!(error("a.com\tA\t\tnickname\n"), Some(EverydayNamesError::Empty(2)));
        assert_eq!(error("\t\tAye\tnickname\n"), Some(EverydayNamesError::Empty(2)));
    }

    #[test]
    fn the_table_that_comes_along_can_be_read() {
        let known = EverydayNames::known().expect("the table is well formed");
        let mut bank = entry("Bank of America", Some("bankofamerica.com"));
        known.add_to(&mut bank);
        assert!(bank.aliases.iter().any(|alias| alias == "BofA"), "{:?}", bank.aliases);
    }
}
