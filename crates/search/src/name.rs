//! An entry's names, taken apart into all that may be typed for them.

use crate::Entry;
use crate::address;
use crate::lexicon::{is_form, is_linking, state_name};
use crate::text::plain_words;
use crate::vocabulary::{Collection, NameId, WordId};

/// The most words of a name, and of a place, that are looked at.
const MOST_WORDS: usize = 16;
/// The longest initials that are kept.
const LONGEST_INITIALS: usize = 8;

/// A domain of so many letters is made of words, and slips in it can be told.
const SHORTEST_TELLING_ADDRESS: usize = 8;

/// Which parts of a name a term stands for: a bit for each word of the name, then one for each of the place.
pub(crate) type Parts = u32;

/// In what way a term stands for its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// A word of the name.
    Word,
    /// Several words with nothing between.
    Joined,
    /// The telling part of the domain.
    Address,
    /// The first letters of several words.
    Initials,
    /// A word of the place.
    Place,
}

/// One thing that may be typed for a name.
#[derive(Clone, Copy)]
pub(crate) struct Term {
    pub(crate) word: WordId,
    pub(crate) parts: Parts,
    pub(crate) role: Role,
    /// Letters of the word.
    pub(crate) length: u8,
    /// How much the parts tell, together: little for `bank`, much for a rare word.
    pub(crate) weight: u16,
}

/// What an entry uses a name for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NameKind {
    /// It is shown.
    Shown,
    /// It stands in the register.
    Legal,
    /// People say it.
    Everyday,
}

/// One name of an entry.
pub(crate) struct Name {
    /// The entry's place in the directory.
    pub(crate) entry: u32,
    /// Where its terms begin and end among all terms.
    pub(crate) terms: std::ops::Range<u32>,
    pub(crate) kind: NameKind,
    /// The words of the name.
    pub(crate) words: Parts,
    /// Those of them that may be left out.
    pub(crate) linking: Parts,
    /// The sum of the weights of its words.
    pub(crate) weight: u16,
}

/// A term before the vocabulary is known.
pub(crate) struct Draft {
    pub(crate) role: Role,
    pub(crate) parts: Parts,
    pub(crate) linking: bool,
}

/// A name before its words are known.
pub(crate) struct NameDraft {
    pub(crate) entry: u32,
    /// Where its terms begin.
    pub(crate) terms: usize,
    pub(crate) kind: NameKind,
}

/// All that may be typed for an entry, name by name.
pub(crate) struct Drafts {
    pub(crate) terms: Vec<Draft>,
    pub(crate) words: Collection,
    pub(crate) names: Vec<NameDraft>,
}

impl Drafts {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut drafts = Self { terms: Vec::new(), words: Collection::default(), names: Vec::new() };
        for (entry, at) in entries.iter().zip(0..) {
            drafts.add(entry, at);
        }
        drafts
    }

    fn add(&mut self, entry: &Entry, at: u32) {
        let place = place(entry);
        let shown = plain_words(&entry.name);
        self.begin(at, NameKind::Shown, &shown, &place);
        self.joined(&shown);
        self.initials(&shown);
        if let Some(domain) = &entry.domain {
            let domain = domain.to_lowercase();
            let stem = plain_words(address::stem(&domain)).concat();
            self.push(stem, Role::Address, bits(0..shown.len().max(1)));
        }
        if let Some(legal) = entry.legal_name.as_deref().map(plain_words)
            && legal != shown
        {
            self.begin(at, NameKind::Legal, &legal, &place);
        }
        for alias in &entry.aliases {
            // An address among the aliases is found as one, and needs no place among the names.
            if address::host(alias).is_none() {
                let alias = plain_words(alias);
                self.begin(at, NameKind::Everyday, &alias, &place);
                self.joined(&alias);
            }
        }
    }

    fn begin(&mut self, entry: u32, kind: NameKind, words: &[Vec<char>], place: &[Vec<char>]) {
        self.names.push(NameDraft { entry, terms: self.terms.len(), kind });
        for (word, at) in words.iter().zip(0..MOST_WORDS) {
            self.push(word.clone(), Role::Word, bits(at..at + 1));
        }
        for (word, at) in place.iter().zip(MOST_WORDS..2 * MOST_WORDS) {
            self.push(word.clone(), Role::Place, bits(at..at + 1));
        }
    }

    /// The words run together: all; without those that link; and with the kind of institution as its initials, as in
    /// `navyfcu`.
    fn joined(&mut self, words: &[Vec<char>]) {
        let all = bits(0..words.len());
        let together = words.concat();
        let telling: Vec<&[char]> =
            words.iter().map(Vec::as_slice).filter(|word| !is_linking(word)).collect();
        let without_links = telling.concat();
        let kind = kind_begins(&telling);
        if words.len() > 1 {
            if without_links != together && !without_links.is_empty() {
                self.push(without_links, Role::Joined, all);
            }
            self.push(together, Role::Joined, all);
        }
        let (own, kind) = telling.split_at(kind);
        if kind.len() > 1 && !own.is_empty() {
            let initials = kind.iter().filter_map(|word| word.first().copied());
            self.push(own.concat().into_iter().chain(initials).collect(), Role::Joined, all);
        }
    }

    /// First letters: of all words; without those that link; of what stands before `of`, as in `fnb of omaha`; and of
    /// the kind of institution, as in `navy fcu`.
    fn initials(&mut self, words: &[Vec<char>]) {
        let telling: Vec<usize> =
            (0..words.len()).filter(|at| words.get(*at).is_some_and(|word| !is_linking(word))).collect();
        let before_of = words.iter().position(|word| word.iter().eq(&['o', 'f']));
        let slices: Vec<&[char]> =
            telling.iter().filter_map(|at| words.get(*at)).map(Vec::as_slice).collect();
        let kind = kind_begins(&slices);
        let mut runs: Vec<Vec<usize>> = vec![(0..words.len()).collect(), telling.clone()];
        if let Some(of) = before_of {
            runs.push(telling.iter().copied().filter(|at| *at < of).collect());
        }
        runs.extend((kind..telling.len()).filter_map(|from| telling.get(from..).map(<[_]>::to_vec)));
        runs.sort_unstable();
        runs.dedup();
        for run in runs.iter().filter(|run| (2..=LONGEST_INITIALS).contains(&run.len())) {
            let initials = run.iter().filter_map(|at| words.get(*at)?.first().copied()).collect();
            let parts = run.iter().fold(0, |parts, at| parts | bits(*at..at + 1));
            self.push(initials, Role::Initials, parts);
        }
    }

    fn push(&mut self, word: Vec<char>, role: Role, parts: Parts) {
        if word.is_empty() {
            return;
        }
        let name = NameId::try_from(self.names.len().saturating_sub(1)).unwrap_or(NameId::MAX);
        self.terms.push(Draft { role, parts, linking: is_linking(&word) || is_form(&word) });
        // Short domains are initials, too, more often than not.
        let may_be_misspelt = match role {
            Role::Initials => false,
            Role::Address => word.len() >= SHORTEST_TELLING_ADDRESS,
            Role::Word | Role::Joined | Role::Place => true,
        };
        self.words.add(word, name, may_be_misspelt);
    }
}

/// Where the words begin that only say what kind of institution it is.
fn kind_begins(words: &[&[char]]) -> usize {
    const KINDS: [&[&str]; 5] = [
        &["federal", "credit", "union"],
        &["credit", "union"],
        &["federal", "savings", "bank"],
        &["savings", "bank"],
        &["national", "bank"],
    ];
    let ends_with = |kind: &&[&str]| {
        let tail = words.len().checked_sub(kind.len()).and_then(|from| words.get(from..));
        tail.is_some_and(|tail| {
            tail.iter().zip(*kind).all(|(word, kind)| word.iter().copied().eq(kind.chars()))
        })
    };
    words.len() - KINDS.iter().find(|kind| ends_with(kind)).map_or(0, |kind| kind.len())
}

/// The words of city and state; the state by code and by name.
fn place(entry: &Entry) -> Vec<Vec<char>> {
    let state = entry.state.as_deref();
    let name = state.and_then(state_name);
    entry.city.as_deref().into_iter().chain(state).chain(name).flat_map(plain_words).collect()
}

/// The parts at these places; what lies behind the last place counts as the last.
fn bits(places: std::ops::Range<usize>) -> Parts {
    places.fold(0, |parts, at| parts | 1 << at.min(2 * MOST_WORDS - 1))
}
