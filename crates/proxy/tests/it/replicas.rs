//! Two proxies over one database: what is begun at one goes on at the other, nothing happens twice, and everything that is
//! done by itself has one owner.

use super::database::Database;
use super::receiver::Receiver;
use super::restart::Process;
use super::world::{practice, read, until};
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::{EventKind, Sandbox};
use reqwest::{Method, StatusCode};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// An aggregator, two proxies in processes of their own, and the server of a client that is told.
struct Replicas {
    folder: TempDir,
    sandbox: Sandbox,
    url: String,
    receiver: Receiver,
    proxies: Vec<Process>,
    _serving: JoinHandle<()>,
}

impl Replicas {
    async fn new() -> Self {
        let (sandbox, url, serving) = practice().await;
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::willing().await;
        let mut replicas = Self { folder, sandbox, url, receiver, proxies: Vec::new(), _serving: serving };
        for log in ["a.log", "b.log"] {
            replicas.start(log).await;
        }
        replicas
    }

    /// One proxy more, ready to answer.
    async fn start(&mut self, log: &str) {
        let settings = self.receiver.settings();
        let settings = [0, 1].map(|nth| (settings[nth].0, settings[nth].1.as_str()));
        let proxy = Process::start_with(&self.folder, &self.url, log, &settings).await;
        until("the proxy is ready", async || {
            let answer = proxy.http.get(format!("{}/readyz", proxy.base)).send().await.unwrap();
            (answer.status() == StatusCode::OK).then_some(())
        })
        .await;
        self.proxies.push(proxy);
    }

    fn count(&self, kind: EventKind) -> usize {
        self.sandbox.ledger().count(kind, None)
    }

    fn assert_nothing_happened_twice(&self) {
        for kind in [
            EventKind::LoginTried,
            EventKind::AnswerGiven,
            EventKind::ConnectionCreated,
            EventKind::UserCreated,
        ] {
            assert_eq!(self.count(kind), 1, "{kind:?}");
        }
    }

    /// Waits until every move was told and written down as told.
    async fn until_all_is_told(&self, connection: &Connection) {
        let mut database = Database::of(&self.folder).await;
        until("every move is told", async || {
            let open = "SELECT COUNT(*) FROM outbox WHERE delivered_at IS NULL";
            let all = self.receiver.knows_all_of(connection.id.as_str(), connection.revision.0);
            (all && database.number(open).await == 0).then_some(())
        })
        .await;
    }

    fn assert_each_move_was_told_once(&self, connection: &Connection) {
        let told = self.receiver.told();
        assert_eq!(told.len() as u64, connection.revision.0 - 1, "{told:?}");
        assert!(told.values().all(|times| *times == 1), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_from_one_proxy_to_the_other_with_every_step() {
    let replicas = Replicas::new().await;
    let [a, b] = &replicas.proxies[..] else { unreachable!() };
    let (token, _, form) = a.begin("aggregate").await;
    assert_eq!(b.look(&token, &form).await, form, "the other shows the same");
    b.sign_in(&token, &form, "practice-question", "practice").await;
    let asked = a.follow(&replicas.sandbox, &token, &form).await;
    assert!(matches!(asked.next, Next::Challenges { .. }), "{asked:?}");
    assert_eq!(b.look(&token, &asked).await, asked, "the same question at the same revision");
    b.answer(&token, &asked, "rex").await;
    let choose = a.follow(&replicas.sandbox, &token, &asked).await;
    let linked = b.choose(&token, &choose).await;
    assert_eq!(a.look(&token, &linked).await.next, linked.next);
    replicas.until_all_is_told(&linked).await;
    replicas.assert_nothing_happened_twice();
    replicas.assert_each_move_was_told_once(&linked);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_one_proxy_is_killed_in_the_middle_the_other_goes_on() {
    let mut replicas = Replicas::new().await;
    let (token, _, form) = replicas.proxies[0].begin("aggregate").await;
    replicas.proxies[0].sign_in(&token, &form, "practice-question", "practice").await;
    let begun = replicas.proxies[0].look(&token, &form).await;
    replicas.until_all_is_told(&begun).await;
    drop(replicas.proxies.remove(0));

    let b = &replicas.proxies[0];
    let asked = b.follow(&replicas.sandbox, &token, &form).await;
    assert!(matches!(asked.next, Next::Challenges { .. }), "{asked:?}");
    b.answer(&token, &asked, "rex").await;
    let choose = b.follow(&replicas.sandbox, &token, &asked).await;
    replicas.start("c.log").await;
    let linked = replicas.proxies[1].choose(&token, &choose).await;
    assert_eq!(replicas.proxies[0].look(&token, &linked).await.next, linked.next, "a third has joined");
    replicas.until_all_is_told(&linked).await;
    replicas.assert_nothing_happened_twice();
    replicas.assert_each_move_was_told_once(&linked);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_proxy_watched_is_watched_by_the_other_and_read_once() {
    let mut replicas = Replicas::new().await;
    // It joins when the first one watches already.
    drop(replicas.proxies.pop());
    let (token, _, form) = replicas.proxies[0].begin("both").await;
    replicas.proxies[0].sign_in(&token, &form, "practice-good", "practice").await;
    let mut database = Database::of(&replicas.folder).await;
    until("it is watched", async || {
        let held = "SELECT COUNT(*) FROM connection WHERE lease_until IS NOT NULL AND intent IS NULL";
        (database.number(held).await == 1).then_some(())
    })
    .await;
    replicas.start("c.log").await;
    drop(replicas.proxies.remove(0));
    // As if the minute had passed for which the dead proxy holds it.
    database.run("UPDATE connection SET lease_until = 0").await;
    // Nobody polls: the numbers are read all the same.
    until("the numbers were asked for", async || {
        replicas.sandbox.clock().advance(Duration::from_secs(1));
        (replicas.count(EventKind::SyncStarted) == 2).then_some(())
    })
    .await;
    let choose = replicas.proxies[0].follow(&replicas.sandbox, &token, &form).await;
    assert!(matches!(choose.next, Next::ChooseAccounts { .. }), "{choose:?}");
    assert_eq!(replicas.count(EventKind::SyncStarted), 2, "one aggregation and one reading of numbers");
}

/// A tab at one proxy, while another tab acts at the other.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_at_one_proxy_learns_soon_what_was_done_at_the_other() {
    /// The longest pause between two looks of a proxy for somebody who waits, and time for the looks themselves.
    const SOON: Duration = Duration::from_secs(5);
    let replicas = Replicas::new().await;
    let [a, b] = &replicas.proxies[..] else { unreachable!() };
    let (token, _, form) = a.begin("aggregate").await;
    let wait_at_b = async |from: &Connection| {
        assert_eq!(b.look(&token, from).await, *from);
        let path = format!("/v1/connections/{}?wait=20&revision={}", from.id, from.revision.0);
        let waiting = tokio::spawn(b.request(Method::GET, &path, &token).send());
        // It waits; else nothing would be shown by its answer.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!waiting.is_finished(), "there was nothing new to tell");
        (waiting, Instant::now())
    };
    // At the form upstream has nothing to tell; at the question it would.
    let (waiting, acted) = wait_at_b(&form).await;
    a.sign_in(&token, &form, "practice-question", "practice").await;
    let learned: Connection = read(waiting.await.unwrap().unwrap(), 200).await;
    assert!(learned.revision > form.revision, "{learned:?}");
    assert!(acted.elapsed() < SOON, "it took {:?}", acted.elapsed());

    let asked = a.follow(&replicas.sandbox, &token, &form).await;
    let (waiting, acted) = wait_at_b(&asked).await;
    a.answer(&token, &asked, "rex").await;
    let learned: Connection = read(waiting.await.unwrap().unwrap(), 200).await;
    assert!(learned.revision > asked.revision, "{learned:?}");
    assert!(acted.elapsed() < SOON, "it took {:?}", acted.elapsed());
}
