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
    finds_nothing(document, include_str!("cut_off.js"), "cut off or overlapping").await
}

/// Checks that everything that can be hit is large enough for it, or far enough from the next (WCAG 2.2, 2.5.8), and that
/// our buttons are as high as our style says.
///
/// # Errors
/// Something is too small; the message names it.
pub async fn large_enough(document: &Document<'_>) -> Result<()> {
    finds_nothing(document, include_str!("targets.js"), "too small to be hit").await
}

/// Checks that there is one heading of the first level, in the one main part, that no level of headings is left out, and
/// that no other landmark is there twice.
///
/// # Errors
/// It is otherwise; the message says how.
pub async fn well_structured(document: &Document<'_>) -> Result<()> {
    finds_nothing(document, include_str!("structure.js"), "headings and landmarks").await
}

/// Runs a script that returns a list of faults.
async fn finds_nothing(document: &Document<'_>, script: &str, what: &str) -> Result<()> {
    let found = document.run_plain(script).await?;
    let found: Vec<&str> =
        found.as_array().context("a list of faults")?.iter().filter_map(Value::as_str).collect();
    ensure!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
    Ok(())
}

/// What a person does to a page so that they can read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strain {
    /// More room between lines, paragraphs, words and letters (WCAG 2.2, 1.4.12).
    Spacing,
    /// Text of twice the size (WCAG 2.2, 1.4.4).
    DoubleText,
}

impl Strain {
    fn style(self) -> &'static str {
        match self {
            Strain::Spacing => {
                "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
                 p { margin-block-end: 2em !important; }"
            }
            Strain::DoubleText => "html { font-size: 200% !important; }",
        }
    }

    /// Checks that a document bears it: nothing is cut off, nothing has to be scrolled to the side for.
    ///
    /// # Errors
    /// It does not; the message names what.
    pub async fn is_borne_by(self, document: &Document<'_>) -> Result<()> {
        // A sheet of a script's making is none that a policy against inline styles forbids.
        let on = "window.__linchpinStrain = new CSSStyleSheet();
            window.__linchpinStrain.replaceSync(arguments[0]);
            document.adoptedStyleSheets = [...document.adoptedStyleSheets, window.__linchpinStrain];";
        let off = "document.adoptedStyleSheets =
            document.adoptedStyleSheets.filter((sheet) => sheet !== window.__linchpinStrain);";
        document.run(on, &[Value::from(self.style())]).await?;
        let borne = async {
            nothing_is_cut_off(document).await?;
            document.fits_its_width().await
        };
        let borne = borne.await.with_context(|| format!("under {self:?}"));
        document.run_plain(off).await?;
        borne
    }
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
