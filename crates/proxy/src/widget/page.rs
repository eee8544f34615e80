//! The widget's page: filled from the link record, framed by one origin, under a strict policy.

use super::CORP;
use crate::app::AppState;
use crate::consent;
use crate::extract::Parameters;
use crate::pages::escaped;
use crate::problem::ApiResult;
use crate::store::LinkRecord;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linchpin_protocol::{Code, LinkId};

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// The widget asks the device for nothing.
const NO_PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
     geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
     xr-spatial-tracking=()";

/// `GET /widget?link=<id>`: the page, for the one origin that may frame it.
pub(crate) async fn page(State(state): State<AppState>, parameters: Parameters) -> ApiResult<Response> {
    let id = LinkId::new(parameters.text("link").unwrap_or_default());
    // One that is over is served too, to the page that it was for: there the widget says what happened, and tells the
    // host, where a refused frame could only be silent.
    let Some(link) = state.store.link(&id).await? else {
        return Ok(unknown_link());
    };
    let Some(file) = state.widget.read("index.html", false).await else {
        tracing::error!(
            "index.html is not in the widget's folder: build the widget, or set LINCHPIN_WIDGET_DIR"
        );
        return Err(Code::Internal.into());
    };
    let client = state.clients.get(&link.client).map_or("", |client| client.config.name.as_str());
    let page = String::from_utf8(file.bytes).ok();
    let agreed = state.store.consent(&link.id).await?.is_some();
    let first = if agreed || consent::to_ask(&state, &link).is_none() { "search" } else { "consent" };
    let facts = Facts { client, practice: state.config.is_practice(), first };
    let Some(page) = page.and_then(|page| filled(&page, &link, &facts)) else {
        tracing::error!(
            "index.html does not hold each marker once, as it was written: build it without minifying"
        );
        return Err(Code::Internal.into());
    };
    Ok(html(StatusCode::OK, page, &policy(link.origin.as_str())))
}

/// What the page is to say, beside the link record.
struct Facts<'a> {
    /// The client's name.
    client: &'a str,
    /// Whether no real bank is reached.
    practice: bool,
    /// Which screen comes first: painted before the module is there, so that nothing flashes.
    first: &'static str,
}

/// Fills the page's markers from the link record. Values are escaped, although ids, origins and themes need none.
///
/// `None`: a marker is not there exactly once. Such a page would not know its host, or would hide that it is practice.
fn filled(page: &str, link: &LinkRecord, facts: &Facts<'_>) -> Option<String> {
    let Facts { client, practice, first } = *facts;
    let meta = |name: &str, content: &str| format!(r#"<meta name="{name}" content="{}">"#, escaped(content));
    let practice = if practice { "yes" } else { "no" };
    let markers = [
        (r#"data-theme="system""#.to_owned(), format!(r#"data-theme="{}""#, link.theme.as_str())),
        (r#"data-practice="no""#.to_owned(), format!(r#"data-practice="{practice}""#)),
        (r#"data-first="search""#.to_owned(), format!(r#"data-first="{first}""#)),
        (
            r#"<span class="client">this company</span>"#.to_owned(),
            format!(r#"<span class="client">{}</span>"#, escaped(client)),
        ),
        (meta("linchpin-host", ""), meta("linchpin-host", link.origin.as_str())),
        (meta("linchpin-link", ""), meta("linchpin-link", link.id.as_str())),
        (meta("linchpin-client", ""), meta("linchpin-client", client)),
    ];
    // All are looked for before any is filled, so that no value can pass for a marker.
    if markers.iter().any(|(marker, _)| page.matches(marker).count() != 1) {
        return None;
    }
    Some(markers.iter().fold(page.to_owned(), |page, (marker, value)| page.replacen(marker, value, 1)))
}

/// The frame is refused, which the loader turns into a clear reason; opened by itself, the page says what is wrong.
fn unknown_link() -> Response {
    const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Link expired</title>\
        <h1>This link is no longer valid</h1><p>Go back to the page you came from and start again.</p></html>";
    html(StatusCode::NOT_FOUND, PAGE.to_owned(), &policy("'none'"))
}

/// The gallery's page, which shows its screens in frames of its own.
pub(super) fn gallery(page: String) -> Response {
    html(StatusCode::OK, page, &format!("{}; frame-src 'self'", policy("'self'")))
}

/// The policy of standards S3: nothing inline, nothing from elsewhere, framed by exactly one origin.
fn policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; form-action 'none'; base-uri 'none'; object-src 'none'; \
         frame-ancestors {frame_ancestors}; report-uri /csp-reports"
    )
}

fn html(status: StatusCode, page: String, policy: &str) -> Response {
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // An origin was parsed before it was stored, so this is always a header value.
    let policy = HeaderValue::from_str(policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Pages that isolate themselves (COEP) may frame it too; who may is said by frame-ancestors.
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    headers.insert(COOP, HeaderValue::from_static("same-origin-allow-popups"));
    headers.insert(PERMISSIONS, HeaderValue::from_static(NO_PERMISSIONS));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;
    use crate::store::ClientId;
    use crate::tokens::Hash;
    use jiff::Timestamp;
    use linchpin_protocol::{AccountSelection, Mode, Purpose, Theme, UserId};

    const SOURCE: &str = include_str!("../../../../index.html");

    fn link() -> LinkRecord {
        LinkRecord {
            id: LinkId::new("lnk_1"),
            client: ClientId("acorn".into()),
            user_id: UserId::new("pat"),
            secret_hash: Hash::stored(String::new()),
            origin: Origin::parse("https://app.example").unwrap(),
            mode: Mode::Link,
            purpose: Purpose::Verify,
            account_selection: AccountSelection::One,
            connection_id: None,
            deposit_id: None,
            consent: Default::default(),
            institution_id: None,
            language: None,
            redirect_uri: None,
            theme: Theme::Dark,
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
            spent_at: None,
            revoked_at: None,
        }
    }

    fn facts(client: &str) -> Facts<'_> {
        Facts { client, practice: true, first: "consent" }
    }

    #[test]
    fn the_widgets_own_page_holds_every_marker() {
        let page = filled(SOURCE, &link(), &facts("Acorn")).expect("index.html must hold each marker once");
        for part in [
            r#"data-practice="yes""#,
            r#"data-theme="dark""#,
            r#"data-first="consent""#,
            r#"<span class="client">Acorn</span>"#,
            r#"<meta name="linchpin-host" content="https://app.example">"#,
            r#"<meta name="linchpin-link" content="lnk_1">"#,
            r#"<meta name="linchpin-client" content="Acorn">"#,
        ] {
            assert!(page.contains(part), "{part} is missing");
        }
    }

    #[test]
    fn a_page_without_its_markers_is_not_served() {
        let minified = SOURCE.replace(r#"data-practice="no""#, "data-practice=no");
        assert_eq!(filled(&minified, &link(), &facts("Acorn")), None, "practice would be hidden");
    }

    #[test]
    fn a_value_never_passes_for_markup_or_a_marker() {
        let name = r#""><script>"#;
        let page = filled(SOURCE, &link(), &facts(name)).unwrap();
        assert!(page.contains(r#"content="&quot;&gt;&lt;script&gt;""#), "{page:.900}");
        assert!(!page.contains(name), "{page:.900}");
    }
}
