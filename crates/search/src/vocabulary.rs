//! All words of the directory in order, each with the names in which it stands.

use crate::spelling::{self, Extent, LetterSet};
use std::collections::HashMap;
use std::ops::Range;

/// A word's place in the order of the vocabulary. Words that begin alike stand together.
pub(crate) type WordId = u32;
/// A name's place in the index.
pub(crate) type NameId = u32;

/// The words, sorted, and for each the names in which it stands.
#[derive(Default)]
pub(crate) struct Vocabulary {
    /// The letters of all words, one after another.
    letters: Vec<char>,
    /// Where each word begins in `letters`; one more for the end.
    begins: Vec<u32>,
    /// What is asked of each word first when slips are looked for.
    shapes: Vec<Shape>,
    /// The words that may be misspelt, in the order of their letters from the last to the first.
    by_ending: Vec<WordId>,
    /// The names of all words, one word after another.
    names: Vec<NameId>,
    /// Where each word's names begin in `names`; one more for the end.
    names_begin: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Shape {
    letters: LetterSet,
    length: u32,
    /// Acronyms are not: every short word is a slip away from one.
    may_be_misspelt: bool,
}

/// The words that are being collected, and where they occur.
#[derive(Default)]
pub(crate) struct Collection {
    /// Each word once, with its place among `counted`.
    places: HashMap<Vec<char>, usize>,
    counted: Vec<Counted>,
    /// Which word, and in which name.
    occurrences: Vec<(usize, NameId)>,
}

struct Counted {
    names: u32,
    last_name: NameId,
    may_be_misspelt: bool,
}

impl Collection {
    /// Adds a word of a name. Names come in order.
    pub(crate) fn add(&mut self, word: Vec<char>, name: NameId, may_be_misspelt: bool) {
        let next = self.counted.len();
        let place = *self.places.entry(word).or_insert(next);
        if place == next {
            self.counted.push(Counted { names: 0, last_name: NameId::MAX, may_be_misspelt: false });
        }
        let counted = &mut self.counted[place];
        counted.may_be_misspelt |= may_be_misspelt;
        if counted.last_name != name {
            counted.names += 1;
            counted.last_name = name;
        }
        self.occurrences.push((place, name));
    }
}

impl Vocabulary {
    /// Sorts the words. Returns for each that was added, in that order, which word it is.
    pub(crate) fn build(collection: Collection) -> (Self, Vec<WordId>) {
        let Collection { places, counted, occurrences } = collection;
        let mut words: Vec<(Vec<char>, usize)> = places.into_iter().collect();
        words.sort_unstable();
        let mut built = Self::default();
        let mut ids = vec![0; words.len()];
        let mut next = 0;
        for ((word, place), id) in words.iter().zip(0..) {
            ids[*place] = id;
            built.begins.push(number(built.letters.len()));
            built.letters.extend_from_slice(word);
            built.shapes.push(Shape {
                letters: LetterSet::of(word),
                length: number(word.len()),
                may_be_misspelt: counted[*place].may_be_misspelt,
            });
            built.names_begin.push(next);
            next += counted[*place].names;
        }
        built.begins.push(number(built.letters.len()));
        built.names_begin.push(next);
        built.names = vec![NameId::MAX; next as usize];
        // Each word's names are filled in from its beginning; a name that it occurs in twice comes twice in a row.
        let mut free = built.names_begin.clone();
        for (place, name) in &occurrences {
            let id = ids[*place] as usize;
            let last = free[id] as usize;
            if last == built.names_begin[id] as usize || built.names[last - 1] != *name {
                built.names[last] = *name;
                free[id] += 1;
            }
        }
        built.by_ending = built.ordered_by_ending();
        let ids = occurrences.iter().map(|(place, _)| ids[*place]).collect();
        (built, ids)
    }

    fn ordered_by_ending(&self) -> Vec<WordId> {
        // The last letters as one number decide nearly always, without going to the words.
        let key = |id: WordId| {
            let last =
                self.word(id).iter().rev().map(|letter| u64::from(*letter)).chain(std::iter::repeat(0));
            last.take(3).fold(0, |key, letter| key << 21 | letter)
        };
        let words = (0..).zip(&self.shapes).filter(|(_, shape)| shape.may_be_misspelt);
        let mut order: Vec<(u64, WordId)> = words.map(|(id, _)| (key(id), id)).collect();
        order.sort_unstable_by(|(left_key, left), (right_key, right)| {
            let letters = |id: WordId| self.word(id).iter().rev();
            left_key.cmp(right_key).then_with(|| letters(*left).cmp(letters(*right)))
        });
        order.into_iter().map(|(_, id)| id).collect()
    }

    fn len(&self) -> usize {
        self.shapes.len()
    }

    /// The letters of a word.
    pub(crate) fn word(&self, id: WordId) -> &[char] {
        let id = id as usize;
        &self.letters[self.begins[id] as usize..self.begins[id + 1] as usize]
    }

    /// The words that begin so. The word itself, if there is one, is the first.
    pub(crate) fn beginning_with(&self, beginning: &[char]) -> Range<WordId> {
        let from = self.first_that(0, |word| word < beginning);
        let to = self.first_that(from, |word| word.starts_with(beginning));
        from..to
    }

    /// The first word from `start` for which this no longer holds.
    fn first_that(&self, start: WordId, holds: impl Fn(&[char]) -> bool) -> WordId {
        let (mut low, mut high) = (start, number(self.len()));
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.word(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The names in which these words stand; a name may come more than once.
    pub(crate) fn names(&self, words: Range<WordId>) -> &[NameId] {
        let at = |word: WordId| self.names_begin.get(word as usize).map_or(0, |begin| *begin as usize);
        self.names.get(at(words.start)..at(words.end)).unwrap_or_default()
    }

    /// Calls `found` with each word that differs from what was typed by one to `most` slips. A word may come twice.
    ///
    /// Looks where the first letter is right, and where the second half is: a walk through all words would grow with
    /// the directory. So what is missed is a first letter that is wrong together with a slip in the second half.
    pub(crate) fn misspelt(&self, typed: &[char], most: u8, mut found: impl FnMut(WordId, u8)) {
        let Some(first) = typed.first() else { return };
        let set = LetterSet::of(typed);
        let mut look = |id: WordId| {
            if let Some(slips @ 1..) = self.slips(typed, set, id, most) {
                found(id, slips);
            }
        };
        self.beginning_with(&[*first]).for_each(&mut look);
        let ending = typed.get(typed.len() / 2..).unwrap_or_default();
        self.ending_with(ending).iter().copied().for_each(look);
    }

    fn slips(&self, typed: &[char], set: LetterSet, id: WordId, most: u8) -> Option<u8> {
        let shape = self.shapes.get(id as usize)?;
        let allowed = u32::from(most);
        let near = shape.may_be_misspelt
            && shape.length.abs_diff(number(typed.len())) <= allowed
            && set.missing_in(shape.letters) <= allowed
            && shape.letters.missing_in(set) <= allowed;
        if near { spelling::slips(typed, self.word(id), most, Extent::Whole) } else { None }
    }

    /// The words that end so, of those that may be misspelt.
    fn ending_with(&self, ending: &[char]) -> &[WordId] {
        let from = self.by_ending.partition_point(|id| self.word(*id).iter().rev().lt(ending.iter().rev()));
        let rest = self.by_ending.get(from..).unwrap_or_default();
        let count = rest.partition_point(|id| self.word(*id).ends_with(ending));
        rest.get(..count).unwrap_or_default()
    }

    /// Calls `found` with each longer word that begins with what was typed but for one to `most` slips. The first
    /// letter has to be right: everything else would be a walk through all words.
    pub(crate) fn misspelt_beginnings(&self, typed: &[char], most: u8, mut found: impl FnMut(WordId, u8)) {
        let Some(first) = typed.first() else { return };
        let set = LetterSet::of(typed);
        for id in self.beginning_with(&[*first]) {
            let shape = &self.shapes[id as usize];
            if shape.may_be_misspelt
                && shape.length as usize > typed.len()
                && set.missing_in(shape.letters) <= u32::from(most)
                && let Some(slips @ 1..) = spelling::slips(typed, self.word(id), most, Extent::Beginning)
            {
                found(id, slips);
            }
        }
    }

    /// Calls `found` with each word in which these letters stand in a row.
    pub(crate) fn containing(&self, letters: &[char], mut found: impl FnMut(WordId)) {
        let set = LetterSet::of(letters);
        for (id, shape) in (0..).zip(&self.shapes) {
            if shape.length as usize >= letters.len()
                && set.missing_in(shape.letters) == 0
                && self.word(id).windows(letters.len()).any(|part| part == letters)
            {
                found(id);
            }
        }
    }

    /// Bytes that this takes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.letters)
            + size_of_val(&*self.begins)
            + size_of_val(&*self.shapes)
            + size_of_val(&*self.by_ending)
            + size_of_val(&*self.names)
            + size_of_val(&*self.names_begin)
    }
}

/// A number of words, names or letters; four thousand million of them do not fit into memory.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
