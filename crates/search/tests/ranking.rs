//! What a person types, and what comes first.
#![expect(clippy::expect_used, reason = "in a test a panic is the message")]

use linchpin_search::{Entry, Index};

fn bank(name: &str, domain: &str, place: (&str, &str), popularity: u64) -> Entry {
    Entry {
        name: name.to_owned(),
        domain: Some(domain.to_owned()).filter(|domain| !domain.is_empty()),
        city: Some(place.0.to_owned()),
        state: Some(place.1.to_owned()),
        popularity,
        ..Entry::default()
    }
}

fn arabic() -> Entry {
    Entry {
        name: "مصرف الراجحي".to_owned(),
        city: Some("الرياض".to_owned()),
        aliases: vec!["Al Rajhi Bank".to_owned()],
        routing_numbers: vec!["021000021".to_owned()],
        popularity: 2,
        ..Entry::default()
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
        bank("Sparkasse Gießen", "sparkasse-giessen.de", ("Gießen", ""), 2),
        arabic(),
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
    assert_eq!(all.total, all.hits.len(), "everything fits on one page");
    let mut paged = Vec::new();
    let mut offset = 0;
    loop {
        let page = index.search("bank", 2, offset);
        offset += page.hits.len();
        paged.extend(page.hits);
        assert_eq!(page.total, all.total, "every page says how many there are");
        if offset >= page.total {
            break;
        }
    }
    assert_eq!(paged, all.hits, "the pages together are the whole answer");
    assert!(all.hits.len() > 4, "there were several pages");
}

#[test]
fn each_kind_of_slip_is_forgiven() {
    for (slip, query) in [
        ("another letter", "wells farho"),
        ("two letters swapped", "wlels fargo bank"),
        ("a letter dropped", "wels fargo"),
        ("a letter doubled", "welllsfargo"),
        ("another first letter", "qells fargo"),
        ("a letter too many, in an unfinished word", "commmun"),
    ] {
        let expected = if query == "commmun" { "Fargo Wells Community Bank" } else { "Wells Fargo Bank" };
        assert_eq!(first(query), expected, "{slip}: {query}");
    }
    assert_eq!(highlighted("wells farho"), ["Wells", "Fargo"], "a word with a slip is marked whole");
}

#[test]
fn initials_find_a_name_with_and_without_linking_words() {
    assert_eq!(first("botfn"), "Bank of the First Nation");
    assert_eq!(first("bfn"), "Bank of the First Nation");
    assert_eq!(highlighted("bfn"), ["B", "F", "N"], "the initials are marked");
    assert_eq!(first("fnb pulaski"), "First National Bank", "beside the place, too");
    assert_eq!(first("pbcu"), "Peña Blanca Credit Union");
    assert_eq!(first("pena blanca cu"), "Peña Blanca Credit Union", "initials of the kind alone");
}

#[test]
fn words_may_be_run_together_or_parted() {
    assert_eq!(first("penablancacreditunion"), "Peña Blanca Credit Union");
    assert_eq!(first("penablancacu"), "Peña Blanca Credit Union");
    assert_eq!(first("wel lsfargo"), "Wells Fargo Bank");
    assert_eq!(first("pe na blanca credit union"), "Peña Blanca Credit Union");
}

#[test]
fn a_short_form_is_as_good_as_the_word() {
    assert_eq!(first("1st natl bank omaha"), "First National Bank");
}

#[test]
fn letters_of_any_alphabet_are_found_however_they_are_typed() {
    for query in ["الراجحي", "مَصْرِف", "مصـرف الرا", "\u{202b}الراجحي\u{202c}", "al rajhi"]
    {
        assert_eq!(first(query), "مصرف الراجحي", "{query}");
    }
    assert_eq!(highlighted("الراجحي"), ["الراجحي"], "marked from right to left by bytes, as it is stored");
    for query in ["GIESSEN SPARKASSE", "sparkasse gieß", "Ｓｐａｒｋａｓｓｅ", "sparkasse-giessen.de"]
    {
        assert_eq!(first(query), "Sparkasse Gießen", "{query}");
    }
}

#[test]
fn a_routing_number_finds_who_has_it_and_nobody_else() {
    assert_eq!(found("0210-0002-1").len(), 1);
    assert_eq!(first("021000021"), "مصرف الراجحي");
    assert_eq!(found("021000012"), [], "a number with a slip is another number");
}

#[test]
fn a_state_is_found_by_code_and_by_name() {
    for query in ["first national bank tn", "first national bank Tennessee"] {
        assert_eq!(found(query)[0].1, "Pulaski", "{query}");
    }
}

#[test]
fn what_a_person_wants_to_do_there_does_no_harm() {
    assert_eq!(first("chase online banking login"), "JPMorgan Chase Bank");
}

#[test]
fn a_namesake_that_cannot_be_used_stands_behind_and_does_not_vanish() {
    let mut entries = vec![bank("Oak Bank", "", ("Oslo", ""), 5), bank("Oak Bank", "", ("Bergen", ""), 5)];
    entries[0].unavailable = true;
    let hits: Vec<usize> =
        Index::build(entries).search("oak", 5, 0).hits.iter().map(|hit| hit.entry).collect();
    assert_eq!(hits, [1, 0]);
}
