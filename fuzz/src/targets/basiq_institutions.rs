//! Basiq's list of connectors. The first byte chooses how people sign in.
//!
//! Holds: names and labels are plain text; links are https; each institution is listed once.

use crate::shapes::assert_plain;
use linchpin_proxy::fuzzing::basiq;
use std::collections::HashSet;

pub(crate) fn run(data: &[u8]) {
    let Some((sign_in, list)) = data.split_first() else { return };
    let mut seen = HashSet::new();
    for listing in basiq::institutions(*sign_in, list).unwrap_or_default() {
        assert_plain(&listing.name);
        for text in [&listing.username_label, &listing.password_label, &listing.notes].into_iter().flatten() {
            assert!(!text.is_empty(), "an empty text is shown");
            assert_plain(text);
        }
        if let Some(website) = &listing.website {
            assert!(website.starts_with("https://"), "a link leads to {website:?}");
        }
        assert!(seen.insert(listing.id.clone()), "{} is listed twice", listing.id);
    }
}
