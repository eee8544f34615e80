//! One act of a person happens once, on every route that changes something.

mod calls;

use super::world::{ACORN, BIRCH, World, key, problem, read, until};
use calls::{Call, ROUTES, Sort, Worlds, effects, prepare, row_of};
use jiff::SignedDuration;
use linchpin_protocol::Secret;
use linchpin_proxy::tokens::{Key, Kind};
use reqwest::Method;
use serde_json::{Value, json};

/// The unsafe routes that the router has, as `POST /v1/connections`.
fn routes_of_the_router() -> Vec<String> {
    let document = linchpin_proxy::document();
    let mut found = Vec::new();
    for (path, calls) in document["paths"].as_object().unwrap() {
        let methods = calls.as_object().unwrap().keys().filter(|method| *method != "get");
        found.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    found.sort();
    found
}

#[test]
fn every_unsafe_route_is_in_the_table() {
    let mut table: Vec<String> = ROUTES.iter().map(|route| (*route).to_owned()).collect();
    table.sort();
    assert_eq!(table, routes_of_the_router(), "a route that changes something has to be in this table");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_missing_empty_too_long_or_unreadable_is_refused() {
    let worlds = Worlds::new().await;
    for route in ROUTES {
        let world = worlds.of(route);
        let call = prepare(world, route).await;
        let before = effects(world).await;
        let long = "k".repeat(256);
        for (key, status, code) in [
            (None, 400, "idempotency_missing"),
            (Some(&b""[..]), 400, "idempotency_missing"),
            (Some(&b"  "[..]), 400, "idempotency_missing"),
            (Some(long.as_bytes()), 422, "invalid_input idempotency-key too_long"),
            (Some(&b"\xff"[..]), 422, "invalid_input idempotency-key malformed"),
        ] {
            let request = match key {
                Some(key) => call.request(world).header("idempotency-key", key),
                None => call.request(world),
            };
            let (actual, refusal) = problem(request.send().await.unwrap()).await;
            assert_eq!((actual.as_u16(), refusal.as_str()), (status, code), "{route} with {key:?}");
        }
        assert_eq!(effects(world).await, before, "{route}: a refused call does nothing");
        assert_eq!(
            call.send(world, &"k".repeat(255)).await.0,
            call.status,
            "{route}: 255 characters are a key"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_act_again_is_answered_from_what_is_and_has_no_other_effect() {
    let worlds = Worlds::with_clock().await;
    for route in ROUTES {
        let world = worlds.of(route);
        let call = prepare(world, route).await;
        let act = key();
        let (status, first) = call.send(world, &act).await;
        assert_eq!(status, call.status, "{route}: {first}");
        let done = effects(world).await;
        for _ in 0..2 {
            let (status, again) = call.send(world, &act).await;
            assert_eq!(status, call.again, "{route}: {again}");
            if call.again == call.status {
                call.assert_same(&first, &again);
            }
        }
        assert_eq!(effects(world).await, done, "{route} had an effect again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_another_body_is_refused() {
    let worlds = Worlds::new().await;
    let mut tried = 0;
    for route in ROUTES {
        let world = worlds.of(route);
        let call = prepare(world, route).await;
        let Some(other) = call.other() else { continue };
        tried += 1;
        let act = key();
        assert_eq!(call.send(world, &act).await.0, call.status, "{route}");
        let done = effects(world).await;
        let (status, refusal) = other.send(world, &act).await;
        assert_eq!((status, refusal["code"].as_str()), (422, Some("idempotency_mismatch")), "{route}");
        assert_eq!(effects(world).await, done, "{route} had an effect under a key that was used");
    }
    assert_eq!(tried, 19, "every route that keeps its key and has a body, or an id, of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_no_part_of_an_act() {
    let worlds = Worlds::new().await;
    for route in [
        "POST /v1/connections/{id}/credentials",
        "POST /v1/connections/{id}/answers",
        "POST /v1/deposits",
        "POST /v1/deposits/{id}/amounts",
        "POST /v1/deposits/{id}/correct",
    ] {
        let world = worlds.of(route);
        let call = prepare(world, route).await;
        let act = key();
        assert_eq!(call.send(world, &act).await.0, call.status, "{route}");
        let done = effects(world).await;
        let (status, answer) = call.with_another_secret().send(world, &act).await;
        assert_eq!(status, call.status, "{route}: typed differently, it is still the same act: {answer}");
        assert_eq!(effects(world).await, done, "{route} was sent twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_the_same_time_one_runs() {
    let worlds = Worlds::new().await;
    for route in ROUTES {
        let world = worlds.of(route);
        let (alone, call) = (prepare(world, route).await, prepare(world, route).await);
        let before = effects(world).await;
        alone.send(world, &key()).await;
        let one = effects(world).await.since(&before);
        let before = effects(world).await;
        let act = key();
        let (first, second) = tokio::join!(call.send(world, &act), call.send(world, &act));
        let fits = |(status, body): &(u16, Value)| {
            *status == call.status
                || *status == call.again
                || (*status == 409 && body["code"] == "idempotency_running")
        };
        assert!(fits(&first) && fits(&second), "{route}: {first:?} {second:?}");
        assert!(
            [first.0, second.0].contains(&call.status),
            "{route}: one of them runs: {first:?} {second:?}"
        );
        assert_eq!(effects(world).await.since(&before), one, "{route}: two at once did more than one alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_whoever_uses_it() {
    let worlds = Worlds::new().await;
    let world = &worlds.connections;
    let act = key();
    let link = async |secret: &str, origin: &str| {
        let body = json!({"user_id": "pat", "origin": origin, "purpose": "verify"});
        let request = world.request(Method::POST, "/v1/link-tokens").bearer_auth(secret);
        let answer = request.header("idempotency-key", &act).json(&body).send().await.unwrap();
        read::<Value>(answer, 201).await["link_id"].clone()
    };
    let (acorns, birchs) =
        (link(ACORN, super::world::ORIGIN).await, link(BIRCH, "https://birch.example").await);
    assert_ne!(acorns, birchs, "two clients, two acts");
    for route in ROUTES.iter().filter(|route| route.contains("/connections") || route.contains("/deposits")) {
        let world = worlds.of(route);
        let (one, two) = (prepare(world, route).await, prepare(world, route).await);
        let before = effects(world).await;
        assert_eq!(one.send(world, &act).await.0, one.status, "{route}");
        let once = effects(world).await.since(&before);
        let before = effects(world).await;
        assert_eq!(two.send(world, &act).await.0, two.status, "{route}: another session's key is another");
        assert_eq!(effects(world).await.since(&before), once, "{route}: two sessions, two acts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_runs_says_when_to_ask_again_and_one_that_lapsed_reads_and_never_sends() {
    let worlds = Worlds::with_clock().await;
    for route in ROUTES {
        let world = worlds.of(route);
        let call = prepare(world, route).await;
        if call.sort == Sort::Unrecorded {
            continue;
        }
        let act = key();
        let (_, first) = call.send(world, &act).await;
        let done = effects(world).await;
        // As if the first call had never come back.
        let until = world.now() + SignedDuration::from_secs(4);
        let until = until.as_millisecond();
        let undo =
            format!("UPDATE idempotency SET outcome = NULL, lease_until = {until} WHERE key = '{act}'");
        assert_eq!(world.database().await.run(&undo).await, 1, "{route}");

        let (status, running) = call.send(world, &act).await;
        assert_eq!((status, running["code"].as_str()), (409, Some("idempotency_running")), "{route}");
        assert_eq!(running["retry_after_s"], 4, "{route}: the next try of a widget comes after the lease");
        world.later(SignedDuration::from_secs(4));
        let (status, again) = call.send(world, &act).await;
        assert_eq!(status, call.again, "{route}: {again}");
        call.assert_same(&first, &again);
        assert_eq!(effects(world).await, done, "{route} was done again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_was_cut_off_before_it_did_anything_sends_nothing_when_it_comes_again() {
    let world = World::with_clock().await;
    for (part, secrets) in
        [("credentials", &["username", "password"][..]), ("answers", &["?"][..]), ("retry", &[][..])]
    {
        let route = format!("POST /v1/connections/{{id}}/{part}");
        let call = prepare(&world, ROUTES.iter().find(|known| **known == route).unwrap()).await;
        let (id, revision) = (call.path.split('/').nth(3).unwrap(), call.body["revision"].to_string());
        let challenge = call.body["answers"][0]["id"].as_str().unwrap_or_default();
        let mut parts = vec![route.as_str(), id, &revision];
        parts.extend(secrets.iter().map(|name| if *name == "?" { challenge } else { name }));
        let hashes = Key::new(&Secret::new(world.setting("KEY")));
        let act = key();
        let (fingerprint, now) = (hashes.hash(Kind::Fingerprint, &parts), world.now().as_millisecond());
        let begun = format!(
            "INSERT INTO idempotency (principal, route, key, fingerprint, subject, lease_until, created_at)
             SELECT 'link ' || link_id, '{route}', '{act}', '{}', id, {now}, {now} FROM connection WHERE id = '{id}'",
            fingerprint.as_str(),
        );
        assert_eq!(world.database().await.run(&begun).await, 1);
        let before = effects(&world).await;
        let (status, shown) = call.send(&world, &act).await;
        assert_eq!(status, 200, "{route}: {shown}");
        assert_eq!(shown["revision"], call.body["revision"], "{route}: it stands as it stood: {shown}");
        assert_eq!(effects(&world).await, before, "{route}: nobody knows what it did, so nothing is sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_forgotten_after_a_day() {
    let mut world = World::with_clock().await;
    let act = key();
    let ask = async |base: &str, user: &str| {
        let request = world.http.post(format!("{base}/v1/link-tokens")).bearer_auth(ACORN);
        let body = World::wish(user, "verify");
        request.header("idempotency-key", &act).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(&world.base, "pat").await, 201);
    world.later(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(ask(&world.base, "sam").await, 422, "within a day the key is pat's");
    world.later(SignedDuration::from_secs(2));
    // A proxy that starts tidies up.
    let twin = world.twin().await;
    let ask = async |user: &str| {
        let request = world.http.post(format!("{twin}/v1/link-tokens")).bearer_auth(ACORN);
        let body = World::wish(user, "verify");
        request.header("idempotency-key", &act).json(&body).send().await.unwrap().status().as_u16()
    };
    until("the key is free again", async || (ask("sam").await == 201).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_an_act_is_that_it_was_done_and_what_it_was_about() {
    let worlds = Worlds::new().await;
    for route in ROUTES {
        let world = worlds.of(route);
        let call: Call = prepare(world, route).await;
        let act = key();
        let (status, answer) = call.send(world, &act).await;
        assert_eq!(status, call.status, "{route}: {answer}");
        let Some(row) = row_of(world, &act).await else {
            assert_eq!(call.sort, Sort::Unrecorded, "{route} keeps no record of its key");
            continue;
        };
        assert_eq!(call.sort, Sort::Recorded, "{route}");
        let mut names: Vec<&str> = row.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["created_at", "fingerprint", "key", "lease_until", "outcome", "principal", "route", "subject"],
            "a column that is new must not hold a body",
        );
        assert_eq!((row["route"].as_str(), row["key"].as_str()), (route, act.as_str()));
        assert_eq!(row["outcome"], "done", "{route}: an outcome is a word");
        let is_id = |text: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            !text.is_empty() && text.len() <= 64 && text.chars().all(plain)
        };
        assert!(is_id(&row["fingerprint"]) && row["fingerprint"].len() == 64, "{route}: {row:?}");
        assert!(is_id(&row["subject"]), "{route}: a subject is an id or a hash: {row:?}");
        let (who, name) = row["principal"].split_once(' ').unwrap();
        assert!(matches!(who, "client" | "link") && is_id(name), "{route}: {row:?}");
        for number in ["lease_until", "created_at"] {
            assert!(row[number].parse::<i64>().is_ok(), "{route}: {row:?}");
        }
    }
}
