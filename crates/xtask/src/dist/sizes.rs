//! How much each file of the build weighs, kept in `sizes.json` beside the files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::compress;
use super::page::Page;
use crate::budget::{self, kilobytes};

const FILE: &str = "sizes.json";

/// One file of the build, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Weight {
    /// Below the build's folder.
    path: String,
    raw: u64,
    /// As served: brotli where there is a compressed copy, else as it is.
    brotli: u64,
}

/// The weights of a build and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// The fingerprint of what the build was made from.
    inputs: String,
    files: Vec<Weight>,
    /// The paths of the files that the first screen takes.
    first_screen: Vec<String>,
    /// The path of the loader.
    loader: String,
    /// The path of the hook for React.
    hook: String,
    /// The path of the element.
    element: String,
    /// What each screen's own functions weigh in the module, before it is made small.
    screens: Vec<(String, u64)>,
}

impl Sizes {
    /// Weighs a finished build.
    ///
    /// # Errors
    /// The folder cannot be read, or lacks a file that the page names.
    pub(super) fn measure(
        folder: &Path,
        inputs: String,
        page: &Page,
        [loader, hook, element]: [&str; 3],
        screens: Vec<(String, u64)>,
    ) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for file in compress::files_below(folder)? {
            let path = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
            if path != FILE && !path.ends_with(".br") {
                files.push(weigh(&file, path)?);
            }
        }
        let mut first_screen = vec!["index.html".to_owned()];
        for address in &page.fetched {
            let file = files.iter().find(|file| is_at(address, &file.path));
            first_screen.push(
                file.with_context(|| format!("the page names {address}, which was not built"))?.path.clone(),
            );
        }
        for address in &page.later {
            ensure!(
                files.iter().any(|file| is_at(address, &file.path)),
                "the page's script fetches {address}, which was not built"
            );
        }
        // Scripts that the main script imports; they are not named in the page.
        first_screen.extend(
            files.iter().map(|file| &file.path).filter(|path| path.starts_with("snippets/")).cloned(),
        );
        // One language is fetched, whichever: the largest counts.
        let words = files.iter().filter(|file| is_words(&file.path)).max_by_key(|file| file.brotli);
        first_screen.push(words.context("no words were written")?.path.clone());
        first_screen.sort();
        first_screen.dedup();
        ensure!(
            first_screen.len() <= budget::REQUESTS,
            "the first screen takes {} requests, more than {}: {}",
            first_screen.len(),
            budget::REQUESTS,
            first_screen.join(", ")
        );
        let [loader, hook, element] = [loader, hook, element].map(str::to_owned);
        Ok(Self { inputs, files, first_screen, loader, hook, element, screens })
    }

    /// Those of an earlier build, if it is whole and was made from the same inputs.
    pub(super) fn kept(folder: &Path, inputs: &str) -> Option<Self> {
        let sizes =
            Self::from_json(&serde_json::from_str(&fs::read_to_string(folder.join(FILE)).ok()?).ok()?)?;
        let whole =
            |file: &Weight| weigh(&folder.join(&file.path), file.path.clone()).is_ok_and(|now| now == *file);
        (sizes.inputs == inputs && sizes.files.iter().all(whole)).then_some(sizes)
    }

    /// Writes them beside the files.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn keep(&self, folder: &Path) -> anyhow::Result<()> {
        fs::write(folder.join(FILE), format!("{:#}\n", self.to_json())).context("writing sizes.json")
    }

    /// # Errors
    /// The first screen, the loader, the hook, the element or all of it is over its budget.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        budget::FIRST_SCREEN.check(self.first_screen_total().1)?;
        budget::LOADER.check(self.loader_weight().1)?;
        budget::HOOK.check(self.hook_weight().1)?;
        budget::ELEMENT.check(self.element_weight().1)?;
        budget::WHOLE.check(self.whole().1)
    }

    /// Prints the tables: each file and the sums that have a budget; then what each screen weighs.
    pub(super) fn print(&self) {
        print!("{}", self.table());
        let screens: Vec<_> =
            self.screens.iter().map(|(screen, raw)| format!("{screen} {}", kilobytes(*raw))).collect();
        println!("  of which the screens' own functions, raw: {}", screens.join(", "));
    }

    fn table(&self) -> String {
        let mut table = format!("\n  {:<44} {:>10} {:>10}\n", "file", "raw", "brotli");
        let mut row = |name: &str, raw: u64, brotli: u64, remark: &str| {
            let line = format!("  {name:<44} {:>10} {:>10}{remark}", kilobytes(raw), kilobytes(brotli));
            table.push_str(line.trim_end());
            table.push('\n');
        };
        for file in &self.files {
            let remark = if self.first_screen.contains(&file.path) { "  *" } else { "" };
            row(&file.path, file.raw, file.brotli, remark);
        }
        let of = |budget: budget::Budget| format!("  of {}", kilobytes(budget.bytes));
        let (raw, brotli) = self.first_screen_total();
        let name = format!("first screen * ({} requests)", self.first_screen.len());
        row(&name, raw, brotli, &of(budget::FIRST_SCREEN));
        let (raw, brotli) = self.loader_weight();
        row("loader", raw, brotli, &of(budget::LOADER));
        let (raw, brotli) = self.hook_weight();
        row("hook for React", raw, brotli, &of(budget::HOOK));
        let (raw, brotli) = self.element_weight();
        row("element", raw, brotli, &of(budget::ELEMENT));
        let (raw, brotli) = self.whole();
        row("whole download", raw, brotli, &of(budget::WHOLE));
        table
    }

    /// Raw and brotli bytes.
    fn first_screen_total(&self) -> (u64, u64) {
        self.total(|file| self.first_screen.contains(&file.path))
    }

    fn loader_weight(&self) -> (u64, u64) {
        self.total(|file| file.path == self.loader)
    }

    fn hook_weight(&self) -> (u64, u64) {
        self.total(|file| file.path == self.hook)
    }

    fn element_weight(&self) -> (u64, u64) {
        self.total(|file| file.path == self.element)
    }

    /// All that an embedding page and a person's visit can load.
    fn whole(&self) -> (u64, u64) {
        self.total(|file| {
            let in_place = !file.path.starts_with("sdk/") && !is_words(&file.path);
            in_place || file.path == self.loader || self.first_screen.contains(&file.path)
        })
    }

    fn total(&self, counts: impl Fn(&Weight) -> bool) -> (u64, u64) {
        let counted = self.files.iter().filter(|file| counts(file));
        counted.fold((0, 0), |(raw, brotli), file| (raw + file.raw, brotli + file.brotli))
    }

    fn to_json(&self) -> Value {
        let sum = |(raw, brotli): (u64, u64), budget: budget::Budget| json!({ "raw": raw, "brotli": brotli, "budget": budget.bytes });
        let file = |file: &Weight| json!({ "path": file.path, "raw": file.raw, "brotli": file.brotli });
        json!({
            "inputs": self.inputs,
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
            "first_screen": { "files": self.first_screen, "sum": sum(self.first_screen_total(), budget::FIRST_SCREEN) },
            "loader": { "file": self.loader, "sum": sum(self.loader_weight(), budget::LOADER) },
            "hook": { "file": self.hook, "sum": sum(self.hook_weight(), budget::HOOK) },
            "element": { "file": self.element, "sum": sum(self.element_weight(), budget::ELEMENT) },
            "whole": { "sum": sum(self.whole(), budget::WHOLE) },
            "screens": self.screens,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let weight = |file: &Value| {
            Some(Weight {
                path: text(file.get("path")?)?,
                raw: file.get("raw")?.as_u64()?,
                brotli: file.get("brotli")?.as_u64()?,
            })
        };
        Some(Self {
            inputs: text(value.get("inputs")?)?,
            files: value.get("files")?.as_array()?.iter().map(weight).collect::<Option<_>>()?,
            first_screen: value
                .pointer("/first_screen/files")?
                .as_array()?
                .iter()
                .map(text)
                .collect::<Option<_>>()?,
            loader: text(value.pointer("/loader/file")?)?,
            hook: text(value.pointer("/hook/file")?)?,
            element: text(value.pointer("/element/file")?)?,
            screens: serde_json::from_value(value.get("screens")?.clone()).ok()?,
        })
    }
}

/// Whether it is one of the languages.
fn is_words(path: &str) -> bool {
    path.starts_with(super::WORDS)
}

fn weigh(file: &Path, path: String) -> anyhow::Result<Weight> {
    let bytes = |file: &Path| {
        let found = fs::metadata(file).with_context(|| format!("weighing {}", file.display()))?;
        anyhow::Ok(found.len())
    };
    let raw = bytes(file)?;
    let brotli = if compress::gains(file) { bytes(&compressed(file))? } else { raw };
    Ok(Weight { path, raw, brotli })
}

fn compressed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Whether a page's address names the file at this path of the build, wherever the build is served.
fn is_at(address: &str, path: &str) -> bool {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    address.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(brotli: u64, loader: u64) -> Sizes {
        let file = |path: &str, brotli| Weight { path: path.to_owned(), raw: 2 * brotli, brotli };
        Sizes {
            inputs: "1f".to_owned(),
            files: vec![
                file("index.html", 1_000),
                file("app.wasm", brotli),
                file("icon.png", 9),
                file("sdk/l.js", loader),
                file("sdk/react.js", 900),
                file("sdk/link.js", 2_200),
            ],
            first_screen: vec!["app.wasm".to_owned(), "index.html".to_owned()],
            loader: "sdk/l.js".to_owned(),
            hook: "sdk/react.js".to_owned(),
            element: "sdk/link.js".to_owned(),
            screens: vec![("search".to_owned(), 9_000)],
        }
    }

    #[test]
    fn the_first_screen_is_the_sum_of_its_files_only() {
        assert_eq!(
            sizes(50_000, 3_000).first_screen_total(),
            (102_000, 51_000),
            "icon and loader come later"
        );
    }

    #[test]
    fn a_first_screen_a_loader_a_hook_or_an_element_over_budget_is_refused() {
        assert!(sizes(147_000, 3_000).check().is_ok(), "both are exactly at their limits");
        assert!(sizes(147_001, 3_000).check().is_err(), "the first screen is a byte over");
        assert!(sizes(147_000, 3_001).check().is_err(), "the loader is a byte over");
        let mut hook = sizes(147_000, 3_000);
        hook.files.push(Weight { path: hook.hook.clone(), raw: 300, brotli: 101 });
        assert!(hook.check().is_err(), "the hook is a byte over");
        let mut element = sizes(147_000, 3_000);
        element.files.push(Weight { path: element.element.clone(), raw: 300, brotli: 201 });
        assert!(element.check().is_err(), "the element is a byte over");
        let mut more = sizes(147_000, 3_000);
        more.files.push(Weight { path: "later.wasm".to_owned(), raw: 90_000, brotli: 78_992 });
        assert!(more.check().is_err(), "all of it is a byte over");
    }

    #[test]
    fn the_table_shows_every_file_and_both_sums_with_their_budgets() {
        let table = sizes(50_000, 3_000).table();
        for expected in ["icon.png", "app.wasm", "(2 requests)", "51.0 kB  of 148.0 kB", "3.0 kB  of 3.0 kB"]
        {
            assert!(table.contains(expected), "the table should show {expected}:\n{table}");
        }
    }

    #[test]
    fn what_is_kept_reads_back_the_same() {
        let sizes = sizes(50_000, 3_000);
        assert_eq!(Sizes::from_json(&sizes.to_json()), Some(sizes), "a second run relies on it");
        assert_eq!(Sizes::from_json(&json!({ "inputs": "1f" })), None, "half a record is none");
    }

    #[test]
    fn addresses_are_matched_to_files_wherever_the_page_is_served() {
        for address in ["app.js", "/app.js", "/widget/app.js", "./app.js", "app.js?v=1"] {
            assert!(is_at(address, "app.js"), "{address} is app.js");
        }
        assert!(!is_at("/other-app.js", "app.js"), "a longer name is another file");
    }
}
