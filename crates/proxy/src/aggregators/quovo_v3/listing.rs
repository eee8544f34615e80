//! Quovo's institutions into ours (quovo.md 2.2). Pure.

use super::wire;
use crate::aggregators::Listing;
use crate::aggregators::quovo::listing::{domain, our_institution, popularity, without_www};
use crate::aggregators::text::{label, plain_text};
use linchpin_protocol::Way;

/// An institution as it is listed.
pub(super) fn listing(wire: wire::Institution) -> Listing {
    let access = wire.access_info.unwrap_or_default();
    let details = wire.details.unwrap_or_default();
    let text = |text: Option<String>, read: fn(&str) -> String| {
        text.map(|text| read(&text)).filter(|text| !text.is_empty())
    };
    let bank_login = wire.is_oauth == Some(true);
    let domain = wire.website.as_deref().and_then(domain);
    Listing {
        place: None,
        id: our_institution(wire.id),
        name: label(&wire.name),
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
        username_label: text(access.username_description, label),
        password_label: text(access.passcode_description, label),
        more_fields: Vec::new(),
        notes: text(access.sync_notes, plain_text),
    }
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
}
