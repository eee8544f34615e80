//! For those who work on the widget: the page loads again when the widget was built again.
//!
//! Only there when `HOST_RELOAD` names the widget's built page; a site that embeds Linchpin has no use for it.

use crate::Site;
use axum::{
    Json, Router,
    extract::{Query, State},
    routing::get,
};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How many looks one answer may take: 20 seconds.
const LOOKS: u32 = 100;

#[derive(Deserialize, Serialize)]
struct Built {
    /// When the page was built, in milliseconds since 1970; 0 while it is being written.
    #[serde(default)]
    at: u64,
}

pub(crate) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/dev/built", get(built))
}

/// Answers when the widget's page is another than the one built `at`, or after a while.
async fn built(State(site): State<Arc<Site>>, Query(known): Query<Built>) -> Json<Built> {
    let page = site.config.reload.as_deref();
    for _ in 0..LOOKS {
        match page.and_then(built_at) {
            Some(at) if at != known.at => return Json(Built { at }),
            Some(_) | None => tokio::time::sleep(LOOK).await,
        }
    }
    Json(known)
}

fn built_at(page: &Path) -> Option<u64> {
    let modified = std::fs::metadata(page).ok()?.modified().ok()?;
    modified.duration_since(UNIX_EPOCH).ok()?.as_millis().try_into().ok()
}
