//! One contract for every aggregator. One that is broken in every way at every call: the person is told something true,
//! nothing is done twice, nothing succeeds that did not, and when it is well again the story goes on without a new session.
//!
//! What differs between aggregators is in [`dialect`]; the stories are told over each of them.

mod dialect;
mod ends;
mod fault;
mod lies;
mod refreshed;
mod traces;

use super::browser::Browser;
use super::world::{World, until};
use dialect::{BASIQ, Call, Counted, Dialect, QUOVO_V2, QUOVO_V3};
use fault::{Fault, FaultServer, UPSTREAM_TEXT};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, Next};
use serde_json::{Value, json};
use std::time::Duration;

/// A world of one aggregator that can be broken.
struct Stage {
    dialect: &'static Dialect,
    world: World,
    faults: FaultServer,
}

impl Stage {
    async fn over(dialect: &'static Dialect) -> Self {
        let (world, faults) = dialect.world().await;
        Self { dialect, world, faults }
    }

    fn count(&self, what: Counted) -> usize {
        self.dialect.count(&self.world, what)
    }

    /// Lets the bank go on.
    fn bank_goes_on(&self) {
        self.world.bank_goes_on(self.dialect.stride);
    }

    /// Lets so much time pass that the bank takes the same login from somebody else.
    fn somebody_else_comes(&self) {
        self.world.bank_goes_on(self.dialect.apart.into());
        self.world.later(SignedDuration::from_secs(self.dialect.apart.into()));
    }

    /// Signs in. Nothing where it was not done.
    async fn sign_in(&self, cell: &str, browser: &Browser<'_>, form: &Connection) -> Option<Connection> {
        let (username, passcode) = self.dialect.login;
        let path = format!("/v1/connections/{}/credentials", form.id);
        shown(cell, browser.post(&path, Browser::login(form, username, passcode)).await).await
    }

    /// Links an account, all the way.
    async fn linked(&self, user: &str) -> Connection {
        self.somebody_else_comes();
        let browser = Browser::open(&self.world, user, "aggregate").await;
        let form = browser.connect(self.dialect.institution).await;
        let mut now = self.sign_in("all is well", &browser, &form).await.expect("it is well");
        now = self.follow(&browser, &now).await;
        browser.choose(&now).await
    }

    /// Follows a connection until it is something else than a wait.
    async fn follow(&self, browser: &Browser<'_>, from: &Connection) -> Connection {
        until(&format!("the wait of {} ends", from.id), async || {
            self.bank_goes_on();
            self.world.later(SignedDuration::from_secs(2));
            let now = browser.now(from).await;
            (!matches!(now.next, Next::Wait { .. })).then_some(now)
        })
        .await
    }
}

/// A story through one fault: what the person saw, and what is left to do.
async fn survives(stage: &Stage, call: Call, fault: Fault) {
    let Stage { dialect, world, faults } = stage;
    let cell = format!("{fault:?} at {} {} of {}", call.method, call.end, dialect.kind);
    stage.somebody_else_comes();
    let user = format!("{fault:?}-{}-{}", call.method, call.end.replace(['/', '*'], "-"));
    let browser = Browser::open(world, &user, call.purpose).await;
    let [users, made, logins] =
        [Counted::Users, Counted::Connections, Counted::Logins].map(|what| stage.count(what));
    let mut form = browser.connect(dialect.institution).await;
    let mut submits = 0;
    faults.spoil(call, fault);
    // The person signs in, and again where they are told that it was not done.
    let told = stage.sign_in(&cell, &browser, &form).await;
    // A problem says that nothing was done: only what was taken may have reached the bank.
    submits += usize::from(told.is_some());
    let login_arrived = call.takes_login && fault.arrives();
    assert!(told.is_some() || !login_arrived, "{cell}: a login that arrived is called undone");
    if let Some(connection) = told {
        form = connection;
    }
    until(&format!("the call was made: {cell}"), async || {
        stage.bank_goes_on();
        (faults.spoiled() > 0).then_some(())
    })
    .await;
    // While the aggregator is silent this may take as long as a call to it may.
    let state = format!("/v1/connections/{}", form.id);
    let looked = browser.get(&state);
    if let Ok(response) = tokio::time::timeout(Duration::from_secs(1), looked).await
        && let Some(connection) = shown(&cell, response).await
    {
        // What is not found under its name may be found elsewhere.
        let early = matches!(connection.next, Next::ChooseAccounts { .. } | Next::Linked { .. })
            && fault != Fault::Status(404);
        assert!(!early, "success out of a fault, {cell}: {connection:?}");
    }
    faults.heal();
    let tells_of_its_end = fault == Fault::Status(404) && call.method == "GET";
    let (end, more_submits) = end_of(stage, &cell, &browser, &form, tells_of_its_end).await;
    submits += more_submits;
    if matches!(end.next, Next::ChooseAccounts { .. }) {
        let linked = browser.choose(&end).await;
        assert!(matches!(linked.next, Next::Linked { .. }), "{cell}: {linked:?}");
    }
    let more = |what, before: usize| stage.count(what) - before;
    // Of one that is lost, and that nobody can find again, nothing hangs.
    let lost = usize::from(dialect.loses_users && call.end == dialect.new_user.end && fault.arrives());
    assert!(more(Counted::Users, users) <= 1 + lost, "{cell}: two users");
    assert!(more(Counted::Connections, made) <= 1, "{cell}: two connections for one");
    let tried = more(Counted::Logins, logins);
    let answered = if call.purpose == "both" { dialect.numbers_take } else { 0 };
    assert!(
        tried <= submits + answered,
        "{cell}: {tried} logins at the bank, {submits} were taken from the person and {answered} follow from that"
    );
    assert_eq!(faults.redirected(), 0, "{cell}: a redirection was followed");
}

/// What a story comes to once it is well again, and how often the person had to sign in for it.
async fn end_of(
    stage: &Stage,
    cell: &str,
    browser: &Browser<'_>,
    form: &Connection,
    tells_of_its_end: bool,
) -> (Connection, usize) {
    let (mut form, mut submits) = (form.clone(), 0);
    let end = until(&format!("the story went on after {cell}"), async || {
        stage.bank_goes_on();
        // A call that left no trace may be on its way for a while.
        stage.world.later(SignedDuration::from_secs(2));
        let looked = browser.get(&format!("/v1/connections/{}", form.id)).await;
        form = shown(cell, looked).await?;
        match &form.next {
            Next::ChooseAccounts { .. } => return Some(form.clone()),
            Next::Closed { .. } if tells_of_its_end => return Some(form.clone()),
            Next::Closed { .. } => panic!("a connection is gone after {cell}"),
            Next::Credentials { .. } => {
                submits += usize::from(stage.sign_in(cell, browser, &form).await.is_some());
            }
            Next::Later { .. } | Next::Failed { .. } | Next::StartAgain {} | Next::NoAccounts {} => {
                let retry = format!("/v1/connections/{}/retry", form.id);
                shown(cell, browser.post(&retry, json!({"revision": form.revision})).await).await;
            }
            Next::Wait { .. }
            | Next::Authorize { .. }
            | Next::Challenges { .. }
            | Next::Instructions { .. }
            | Next::OfferDeposits { .. }
            | Next::Linked { .. }
            | Next::Interrupted { .. }
            | Next::Unknown => {}
        }
        None
    })
    .await;
    (end, submits)
}

/// A state, or nothing where the answer is a problem; never a fault of our own, and never the aggregator's text.
async fn shown(cell: &str, response: reqwest::Response) -> Option<Connection> {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert!(!text.contains(UPSTREAM_TEXT), "{cell}: the aggregator's text is repeated: {text}");
    for (username, _) in [QUOVO_V3.login, BASIQ.login] {
        assert!(!text.contains(username), "{cell}: the login is repeated: {text}");
    }
    if status == 200 {
        return Some(serde_json::from_str(&text).unwrap());
    }
    let problem: Value = serde_json::from_str(&text).unwrap();
    let code = problem["code"].as_str().unwrap();
    let clear =
        ["provider_unavailable", "provider_rejected", "provider_timeout", "wrong_step", "too_many_tries"];
    assert!(clear.contains(&code), "{cell}: {status} {text}");
    None
}

/// All faults, in five worlds at a time: what takes long is waiting for the next look.
async fn every_fault_at(dialect: &'static Dialect, call: Call) {
    let (one, rest) = Fault::ALL.split_at(5);
    let (two, rest) = rest.split_at(4);
    let (three, rest) = rest.split_at(4);
    let (four, five) = rest.split_at(4);
    tokio::join!(
        survives_all(dialect, call, one),
        survives_all(dialect, call, two),
        survives_all(dialect, call, three),
        survives_all(dialect, call, four),
        survives_all(dialect, call, five),
    );
}

async fn survives_all(dialect: &'static Dialect, call: Call, all: &[Fault]) {
    let stage = Stage::over(dialect).await;
    for fault in all {
        survives(&stage, call, *fault).await;
    }
    for file in stage.world.database_files() {
        let kept = std::fs::read(&file).unwrap();
        let holds = |text: &str| kept.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        assert!(!holds(UPSTREAM_TEXT), "the aggregator's text is stored in {}", file.display());
        assert!(!holds(dialect.login.0), "a login is stored in {}", file.display());
    }
}

/// The same stories over each aggregator.
macro_rules! stories {
    ($($name:ident: $dialect:expr,)*) => {$(
        mod $name {
            use super::*;

            const OVER: &Dialect = &$dialect;

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_answer_to_a_new_user_is_survived() {
                every_fault_at(OVER, OVER.new_user).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_answer_to_a_new_connection_is_survived() {
                every_fault_at(OVER, OVER.new_connection).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_answer_to_a_login_is_survived() {
                every_fault_at(OVER, OVER.sign_in).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_look_at_what_runs_is_survived() {
                every_fault_at(OVER, OVER.look).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_look_at_a_connection_is_survived() {
                every_fault_at(OVER, OVER.standing).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn broken_accounts_are_survived() {
                every_fault_at(OVER, OVER.accounts).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn broken_account_numbers_are_survived() {
                every_fault_at(OVER, OVER.numbers).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_answer_to_a_refresh_is_survived() {
                refreshed::all_are_survived(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_broken_answer_to_the_end_of_a_connection_is_survived() {
                ends::all_are_survived(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn an_end_that_was_interrupted_can_be_given_up() {
                ends::is_given_up(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn what_cannot_be_read_is_still_listed() {
                ends::is_still_listed(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn what_is_untrue_or_too_much_makes_no_success_and_is_got_over() {
                lies::all_are_got_over(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_list_does_not_wait_for_an_aggregator_that_is_silent() {
                ends::is_listed_in_time(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn an_end_is_gone_on_with_after_its_proxy_was_stopped() {
                ends::goes_on_after_a_stop(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn who_is_not_let_in_has_done_nothing() {
                traces::of_a_closed_door(OVER).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn nothing_of_what_a_broken_aggregator_says_is_in_the_log() {
                traces::in_the_log(OVER).await;
            }
        }
    )*};
}

stories! {
    quovo_v3: QUOVO_V3,
    quovo_v2: QUOVO_V2,
    basiq: BASIQ,
}
