//! Basiq's connectors into institutions (basiq.md 2.3). Pure.

use super::login;
use super::place::{Method, is_institution};
use super::wire;
use crate::aggregators::Listing;
use crate::aggregators::text;
use crate::config::SignIn;
use linchpin_protocol::{InstitutionId, Way};
use std::collections::BTreeMap;

/// By which methods an institution is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offered {
    pub(super) web: bool,
    pub(super) open_banking: bool,
}

/// The connectors that read. `None`: there are some, and none does, so it is no directory.
pub(super) fn readable(entries: Vec<wire::Entry<wire::Connector>>) -> Option<Vec<wire::Connector>> {
    let told = entries.len();
    let connectors: Vec<_> = entries.into_iter().filter_map(|entry| entry.0).collect();
    if connectors.len() < told {
        tracing::warn!(told, read = connectors.len(), "some of the aggregator's institutions do not read");
    }
    (told == 0 || !connectors.is_empty()).then_some(connectors)
}

/// Institutions, and by what each is offered. Several connectors of one institution are one listing.
pub(super) fn listings(
    connectors: Vec<wire::Connector>,
    sign_in: SignIn,
    practice: bool,
) -> (Vec<Listing>, BTreeMap<String, Offered>) {
    let mut by_institution: BTreeMap<String, Vec<wire::Connector>> = BTreeMap::new();
    for connector in connectors.into_iter().filter(|connector| is_shown(connector, practice)) {
        by_institution.entry(connector.id.clone()).or_default().push(connector);
    }
    let mut offered = BTreeMap::new();
    let mut listings = Vec::new();
    for (id, connectors) in by_institution {
        if let Some((listing, ways)) = listing(&id, &connectors, sign_in) {
            listings.push(listing);
            offered.insert(id, ways);
        }
    }
    (listings, offered)
}

/// Not what is still being built, not files, and test banks only in a practice.
fn is_shown(connector: &wire::Connector, practice: bool) -> bool {
    is_institution(&connector.id)
        && connector.stage.as_deref() != Some("alpha")
        && connector.method.as_deref().is_some_and(|method| Method::read(method).is_some())
        && (practice || !is_test(connector))
}

fn is_test(connector: &wire::Connector) -> bool {
    connector.institution.kind.as_deref() == Some("Test Bank")
}

fn listing(id: &str, connectors: &[wire::Connector], sign_in: SignIn) -> Option<(Listing, Offered)> {
    let by = |method| {
        connectors
            .iter()
            .find(move |connector| connector.method.as_deref().and_then(Method::read) == Some(method))
    };
    let kind = |connector: &wire::Connector| connector.authorization.as_ref()?.kind.clone();
    let web = by(Method::Web).filter(|connector| kind(connector).as_deref() != Some("other"));
    let open_banking = by(Method::OpenBanking).filter(|_| sign_in != SignIn::Credentials);
    let credentials = web.filter(|_| sign_in != SignIn::Consent);
    let by_page = open_banking.or(web.filter(|_| sign_in == SignIn::Consent));
    let first = credentials.or(by_page)?;
    let none = wire::Captions::default();
    let captions = credentials.and_then(|connector| connector.authorization.as_ref()?.meta.as_ref());
    let captions = captions.unwrap_or(&none);
    let by_token = credentials.and_then(kind).is_some_and(|kind| matches!(&*kind, "token" | "user-token"));
    let label = |caption: &Option<String>| {
        caption.as_deref().map(text::label).filter(|label| !by_token && !label.is_empty())
    };
    let up = |connector: &wire::Connector| connector.status.as_deref() != Some("major-outage");
    let institution = &first.institution;
    let listing = Listing {
        id: InstitutionId::new(format!("ins_{id}")),
        name: institution.name.as_deref().map(text::label).filter(|name| !name.is_empty())?,
        domain: None,
        website: None,
        place: None,
        // Kept in the list, so that it is found, and so that its form is there for whoever has it.
        available: [credentials, by_page].into_iter().flatten().any(up),
        practice: is_test(first),
        bank_login: by_page.is_some(),
        credentials: credentials.is_some(),
        // It tells bank and account number with the accounts.
        way: Way::Instant,
        popularity: popularity(&institution.tier),
        username_label: label(&captions.login_id_caption),
        password_label: label(&captions.password_caption),
        more_fields: if credentials.is_some() { login::more_fields(captions, by_token) } else { Vec::new() },
        notes: None,
    };
    Some((listing, Offered { web: web.is_some(), open_banking: open_banking.is_some() }))
}

/// Tier 1 is the best known, 4 the least.
fn popularity(tier: &serde_json::Value) -> u32 {
    let tier = tier.as_u64().or_else(|| tier.as_str()?.trim().parse().ok());
    match tier {
        Some(tier @ 1..=4) => u32::try_from(5 - tier).unwrap_or(0) * 100,
        Some(_) | None => 0,
    }
}
