//! What a browser fetches for the first screen, read from the page itself.

use std::collections::BTreeSet;

use anyhow::{bail, ensure};
use html5gum::{StartTag, Token, Tokenizer};

use crate::budget;

/// The addresses that the page makes a browser fetch, the page's own not included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Paths as the page writes them, each once, in order.
    pub(crate) fetched: BTreeSet<String>,
    /// Those that the page asks for before any script runs.
    early: BTreeSet<String>,
    /// What its script fetches behind the first screen.
    pub(crate) later: BTreeSet<String>,
    /// Whether all of that is fetched with its integrity.
    later_is_sealed: bool,
}

impl Page {
    /// Reads the page and holds it against the rules: few requests, none to another origin, and everything that
    /// a script would ask for later is already asked for by the page.
    ///
    /// # Errors
    /// The page breaks one of the rules.
    pub(crate) fn read(html: &str) -> anyhow::Result<Self> {
        let mut page = Self::default();
        for token in Tokenizer::new(html) {
            let Ok(token) = token;
            if let Token::StartTag(tag) = token {
                page.add(&tag);
            }
        }
        page.check()?;
        Ok(page)
    }

    /// How many requests the first screen takes, the page's own included.
    pub(crate) fn requests(&self) -> usize {
        1 + self.fetched.len()
    }

    fn add(&mut self, tag: &StartTag<()>) {
        let get = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(value).trim().to_owned()).filter(|value| !value.is_empty())
        };
        let relation = get("rel").unwrap_or_default();
        let is = |word: &str| relation.split_whitespace().any(|relation| relation.eq_ignore_ascii_case(word));
        // What the boot script is told to import and to compile, on whatever element.
        self.fetched.extend([get("data-js"), get("data-wasm")].into_iter().flatten());
        if let Some(rest) = get("data-rest") {
            self.later.insert(rest);
            self.later_is_sealed = get("data-rest-integrity").is_some();
        }
        match tag.name.as_slice() {
            // A frame never shows an icon, so browsers do not fetch one for it; the others are no files.
            b"link" if is("icon") || is("canonical") || is("preconnect") || is("dns-prefetch") => {}
            b"link" | b"img" | b"source" | b"iframe" | b"video" | b"audio" | b"embed" | b"script" => {
                self.early.extend([get("href"), get("src")].into_iter().flatten());
            }
            _ => {}
        }
        let inline = |address: &String| !address.starts_with("data:");
        self.early.retain(inline);
        self.fetched.extend(self.early.iter().cloned());
    }

    fn check(&self) -> anyhow::Result<()> {
        for address in self.fetched.union(&self.later) {
            ensure!(is_own(address), "the page fetches {address}, which may be on another origin");
        }
        for address in &self.later {
            ensure!(self.later_is_sealed, "the page does not state the integrity of {address}");
            ensure!(!self.early.contains(address), "{address} holds the first screen up");
        }
        for address in &self.fetched {
            ensure!(
                self.early.contains(address),
                "the page does not preload {address}, which its script asks for"
            );
        }
        if self.requests() > budget::REQUESTS {
            let list: Vec<&str> = self.fetched.iter().map(String::as_str).collect();
            bail!(
                "the first screen takes {} requests, more than {}: the page, {}",
                self.requests(),
                budget::REQUESTS,
                list.join(", ")
            );
        }
        Ok(())
    }
}

/// A path, and no address that leaves the page's own origin.
fn is_own(address: &str) -> bool {
    let before_path = address.split(['/', '?', '#']).next().unwrap_or_default();
    !address.starts_with("//") && !address.starts_with('\\') && !before_path.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"<!doctype html><html lang="en"><head>
        <link rel="icon" href="/icon.svg">
        <link rel="stylesheet" href="/widget/style-1f.css" integrity="sha384-x">
        <link rel="modulepreload" href="/widget/app-1f.js" crossorigin>
        <link rel="preload" href="/widget/app-1f_bg.wasm" as="fetch" type="application/wasm" crossorigin>
        <meta name="linchpin-module" data-js="/widget/app-1f.js" data-wasm="/widget/app-1f_bg.wasm">
        <script type="module" src="/widget/boot-1f.js"></script>
        </head><body><img src="data:image/svg+xml,x" alt=""><a href="https://elsewhere.example">help</a></body></html>"#;

    fn without(part: &str) -> String {
        assert!(GOOD.contains(part), "the page of this test has {part}");
        GOOD.replace(part, "")
    }

    #[test]
    fn each_file_is_counted_once_and_icons_links_and_inline_pictures_are_not() {
        let page = Page::read(GOOD).unwrap();
        assert_eq!(page.requests(), 5, "page, style, boot script, script and module: {:?}", page.fetched);
        assert!(
            page.fetched.contains("/widget/app-1f_bg.wasm"),
            "the module is named by preload and by boot script"
        );
    }

    #[test]
    fn a_script_or_module_that_is_not_preloaded_is_refused() {
        for preload in [
            r#"<link rel="modulepreload" href="/widget/app-1f.js" crossorigin>"#,
            r#"<link rel="preload" href="/widget/app-1f_bg.wasm" as="fetch" type="application/wasm" crossorigin>"#,
        ] {
            let error = Page::read(&without(preload)).unwrap_err().to_string();
            assert!(error.contains("does not preload"), "without {preload}: {error}");
        }
    }

    #[test]
    fn another_origin_is_refused_however_it_is_written() {
        for address in
            ["https://cdn.example/x.css", "//cdn.example/x.css", "HTTP:x.css", "\\\\cdn.example\\x.css"]
        {
            let html = format!(r#"<link rel="stylesheet" href="{address}">"#);
            assert!(Page::read(&html).is_err(), "{address} leaves the origin");
        }
        assert!(
            Page::read(r#"<link rel=stylesheet href=fonts/a:b.css>"#).is_ok(),
            "a colon in a path is no scheme"
        );
    }

    #[test]
    fn what_comes_behind_the_first_screen_is_sealed_own_and_not_waited_for() {
        let with = |rest: &str| GOOD.replace("data-wasm=", &format!("{rest} data-wasm="));
        let rest = r#"data-rest="/widget/app-1f_rest.wasm" data-rest-integrity="sha384-x""#;
        let page = Page::read(&with(rest)).unwrap();
        assert_eq!((page.requests(), page.later.len()), (5, 1), "{page:?}");
        for (wrong, why) in [
            (r#"data-rest="/widget/app-1f_rest.wasm""#, "integrity"),
            (r#"data-rest="//cdn.example/rest.wasm" data-rest-integrity="sha384-x""#, "another origin"),
        ] {
            let error = Page::read(&with(wrong)).unwrap_err().to_string();
            assert!(error.contains(why), "{wrong}: {error}");
        }
        let early =
            with(rest).replace("</head>", r#"<link rel="prefetch" href="/widget/app-1f_rest.wasm"></head>"#);
        assert!(Page::read(&early).unwrap_err().to_string().contains("holds the first screen up"));
    }

    #[test]
    fn a_seventh_request_is_refused() {
        let more =
            r#"<link rel="stylesheet" href="/words.css"><link rel="stylesheet" href="/more.css"></head>"#;
        let html = GOOD.replace("</head>", more);
        let error = Page::read(&html).unwrap_err().to_string();
        assert!(
            error.contains("7 requests") && error.contains("/more.css"),
            "it should count and list: {error}"
        );
    }
}
