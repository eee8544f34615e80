//! Which parts of a name were asked for.

use crate::query::Query;
use crate::text::{Word, words};
use std::ops::Range;

/// The parts of `name` that the question names: the beginnings of its words, else where the question stands inside.
pub(crate) fn highlights(name: &str, query: &Query) -> Vec<Range<usize>> {
    let words = words(name);
    let begun = beginnings(&words, query);
    if begun.len() == query.words.len() {
        return begun;
    }
    // What begins no word here may be the place; or the whole question stands across words.
    inside(&words, query).map_or(begun, |range| vec![range])
}

fn beginnings(words: &[Word], query: &Query) -> Vec<Range<usize>> {
    let mut used = vec![false; words.len()];
    let mut ranges = Vec::new();
    for asked in &query.longest_first {
        let free =
            words.iter().zip(&mut used).find(|(word, used)| !**used && word.text.starts_with(asked.as_str()));
        if let Some((word, used)) = free {
            *used = true;
            ranges.extend(word.source(0..asked.chars().count()));
        }
    }
    ranges.sort_by_key(|range| range.start);
    ranges
}

fn inside(words: &[Word], query: &Query) -> Option<Range<usize>> {
    let first = query.words.first()?;
    let (position, word) =
        words.iter().enumerate().find(|(position, _)| stands_at(words, *position, query))?;
    let (before, _) =
        word.text.rsplit_once(first.as_str()).or_else(|| word.text.split_once(first.as_str()))?;
    let start = before.chars().count();
    let last = words.get(position + query.words.len() - 1)?;
    let from = word.source(start..start + first.chars().count())?;
    if query.words.len() == 1 {
        return Some(from);
    }
    let to = last.source(0..query.words.last()?.chars().count())?;
    Some(from.start..to.end)
}

/// Whether the question stands in the name with its first word in the word at `position`: the first at its end, those
/// between whole, the last at its beginning; a single word anywhere.
fn stands_at(words: &[Word], position: usize, query: &Query) -> bool {
    let Some(found) = words.get(position..position + query.words.len()) else { return false };
    let count = query.words.len();
    found.iter().zip(&query.words).enumerate().all(|(at, (word, asked))| match at {
        0 if count == 1 => word.text.contains(asked.as_str()),
        0 => word.text.ends_with(asked.as_str()),
        _ if at + 1 == count => word.text.starts_with(asked.as_str()),
        _ => word.text == *asked,
    })
}
