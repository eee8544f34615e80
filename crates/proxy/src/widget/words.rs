//! The words of the widget, each language a file of its own that never changes under its name.

use super::{FOREVER, File, served, takes_brotli};
use crate::app::AppState;
use crate::problem::ApiResult;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use linchpin_protocol::Code;
use linchpin_words::Language;

/// Where the words of a language are.
pub(super) fn address(language: Language) -> String {
    format!("/widget/words/{}", language.file_name())
}

/// `GET /widget/words/{name}`: the words of a language. The build that ships has them compressed.
pub(crate) async fn words(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> ApiResult<Response> {
    let language = Language::ALL.into_iter().find(|language| language.file_name() == name);
    let language = language.ok_or(Code::NotFound)?;
    let built = state.widget.read(&format!("words/{name}"), takes_brotli(&request)).await;
    let file = built.unwrap_or_else(|| File { bytes: language.file().into_bytes(), brotli: false });
    Ok(served(file, &name, FOREVER))
}
