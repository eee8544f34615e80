//! Chromium and its driver, for the tests that need a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::{Consent, packages};
use crate::process;

/// The names under which systems ship it, the plainest first.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const CHROMEDRIVER: [&str; 1] = ["chromedriver"];

/// A browser and the driver that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Browser {
    /// The browser.
    pub(crate) chromium: PathBuf,
    /// Its WebDriver server.
    pub(crate) chromedriver: PathBuf,
}

/// Finds both, or installs them where that is allowed.
///
/// # Errors
/// One is missing, or their versions do not go together; the message says what to do.
pub(super) fn ensure(consent: Consent) -> anyhow::Result<Browser> {
    if find()?.is_none() {
        install(consent)?;
    }
    let browser =
        find()?.context("Chromium was installed but is not on PATH; set CHROMIUM and CHROMEDRIVER")?;
    browser.check_versions()?;
    Ok(browser)
}

/// `None` when one of the two is not there.
fn find() -> anyhow::Result<Option<Browser>> {
    let chromium = named_or_found("CHROMIUM", &CHROMIUM)?;
    let chromedriver = named_or_found("CHROMEDRIVER", &CHROMEDRIVER)?;
    Ok(chromium.zip(chromedriver).map(|(chromium, chromedriver)| Browser { chromium, chromedriver }))
}

/// A program that a variable names must be there; else the first of `names` on `PATH`.
fn named_or_found(variable: &str, names: &[&str]) -> anyhow::Result<Option<PathBuf>> {
    let Some(named) = std::env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(process::find_program(names));
    };
    let named = PathBuf::from(named);
    ensure!(process::is_program(&named), "{variable} names {}, which is no program", named.display());
    Ok(Some(named))
}

fn install(consent: Consent) -> anyhow::Result<()> {
    packages::install(
        consent,
        &["chromium", "chromium-driver"],
        "the browser tests need Chromium and chromedriver",
        "or set CHROMIUM and CHROMEDRIVER",
    )
}

impl Browser {
    /// A driver refuses a browser of another major version, with an error that nobody understands.
    fn check_versions(&self) -> anyhow::Result<()> {
        let (browser, driver) = (major_version(&self.chromium)?, major_version(&self.chromedriver)?);
        ensure!(
            browser == driver,
            "{} is version {browser} but {} is version {driver}; install the two together",
            self.chromium.display(),
            self.chromedriver.display()
        );
        Ok(())
    }
}

fn major_version(program: &Path) -> anyhow::Result<u32> {
    let said = process::output(Command::new(program).arg("--version"))?;
    major(&said).with_context(|| format!("{} --version said `{}`", program.display(), said.trim()))
}

/// The first number of the first word that looks like a version.
fn major(said: &str) -> Option<u32> {
    let version = said
        .split_whitespace()
        .find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()));
    version?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_each_program_says() {
        for (said, expected) in [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", Some(156)),
            ("ChromeDriver 156.0.8078.79 (a21ce95c24ce-refs/branch-heads/8078@{#1704})", Some(156)),
            ("Google Chrome 99.0.4844.51 ", Some(99)),
            ("command not found", None),
        ] {
            assert_eq!(major(said), expected, "the version in {said:?}");
        }
    }
}
