//! The ways in which a question may be read.

use crate::lexicon::{is_filling, is_form, is_linking, synonyms};
use crate::query::Query;
use crate::rank::{Asked, Reading, SYNONYM};
use crate::vocabulary::{Vocabulary, WordId};

/// A word that stands in so many names was meant as it is.
const COMMON: usize = 25;
/// How well a word with one slip fits, and one with two; then the same for a word that may be unfinished.
const SLIPPED: [u32; 2] = [55, 40];
const SLIPPED_BEGINNING: [u32; 2] = [46, 32];
/// How well a short form fits that stands alone: there it may be just what was meant.
const SYNONYM_ALONE: u32 = 70;
/// What it costs to read several words as one.
const JOINING: u32 = 15;
/// What it costs to leave a word out.
const LEAVING_OUT: u32 = 250;
/// The shortest word that may carry a question from which another was left out.
const SHORTEST_CARRYING: usize = 4;

/// The ways in which a question may be read, tried from the plainest to the boldest.
pub(crate) struct Readings<'a> {
    query: &'a Query,
    vocabulary: &'a Vocabulary,
}

impl<'a> Readings<'a> {
    pub(crate) fn new(query: &'a Query, vocabulary: &'a Vocabulary) -> Self {
        Self { query, vocabulary }
    }

    /// The words as they are, and run together.
    pub(crate) fn as_typed(&self) -> Vec<Reading> {
        let words = self.reading(&self.query.words, 0, false);
        let joined = (self.query.words.len() > 1).then(|| self.joined(false));
        std::iter::once(words).chain(joined).collect()
    }

    /// The words with slips, run together with slips, and neighbours run together.
    pub(crate) fn with_slips(&self) -> Vec<Reading> {
        let mut readings = vec![self.reading(&self.query.words, 0, true)];
        if self.query.words.len() > 1 {
            readings.push(self.joined(true));
        }
        if self.query.words.len() > 2 {
            readings.extend((1..self.query.words.len()).map(|at| {
                let mut words = self.query.words.clone();
                let second = words.remove(at);
                words[at - 1].extend(second);
                Reading { rejoined: true, ..self.reading(&words, JOINING, false) }
            }));
        }
        readings
    }

    /// One word left out, where what remains tells enough by itself.
    pub(crate) fn with_one_word_less(&self) -> Vec<Reading> {
        let words = &self.query.words;
        let without = (0..words.len()).filter(|_| words.len() > 2).map(|left_out| {
            let mut words = words.clone();
            words.remove(left_out);
            self.reading(&words, LEAVING_OUT, false)
        });
        without.filter(|reading| reading.asked.iter().any(|asked| self.carries(asked))).collect()
    }

    fn carries(&self, asked: &Asked) -> bool {
        asked.exact
            && asked.letters.len() >= SHORTEST_CARRYING
            && self.vocabulary.names(asked.begun.start..asked.begun.start + 1).len() < COMMON
    }

    fn joined(&self, slips: bool) -> Reading {
        let joined = self.reading(std::slice::from_ref(&self.query.joined), JOINING, slips);
        Reading { rejoined: true, ..joined }
    }

    fn reading(&self, words: &[Vec<char>], cost: u32, slips: bool) -> Reading {
        let last = words.len().saturating_sub(1);
        let mut asked: Vec<Asked> =
            words.iter().enumerate().map(|(at, word)| self.asked(word, at == 0, at == last, slips)).collect();
        if let [alone] = asked.as_mut_slice() {
            for (_, fit) in &mut alone.near {
                *fit = (*fit).min(SYNONYM_ALONE);
            }
        }
        if asked.iter().all(|asked| asked.may_be_missing.is_some()) {
            for asked in &mut asked {
                asked.may_be_missing = None;
            }
        }
        Reading { asked, cost, rejoined: false }
    }

    fn asked(&self, word: &[char], first: bool, last: bool, slips: bool) -> Asked {
        let begun = self.vocabulary.beginning_with(word);
        let exact = !begun.is_empty() && self.vocabulary.word(begun.start) == word;
        let mut near: Vec<(WordId, u32)> = Vec::new();
        for synonym in synonyms(word) {
            let letters: Vec<char> = synonym.chars().collect();
            let found = self.vocabulary.beginning_with(&letters);
            if !found.is_empty() && self.vocabulary.word(found.start) == letters {
                near.push((found.start, SYNONYM));
            }
        }
        let common = exact && self.vocabulary.names(begun.start..begun.start + 1).len() >= COMMON;
        // Another number is another number, not a slip.
        if slips && !common && word.iter().any(|letter| letter.is_alphabetic()) {
            self.add_slips(word, &mut near);
        }
        near.sort_unstable_by_key(|(id, fit)| (*id, std::cmp::Reverse(*fit)));
        near.dedup_by_key(|(id, _)| *id);
        let may_be_missing = match () {
            () if first && is_linking(word) => Some(Asked::FIRST_LINKING),
            () if is_linking(word) || is_form(word) => Some(Asked::LINKING),
            () if is_filling(word) => Some(Asked::FILLING),
            () => None,
        };
        Asked { letters: word.to_vec(), begun, exact, near, may_be_missing, last }
    }

    fn add_slips(&self, word: &[char], near: &mut Vec<(WordId, u32)>) {
        let fit = |fits: [u32; 2], slips: u8| fits[usize::from(slips.clamp(1, 2)) - 1];
        if let Some(most) = slips_allowed(word.len()) {
            self.vocabulary.misspelt(word, most, |id, slips| near.push((id, fit(SLIPPED, slips))));
        }
        if let Some(most) = slips_allowed_in_beginning(word.len()) {
            let found = |id, slips| near.push((id, fit(SLIPPED_BEGINNING, slips)));
            self.vocabulary.misspelt_beginnings(word, most, found);
        }
    }
}

/// How many slips a word of so many letters may have. In short words nearly everything is a slip away.
fn slips_allowed(letters: usize) -> Option<u8> {
    match letters {
        0..4 => None,
        4..8 => Some(1),
        8.. => Some(2),
    }
}

/// The same for a word that may be unfinished.
fn slips_allowed_in_beginning(letters: usize) -> Option<u8> {
    match letters {
        0..5 => None,
        5..10 => Some(1),
        10.. => Some(2),
    }
}

impl Reading {
    /// The word that was typed and that the fewest names have.
    pub(crate) fn rarest(&self, vocabulary: &Vocabulary) -> Option<&Asked> {
        let names = |asked: &Asked| {
            let near = asked.near.iter().map(|(word, _)| vocabulary.names(*word..*word + 1).len());
            vocabulary.names(asked.begun.clone()).len() + near.sum::<usize>()
        };
        self.asked.iter().filter(|asked| asked.may_be_missing.is_none()).min_by_key(|asked| names(asked))
    }
}
