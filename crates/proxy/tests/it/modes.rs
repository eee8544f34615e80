//! Every route, called with every sort of token.

use super::browser::Browser;
use super::world::{ACORN, ORIGIN, World, key, problem};
use jiff::SignedDuration;
use linchpin_protocol::{ConsentTerms, LinkId, Mode, Secret, UserId};
use linchpin_proxy::config::Origin;
use linchpin_proxy::store::{ClientId, LinkRecord, NewLink, Store};
use linchpin_proxy::tokens::{Key, Kind};
use reqwest::Method;
use serde_json::{Value, json};

/// A session in a mode, put into the store: some modes cannot be asked for yet.
async fn session(world: &World, mode: Mode, connection: &str, name: &str) -> Secret {
    let key = Key::new(&Secret::new(world.setting("KEY")));
    let store = world.store().await;
    let id = LinkId::new(format!("lnk_{name}"));
    let hash = key.hash(Kind::Link, &[id.as_str(), "secret"]);
    let now = world.now();
    let record = LinkRecord {
        id: id.clone(),
        client: ClientId("acorn".into()),
        user_id: UserId::new("pat"),
        secret_hash: hash.clone(),
        origin: Origin::parse(ORIGIN).unwrap(),
        surface: Default::default(),
        mode,
        purpose: Default::default(),
        account_selection: Default::default(),
        connection_id: (mode == Mode::Repair).then(|| linchpin_protocol::ConnectionId::new(connection)),
        deposit_id: None,
        consent: ConsentTerms { asked_by: linchpin_protocol::AskedBy::Client, ..Default::default() },
        institution_id: None,
        language: None,
        redirect_uri: None,
        appearance: Default::default(),
        created_at: now,
        expires_at: now + SignedDuration::from_mins(30),
        spent_at: None,
        revoked_at: None,
    };
    store.create_link(&NewLink { record, secret_hash: hash }).await.unwrap();
    let token = Secret::new(format!("st_{name}"));
    let session = key.hash(Kind::Session, &[token.expose()]);
    store.spend_link(&id, &session, now, now + SignedDuration::from_hours(4)).await.unwrap();
    token
}

/// What a session of each mode gets from a route: `yes` means that it gets past the gate.
struct Row {
    call: &'static str,
    body: Value,
    link: &'static str,
    repair: &'static str,
    deposit: &'static str,
    manage: &'static str,
}

fn row(call: &'static str, body: Value, [link, repair, deposit, manage]: [&'static str; 4]) -> Row {
    Row { call, body, link, repair, deposit, manage }
}

const NO: &str = "forbidden_in_mode";
const CLIENT: [&str; 4] = ["unauthorized"; 4];

fn matrix() -> Vec<Row> {
    let act = json!({"revision": 0});
    vec![
        row("GET /v1/sessions/current", Value::Null, ["yes"; 4]),
        row("POST /v1/sessions/extend", Value::Null, ["yes"; 4]),
        row("POST /v1/sessions/consent", json!({"version": "1.a"}), ["yes"; 4]),
        row("GET /v1/institutions", Value::Null, ["yes", NO, NO, NO]),
        row("GET /v1/institutions/{id}", Value::Null, ["yes", "yes", NO, "yes"]),
        row("POST /v1/institution-requests", json!({"text": "Elm Street Bank"}), ["yes", NO, NO, NO]),
        row("POST /v1/connections", json!({}), ["yes", NO, NO, NO]),
        row("GET /v1/connections", Value::Null, [NO, NO, NO, "yes"]),
        row("POST /v1/connections/{id}/refresh", act.clone(), [NO, NO, NO, "yes"]),
        row("POST /v1/connections/{id}/move", act.clone(), [NO, NO, NO, "yes"]),
        row("DELETE /v1/connections/{id}", Value::Null, [NO, NO, NO, "yes"]),
        row("GET /v1/connections/{id}", Value::Null, ["yes", "yes", NO, "yes"]),
        row(
            "POST /v1/connections/{id}/credentials",
            json!({"revision": 0, "fields": []}),
            ["yes", "yes", NO, "yes"],
        ),
        row(
            "POST /v1/connections/{id}/answers",
            json!({"revision": 0, "answers": []}),
            ["yes", "yes", NO, "yes"],
        ),
        row("POST /v1/connections/{id}/retry", act.clone(), ["yes", "yes", NO, "yes"]),
        row(
            "POST /v1/connections/{id}/accounts",
            json!({"revision": 0, "account_ids": []}),
            ["yes", "yes", NO, "yes"],
        ),
        row("POST /v1/connections/{id}/take-up", Value::Null, ["yes", NO, NO, NO]),
        row("POST /v1/connections/{id}/authorize", act.clone(), ["yes", "yes", NO, "yes"]),
        row("POST /v1/connections/{id}/abandon", act.clone(), ["yes", "yes", NO, "yes"]),
        row("POST /v1/connections/{id}/public-token", Value::Null, ["yes", "yes", NO, "yes"]),
        row("GET /v1/routing-numbers/{number}", Value::Null, ["yes", NO, "yes", NO]),
        row("POST /v1/deposits", json!({}), ["yes", NO, NO, NO]),
        row("GET /v1/deposits/{id}", Value::Null, ["yes", NO, "yes", NO]),
        row(
            "POST /v1/deposits/{id}/amounts",
            json!({"revision": 0, "cents": [1, 2]}),
            ["yes", NO, "yes", NO],
        ),
        row(
            "POST /v1/deposits/{id}/correct",
            json!({"revision": 0, "routing": "306061549", "account_number": "4001"}),
            ["yes", NO, "yes", NO],
        ),
        row("POST /v1/deposits/{id}/withdraw", act.clone(), ["yes", NO, "yes", NO]),
        row("POST /v1/deposits/{id}/public-token", Value::Null, ["yes", NO, "yes", NO]),
        row("GET /v1/deposits", Value::Null, CLIENT),
        row("GET /v1/deposits/{id}/verification", Value::Null, CLIENT),
        row("DELETE /v1/sessions/current", Value::Null, ["yes"; 4]),
        row("POST /v1/link-tokens", json!({}), CLIENT),
        row("GET /v1/link-tokens/{id}", Value::Null, CLIENT),
        row("DELETE /v1/link-tokens/{id}", Value::Null, CLIENT),
        row("POST /v1/public-tokens/exchange", json!({}), CLIENT),
        row("GET /v1/connections/{id}/verification", Value::Null, CLIENT),
        row("GET /v1/users/{id}/connections", Value::Null, CLIENT),
        row("GET /v1/institution-requests", Value::Null, CLIENT),
    ]
}

#[test]
fn the_matrix_has_a_row_for_every_route() {
    let document = linchpin_proxy::document();
    let paths = document["paths"].as_object().unwrap().iter();
    let routes: Vec<String> = paths
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let rows = matrix();
    for route in &routes {
        // The exchange of a link token is the way in: it takes no other.
        let known = route == "POST /v1/sessions" || rows.iter().any(|row| row.call == route);
        assert!(known, "no row says who may call {route}");
    }
    for row in rows {
        assert!(routes.iter().any(|route| route == row.call), "there is no route {}", row.call);
    }
}

async fn call(world: &World, row: &Row, token: &str, id: &str) -> String {
    let (method, route) = row.call.split_once(' ').unwrap();
    let path = route.replace("{id}", id).replace("{number}", "306061549");
    let mut request = world.request(method.parse().unwrap(), &path).bearer_auth(token);
    if method != "GET" {
        request = request.header("idempotency-key", key());
    }
    if !row.body.is_null() {
        request = request.json(&row.body);
    }
    let response = request.send().await.unwrap();
    if response.status().is_success() { "yes".to_owned() } else { problem(response).await.1 }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mode_may_call_what_is_its_own_and_nothing_else() {
    let world = World::with_clock().await;
    let owner = Browser::open(&world, "pat", "verify").await;
    let connection = owner.connect("harbour").await;
    for (mode, name) in
        [(Mode::Link, "link"), (Mode::Repair, "repair"), (Mode::Deposit, "deposit"), (Mode::Manage, "manage")]
    {
        for row in matrix() {
            let name = format!("{name}-{}", key());
            let token = session(&world, mode, connection.id.as_str(), &name).await;
            let expected = match mode {
                Mode::Link => row.link,
                Mode::Repair => row.repair,
                Mode::Deposit => row.deposit,
                Mode::Manage => row.manage,
            };
            let got = call(&world, &row, token.expose(), connection.id.as_str()).await;
            let passed =
                !matches!(got.as_str(), NO | "unauthorized" | "session_expired" | "consent_required");
            let got = if passed { "yes".to_owned() } else { got };
            assert_eq!(got, expected, "{mode:?}: {}", row.call);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_answers_to_a_token_of_another_sort_or_one_that_is_over() {
    let world = World::with_clock().await;
    let fresh = async || Browser::open(&world, "pat", "verify").await.token;
    let (ended, revoked) =
        (Browser::open(&world, "pat", "verify").await, Browser::open(&world, "pat", "verify").await);
    let connection = ended.connect("harbour").await.id;
    let end = world.request(Method::DELETE, "/v1/sessions/current").bearer_auth(ended.token.expose());
    assert_eq!(end.header("idempotency-key", key()).send().await.unwrap().status(), 204);
    let link = format!("/v1/link-tokens/{}", revoked.session.link_id);
    assert_eq!(world.client(ACORN, Method::DELETE, &link, Value::Null).await.status(), 204);
    let idle = fresh().await;
    world.later(SignedDuration::from_mins(31));
    let link_token = world.link("pat", "verify").await.link_token;
    let over = [
        ("no token", String::new()),
        ("another sort", "pt_0".to_owned()),
        ("a link token", link_token.expose().to_owned()),
        ("ended", ended.token.expose().to_owned()),
        ("revoked", revoked.token.expose().to_owned()),
        ("idle", idle.expose().to_owned()),
    ];
    for row in matrix() {
        let for_clients = row.link == "unauthorized";
        for (what, token) in &over {
            let got = call(&world, &row, token, connection.as_str()).await;
            let expected = if for_clients { "unauthorized" } else { "session_expired" };
            assert_eq!(got, expected, "{what}: {}", row.call);
        }
        if !for_clients {
            let got = call(&world, &row, ACORN, connection.as_str()).await;
            assert_eq!(got, "session_expired", "a client's secret: {}", row.call);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_four_hours_whatever_happens_and_can_be_extended_until_then() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let started = world.now();
    for _ in 0..9 {
        world.later(SignedDuration::from_mins(25));
        let life = browser.post("/v1/sessions/extend", Value::Null).await;
        let life: Value = super::world::read(life, 200).await;
        let idle: jiff::Timestamp = life["idle_expires_at"].as_str().unwrap().parse().unwrap();
        let end = started + SignedDuration::from_hours(4);
        let expected = (world.now() + SignedDuration::from_mins(30)).min(end);
        assert!((idle - expected).get_milliseconds() == 0, "{idle} is not {expected}");
    }
    world.later(SignedDuration::from_mins(16));
    let over = browser.post("/v1/sessions/extend", Value::Null).await;
    assert_eq!(problem(over).await.1, "session_expired", "four hours and a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_of_a_session_that_is_ended_meanwhile_shows_nothing_more() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect("harbour").await;
    let path = format!("/v1/connections/{}?wait=1&revision={}", connection.id, connection.revision.0);
    let link = format!("/v1/link-tokens/{}", browser.session.link_id);
    let (polled, revoked) =
        tokio::join!(browser.get(&path), world.client(ACORN, Method::DELETE, &link, Value::Null));
    assert_eq!(revoked.status(), 204);
    assert_eq!(problem(polled).await.1, "session_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_opens_at_its_own_connection_and_sees_no_other() {
    let world = World::new().await;
    let first = Browser::open(&world, "pat", "verify").await;
    let (broken, other) = (first.connect("harbour").await, first.connect("chase").await);
    let mint = async |user: &str, id: &str| {
        let wish = json!({"user_id": user, "origin": ORIGIN, "mode": "repair", "connection_id": id});
        world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await
    };
    let refusal = "invalid_input connection_id not_offered";
    assert_eq!(problem(mint("kim", broken.id.as_str()).await).await.1, refusal, "another user's");
    assert_eq!(problem(mint("pat", "con_unknown").await).await.1, refusal, "nobody's");
    let link = super::world::read(mint("pat", broken.id.as_str()).await, 201).await;
    let repair = Browser::with(&world, &link).await;
    assert_eq!(repair.session.mode, Mode::Repair);
    assert_eq!(repair.session.unfinished.len(), 1, "it opens there");
    assert!(repair.session.popular.institutions.is_empty(), "there is nothing to search for");
    let asked = repair.now(&broken).await;
    let waiting = repair.sign_in(&asked, "practice-good").await;
    let done = repair.follow(&waiting).await;
    assert!(matches!(done.next, linchpin_protocol::Next::ChooseAccounts { .. }), "{done:?}");
    let strange = repair.get(&format!("/v1/connections/{}", other.id)).await;
    assert_eq!(problem(strange).await.1, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_of_a_mode_needs_what_the_mode_is_about() {
    let world = World::new().await;
    for (wish, expected) in [
        (json!({"mode": "repair"}), "invalid_input connection_id missing"),
        (json!({"mode": "deposit"}), "invalid_input deposit_id missing"),
        (json!({"mode": "deposit", "deposit_id": "dep_1"}), "invalid_input deposit_id not_offered"),
        (json!({"mode": "link", "connection_id": "con_1"}), "invalid_input connection_id not_offered"),
        (json!({"mode": "link", "deposit_id": "dep_1"}), "invalid_input deposit_id not_offered"),
        (json!({"mode": "manage", "connection_id": "con_1"}), "invalid_input connection_id not_offered"),
    ] {
        let mut body = json!({"user_id": "pat", "origin": ORIGIN});
        body.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
        let response = world.client(ACORN, Method::POST, "/v1/link-tokens", body).await;
        assert_eq!(problem(response).await.1, expected, "{wish}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_acts_on_an_old_state_gets_the_new_one_and_nobody_else_does() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let form = browser.connect("harbour").await;
    let path = format!("/v1/connections/{}/answers", form.id);
    let refused = browser.post(&path, json!({"revision": 99, "answers": []})).await;
    assert_eq!(refused.status(), 409);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["code"], "wrong_step");
    assert_eq!(body["connection"], serde_json::to_value(&form).unwrap(), "the state as it is");
    let stranger = Browser::open(&world, "kim", "verify").await;
    let refused = stranger.post(&path, json!({"revision": 99, "answers": []})).await;
    let body: Value = refused.json().await.unwrap();
    assert_eq!((&body["code"], body.get("connection")), (&json!("not_found"), None));
}

/// Another user's, another client's, another link's, unknown and malformed ids are answered alike.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ones_own_looks_like_what_does_not_exist() {
    let world = World::new().await;
    let owner = Browser::open(&world, "pat", "verify").await;
    let connection = owner.link_all_the_way("harbour").await.id;
    let link = owner.session.link_id.clone();
    let (same_user, stranger) =
        (Browser::open(&world, "pat", "verify").await, Browser::open(&world, "kim", "verify").await);
    let wish = json!({"user_id": "kim", "origin": ORIGIN, "mode": "manage"});
    let link_of_manager =
        super::world::read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let manager = Browser::with(&world, &link_of_manager).await;
    let ids = ["con_unknown", "lnk_unknown", "x", "%00", "con_%F0%9F%92%A3", &"y".repeat(300)];
    let ids: Vec<&str> = ids.into_iter().chain([connection.as_str(), link.as_str()]).collect();
    let seen = async |row: &Row, token: &str, id: &str| {
        let (method, route) = row.call.split_once(' ').unwrap();
        let request = world.request(method.parse().unwrap(), &route.replace("{id}", id)).bearer_auth(token);
        let mut request = request.header("idempotency-key", key());
        if !row.body.is_null() {
            request = request.json(&row.body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let mut names: Vec<String> = response.headers().keys().map(|name| name.to_string()).collect();
        names.sort();
        let mut body: Value = response.json().await.unwrap();
        body.as_object_mut().unwrap().remove("request_id");
        (status, names, body)
    };
    // Whoever asks for a user names one of their own, of whom there is nothing yet.
    let objects = |row: &&Row| {
        row.call.contains("{id}") && !["institutions", "users"].iter().any(|part| row.call.contains(part))
    };
    for row in matrix().iter().filter(objects) {
        let tokens = if row.link == "unauthorized" {
            vec![super::world::BIRCH]
        } else if row.link == NO {
            vec![manager.token.expose()]
        } else {
            vec![same_user.token.expose(), stranger.token.expose()]
        };
        let nobody = seen(row, tokens[0], "con_0").await;
        assert_eq!(nobody.0, 404, "{}", row.call);
        for token in tokens {
            for id in &ids {
                // The one call by which a person's other session may come to have it.
                let takes_up = row.call.ends_with("/take-up") && token == same_user.token.expose();
                if takes_up && *id == connection.as_str() {
                    continue;
                }
                assert_eq!(seen(row, token, id).await, nobody, "{} with {id:.40}", row.call);
            }
        }
    }
}
