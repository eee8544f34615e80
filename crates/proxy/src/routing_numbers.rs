//! What is known of routing numbers: from a table of the operator's, and from the one of institutions.
//!
//! The table: tabs between columns, one line each, the first line names the columns, in any order. `routing_number` must be
//! there; `bank_name`, `record` and `replaced_by` may be, others are passed over. `record` is `frb` for the Federal
//! Reserve's own numbers, `use_new` for those that `replaced_by` has taken the place of, anything else for a bank's.
//! Whoever takes part in the payment system gets such a list; it may not be passed on, so none comes with the proxy.

use crate::app::AppState;
use linchpin_protocol::{InstitutionRef, RoutingNumber, RoutingNumberFacts, RoutingState};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The Treasury's numbers begin with these: nobody's account is there.
const TREASURY: &str = "00";

/// Why the table cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the routing numbers {}: {reason}: correct the line, or unset LINCHPIN_ROUTING_NUMBERS", file.display())]
pub struct RoutingNumbersError {
    file: PathBuf,
    reason: csv::Error,
}

/// The operator's table; empty when there is none.
#[derive(Debug, Default)]
pub(crate) struct RoutingNumbers(HashMap<String, Row>);

#[derive(Debug, Deserialize)]
struct Row {
    routing_number: String,
    #[serde(default)]
    bank_name: Option<String>,
    #[serde(default)]
    record: Record,
    #[serde(default)]
    replaced_by: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Record {
    Frb,
    UseNew,
    #[default]
    #[serde(other)]
    Bank,
}

impl RoutingNumbers {
    /// Reads the operator's file, if there is one.
    ///
    /// # Errors
    /// It cannot be read, or a line does not fit; the text names the line.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, RoutingNumbersError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_path(file);
        let rows = reader.and_then(|mut reader| reader.deserialize::<Row>().collect::<Result<Vec<_>, _>>());
        let rows = rows.map_err(|reason| RoutingNumbersError { file: file.to_owned(), reason })?;
        Ok(Self(rows.into_iter().map(|row| (row.routing_number.clone(), row)).collect()))
    }

    /// The number that took this one's place; the last of a chain.
    fn replacement(&self, number: &str) -> Option<&str> {
        let next = |number: &str| {
            let row = self.0.get(number).filter(|row| row.record == Record::UseNew)?;
            row.replaced_by.as_deref().filter(|by| *by != number && RoutingNumber::parse(by).is_ok())
        };
        let first = next(number)?;
        // A table that goes round in circles leads nowhere.
        std::iter::successors(Some(first), |number| next(number)).take(8).last()
    }
}

/// What is known of a routing number.
pub(crate) fn facts(state: &AppState, number: RoutingNumber) -> RoutingNumberFacts {
    let routing = number.to_string();
    let table = &state.routing_numbers;
    let replaced_by = table.replacement(&routing).map(str::to_owned);
    let current = replaced_by.as_deref().unwrap_or(&routing);
    let row = table.0.get(current);
    let listings = state.directory.listings();
    let listing = listings.as_ref().and_then(|listings| listings.of_routing_number(current));
    let bank =
        row.and_then(|row| row.bank_name.clone()).or_else(|| listing.map(|listing| listing.name.clone()));
    let is_frb = row.is_some_and(|row| row.record == Record::Frb);
    let state = if replaced_by.is_some() {
        RoutingState::Replaced
    } else if is_frb || routing.starts_with(TREASURY) {
        RoutingState::NotForCustomers
    } else if bank.is_some() {
        RoutingState::Known
    } else {
        RoutingState::Unlisted
    };
    RoutingNumberFacts {
        state,
        bank,
        replaced_by,
        institution: listing.map(|listing| InstitutionRef {
            id: listing.id.clone(),
            name: listing.name.clone(),
            domain: listing.domain.clone(),
        }),
        routing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str) -> Result<RoutingNumbers, RoutingNumbersError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), table).unwrap();
        RoutingNumbers::read(Some(file.path()))
    }

    #[test]
    fn a_replaced_number_leads_to_the_last_of_its_successors() {
        let table = read(
            "routing_number\tbank_name\trecord\treplaced_by
021000021\tBig Bank\tuse_as_is\t
011000015\tFederal Reserve\tfrb\t
322271627\tOld Bank\tuse_new\t021000089
021000089\tOlder Bank\tuse_new\t021000021
011401533\tRound\tuse_new\t011401533
",
        )
        .unwrap();
        assert_eq!(table.replacement("322271627"), Some("021000021"));
        assert_eq!(table.replacement("021000089"), Some("021000021"));
        for number in ["021000021", "011000015", "011401533", "999999999"] {
            assert_eq!(table.replacement(number), None, "{number}");
        }
    }

    #[test]
    fn a_table_without_the_numbers_names_its_line() {
        let error = read("number\tbank_name\n021000021\tBig\n").unwrap_err().to_string();
        assert!(error.contains("routing_number"), "{error}");
        assert!(RoutingNumbers::read(None).unwrap().0.is_empty(), "no file, no numbers");
    }
}
