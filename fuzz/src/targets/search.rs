//! The search: what is asked, then lines of `name|domain|city|alias` with the popularity as their number of bars.
//!
//! Holds: reducing text twice is reducing it once; an answer's order does not depend on the order of the directory;
//! pages laid side by side are the whole; what is marked lies on characters, in order, apart.

use crate::shapes::{parts, text};
use linchpin_search::{Entry, Index, Results, normalised};
use std::collections::HashSet;

const MOST: usize = 40;

pub(crate) fn run(data: &[u8]) {
    let [query, directory] = parts(data);
    let query = text(query);
    let entries: Vec<Entry> = text(directory).lines().take(MOST).map(entry).collect();
    for text in entries.iter().map(|entry| &entry.name).chain([&query]) {
        let words = normalised(text);
        assert_eq!(normalised(&words.join(" ")), words, "{text:?} is reduced differently the second time");
        assert!(words.iter().all(|word| !word.is_empty()), "an empty word in {text:?}");
    }
    let index = Index::build(entries.clone());
    let whole = index.search(&query, MOST, 0);
    check(&entries, &whole);
    pages_make_the_whole(&index, &query, &whole);
    let mut turned = entries.clone();
    turned.reverse();
    let other = Index::build(turned.clone()).search(&query, MOST, 0);
    let shown = |entries: &[Entry], results: &Results| -> Vec<(String, u64)> {
        results
            .hits
            .iter()
            .map(|hit| (entries[hit.entry].name.clone(), entries[hit.entry].popularity))
            .collect()
    };
    assert_eq!(shown(&entries, &whole), shown(&turned, &other), "the order depends on the directory's order");
    assert_eq!(index.popular(MOST).len(), entries.len(), "every entry has its place in the popular ones");
}

fn entry(line: &str) -> Entry {
    let mut parts = line.split('|');
    let mut next = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    Entry {
        name: next().unwrap_or_default(),
        domain: next(),
        city: next(),
        aliases: next().into_iter().collect(),
        popularity: line.matches('|').count() as u64,
        ..Entry::default()
    }
}

fn check(entries: &[Entry], results: &Results) {
    assert!(results.total == results.hits.len() && results.total <= entries.len(), "more was found than there is");
    let seen: HashSet<usize> = results.hits.iter().map(|hit| hit.entry).collect();
    assert_eq!(seen.len(), results.hits.len(), "something was found twice");
    for hit in &results.hits {
        let name = &entries[hit.entry].name;
        let mut from = 0;
        for range in &hit.highlights {
            assert!(range.start >= from && range.start < range.end, "{:?} in {name:?}", hit.highlights);
            assert!(name.get(range.clone()).is_some(), "{range:?} cuts a character of {name:?}");
            from = range.end;
        }
    }
}

fn pages_make_the_whole(index: &Index, query: &str, whole: &Results) {
    let mut hits = Vec::new();
    loop {
        let page = index.search(query, 3, hits.len());
        hits.extend(page.hits);
        assert_eq!(page.total, whole.total, "a page counts otherwise");
        if hits.len() >= page.total {
            break;
        }
    }
    assert_eq!(hits, whole.hits, "pages laid side by side are not the whole");
}
