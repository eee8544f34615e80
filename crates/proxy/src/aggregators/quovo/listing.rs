//! What both versions tell of institutions (quovo.md 2.2). Pure.

use linchpin_protocol::InstitutionId;

/// Holders for what has no login behind it: never shown (quovo.md 8).
pub(in crate::aggregators) const SYSTEM_INSTITUTIONS: [u64; 2] = [21_639, 22_134];

/// Our name for one of Quovo's institutions.
pub(in crate::aggregators) fn our_institution(upstream: u64) -> InstitutionId {
    InstitutionId::new(format!("ins_{upstream}"))
}

/// Quovo's name for one of our institutions.
pub(in crate::aggregators) fn upstream_institution(id: &InstitutionId) -> Option<u64> {
    id.as_str().strip_prefix("ins_")?.parse().ok()
}

/// 1 to 10, larger is better known; a fraction still orders.
pub(in crate::aggregators) fn popularity(score: Option<f64>) -> u32 {
    let scaled = score.filter(|score| score.is_finite()).unwrap_or(0.0) * 100.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within the type")]
    let whole = scaled.clamp(0.0, 1_000_000.0) as u32;
    whole
}

/// A host as people know it. `www.example` stays whole: what is behind the dot is no host.
pub(in crate::aggregators) fn without_www(host: String) -> String {
    match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => rest.to_owned(),
        _ => host,
    }
}

/// The host of a website that may come with or without scheme and path.
pub(in crate::aggregators) fn domain(website: &str) -> Option<String> {
    let rest = website.trim().trim_start_matches("https://").trim_start_matches("http://");
    let host = rest.split(['/', '?', '#']).next()?.to_lowercase();
    let fits = host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    fits.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_also_without_its_www() {
        for (host, expected) in [
            ("www.harbour.example", "harbour.example"),
            ("harbour.example", "harbour.example"),
            ("www.example", "www.example"),
            ("www.www.example", "www.example"),
        ] {
            assert_eq!(without_www(host.to_owned()), expected, "{host}");
        }
    }

    #[test]
    fn a_website_that_is_no_host_is_dropped() {
        for bad in ["", "javascript:alert(1)", "not a host", "harbour", "a..example", "user@harbour.example"]
        {
            assert_eq!(domain(bad), None, "{bad:?}");
        }
    }
}
