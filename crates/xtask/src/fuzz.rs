//! `cargo xtask fuzz`: the parsers, fed by libFuzzer.
//!
//! The program is built with coverage counters by the pinned toolchain: the flags below are what `cargo fuzz` passes,
//! without the sanitizers, which need another toolchain. The code has no `unsafe`, so that they would find little.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::process;
use crate::workspace::Workspace;

/// Counters for every edge and comparison, and the checks of a debug build.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks";
/// No input may take longer; far above what any takes.
const SLOWEST: u32 = 10;
/// Megabytes that a target may use; far above what any uses.
const MEMORY: u32 = 1024;
/// Bytes of an input. Longer ones are the business of the proxy's own limits.
const LONGEST: u32 = 16 * 1024;
/// Inputs that the short run of `cargo xtask test` makes up for each target.
const SHORT_RUNS: u32 = 20_000;

/// What `cargo xtask fuzz` was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// The target; none means all, one after another.
    pub(crate) target: Option<String>,
    /// How long each target runs.
    pub(crate) seconds: u32,
}

/// Runs targets, then keeps what they learned in the corpus.
///
/// # Errors
/// There is no such target, the program cannot be built, or an input was found for which something does not hold.
pub(crate) fn run(workspace: &Workspace, options: &FuzzOptions) -> anyhow::Result<()> {
    let all = targets(workspace)?;
    let chosen = match &options.target {
        None => all,
        Some(name) if all.contains(name) => vec![name.clone()],
        Some(name) => bail!("there is no target `{name}`; the targets are {}", all.join(", ")),
    };
    let program = build(workspace)?;
    for target in &chosen {
        let learned = workspace.target.join("fuzz-corpus").join(target);
        std::fs::create_dir_all(&learned).context("creating the folder for new inputs")?;
        let mut fuzzer = fuzzer(workspace, &program, target)?;
        fuzzer
            .arg(format!("-max_total_time={}", options.seconds))
            .arg(&learned)
            .arg(corpus(workspace, target));
        found_nothing(target, &mut fuzzer)?;
        // Only what reaches something that the corpus does not is kept, and the smallest input that does.
        let mut merge = self::fuzzer(workspace, &program, target)?;
        merge.arg("-merge=1").arg(corpus(workspace, target)).arg(&learned);
        process::run(&mut merge)?;
    }
    Ok(())
}

/// The short run: every target, from the corpus, always the same inputs. Returns how many targets held.
///
/// # Errors
/// As [`run`].
pub(crate) fn short(workspace: &Workspace) -> anyhow::Result<String> {
    let program = build(workspace)?;
    let targets = targets(workspace)?;
    for target in &targets {
        let mut fuzzer = fuzzer(workspace, &program, target)?;
        // A folder of its own first: libFuzzer writes what it finds into the first, and the corpus stays as it is.
        let learned = workspace.target.join("fuzz-short").join(target);
        std::fs::create_dir_all(&learned).context("creating the folder for new inputs")?;
        fuzzer.arg(format!("-runs={SHORT_RUNS}")).args(["-seed=1", "-max_total_time=20"]);
        found_nothing(target, fuzzer.arg(&learned).arg(corpus(workspace, target)))?;
        std::fs::remove_dir_all(&learned).context("removing the folder for new inputs")?;
    }
    Ok(format!("{} targets", targets.len()))
}

/// The targets: one folder of the corpus for each.
fn targets(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(workspace.path("fuzz/corpus")).context("listing fuzz/corpus")? {
        let name = entry.context("listing fuzz/corpus")?.file_name();
        names.push(name.into_string().ok().context("a folder of fuzz/corpus has no readable name")?);
    }
    names.sort();
    ensure!(!names.is_empty(), "fuzz/corpus has no target");
    Ok(names)
}

fn corpus(workspace: &Workspace, target: &str) -> PathBuf {
    workspace.path("fuzz/corpus").join(target)
}

fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    ensure!(
        process::find_program(&["c++", "g++", "clang++"]).is_some(),
        "libFuzzer needs a C++ compiler: install one, for instance with `apt-get install g++`"
    );
    let version =
        process::output(Command::new("rustc").env("RUSTUP_TOOLCHAIN", &workspace.toolchain).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let folder = workspace.target.join("fuzz");
    let mut cargo = workspace.cargo();
    // The host is named so that the counters stay out of build scripts and macros.
    cargo.args(["build", "--locked", "--target", host]).arg("--manifest-path");
    cargo.arg(workspace.path("fuzz/Cargo.toml")).env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", &folder);
    process::run(&mut cargo)?;
    Ok(folder.join(host).join("debug/linchpin-fuzz"))
}

fn fuzzer(workspace: &Workspace, program: &PathBuf, target: &str) -> anyhow::Result<Command> {
    let crashes = workspace.path("artefacts/fuzz");
    std::fs::create_dir_all(&crashes).context("creating the folder for inputs that were found")?;
    let mut fuzzer = Command::new(program);
    fuzzer.env("LINCHPIN_FUZZ_TARGET", target).env("RUST_BACKTRACE", "0");
    fuzzer.arg(format!("-artifact_prefix={}/{target}-", crashes.display()));
    fuzzer.args([
        format!("-timeout={SLOWEST}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-max_len={LONGEST}"),
        "-print_final_stats=1".to_owned(),
        "-verbosity=1".to_owned(),
    ]);
    Ok(fuzzer)
}

fn found_nothing(target: &str, fuzzer: &mut Command) -> anyhow::Result<()> {
    process::run(fuzzer).with_context(|| {
        format!(
            "target `{target}` found an input for which something does not hold: it is in artefacts/fuzz and its \
             message stands above. Mend the parser, and keep the input as a test beside it"
        )
    })
}
