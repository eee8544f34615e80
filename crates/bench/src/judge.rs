//! What a list of queries finds, and whether that is good enough.

use std::collections::BTreeMap;

use crate::ask::Search;
use crate::table::Query;

/// Misses of the target rank that a whole list may have, for each started 501 queries.
const MISSES: usize = 3;
const MISSES_PER: usize = 501;
/// Of the queries whose target is the first place, so many of a thousand have to reach it.
const FIRST: usize = 975;
/// Of each method's queries, so many of a hundred have to reach their target, unless only one does not.
const METHOD: usize = 90;

/// What one list found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Queries that should find something.
    asked: usize,
    /// Those whose target is the first place, and how many of them reached it.
    targets_first: usize,
    found_first: usize,
    /// Queries that should find nothing, and the texts of those that did find something.
    noise: usize,
    noise_answered: Vec<String>,
    /// By method: how many there were, and the misses.
    methods: BTreeMap<String, (usize, Vec<Miss>)>,
}

/// A query that did not reach its target.
#[derive(Debug)]
struct Miss {
    text: String,
    target: usize,
    /// Where it was found, counted from one.
    rank: Option<usize>,
    wanted: String,
    first: String,
}

/// Asks all queries.
///
/// # Errors
/// A query could not be asked.
pub(crate) fn judge(search: &mut dyn Search, queries: &[Query]) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    for query in queries {
        verdict.add(query, &search.ask(&query.text)?);
    }
    Ok(verdict)
}

impl Verdict {
    fn add(&mut self, query: &Query, found: &[String]) {
        if query.accepted.is_empty() {
            self.noise += 1;
            if !found.is_empty() {
                self.noise_answered.push(query.text.clone());
            }
            return;
        }
        let rank = found.iter().position(|id| query.accepted.contains(id)).map(|at| at + 1);
        self.asked += 1;
        if query.target_rank == 1 {
            self.targets_first += 1;
            self.found_first += usize::from(rank == Some(1));
        }
        let (asked, misses) = self.methods.entry(query.method.clone()).or_default();
        *asked += 1;
        if rank.is_none_or(|rank| rank > query.target_rank) {
            misses.push(Miss {
                text: query.text.clone(),
                target: query.target_rank,
                rank,
                wanted: query.accepted.last().cloned().unwrap_or_default(),
                first: found.first().cloned().unwrap_or_else(|| "nothing".to_owned()),
            });
        }
    }

    fn misses(&self) -> usize {
        self.methods.values().map(|(_, misses)| misses.len()).sum()
    }

    /// The bounds that do not hold, in words.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let allowed = MISSES * self.asked.div_ceil(MISSES_PER).max(1);
        if self.misses() > allowed {
            broken
                .push(format!("{} misses of the target rank; at most {allowed} are allowed", self.misses()));
        }
        if self.found_first * 1000 < self.targets_first * FIRST {
            broken.push(format!(
                "{} of {} found first; at least {}.{} % have to be",
                self.found_first,
                self.targets_first,
                FIRST / 10,
                FIRST % 10
            ));
        }
        for (method, (asked, misses)) in &self.methods {
            if misses.len() > 1 && (asked - misses.len()) * 100 < asked * METHOD {
                broken.push(format!("{method}: {} of {asked} missed their target", misses.len()));
            }
        }
        if !self.noise_answered.is_empty() {
            broken.push(format!("noise was answered: {:?}", self.noise_answered));
        }
        broken
    }

    /// Prints what was found, with every miss.
    pub(crate) fn print(&self) {
        println!(
            "  {} queries: {} misses of the target rank; {} of {} found first; {} of {} noise queries answered with nothing",
            self.asked + self.noise,
            self.misses(),
            self.found_first,
            self.targets_first,
            self.noise - self.noise_answered.len(),
            self.noise,
        );
        for (method, (asked, misses)) in &self.methods {
            println!("  {method:<28} {:>4} of {asked:>4}", asked - misses.len());
            for Miss { text, target, rank, wanted, first } in misses {
                let rank = rank.map_or_else(|| "not found".to_owned(), |rank| format!("at {rank}"));
                println!("      `{text}`: {rank}, wanted at {target} ({wanted}; first is {first})");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ranks: &[(&str, usize, Option<usize>)]) -> Verdict {
        let mut verdict = Verdict::default();
        for (method, target_rank, rank) in ranks {
            let query = Query {
                text: "query".to_owned(),
                method: (*method).to_owned(),
                target_rank: *target_rank,
                accepted: vec!["wanted".to_owned()],
            };
            let mut found = vec!["other".to_owned(); 9];
            if let Some(rank) = rank {
                found[rank - 1] = "wanted".to_owned();
            }
            verdict.add(&query, &found);
        }
        verdict
    }

    #[test]
    fn a_place_behind_the_target_is_a_miss() {
        assert_eq!(verdict(&[("a", 3, Some(3)), ("a", 3, Some(4)), ("a", 3, None)]).misses(), 2);
    }

    #[test]
    fn each_bound_is_held_by_itself() {
        let good = vec![("a", 1, Some(1)); 200];
        assert!(verdict(&good).broken().is_empty());
        let with = |more: &[(&'static str, usize, Option<usize>)]| verdict(&[&good, more].concat()).broken();
        assert!(with(&[("b", 5, None)]).is_empty(), "one miss of a small method is borne");
        assert!(with(&[("b", 5, None); 2])[0].starts_with("b: 2 of 2"), "two are not");
        let four = [("a", 5, None); 4];
        assert!(with(&four)[0].starts_with("4 misses"), "of all together three are borne");
        let second = [("a", 1, Some(2)); 6];
        assert!(with(&second).iter().any(|broken| broken.contains("found first")), "200 of 206 are too few");
    }

    #[test]
    fn noise_may_not_be_answered() {
        let mut verdict = Verdict::default();
        let noise =
            Query { text: "asdf".to_owned(), method: "noise".to_owned(), target_rank: 1, accepted: vec![] };
        verdict.add(&noise, &[]);
        assert!(verdict.broken().is_empty(), "nothing is right");
        verdict.add(&noise, &["bank".to_owned()]);
        assert_eq!(verdict.broken().len(), 1, "something is wrong");
    }
}
