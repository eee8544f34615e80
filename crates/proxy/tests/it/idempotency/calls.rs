//! Every route that changes something, with a call that fits and what it leaves behind.

use crate::basiq;
use crate::browser::Browser;
use crate::database::Texts;
use crate::world::{ACORN, ORIGIN, World, key, read, until};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, Deposit, DepositNext, Next};
use linchpin_sandbox::{DepositRules, EventKind};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const ROUTES: [&str; 25] = [
    "POST /v1/link-tokens",
    "DELETE /v1/link-tokens/{id}",
    "POST /v1/public-tokens/exchange",
    "POST /v1/sessions",
    "DELETE /v1/sessions/current",
    "POST /v1/sessions/extend",
    "POST /v1/sessions/consent",
    "POST /v1/institution-requests",
    "POST /v1/connections",
    "POST /v1/connections/{id}/credentials",
    "POST /v1/connections/{id}/answers",
    "POST /v1/connections/{id}/retry",
    "POST /v1/connections/{id}/accounts",
    "POST /v1/connections/{id}/take-up",
    "POST /v1/connections/{id}/authorize",
    "POST /v1/connections/{id}/abandon",
    "POST /v1/connections/{id}/public-token",
    "POST /v1/connections/{id}/refresh",
    "POST /v1/connections/{id}/move",
    "DELETE /v1/connections/{id}",
    "POST /v1/deposits",
    "POST /v1/deposits/{id}/amounts",
    "POST /v1/deposits/{id}/correct",
    "POST /v1/deposits/{id}/withdraw",
    "POST /v1/deposits/{id}/public-token",
];

/// Deposits are there over one version of Quovo's API, banks' own pages over the other, moves over Basiq's.
pub(super) struct Worlds {
    pub(super) connections: World,
    deposits: World,
    moves: World,
}

impl Worlds {
    /// With the machine's time.
    pub(super) async fn new() -> Self {
        Self::of_all(World::eager().await, World::over_v2().await).await
    }

    /// With clocks that stand until they are moved, both by the same.
    pub(super) async fn with_clock() -> Self {
        Self::of_all(World::with_clock_and_eager().await, World::over_v2_with_clock().await).await
    }

    async fn of_all(connections: World, deposits: World) -> Self {
        let moves = World::over_basiq("both").await;
        deposits.sandbox.set_deposit_rules(DepositRules { cents: Some([9, 2]), ..DepositRules::default() });
        Self { connections, deposits, moves }
    }

    /// The one in which a route can be called.
    pub(super) fn of(&self, route: &str) -> &World {
        match route {
            "POST /v1/connections/{id}/move" => &self.moves,
            route if route.contains("/deposits") => &self.deposits,
            _ => &self.connections,
        }
    }
}

/// Takes transfers.
const ROUTING: &str = "306061549";

/// An account that nobody else has: every one takes three deposits only.
fn account() -> String {
    format!("4001{:08}", key().trim_start_matches("key-").parse::<u32>().unwrap())
}

/// A session with deposits that have been sent.
async fn sent(world: &World) -> (Browser<'_>, Deposit) {
    let browser = Browser::open(world, &somebody(), "verify").await;
    let body = json!({"routing": ROUTING, "account_number": account()});
    let ordered: Deposit = read(browser.post("/v1/deposits", body).await, 201).await;
    let path = format!("/v1/deposits/{}", ordered.id);
    world.bank_goes_on(3 * 60 * 60);
    // Whoever looks again at once is told what was known a moment ago.
    let asked = until("they are sent", async || {
        world.later(SignedDuration::from_secs(6));
        let now: Deposit = read(browser.get(&path).await, 200).await;
        matches!(now.next, DepositNext::EnterAmounts { .. }).then_some(now)
    })
    .await;
    (browser, asked)
}

/// A call on deposits; the other one is for another revision.
fn on_deposit(browser: &Browser<'_>, deposit: &Deposit, part: &str, mut body: Value, status: u16) -> Call {
    let path = format!("/v1/deposits/{}/{part}", deposit.id);
    body["revision"] = json!(deposit.revision);
    let mut old = body.clone();
    old["revision"] = json!(deposit.revision.0 + 7);
    recorded(&path, browser.token.expose(), body, status).or(&path, old)
}

/// Whether a route keeps a record of its keys. One that sets what is set already needs none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    Recorded,
    Unrecorded,
}

/// A call that fits, in a state of its own.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    pub(super) path: String,
    bearer: String,
    pub(super) body: Value,
    /// The status of its answer, and of the answer to the same act again.
    pub(super) status: u16,
    pub(super) again: u16,
    pub(super) sort: Sort,
    /// What another body, or another id, under the same key would be.
    other: Option<(String, Value)>,
}

/// Somebody new for every call, so that none meets another's tries.
fn somebody() -> String {
    key().replace("key", "user")
}

/// A session with a connection that stands where the call has to begin.
async fn at<'a>(
    world: &'a World,
    bank: &str,
    login: Option<&str>,
    purpose: &str,
) -> (Browser<'a>, Connection) {
    let browser = Browser::open(world, &somebody(), purpose).await;
    let mut connection = browser.connect(bank).await;
    if let Some(login) = login {
        connection = browser.follow(&browser.sign_in(&connection, login).await).await;
    }
    (browser, connection)
}

/// A session in which what the person has linked can be looked after.
async fn managed(world: &World) -> (Browser<'_>, Connection) {
    let user = somebody();
    let linked = Browser::open(world, &user, "aggregate").await.link_all_the_way("harbour").await;
    let browser = Browser::managing(world, &user).await;
    let now = browser.now(&linked).await;
    (browser, now)
}

/// A call on a connection; the other one is for another revision.
fn on(browser: &Browser<'_>, connection: &Connection, part: &str, body: Value) -> Call {
    let path = format!("/v1/connections/{}/{part}", connection.id);
    let mut old = body.clone();
    old["revision"] = json!(connection.revision.0 + 7);
    recorded(&path, browser.token.expose(), body, 200).or(&path, old)
}

fn recorded(path: &str, bearer: &str, body: Value, status: u16) -> Call {
    let (path, bearer) = (path.to_owned(), bearer.to_owned());
    let method = Method::POST;
    Call { method, path, bearer, body, status, again: status, sort: Sort::Recorded, other: None }
}

fn unrecorded(method: Method, path: &str, bearer: &str, body: Value, status: u16) -> Call {
    Call { method, sort: Sort::Unrecorded, ..recorded(path, bearer, body, status) }
}

/// A state in which the route can be called, and the call.
pub(super) async fn prepare(world: &World, route: &str) -> Call {
    match route {
        "POST /v1/link-tokens" => {
            let (user, path) = (somebody(), "/v1/link-tokens");
            recorded(path, ACORN, World::wish(&user, "verify"), 201).or(path, World::wish(&user, "aggregate"))
        }
        "DELETE /v1/link-tokens/{id}" => {
            let link = world.link(&somebody(), "verify").await;
            unrecorded(Method::DELETE, &format!("/v1/link-tokens/{}", link.link_id), ACORN, Value::Null, 204)
        }
        "POST /v1/public-tokens/exchange" => {
            let browser = Browser::open(world, &somebody(), "verify").await;
            let linked = browser.link_all_the_way("harbour").await;
            let token = browser.public_token(&linked).await;
            let (path, body) =
                ("/v1/public-tokens/exchange", json!({"public_token": token.public_token.expose()}));
            recorded(path, ACORN, body, 200).or(path, json!({"public_token": "pt_another"}))
        }
        "POST /v1/sessions" => {
            let link = world.link(&somebody(), "verify").await;
            let body = json!({"link_token": link.link_token.expose(), "origin": ORIGIN});
            recorded("/v1/sessions", "none", body, 201)
        }
        "DELETE /v1/sessions/current" => {
            let browser = Browser::open(world, &somebody(), "verify").await;
            let token = browser.token.expose();
            // It is over: its token is not known any more.
            Call { again: 401, ..unrecorded(Method::DELETE, "/v1/sessions/current", token, Value::Null, 204) }
        }
        "POST /v1/sessions/extend" => {
            let browser = Browser::open(world, &somebody(), "verify").await;
            unrecorded(Method::POST, "/v1/sessions/extend", browser.token.expose(), Value::Null, 200)
        }
        "POST /v1/sessions/consent" => {
            let link = world.link(&somebody(), "verify").await;
            let browser = Browser::before_consent(world, &link).await;
            let body = json!({"version": browser.session.consent.as_ref().unwrap().version});
            unrecorded(Method::POST, "/v1/sessions/consent", browser.token.expose(), body, 204)
        }
        "POST /v1/institution-requests" => {
            let browser = Browser::open(world, &somebody(), "verify").await;
            let path = "/v1/institution-requests";
            let call = recorded(path, browser.token.expose(), json!({"text": "Elm Street Bank"}), 204);
            call.or(path, json!({"text": "Oak Street Bank"}))
        }
        "POST /v1/connections" => {
            let browser = Browser::open(world, &somebody(), "verify").await;
            let body = async |query: &str| {
                let page = browser.search(query).await;
                json!({"institution_id": page.institutions[0].id, "method": "credentials"})
            };
            let path = "/v1/connections";
            let call = recorded(path, browser.token.expose(), body("harbour").await, 201);
            call.or(path, body("cedar").await)
        }
        "POST /v1/connections/{id}/credentials" => {
            let (browser, form) = at(world, "harbour", None, "aggregate").await;
            on(&browser, &form, "credentials", Browser::login(&form, "practice-slow", "practice"))
        }
        "POST /v1/connections/{id}/answers" => {
            let (browser, asked) = at(world, "cedar", Some("practice-question"), "aggregate").await;
            let Next::Challenges { items, .. } = &asked.next else { panic!("{asked:?}") };
            let id = serde_json::to_value(items).unwrap()[0]["id"].clone();
            let answers = json!([{"id": id, "value": "rex"}]);
            on(&browser, &asked, "answers", json!({"revision": asked.revision, "answers": answers}))
        }
        "POST /v1/connections/{id}/retry" => {
            let (browser, told) = at(world, "harbour", Some("practice-config"), "aggregate").await;
            on(&browser, &told, "retry", json!({"revision": told.revision}))
        }
        "POST /v1/connections/{id}/accounts" => {
            let (browser, choose) = at(world, "harbour", Some("practice-good"), "aggregate").await;
            let Next::ChooseAccounts { accounts, .. } = &choose.next else { panic!("{choose:?}") };
            let body = json!({"revision": choose.revision, "account_ids": [accounts[0].id]});
            on(&browser, &choose, "accounts", body)
        }
        "POST /v1/connections/{id}/authorize" => {
            let browser = Browser::open(world, &somebody(), "aggregate").await;
            let there = browser.connect_at_the_bank("own+page+bank").await;
            on(&browser, &there, "authorize", json!({"revision": there.revision}))
        }
        "POST /v1/connections/{id}/take-up" => {
            let user = somebody();
            let before = Browser::open(world, &user, "aggregate").await;
            let begun = before.connect("cedar").await;
            let later = Browser::open(world, &user, "aggregate").await;
            let path = format!("/v1/connections/{}/take-up", begun.id);
            unrecorded(Method::POST, &path, later.token.expose(), Value::Null, 200)
        }
        "POST /v1/connections/{id}/abandon" => {
            let browser = Browser::open(world, &somebody(), "aggregate").await;
            let there = browser.connect_at_the_bank("own+page+bank").await;
            on(&browser, &there, "abandon", json!({"revision": there.revision}))
        }
        "POST /v1/connections/{id}/public-token" => {
            let browser = Browser::open(world, &somebody(), "aggregate").await;
            let linked = browser.link_all_the_way("harbour").await;
            let another = browser.connect("cedar").await;
            let path = |connection: &Connection| format!("/v1/connections/{}/public-token", connection.id);
            let call = recorded(&path(&linked), browser.token.expose(), Value::Null, 200);
            call.or(&path(&another), Value::Null)
        }
        "POST /v1/connections/{id}/refresh" => {
            let (browser, linked) = managed(world).await;
            on(&browser, &linked, "refresh", json!({"revision": linked.revision}))
        }
        "POST /v1/connections/{id}/move" => {
            let user = somebody();
            let browser = Browser::open(world, &user, "aggregate").await;
            let form = browser.connect("hooli").await;
            let sent = browser.sign_in_as(&form, basiq::next_login()).await;
            let found = basiq::follow(&browser, &sent).await;
            let linked = browser.choose(&found).await;
            let browser = Browser::managing(world, &user).await;
            let now = browser.now(&linked).await;
            on(&browser, &now, "move", json!({"revision": now.revision}))
        }
        "DELETE /v1/connections/{id}" => {
            let (browser, linked) = managed(world).await;
            let path =
                |revision: u64| format!("/v1/connections/{}?purge=false&revision={revision}", linked.id);
            let token = browser.token.expose();
            let call = recorded(&path(linked.revision.0), token, Value::Null, 200);
            Call { method: Method::DELETE, ..call.or(&path(linked.revision.0 + 7), Value::Null) }
        }
        "POST /v1/deposits" => {
            let browser = Browser::open(world, &somebody(), "verify").await;
            let body = json!({"routing": ROUTING, "account_number": account()});
            let mut other = body.clone();
            other["account_id"] = json!("acc_another");
            let path = "/v1/deposits";
            recorded(path, browser.token.expose(), body, 201).or(path, other)
        }
        "POST /v1/deposits/{id}/amounts" => {
            let (browser, asked) = sent(world).await;
            on_deposit(&browser, &asked, "amounts", json!({"cents": [3, 4]}), 200)
        }
        "POST /v1/deposits/{id}/correct" => {
            let (browser, asked) = sent(world).await;
            let body = json!({"routing": ROUTING, "account_number": account()});
            on_deposit(&browser, &asked, "correct", body, 201)
        }
        "POST /v1/deposits/{id}/withdraw" => {
            let (browser, asked) = sent(world).await;
            on_deposit(&browser, &asked, "withdraw", json!({}), 200)
        }
        "POST /v1/deposits/{id}/public-token" => {
            let (browser, one) = sent(world).await;
            let body = json!({"routing": ROUTING, "account_number": account()});
            let another: Deposit = read(browser.post("/v1/deposits", body).await, 201).await;
            let path = |deposit: &Deposit| format!("/v1/deposits/{}/public-token", deposit.id);
            let call = recorded(&path(&one), browser.token.expose(), Value::Null, 200);
            call.or(&path(&another), Value::Null)
        }
        unknown => panic!("no call is known for {unknown}"),
    }
}

impl Call {
    fn or(self, path: &str, body: Value) -> Self {
        Self { other: Some((path.to_owned(), body)), ..self }
    }

    /// The call that must not pass under the same key.
    pub(super) fn other(&self) -> Option<Call> {
        let (path, body) = self.other.clone()?;
        Some(Call { path, body, ..self.clone() })
    }

    /// The same act, typed differently.
    pub(super) fn with_another_secret(&self) -> Call {
        let mut body = self.body.clone();
        if body["account_number"].is_string() {
            body["account_number"] = json!("400199999999");
        } else if body["cents"].is_array() {
            body["cents"] = json!([9, 2]);
        } else if body["fields"].is_array() {
            body["fields"][1]["value"] = json!("practice-typed-differently");
        } else {
            body["answers"][0]["value"] = json!("fido");
        }
        Call { body, ..self.clone() }
    }

    pub(super) fn request(&self, world: &World) -> RequestBuilder {
        let request = world.request(self.method.clone(), &self.path).bearer_auth(&self.bearer);
        if self.body.is_null() { request } else { request.json(&self.body) }
    }

    pub(super) async fn send(&self, world: &World, key: &str) -> (u16, Value) {
        let response = self.request(world).header("idempotency-key", key).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// The same answer, but for tokens, which are minted anew, and a connection that has gone on.
    pub(super) fn assert_same(&self, first: &Value, again: &Value) {
        if first["next"].is_object() {
            assert_eq!(first["id"], again["id"], "{}", self.path);
            let revision = |connection: &Value| connection["revision"].as_u64();
            assert!(revision(again) >= revision(first), "{}: {first} {again}", self.path);
            return;
        }
        let without_tokens = |answer: &Value| {
            let mut answer = answer.clone();
            // What is left of the session's time is told at the moment of asking.
            for left in ["idle_s", "remaining_s"] {
                if answer["session"].is_object() {
                    answer["session"][left] = Value::Null;
                }
            }
            for token in ["link_token", "token", "public_token", "url", "expires_at"] {
                if let Some(minted) = answer.get_mut(token) {
                    *minted = Value::Null;
                }
            }
            // What is left of the session is counted from now.
            for left in ["idle_s", "remaining_s"] {
                if let Some(left) = answer.get_mut("session").and_then(|session| session.get_mut(left)) {
                    *left = Value::Null;
                }
            }
            answer
        };
        assert_eq!(without_tokens(first), without_tokens(again), "{}", self.path);
        for token in ["link_token", "token", "public_token", "url"] {
            let both = (&first[token], &again[token]);
            assert!(both.0.is_null() || both.0 != both.1, "a token is never kept, so never given twice");
        }
    }
}

/// What all calls so far have left at the bank and in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Effects(BTreeMap<&'static str, i64>);

impl Effects {
    pub(super) fn since(&self, before: &Effects) -> Effects {
        Effects(self.0.iter().map(|(name, count)| (*name, count - before.0[name])).collect())
    }
}

pub(super) async fn effects(world: &World) -> Effects {
    let mut effects = BTreeMap::new();
    for (name, kind) in [
        ("users at the bank", EventKind::UserCreated),
        ("connections at the bank", EventKind::ConnectionCreated),
        ("connections ended at the bank", EventKind::ConnectionDeleted),
        ("logins", EventKind::LoginTried),
        ("syncs", EventKind::SyncStarted),
        ("answers", EventKind::AnswerGiven),
        ("places for deposits", EventKind::DepositPortfolioCreated),
        ("deposits at the bank", EventKind::DepositCreated),
        ("amounts", EventKind::AmountsTried),
    ] {
        effects.insert(name, i64::try_from(world.count(kind)).unwrap());
    }
    let mut database = world.database().await;
    for (name, sql) in [
        ("links", "SELECT COUNT(*) FROM link"),
        ("revoked links", "SELECT COUNT(*) FROM link WHERE revoked_at IS NOT NULL"),
        ("sessions", "SELECT COUNT(*) FROM session"),
        ("ended sessions", "SELECT COUNT(*) FROM session WHERE ended_at IS NOT NULL"),
        ("institution requests", "SELECT COUNT(*) FROM institution_request"),
        ("consents", "SELECT COUNT(*) FROM consent"),
        ("connections", "SELECT COUNT(*) FROM connection"),
        ("connections ended", "SELECT COUNT(*) FROM connection WHERE parting_stage = 'over'"),
        ("attempts", "SELECT CAST(COALESCE(SUM(attempts), 0) AS BIGINT) FROM connection"),
        ("deposits", "SELECT COUNT(*) FROM deposit"),
        ("tries of amounts", "SELECT CAST(COALESCE(SUM(tries), 0) AS BIGINT) FROM deposit"),
        ("deposits given up", "SELECT COUNT(*) FROM deposit WHERE state = 'withdrawn'"),
        ("choices", "SELECT COUNT(*) FROM connection WHERE chosen <> '[]'"),
        ("live tickets", "SELECT COUNT(*) FROM visit WHERE spent_at IS NULL AND voided_at IS NULL"),
        ("visits given up", "SELECT COUNT(*) FROM connection WHERE visit_problem <> 'none'"),
        ("live tokens", "SELECT COUNT(*) FROM public_token WHERE spent_at IS NULL AND revoked_at IS NULL"),
        ("spent tokens", "SELECT COUNT(*) FROM public_token WHERE spent_at IS NOT NULL"),
    ] {
        effects.insert(name, database.number(sql).await);
    }
    Effects(effects)
}

/// What is kept of the use of a key, by column.
pub(super) async fn row_of(world: &World, key: &str) -> Option<Texts> {
    let rows = world.database().await.rows(&format!("SELECT * FROM idempotency WHERE key = '{key}'")).await;
    rows.into_iter().next()
}
