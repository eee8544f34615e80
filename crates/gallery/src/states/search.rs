//! Find the institution.

use super::{State, every, facts};
use linchpin_flow::{Screen, SearchView};
use linchpin_protocol::{Availability, Code, Institution, InstitutionId, Place, Way};

pub(super) fn states() -> Vec<State> {
    let typed = |query: &str| SearchView { query: query.into(), ..before() };
    let found = |query: &str, list: Vec<Institution>| SearchView {
        found: Some((query.into(), list)),
        list: 1,
        ..typed(query)
    };
    let state = |name: &str, view: SearchView| State::new(name, Screen::Search(view));
    vec![
        popular(),
        state("search-loading", SearchView { popular: None, ..before() }),
        state("search-typing", SearchView { busy: true, ..typed("har") }),
        state("search-found", found("ha", tagged())),
        state("search-found-one", found("harbour savings", vec![institution(1, "Harbour Savings")])),
        state(
            "search-next-answer",
            SearchView { busy: true, query: "harb".into(), ..found("har", tagged()) },
        ),
        state("search-nothing", found("hrabuor", Vec::new())),
        state("search-long", found("first", long())),
        state("search-trouble", SearchView { trouble: Some(Code::ProviderUnavailable), ..typed("har") }),
        state("search-nothing-stated", SearchView { popular: None, ..before() }).with_facts(facts::none()),
    ]
}

/// Before anything is typed.
pub(super) fn popular() -> State {
    State::new("search", Screen::Search(before()))
}

fn before() -> SearchView {
    let names = [
        "Chase",
        "Bank of America",
        "Wells Fargo",
        "Citi",
        "Capital One",
        "U.S. Bank",
        "PNC",
        "TD Bank",
        "Harbour Savings",
    ];
    let popular = names.into_iter().zip(1..).map(|(name, number)| institution(number, name));
    SearchView {
        query: String::new(),
        found: None,
        popular: Some(popular.collect()),
        busy: false,
        trouble: None,
        list: 0,
    }
}

fn institution(number: u32, name: &str) -> Institution {
    Institution {
        id: InstitutionId::new(format!("ins_{number}")),
        name: name.into(),
        domain: Some(format!("{}.example", name.to_ascii_lowercase().replace([' ', '.'], ""))),
        place: Some(Place { city: "Portland".into(), state: "ME".into() }),
        availability: Availability::Available,
        way: Way::Instant,
        connected: false,
        practice: false,
    }
}

/// One row for everything that is to be known before a row is picked.
fn tagged() -> Vec<Institution> {
    let plain = institution(1, "Harbour Savings");
    let named = |name: &str| Institution { name: name.into(), ..plain.clone() };
    let mut rows = vec![
        plain.clone(),
        Institution { connected: true, ..named("Hampton Federal Credit Union") },
        Institution { practice: true, ..named("Happy Path Bank") },
        Institution { domain: None, place: None, ..named("Hartwell") },
    ];
    rows.extend(
        every!(Availability: Available => "Haverhill Bank", Degraded => "Hanover Trust", Unavailable => "Hatboro Federal",
            Unknown => "Harvest Bank")
        .map(|(availability, name)| Institution { availability, ..named(name) }),
    );
    rows.extend(
        every!(Way: Instant => "Hawthorn Bank", Days => "Hancock County Savings", None => "Hadley Mutual",
            Unknown => "Hazel Bank")
        .map(|(way, name)| Institution { way, ..named(name) }),
    );
    rows
}

fn long() -> Vec<Institution> {
    let name = facts::LONG_BANK;
    let domain = facts::long_bank().domain;
    let far = Place { city: "Winchester-on-the-Severn".into(), state: "MD".into() };
    let long = Institution { domain, place: Some(far), ..institution(1, name) };
    vec![
        long.clone(),
        Institution { connected: true, ..long.clone() },
        Institution { availability: Availability::Unavailable, ..long },
    ]
}
