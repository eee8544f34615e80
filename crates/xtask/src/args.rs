//! The command line.

use std::ffi::OsString;

use anyhow::{Context as _, bail};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::fuzz::FuzzOptions;
use crate::services::{Aggregator, Wanted};
use crate::setup::Consent;
use crate::test::Step;

/// What `cargo xtask` prints without a command, and with `--help`.
pub(crate) const HELP: &str = "\
Usage: cargo xtask <command> [options]

  demo    Build the widget and try it: practice bank, proxy and example shop on this machine.
          Prints the address and the practice logins. Ctrl-C stops everything.
            --aggregator NAME   quovo-v3; quovo-v2, which proves accounts by small deposits, too; or basiq, which
                                has open banking, too (quovo-v3)
            --host-port N, --proxy-port N, --practice-port N   (4100, 4200, 4300, or the next free)

  dev     Like demo, with a fast build that is made again on every change in the widget.
          The page loads again by itself once the build has finished.
            the same options as demo

  dist    Build the widget for release into dist/: hashed files, a .br beside each, a table of sizes.
          Fails when a size is over its budget. Does nothing when nothing has changed.

  gallery Build every screen in every state, as a page that demo and dev serve at /gallery/.

  openapi Write docs/openapi.json, the API's document, from the proxy's code.

  messages Write what hosts read about messages and events, from crates/protocol: sdk/messages.d.ts, sdk/events.d.ts,
          docs/events.md.

  docs    Make the book of docs/ in target/book, compile its samples, and follow its links.

  fuzz    Feed the parsers with what libFuzzer thinks of, and keep what it learns in fuzz/corpus.
            TARGET         this target only, such as `bodies`
            --seconds N    how long each target runs (60)

  soak    Random people drive the widget's state machine against the real proxy and the practice bank, over wires
          that fail. Prints the seed of each session that fails, and what was met.
            --sessions N   so many (2000)
            --seed N       others (1)
            --replay SEED  this session only, line by line

  bench   Judge by numbers, built as servers are; fails when a bound is missed.
            search         what the search finds for lists of queries, alone and behind the proxy, and how quickly
            http           how many searches the proxy answers; a part of `search`, too
            typing         how soon what is found is on the screen, in a browser; a part of `search` without options, too
            page           how soon the first screen is there on a slow network and a slow phone, in a browser
            routing        whether routing numbers are read as a table expects
              --institutions FILE, --queries FILE, --vectors FILE   others than the project's own
              --help       the rest of its options

  test    Everything that must hold: formatting, lints, native tests, docs, fuzzing, browser tests, sizes, types,
          end-to-end tests. All steps run, one summary at the end.
            --list         print the steps
            --only STEP    run this step only (may be given again)
            --install      let a missing Chromium be installed with sudo

Tools that are missing are installed outside the clone, into $LINCHPIN_TOOLS, or else
$XDG_CACHE_HOME/linchpin/tools, or else ~/.cache/linchpin/tools.
";

/// A parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Print [`HELP`].
    Help,
    /// Run the release build with the practice bank.
    Demo(Wanted),
    /// The same with a development build that follows the sources.
    Dev(Wanted),
    /// Make the release build.
    Dist,
    /// Build the gallery.
    Gallery,
    /// Write the API's document.
    OpenApi,
    /// Write what hosts read about the messages.
    Messages,
    /// Make the book.
    Docs,
    /// Feed the parsers.
    Fuzz(FuzzOptions),
    /// Run random sessions, with these arguments.
    Soak(Vec<OsString>),
    /// Judge by numbers, with these arguments.
    Bench(Vec<OsString>),
    /// Run the checks.
    Test(TestOptions),
}

/// What `cargo xtask test` was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TestOptions {
    /// Print the names of the steps and stop.
    pub(crate) list: bool,
    /// The steps to run; empty means all.
    pub(crate) only: Vec<Step>,
    /// Whether system packages may be installed with sudo.
    pub(crate) consent: Consent,
}

/// Reads the command line.
///
/// # Errors
/// An unknown command or option, or a value that does not parse; the message names it.
pub(crate) fn parse(mut parser: Parser) -> anyhow::Result<Command> {
    let name = match parser.next()? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help),
        Some(Arg::Value(name)) => name.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "help" => Ok(Command::Help),
        "demo" => Ok(wanted(&mut parser)?.map_or(Command::Help, Command::Demo)),
        "dev" => Ok(wanted(&mut parser)?.map_or(Command::Help, Command::Dev)),
        "dist" => alone(&mut parser, Command::Dist),
        "gallery" => alone(&mut parser, Command::Gallery),
        "openapi" => alone(&mut parser, Command::OpenApi),
        "messages" => alone(&mut parser, Command::Messages),
        "docs" => alone(&mut parser, Command::Docs),
        "fuzz" => fuzz_options(&mut parser),
        // Its own program reads its arguments.
        "soak" => Ok(Command::Soak(parser.raw_args()?.collect())),
        "bench" => Ok(Command::Bench(parser.raw_args()?.collect())),
        "test" => test_options(&mut parser),
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
}

/// A command that takes no options.
fn alone(parser: &mut Parser, command: Command) -> anyhow::Result<Command> {
    match parser.next()? {
        None => Ok(command),
        Some(Arg::Short('h') | Arg::Long("help")) => Ok(Command::Help),
        Some(other) => Err(other.unexpected().into()),
    }
}

/// `None` when help was asked for.
fn wanted(parser: &mut Parser) -> anyhow::Result<Option<Wanted>> {
    let Wanted { mut ports, mut aggregator } = Wanted::default();
    while let Some(arg) = parser.next()? {
        let port = match arg {
            Arg::Long("host-port") => &mut ports.host,
            Arg::Long("proxy-port") => &mut ports.proxy,
            Arg::Long("practice-port") => &mut ports.practice,
            Arg::Long("aggregator") => {
                let name = parser.value()?.string()?;
                aggregator = Aggregator::called(&name).with_context(|| {
                    format!("there is no aggregator `{name}`: quovo-v3, quovo-v2 or basiq")
                })?;
                continue;
            }
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            other => return Err(other.unexpected().into()),
        };
        *port = parser.value()?.parse().context("a port is a number from 1 to 65535")?;
    }
    Ok(Some(Wanted { ports, aggregator }))
}

fn fuzz_options(parser: &mut Parser) -> anyhow::Result<Command> {
    let mut options = FuzzOptions { target: None, seconds: 60 };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("seconds") => {
                options.seconds = parser.value()?.parse().context("--seconds takes a whole number")?;
            }
            Arg::Value(name) if options.target.is_none() => options.target = Some(name.string()?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Fuzz(options))
}

fn test_options(parser: &mut Parser) -> anyhow::Result<Command> {
    let mut options = TestOptions { list: false, only: Vec::new(), consent: Consent::OwnFolderOnly };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("list") => options.list = true,
            Arg::Long("install") => options.consent = Consent::SystemPackages,
            Arg::Long("only") => {
                let name = parser.value()?.string()?;
                let step = Step::named(&name).with_context(|| {
                    format!("there is no step `{name}`; `cargo xtask test --list` lists them")
                })?;
                options.only.push(step);
            }
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Test(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> anyhow::Result<Command> {
        parse(Parser::from_args(words.iter().copied()))
    }

    #[test]
    fn nothing_and_help_print_the_help() {
        for words in
            [&[][..], &["help"], &["--help"], &["demo", "-h"], &["dev", "--help"], &["test", "--help"]]
        {
            assert_eq!(parsed(words).unwrap(), Command::Help, "{words:?} should print the help");
        }
    }

    #[test]
    fn ports_that_are_not_given_keep_their_defaults() {
        let mut wanted = Wanted::default();
        wanted.ports.proxy = 5001;
        let command = parsed(&["demo", "--proxy-port", "5001"]).unwrap();
        assert_eq!(command, Command::Demo(wanted), "only the proxy's port was given");
        assert!(parsed(&["demo", "--proxy-port", "70000"]).is_err(), "70000 is not a port");
    }

    #[test]
    fn an_aggregator_is_named_and_an_unknown_one_is_refused() {
        let wanted = Wanted { aggregator: Aggregator::QuovoV2, ..Wanted::default() };
        assert_eq!(parsed(&["demo", "--aggregator", "quovo-v2"]).unwrap(), Command::Demo(wanted));
        let wanted = Wanted { aggregator: Aggregator::Basiq, ..Wanted::default() };
        assert_eq!(parsed(&["demo", "--aggregator", "basiq"]).unwrap(), Command::Demo(wanted));
        assert_eq!(parsed(&["dev", "--aggregator", "quovo-v3"]).unwrap(), Command::Dev(Wanted::default()));
        assert!(parsed(&["demo", "--aggregator", "plaid"]).is_err());
    }

    #[test]
    fn steps_are_named_and_an_unknown_one_is_refused() {
        let command = parsed(&["test", "--only", "format", "--only", "e2e"]).unwrap();
        let only = vec![Step::Format, Step::EndToEnd];
        let expected = TestOptions { list: false, only, consent: Consent::OwnFolderOnly };
        assert_eq!(command, Command::Test(expected), "both steps should be kept, in order");
        assert!(
            parsed(&["test", "--only", "formatt"]).is_err(),
            "a misspelt step must not silently run nothing"
        );
    }

    #[test]
    fn fuzzing_takes_one_target_and_a_time() {
        let fuzz = |target: Option<&str>, seconds| {
            Command::Fuzz(FuzzOptions { target: target.map(str::to_owned), seconds })
        };
        assert_eq!(parsed(&["fuzz"]).unwrap(), fuzz(None, 60), "all targets, a minute each");
        let command = parsed(&["fuzz", "bodies", "--seconds", "300"]).unwrap();
        assert_eq!(command, fuzz(Some("bodies"), 300), "the target and the time as given");
        assert!(parsed(&["fuzz", "bodies", "search"]).is_err(), "two targets would silently run one");
    }

    #[test]
    fn what_follows_soak_and_bench_is_passed_on() {
        let command = parsed(&["soak", "--sessions", "10"]).unwrap();
        assert_eq!(command, Command::Soak(vec!["--sessions".into(), "10".into()]));
        assert_eq!(parsed(&["bench", "search"]).unwrap(), Command::Bench(vec!["search".into()]));
    }

    #[test]
    fn an_unknown_command_is_refused_by_name() {
        let error = parsed(&["tset"]).unwrap_err().to_string();
        assert!(error.contains("tset"), "the message should repeat what was typed: {error}");
    }
}
