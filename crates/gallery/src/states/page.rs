//! What the page itself shows before the program is there, or when it never comes.

use super::{Shown, State, facts};

pub(super) fn states() -> Vec<State> {
    let page = |name: &str, first, notice| State {
        name: name.into(),
        shown: Shown::Page { first, notice },
        cover: None,
        facts: facts::none(),
        username: None,
    };
    vec![
        page("page-search", "search", None),
        page("page-consent", "consent", None),
        page("page-not-loaded", "search", Some("not-loaded")),
        page("page-not-framed", "search", Some("not-framed")),
    ]
}
