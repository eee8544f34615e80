//! Reports of violations of the widget's content policy (ASVS 3.4.7).

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "csp-report")]
    report: Violation,
}

#[derive(Deserialize)]
struct Violation {
    #[serde(rename = "effective-directive", alias = "violated-directive", default)]
    directive: String,
}

/// `POST /csp-reports`: notes which directive was violated. Addresses and samples in a report are not ours to keep.
///
/// A browser that refused to frame the page reports from the host's page: the answer may be read from there.
pub(super) async fn policy_violation(body: Bytes) -> impl IntoResponse {
    if let Some(directive) = directive(&body) {
        tracing::warn!(directive, "the widget's content policy was violated");
    }
    (StatusCode::NO_CONTENT, [("cross-origin-resource-policy", "cross-origin")])
}

/// Which directive a report names: letters and hyphens, since anybody may send one.
pub(crate) fn directive(report: &[u8]) -> Option<String> {
    let Report { report } = serde_json::from_slice(report).ok()?;
    Some(report.directive.chars().filter(|c| c.is_ascii_lowercase() || *c == '-').take(40).collect())
}
