//! How an opening looks: what is asked for with the link token and on the page, and what is made of it.

use super::world::{ACORN, World, problem, read};
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn mint(world: &World, appearance: Value) -> Response {
    let mut wish = World::wish("pat", "verify");
    wish["appearance"] = appearance;
    world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await
}

async fn minted(world: &World, appearance: Value) -> Value {
    read(mint(world, appearance).await, 201).await
}

async fn page(world: &World, link: &Value, more: &str) -> String {
    let path = format!("/widget?link={}{more}", link["link_id"].as_str().unwrap());
    let page = world.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(page.status(), 200, "{path}");
    page.text().await.unwrap()
}

/// The address of the page's look.
fn look_of(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once(r#"<link rel="stylesheet" href="/widget/looks/"#)?;
    Some(rest.split_once('"').unwrap().0)
}

/// What the page says about its appearance to whoever embeds it.
fn told(page: &str) -> Vec<Value> {
    let Some((_, rest)) = page.split_once(r#"<meta name="linchpin-corrected" content=""#) else {
        return Vec::new();
    };
    let messages = rest.split_once('"').unwrap().0.replace("&quot;", "\"");
    let messages: Vec<Value> = serde_json::from_str(&messages).unwrap();
    messages.into_iter().map(|message| message["event"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_nothing_gets_linchpins_own_look_and_no_further_request() {
    let world = World::new().await;
    for appearance in [Value::Null, json!({}), json!({"theme": "dark"})] {
        let link = minted(&world, appearance.clone()).await;
        assert_eq!(link.get("appearance_corrected"), None, "{appearance}");
        let page = page(&world, &link, "").await;
        assert_eq!((look_of(&page), told(&page)), (None, Vec::new()), "{appearance}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_a_file_of_the_widgets_own_that_never_changes() {
    let world = World::new().await;
    let asked = json!({"accent": "#0055AA", "accent_dark": "#88bbff", "radius": 0, "font": "serif"});
    let link = minted(&world, asked).await;
    assert_eq!(link.get("appearance_corrected"), None, "both can be read: {link}");
    let page = page(&world, &link, "").await;
    assert_eq!(look_of(&page), Some("0055aa-88bbff-0-serif.css"), "{page:.2000}");
    let look = world.request(Method::GET, "/widget/looks/0055aa-88bbff-0-serif.css").send().await.unwrap();
    for (name, value) in [
        ("content-type", "text/css; charset=utf-8"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(look.headers()[name], value, "{name}");
    }
    let sheet = look.text().await.unwrap();
    for part in ["--accent:#0055aa;", "--accent:#88bbff;", "--radius:0px;", "--font:ui-serif,"] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
    for none in ["0055AA-x-x-x.css", "x-x-99-x.css", "x-x-x-x.js", "..%2Fsecret.txt", "x-x-x-%7D.css"] {
        let answer = world.request(Method::GET, &format!("/widget/looks/{none}")).send().await.unwrap();
        assert_eq!(problem(answer).await.1, "not_found", "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accent_that_cannot_be_read_is_corrected_and_told_of_to_server_and_page() {
    let world = World::new().await;
    let link = minted(&world, json!({"accent": "#ffcc00", "accent_dark": "#330000"})).await;
    let corrected = link["appearance_corrected"].as_array().unwrap().clone();
    let asked: Vec<_> = corrected.iter().map(|one| (&one["property"], &one["asked"])).collect();
    assert_eq!(asked, [(&json!("accent"), &json!("#ffcc00")), (&json!("accent_dark"), &json!("#330000"))]);
    let page = page(&world, &link, "").await;
    let events = corrected.iter().map(|one| {
        let mut event = one.clone();
        event["name"] = json!("appearance_corrected");
        event
    });
    assert_eq!(told(&page), events.collect::<Vec<_>>());
    let name = look_of(&page).unwrap();
    assert_eq!(name, "ffcc00-330000-x-x.css", "the address says what was asked for");
    let sheet = world.request(Method::GET, &format!("/widget/looks/{name}")).send().await.unwrap();
    let sheet = sheet.text().await.unwrap();
    for one in &corrected {
        assert!(sheet.contains(&format!("--accent:{};", one["used"].as_str().unwrap())), "{one}: {sheet}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_what_there_is_not_is_told_at_once() {
    let world = World::new().await;
    for (field, value) in [
        ("accent", json!("red")),
        ("accent", json!("#fff")),
        ("accent_dark", json!(0)),
        ("radius", json!(25)),
        ("radius", json!(8.5)),
        ("font", json!("Comic Sans")),
        ("theme", json!("pink")),
        ("colour", json!("#ffffff")),
    ] {
        let (status, says) = problem(mint(&world, json!({ field: value })).await).await;
        assert_eq!(status, 422, "{field}");
        assert_eq!(says, format!("invalid_input appearance.{field} malformed"), "{value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_opens_it_may_ask_for_another_look() {
    let world = World::new().await;
    let link = minted(&world, json!({"theme": "light", "accent": "#0055aa", "radius": 4})).await;
    let other = page(&world, &link, "&theme=dark&accent=%23aa0055&font=rounded").await;
    assert!(other.contains(r#"data-theme="dark""#));
    assert_eq!((look_of(&other), told(&other)), (Some("aa0055-x-4-rounded.css"), Vec::new()));
    let same = page(&world, &link, "").await;
    assert_eq!(look_of(&same), Some("0055aa-x-4-x.css"), "the next opening is as the token says");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_asks_for_what_there_is_not_still_gets_its_widget() {
    let world = World::new().await;
    let link = minted(&world, json!({"radius": 4})).await;
    let wrong = "&theme=%22%3E%3Cscript%3E&accent=red&accentDark=undefined&radius=99&font=url(x)";
    let page = page(&world, &link, wrong).await;
    assert_eq!(look_of(&page), Some("x-x-4-x.css"));
    assert!(
        page.contains(r#"data-theme="system""#) && !page.contains("<script>") && !page.contains("url(x)")
    );
    let events: Vec<_> = told(&page).iter().map(|event| event["property"].clone()).collect();
    assert_eq!(events, ["theme", "accent", "radius", "font"], "each is told of, without its text");
    assert!(told(&page).iter().all(|event| event.as_object().unwrap().len() == 2), "{:?}", told(&page));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_allowed_by_the_pages_policy() {
    let world = World::new().await;
    let link = minted(&world, json!({"accent": "#0055aa"})).await;
    let path = format!("/widget?link={}&radius=24", link["link_id"].as_str().unwrap());
    let page = world.request(Method::GET, &path).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src 'self';") && !policy.contains("unsafe-inline"), "{policy}");
    let text = page.text().await.unwrap();
    assert_eq!(look_of(&text), Some("0055aa-x-24-x.css"));
    assert!(!text.contains("style=") && !text.contains("<style"), "nothing inline");
}
