//! The hot paths of the search, over the project's own directory.
#![expect(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use linchpin_search::{Entry, EverydayNames, Index};

fn directory() -> Vec<Entry> {
    let everyday = EverydayNames::known().unwrap_or_default();
    let rows = include_str!("../../sandbox/data/institutions.tsv").lines().skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let some = |at: usize| Some(cell(at).to_owned()).filter(|text| !text.is_empty());
        let mut entry = Entry {
            name: cell(2).to_owned(),
            legal_name: some(3),
            domain: some(4),
            city: some(5),
            state: some(6),
            popularity: cell(7).parse().unwrap_or_default(),
            ..Entry::default()
        };
        everyday.add_to(&mut entry);
        entry
    })
    .collect()
}

fn search(criterion: &mut Criterion) {
    let entries = directory();
    let index = Index::build(entries.clone());
    for (name, query) in [
        ("one letter", "b"),
        ("a beginning", "wel"),
        ("a common word", "credit union"),
        ("a whole name", "first national bank of omaha"),
        ("a name with a place", "first bank erick"),
        ("a slip", "morgan stalney private bank"),
        ("slips in a long name", "mabufcaturers and traders trust company"),
        ("words run together", "hancockwhitneybank"),
        ("an address", "https://www.bankofamerica.com/login"),
        ("noise", "qwrtzplkj xvbnm"),
    ] {
        criterion.bench_function(name, |bencher| bencher.iter(|| index.search(black_box(query), 20, 0)));
    }
    criterion.bench_function("building the index", |bencher| bencher.iter(|| Index::build(entries.clone())));
}

criterion_group!(benches, search);
criterion_main!(benches);
