//! How well one entry answers one question.

use crate::Entry;
use crate::query::{Query, stem};
use crate::text::plain_words;

/// The shortest text that is looked for inside of names; below it nearly every name would match.
const SHORTEST_INSIDE: usize = 3;

/// How well an entry answers, best first. Inside a tier popularity decides, then the name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Tier {
    /// The whole name, or another whole name of it.
    Name,
    /// Its web domain, with or without ending, or an address on it.
    Domain,
    /// Each word begins a word of the name, in any order.
    Words,
    /// Each word begins a word of the name or of the place, and at least one is of the name.
    WordsAndPlace,
    /// Somewhere inside the name.
    Inside,
}

/// An entry, reduced once so that questions are answered without further work on text.
pub(crate) struct Prepared {
    /// Its names: the one shown, the legal one, the aliases.
    names: Vec<Name>,
    /// Words of city and state.
    place: Vec<String>,
    /// Its domain in lower case.
    domain: Option<String>,
}

/// One name of an entry.
struct Name {
    words: Vec<String>,
    phrase: String,
}

impl Prepared {
    pub(crate) fn new(entry: &Entry) -> Self {
        let names = std::iter::once(&entry.name).chain(&entry.legal_name).chain(&entry.aliases);
        let place = entry.city.iter().chain(&entry.state).flat_map(|text| plain_words(text)).collect();
        Self {
            names: names.map(|text| Name::new(text)).collect(),
            place,
            domain: entry.domain.as_ref().map(|domain| domain.to_lowercase()),
        }
    }

    /// How well this answers; `None` when it does not.
    pub(crate) fn tier(&self, query: &Query) -> Option<Tier> {
        if query.host.is_none() && self.names.iter().any(|name| name.phrase == query.phrase) {
            return Some(Tier::Name);
        }
        if self.domain.as_deref().is_some_and(|domain| is_domain(domain, query)) {
            return Some(Tier::Domain);
        }
        let mut best: Option<Tier> = None;
        for name in &self.names {
            best = match name.tier(query, &self.place) {
                Some(tier) if best.is_none_or(|best| tier < best) => Some(tier),
                _ => best,
            };
        }
        best
    }
}

impl Name {
    fn new(text: &str) -> Self {
        let words = plain_words(text);
        Self { phrase: words.join(" "), words }
    }

    fn tier(&self, query: &Query, place: &[String]) -> Option<Tier> {
        let left_over = words_not_begun(query, &self.words);
        if left_over.is_empty() {
            return Some(Tier::Words);
        }
        let some_in_name = left_over.len() < query.words.len();
        let rest_in_place =
            || left_over.iter().all(|word| place.iter().any(|place| place.starts_with(*word)));
        if some_in_name && rest_in_place() {
            return Some(Tier::WordsAndPlace);
        }
        let long_enough = query.phrase.chars().count() >= SHORTEST_INSIDE;
        (long_enough && self.phrase.contains(&query.phrase)).then_some(Tier::Inside)
    }
}

/// The words of the question that begin no word of the name; each word of the name serves once.
///
/// Longest first is enough: the words that two beginnings fit are either the same or a part of one another, so the
/// longer beginning has the smaller choice.
fn words_not_begun<'q>(query: &'q Query, name: &[String]) -> Vec<&'q str> {
    let mut used = vec![false; name.len()];
    let mut left_over = Vec::new();
    for word in &query.longest_first {
        let free = name.iter().zip(&mut used).find(|(name, used)| !**used && name.starts_with(word.as_str()));
        match free {
            Some((_, used)) => *used = true,
            None => left_over.push(word.as_str()),
        }
    }
    left_over
}

fn is_domain(domain: &str, query: &Query) -> bool {
    match query.host.as_deref() {
        Some(host) => {
            host == domain || host.strip_suffix(domain).is_some_and(|subdomain| subdomain.ends_with('.'))
        }
        None => {
            let mut letters = stem(domain).chars().filter(|character| character.is_alphanumeric());
            let mut asked = query.squashed.chars();
            loop {
                match (letters.next(), asked.next()) {
                    (None, None) => return true,
                    (one, other) if one == other => {}
                    _ => return false,
                }
            }
        }
    }
}
