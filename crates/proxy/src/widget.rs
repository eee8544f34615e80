//! The widget's page and its files, as the build made them, with the policy that keeps them strict.

use crate::app::AppState;
use crate::clock::later;
use crate::extract::{IDLE, Parameters};
use crate::problem::{ApiProblem, ApiResult};
use crate::store::LinkRecord;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linchpin_protocol::{Code, LinkId};
use std::path::PathBuf;

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// The widget asks the device for nothing.
const NO_PERMISSIONS: &str = "accelerometer=(), autoplay=(), bluetooth=(), camera=(), display-capture=(), \
     geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
     xr-spatial-tracking=()";
/// A file with a hash in its name never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The folder that the widget was built into.
#[derive(Debug)]
pub(crate) struct WidgetFiles {
    folder: PathBuf,
}

impl WidgetFiles {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A file below the folder, compressed if there is such a file and the browser takes it. `None`: no such file, or
    /// a name that no build makes.
    async fn read(&self, name: &str, brotli: bool) -> Option<File> {
        if !is_plain_name(name) {
            return None;
        }
        let path = self.folder.join(name);
        if brotli && let Ok(bytes) = tokio::fs::read(self.folder.join(format!("{name}.br"))).await {
            return Some(File { bytes, brotli: true });
        }
        tokio::fs::read(path).await.ok().map(|bytes| File { bytes, brotli: false })
    }
}

struct File {
    bytes: Vec<u8>,
    brotli: bool,
}

/// Folders and a name of letters, digits, `-`, `_` and `.`, with no part that begins with a dot.
fn is_plain_name(name: &str) -> bool {
    name.len() <= 200
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
}

/// `GET /widget?link=<id>`: the page, for the one origin that may frame it.
pub(crate) async fn page(State(state): State<AppState>, parameters: Parameters) -> ApiResult<Response> {
    let id = LinkId::new(parameters.text("link").unwrap_or_default());
    let now = state.clock.now();
    let Some(link) = state.store.link_for_page(&id, now, later(now, -IDLE)).await? else {
        return Ok(unknown_link());
    };
    let Some(file) = state.widget.read("index.html", false).await else {
        tracing::error!(
            "index.html is not in the widget's folder: build the widget, or set LINCHPIN_WIDGET_DIR"
        );
        return Err(Code::Internal.into());
    };
    let page = String::from_utf8(file.bytes).map_err(|_| ApiProblem::new(Code::Internal))?;
    Ok(html(StatusCode::OK, filled(&state, &page, &link), link.origin.as_str()))
}

/// Fills the page's markers. Values are escaped, although ids, origins and themes need no escaping.
fn filled(state: &AppState, page: &str, link: &LinkRecord) -> String {
    let client = state.clients.get(&link.client).map_or("", |client| client.config.name.as_str());
    let meta = |name: &str, content: &str| format!(r#"<meta name="{name}" content="{}">"#, escaped(content));
    let mut page = page
        .replacen(r#"data-theme="system""#, &format!(r#"data-theme="{}""#, link.theme.as_str()), 1)
        .replacen(&meta("linchpin-host", ""), &meta("linchpin-host", link.origin.as_str()), 1)
        .replacen(&meta("linchpin-link", ""), &meta("linchpin-link", link.id.as_str()), 1)
        .replacen(&meta("linchpin-client", ""), &meta("linchpin-client", client), 1);
    if state.config.is_practice() {
        page = page.replacen(r#"data-practice="no""#, r#"data-practice="yes""#, 1);
    }
    page
}

/// Text that is safe inside a double-quoted attribute.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

/// The frame is refused, which the loader turns into a clear reason; opened by itself, the page says what is wrong.
fn unknown_link() -> Response {
    const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Link expired</title>\
        <h1>This link is no longer valid</h1><p>Go back to the page you came from and start again.</p></html>";
    html(StatusCode::NOT_FOUND, PAGE.to_owned(), "'none'")
}

/// The policy of standards S3: nothing inline, nothing from elsewhere, framed by exactly one origin.
fn policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; form-action 'none'; base-uri 'none'; object-src 'none'; \
         frame-ancestors {frame_ancestors}; report-uri /csp-reports"
    )
}

fn html(status: StatusCode, page: String, frame_ancestors: &str) -> Response {
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // An origin was parsed before it was stored, so this is always a header value.
    let policy = HeaderValue::from_str(&policy(frame_ancestors))
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Pages that isolate themselves (COEP) may frame it too; who may is said by frame-ancestors.
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    headers.insert(COOP, HeaderValue::from_static("same-origin-allow-popups"));
    headers.insert(PERMISSIONS, HeaderValue::from_static(NO_PERMISSIONS));
    response
}

/// `GET /widget/{file}`: a file of the build.
pub(crate) async fn asset(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> ApiResult<Response> {
    // The page itself only comes filled and with its policy, the loader only from /sdk.
    if name.ends_with(".html") || name.ends_with(".br") || name.starts_with("sdk/") {
        return Err(Code::NotFound.into());
    }
    let file = state.widget.read(&name, takes_brotli(&request)).await.ok_or(Code::NotFound)?;
    let cache = if has_hash(&name) { FOREVER } else { "no-cache" };
    Ok(served(file, &name, cache))
}

/// `GET /sdk/{file}`: the loader. Pages of any origin may load it, also with a hash of its text (SRI).
pub(crate) async fn sdk(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> ApiResult<Response> {
    let versioned = format!("linchpin-{}.js", env!("CARGO_PKG_VERSION"));
    let brotli = takes_brotli(&request);
    let (file, cache) = match name.as_str() {
        "linchpin.js" => {
            let current = match state.widget.read("sdk/linchpin.js", brotli).await {
                Some(file) => Some(file),
                None => state.widget.read(&format!("sdk/{versioned}"), brotli).await,
            };
            (current, "no-cache")
        }
        "integrity.json" => (state.widget.read("sdk/integrity.json", brotli).await, "no-cache"),
        name if name.starts_with("linchpin-") && name.ends_with(".js") => {
            (state.widget.read(&format!("sdk/{name}"), brotli).await, FOREVER)
        }
        _ => (None, ""),
    };
    let mut response = served(file.ok_or(Code::NotFound)?, &name, cache);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn served(file: File, name: &str, cache: &'static str) -> Response {
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if file.brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Whether the browser takes brotli: named, and not with a weight of nought.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// Whether a name carries a hash, as the build gives it: `linchpin-3f9c2b7a10d4e5f6.js`, `…_bg.wasm`.
fn has_hash(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or_default();
    stem.split(['-', '_']).any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for bad in [
            "",
            "../secret",
            "a/../b",
            ".env",
            "a/.git/config",
            "/etc/passwd",
            "a//b",
            "a\\b",
            "a\0b",
            "ä.js",
        ] {
            assert!(!is_plain_name(bad), "{bad:?} must be refused");
        }
        for good in ["linchpin-3f9c2b7a10d4e5f6_bg.wasm", "snippets/dom/inline0.js", "sdk/linchpin-0.1.0.js"]
        {
            assert!(is_plain_name(good), "{good:?} must pass");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_forever() {
        assert!(has_hash("linchpin-3f9c2b7a10d4e5f6.js"));
        assert!(has_hash("linchpin-3f9c2b7a10d4e5f6_bg.wasm"));
        assert!(!has_hash("boot.js"));
        assert!(!has_hash("linchpin-widget.js"));
    }

    #[test]
    fn brotli_only_for_browsers_that_take_it() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            takes_brotli(&headers)
        };
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=0.5") && takes("BR"));
        assert!(!takes("gzip") && !takes("br;q=0") && !takes("br; q=0.0") && !takes("brotli"));
    }

    #[test]
    fn attributes_cannot_be_left() {
        assert_eq!(escaped(r#"A "B" <c> & d"#), "A &quot;B&quot; &lt;c&gt; &amp; d");
    }
}
