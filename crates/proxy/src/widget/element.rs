//! What an element of a client's page is made of: the same files as the widget's own page, named for the one page that it
//! stands in.

use super::page::first_screen;
use super::words;
use crate::app::AppState;
use crate::appearance::{Opening, address};
use crate::extract::Parameters;
use crate::language::Tongue;
use crate::problem::ApiResult;
use crate::sharing::Asker;
use crate::ways;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use linchpin_protocol::{Code, Envelope, FrameMessage, LinkId, Surface};
use serde::Serialize;

/// What the element reads before it has a session. Addresses begin at the widget's origin.
#[derive(Debug, Serialize)]
pub(crate) struct Manifest {
    link_id: LinkId,
    /// The client's name.
    client: String,
    /// Whether no real bank is reached.
    practice: bool,
    /// Which screen comes first.
    first: &'static str,
    /// What is spoken, as a BCP 47 tag with the region that numbers and days are written by.
    language: String,
    direction: &'static str,
    theme: &'static str,
    /// The style sheet of the look that was asked for, to stand behind the widget's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    look: Option<String>,
    /// What the page is to be told of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrected: Vec<Envelope<FrameMessage>>,
    #[serde(flatten)]
    files: Files,
    /// What the widget says.
    words: String,
    /// Whether logins and answers may be typed there.
    in_page_credentials: bool,
}

/// The files of a build, as its page names them.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Files {
    module: String,
    wasm: String,
    /// What comes behind the first screen, in a build that is cut in two.
    #[serde(skip_serializing_if = "Option::is_none")]
    rest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rest_integrity: Option<String>,
    style: String,
}

impl Files {
    /// `None`: the page was not built.
    fn named_in(page: &str) -> Option<Self> {
        let module = |name| attribute(page, "<meta name=\"linchpin-module\"", name);
        Some(Self {
            module: module("data-js")?,
            wasm: module("data-wasm")?,
            rest: module("data-rest"),
            rest_integrity: module("data-rest-integrity"),
            style: attribute(page, "<link rel=\"stylesheet\"", "href")?,
        })
    }
}

/// An attribute of the first tag that begins so. The page is one of ours: its tags are written on a line, its values in
/// double quotes and without signs that would have to be escaped.
fn attribute(page: &str, tag: &str, name: &str) -> Option<String> {
    let (_, behind) = page.split_once(tag)?;
    let (tag, _) = behind.split_once('>')?;
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value.to_owned())
}

/// `GET /widget/element?link=<id>`: for the page that the element stands in, and no other.
pub(crate) async fn element(
    State(state): State<AppState>,
    asker: Asker,
    headers: HeaderMap,
    parameters: Parameters,
) -> ApiResult<Json<Manifest>> {
    let id = LinkId::new(parameters.text("link").unwrap_or_default());
    let link = state.store.link(&id).await?.filter(|link| link.surface == Surface::Element);
    let link = link.ok_or(Code::NotFound)?;
    asker.admit(&link)?;
    let page = state.widget.read("index.html", false).await;
    let page = page.and_then(|file| String::from_utf8(file.bytes).ok()).unwrap_or_default();
    let Some(files) = Files::named_in(&page) else {
        tracing::error!("index.html in the widget's folder names no module and style: build the widget");
        return Err(Code::Internal.into());
    };
    let tongue = Tongue::wished(link.language.as_deref(), &headers);
    let (_, words) = words::for_client(&state, &link.client, tongue.language);
    let opening = Opening::of(&link.appearance, &parameters);
    let client = state.clients.get(&link.client).map(|client| client.config.name.clone());
    Ok(Json(Manifest {
        client: client.unwrap_or_default(),
        practice: state.config.is_practice(),
        first: first_screen(&state, &link).await?,
        language: tongue.tag,
        direction: tongue.language.direction().as_str(),
        theme: opening.appearance.theme.as_str(),
        look: address(&opening.appearance),
        corrected: opening.told(),
        files,
        words,
        in_page_credentials: ways::takes_logins(&state, &link),
        link_id: link.id,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: &str = r#"<link rel="stylesheet" href="/widget/linchpin-1f.css" integrity="sha384-x"/>"#;
    const SHIPPED: &str = r#"<meta name="linchpin-module" data-js="/widget/linchpin-2a.js" data-wasm="/widget/linchpin-2a_bg.wasm" data-rest="/widget/linchpin-2a_rest.wasm" data-rest-integrity="sha384-y">"#;
    const WHOLE: &str = r#"<meta name="linchpin-module" data-js="/widget/linchpin-2a.js" data-wasm="/widget/linchpin-2a_bg.wasm">"#;

    #[test]
    fn the_files_are_those_of_the_build_whether_it_is_cut_in_two_or_not() {
        let shipped = Files::named_in(&format!("<head>\n{STYLE}\n{SHIPPED}\n</head>")).unwrap();
        assert_eq!(shipped.module, "/widget/linchpin-2a.js");
        assert_eq!(shipped.wasm, "/widget/linchpin-2a_bg.wasm");
        assert_eq!(shipped.rest.as_deref(), Some("/widget/linchpin-2a_rest.wasm"));
        assert_eq!(shipped.rest_integrity.as_deref(), Some("sha384-y"));
        assert_eq!(shipped.style, "/widget/linchpin-1f.css");
        let whole = Files::named_in(&format!("{WHOLE}{STYLE}")).unwrap();
        assert_eq!(whole, Files { rest: None, rest_integrity: None, ..shipped });
    }

    #[test]
    fn a_page_that_was_not_built_names_no_files() {
        assert_eq!(Files::named_in(include_str!("../../../../index.html")), None);
        assert_eq!(Files::named_in(WHOLE), None, "without a style");
    }
}
