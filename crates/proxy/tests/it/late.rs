//! Two proxies over one database, one of which stands still at each of its operations in turn, on the way to the store or
//! to the aggregator, while the other is asked for the same. The act is done once, and who comes late changes nothing.

use super::browser::Browser;
use super::handled::Hand;
use super::world::{World, key, read, until};
use async_trait::async_trait;
use linchpin_protocol::{Connection, Next, Revision};
use linchpin_sandbox::EventKind;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// What a proxy does by itself, whoever asks for what.
const BACKGROUND: &[&str] =
    &["lease_", "forget_", "extend_lease", "lapsed_", "keep_directory", "kept_directory"];
/// What says who asks, and whether for the first time: being held up there is being held up before all that follows.
const OF_THE_CALL: &[&str] = &["session", "link", "consent", "claim_key", "finish_key", "release_key"];
/// A proxy that follows a connection that has just moved looks more often.
const QUIET: Duration = Duration::from_millis(400);
/// An act takes more operations than this, or the test looks at nothing.
const FEWEST: usize = 5;

/// Has a proxy stand still.
#[derive(Clone, Default)]
pub(crate) struct Stopper(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// So many operations pass before the one at which it stands still; `None`: all do.
    passing: Mutex<Option<usize>>,
    passed: AtomicUsize,
    stopped: Mutex<Option<String>>,
    reached: Notify,
    released: Notify,
}

impl Stopper {
    /// Waits until it does nothing: it may still follow what it was asked for before.
    async fn quiet(&self) {
        let mut passed = self.0.passed.load(Ordering::SeqCst);
        loop {
            tokio::time::sleep(QUIET).await;
            match self.0.passed.load(Ordering::SeqCst) {
                now if now == passed => return,
                now => passed = now,
            }
        }
    }

    /// Has it stand still after so many operations from now on.
    fn arm(&self, passing: usize) {
        *self.0.passing.lock().unwrap_or_else(PoisonError::into_inner) = Some(passing);
    }

    /// Has it stand still no more.
    async fn disarm(&self) {
        let passing = self.0.passing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if passing.is_none() {
            self.stopped().await;
            self.release();
        }
    }

    /// Waits until it stands still. At which operation it does.
    async fn stopped(&self) -> String {
        self.0.reached.notified().await;
        self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap()
    }

    fn release(&self) {
        self.0.released.notify_one();
    }

    /// Before each operation.
    pub(crate) async fn pass(&self, operation: &str) {
        if BACKGROUND.iter().any(|name| operation.starts_with(name)) || OF_THE_CALL.contains(&operation) {
            return;
        }
        self.0.passed.fetch_add(1, Ordering::SeqCst);
        let stops = {
            let mut passing = self.0.passing.lock().unwrap_or_else(PoisonError::into_inner);
            let stops = *passing == Some(0);
            *passing = passing.and_then(|left| left.checked_sub(1));
            stops
        };
        if stops {
            *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(operation.to_owned());
            self.0.reached.notify_one();
            self.0.released.notified().await;
        }
    }
}

#[async_trait]
impl Hand for Stopper {
    async fn before_write(&self, operation: &'static str) -> usize {
        self.pass(operation).await;
        0
    }

    async fn after_write(&self, _: &'static str, _: usize) {}

    async fn before_read(&self, operation: &'static str) {
        self.pass(operation).await;
    }
}

/// Two proxies, and the hand on the second.
struct Pair {
    world: World,
    twin: String,
    stopper: Stopper,
}

/// What is asked of both.
struct Call {
    method: Method,
    path: String,
    body: Value,
}

/// What was answered: nothing, or the code of a problem.
type Answer = Result<(), String>;

/// Brings a connection to where something is possible.
type Ready = for<'a> fn(&'a Browser<'_>) -> Pin<Box<dyn Future<Output = Connection> + 'a>>;

/// What is done.
struct Act {
    name: &'static str,
    /// What the client needs.
    purpose: &'static str,
    ready: Ready,
    /// It is done by somebody who looks after what they have.
    managing: bool,
    call: fn(&Connection) -> Call,
    /// What happens at the bank meanwhile.
    meanwhile: fn(&World),
    /// Asked for twice, it is joined: the second need not be refused.
    joins: bool,
    /// How often it happened at the aggregator; `None` for what the aggregator does not hear of.
    count: Option<fn(&World) -> usize>,
}

impl Act {
    fn new(
        name: &'static str,
        ready: Ready,
        call: fn(&Connection) -> Call,
        count: fn(&World) -> usize,
    ) -> Self {
        let (purpose, count) = ("aggregate", Some(count));
        Self { name, purpose, ready, managing: false, call, meanwhile: |_| {}, joins: false, count }
    }

    /// Asks two proxies for it, of which the second is held up at each of its operations in turn.
    async fn asked_of_both(self, world: impl AsyncFn() -> World) {
        // What comes late finds the act begun; or it finds what has become of it.
        tokio::join!(self.everywhere(world().await, false), self.everywhere(world().await, true));
    }

    async fn everywhere(&self, world: World, goes_on: bool) {
        let pair = Pair::over(world).await;
        let mut nth = 0;
        while pair.held_up_at(nth, goes_on, self).await {
            nth += 1;
        }
        assert!(nth > FEWEST, "{} takes more than {nth} operations", self.name);
    }
}

impl Pair {
    async fn over(mut world: World) -> Self {
        let stopper = Stopper::default();
        let twin = world.twin_with(stopper.clone()).await;
        let pair = Self { world, twin, stopper };
        let browser = Browser::open(&pair.world, &key(), "aggregate").await;
        until("the second knows the institutions", async || {
            let request = pair.world.http.get(format!("{}/v1/institutions", pair.twin));
            let answer = request.bearer_auth(browser.token.expose()).send().await.unwrap();
            answer.status().is_success().then_some(())
        })
        .await;
        pair
    }

    fn request(&self, base: &str, browser: &Browser<'_>, call: &Call) -> RequestBuilder {
        let request = self.world.http.request(call.method.clone(), format!("{base}{}", call.path));
        let request = request.bearer_auth(browser.token.expose()).header("idempotency-key", key());
        request.json(&call.body).timeout(Duration::from_secs(60))
    }

    /// The connection as the second proxy shows it.
    async fn as_the_second_shows_it(&self, browser: &Browser<'_>, connection: &Connection) -> Connection {
        let url = format!("{}/v1/connections/{}", self.twin, connection.id);
        read(self.world.http.get(url).bearer_auth(browser.token.expose()).send().await.unwrap(), 200).await
    }

    /// Asks both for the same, the second being held up at its operation with this number. False: it had answered before.
    async fn held_up_at(&self, nth: usize, goes_on: bool, act: &Act) -> bool {
        let user = key();
        let mut browser = Browser::open(&self.world, &user, act.purpose).await;
        let mut at = (act.ready)(&browser).await;
        if act.managing {
            browser = Browser::managing(&self.world, &user).await;
            at = browser.now(&at).await;
        }
        let call = (act.call)(&at);
        let count = || act.count.map(|count| count(&self.world));
        let before = count();
        self.stopper.quiet().await;
        self.stopper.arm(nth);
        (act.meanwhile)(&self.world);
        let mut late = tokio::spawn(answer(self.request(&self.twin, &browser, &call)));
        let operation = tokio::select! {
            operation = self.stopper.stopped() => operation,
            _ = &mut late => {
                self.stopper.disarm().await;
                return false;
            }
        };
        let case = format!("{}, held up before {operation}, number {nth}, goes on: {goes_on}", act.name);
        let first = answer(self.request(&self.world.base, &browser, &call)).await;
        let mut seen = browser.now(&at).await;
        if goes_on && first.is_ok() {
            seen = followed(&browser, seen).await;
        }
        self.stopper.release();
        let second = late.await.unwrap();
        let answers = [&first, &second];
        let done = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(done == 1 || (act.joins && done == 2), "{case}: {answers:?}");
        for problem in answers.into_iter().filter_map(|answer| answer.as_ref().err()) {
            let told = ["wrong_step", "refresh_too_soon"].contains(&problem.as_str());
            assert!(told, "{case}: whoever is refused is told why, and not {problem}");
        }
        if second.is_ok() {
            // It may still be doing it.
            self.stopper.quiet().await;
        }
        // What was joined is over when it is seen to be.
        if first.is_ok() && (!act.joins || !matches!(seen.next, Next::Wait { .. })) {
            for now in [browser.now(&at).await, self.as_the_second_shows_it(&browser, &at).await] {
                assert_eq!(step(&now), step(&seen), "{case}: what comes late changes nothing");
            }
        }
        let end = browser.follow(&browser.now(&at).await).await;
        let there = self.as_the_second_shows_it(&browser, &at).await;
        assert_eq!(step(&there), step(&end), "{case}: both show the same");
        assert_eq!(count(), before.map(|times| times + 1), "{case}: it happened once");
        true
    }
}

/// What is shown, without how far a wait has come: that moves by itself.
fn step(connection: &Connection) -> (Revision, Option<Next>) {
    let waits = matches!(connection.next, Next::Wait { .. });
    (connection.revision, (!waits).then(|| connection.next.clone()))
}

/// Follows a connection to the end of its wait, or for some seconds: whoever would end it may stand still.
async fn followed(browser: &Browser<'_>, mut connection: Connection) -> Connection {
    for _ in 0..4 {
        if matches!(connection.next, Next::Wait { .. }) {
            browser.world.bank_goes_on(10);
            connection = browser.poll(&connection, 1).await;
        }
    }
    connection
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    if response.status().is_success() {
        return Ok(());
    }
    let problem: Value = response.json().await.unwrap();
    Err(problem["code"].as_str().unwrap_or_default().to_owned())
}

fn post(connection: &Connection, part: &str, body: Value) -> Call {
    Call { method: Method::POST, path: format!("/v1/connections/{}/{part}", connection.id), body }
}

async fn signed_in(browser: &Browser<'_>, institution: &str, login: &str) -> Connection {
    let form = browser.connect(institution).await;
    browser.follow(&browser.sign_in(&form, login).await).await
}

fn logins(world: &World) -> usize {
    world.count(EventKind::LoginTried).max(world.count(EventKind::ConnectionCreated))
}

fn login() -> Act {
    let call =
        |form: &Connection| post(form, "credentials", Browser::login(form, "practice-good", "practice"));
    Act::new("a login", |browser| Box::pin(browser.connect("harbour")), call, logins)
}

fn answers() -> Act {
    let call = |asked: &Connection| {
        let Next::Challenges { items, .. } = &asked.next else { panic!("{asked:?}") };
        let answers = json!([{"id": items[0].id(), "value": "rex"}]);
        post(asked, "answers", json!({"revision": asked.revision, "answers": answers}))
    };
    let ready: Ready = |browser| Box::pin(signed_in(browser, "cedar credit union", "practice-question"));
    Act::new("answers", ready, call, |world| world.count(EventKind::AnswerGiven))
}

fn new_attempt() -> Act {
    let call = |told: &Connection| post(told, "retry", json!({"revision": told.revision}));
    let ready: Ready = |browser| Box::pin(signed_in(browser, "harbour", "practice-config"));
    Act::new("a new attempt", ready, call, |world| world.count(EventKind::SyncStarted))
}

fn choice() -> Act {
    let call = |choose: &Connection| {
        let Next::ChooseAccounts { accounts, .. } = &choose.next else { panic!("{choose:?}") };
        post(choose, "accounts", json!({"revision": choose.revision, "account_ids": [accounts[0].id]}))
    };
    let ready: Ready = |browser| Box::pin(signed_in(browser, "harbour", "practice-good"));
    Act { count: None, ..Act::new("a choice", ready, call, |_| 0) }
}

fn reading_again() -> Act {
    let call = |linked: &Connection| post(linked, "refresh", json!({"revision": linked.revision}));
    let ready: Ready = |browser| Box::pin(browser.link_all_the_way("harbour"));
    let count = |world: &World| world.count(EventKind::SyncStarted);
    Act { managing: true, joins: true, ..Act::new("reading again", ready, call, count) }
}

fn end() -> Act {
    let call = |linked: &Connection| {
        let path = format!("/v1/connections/{}?purge=false&revision={}", linked.id, linked.revision.0);
        Call { method: Method::DELETE, path, body: Value::Null }
    };
    let ready: Ready = |browser| Box::pin(browser.link_all_the_way("harbour"));
    let count = |world: &World| world.count(EventKind::ConnectionDeleted);
    Act { managing: true, ..Act::new("an end", ready, call, count) }
}

/// Both look, and both see that account numbers are to be read.
fn reading_numbers() -> Act {
    let call = |waiting: &Connection| {
        let path = format!("/v1/connections/{}", waiting.id);
        Call { method: Method::GET, path, body: Value::Null }
    };
    let ready: Ready = |browser| {
        Box::pin(async {
            let form = browser.connect("harbour").await;
            browser.sign_in(&form, "practice-good").await
        })
    };
    let meanwhile = |world: &World| world.bank_goes_on(20);
    let count = |world: &World| world.count(EventKind::SyncStarted);
    Act { purpose: "both", meanwhile, joins: true, ..Act::new("reading numbers", ready, call, count) }
}

/// All in one test, since they mostly wait.
#[tokio::test(flavor = "multi_thread")]
async fn what_two_are_asked_for_is_done_once_and_who_comes_late_changes_nothing() {
    let both = |act: Act| act.asked_of_both(World::new);
    tokio::join!(
        both(login()),
        both(answers()),
        both(new_attempt()),
        both(choice()),
        both(end()),
        both(reading_numbers()),
        reading_again().asked_of_both(World::eager),
    );
}
