//! How much the endpoint bears: many callers, each with a connection that stays open.
//!
//! How many requests it answers in a second is found by callers that ask as soon as they were answered. Then each waits
//! for the others: 64 callers that get 3,000 answers in a second wait for 64/3,000 of a second, 21 ms, whatever an answer
//! takes. So how long an answer takes is found at the rate that has to be borne: 3,000 requests in a second, each caller
//! in its turn; an answer that is so late that the caller's next turn has come counts against that one, too.
//!
//! The same load goes to a handler that only gives the same bytes back, for comparison.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use linchpin_protocol::InstitutionPage;
use tokio::task::JoinSet;

use crate::ask::target;
use crate::crowd::Crowd;
use crate::site::{Site, runtime_of_one};
use crate::speed::{self, Times};
use crate::wire::Connection;

/// Connections, and sessions: each is somebody else's.
const CALLERS: usize = 64;
/// Queries that each caller asks, over and over.
const QUERIES: usize = 400;
/// How long each round asks in each way.
const ROUND: Duration = Duration::from_secs(3);
/// The best counts, since what else the machine does is not the proxy's doing.
const ROUNDS: usize = 3;

/// What has to be reached: requests in a second, and how long an answer takes at that rate.
const FEWEST: u32 = 3_000;
const SLOWEST_P99: Duration = Duration::from_millis(15);

/// Something to ask, and the answer that has to come.
struct Question {
    target: String,
    answer: Bytes,
}

/// What was borne.
struct Borne {
    /// Requests in a second.
    rate: f64,
    /// What the processors did for each of them: for who asks, too, and nothing that other programs did.
    work: Duration,
    times: Times,
}

impl std::fmt::Display for Borne {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} requests/s, {:.0?} of a processor each; {}", self.rate, self.work, self.times)
    }
}

/// Measures. Returns the bounds that do not hold.
///
/// # Errors
/// The endpoint did not answer, or not as it did before.
pub(crate) fn measure(site: &Site, mut crowd: Crowd<'_>) -> anyhow::Result<Vec<String>> {
    let caller = runtime_of_one()?;
    let bearers = caller.block_on(sessions(site))?;
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut order = |_| -> Vec<usize> {
        let place = |_| {
            let next = places.len();
            *places.entry(crowd.query()).or_insert(next)
        };
        (0..QUERIES).map(place).collect()
    };
    let orders: Vec<Vec<usize>> = (0..CALLERS).map(&mut order).collect();
    let (questions, nothing) = caller.block_on(answers(site, &bearers, places))?;
    let asked = CALLERS * QUERIES;
    let length = |order: &[usize]| -> usize {
        order.iter().filter_map(|at| questions.get(*at)).map(|question| question.answer.len()).sum()
    };
    println!(
        "  {CALLERS} connections and sessions, {asked} queries by rule, {} of them different ({nothing} find nothing); \
         an answer has {} bytes on average",
        questions.len(),
        orders.iter().map(|order| length(order)).sum::<usize>() / asked
    );
    let bare = site.beside(bare(&questions))?;
    let places = (0..questions.len()).map(|at| format!("/{at}"));
    let same = questions
        .iter()
        .zip(places)
        .map(|(question, target)| Question { target, answer: question.answer.clone() });
    let same: Arc<[Question]> = same.collect();
    let turn = Duration::from_secs(1) * number(CALLERS) / FEWEST;
    let (mut fastest, mut calmest) = (None, None);
    for round in 1..=ROUNDS {
        let fast = caller.block_on(bear(site.address, &questions, &orders, &bearers, None))?;
        let calm = caller.block_on(bear(site.address, &questions, &orders, &bearers, Some(turn)))?;
        let bare = caller.block_on(bear(bare, &same, &orders, &bearers, None))?;
        println!("  round {round}");
        println!("    as many as it answers        {fast}");
        println!("    {FEWEST} requests/s           {calm}");
        println!("    bare handler, as many        {bare}: {:.1} times as many", bare.rate / fast.rate);
        fastest = better(fastest, fast, |one, other| one.rate > other.rate);
        calmest = better(calmest, calm, |one, other| one.times.p99 < other.times.p99);
    }
    Ok(fastest.zip(calmest).map(|(fastest, calmest)| broken(&fastest, &calmest)).unwrap_or_default())
}

fn better(best: Option<Borne>, next: Borne, is_better: impl Fn(&Borne, &Borne) -> bool) -> Option<Borne> {
    Some(best.filter(|best| !is_better(&next, best)).unwrap_or(next))
}

fn broken(fastest: &Borne, calmest: &Borne) -> Vec<String> {
    let p99 = calmest.times.p99;
    let bounds = [
        (fastest.rate < f64::from(FEWEST), format!("{:.0} requests/s, below {FEWEST}", fastest.rate)),
        (p99 > SLOWEST_P99, format!("p99 at {FEWEST} requests/s is {p99:.1?}, above {SLOWEST_P99:?}")),
    ];
    bounds.into_iter().filter_map(|(broken, bound)| broken.then_some(bound)).collect()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

async fn sessions(site: &Site) -> anyhow::Result<Vec<HeaderValue>> {
    let mut bearers = Vec::with_capacity(CALLERS);
    for caller in 0..CALLERS {
        bearers.push(site.session(&format!("caller-{caller}")).await?);
    }
    Ok(bearers)
}

/// Asks each question once, and looks at the answers. Returns how many find nothing, too.
async fn answers(
    site: &Site,
    bearers: &[HeaderValue],
    places: HashMap<String, usize>,
) -> anyhow::Result<(Arc<[Question]>, usize)> {
    let mut connection = Connection::open(site.address).await?;
    let mut queries: Vec<(usize, String)> = places.into_iter().map(|(query, at)| (at, query)).collect();
    queries.sort_unstable();
    let mut nothing = 0;
    let mut questions = Vec::with_capacity(queries.len());
    for ((_, query), bearer) in queries.iter().zip(bearers.iter().cycle()) {
        let target = target(query);
        let (status, answer) = connection.get(&target, Some(bearer)).await?;
        ensure!(status == StatusCode::OK, "`{query}` was answered with {status}");
        let page: InstitutionPage =
            serde_json::from_slice(&answer).with_context(|| format!("reading the answer to `{query}`"))?;
        nothing += usize::from(page.institutions.is_empty());
        questions.push(Question { target, answer });
    }
    Ok((questions.into(), nothing))
}

/// Gives the same bytes back, for numbers.
fn bare(questions: &[Question]) -> Router {
    let answers: Arc<[Bytes]> = questions.iter().map(|question| question.answer.clone()).collect();
    let answer = move |Path(at): Path<usize>| {
        let answer = answers.get(at).cloned();
        async move { answer.map_or_else(|| StatusCode::NOT_FOUND.into_response(), json) }
    };
    Router::new().route("/{at}", get(answer))
}

fn json(bytes: Bytes) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response()
}

/// All callers ask for a round: each as soon as it was answered, or each once in a `turn`, evenly spread.
async fn bear(
    address: SocketAddr,
    questions: &Arc<[Question]>,
    orders: &[Vec<usize>],
    bearers: &[HeaderValue],
    turn: Option<Duration>,
) -> anyhow::Result<Borne> {
    let mut callers = JoinSet::new();
    let mut connections = Vec::with_capacity(orders.len());
    for _ in orders {
        connections.push(Connection::open(address).await?);
    }
    let (begun, worked) = (Instant::now(), speed::processor_time_of_all());
    for (((connection, order), bearer), place) in connections.into_iter().zip(orders).zip(bearers).zip(0..) {
        let turns = turn.map(|turn| Turns { next: begun + turn * place / number(orders.len()), turn });
        let (questions, order, bearer) = (Arc::clone(questions), order.clone(), bearer.clone());
        callers
            .spawn(async move { call(connection, &questions, &order, &bearer, turns, begun + ROUND).await });
    }
    let mut times = Vec::new();
    while let Some(done) = callers.join_next().await {
        times.extend(done??);
    }
    let worked = speed::processor_time_of_all().saturating_sub(worked);
    let requests = number(times.len()).max(1);
    let rate = f64::from(requests) / begun.elapsed().as_secs_f64();
    Ok(Borne { rate, work: worked / requests, times: Times::of(times) })
}

/// When a caller asks.
struct Turns {
    next: Instant,
    turn: Duration,
}

impl Turns {
    /// Waits for the next turn. Returns when it began: that may be a while ago.
    async fn wait(&mut self) -> Instant {
        let due = self.next;
        self.next += self.turn;
        if due <= Instant::now() {
            return due;
        }
        tokio::time::sleep_until(due.into()).await;
        // What this sleep is too long is not the proxy's doing.
        Instant::now()
    }
}

/// One caller. Every answer has to be, byte for byte, the one that was looked at.
async fn call(
    mut connection: Connection,
    questions: &[Question],
    order: &[usize],
    bearer: &HeaderValue,
    mut turns: Option<Turns>,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for question in order.iter().cycle().filter_map(|at| questions.get(*at)) {
        let begun = match &mut turns {
            Some(turns) => turns.wait().await,
            None => Instant::now(),
        };
        if begun >= until {
            break;
        }
        let (status, answer) = connection.get(&question.target, Some(bearer)).await?;
        times.push(begun.elapsed());
        ensure!(status == StatusCode::OK, "{} was answered with {status}", question.target);
        ensure!(answer == question.answer, "{} is answered otherwise now", question.target);
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn borne(rate: f64, p99: u64) -> Borne {
        let [median, p95, slowest] = [Duration::ZERO; 3];
        Borne { rate, work: median, times: Times { median, p95, p99: Duration::from_millis(p99), slowest } }
    }

    #[test]
    fn each_bound_is_held_by_itself() {
        let broken = |rate, p99| broken(&borne(rate, 90), &borne(1.0, p99));
        assert!(broken(3_000.0, 15).is_empty(), "just enough");
        assert!(broken(2_999.0, 15)[0].starts_with("2999 requests/s"));
        assert!(broken(3_000.0, 16)[0].starts_with("p99"));
    }

    #[tokio::test]
    async fn a_turn_that_was_missed_counts_from_when_it_was_due() {
        let (turn, due) = (Duration::from_secs(1), Instant::now() - Duration::from_secs(5));
        let mut turns = Turns { next: due, turn };
        assert_eq!((turns.wait().await, turns.wait().await), (due, due + turn));
        let due = Instant::now() + Duration::from_millis(3);
        let begun = Turns { next: due, turn }.wait().await;
        assert!(begun >= due, "nobody asks before it is their turn");
    }
}
