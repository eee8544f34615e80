//! What holds for any question, over a directory that has something of everything.

use linchpin_search::{Entry, Index};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

fn names() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-z]{1,9}",
        2 => Just("bank".to_owned()),
        1 => Just("of the".to_owned()),
        1 => Just("credit union".to_owned()),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn entries() -> impl Strategy<Value = Entry> {
    let domain = prop::option::of("[a-z]{1,8}\\.(com|co\\.uk|bank)");
    (names(), domain, prop::option::of(names()), prop::collection::vec(names(), 0..3), 0..9u64).prop_map(
        |(name, domain, city, aliases, popularity)| Entry {
            name,
            domain,
            city,
            aliases,
            popularity,
            ..Entry::default()
        },
    )
}

/// The same cases in every run, unless `PROPTEST_RNG_SEED` asks for others: new ones are for the fuzzer to find.
fn config() -> ProptestConfig {
    let cases = ProptestConfig::with_cases(400);
    let rng_seed = match cases.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_261_121),
        given @ RngSeed::Fixed(_) => given,
    };
    ProptestConfig { failure_persistence: None, rng_seed, ..cases }
}

/// Whether a name has a letter or a digit of its own: one that only changes how another looks is passed over in a search.
fn is_readable(name: &str) -> bool {
    const APOSTROPHE: char = '\u{2bc}';
    const STRETCH: char = '\u{640}';
    let is_letter =
        |c: char| c.is_alphanumeric() && !is_combining_mark(c) && !matches!(c, APOSTROPHE | STRETCH);
    name.nfkd().any(is_letter)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_answered(query in "(?s).{0,80}", entries in prop::collection::vec(entries(), 0..12)) {
        let count = entries.len();
        let index = Index::build(entries);
        let results = index.search(&query, 100, 0);
        prop_assert_eq!(results.total, results.hits.len());
        prop_assert!(results.total <= count);
    }

    #[test]
    fn whoever_types_a_whole_name_finds_it(entries in prop::collection::vec(entries(), 1..12), at in any::<prop::sample::Index>()) {
        let name = at.get(&entries).name.clone();
        let index = Index::build(entries);
        let found: Vec<_> = index.search(&name, 100, 0).hits.iter().map(|hit| hit.entry).collect();
        let words = name.split_whitespace().count();
        let readable = is_readable(&name) && words <= 12 && !name.contains(['.', '/']);
        let has_it = found.iter().any(|at| index.entry(*at).expect("a hit names an entry").name == name);
        prop_assert!(!readable || has_it, "{name:?} finds {found:?}");
    }

    #[test]
    fn case_and_surrounding_blanks_make_no_difference(entries in prop::collection::vec(entries(), 1..12), query in "[a-z ]{0,20}") {
        let index = Index::build(entries);
        let typed = format!("  {} ", query.to_uppercase());
        prop_assert_eq!(index.search(&typed, 100, 0), index.search(&query, 100, 0));
    }
}
