//! Quovo's institutions into ours (quovo.md 2.2). Pure.

use super::wire;
use crate::aggregators::Listing;
use crate::aggregators::quovo::text::plain_text;
use linchpin_protocol::{InstitutionId, Way};

/// Quovo's name for one of our institutions.
pub(super) fn upstream_institution(id: &InstitutionId) -> Option<u64> {
    id.as_str().strip_prefix("ins_")?.parse().ok()
}

/// An institution as it is listed.
pub(super) fn listing(wire: wire::Institution) -> Listing {
    let access = wire.access_info.unwrap_or_default();
    let details = wire.details.unwrap_or_default();
    let text = |text: Option<String>| text.map(|text| plain_text(&text)).filter(|text| !text.is_empty());
    let bank_login = wire.is_oauth == Some(true);
    let domain = wire.website.as_deref().and_then(domain);
    Listing {
        place: None,
        id: InstitutionId::new(format!("ins_{}", wire.id)),
        name: plain_text(&wire.name),
        website: domain.as_deref().map(|domain| format!("https://{domain}")),
        domain: domain.map(without_www),
        available: wire.is_available != Some(false),
        practice: wire.is_test == Some(true),
        bank_login,
        // It has a name for the login, so it takes one too (our reading, quovo.md 2.11).
        credentials: !bank_login || access.username_description.is_some(),
        way: match details.auth_type.as_deref() {
            Some("instant") => Way::Instant,
            Some("avm") => Way::Days,
            _ => Way::None,
        },
        popularity: popularity(details.popularity_score),
        username_label: text(access.username_description),
        password_label: text(access.passcode_description),
        notes: text(access.sync_notes),
    }
}

/// 1 to 10, larger is better known; a fraction still orders.
fn popularity(score: Option<f64>) -> u32 {
    let scaled = score.filter(|score| score.is_finite()).unwrap_or(0.0) * 100.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within the type")]
    let whole = scaled.clamp(0.0, 1_000_000.0) as u32;
    whole
}

/// A host as people know it. `www.example` stays whole: what is behind the dot is no host.
fn without_www(host: String) -> String {
    match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => rest.to_owned(),
        _ => host,
    }
}

/// The host of a website that may come with or without scheme and path.
fn domain(website: &str) -> Option<String> {
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
    fn a_listing_is_read_as_documented() {
        let json = r#"{"institutions": [{
            "id": 4101, "name": "Harbour Savings", "website": "https://www.harbour.example/login",
            "country_code": "USA", "is_test": false, "is_available": true, "is_oauth": false,
            "access_info": {"username_description": "Member number", "passcode_description": "PIN",
                            "sync_notes": null},
            "details": {"auth_type": "instant", "popularity_score": 7}}]}"#;
        let mut read: wire::InstitutionsAnswer = serde_json::from_str(json).unwrap();
        let listing = listing(read.institutions.remove(0));
        assert_eq!(listing.id.as_str(), "ins_4101");
        assert_eq!(listing.domain.as_deref(), Some("harbour.example"));
        assert_eq!(listing.website.as_deref(), Some("https://www.harbour.example"));
        assert_eq!((listing.way, listing.popularity), (Way::Instant, 700));
        assert_eq!(listing.username_label.as_deref(), Some("Member number"));
        assert_eq!(listing.notes, None);
    }

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
