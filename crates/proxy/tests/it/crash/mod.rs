//! Crash points: the proxy is killed before and after every write to the store and every call to the aggregator, and
//! started again over what it left. The story goes on, nobody waits long, and nothing happens twice.
//!
//! A first telling of each story records the points; then it is told again for each of them, with a kill there. The
//! proxy is this test binary, started again as a child: its store ends the process at the point, and the wire to the
//! practice aggregator kills it at a call. Nothing of this is in the proxy itself.

mod child;
mod deposits;
mod ending;
mod person;
mod plan;
mod site;
mod story;
mod upkeep;
mod window;

use crate::handled::WRITES;
use ending::Ending;
use plan::{Moment, Point};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use story::{STORIES, Story};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};

/// So many stories are told at a time.
const AT_ONCE: usize = 10;
/// What comes up again and again, with nothing new to it, is tried so often.
const OFTEN_ENOUGH: usize = 2;
/// Only the story with this name, and only points that hold `CRASH_POINT`.
const STORY: &str = "CRASH_STORY";
const POINT: &str = "CRASH_POINT";

/// A story, and where the proxy is killed in it.
type Telling = (Story, Option<Point>);

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_proxy_is_killed_the_story_goes_on_and_nothing_happens_twice() {
    let started = Instant::now();
    let wanted = |name: &str, text: &str| std::env::var(name).is_ok_and(|wanted| !text.contains(&wanted));
    let stories = STORIES.into_iter().filter(|story| !wanted(STORY, story.name));
    let undisturbed = tell_all(stories.map(|story| (story, None)).collect()).await;
    let undisturbed: Vec<(Story, Ending)> = undisturbed
        .into_iter()
        .map(|((story, _), ending)| (story, ending.unwrap_or_else(|why| panic!("{}: {why}", story.name))))
        .collect();
    if std::env::var_os(STORY).is_none() {
        every_write_comes_up(&undisturbed);
    }

    let points: Vec<Telling> = undisturbed
        .iter()
        .flat_map(|(story, ending)| points(story, ending).into_iter().map(|point| (*story, Some(point))))
        .filter(|(_, point)| !wanted(POINT, &point.as_ref().map(ToString::to_string).unwrap_or_default()))
        .collect();
    let mut faults = Vec::new();
    let mut missed = Vec::new();
    let mut reached = BTreeSet::new();
    let mut longest = 0;
    let count = points.len();
    for ((story, point), ending) in tell_all(points).await {
        let Some(point) = point else { continue };
        let place = format!("{}: {point}", story.name);
        let before = undisturbed.iter().find(|(told, _)| told.name == story.name).map(|(_, ending)| ending);
        match ending {
            Ok(ending) => {
                longest = longest.max(ending.waited);
                if let Some(why) = before.and_then(|before| ending.worse_than(before)) {
                    faults.push(format!("{place}: {why}"));
                }
                if ending.revived {
                    reached.insert((point.operation, point.moment));
                } else {
                    missed.push((place, point));
                }
            }
            Err(why) => faults.push(format!("{place}: {why}")),
        }
    }
    println!(
        "killed at {} points of {count} in {} stories within {:?}; nobody waited longer than {longest} s",
        count - missed.len(),
        undisturbed.len(),
        started.elapsed(),
    );
    assert!(faults.is_empty(), "{} of {count} went wrong:\n\n{}", faults.len(), faults.join("\n\n"));
    // What happens by the clock may not come up in a telling; in one of them it has to.
    let needed = |point: &Point| {
        // Over Basiq, and at a deposit, each look may find something to remember, and there are more looks or fewer.
        let by_looks = ["set_upstream", "write_deposit"].contains(&point.operation.as_str());
        let each_time = is_a_place_of_its_own(&point.operation) && !by_looks;
        each_time || !reached.contains(&(point.operation.clone(), point.moment))
    };
    let never: Vec<_> =
        missed.iter().filter(|(_, point)| needed(point)).map(|(place, _)| place.as_str()).collect();
    assert!(never.is_empty(), "the story went another way and did not come to:\n{}", never.join("\n"));
}

/// Tells stories, a few at a time. An error is what a story panicked with.
async fn tell_all(tellings: Vec<Telling>) -> Vec<(Telling, Result<Ending, String>)> {
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let mut told = JoinSet::new();
    for (place, (story, point)) in tellings.into_iter().enumerate() {
        let gate = Arc::clone(&gate);
        told.spawn(async move {
            let _turn = gate.acquire().await.unwrap();
            let killed_at = point.clone();
            let here = Handle::current();
            let ending = spawn_blocking(move || here.block_on(story.tell(killed_at.as_ref()))).await;
            let ending = ending.map_err(|error| {
                let panic = error.into_panic();
                let text = panic.downcast_ref::<String>().map(String::as_str);
                text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
            });
            (place, (story, point), ending)
        });
    }
    let mut all = told.join_all().await;
    all.sort_by_key(|(place, ..)| *place);
    all.into_iter().map(|(_, telling, ending)| (telling, ending)).collect()
}

/// An operation that no story comes to would be a hole in all of this.
fn every_write_comes_up(undisturbed: &[(Story, Ending)]) {
    let visits = undisturbed.iter().flat_map(|(_, ending)| &ending.visited);
    let visited: BTreeSet<&str> = visits.map(|(operation, _)| operation.as_str()).collect();
    let never: Vec<_> = WRITES.iter().filter(|write| !visited.contains(**write)).collect();
    assert!(never.is_empty(), "no story comes to {never:?}: tell one that does");
}

/// Where a story can be cut off.
fn points(story: &Story, ending: &Ending) -> Vec<Point> {
    let visited = ending
        .visited
        .iter()
        .filter(|(operation, _)| story.counts_to_the_end() || !is_of_the_outbox(operation))
        .filter(|(operation, _)| story.ends_connections() || operation != "lease_partings")
        .filter(|(operation, nth)| *nth <= OFTEN_ENOUGH || is_a_place_of_its_own(operation));
    visited
        .flat_map(|(operation, nth)| {
            [Moment::Before, Moment::After].map(|moment| Point {
                operation: operation.clone(),
                nth: *nth,
                moment,
            })
        })
        .collect()
}

/// Whether each time that an operation comes up is another place in the story.
fn is_a_place_of_its_own(operation: &str) -> bool {
    let repeats = [
        "session",
        "lease_due",
        "lease_partings",
        "lease_deposit_watch",
        "end_deposit_watch",
        "extend_lease",
        "stop_watching",
        "advance_revision",
    ];
    // Once a minute, and when a proxy starts: perhaps just before the counting begins.
    let tidies = ["forget_tries", "forget_visits", "forget_keys", "forget_institution_requests"];
    !operation.starts_with("GET ")
        && !repeats.contains(&operation)
        && !tidies.contains(&operation)
        && !is_of_the_outbox(operation)
}

/// What happens by the clock alone, and may be done only when the story has gone further.
fn is_of_the_outbox(operation: &str) -> bool {
    operation.contains("event")
}
