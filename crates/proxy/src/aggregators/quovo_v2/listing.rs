//! Quovo's brokerages into our institutions (quovo.md 2.2). Pure.

use super::wire;
use crate::aggregators::Listing;
use crate::aggregators::quovo::listing::{domain, our_institution, popularity, without_www};
use crate::aggregators::text::{label, plain_text};
use linchpin_protocol::Way;

/// An institution as it is listed.
pub(super) fn listing(wire: wire::Brokerage) -> Listing {
    let text = |text: Option<String>, read: fn(&str) -> String| {
        text.map(|text| read(&text)).filter(|text| !text.is_empty())
    };
    let domain = wire.website.as_deref().and_then(domain);
    Listing {
        place: None,
        id: our_institution(wire.id),
        name: label(&wire.name),
        website: domain.as_deref().map(|domain| format!("https://{domain}")),
        domain: domain.map(without_www),
        available: wire.status.as_deref() != Some("unavailable"),
        practice: wire.is_test == Some(true),
        // Version 2 knows of no page of the bank's own.
        bank_login: false,
        credentials: true,
        way: if wire.can_auth == Some(true) { Way::Instant } else { Way::None },
        popularity: popularity(wire.popularity_score),
        username_label: text(wire.username, label),
        password_label: text(wire.password, label),
        more_fields: Vec::new(),
        notes: text(wire.notes, plain_text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brokerage_is_read_as_documented() {
        let json = r#"{"brokerages": [
            {"id": 4101, "name": "Harbour Savings", "website": "harbour.example", "country_code": "USA",
             "can_auth": true, "is_test": false, "popularity_score": 7, "status": "available",
             "notes": null, "username": "Member number", "password": "PIN"},
            {"id": 4102, "name": "Elm", "website": null, "can_auth": false, "is_test": true,
             "status": "unavailable", "notes": "Use the \u202eweb PIN."}]}"#;
        let read: wire::BrokeragesAnswer = serde_json::from_str(json).unwrap();
        let listings: Vec<Listing> = read.brokerages.into_iter().map(listing).collect();
        let [harbour, elm] = listings.as_slice() else { panic!("{listings:?}") };
        assert_eq!((harbour.id.as_str(), harbour.way, harbour.popularity), ("ins_4101", Way::Instant, 700));
        assert_eq!(harbour.domain.as_deref(), Some("harbour.example"));
        assert_eq!(harbour.username_label.as_deref(), Some("Member number"));
        assert!(harbour.available && !harbour.practice && harbour.credentials && !harbour.bank_login);
        assert_eq!((elm.way, elm.available, elm.practice), (Way::None, false, true));
        assert_eq!(elm.notes.as_deref(), Some("Use the web PIN."), "nothing that turns text round");
    }
}
