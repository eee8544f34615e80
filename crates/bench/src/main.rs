//! Judges the search; see [`HELP`]. `cargo xtask bench` builds this with optimisation and runs it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to the person at the terminal"
)]

mod ask;
mod crowd;
mod dice;
mod generate;
mod grow;
mod judge;
mod load;
mod replicas;
mod routing;
mod site;
mod speed;
mod table;
mod typing;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use ask::{Direct, Endpoint, Search};
use crowd::Crowd;
use lexopt::{Arg, ValueExt as _};
use linchpin_search::{Entry, EverydayNames, Index};
use site::Site;
use table::{Institution, Query};

const HELP: &str = "\
Usage: cargo xtask bench <search | http | replicas | routing | typing | page> [options]

  `search` judges what the search finds for a list of queries, asked directly and through the proxy's endpoint, how
  quickly it does, and how many requests the endpoint bears. `http` measures the last alone. Each fails when a bound is
  missed.
    --institutions FILE  the directory (the project's own)
    --queries FILE       what to ask and what should be found (the project's own)
    --seed N             asks queries made by rule, too; without files of others they are asked anyway (1)
    --quality            judges only what is found, not how quickly and how much of it
    --ask QUERY          judges nothing and prints what is found (may be given again)

  `replicas` measures people who open the widget, over SQLite, over PostgreSQL, and with two proxies over one PostgreSQL.
    --institutions FILE  the directory (the project's own)

  `typing` and `page` measure in a browser, and take no options.

  `routing` judges the strict reader of routing numbers.
    --vectors FILE       inputs and the verdicts that they should get (the project's own)
";

struct Options {
    judged: Judged,
    institutions: PathBuf,
    queries: PathBuf,
    /// Of the queries that are made by rule; none are when there is none.
    seed: Option<u64>,
    quality_only: bool,
    ask: Vec<String>,
}

/// What is to be judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Judged {
    /// Everything.
    Search,
    /// How much the endpoint bears, alone.
    Http,
    /// How much the store bears, alone and shared.
    Replicas,
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
    if std::env::args_os().nth(1).is_some_and(|what| what == "routing") {
        let mut arguments = lexopt::Parser::from_env();
        arguments.next()?;
        return routing::run(arguments);
    }
    let Some(options) = options(lexopt::Parser::from_env())? else {
        print!("{HELP}");
        return Ok(Vec::new());
    };
    if options.judged == Judged::Replicas {
        replicas::measure(&options.institutions)?;
        return Ok(Vec::new());
    }
    let institutions = table::institutions(&options.institutions)?;
    if !options.ask.is_empty() {
        show(&Index::build(entries(&institutions)?), &options.ask);
        return Ok(Vec::new());
    }
    let everyday = EverydayNames::known()?;
    if options.judged == Judged::Http {
        let site = Site::start(&options.institutions)?;
        return under_load(&site, &institutions, &everyday, &options);
    }
    let mut lists = vec![("the list".to_owned(), table::queries(&options.queries)?)];
    if let Some(seed) = options.seed {
        lists.push((format!("the list by rule, seed {seed}"), generate::queries(&institutions, seed)));
    }
    let (index, built) = speed::build(&entries(&institutions)?);
    let mut direct = Direct { index: &index, institutions: &institutions };
    let mut broken = quality(&mut direct, &lists, institutions.len())?;
    let site = Site::start(&options.institutions)?;
    broken.extend(quality(&mut Endpoint::of(&site)?, &lists, institutions.len())?);
    if options.quality_only {
        return Ok(broken);
    }
    let queries: Vec<&str> =
        lists.iter().flat_map(|(_, queries)| queries).map(|query| query.text.as_str()).collect();
    let grown = speed::build(&entries(&grow::grown(&institutions, speed::GROWN))?);
    broken.extend(speed::measure((index, built), grown, &queries));
    broken.extend(under_load(&site, &institutions, &everyday, &options)?);
    Ok(broken)
}

/// Measures how much the endpoint bears. Returns the bounds that do not hold.
fn under_load(
    site: &Site,
    institutions: &[Institution],
    everyday: &EverydayNames,
    options: &Options,
) -> anyhow::Result<Vec<String>> {
    println!("\nGET /v1/institutions under load, whoever asks included");
    load::measure(site, Crowd::new(institutions, everyday, options.seed.unwrap_or(1)))
}

/// Asks all lists. Returns the bounds that do not hold.
fn quality(
    search: &mut dyn Search,
    lists: &[(String, Vec<Query>)],
    institutions: usize,
) -> anyhow::Result<Vec<String>> {
    println!("\nJudged: {}, {institutions} institutions", search.name());
    let mut broken = Vec::new();
    for (list, queries) in lists {
        println!("\n{list}");
        let verdict = judge::judge(search, queries)?;
        verdict.print();
        broken
            .extend(verdict.broken().into_iter().map(|bound| format!("{}: {list}: {bound}", search.name())));
    }
    Ok(broken)
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

fn entries(institutions: &[Institution]) -> anyhow::Result<Vec<Entry>> {
    let everyday = EverydayNames::known()?;
    Ok(institutions.iter().map(|institution| table::entry(institution, &everyday)).collect())
}

/// `None` when help was asked for.
fn options(mut parser: lexopt::Parser) -> anyhow::Result<Option<Options>> {
    let mut options = Options {
        judged: Judged::Search,
        institutions: own("sandbox/data/institutions.tsv"),
        queries: own("search/data/queries.tsv"),
        seed: None,
        quality_only: false,
        ask: Vec::new(),
    };
    match parser.next()? {
        Some(Arg::Value(what)) if what == "search" => {}
        Some(Arg::Value(what)) if what == "http" => options.judged = Judged::Http,
        Some(Arg::Value(what)) if what == "replicas" => options.judged = Judged::Replicas,
        Some(Arg::Short('h') | Arg::Long("help")) | None => return Ok(None),
        Some(Arg::Value(what)) => {
            bail!(
                "there is no bench `{}`; there are `search`, `http`, `replicas` and `routing`",
                what.to_string_lossy()
            )
        }
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
    if options.institutions == own("sandbox/data/institutions.tsv")
        && options.queries == own("search/data/queries.tsv")
    {
        options.seed.get_or_insert(1);
    }
    Ok(Some(options))
}

/// A file of the project, below `crates`.
fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn the_projects_own_list_and_one_made_by_rule_are_answered_well_enough() {
        let institutions = table::institutions(&own("sandbox/data/institutions.tsv")).unwrap();
        let lists = [
            ("the list".to_owned(), table::queries(&own("search/data/queries.tsv")).unwrap()),
            ("by rule".to_owned(), generate::queries(&institutions, 1)),
        ];
        let index = Index::build(entries(&institutions).unwrap());
        let broken =
            quality(&mut Direct { index: &index, institutions: &institutions }, &lists, institutions.len())
                .unwrap();
        assert!(broken.is_empty(), "{broken:#?}");
        assert!(index.size() < speed::LARGEST, "{} bytes", index.size());
    }

    #[test]
    fn no_everyday_name_is_what_another_institution_calls_itself() {
        let institutions = table::institutions(&own("sandbox/data/institutions.tsv")).unwrap();
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
        let judged = |what| options(lexopt::Parser::from_args([what])).unwrap().map(|options| options.judged);
        assert_eq!((judged("search"), judged("http")), (Some(Judged::Search), Some(Judged::Http)));
    }
}
