//! The institutions as they were listed last.

use super::*;

on_every_store!(a_list_is_kept_whole_by_aggregator_and_never_gives_way_to_an_older_one);

async fn a_list_is_kept_whole_by_aggregator_and_never_gives_way_to_an_older_one(store: &dyn Store) {
    let list =
        |minutes, listings: &str| KeptDirectory { read_at: at(minutes), listings: listings.to_owned() };
    assert_eq!(store.kept_directory("one").await.unwrap(), None);
    store.keep_directory("one", &list(1, "[1]")).await.unwrap();
    store.keep_directory("two", &list(1, "[2]")).await.unwrap();
    store.keep_directory("one", &list(3, "[3]")).await.unwrap();
    // Another proxy was slower.
    store.keep_directory("one", &list(2, "[4]")).await.unwrap();
    assert_eq!(store.kept_directory("one").await.unwrap(), Some(list(3, "[3]")));
    assert_eq!(store.kept_directory("two").await.unwrap(), Some(list(1, "[2]")));
}
