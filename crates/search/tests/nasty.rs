//! Whatever is typed or pasted, and whatever a directory holds: no panic, and every answer fits its entry.
#![expect(clippy::expect_used, reason = "in a test a panic is the message")]

use linchpin_search::{Entry, Index};

const NASTY: &[&str] = &[
    "",
    "\0",
    "\u{202e}knab\u{202c}",
    "e\u{301}\u{302}\u{303}",
    "İstanbul ﬁ ß ŉ ǰ",
    "ẞẞẞ",
    "👩‍👩‍👧‍👦 bank",
    "銀行 बैंक بنك банк",
    ".",
    "..",
    "a.b.c.d.e",
    "a..b",
    "://",
    "https://",
    "https://@:/?#",
    "http://[::1]:80/",
    "www.",
    "www..com",
    "x.co",
    "co.uk",
    "com.au",
    "'''",
    "\u{2019}s bank's",
    "&amp;<script>alert(1)</script>",
    "%00%ff",
    "\\u0000",
    "-----",
    "1234567890123456789012345678901234567890",
    "a b c d e f g h i j k l m n o p q r s t",
    "\u{feff}chase",
    "\u{e0041}\u{e0042}",
    "\u{10ffff}",
];

fn entry(text: &str, popularity: u64) -> Entry {
    Entry {
        name: text.to_owned(),
        legal_name: Some(text.to_owned()),
        domain: Some(text.to_owned()),
        city: Some(text.to_owned()),
        state: Some(text.to_owned()),
        aliases: vec![text.to_owned()],
        routing_numbers: vec![text.to_owned()],
        popularity,
        unavailable: popularity.is_multiple_of(2),
    }
}

#[test]
fn any_question_to_any_directory_is_answered_within_the_names_found() {
    let long = "ab ".repeat(400);
    let texts: Vec<&str> = NASTY.iter().copied().chain(["First National Bank", long.as_str()]).collect();
    let index =
        Index::build(texts.iter().zip(0..).map(|(text, popularity)| entry(text, popularity)).collect());
    for query in &texts {
        // Every beginning and every end of it, too: that is what arrives while somebody types and deletes.
        let cuts = query.char_indices().map(|(at, _)| at).take(60);
        for cut in cuts {
            let (start, end) = query.split_at(cut);
            for part in [start, end] {
                check(&index, part);
            }
        }
    }
}

fn check(index: &Index, query: &str) {
    for (limit, offset) in [(0, 0), (5, 0), (usize::MAX, 0), (5, usize::MAX), (usize::MAX, usize::MAX)] {
        let results = index.search(query, limit, offset);
        assert!(results.hits.len() <= limit, "{query:?}: the limit holds");
        for hit in results.hits {
            let name = &index.entry(hit.entry).expect("a hit names an entry").name;
            let mut end = 0;
            for range in hit.highlights {
                assert!(
                    range.start >= end && range.start < range.end,
                    "{query:?} in {name:?}: {range:?} is in order"
                );
                assert!(
                    name.get(range.clone()).is_some(),
                    "{query:?} in {name:?}: {range:?} is on boundaries"
                );
                end = range.end;
            }
        }
    }
}

#[test]
fn ten_thousand_letters_are_a_question_like_any_other() {
    let index = Index::build(vec![entry("First National Bank", 1)]);
    for long in [
        "a".repeat(10_000),
        "first ".repeat(2_000),
        "\u{301}".repeat(10_000),
        "1".repeat(10_000),
        "💰".repeat(3_000),
    ] {
        check(&index, &long);
    }
}

#[test]
fn an_empty_directory_answers_with_nothing() {
    let index = Index::build(Vec::new());
    assert!(index.is_empty() && index.popular(5).is_empty(), "nothing is popular");
    assert!(index.search("chase", 5, 0).hits.is_empty(), "nothing is found");
}
