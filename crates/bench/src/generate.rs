//! A list of queries made by rule: from a seed, of institutions drawn by chance.
//!
//! The list that comes with the project was made elsewhere, and whoever works on the ranking sees its rows. These are
//! other rows, and other ways of typing; with another seed they are other rows again.

use std::collections::{HashMap, HashSet};

use crate::dice::Dice;
use crate::table::{Institution, Query};
use crate::typing;

/// Queries of each method.
const EACH: usize = 40;
/// Institutions that are drawn as large ones.
const LARGE: usize = 250;
/// Letters that the initials of a name may be.
const INITIALS: std::ops::RangeInclusive<usize> = 3..=6;

/// The rules. Each draws an institution and makes a query of it, or finds that none can be made.
const METHODS: &[(&str, Method)] = &[
    ("whole name", Method { target: 1, large: false, type_it: |_, name, _| Some(name.name.clone()) }),
    (
        "name in small letters",
        Method { target: 3, large: false, type_it: |_, name, _| Some(typing::plain(&name.name)) },
    ),
    ("beginning only it has", Method { target: 5, large: false, type_it: shortest_own_beginning }),
    ("beginning of a large one", Method { target: 5, large: true, type_it: shortest_beginning_as_largest }),
    ("telling word of a large one", Method { target: 5, large: true, type_it: telling_word_as_large }),
    ("beginnings of two words", Method { target: 5, large: true, type_it: beginnings_of_two_words }),
    (
        "words in another order",
        Method { target: 3, large: true, type_it: |dice, name, _| typing::shuffled(dice, &name.name) },
    ),
    ("initials", Method { target: 10, large: true, type_it: initials }),
    (
        "initials of the kind",
        Method { target: 3, large: true, type_it: |_, name, _| typing::kind_as_initials(&name.name) },
    ),
    (
        "words run together",
        Method { target: 3, large: true, type_it: |_, name, _| typing::joined(&name.name) },
    ),
    (
        "two words run together",
        Method { target: 5, large: true, type_it: |dice, name, _| typing::two_joined(dice, &name.name) },
    ),
    (
        "word parted",
        Method { target: 5, large: true, type_it: |dice, name, _| typing::parted(dice, &name.name) },
    ),
    ("domain", Method { target: 1, large: false, type_it: |_, name, shared| own_domain(name, shared) }),
    ("domain without ending", Method { target: 3, large: false, type_it: domain_stem }),
    ("address within the site", Method { target: 1, large: false, type_it: address_within }),
    (
        "letter swapped",
        Method {
            target: 5,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::swap),
        },
    ),
    (
        "letter dropped",
        Method {
            target: 5,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::drop),
        },
    ),
    (
        "letter doubled",
        Method {
            target: 5,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::double),
        },
    ),
    (
        "letter replaced",
        Method {
            target: 5,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::replace),
        },
    ),
    (
        "letter inserted",
        Method {
            target: 5,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::insert),
        },
    ),
    (
        "first letter replaced",
        Method {
            target: 10,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::replace_first),
        },
    ),
    (
        "two slips",
        Method {
            target: 10,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &name.name, typing::twice),
        },
    ),
    (
        "misspelt, run together",
        Method {
            target: 5,
            large: true,
            type_it: |dice, name, _| typing::misspelt(dice, &typing::joined(&name.name)?, typing::swap),
        },
    ),
    ("misspelt rare word", Method { target: 5, large: true, type_it: misspelt_rare_word }),
    ("namesake with city", Method { target: 3, large: false, type_it: namesake_with_city }),
    ("namesake with state", Method { target: 3, large: false, type_it: namesake_with_state }),
    (
        "with a word about signing in",
        Method {
            target: 3,
            large: true,
            type_it: |dice, name, _| {
                Some(format!(
                    "{} {}",
                    typing::plain(&name.name),
                    dice.of(&["login", "online banking", "app"])?
                ))
            },
        },
    ),
    (
        "accents and capitals",
        Method { target: 3, large: true, type_it: |_, name, _| Some(typing::accented(&name.name)) },
    ),
];

struct Method {
    /// The worst place at which it may stand.
    target: usize,
    /// Whether large institutions are drawn, for what is ambiguous with small ones.
    large: bool,
    type_it: fn(&mut Dice, &Institution, &Directory<'_>) -> Option<String>,
}

/// What the rules ask of all institutions together.
struct Directory<'a> {
    /// The largest first.
    by_size: Vec<&'a Institution>,
    /// Their names as they are typed, in the same order.
    plain: Vec<String>,
    names: HashMap<String, Vec<&'a Institution>>,
    domains: HashMap<&'a str, usize>,
    words: HashMap<String, usize>,
}

impl<'a> Directory<'a> {
    fn new(institutions: &'a [Institution]) -> Self {
        let mut by_size: Vec<&Institution> = institutions.iter().collect();
        by_size.sort_by_key(|one| (std::cmp::Reverse(one.assets), &one.id));
        let mut names: HashMap<String, Vec<&Institution>> = HashMap::new();
        let mut domains = HashMap::new();
        let mut words = HashMap::new();
        for institution in &by_size {
            names.entry(typing::plain(&institution.name)).or_default().push(institution);
            *domains.entry(institution.domain.as_str()).or_default() += 1;
            let distinct: HashSet<String> = typing::words(&institution.name).into_iter().collect();
            for word in distinct {
                *words.entry(word).or_default() += 1;
            }
        }
        let plain = by_size.iter().map(|one| typing::plain(&one.name)).collect();
        Self { by_size, plain, names, domains, words }
    }

    fn beginning_with<'b>(&'b self, beginning: &'b str) -> impl Iterator<Item = &'a Institution> + 'b {
        let begins = move |plain: &str| {
            plain.starts_with(beginning)
                || plain.strip_prefix("the ").is_some_and(|rest| rest.starts_with(beginning))
        };
        self.by_size.iter().zip(&self.plain).filter(move |(_, plain)| begins(plain)).map(|(one, _)| *one)
    }

    /// The word of the name that the fewest others have.
    fn rarest_word(&self, name: &str) -> Option<String> {
        let words = typing::words(name).into_iter().filter(|word| word.len() >= 5);
        words.min_by_key(|word| self.words.get(word).copied().unwrap_or_default())
    }
}

/// Makes the list.
pub(crate) fn queries(institutions: &[Institution], seed: u64) -> Vec<Query> {
    let directory = Directory::new(institutions);
    let mut dice = Dice::new(seed);
    let mut queries = Vec::new();
    for (name, method) in METHODS {
        let drawn = if method.large { LARGE.min(directory.by_size.len()) } else { directory.by_size.len() };
        let mut made = HashSet::new();
        // Not every institution fits every rule; a rule that fits few yields fewer queries.
        for _ in 0..EACH * 200 {
            let Some(institution) = directory.by_size.get(dice.below(drawn)) else { break };
            let Some(text) = (method.type_it)(&mut dice, institution, &directory) else { continue };
            if made.len() < EACH && made.insert(text.clone()) {
                queries.push(query(name, method, institution, text, &directory));
            }
        }
    }
    queries.extend((0..EACH).map(|_| Query {
        text: typing::noise(&mut dice),
        method: "noise".to_owned(),
        target_rank: 1,
        accepted: Vec::new(),
    }));
    queries
}

fn query(
    name: &str,
    method: &Method,
    institution: &Institution,
    text: String,
    directory: &Directory<'_>,
) -> Query {
    let with_place = name.starts_with("namesake");
    let plain = typing::plain(&institution.name);
    let rare = (name == "misspelt rare word").then(|| directory.rarest_word(&institution.name)).flatten();
    // Whatever fits as well as the one that was drawn is as good an answer.
    let as_good = |other: &Institution, other_plain: &String| match &rare {
        Some(rare) => other_plain.split(' ').any(|word| word == rare),
        None if with_place => *other_plain == plain && same_place(other, institution, name),
        None => *other_plain == plain,
    };
    let all = directory.by_size.iter().zip(&directory.plain);
    let mut accepted: Vec<String> = all
        .filter(|(other, other_plain)| as_good(other, other_plain))
        .map(|(one, _)| one.id.clone())
        .collect();
    accepted.push(institution.id.clone());
    Query { text, method: name.to_owned(), target_rank: method.target, accepted }
}

fn same_place(one: &Institution, other: &Institution, method: &str) -> bool {
    one.state == other.state && (method.ends_with("state") || one.city == other.city)
}

fn shortest_own_beginning(_: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let plain = typing::plain(&one.name);
    let mut lengths = 4..plain.len();
    let beginning = lengths.find_map(|length| {
        let beginning = plain.get(..length)?;
        (directory.beginning_with(beginning).take(2).count() == 1).then(|| beginning.to_owned())
    })?;
    (!beginning.ends_with(' ')).then_some(beginning)
}

fn shortest_beginning_as_largest(
    _: &mut Dice,
    one: &Institution,
    directory: &Directory<'_>,
) -> Option<String> {
    let plain = typing::plain(&one.name);
    (3..plain.len()).find_map(|length| {
        let beginning = plain.get(..length)?.trim_end();
        (directory.beginning_with(beginning).next()?.id == one.id).then(|| beginning.to_owned())
    })
}

/// The rarest word, where it is among the five largest that have it.
fn telling_word_as_large(_: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let word = directory.rarest_word(&one.name)?;
    let has_it = |plain: &String| plain.split(' ').any(|other| other.starts_with(&word));
    let with_it = directory.by_size.iter().zip(&directory.plain).filter(|(_, plain)| has_it(plain));
    with_it.take(5).any(|(other, _)| other.id == one.id).then_some(word)
}

fn beginnings_of_two_words(dice: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let rare = |word: &String| directory.words.get(word).is_some_and(|count| *count < 40);
    let words: Vec<String> = typing::words(&one.name).into_iter().filter(|word| word.len() > 4).collect();
    let [first, second, ..] = words.as_slice() else { return None };
    if !rare(first) && !rare(second) {
        return None;
    }
    let mut begin = |word: &str| word.get(..word.len() - dice.below(2)).map(str::to_owned);
    Some(format!("{} {}", begin(second)?, begin(first)?))
}

fn initials(_: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let initials = typing::initials(&one.name);
    let largest = directory.by_size.iter().find(|other| typing::initials(&other.name) == initials)?;
    (INITIALS.contains(&initials.len()) && largest.id == one.id).then_some(initials)
}

fn own_domain(one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let own = !one.domain.is_empty() && directory.domains.get(one.domain.as_str()) == Some(&1);
    own.then(|| one.domain.clone())
}

fn domain_stem(_: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let domain = own_domain(one, directory)?;
    let (stem, ending) = domain.split_once('.')?;
    // `state` or `partners` may mean anything.
    let tells = stem.len() > 4 && directory.words.get(stem).is_none_or(|count| *count < 5);
    (tells && !ending.contains('.')).then(|| stem.to_owned())
}

fn address_within(dice: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let domain = own_domain(one, directory)?;
    let paths = ["/", "/login", "/personal/checking?ref=home#top", ":443/en/"];
    let hosts = ["", "www.", "secure.", "online."];
    Some(format!("https://{}{domain}{}", dice.of(&hosts)?, dice.of(&paths)?))
}

fn misspelt_rare_word(dice: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let word = directory.rarest_word(&one.name)?;
    let rules = [typing::swap, typing::drop, typing::double, typing::replace];
    (directory.words.get(&word)? < &5)
        .then(|| typing::misspelt(dice, &word, *dice_rule(&rules, word.len())))?
}

/// A rule by the length of the word, so that each comes about as often.
fn dice_rule<T>(rules: &[T], length: usize) -> &T {
    &rules[length % rules.len()]
}

fn namesake_with_city(_: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let namesakes = directory.names.get(&typing::plain(&one.name))?;
    (namesakes.len() > 2).then(|| format!("{} {}", typing::plain(&one.name), typing::plain(&one.city)))
}

fn namesake_with_state(_: &mut Dice, one: &Institution, directory: &Directory<'_>) -> Option<String> {
    let namesakes = directory.names.get(&typing::plain(&one.name))?;
    (namesakes.len() > 2).then(|| format!("{} {}", one.name, one.state))
}
