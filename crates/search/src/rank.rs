//! How well a name answers a question.
//!
//! A score is made of four things, in thousandths: how well each word that was typed fits the word it stands for, how
//! much of the name was typed, whether it was typed from the beginning and in order, and how well known the
//! institution is. A name that was typed in full stands above what being well known can bring. The less was typed, the
//! more being well known counts.

use crate::name::{Name, NameKind, Parts, Role, Term};
use crate::vocabulary::WordId;
use std::ops::Range;

/// How well a typed word fits, in hundredths.
type Fit = u32;
/// No word fits better than as itself.
const BEST_FIT: Fit = 100;

/// The best that every word can fit is worth this.
const FIT: u32 = 600;
/// A whole name is worth this beside how well its words fit.
const COVERED: u32 = 130;
/// Begun where the name begins.
const BEGUN: u32 = 70;
/// Typed in the order of the name; and word after word from its beginning.
const IN_ORDER: u32 = 30;
const WITHOUT_GAP: u32 = 50;
/// A name that was typed in full, word by word in order; linking words apart; in another order; with short forms, or
/// with other gaps between its words.
const WHOLE: u32 = 450;
const WHOLE_BUT_LINKS: u32 = 300;
const WHOLE_REORDERED: u32 = 280;
const WHOLE_REWRITTEN: u32 = 250;
/// The same for an everyday name. A legal name of some is what others call themselves, and gains nothing.
const WHOLE_EVERYDAY_REWRITTEN: u32 = 150;
/// What a legal and an everyday name lose, unless they were typed in full: `first` is not meant for a bank that bought
/// First Republic.
const UNFINISHED_LEGAL: u32 = 120;
const UNFINISHED_EVERYDAY: u32 = 260;
/// What the most popular institution has before others: for one word, for two, for more.
const PROMINENCE: [u32; 3] = [420, 340, 260];
/// How well a short form fits the word it stands for, and the word its short form.
pub(crate) const SYNONYM: Fit = 96;
/// A linking word that the name does not have; the same where the question begins with it, as in `the n`.
const UNASKED_LINK: u32 = 50;
const UNASKED_FIRST_LINK: u32 = 150;
/// A word about what to do there, that the name does not have.
const UNASKED_FILLING: u32 = 150;

/// A word that was typed, with all words of the vocabulary that it may stand for.
pub(crate) struct Asked {
    pub(crate) letters: Vec<char>,
    /// The words that begin so.
    pub(crate) begun: Range<WordId>,
    /// Whether the first of `begun` is the word itself.
    pub(crate) exact: bool,
    /// Other words that it may stand for, in order, with how well they fit.
    pub(crate) near: Vec<(WordId, Fit)>,
    /// Whether a name may lack it, and what that costs.
    pub(crate) may_be_missing: Option<u32>,
    /// Whether it may be still being typed.
    pub(crate) last: bool,
}

/// One way of reading a question.
pub(crate) struct Reading {
    pub(crate) asked: Vec<Asked>,
    /// What this way of reading costs.
    pub(crate) cost: u32,
    /// Whether words that were typed apart are read as one.
    pub(crate) rejoined: bool,
}

/// What one word that was typed stands for.
#[derive(Clone, Copy)]
struct Match<'a> {
    term: &'a Term,
    fit: Fit,
    exact: bool,
}

impl Match<'_> {
    /// Whether nothing of the parts is left to type.
    fn stands_for_all_of_its_parts(&self) -> bool {
        (self.exact || self.fit == SYNONYM)
            && matches!(self.term.role, Role::Word | Role::Place | Role::Joined)
    }
}

impl Asked {
    /// What a missing linking word costs, what a missing word about signing in does.
    pub(crate) const LINKING: u32 = UNASKED_LINK;
    pub(crate) const FIRST_LINKING: u32 = UNASKED_FIRST_LINK;
    pub(crate) const FILLING: u32 = UNASKED_FILLING;

    fn best<'a>(&self, terms: &'a [Term], used: Parts) -> Option<Match<'a>> {
        let mut best: Option<Match<'a>> = None;
        for term in terms.iter().filter(|term| term.parts & used == 0) {
            let exact = self.exact && term.word == self.begun.start;
            let fit = if exact {
                fit_of_whole(term.role)
            } else if self.begun.contains(&term.word) {
                fit_of_beginning(self.letters.len(), term, self.last)
            } else {
                self.fit_of_near(term)
            };
            if fit > best.map_or(0, |best| best.fit) {
                best = Some(Match { term, fit, exact });
                if fit == BEST_FIT {
                    break;
                }
            }
        }
        best
    }

    fn fit_of_near(&self, term: &Term) -> Fit {
        match self.near.binary_search_by_key(&term.word, |(word, _)| *word) {
            Ok(at) => self.near.get(at).map_or(0, |(_, fit)| *fit),
            Err(_) => 0,
        }
    }
}

fn fit_of_whole(role: Role) -> Fit {
    match role {
        Role::Word => BEST_FIT,
        Role::Joined => 98,
        Role::Address => 97,
        Role::Initials => 90,
        Role::Place => 70,
    }
}

fn fit_of_beginning(typed: usize, term: &Term, last: bool) -> Fit {
    let begun = u32::try_from(typed).unwrap_or(u32::MAX).min(u32::from(term.length));
    let share = |of: u32| of * begun / u32::from(term.length.max(1));
    match term.role {
        Role::Word => if last { 88 } else { 80 }.min(64 + 8 * begun) + share(if last { 8 } else { 12 }),
        Role::Joined if typed >= 3 => 60 + share(35),
        Role::Address if typed >= 3 => 55 + share(35),
        Role::Initials if typed >= 3 => 45 + share(20),
        Role::Place if typed >= 3 => 60,
        Role::Joined | Role::Address | Role::Initials | Role::Place => 0,
    }
}

/// How well a name answers; `None` when a word that was typed stands for nothing in it.
pub(crate) fn score(reading: &Reading, name: &Name, terms: &[Term], prominence: u16) -> Option<u32> {
    let mut used: Parts = 0;
    let (mut fits, mut weights, mut covered) = (0, 0, 0);
    let mut cost = reading.cost;
    let mut exact = true;
    let mut rewritten = reading.rejoined;
    let mut in_order = true;
    let mut first: Option<Parts> = None;
    let mut counted = 0usize;
    for asked in &reading.asked {
        let Some(found) = asked.best(terms, used) else {
            cost += asked.may_be_missing?;
            continue;
        };
        let term = found.term;
        counted += 1;
        rewritten |= term.role == Role::Joined || found.fit == SYNONYM;
        exact &= found.stands_for_all_of_its_parts();
        let weight = u32::from(term.weight).max(1);
        fits += found.fit * weight;
        weights += weight;
        if term.role != Role::Place {
            in_order &= used & name.words < term.parts;
            first = first.or(Some(term.parts));
            covered += weight * share_covered(asked, &found) / 100;
        }
        used |= term.parts;
    }
    // The place alone is no question for an institution.
    let first = first?;
    let mut score = FIT * fits / (100 * weights.max(1));
    score += COVERED * covered.min(u32::from(name.weight)) / u32::from(name.weight.max(1));
    let lead = name.words & !name.linking;
    if first & (lowest(name.words) | lowest(lead)) != 0 {
        score += BEGUN;
    }
    if in_order && reading.asked.len() > 1 {
        score += IN_ORDER;
        let parts = used & name.words;
        // Parts from the first on without a gap are a number one below a power of two.
        if parts & (parts + 1) == 0 {
            score += WITHOUT_GAP;
        }
    }
    if exact && lead & !used == 0 {
        let links_too = name.words & !used == 0 && cost == reading.cost;
        score += match name.kind {
            NameKind::Legal => 0,
            NameKind::Everyday if rewritten => WHOLE_EVERYDAY_REWRITTEN,
            NameKind::Shown | NameKind::Everyday => match (links_too, in_order) {
                _ if rewritten => WHOLE_REWRITTEN,
                (_, false) => WHOLE_REORDERED,
                (false, true) => WHOLE_BUT_LINKS,
                (true, true) => WHOLE,
            },
        };
    } else {
        cost += match name.kind {
            NameKind::Shown => 0,
            NameKind::Legal => UNFINISHED_LEGAL,
            NameKind::Everyday => UNFINISHED_EVERYDAY,
        };
    }
    let known = PROMINENCE[counted.clamp(1, 3) - 1] * u32::from(prominence) / crate::popularity::MOST;
    Some((score + known).saturating_sub(cost))
}

/// How much of what a term stands for was typed, in hundredths.
fn share_covered(asked: &Asked, found: &Match<'_>) -> u32 {
    let typed = u32::try_from(asked.letters.len()).unwrap_or(u32::MAX);
    let begun = || (100 * typed / u32::from(found.term.length.max(1))).min(100);
    match found.term.role {
        Role::Word | Role::Place => 100,
        Role::Joined if found.exact => 100,
        Role::Address if found.exact => 90,
        Role::Initials if found.exact => 70,
        Role::Joined | Role::Address | Role::Initials => begun() * 7 / 10,
    }
}

fn lowest(parts: Parts) -> Parts {
    parts & parts.wrapping_neg()
}
