//! Every word on the screens.
//!
//! A key names a text; a table gives it words. English is built in. `{name}` stands for something that is filled in.

mod words;

pub use words::Key;

use std::cell::RefCell;
use words::ENGLISH;

thread_local! {
    /// The words of another language, in the order of the keys.
    static OTHER: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Puts the words of another language in; `None` goes back to English. The list must have one text for each key.
///
/// Returns whether it was taken.
pub fn speak(words: Option<Vec<String>>) -> bool {
    let fits = words.as_ref().is_none_or(|words| words.len() == Key::ALL.len());
    if fits {
        OTHER.with_borrow_mut(|other| *other = words);
    }
    fits
}

/// The words of a key.
pub fn say(key: Key) -> String {
    let at = key as usize;
    OTHER
        .with_borrow(|other| match other {
            Some(words) => words.get(at).cloned(),
            None => ENGLISH.split('\n').nth(at).map(str::to_owned),
        })
        .unwrap_or_default()
}

/// The words of a key with its gaps filled. What is filled in is not looked at for further gaps.
pub fn fill(key: Key, gaps: &[(&str, &str)]) -> String {
    let words = say(key);
    let mut filled = String::with_capacity(words.len() + 24);
    let mut rest = words.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = gaps.iter().find(|(gap, _)| *gap == name) {
            filled.push_str(value);
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_gap_of_the_english_words_is_closed() {
        assert_eq!(ENGLISH.lines().count(), Key::ALL.len(), "no text has more than a line");
        for (key, words) in Key::ALL.iter().zip(ENGLISH.lines()) {
            assert_eq!(words.matches('{').count(), words.matches('}').count(), "{key:?}: {words}");
            assert!(!words.is_empty(), "{key:?} has no words");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(fill(Key::SignInTo, &[("bank", "{bank} {x}")]), "Sign in to {bank} {x}");
    }

    #[test]
    fn a_gap_without_a_value_leaves_nothing_behind() {
        assert_eq!(fill(Key::SignInTo, &[]), "Sign in to ");
    }

    #[test]
    fn words_of_another_length_are_not_taken() {
        assert!(!speak(Some(vec!["one".into()])));
        assert_eq!(say(Key::Back), "Back");
        let shouted = ENGLISH.lines().map(|words| words.to_uppercase()).collect();
        assert!(speak(Some(shouted)));
        assert_eq!(say(Key::Back), "BACK");
        assert!(speak(None));
        assert_eq!(say(Key::Back), "Back");
    }
}
