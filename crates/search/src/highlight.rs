//! Which parts of a name were asked for.

use crate::query::Query;
use crate::spelling::{Extent, slips};
use crate::text::{Word, words};
use std::ops::Range;

/// The shortest word that is marked where others are not in the name.
const SHORTEST_TELLING: usize = 3;

/// The parts of `name` that the question names: the beginnings of its words, words that were misspelt, else where the
/// question stands inside, else the initials.
pub(crate) fn highlights(name: &str, query: &Query) -> Vec<Range<usize>> {
    let words = words(name);
    let begun = beginnings(&words, query, 1);
    if begun.len() == query.words.len() {
        return begun;
    }
    // What begins no word here may be the place; or the question stands across words. Or it is another name, and then
    // a letter that both have means nothing.
    let across = inside(&words, query).map(|range| vec![range]).or_else(|| initials(&words, query));
    across.unwrap_or_else(|| beginnings(&words, query, SHORTEST_TELLING))
}

/// Each word of at least `shortest` letters that was typed marks one word: what of it was typed, or all of it where
/// there was a slip.
fn beginnings(words: &[Word], query: &Query, shortest: usize) -> Vec<Range<usize>> {
    let mut longest_first: Vec<&[char]> =
        query.words.iter().map(Vec::as_slice).filter(|word| word.len() >= shortest).collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut used = vec![false; words.len()];
    let mut ranges = Vec::new();
    for whole_only in [false, true] {
        longest_first.retain(|asked| {
            let fits = |word: &Word| {
                if whole_only {
                    let most = if asked.len() < 8 { 1 } else { 2 };
                    asked.len() > 3 && slips(asked, &word.letters, most, Extent::Whole).is_some()
                } else {
                    word.letters.starts_with(asked)
                }
            };
            let free = words.iter().zip(&mut used).find(|(word, used)| !**used && fits(word));
            let Some((word, used)) = free else { return true };
            *used = true;
            ranges.extend(word.source(0..if whole_only { word.letters.len() } else { asked.len() }));
            false
        });
    }
    ranges.sort_by_key(|range| range.start);
    ranges
}

/// Where the question stands with nothing between its words, in the name with nothing between its words.
fn inside(words: &[Word], query: &Query) -> Option<Range<usize>> {
    let letters: Vec<(char, Range<usize>)> = words
        .iter()
        .flat_map(|word| {
            word.letters
                .iter()
                .enumerate()
                .filter_map(|(at, letter)| Some((*letter, word.source(at..at + 1)?)))
        })
        .collect();
    let here = letters
        .windows(query.joined.len())
        .find(|part| part.iter().map(|(letter, _)| letter).eq(query.joined.iter()))?;
    Some(here.first()?.1.start..here.last()?.1.end)
}

fn initials(words: &[Word], query: &Query) -> Option<Vec<Range<usize>>> {
    let mut asked = query.joined.iter().peekable();
    let mut ranges = Vec::new();
    for word in words {
        if asked.next_if(|letter| word.letters.first() == Some(letter)).is_some() {
            ranges.extend(word.source(0..1));
        }
    }
    (asked.peek().is_none() && query.words.len() == 1).then_some(ranges)
}
