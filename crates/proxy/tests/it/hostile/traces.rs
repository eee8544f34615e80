//! What stays of an aggregator that was broken: nothing in its ledger where it let nobody in, and nothing of its text in the
//! log.

use super::dialect::{Counted, Dialect};
use super::fault::{Fault, FaultServer, UPSTREAM_TEXT};
use super::{Stage, shown};
use crate::browser::Browser;
use crate::restart::Process;
use crate::world::{ACORN, ORIGIN, World, practice, until};
use jiff::SignedDuration;
use linchpin_protocol::Next;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Whatever becomes of the call for a token: what was to be done with it was not done, and the person is told so.
pub(super) async fn of_a_closed_door(dialect: &'static Dialect) {
    let stage = Stage::over(dialect).await;
    let browser = Browser::open(&stage.world, "pat", "aggregate").await;
    browser.connect(dialect.institution).await;
    for fault in Fault::ALL {
        if matches!(fault, Fault::Stall | Fault::Silence) {
            // After half a minute these are as the others.
            continue;
        }
        let cell = format!("{fault:?} at {} {} of {}", dialect.token.method, dialect.token.end, dialect.kind);
        stage.faults.spoil(dialect.token, fault);
        // A token that is kept has run out by now.
        stage.world.later(SignedDuration::from_mins(61));
        let again = Browser::open(&stage.world, "pat", "aggregate").await;
        let form = again.connect(dialect.institution).await;
        let told = stage.sign_in(&cell, &again, &form).await;
        assert!(told.is_none(), "{cell}: {told:?}");
        assert!(stage.faults.spoiled() > 0, "{cell}: no token was wanted");
        assert_eq!([Counted::Users, Counted::Logins].map(|what| stage.count(what)), [0, 0], "{cell}");
    }
    stage.faults.heal();
    let last = Browser::open(&stage.world, "pat", "aggregate").await;
    let form = last.connect(dialect.institution).await;
    let taken = stage.sign_in("it is well again", &last, &form).await.expect("it is well again");
    let done = stage.follow(&last, &taken).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert_eq!([Counted::Users, Counted::Logins].map(|what| stage.count(what)), [1, 1]);
}

/// The proxy as it ships, with everything that it can log.
pub(super) async fn in_the_log(dialect: &'static Dialect) {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, behind, _serving) = practice().await;
    let (faults, url) = FaultServer::in_front_of(&behind).await;
    let (url, settings) = dialect.address(&url);
    let proxy = Process::start_with(&folder, &url, "proxy.log", &settings).await;
    let calls = [dialect.new_user, dialect.new_connection, dialect.sign_in, dialect.look, dialect.standing];
    let mut spoiled = 0;
    for (nth, call) in calls.into_iter().enumerate() {
        for fault in
            [Fault::Html, Fault::WrongShape, Fault::WrongTypes, Fault::Status(400), Fault::Status(500)]
        {
            sandbox.clock().advance(Duration::from_secs(dialect.apart.into()));
            faults.spoil(call, fault);
            let wish = World::wish(&format!("{fault:?}-{nth}"), call.purpose);
            let link = proxy.post("/v1/link-tokens", ACORN, &wish, 201).await;
            let body = json!({"link_token": link["link_token"], "origin": ORIGIN});
            let session = proxy.post("/v1/sessions", "none", &body, 201).await;
            let token = session["token"].as_str().unwrap();
            let agreed = json!({"version": session["session"]["consent"]["version"]});
            let agreeing = proxy.request(Method::POST, "/v1/sessions/consent", token).json(&agreed);
            assert_eq!(agreeing.send().await.unwrap().status(), 204);
            let place = format!("/v1/institutions?query={}", dialect.institution);
            let page: Value = until("the institutions are there", async || {
                let response = proxy.request(Method::GET, &place, token).send().await.unwrap();
                if response.status().is_success() { response.json().await.ok() } else { None }
            })
            .await;
            let body = json!({"institution_id": page["institutions"][0]["id"], "method": "credentials"});
            let form =
                serde_json::from_value(proxy.post("/v1/connections", token, &body, 201).await).unwrap();
            let (username, passcode) = dialect.login;
            let login = Browser::login(&form, username, passcode);
            let path = format!("/v1/connections/{}/credentials", form.id);
            let mut told = None;
            until("the call was made", async || {
                // The practice aggregator's clock runs ahead, so a token may have to be replaced first.
                if told.is_none() && faults.spoiled() == 0 {
                    let sent = proxy.request(Method::POST, &path, token).json(&login).send().await.unwrap();
                    told = shown("signing in", sent).await;
                }
                sandbox.clock().advance(Duration::from_secs(dialect.stride));
                (faults.spoiled() > 0).then_some(())
            })
            .await;
            let path = format!("/v1/connections/{}", form.id);
            shown("a look", proxy.request(Method::GET, &path, token).send().await.unwrap()).await;
            spoiled += faults.spoiled();
        }
    }
    assert!(spoiled >= 25, "every fault was met");
    let log = std::fs::read_to_string(folder.path().join("proxy.log")).unwrap();
    assert!(log.contains("the aggregator"), "the log tells of the failures");
    for secret in [UPSTREAM_TEXT, dialect.login.0, linchpin_sandbox::DEFAULT_API_PASSWORD] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "over {}", dialect.kind);
    }
}
