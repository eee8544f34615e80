//! The look that an opening was asked for: a style sheet beside the widget's own, and where the pages name it.

use super::{FOREVER, File, served, shared};
use crate::appearance::{Look, Opening, address, style_sheet};
use crate::pages::escaped;
use crate::problem::ApiResult;
use axum::extract::Path;
use axum::response::Response;
use linchpin_protocol::Code;

/// `GET /widget/looks/{name}`: the style sheet of a look. The name holds all that it is made of.
pub(crate) async fn look(Path(name): Path<String>) -> ApiResult<Response> {
    let look = Look::of_file_name(&name).ok_or(Code::NotFound)?;
    let file = File { bytes: style_sheet(&look).into_bytes(), brotli: false };
    Ok(shared(served(file, &name, FOREVER)))
}

/// What stands at the end of a page's head for the look of an opening: its style sheet, after the widget's own, so that
/// the first paint is right; and what its host is to be told of. Nothing where nothing was asked for.
pub(super) fn in_head(opening: &Opening) -> String {
    let mut head = String::new();
    if let Some(address) = address(&opening.appearance) {
        head.push_str(&format!("<link rel=\"stylesheet\" href=\"{address}\">\n"));
    }
    let told = opening.told();
    if !told.is_empty() {
        // Plain words: writing them cannot fail.
        let told = serde_json::to_string(&told).unwrap_or_default();
        head.push_str(&format!("<meta name=\"linchpin-corrected\" content=\"{}\">\n", escaped(&told)));
    }
    head
}
