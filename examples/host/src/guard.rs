//! Refuses calls that another site makes in the person's name (cross-site request forgery).
//!
//! There is no cookie here, but there will be one in what is copied from this. Two things have to hold (OWASP ASVS
//! 3.5.1 to 3.5.3): the body is declared as JSON, which another site cannot send without being asked first, and the
//! browser says that the call comes from this site's own page.

use crate::{Site, problem::HostProblem};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Lets the calls of this site's own page pass.
pub(crate) async fn same_origin(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if !is_json(request.headers()) {
        return HostProblem::BadRequest.into_response();
    }
    if !is_own_page(request.headers(), &site.config.origin) {
        return HostProblem::CrossSite.into_response();
    }
    next.run(request).await
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, header::CONTENT_TYPE).and_then(|value| value.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Both marks have to agree where both are there; at least one has to be.
fn is_own_page(headers: &HeaderMap, own: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value == "same-origin");
    let origin = headers.get(header::ORIGIN).map(|value| value == own);
    (site.is_some() || origin.is_some()) && site.unwrap_or(true) && origin.unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn own_page(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        is_own_page(&headers, "http://localhost:4100")
    }

    #[test]
    fn only_what_the_browser_calls_the_own_page_passes() {
        let own = ("origin", "http://localhost:4100");
        assert!(own_page(&[("sec-fetch-site", "same-origin"), own]), "a browser of today");
        assert!(own_page(&[own]), "an older one");
        assert!(!own_page(&[]), "nobody vouches");
        assert!(!own_page(&[("sec-fetch-site", "same-site"), own]), "another port of the same host");
        assert!(!own_page(&[("sec-fetch-site", "cross-site")]), "another site");
        assert!(!own_page(&[("origin", "http://localhost:4200")]), "another origin");
        assert!(!own_page(&[("origin", "null")]), "a sandboxed frame");
    }
}
