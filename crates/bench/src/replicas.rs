//! What it costs to keep everything in PostgreSQL, and what a second proxy over it brings.
//!
//! People open the widget and choose an institution: a link token, its session, what is agreed to, a search, a
//! connection, and a look at it. Nearly all of that is the store's work. With two proxies every call goes to the other one than the call
//! before. All of it runs on one machine, who asks and the databases included, and writes reach the disk; so the ratios
//! tell what a second proxy costs, not what a second machine brings.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::http::{HeaderValue, StatusCode};
use linchpin_practice_postgres::{Server, Writes};
use linchpin_protocol::{Connection as Linked, InstitutionPage};
use serde_json::json;
use tokio::task::JoinSet;

use crate::site::{Site, open_session, runtime_of_one};
use crate::speed::Times;
use crate::wire::Connection;

/// People at once.
const PEOPLE: usize = 16;
/// How long each round takes.
const ROUND: Duration = Duration::from_secs(5);
/// The best counts, since what else the machine does is not the proxy's doing.
const ROUNDS: usize = 3;
/// Calls that one person makes: what the rate has to be multiplied by for requests in a second.
const CALLS: f64 = 6.0;
/// A bank that is in every directory of the practice aggregator.
const BANK: &str = "harbour";

/// How many people were served in a second, and how long one of them took.
struct Served {
    rate: f64,
    times: Times,
}

/// Measures a SQLite file, PostgreSQL with one proxy, and with two.
///
/// # Errors
/// PostgreSQL is not to be had, or a proxy did not answer.
pub(crate) fn measure(institutions: &Path) -> anyhow::Result<()> {
    println!("\nPeople who open the widget and choose an institution, {PEOPLE} at once, six calls each");
    let server = Server::start(Writes::OnDisk)?;
    let (one, two) = (server.database("one")?, server.database("two")?);
    let mut before: Option<f64> = None;
    for (name, database, proxies) in [
        ("SQLite, one proxy", None, 1),
        ("PostgreSQL, one proxy", Some(one.as_str()), 1),
        ("PostgreSQL, two proxies", Some(two.as_str()), 2),
    ] {
        let site = Site::over(institutions, database, proxies)?;
        let served = best(&site)?;
        let compared = before
            .map_or_else(String::new, |before| format!(", {:.2} times the line above", served.rate / before));
        println!(
            "  {name:<24} {:>5.0} people/s, {:>5.0} calls/s{compared}; a person's calls: {}",
            served.rate,
            served.rate * CALLS,
            served.times
        );
        before = Some(served.rate);
    }
    Ok(())
}

fn best(site: &Site) -> anyhow::Result<Served> {
    let caller = runtime_of_one()?;
    let mut best: Option<Served> = None;
    for round in 0..ROUNDS {
        let served = caller.block_on(serve(site, round))?;
        best = Some(best.filter(|best| best.rate >= served.rate).unwrap_or(served));
    }
    best.context("no round was measured")
}

async fn serve(site: &Site, round: usize) -> anyhow::Result<Served> {
    let begun = Instant::now();
    let mut people = JoinSet::new();
    for place in 0..PEOPLE {
        let mut proxies = Vec::new();
        for address in &site.addresses {
            proxies.push(Connection::open(*address).await?);
        }
        people.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < ROUND {
                let user = format!("person-{round}-{place}-{}", times.len());
                let started = Instant::now();
                one_person(&mut proxies, &user).await?;
                times.push(started.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = people.join_next().await {
        times.extend(done??);
    }
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
    Ok(Served { rate: f64::from(count) / begun.elapsed().as_secs_f64(), times: Times::of(times) })
}

/// Every call goes to the next proxy.
async fn one_person(proxies: &mut [Connection], user: &str) -> anyhow::Result<()> {
    let bearer = open_session(&mut proxies.iter_mut().collect::<Vec<_>>(), user).await?;
    let mut turns = (0..proxies.len()).cycle();
    let mut next = || turns.next().unwrap_or_default();
    let (first, second, third) = (next(), next(), next());
    let institution = institution(&mut proxies[first], &bearer).await?;
    let wish = json!({"institution_id": institution, "method": "credentials"});
    let made = proxies[second].post("/v1/connections", Some(&bearer), user, &wish).await?;
    let made: Linked = serde_json::from_slice(&made).context("reading a connection")?;
    let (status, seen) = proxies[third].get(&format!("/v1/connections/{}", made.id), Some(&bearer)).await?;
    ensure!(status == StatusCode::OK, "a connection was answered with {status}");
    let seen: Linked = serde_json::from_slice(&seen).context("reading a connection")?;
    ensure!(seen.revision == made.revision, "what one proxy has made, the other shows otherwise");
    Ok(())
}

async fn institution(proxy: &mut Connection, bearer: &HeaderValue) -> anyhow::Result<String> {
    let (status, page) = proxy.get(&format!("/v1/institutions?query={BANK}"), Some(bearer)).await?;
    ensure!(status == StatusCode::OK, "a search was answered with {status}");
    let page: InstitutionPage = serde_json::from_slice(&page).context("reading a page of institutions")?;
    let first = page.institutions.first().context("the practice bank is not found")?;
    Ok(first.id.as_str().to_owned())
}
