//! The directory, made ready for questions.

use crate::address;
use crate::highlight::highlights;
use crate::known::Known;
use crate::name::{Draft, Drafts, Name, NameDraft, Role, Term};
use crate::popularity::prominence;
use crate::query::Query;
use crate::rank::{Reading, score};
use crate::reading::Readings;
use crate::vocabulary::{NameId, Vocabulary, WordId, number};
use crate::{Entry, Hit, ReadAs, Results};

/// How many have to be found before slips are not looked for.
const ENOUGH: usize = 8;
/// What an entry that cannot be used now loses: enough to stand behind a namesake, too little to vanish.
const UNAVAILABLE: u32 = 40;
/// The shortest text that is looked for inside of words; below it nearly every name would match.
const SHORTEST_INSIDE: usize = 4;

/// A directory that answers questions. Built once, then only read: share it behind an `Arc`, and put a new one in its
/// place when the directory changes.
pub struct Index {
    entries: Vec<Entry>,
    /// How well known each entry is.
    prominence: Vec<u16>,
    /// All entries, most popular first, then by name.
    by_popularity: Vec<u32>,
    /// For each entry its place in `by_popularity`.
    standing: Vec<u32>,
    vocabulary: Vocabulary,
    names: Vec<Name>,
    terms: Vec<Term>,
    hosts: Known,
    /// The registered names above `hosts`.
    registered: Known,
    routing_numbers: Known,
}

/// What has been found for a question: for each entry the best score of its names.
pub(crate) struct Found {
    best: Vec<u32>,
    entries: Vec<u32>,
    read_as: ReadAs,
}

impl Found {
    fn new(entries: usize) -> Self {
        Self { best: vec![0; entries], entries: Vec::new(), read_as: ReadAs::default() }
    }

    fn add(&mut self, entry: u32, score: u32) {
        let Some(best) = self.best.get_mut(entry as usize) else { return };
        if *best == 0 {
            self.entries.push(entry);
        }
        // Zero stands for what was not found.
        *best = (*best).max(score).max(1);
    }
}

impl Index {
    /// Makes a directory ready. An entry goes by its place in this list from now on.
    #[must_use]
    pub fn build(entries: Vec<Entry>) -> Self {
        let Drafts { terms, words, names } = Drafts::of(&entries);
        let (vocabulary, words) = Vocabulary::build(words);
        let (names, terms) = finish(&names, &terms, &vocabulary, &words);
        let popularities: Vec<u64> = entries.iter().map(|entry| entry.popularity).collect();
        let by_popularity = by_popularity(&entries);
        let mut standing = vec![0; entries.len()];
        for (entry, place) in by_popularity.iter().zip(0..) {
            standing[*entry as usize] = place;
        }
        let prominence = prominence(&popularities);
        let hosts = Known::hosts(&entries);
        let registered = Known::registered(&hosts);
        let routing_numbers = Known::routing_numbers(&entries);
        Self {
            entries,
            prominence,
            by_popularity,
            standing,
            vocabulary,
            names,
            terms,
            hosts,
            registered,
            routing_numbers,
        }
    }

    /// Answers a question with the `limit` entries that come after the first `offset`, best first.
    ///
    /// Knows names, legal names and aliases: whole, unfinished, in any order, as initials, run together or parted, with
    /// slips of the finger, with the place beside them; domains and pasted addresses; routing numbers. A question
    /// without letters or digits finds nothing; for what to show before anything is typed there is [`Index::popular`].
    ///
    /// The order is total and depends on nothing but the directory and the question, so that pages fit together.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize, offset: usize) -> Results {
        let Some(query) = Query::parse(query) else { return Results::default() };
        let mut found = self.find(&query);
        let total = found.entries.len();
        let order =
            |entry: &u32| (std::cmp::Reverse(found.best[*entry as usize]), self.standing[*entry as usize]);
        let shown = offset.saturating_add(limit).min(total);
        if shown < total && shown > 0 {
            found.entries.select_nth_unstable_by_key(shown - 1, order);
        }
        let first = found.entries.get_mut(..shown).unwrap_or_default();
        first.sort_unstable_by_key(order);
        let hits = first.iter().skip(offset).filter_map(|entry| {
            let entry = *entry as usize;
            Some(Hit { entry, highlights: highlights(&self.entries.get(entry)?.name, &query) })
        });
        Results { hits: hits.collect(), total, read_as: found.read_as }
    }

    fn find(&self, query: &Query) -> Found {
        let mut found = Found::new(self.entries.len());
        if let Some(number) = query.routing_number() {
            self.add_known(&self.routing_numbers, &number, &mut found);
            found.read_as = ReadAs::RoutingNumber;
        } else if let Some(host) = &query.host {
            self.add_host(host, &mut found);
            if !found.entries.is_empty() {
                found.read_as = ReadAs::Website;
            }
        }
        if !found.entries.is_empty() {
            return found;
        }
        let readings = Readings::new(query, &self.vocabulary);
        for reading in readings.as_typed() {
            self.add_names(&reading, &mut found);
        }
        let nothing_as_typed = found.entries.is_empty();
        if found.entries.len() < ENOUGH {
            for reading in readings.with_slips() {
                self.add_names(&reading, &mut found);
            }
        }
        if nothing_as_typed {
            for reading in readings.with_one_word_less() {
                self.add_names(&reading, &mut found);
            }
        }
        if found.entries.is_empty() && query.joined.len() >= SHORTEST_INSIDE {
            self.add_inside(&query.joined, &mut found);
        }
        found
    }

    /// Scores all names that this reading may mean.
    fn add_names(&self, reading: &Reading, found: &mut Found) {
        let Some(rarest) = reading.rarest(&self.vocabulary) else { return };
        let mut seen = vec![0u64; self.names.len().div_ceil(64)];
        let near = rarest.near.iter().map(|(word, _)| *word..*word + 1);
        for words in std::iter::once(rarest.begun.clone()).chain(near) {
            for name in self.vocabulary.names(words) {
                let (seen, bit) = (&mut seen[*name as usize / 64], 1 << (name % 64));
                if *seen & bit == 0 {
                    *seen |= bit;
                    self.add_name(*name, reading, found);
                }
            }
        }
    }

    fn add_name(&self, name: NameId, reading: &Reading, found: &mut Found) {
        let name = &self.names[name as usize];
        let entry = name.entry as usize;
        if let Some(score) = score(reading, name, self.terms_of(name), self.prominence[entry]) {
            let lost = if self.entries[entry].unavailable { UNAVAILABLE } else { 0 };
            found.add(name.entry, score.saturating_sub(lost));
        }
    }

    fn add_known(&self, known: &Known, text: &str, found: &mut Found) {
        for entry in known.entries(text) {
            found.add(entry, u32::from(self.prominence[entry as usize]) + 1);
        }
    }

    /// The entries with this host; else those of whose host it is a part; else those under the same registered name.
    fn add_host(&self, host: &str, found: &mut Found) {
        let registered = address::registered(host);
        let mut rest = host;
        while rest.len() >= registered.len() && found.entries.is_empty() {
            self.add_known(&self.hosts, rest, found);
            let Some((_, parent)) = rest.split_once('.') else { break };
            rest = parent;
        }
        if found.entries.is_empty() {
            self.add_known(&self.registered, registered, found);
        }
    }

    /// The entries in whose name, run together, this stands.
    fn add_inside(&self, joined: &[char], found: &mut Found) {
        self.vocabulary.containing(joined, |word| {
            for name in self.vocabulary.names(word..word + 1) {
                let name = &self.names[*name as usize];
                let own = |term: &&Term| matches!(term.role, Role::Word | Role::Joined);
                if self.terms_of(name).iter().filter(own).any(|term| term.word == word) {
                    found.add(name.entry, u32::from(self.prominence[name.entry as usize]) + 1);
                }
            }
        });
    }

    fn terms_of(&self, name: &Name) -> &[Term] {
        &self.terms[name.terms.start as usize..name.terms.end as usize]
    }

    /// The most popular entries, most popular first.
    #[must_use]
    pub fn popular(&self, limit: usize) -> Vec<usize> {
        self.by_popularity.iter().take(limit).map(|entry| *entry as usize).collect()
    }

    /// The entry at this place of the list that [`Index::build`] was given.
    #[must_use]
    pub fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes that this takes in memory, the entries themselves included.
    #[must_use]
    pub fn size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::capacity);
        let entries = self.entries.iter().map(|entry| {
            let lists = entry.aliases.iter().chain(&entry.routing_numbers);
            size_of::<Entry>()
                + entry.name.capacity()
                + [&entry.legal_name, &entry.domain, &entry.city, &entry.state]
                    .map(text)
                    .iter()
                    .sum::<usize>()
                + lists.map(|text| size_of::<String>() + text.capacity()).sum::<usize>()
        });
        entries.sum::<usize>()
            + size_of_val(&*self.prominence)
            + size_of_val(&*self.by_popularity)
            + size_of_val(&*self.standing)
            + size_of_val(&*self.names)
            + size_of_val(&*self.terms)
            + self.vocabulary.size()
            + self.hosts.size()
            + self.registered.size()
            + self.routing_numbers.size()
    }
}

/// Gives the terms their words and weights.
fn finish(
    names: &[NameDraft],
    drafts: &[Draft],
    vocabulary: &Vocabulary,
    words: &[WordId],
) -> (Vec<Name>, Vec<Term>) {
    let mut terms: Vec<Term> = Vec::with_capacity(drafts.len());
    let ends = names.iter().skip(1).map(|name| name.terms).chain([drafts.len()]);
    let finished = names.iter().zip(ends).map(|(name, end)| {
        let (mut parts, mut linking, mut weight) = (0, 0, 0u16);
        for (draft, word) in drafts[name.terms..end].iter().zip(&words[name.terms..end]) {
            let stands_in = vocabulary.names(*word..*word + 1).len();
            let own = if draft.linking { 2 } else { telling(stands_in, names.len()) };
            if draft.role == Role::Word {
                parts |= draft.parts;
                weight += own;
                linking |= if draft.linking { draft.parts } else { 0 };
            }
            let weight = match draft.role {
                Role::Word | Role::Place => own,
                // The words of a name come first: by now its weight is known.
                Role::Joined | Role::Address | Role::Initials => weight,
            };
            let length = u8::try_from(vocabulary.word(*word).len()).unwrap_or(u8::MAX);
            terms.push(Term { word: *word, parts: draft.parts, role: draft.role, length, weight });
        }
        let terms = number(name.terms)..number(end);
        Name { entry: name.entry, terms, kind: name.kind, words: parts, linking, weight }
    });
    (finished.collect(), terms)
}

/// How much a word tells that stands in so many of all names: 4, and 4 more for each halving.
fn telling(names: usize, of: usize) -> u16 {
    let halvings = (of / names.max(1)).max(1).ilog2();
    u16::try_from(4 + 4 * halvings).unwrap_or(u16::MAX)
}

fn by_popularity(entries: &[Entry]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..number(entries.len())).collect();
    order.sort_by(|left, right| {
        let (left, right) = (&entries[*left as usize], &entries[*right as usize]);
        right.popularity.cmp(&left.popularity).then_with(|| left.cmp_by_name(right))
    });
    order
}
