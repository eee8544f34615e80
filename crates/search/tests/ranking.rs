//! What a person types, and what comes first.
#![expect(clippy::expect_used, reason = "in a test a panic is the message")]

use linchpin_search::{Entry, Index};

fn bank(name: &str, domain: &str, place: (&str, &str), popularity: u32) -> Entry {
    Entry {
        name: name.to_owned(),
        legal_name: None,
        domain: Some(domain.to_owned()).filter(|domain| !domain.is_empty()),
        city: Some(place.0.to_owned()),
        state: Some(place.1.to_owned()),
        aliases: Vec::new(),
        popularity,
    }
}

fn directory() -> Index {
    let mut chase = bank("JPMorgan Chase Bank", "jpmorganchase.com", ("Columbus", "OH"), 100);
    chase.aliases.push("Chase".to_owned());
    chase.legal_name = Some("JPMorgan Chase Bank, National Association".to_owned());
    Index::build(vec![
        bank("Chase Falls Savings", "chasefalls.com", ("Albany", "NY"), 3),
        chase,
        bank("First National Bank", "fnb-one.com", ("Omaha", "NE"), 20),
        bank("First National Bank", "fnb-two.com", ("Pulaski", "TN"), 5),
        bank("First National Bankers Bank", "fnbb.com", ("Baton Rouge", "LA"), 50),
        bank("Bank of the First Nation", "bofn.com", ("Tulsa", "OK"), 60),
        bank("Wells Fargo Bank", "wellsfargo.com", ("Sioux Falls", "SD"), 90),
        bank("Fargo Wells Community Bank", "", ("Fargo", "ND"), 95),
        bank("Peña Blanca Credit Union", "penablanca.org", ("Santa Fe", "NM"), 1),
        bank("U.S. Bank", "usbank.com", ("Cincinnati", "OH"), 80),
    ])
}

fn found(query: &str) -> Vec<(String, String)> {
    let index = directory();
    let results = index.search(query, 10, 0);
    let entries = results.hits.iter().map(|hit| index.entry(hit.entry).expect("a hit names an entry"));
    entries.map(|entry| (entry.name.clone(), entry.city.clone().unwrap_or_default())).collect()
}

fn first(query: &str) -> String {
    found(query).into_iter().next().map_or_else(|| "nothing".to_owned(), |(name, _)| name)
}

fn highlighted(query: &str) -> Vec<String> {
    let index = directory();
    let results = index.search(query, 1, 0);
    let hit = results.hits.first().expect("the query finds something");
    let name = &index.entry(hit.entry).expect("a hit names an entry").name;
    hit.highlights.iter().map(|range| name.get(range.clone()).expect("on boundaries").to_owned()).collect()
}

#[test]
fn a_whole_name_comes_before_a_more_popular_longer_one() {
    assert_eq!(first("first national bank"), "First National Bank", "the exact name wins");
}

#[test]
fn of_two_namesakes_the_more_popular_comes_first() {
    let cities: Vec<_> = found("First National Bank").into_iter().take(2).map(|(_, city)| city).collect();
    assert_eq!(cities, ["Omaha", "Pulaski"], "popularity decides inside a tier");
}

#[test]
fn a_nickname_counts_as_a_whole_name() {
    assert_eq!(first("chase"), "JPMorgan Chase Bank", "an alias is as good as the name");
    assert_eq!(highlighted("chase"), ["Chase"], "the word in the name is marked");
}

#[test]
fn a_legal_name_finds_it_too() {
    assert_eq!(first("jpmorgan chase bank, national association"), "JPMorgan Chase Bank");
}

#[test]
fn a_domain_an_address_and_its_stem_find_the_same_bank() {
    for query in [
        "wellsfargo.com",
        "www.wellsfargo.com",
        "https://www.wellsfargo.com/login?a=b#c",
        "online.wellsfargo.com",
        "wellsfargo",
        "wells fargo",
        "WellsFargo.com.",
    ] {
        assert_eq!(first(query), "Wells Fargo Bank", "{query}");
    }
}

#[test]
fn an_address_that_only_ends_like_a_domain_is_not_that_bank() {
    assert_eq!(
        found("https://notwellsfargo.com/"),
        [],
        "a look-alike address must not lead to the bank it imitates"
    );
}

#[test]
fn unfinished_words_in_any_order_are_enough() {
    assert_eq!(first("bla pen"), "Peña Blanca Credit Union");
    assert_eq!(highlighted("bla pen"), ["Peñ", "Bla"], "marked in the order of the name");
}

#[test]
fn each_word_of_the_name_serves_one_word_of_the_question() {
    let names: Vec<_> = found("bank bank").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["First National Bankers Bank"], "only one name has two such words");
}

#[test]
fn a_place_beside_the_name_tells_namesakes_apart() {
    let cities: Vec<_> = found("first national pulaski").into_iter().map(|(_, city)| city).collect();
    assert_eq!(cities, ["Pulaski"]);
}

#[test]
fn a_place_alone_finds_nothing() {
    assert_eq!(found("cincinnati"), [], "a place without a word of the name is not a question for a bank");
}

#[test]
fn a_piece_from_inside_a_word_finds_it_last() {
    assert_eq!(first("morgan"), "JPMorgan Chase Bank");
    assert_eq!(highlighted("morgan"), ["Morgan"]);
    assert_eq!(highlighted("gan chase b"), ["gan Chase B"], "a piece across words is marked as one");
    assert_eq!(first("hase"), "JPMorgan Chase Bank");
}

#[test]
fn dots_and_accents_need_not_be_typed() {
    assert_eq!(first("us bank"), "U.S. Bank");
    assert_eq!(highlighted("us bank"), ["U.S", "Bank"]);
    assert_eq!(first("PENA"), "Peña Blanca Credit Union");
}

#[test]
fn noise_finds_nothing() {
    for query in ["qwrtzp", "asdf jkl", "?!", "🏦", "000000000", "xx yy zz", "the the the"] {
        assert_eq!(found(query), [], "{query:?}");
    }
}

#[test]
fn an_empty_question_finds_nothing_and_popular_is_asked_for_by_itself() {
    assert_eq!(found(""), [], "empty");
    assert_eq!(found(" \u{200b}\t"), [], "blank");
    let index = directory();
    let names: Vec<_> =
        index.popular(3).into_iter().map(|at| index.entry(at).expect("an entry").name.as_str()).collect();
    assert_eq!(names, ["JPMorgan Chase Bank", "Fargo Wells Community Bank", "Wells Fargo Bank"]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let index = directory();
    let all = index.search("bank", 100, 0);
    assert!(!all.more, "everything fits on one page");
    let mut paged = Vec::new();
    let mut offset = 0;
    loop {
        let page = index.search("bank", 2, offset);
        offset += page.hits.len();
        paged.extend(page.hits);
        if !page.more {
            break;
        }
    }
    assert_eq!(paged, all.hits, "the pages together are the whole answer");
    assert!(all.hits.len() > 4, "there were several pages");
}
