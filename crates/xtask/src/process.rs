//! Running other programs: shown before they run, named when they fail.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};

/// Shows the command, runs it with this terminal, and waits.
///
/// # Errors
/// It cannot be started, or ends with anything but success.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    show(command);
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Like [`run`], and hands each line of its standard output to `each` after printing it.
///
/// # Errors
/// It cannot be started, its output cannot be read, or it ends with anything but success.
pub(crate) fn run_reading(command: &mut Command, mut each: impl FnMut(&str)) -> anyhow::Result<()> {
    show(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let output = child.stdout.take().context("the command has no standard output")?;
    let mut output = BufReader::new(output);
    let mut bytes = Vec::new();
    while output.read_until(b'\n', &mut bytes).context("reading the command's output")? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        print!("{text}");
        each(text.trim_end());
        bytes.clear();
    }
    let status = child.wait().context("waiting for the command")?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs the command quietly and returns its standard output.
///
/// # Errors
/// It cannot be started, or ends with anything but success; the message then holds what it said.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", line(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Removes what `cargo run` tells the program it runs about that program's own package.
pub(crate) fn forget_cargo(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let told = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "CARGO_PRIMARY_PACKAGE"
        });
        if told {
            command.env_remove(name);
        }
    }
}

/// `PATH` with these folders in front of it.
///
/// # Errors
/// A folder's name holds the separator of `PATH`.
pub(crate) fn path_with(folders: &[PathBuf]) -> anyhow::Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().cloned().chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("a folder of the tools cannot stand in PATH")
}

/// The first of these programs that `PATH` has.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| {
            std::env::split_paths(&path).map(move |folder| folder.join(name)).collect::<Vec<_>>()
        })
        .find(|file| is_program(file))
}

/// Whether this is a file that may be run.
pub(crate) fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// A time as a person says it: `850 ms`, `12.3 s`, `4 min 05 s`.
pub(crate) fn spoken(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

fn show(command: &Command) {
    println!("  $ {}", line(command));
}

/// The command as one would type it; its environment is left out, since it may hold secrets.
fn line(command: &Command) -> String {
    let mut line = short_name(command.get_program());
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let plain = !argument.is_empty() && !argument.contains(|c: char| c.is_whitespace() || c == '\'');
        // Writing to a string cannot fail.
        let _ =
            if plain { write!(line, " {argument}") } else { write!(line, " '{}'", argument.escape_debug()) };
    }
    line
}

fn short_name(program: &OsStr) -> String {
    let name = Path::new(program).file_name().unwrap_or(program);
    name.to_string_lossy().into_owned()
}

fn cannot_start(command: &Command) -> String {
    format!("cannot run `{}`; is it installed?", short_name(command.get_program()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_is_named_with_its_arguments() {
        let error = run(Command::new("false").arg("two words")).unwrap_err().to_string();
        assert!(error.contains("false 'two words'"), "the message should show what failed: {error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = format!("{:#}", output(&mut Command::new("linchpin-has-no-such-program")).unwrap_err());
        assert!(error.contains("linchpin-has-no-such-program"), "the message should name it: {error}");
    }

    #[test]
    fn a_commands_environment_is_never_shown() {
        let mut command = Command::new("true");
        command.env("SECRET", "hunter2");
        assert_eq!(line(&command), "true", "the environment may hold secrets");
    }

    #[test]
    fn every_line_is_read_even_one_without_an_end_or_with_broken_text() {
        let mut lines = Vec::new();
        run_reading(Command::new("printf").arg("one\\n\\377\\nlast"), |line| lines.push(line.to_owned()))
            .unwrap();
        assert_eq!(lines, ["one", "\u{fffd}", "last"], "each line should arrive once, in order");
    }

    #[test]
    fn times_read_as_a_person_says_them() {
        let spoken = |millis| spoken(Duration::from_millis(millis));
        assert_eq!(
            (spoken(850), spoken(12_340), spoken(245_000)),
            ("850 ms".into(), "12.3 s".into(), "4 min 05 s".into())
        );
    }

    #[test]
    fn programs_are_found_in_the_order_of_preference() {
        let found = find_program(&["linchpin-has-no-such-program", "sh"]).expect("every system has sh");
        assert!(found.ends_with("sh"), "the second choice should be found: {}", found.display());
        assert_eq!(
            find_program(&["linchpin-has-no-such-program"]),
            None,
            "a missing program is not invented"
        );
    }
}
