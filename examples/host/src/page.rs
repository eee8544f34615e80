//! The page and its files, all in the binary.

use crate::{Site, linchpin::Loader};
use axum::{
    Router,
    extract::State,
    http::header,
    response::{Html, IntoResponse},
    routing::get,
};
use std::sync::Arc;

const PAGE: &str = include_str!("../static/index.html");
/// Stands in the page where the loader's script belongs.
const LOADER: &str = "<!-- loader -->";
/// Follows the widget's builds, for those who work on it.
const RELOAD: &str = r#"<script src="/static/reload.js" type="module"></script>"#;

/// The page's files by path, with their media type.
const FILES: [(&str, &str, &str); 4] = [
    ("/static/app.css", "text/css; charset=utf-8", include_str!("../static/app.css")),
    ("/static/app.js", "text/javascript; charset=utf-8", include_str!("../static/app.js")),
    ("/static/reload.js", "text/javascript; charset=utf-8", include_str!("../static/reload.js")),
    ("/static/acorn.svg", "image/svg+xml", include_str!("../static/acorn.svg")),
];

pub(crate) fn routes() -> Router<Arc<Site>> {
    let router = Router::new()
        .route("/", get(page))
        .route("/return", get(page))
        .route("/healthz", get(|| async { "ok" }));
    FILES.into_iter().fold(router, |router, (path, kind, text)| {
        let file = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")];
        router.route(path, get(move || async move { (file, text) }))
    })
}

async fn page(State(site): State<Arc<Site>>) -> impl IntoResponse {
    let mut scripts = script(&site.linchpin.loader().await);
    if site.config.reload.is_some() {
        scripts.push_str(RELOAD);
    }
    Html(PAGE.replace(LOADER, &scripts))
}

/// The loader's script element. The browser refuses a script whose hash is another. `async`, so that the page works
/// while the script is on its way or cannot be had.
fn script(loader: &Loader) -> String {
    let integrity = loader.integrity.as_deref().map(|hash| format!(r#" integrity="{hash}""#));
    format!(
        r#"<script src="{}"{} crossorigin="anonymous" async></script>"#,
        loader.url,
        integrity.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_one_place_for_the_loader_and_nothing_inline() {
        assert_eq!(PAGE.matches(LOADER).count(), 1);
        for inline in ["<style", " style=", " onclick=", "javascript:"] {
            assert!(!PAGE.contains(inline), "the policy refuses {inline}");
        }
        let scripts: Vec<_> = PAGE.match_indices("<script").collect();
        assert_eq!(scripts.len(), PAGE.matches("<script src=").count(), "every script is a file");
    }

    #[test]
    fn every_file_of_the_page_is_served() {
        for (_, rest) in ["src=\"", "href=\""]
            .iter()
            .flat_map(|mark| PAGE.match_indices(*mark).map(|(at, mark)| PAGE.split_at(at + mark.len())))
        {
            let path = rest.split('"').next().unwrap();
            if path.starts_with("/static/") {
                assert!(FILES.iter().any(|(served, ..)| *served == path), "{path} is not served");
            }
        }
    }

    #[test]
    fn the_loader_comes_with_its_hash_when_it_is_known() {
        let mut loader = Loader { url: "http://127.0.0.1:4200/sdk/linchpin.js".to_owned(), integrity: None };
        assert!(!script(&loader).contains("integrity"), "{}", script(&loader));
        loader.integrity = Some("sha384-abc".to_owned());
        assert!(script(&loader).contains(r#" integrity="sha384-abc" crossorigin="anonymous""#));
    }
}
