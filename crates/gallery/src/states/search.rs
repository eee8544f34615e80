//! Find the institution.

use super::{State, every, facts};
use linchpin_flow::{Found, Screen, SearchView};
use linchpin_protocol::{Availability, Code, Highlight, Institution, InstitutionId, Place, ReadAs, Way};
use std::sync::Arc;

pub(super) fn states() -> Vec<State> {
    let typed = |query: &str| SearchView { query: query.into(), ..before() };
    let answered = |query: &str, found: Found| SearchView {
        found: Some(Arc::new(Found { sought: query.into(), ..found })),
        list: 1,
        ..typed(query)
    };
    let found = |query: &str, list: Vec<Institution>| answered(query, listed(list));
    let read_as = |read_as: ReadAs, list: Vec<Institution>| Found { read_as, ..listed(list) };
    let state = |name: &str, view: SearchView| State::new(name, Screen::Search(view));
    let one = || vec![institution(1, "Harbour Savings")];
    let first_page = || Found { total: 312, next: Some("10".into()), ..listed(tagged()) };
    let trouble = Some(Code::ProviderUnavailable);
    vec![
        popular(),
        state("search-tiles-tagged", SearchView { popular: Some(tagged()), ..before() }),
        state("search-loading", SearchView { popular: None, ..before() }),
        state("search-typing", SearchView { busy: true, ..typed("har") }),
        state("search-found", found("ha", tagged())),
        state("search-found-one", found("harbour savings", one())),
        state("search-found-more", answered("ha", first_page())),
        state("search-more-trouble", SearchView { trouble, ..answered("ha", first_page()) }),
        state(
            "search-next-answer",
            SearchView { query: "harb".into(), busy: true, ..found("har", tagged()) },
        ),
        state(
            "search-by-website",
            answered("https://harbour.example/login", read_as(ReadAs::Website, one())),
        ),
        state("search-by-routing", answered("021000021", read_as(ReadAs::RoutingNumber, one()))),
        state("search-no-such-routing", answered("129999908", read_as(ReadAs::RoutingNumber, Vec::new()))),
        state(
            "search-withheld",
            answered("4111 1111 1111 1111", Found { withheld: true, ..Found::default() }),
        ),
        state("search-nothing", found("hrabuor", Vec::new())),
        state("search-long", found("first", long())),
        state("search-other-scripts", found("مصرف", other_scripts())),
        state("search-trouble", SearchView { trouble, ..typed("har") }),
        state("search-nothing-stated", SearchView { popular: None, ..before() }).with_facts(facts::none()),
    ]
}

/// All of what was found, on one page.
fn listed(institutions: Vec<Institution>) -> Found {
    let total = institutions.iter().zip(1..).map(|(_, count)| count).last().unwrap_or_default();
    Found { institutions, total, ..Found::default() }
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
        // The name begins with what was typed.
        highlights: vec![Highlight { start: 0, end: 2 }],
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

/// Names that are written from the other side, and with marks.
fn other_scripts() -> Vec<Institution> {
    let named = |number, name: &str, end, domain: &str, city: &str, state: &str| Institution {
        name: name.into(),
        highlights: vec![Highlight { start: 0, end }],
        domain: Some(domain.into()),
        place: Some(Place { city: city.into(), state: state.into() }),
        ..institution(number, "Bank")
    };
    vec![
        named(1, "مصرف أبوظبي الإسلامي", 8, "adib.example", "أبوظبي", "AE"),
        named(2, "Crédit Coopératif", 7, "credit-cooperatif.example", "Nanterre", "FR"),
    ]
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
