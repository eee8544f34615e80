//! What the page may load, and what else every answer says.

use crate::HostConfig;
use axum::http::{HeaderName, HeaderValue, header};

/// The headers of every answer.
pub(crate) struct Policy(HeaderValue);

impl Policy {
    /// Nothing but the site's own files, Linchpin's loader and Linchpin's frame. No inline script or style.
    pub(crate) fn new(config: &HostConfig) -> Self {
        let linchpin = &config.linchpin;
        let policy = format!(
            "default-src 'none'; script-src 'self' {linchpin}/sdk/; style-src 'self'; connect-src 'self'; \
             frame-src {linchpin}; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        );
        // An origin in the browser's spelling is plain ASCII; were it not, everything is closed.
        Self(HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'")))
    }

    pub(crate) fn headers(&self) -> [(HeaderName, HeaderValue); 6] {
        let fixed = HeaderValue::from_static;
        [
            (header::CONTENT_SECURITY_POLICY, self.0.clone()),
            (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (header::REFERRER_POLICY, fixed("no-referrer")),
            (header::CACHE_CONTROL, fixed("no-store")),
            (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin-allow-popups")),
            (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
        ]
    }
}
