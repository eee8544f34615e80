//! The widget's page and files, and their headers.

use super::browser::Browser;
use super::world::{ACORN, ORIGIN, World, problem};
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn get(world: &World, path: &str, encoding: &str) -> Response {
    world.request(Method::GET, path).header("accept-encoding", encoding).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_be_framed_by_its_own_origin_and_nobody_else() {
    let world = World::new().await;
    let link = world.link("pat", "verify").await;
    let page = get(&world, &format!("/widget?link={}", link.link_id), "br").await;
    assert_eq!(page.status(), 200);
    let expected = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; form-action 'none'; base-uri 'none'; object-src 'none'; \
         frame-ancestors {ORIGIN}; report-uri /csp-reports"
    );
    assert_eq!(header(&page, "content-security-policy"), expected);
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-type", "text/html; charset=utf-8"),
        // Without these a page that isolates itself could not frame it.
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(header(&page, name), value, "{name}");
    }
    assert!(header(&page, "permissions-policy").contains("camera=()"));
    assert_eq!(header(&page, "access-control-allow-origin"), "", "no page may read it");
    let text = page.text().await.unwrap();
    let id = link.link_id.as_str();
    for part in [
        format!(r#"<meta name="linchpin-host" content="{ORIGIN}">"#),
        format!(r#"<meta name="linchpin-link" content="{id}">"#),
        r#"<meta name="linchpin-client" content="Acorn &quot;Budget&quot; &amp; Co">"#.to_owned(),
        r#"data-practice="yes""#.to_owned(),
        r#"data-first="consent""#.to_owned(),
        r#"data-theme="system""#.to_owned(),
    ] {
        assert!(text.contains(&part), "{part} is not in {text}");
    }
    assert!(!text.contains(link.link_token.expose()), "the token never stands in the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_takes_the_theme_that_the_link_asks_for() {
    let world = World::new().await;
    let mut wish = World::wish("pat", "verify");
    wish["appearance"] = json!({"theme": "dark"});
    let link: Value =
        super::world::read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let page = get(&world, &format!("/widget?link={}", link["link_id"].as_str().unwrap()), "").await;
    assert!(page.text().await.unwrap().contains(r#"data-theme="dark""#));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_link_gets_a_page_that_nobody_may_frame_and_one_that_is_over_its_own() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let path = format!("/widget?link={}", browser.session.link_id);
    assert_eq!(get(&world, &path, "").await.status(), 200, "a reload in the middle finds its page");
    let revoke = format!("/v1/link-tokens/{}", browser.session.link_id);
    world.client(ACORN, Method::DELETE, &revoke, Value::Null).await;
    let over = get(&world, &path, "").await;
    assert_eq!(over.status(), 200, "its own page is told what happened, by the widget");
    let policy = header(&over, "content-security-policy");
    assert!(policy.contains(&format!("frame-ancestors {ORIGIN};")), "and nobody else may frame it: {policy}");
    for path in ["/widget?link=lnk_nobody", "/widget", "/widget?link=%22%3E%3Cscript%3E"] {
        let page = get(&world, path, "").await;
        assert_eq!(page.status(), 404, "{path}");
        assert!(header(&page, "content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!page.text().await.unwrap().contains("script"), "nothing of the address is repeated: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_with_a_hash_are_kept_forever_and_compressed_for_those_who_take_it() {
    let world = World::new().await;
    let path = "/widget/linchpin-0123456789abcdef.js";
    let small = get(&world, path, "gzip, br").await;
    assert_eq!(header(&small, "content-encoding"), "br");
    assert_eq!(header(&small, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&small, "vary"), "accept-encoding");
    assert_eq!(
        header(&small, "cross-origin-resource-policy"),
        "cross-origin",
        "elements are made of it, too"
    );
    assert_eq!(header(&small, "access-control-allow-origin"), "*");
    assert_eq!(small.bytes().await.unwrap(), "compressed");
    let plain = get(&world, path, "gzip").await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert_eq!(header(&plain, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(plain.text().await.unwrap(), "export {};");
    assert_eq!(header(&get(&world, "/widget/boot.js", "").await, "cache-control"), "no-cache", "no hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_build_can_be_reached() {
    let world = World::new().await;
    for path in [
        "/widget/../secret.txt",
        "/widget/..%2Fsecret.txt",
        "/widget/%2e%2e/secret.txt",
        "/widget/..%5Csecret.txt",
        "/widget/index.html",
        "/widget/nothing.js",
        "/widget/linchpin-0123456789abcdef.js.br",
        "/sdk/../secret.txt",
        "/sdk/..%2F..%2Fsecret.txt",
        "/sdk/index.html",
    ] {
        let response = world.request(Method::GET, path).send().await.unwrap();
        assert_eq!(problem(response).await.1, "not_found", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gallery_is_served_under_the_widgets_policy_and_only_when_it_is_wanted() {
    let without = World::new().await;
    for path in ["/gallery", "/gallery/", "/gallery/boot-0123456789abcdef.js"] {
        let response = without.request(Method::GET, path).send().await.unwrap();
        assert_eq!(problem(response).await.1, "not_found", "{path} without LINCHPIN_GALLERY_DIR");
    }
    let built = tempfile::tempdir().unwrap();
    std::fs::write(built.path().join("index.html"), "<!doctype html><title>Gallery</title>").unwrap();
    std::fs::write(built.path().join("boot-0123456789abcdef.js"), "export {};").unwrap();
    let world = World::with_settings(&[("GALLERY_DIR", built.path().to_str().unwrap())], &[]).await;
    let expected = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
                    img-src 'self' data:; form-action 'none'; base-uri 'none'; object-src 'none'; \
                    frame-ancestors 'self'; report-uri /csp-reports; frame-src 'self'";
    for path in ["/gallery", "/gallery/?state=login&bare="] {
        let page = get(&world, path, "br").await;
        assert_eq!(page.status(), 200, "{path}");
        assert_eq!(header(&page, "content-security-policy"), expected, "{path}");
        assert_eq!(header(&page, "cache-control"), "no-store", "{path}");
        assert!(page.text().await.unwrap().contains("Gallery"), "{path}");
    }
    assert_eq!(get(&world, "/gallery/boot-0123456789abcdef.js", "").await.status(), 200);
    for path in ["/gallery/index.html", "/gallery/..%2Fsecret.txt", "/gallery/nothing.js"] {
        let response = world.request(Method::GET, path).send().await.unwrap();
        assert_eq!(problem(response).await.1, "not_found", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loader_may_be_loaded_by_every_page_and_what_is_the_widgets_own_page_may_not() {
    let world = World::new().await;
    for (path, cache) in [
        ("/sdk/linchpin.js", "no-cache"),
        ("/sdk/linchpin-0.1.0.js", "public, max-age=31536000, immutable"),
        ("/sdk/integrity.json", "no-cache"),
    ] {
        let loader = get(&world, path, "").await;
        assert_eq!(loader.status(), 200, "{path}");
        assert_eq!(header(&loader, "access-control-allow-origin"), "*", "{path}: integrity checks need it");
        assert_eq!(header(&loader, "cross-origin-resource-policy"), "cross-origin", "{path}");
        assert_eq!(header(&loader, "cache-control"), cache, "{path}");
    }
    for path in ["/healthz", "/v1/institutions", "/widget/boot.js"] {
        let request = world.request(Method::GET, path).header("origin", "https://evil.example");
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_common_headers() {
    let world = World::new().await;
    for path in ["/healthz", "/v1/sessions/current", "/nowhere", "/widget"] {
        let response = get(&world, path, "").await;
        assert!(header(&response, "x-request-id").starts_with("req_"), "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        assert!(header(&response, "content-security-policy").contains("frame-ancestors"), "{path}");
    }
}

async fn page_in(world: &World, asked: Option<&str>, accepted: &str) -> String {
    let mut wish = World::wish("pat", "verify");
    if let Some(asked) = asked {
        wish["language"] = json!(asked);
    }
    let link: Value =
        super::world::read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let path = format!("/widget?link={}", link["link_id"].as_str().unwrap());
    let request = world.request(Method::GET, &path).header("accept-language", accepted);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_the_language_that_was_asked_for_else_the_browsers() {
    let world = World::new().await;
    for (asked, accepted, lang, heading) in [
        (None, "en-GB", r#"lang="en-GB" dir="ltr""#, "Find your bank"),
        (Some("es-MX"), "fr", r#"lang="es-MX" dir="ltr""#, "Busque su banco"),
        (Some("system"), "de, fr;q=0.5", r#"lang="fr" dir="ltr""#, "Trouvez votre banque"),
        (None, "ar-EG,en;q=0.5", r#"lang="ar-EG" dir="rtl""#, "البحث عن بنكك"),
        (Some("sv"), "ar", r#"lang="en" dir="ltr""#, "Find your bank"),
    ] {
        let page = page_in(&world, asked, accepted).await;
        assert!(page.contains(lang), "{asked:?} {accepted}: {page:.120}");
        assert!(page.contains(heading), "{asked:?} {accepted}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_page_are_fetched_with_it_and_kept() {
    let world = World::new().await;
    let page = page_in(&world, Some("fr"), "").await;
    let (_, source) = page.split_once("data-src=\"").expect("the page names its words");
    let (source, _) = source.split_once('"').unwrap();
    assert!(
        page.contains(&format!(r#"<link rel="preload" href="{source}" as="fetch" crossorigin>"#)),
        "{page}"
    );
    let words = get(&world, source, "br").await;
    assert_eq!(words.status(), 200);
    assert_eq!(header(&words, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(header(&words, "cache-control"), "public, max-age=31536000, immutable");
    let words = words.text().await.unwrap();
    assert!(words.lines().any(|line| line == "Trouvez votre banque"), "{words}");
    for unknown in
        ["/widget/words/fr-0000000000000000.txt", "/widget/words/fr.txt", "/widget/words/..%2Findex.html"]
    {
        assert_eq!(get(&world, unknown, "").await.status(), 404, "{unknown}");
    }
}
