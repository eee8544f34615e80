//! Whether the strict reader of routing numbers comes to the verdicts that a table expects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use lexopt::{Arg, ValueExt as _};
use linchpin_protocol::{RoutingNumber, RoutingProblem};

use crate::table::Table;

/// What a table may expect. A number that was mistyped and fits all the same cannot be told from a right one.
const VERDICTS: [(&str, Result<(), RoutingProblem>); 5] = [
    ("valid", Ok(())),
    ("valid_checksum_but_mistyped", Ok(())),
    ("invalid_format", Err(RoutingProblem::Format)),
    ("invalid_checksum", Err(RoutingProblem::Checksum)),
    ("valid_checksum_reject_by_range", Err(RoutingProblem::Range)),
];

/// Reads the arguments behind `routing`, judges, and prints what was found. Returns the verdicts that are others.
///
/// # Errors
/// The arguments do not fit, or the table cannot be read.
pub(crate) fn run(mut parser: lexopt::Parser) -> anyhow::Result<Vec<String>> {
    let mut vectors = own();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("vectors") => vectors = parser.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    judge(&vectors)
}

/// The project's own table.
fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/routing_vectors.tsv")
}

fn judge(file: &Path) -> anyhow::Result<Vec<String>> {
    let table = Table::read(file)?;
    let (input, expected) = (table.column("input")?, table.column("expected")?);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut others = Vec::new();
    for (row, line) in table.rows().zip(2..) {
        let cell = |column: usize| row.get(column).map(String::as_str).unwrap_or_default();
        let Some((word, verdict)) = VERDICTS.iter().find(|(word, _)| *word == cell(expected)) else {
            bail!("{}, line {line}: `{}` is no verdict", file.display(), cell(expected));
        };
        let read = RoutingNumber::parse(cell(input)).map(drop);
        let (all, right) = counts.entry(word).or_default();
        *all += 1;
        *right += usize::from(read == *verdict);
        if read != *verdict {
            others.push(format!("line {line}: `{}` is {read:?}, expected {word}", cell(input)));
        }
    }
    ensure!(!counts.is_empty(), "{} has no rows", file.display());
    for (word, (all, right)) in &counts {
        println!("  {word:<32} {right:>6} of {all:>6}");
    }
    Ok(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> anyhow::Result<Vec<String>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        judge(file.path())
    }

    #[test]
    fn the_projects_own_table_is_read_as_it_expects() {
        assert_eq!(judge(&own()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn another_verdict_is_named_and_an_unknown_one_is_an_error() {
        let others = judged("method\tinput\texpected\nx\t021000021\tvalid\nx\t021000012\tvalid\n").unwrap();
        assert_eq!(others.len(), 1);
        assert!(others[0].contains("line 3") && others[0].contains("Checksum"), "{others:?}");
        assert!(judged("input\texpected\n021000021\tfine\n").is_err());
        assert!(judged("input\texpected\n").is_err(), "an empty table judges nothing");
        assert!(judged("input\n021000021\n").is_err());
    }
}
