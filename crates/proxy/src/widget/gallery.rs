//! The gallery: every screen of the widget in every state, fed with fixed data. For those who design and test it.
//!
//! The configuration refuses it in production, so that nobody meets a made-up screen under the widget's own origin.

use super::{file_of, page};
use crate::app::AppState;
use crate::appearance::Opening;
use crate::extract::Parameters;
use crate::problem::ApiResult;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use linchpin_protocol::{Appearance, Code};

/// `GET /gallery` and `GET /gallery/`: its page, under the widget's policy. It frames itself, and nobody else does.
pub(crate) async fn gallery(State(state): State<AppState>, given: Parameters) -> ApiResult<Response> {
    let Some(files) = &state.gallery else { return Err(Code::NotFound.into()) };
    let page = files.read("index.html", false).await.and_then(|file| String::from_utf8(file.bytes).ok());
    let Some(page) = page else {
        tracing::error!("index.html is not in the gallery's folder: build it, or unset LINCHPIN_GALLERY_DIR");
        return Err(Code::NotFound.into());
    };
    // Its address asks for a look in the words of the widget's.
    Ok(page::gallery(&page, &Opening::of(&Appearance::default(), &given)))
}

/// `GET /gallery/{file}`: a file of its build.
pub(crate) async fn gallery_file(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> ApiResult<Response> {
    let Some(files) = &state.gallery else { return Err(Code::NotFound.into()) };
    file_of(files, &name, &request).await
}
