//! The site against a stand-in for Linchpin's proxy.
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure message")]

mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use linchpin_protocol::{AccountId, Code, Secret};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;
use support::{ACCOUNT_NUMBER, CLIENT_SECRET, DEPOSIT_NUMBER, SIGNING, World, read};

#[tokio::test]
async fn minting_asks_for_this_page_and_gives_the_page_the_token_only() {
    let world = World::start().await;
    let (status, body) = read(world.post("/api/link-token", &json!({}))).await;
    assert_eq!((status, body), (200, json!({"link_token": "lt_7.s3cret"})));

    let calls = world.proxy.calls.lock().unwrap();
    let call = &calls[0];
    assert_eq!(call.authorization, format!("Bearer {CLIENT_SECRET}"));
    assert_eq!(call.key.len(), 32, "128 random bits: {}", call.key);
    assert_eq!(call.body["origin"], support::ORIGIN);
    assert_eq!(call.body["user_id"], "demo-user");
    assert_eq!(call.body["purpose"], "both");
    assert_eq!(call.body["account_selection"], "one");
    assert_eq!(call.body["redirect_uri"], format!("{}/return", support::ORIGIN));
}

#[tokio::test]
async fn who_comes_back_from_a_bank_gets_the_token_of_an_opening_of_theirs_and_of_no_other() {
    let world = World::start().await;
    read(world.post("/api/link-token", &json!({}))).await;
    let back = read(world.post("/api/resume", &json!({"link_id": "lnk_7"}))).await;
    assert_eq!(back, (200, json!({"link_token": "lt_7.s3cret"})));
    let strange = read(world.post("/api/resume", &json!({"link_id": "lnk_8"}))).await;
    assert_eq!(strange, (410, json!({"problem": "token_over"})), "an address that was passed on");
    assert_eq!(read(world.post("/api/resume", &json!({}))).await.0, 400);
    let foreign = world.bare_post("/api/resume").header("origin", "https://evil.example");
    assert_eq!(read(foreign.json(&json!({"link_id": "lnk_7"}))).await.0, 403);
    let (status, page) = read(world.get("/return?linchpin=lnk_7")).await;
    assert!(status == 200 && page.as_str().is_some_and(|page| page.contains("app.js")), "{status} {page}");
}

#[tokio::test]
async fn each_opening_is_an_act_of_its_own() {
    let world = World::start().await;
    for _ in 0..2 {
        read(world.post("/api/link-token", &json!({}))).await;
    }
    let calls = world.proxy.calls.lock().unwrap();
    assert_ne!(calls[0].key, calls[1].key, "two openings must not share an idempotency key");
}

#[tokio::test]
async fn the_page_sees_the_end_of_the_number_and_the_server_all_of_it() {
    let world = World::start().await;
    let (status, view) = read(world.post("/api/exchange", &json!({"public_token": "pt_1"}))).await;
    assert_eq!(status, 200, "{view}");
    assert_eq!(view["institution"], "Harbour Savings");
    let account = &view["accounts"][0];
    assert_eq!(account["number"], "•••• 4411");
    assert_eq!(account["routing"], "021000021");
    assert_eq!(account["owners"], json!(["Ada Quist"]));
    assert_eq!(account["balance"], json!({"cents": 120_433, "currency": "USD"}));
    assert_eq!(account["verified"], true);

    let (_, received) = read(world.get("/api/received")).await;
    assert_eq!(received, json!([view]), "a reload shows the same");
    for text in [view.to_string(), received.to_string()] {
        assert!(!text.contains(ACCOUNT_NUMBER), "{text}");
        assert!(!text.contains("1990-12-31"), "what the page does not show does not travel: {text}");
    }

    let number = world.received.account_number(&AccountId::new("acc_1")).unwrap();
    assert_eq!(number.expose(), ACCOUNT_NUMBER);
    assert!(world.received.account_number(&AccountId::new("acc_2")).is_none());
}

#[tokio::test]
async fn asking_again_for_the_same_token_is_the_same_act_and_leaves_one_result() {
    let world = World::start().await;
    for token in ["pt_1", "pt_1", "pt_2"] {
        read(world.post("/api/exchange", &json!({"public_token": token}))).await;
    }
    let calls = world.proxy.calls.lock().unwrap();
    assert!(calls.iter().all(|call| call.path == "/v1/public-tokens/exchange"));
    assert_eq!(calls[0].key, calls[1].key, "the proxy can give the lost answer again");
    assert_ne!(calls[0].key, calls[2].key);
    assert!(!calls[0].key.contains("pt_1"), "the key does not carry the token");
    assert_eq!(world.received.verifications().len(), 1, "the connection is one");
}

#[tokio::test]
async fn a_result_of_another_customer_is_not_taken_over() {
    let world = World::start().await;
    *world.proxy.user.lock().unwrap() = Some("somebody-else".to_owned());
    let (status, body) = read(world.post("/api/exchange", &json!({"public_token": "pt_1"}))).await;
    assert_eq!((status, body), (410, json!({"problem": "token_over"})));
    assert!(world.received.verifications().is_empty());
}

#[tokio::test]
async fn calls_that_another_site_could_make_are_refused_before_the_proxy_hears_of_them() {
    let world = World::start().await;
    let body = json!({"public_token": "pt_1"}).to_string();
    for path in ["/api/link-token", "/api/exchange"] {
        let json_post =
            || world.bare_post(path).header("content-type", "application/json").body(body.clone());
        let cases = [
            ("nobody vouches", json_post(), 403),
            ("another site", json_post().header("origin", "https://evil.example"), 403),
            ("a sibling port", json_post().header("sec-fetch-site", "same-site"), 403),
            (
                "marks that disagree",
                json_post().header("sec-fetch-site", "same-origin").header("origin", "null"),
                403,
            ),
            ("a form", world.bare_post(path).header("origin", support::ORIGIN).body(body.clone()), 400),
        ];
        for (what, request, expected) in cases {
            let (status, answer) = read(request).await;
            assert_eq!(status, expected, "{path}, {what}: {answer}");
        }
    }
    assert!(world.proxy.calls.lock().unwrap().is_empty(), "the proxy was asked");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_without_repeating_it() {
    let world = World::start().await;
    let long = "x".repeat(5_000);
    for body in [json!({"public_token": 4711}), json!({"token": "pt_4711"}), json!({"public_token": long})] {
        let (status, answer) = read(world.post("/api/exchange", &body)).await;
        assert_eq!((status, answer), (400, json!({"problem": "bad_request"})), "{body}");
    }
}

#[tokio::test]
async fn each_failure_of_the_proxy_has_its_kind() {
    let world = World::start().await;
    let kinds = [
        (Code::TokenExpired, 410, "token_over"),
        (Code::TokenUsed, 410, "token_over"),
        (Code::ProviderUnavailable, 503, "unavailable"),
        (Code::RateLimited, 503, "unavailable"),
        (Code::Unauthorized, 500, "misconfigured"),
        (Code::OriginNotAllowed, 500, "misconfigured"),
    ];
    for (code, status, problem) in kinds {
        *world.proxy.refuse.lock().unwrap() = Some(code);
        let answer = read(world.post("/api/exchange", &json!({"public_token": "pt_1"}))).await;
        assert_eq!(answer, (status, json!({"problem": problem})), "{code:?}");
    }
}

#[tokio::test]
async fn without_the_proxy_the_page_is_there_and_says_so() {
    let world = World::without_proxy().await;
    let event = json!({"id": "evt_1", "type": "connection.updated", "created_at": "2026-11-20T09:30:00Z",
        "data": {"connection_id": "con_7", "revision": 4}});
    world.news.take(serde_json::from_value(event).unwrap(), jiff::Timestamp::now());
    let (status, greeting) = read(world.get("/api/greeting")).await;
    assert_eq!((status, &greeting["unfinished"]), (200, &json!([])), "who cannot be asked is not greeted");
    assert_eq!(greeting["told"][0]["object"], "con_7");
    let (status, page) = read(world.get("/")).await;
    assert_eq!(status, 200);
    assert!(page.as_str().unwrap().contains("Connect your bank"));
    let answer = read(world.post("/api/link-token", &json!({}))).await;
    assert_eq!(answer, (503, json!({"problem": "unavailable"})));
}

#[tokio::test]
async fn the_page_loads_the_loader_with_its_hash_and_nothing_from_elsewhere() {
    let world = World::start().await;
    let page = || async { read(world.get("/")).await.1.as_str().unwrap().to_owned() };
    let present = format!("<script src=\"{}/sdk/linchpin.js\" crossorigin", world.proxy_url);
    assert!(page().await.contains(&present), "without a hash, the present loader");

    *world.proxy.integrity.lock().unwrap() =
        Some(json!({"linchpin-0.1.0.js": "sha384-q+/1=", "linchpin-link-0.1.0.js": "sha384-x"}));
    let pinned =
        format!("{}/sdk/linchpin-0.1.0.js\" integrity=\"sha384-q+/1=\" crossorigin", world.proxy_url);
    assert!(page().await.contains(&pinned), "with a hash, that very file");

    *world.proxy.integrity.lock().unwrap() = Some(json!({"linchpin-0\"><script>.js": "sha384-x"}));
    assert!(page().await.contains(&present), "what is no file name does not get into the page");
}

#[tokio::test]
async fn every_answer_is_closed_down() {
    let world = World::start().await;
    for path in [
        "/",
        "/static/app.js",
        "/static/app.css",
        "/static/acorn.svg",
        "/api/received",
        "/api/greeting",
        "/nothing",
    ] {
        let response = world.get(path).send().await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap_or_default();
        let frames = format!("frame-src {};", world.proxy_url);
        let scripts = format!("script-src 'self' {}/sdk/;", world.proxy_url);
        for directive in [
            "default-src 'none';",
            "style-src 'self';",
            "base-uri 'none';",
            "frame-ancestors 'none'",
            &frames,
            &scripts,
        ] {
            assert!(policy.contains(directive), "{path}: {directive} is not in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("set-cookie"), None, "{path}");
        let text = response.text().await.unwrap();
        assert!(!text.contains(CLIENT_SECRET), "{path} gives the secret away");
    }
}

#[tokio::test]
async fn the_page_follows_the_widgets_builds_only_where_that_is_asked_for() {
    let plain = World::start().await;
    assert_eq!(read(plain.get("/dev/built?at=0")).await.0, 404);
    assert!(!read(plain.get("/")).await.1.as_str().unwrap().contains("reload.js"));

    let folder = tempfile::tempdir().unwrap();
    let built = folder.path().join("index.html");
    std::fs::write(&built, "one").unwrap();
    let world = World::start_with(|config| config.with_reload(built.clone())).await;
    assert!(read(world.get("/")).await.1.as_str().unwrap().contains("reload.js"));
    let first = read(world.get("/dev/built?at=0")).await.1["at"].as_u64().unwrap();
    assert!(first > 0, "the time of the build is told at once");
    let waiting = read(world.get(&format!("/dev/built?at={first}")));
    let build = async {
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
        std::fs::File::options().append(true).open(&built).unwrap().set_modified(later).unwrap();
    };
    let ((_, answer), ()) = tokio::join!(waiting, build);
    assert!(answer["at"].as_u64().unwrap() > first, "the next build is told when it is there");
}

/// A message as Linchpin sends it now, signed with `secret`.
fn message(world: &World, secret: &str, id: &str, connection: &str, revision: u64) -> RequestBuilder {
    message_of(
        world,
        secret,
        id,
        "connection.updated",
        &json!({"connection_id": connection, "revision": revision}),
    )
}

fn message_of(world: &World, secret: &str, id: &str, kind: &str, data: &Value) -> RequestBuilder {
    let now = jiff::Timestamp::now();
    let body = json!({"id": id, "type": kind, "created_at": now.to_string(), "data": data}).to_string();
    let seconds = now.as_second();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let request = world.bare_post("/webhooks/linchpin").header("content-type", "application/json");
    let request = request.header("webhook-id", id).header("webhook-timestamp", seconds);
    request.header("webhook-signature", signature).body(body)
}

#[tokio::test]
async fn what_linchpin_tells_is_taken_once_and_greets_who_comes_back() {
    let world = World::start_with(|config| config.with_webhook(&Secret::new(SIGNING)).unwrap()).await;
    assert_eq!(
        read(world.get("/api/greeting")).await,
        (200, json!({"unfinished": [], "deposits": [], "told": []}))
    );
    assert!(world.proxy.calls.lock().unwrap().is_empty(), "as long as nothing was told, nobody is asked");
    for (id, connection, revision) in
        [("evt_1", "con_7", 4), ("evt_2", "con_8", 7), ("evt_1", "con_7", 4), ("evt_0", "con_7", 3)]
    {
        let sent = message(&world, SIGNING, id, connection, revision);
        assert_eq!(read(sent).await, (204, json!("")), "{id}: a repetition too is taken, so that it ends");
    }
    let (status, greeting) = read(world.get("/api/greeting")).await;
    assert_eq!(status, 200, "{greeting}");
    let begun = json!([{"institution": "Harbour Savings", "begun_at": "2026-11-20T09:30:00Z"}]);
    assert_eq!(greeting["unfinished"], begun, "what is linked, and what nobody has sent, is not");
    let told: Vec<_> = world.news.told().into_iter().map(|told| (told.object, told.revision.0)).collect();
    assert_eq!(told, [("con_8".to_owned(), 7), ("con_7".to_owned(), 4)]);
    assert_eq!(greeting["told"][0]["what"], "connection.updated");
    let call = &world.proxy.calls.lock().unwrap()[0];
    assert_eq!(call.authorization, format!("Bearer {CLIENT_SECRET}"), "asked with our own secret");
}

#[tokio::test]
async fn deposits_that_proved_an_account_while_nobody_was_there_are_taken_over_when_someone_comes_back() {
    let world = World::start_with(|config| config.with_webhook(&Secret::new(SIGNING)).unwrap()).await;
    let data = json!({"deposit_id": "dep_1", "revision": 3});
    assert_eq!(read(message_of(&world, SIGNING, "evt_1", "deposit.updated", &data)).await.0, 204);
    let (_, greeting) = read(world.get("/api/greeting")).await;
    assert_eq!(greeting["deposits"], json!([{"number": "•••• 5397", "step": "enter_amounts"}]));
    assert_eq!(read(world.get("/api/received")).await.1, json!([]), "nothing is proved yet");

    *world.proxy.proved.lock().unwrap() = true;
    let (_, greeting) = read(world.get("/api/greeting")).await;
    assert_eq!(greeting["deposits"], json!([]));
    let (_, received) = read(world.get("/api/received")).await;
    assert_eq!(received[0]["institution"], "Elm Bank");
    assert_eq!(received[0]["verification"], "verified");
    assert_eq!(received[0]["accounts"][0]["number"], "•••• 5397");
    assert!(!received.to_string().contains(DEPOSIT_NUMBER), "{received}");
    read(world.get("/api/greeting")).await;
    assert_eq!(world.received.verifications().len(), 1, "taken over once");
}

#[tokio::test]
async fn what_is_not_linchpins_is_not_taken() {
    const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let world = World::start_with(|config| config.with_webhook(&Secret::new(SIGNING)).unwrap()).await;
    assert_eq!(read(message(&world, OTHER, "evt_1", "con_7", 4)).await.0, 401);
    let old = jiff::Timestamp::now().as_second() - 301;
    let mut late = message(&world, SIGNING, "evt_1", "con_7", 4).build().unwrap();
    late.headers_mut().insert("webhook-timestamp", old.into());
    assert_eq!(
        reqwest::Client::builder().no_proxy().build().unwrap().execute(late).await.unwrap().status(),
        401
    );
    assert_eq!(read(world.bare_post("/webhooks/linchpin").body("{}")).await.0, 401, "unsigned");
    let long = message(&world, SIGNING, &"x".repeat(5_000), "con_7", 4);
    assert_eq!(read(long).await.0, 413);
    assert!(world.news.told().is_empty());
    let without = World::start().await;
    assert_eq!(read(message(&without, SIGNING, "evt_1", "con_7", 4)).await.0, 404, "where none are expected");
}
