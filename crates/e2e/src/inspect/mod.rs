//! What every screen has to stand: an accessibility check, a clean console, and a look at its picture.

mod axe;
mod picture;
mod reader;

pub(crate) use picture::Pictures;
pub(crate) use reader::ScreenReader;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

use crate::browser::Browser;
use crate::page::Document;

/// Errors that a story brings about on purpose, by a part of their text.
#[derive(Debug, Default)]
pub(crate) struct Expected(Mutex<Vec<String>>);

impl Expected {
    pub(crate) fn add(&self, part: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(part.to_owned());
    }

    fn fits(&self, text: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|part| text.contains(part.as_str()))
    }
}

/// Checks one document with axe-core.
///
/// # Errors
/// There are violations; the message lists rule, target and what is wrong.
pub async fn accessible(document: &Document<'_>, axe: &str) -> Result<()> {
    accessible_apart_from(document, axe, &[]).await
}

/// As [`accessible`], without these rules.
///
/// # Errors
/// As [`accessible`].
pub async fn accessible_apart_from(document: &Document<'_>, axe: &str, rules: &[&str]) -> Result<()> {
    let violations = axe::violations(document, axe, rules).await?;
    ensure!(violations.is_empty(), "axe-core found {}:\n{}", violations.len(), violations.join("\n"));
    Ok(())
}

/// Checks that no text and no control leaves what it stands in, and that no two texts lie on each other.
///
/// # Errors
/// One does; the message names it.
pub async fn nothing_is_cut_off(document: &Document<'_>) -> Result<()> {
    let found = document.run_plain(include_str!("cut_off.js")).await?;
    let found: Vec<&str> =
        found.as_array().context("a list of faults")?.iter().filter_map(Value::as_str).collect();
    ensure!(found.is_empty(), "cut off or overlapping:\n  {}", found.join("\n  "));
    Ok(())
}

/// Checks that no policy was violated in a document since it was loaded.
///
/// # Errors
/// One was; the message says what and where.
pub async fn within_policy(document: &Document<'_>) -> Result<()> {
    let noted = document.run_plain("return window.__linchpinWatch.violations").await?;
    let noted: Vec<&str> =
        noted.as_array().context("the watch notes violations")?.iter().filter_map(Value::as_str).collect();
    ensure!(noted.is_empty(), "the content security policy was violated:\n{}", noted.join("\n"));
    Ok(())
}

/// Checks that no console reported an error since the last check, apart from what the story expects.
///
/// # Errors
/// One did; the message has page and text.
pub(crate) fn quiet(browser: &Browser, expected: &Expected) -> Result<()> {
    let errors = browser.engine().take_console_errors();
    let surprises: Vec<_> = errors
        .iter()
        .filter(|error| !expected.fits(&error.text))
        .map(|error| format!("{}: {}", error.page, error.text))
        .collect();
    ensure!(surprises.is_empty(), "the console reports:\n{}", surprises.join("\n"));
    Ok(())
}
