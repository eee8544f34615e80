//! Every link in the book leads somewhere, and its pages fetch nothing from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use html5gum::{StartTag, Token, Tokenizer};

/// What a page of the book names.
#[derive(Debug, Default)]
struct Named {
    /// Places in it that a link can lead to.
    places: BTreeSet<String>,
    /// Where its links lead.
    links: BTreeSet<String>,
    /// What it makes a browser fetch.
    fetched: BTreeSet<String>,
}

/// Follows every link of the book that was made into `folder`. Returns how many there are.
///
/// # Errors
/// A link leads to a file or a place in it that is not there, or a page fetches something from another origin.
pub(super) fn follow(folder: &Path) -> anyhow::Result<usize> {
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry.context("listing the book")?.path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let html = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            pages.insert(path, Named::read(&html));
        }
    }
    let mut followed = 0;
    for (path, page) in &pages {
        for address in &page.fetched {
            ensure!(!is_elsewhere(address), "{} fetches {address}", path.display());
        }
        for link in page.links.iter().chain(&page.fetched).filter(|link| !is_elsewhere(link)) {
            lead(folder, &pages, path, link)
                .with_context(|| format!("{}: the link {link}", path.display()))?;
            followed += 1;
        }
    }
    ensure!(followed > pages.len(), "only {followed} links were found in {} pages", pages.len());
    Ok(followed)
}

fn lead(folder: &Path, pages: &BTreeMap<PathBuf, Named>, from: &Path, link: &str) -> anyhow::Result<()> {
    let (file, place) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { from.to_path_buf() } else { folder.join(file) };
    ensure!(!file.starts_with("../") && !file.starts_with('/'), "leads out of the book");
    ensure!(target.exists(), "leads to a file that is not there");
    let known = |page: &Named| place.is_empty() || page.places.contains(place);
    ensure!(pages.get(&target).is_none_or(known), "leads to a place that is not there");
    Ok(())
}

impl Named {
    fn read(html: &str) -> Self {
        let mut named = Self::default();
        for token in Tokenizer::new(html) {
            let Ok(token) = token;
            if let Token::StartTag(tag) = token {
                named.add(&tag);
            }
        }
        named
    }

    fn add(&mut self, tag: &StartTag<()>) {
        let get = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(value).trim().to_owned()).filter(|value| !value.is_empty())
        };
        self.places.extend(get("id"));
        match tag.name.as_slice() {
            b"a" => self.links.extend(get("href")),
            b"link" | b"script" | b"img" | b"iframe" | b"source" => {
                self.fetched.extend([get("href"), get("src")].into_iter().flatten());
            }
            _ => {}
        }
    }
}

/// Whether an address names an origin, or is no address of a file at all.
fn is_elsewhere(address: &str) -> bool {
    let before_path = address.split(['/', '?', '#']).next().unwrap_or_default();
    address.starts_with("//") || before_path.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A book of two pages, with this in the first.
    fn followed(body: &str) -> Result<usize, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.html"), body).unwrap();
        fs::write(folder.path().join("b.html"), "<h1 id=top>b</h1><a href=a.html>a</a><a href=#top>b</a>")
            .unwrap();
        follow(folder.path()).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn links_are_followed_to_files_and_to_places_in_them() {
        assert_eq!(followed("<a href=b.html#top>b</a><a href=https://example.com/>e</a>"), Ok(3));
        for (link, why) in [
            ("c.html", "a file that is not there"),
            ("b.html#bottom", "a place that is not there"),
            ("#top", "a place that is not there"),
            ("../README.html", "out of the book"),
        ] {
            let error = followed(&format!("<a href={link}>x</a>")).unwrap_err();
            assert!(error.contains(why) && error.contains(link), "{error}");
        }
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        let error = followed("<script src=https://cdn.example/x.js></script>").unwrap_err();
        assert!(error.contains("fetches https://cdn.example/x.js"), "{error}");
    }
}
