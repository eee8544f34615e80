//! The widget's page and its files, as the build made them, with the policy that keeps them strict.

mod element;
mod gallery;
mod looks;
mod page;
mod words;

use crate::app::AppState;
use crate::problem::ApiResult;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use linchpin_protocol::Code;
use std::path::PathBuf;

pub(crate) use element::element;
pub(crate) use gallery::{gallery, gallery_file};
pub(crate) use looks::look;
pub(crate) use page::page;
pub(crate) use words::{OwnWords, words};

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
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
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.len() <= 200
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
}

/// `GET /widget/{file}`: a file of the build. Those that never change are what an element of any page is made of.
pub(crate) async fn asset(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> ApiResult<Response> {
    // The page itself only comes filled and with its policy, the loader only from /sdk.
    if name.starts_with("sdk/") {
        return Err(Code::NotFound.into());
    }
    let file = file_of(&state.widget, &name, &request).await?;
    Ok(if has_hash(&name) { shared(file) } else { file })
}

/// A file that a page asks for; never a page.
async fn file_of(files: &WidgetFiles, name: &str, request: &HeaderMap) -> ApiResult<Response> {
    if name.ends_with(".html") || name.ends_with(".br") {
        return Err(Code::NotFound.into());
    }
    let file = files.read(name, takes_brotli(request)).await.ok_or(Code::NotFound)?;
    let cache = if has_hash(name) { FOREVER } else { "no-cache" };
    Ok(served(file, name, cache))
}

/// `GET /sdk/{file}`: the loader and the element. Pages of any origin may load it, also with a hash of its text (SRI).
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
        "linchpin-link.js" => (state.widget.read("sdk/linchpin-link.js", brotli).await, "no-cache"),
        "integrity.json" => (state.widget.read("sdk/integrity.json", brotli).await, "no-cache"),
        name if name.starts_with("linchpin-") && name.ends_with(".js") => {
            (state.widget.read(&format!("sdk/{name}"), brotli).await, FOREVER)
        }
        _ => (None, ""),
    };
    Ok(shared(served(file.ok_or(Code::NotFound)?, &name, cache)))
}

/// A file that pages of any origin may load and read: nothing in it is anybody's.
fn shared(mut file: Response) -> Response {
    let headers = file.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    file
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
}
