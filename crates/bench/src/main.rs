//! Judges the search; see [`HELP`]. `cargo xtask bench` builds this with optimisation and runs it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to the person at the terminal"
)]

mod ask;
mod dice;
mod generate;
mod grow;
mod judge;
mod speed;
mod table;
mod typing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use ask::{Direct, Search};
use lexopt::{Arg, ValueExt as _};
use linchpin_search::{Entry, EverydayNames, Index};
use speed::Times;
use table::{Institution, Query};

const HELP: &str = "\
Usage: cargo xtask bench search [options]

  Judges what the search finds for a list of queries and how quickly, and fails when a bound is missed.
    --institutions FILE  the directory (the project's own)
    --queries FILE       what to ask and what should be found (the project's own)
    --seed N             asks queries made by rule, too; without files of others they are asked anyway (1)
    --quality            judges only what is found, not how quickly
    --ask QUERY          judges nothing and prints what is found (may be given again)
";

/// Milliseconds and bytes that may not be exceeded.
const SLOWEST_P95: Duration = Duration::from_millis(1);
const SLOWEST_P99: Duration = Duration::from_millis(2);
const SLOWEST_BUILD: Duration = Duration::from_millis(150);
const LARGEST: usize = 20_000_000;
/// The size to which the directory is grown, and how many times slower it may be then.
const GROWN: usize = 30_000;
const GROWN_FACTOR: u32 = 3;

struct Options {
    institutions: PathBuf,
    queries: PathBuf,
    /// Of the queries that are made by rule; none are when there is none.
    seed: Option<u64>,
    quality_only: bool,
    ask: Vec<String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(broken) if broken.is_empty() => ExitCode::SUCCESS,
        Ok(broken) => {
            eprintln!("\nBounds that do not hold:");
            for bound in broken {
                eprintln!("  {bound}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<Vec<String>> {
    let Some(options) = options(lexopt::Parser::from_env())? else {
        print!("{HELP}");
        return Ok(Vec::new());
    };
    let institutions = table::institutions(&options.institutions)?;
    if !options.ask.is_empty() {
        show(&Index::build(entries(&institutions)?), &options.ask);
        return Ok(Vec::new());
    }
    let mut lists = vec![("the list".to_owned(), table::queries(&options.queries)?)];
    if let Some(seed) = options.seed {
        lists.push((format!("the list by rule, seed {seed}"), generate::queries(&institutions, seed)));
    }
    let entries = entries(&institutions)?;
    let (index, built) = speed::build(&entries);
    let mut direct = Direct { index: &index, institutions: &institutions };
    println!("Judged: {}, {} institutions", direct.name(), institutions.len());
    let mut broken = quality(&mut direct, &lists)?;
    if !options.quality_only {
        let queries: Vec<&str> =
            lists.iter().flat_map(|(_, queries)| queries).map(|query| query.text.as_str()).collect();
        println!("\nProcessor time of one thread, quickest of five, a page of 20, {} queries", queries.len());
        let measured = measure(&index, built, &queries);
        let (grown, grown_built) = speed::build(&self::entries(&grow::grown(&institutions, GROWN))?);
        broken.extend(measured.broken(&measure(&grown, grown_built, &queries)));
    }
    Ok(broken)
}

/// Asks all lists. Returns the bounds that do not hold.
fn quality(search: &mut dyn Search, lists: &[(String, Vec<Query>)]) -> anyhow::Result<Vec<String>> {
    let mut broken = Vec::new();
    for (list, queries) in lists {
        println!("\n{list}");
        let verdict = judge::judge(search, queries)?;
        verdict.print();
        broken.extend(verdict.broken().into_iter().map(|bound| format!("{list}: {bound}")));
    }
    Ok(broken)
}

struct Measured {
    times: Times,
    built: Duration,
    size: usize,
}

fn measure(index: &Index, built: Duration, queries: &[&str]) -> Measured {
    let measured = Measured { times: speed::ask(index, queries.iter().copied()), built, size: index.size() };
    println!("  {} institutions: {}", index.len(), measured.times);
    println!("    built in {built:.1?}, {:.1} MB in memory", megabytes(measured.size));
    measured
}

impl Measured {
    /// The bounds that do not hold, of this directory and of it as it has `grown`.
    fn broken(&self, grown: &Self) -> Vec<String> {
        let Self { times, built, size } = self;
        let larger = times.p95 * GROWN_FACTOR;
        let bounds = [
            (times.p95 > SLOWEST_P95, format!("p95 is {:.1?}, above {SLOWEST_P95:?}", times.p95)),
            (times.p99 > SLOWEST_P99, format!("p99 is {:.1?}, above {SLOWEST_P99:?}", times.p99)),
            (*built > SLOWEST_BUILD, format!("the index is built in {built:.1?}, above {SLOWEST_BUILD:?}")),
            (
                *size > LARGEST,
                format!("the index takes {:.1} MB, above {:.1}", megabytes(*size), megabytes(LARGEST)),
            ),
            (grown.times.p95 > larger, format!("grown, p95 is {:.1?}, above {larger:.1?}", grown.times.p95)),
        ];
        bounds.into_iter().filter_map(|(broken, bound)| broken.then_some(bound)).collect()
    }
}

/// Prints the first of what is found, with what is marked in brackets.
fn show(index: &Index, queries: &[String]) {
    for query in queries {
        let found = index.search(query, 10, 0);
        println!("`{query}`: {} found", found.total);
        for hit in found.hits {
            let Some(entry) = index.entry(hit.entry) else { continue };
            let mut name = entry.name.clone();
            for range in hit.highlights.iter().rev() {
                name.insert(range.end, ']');
                name.insert(range.start, '[');
            }
            let place = [&entry.city, &entry.state].map(|part| part.as_deref().unwrap_or_default()).join(" ");
            println!("  {name}, {place}, {}", entry.domain.as_deref().unwrap_or_default());
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown to one decimal")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn entries(institutions: &[Institution]) -> anyhow::Result<Vec<Entry>> {
    let everyday = EverydayNames::known()?;
    Ok(institutions.iter().map(|institution| table::entry(institution, &everyday)).collect())
}

/// `None` when help was asked for.
fn options(mut parser: lexopt::Parser) -> anyhow::Result<Option<Options>> {
    let mut options = Options {
        institutions: own("institutions.tsv"),
        queries: own("queries.tsv"),
        seed: None,
        quality_only: false,
        ask: Vec::new(),
    };
    match parser.next()? {
        Some(Arg::Value(what)) if what == "search" => {}
        Some(Arg::Short('h') | Arg::Long("help")) | None => return Ok(None),
        Some(Arg::Value(what)) => bail!("there is no bench `{}`; there is `search`", what.to_string_lossy()),
        Some(other) => return Err(other.unexpected().into()),
    }
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("institutions") => options.institutions = parser.value()?.into(),
            Arg::Long("queries") => options.queries = parser.value()?.into(),
            Arg::Long("seed") => options.seed = Some(parser.value()?.parse()?),
            Arg::Long("ask") => options.ask.push(parser.value()?.string()?),
            Arg::Long("quality") => options.quality_only = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.institutions == own("institutions.tsv") && options.queries == own("queries.tsv") {
        options.seed.get_or_insert(1);
    }
    Ok(Some(options))
}

/// A file of the project.
fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../search/data").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn the_projects_own_list_and_one_made_by_rule_are_answered_well_enough() {
        let institutions = table::institutions(&own("institutions.tsv")).unwrap();
        let lists = [
            ("the list".to_owned(), table::queries(&own("queries.tsv")).unwrap()),
            ("by rule".to_owned(), generate::queries(&institutions, 1)),
        ];
        let index = Index::build(entries(&institutions).unwrap());
        let broken = quality(&mut Direct { index: &index, institutions: &institutions }, &lists).unwrap();
        assert!(broken.is_empty(), "{broken:#?}");
        assert!(index.size() < LARGEST, "{} bytes", index.size());
    }

    #[test]
    fn no_everyday_name_is_what_another_institution_calls_itself() {
        let institutions = table::institutions(&own("institutions.tsv")).unwrap();
        let everyday = EverydayNames::known().unwrap();
        let mut called_so: HashMap<String, Vec<&Institution>> = HashMap::new();
        for one in &institutions {
            called_so.entry(typing::plain(&one.name)).or_default().push(one);
        }
        for one in &institutions {
            for alias in table::entry(one, &everyday).aliases {
                let others = called_so.get(&typing::plain(&alias)).into_iter().flatten();
                let other = others.into_iter().find(|other| other.domain != one.domain);
                assert!(other.is_none(), "`{alias}` of {} is the name of {other:?}", one.name);
            }
        }
    }

    #[test]
    fn files_of_others_are_judged_by_themselves() {
        let seed = |arguments: &[&str]| {
            options(lexopt::Parser::from_args(arguments)).unwrap().and_then(|options| options.seed)
        };
        assert_eq!(seed(&["search"]), Some(1));
        assert_eq!(seed(&["search", "--queries", "other.tsv"]), None);
        assert_eq!(seed(&["search", "--queries", "other.tsv", "--seed", "7"]), Some(7));
        assert!(options(lexopt::Parser::from_args(["serach"])).is_err(), "an unknown bench is refused");
    }
}
