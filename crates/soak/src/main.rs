//! `linchpin-soak --sessions N --seed S`: any number of random sessions. `--replay SEED` shows one, line by line;
//! `--logs FOLDER` writes down those that fail; `--threads N` runs so many at a time.
#![expect(clippy::print_stdout, reason = "a command for people at a terminal")]

use anyhow::ensure;
use lexopt::{Arg, Parser, ValueExt as _};
use linchpin_soak::{session, soak};
use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let (mut sessions, mut seed, mut replay, mut logs) = (2_000, 1, None, None);
    let mut threads = linchpin_soak::threads();
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("sessions") => sessions = arguments.value()?.parse()?,
            Arg::Long("seed") => seed = arguments.value()?.parse()?,
            Arg::Long("replay") => replay = Some(arguments.value()?.parse::<u64>()?),
            Arg::Long("threads") => threads = arguments.value()?.parse()?,
            Arg::Long("logs") => logs = Some(PathBuf::from(arguments.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let report = match replay {
        Some(seed) => soak(std::iter::once(seed), 1),
        None => soak(session::seeds(seed).take(sessions), threads),
    };
    if replay.is_some() {
        report.last_log.iter().for_each(|line| println!("{line}"));
    }
    if let Some(folder) = logs {
        std::fs::create_dir_all(&folder)?;
        for failure in &report.failures {
            std::fs::write(folder.join(format!("{}.txt", failure.seed)), failure.log.join("\n"))?;
        }
    }
    println!("{report}");
    ensure!(report.failures.is_empty(), "{} sessions failed", report.failures.len());
    Ok(())
}
