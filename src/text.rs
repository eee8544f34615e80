//! Every word on the screens, in the language of the page.
//!
//! A key names a text. The texts come with the page, in one language; none is built in. `{name}` stands for something that is
//! filled in, and numbers, days and plurals are the browser's own (`Intl`).

pub use linchpin_words::Key;

use crate::browser;
use linchpin_words::{Direction, Filled};
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// Where the page keeps its words: the edition of the keys in the first line, then a text a line.
const WORDS: &str = "linchpin-words";

/// A language, as it is spoken.
struct Spoken {
    words: String,
    /// Written from right to left.
    isolated: bool,
    /// Its tag, where the page's own is not what is spoken.
    tag: Option<String>,
}

impl Spoken {
    /// Nothing is said before the page's words are there. Tests of one function have no page.
    fn at_first() -> Self {
        let words = if cfg!(test) { linchpin_words::Language::English.widget() } else { "" };
        Self { words: words.to_owned(), isolated: false, tag: None }
    }
}

thread_local! {
    static SPOKEN: RefCell<Spoken> = RefCell::new(Spoken::at_first());
}

/// Takes the words of the page. Whether they were there, and written for these keys.
pub fn speak_as_the_page() -> bool {
    let Some(words) = browser::meta(WORDS) else { return false };
    let rtl = browser::page_marker("dir").is_some_and(|dir| dir == Direction::Rtl.as_str());
    speak_file(&words, rtl, None)
}

/// Takes words as they are fetched, in the language of that tag, or of the page. Whether they were written for these keys.
pub fn speak_file(file: &str, rtl: bool, tag: Option<String>) -> bool {
    let Some((edition, words)) = file.split_once('\n') else { return false };
    SPOKEN.set(Spoken { words: words.to_owned(), isolated: rtl, tag });
    edition == linchpin_words::WIDGET_EDITION
}

/// Speaks with these words, a text a line in the order of the keys. `rtl`: they are written from right to left.
pub fn speak(words: &str, rtl: bool) {
    SPOKEN.set(Spoken { words: words.to_owned(), isolated: rtl, tag: None });
}

/// Whether it is written from right to left.
pub fn is_from_right() -> bool {
    SPOKEN.with_borrow(|spoken| spoken.isolated)
}

/// The words of a key.
pub fn say(key: Key) -> String {
    SPOKEN.with_borrow(|spoken| linchpin_words::at(&spoken.words, key as usize).to_owned())
}

/// The words of a key with its gaps filled. What is filled in is not looked at for further gaps.
pub fn fill(key: Key, gaps: Filled<'_>) -> String {
    SPOKEN.with_borrow(|spoken| {
        linchpin_words::fill(linchpin_words::at(&spoken.words, key as usize), gaps, spoken.isolated)
    })
}

/// The words of a key for so many, as the language counts them; `{count}` is the number.
pub fn count(key: Key, number: impl TryInto<u32>, gaps: Filled<'_>) -> String {
    counted(key, size(number), gaps)
}

fn counted(key: Key, count: u32, gaps: Filled<'_>) -> String {
    let options = js_sys::Object::new();
    let category = js_sys::Intl::PluralRules::new(&locales(), &options).select(f64::from(count));
    let category = String::from(category);
    let number = written(count);
    let gaps: Vec<_> = gaps.iter().copied().chain([("count", number.as_str())]).collect();
    SPOKEN.with_borrow(|spoken| {
        let text = linchpin_words::form(linchpin_words::at(&spoken.words, key as usize), &category);
        linchpin_words::fill(text, &gaps, spoken.isolated)
    })
}

/// A number as it is written in the page's language.
pub fn number(number: impl TryInto<u32>) -> String {
    written(size(number))
}

/// More than can be counted is told as very many.
fn size(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

fn written(count: u32) -> String {
    let format = js_sys::Intl::NumberFormat::new(&locales(), &js_sys::Object::new()).format();
    let shown = format.call1(&JsValue::UNDEFINED, &count.into());
    shown.ok().and_then(|text| text.as_string()).unwrap_or_else(|| count.to_string())
}

/// The language that is spoken, for what the browser formats: in the digits that account numbers and amounts are written in
/// everywhere, so that no screen mixes two kinds.
pub fn locales() -> js_sys::Array {
    let tag = SPOKEN.with_borrow(|spoken| spoken.tag.clone()).or_else(|| browser::page_marker("lang"));
    tag.map(|tag| JsValue::from(format!("{tag}-u-nu-latn"))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_words::Language;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn mark_page(tag: &str) {
        leptos::prelude::document().document_element().unwrap().set_attribute("lang", tag).unwrap();
    }

    fn in_language(language: Language, act: impl FnOnce()) {
        mark_page(language.tag());
        speak(language.widget(), language.direction() == Direction::Rtl);
        act();
        mark_page("en");
        speak(Language::English.widget(), false);
    }

    #[test]
    fn each_language_counts_in_its_own_way() {
        in_language(Language::English, || {
            assert_eq!(count(Key::FoundBanks, 1_u32, &[]), "1 bank found");
            assert_eq!(count(Key::FoundBanks, 1_200_u32, &[]), "1,200 banks found");
        });
        // Zero is singular in French and plural in English.
        in_language(Language::French, || {
            assert_eq!(
                count(Key::FoundBanks, 0_u32, &[]).replace('1', "0"),
                count(Key::FoundBanks, 1_u32, &[]).replace('1', "0")
            );
        });
        in_language(Language::Arabic, || {
            let said: Vec<_> = [0_u32, 1, 2, 3, 11, 100].map(|n| count(Key::FoundBanks, n, &[])).into();
            for (at, words) in said.iter().enumerate() {
                assert!(!said.iter().take(at).any(|other| other == words), "six forms: {said:?}");
            }
        });
    }

    #[test]
    fn words_from_right_to_left_keep_a_name_in_its_own_direction() {
        in_language(Language::Arabic, || {
            let words = fill(Key::SignInTo, &[("bank", "Chase (US)")]);
            assert!(words.contains("\u{2068}Chase (US)\u{2069}"), "{words}");
        });
        in_language(Language::English, || {
            assert_eq!(fill(Key::SignInTo, &[("bank", "Chase (US)")]), "Sign in to Chase (US)");
        });
    }

    #[test]
    fn the_page_says_which_words_are_spoken() {
        in_language(Language::English, || {
            assert!(!speak_as_the_page(), "this page has none");
            let page =
                document_with(&format!("{}\n{}", linchpin_words::WIDGET_EDITION, Language::Spanish.widget()));
            assert!(speak_as_the_page());
            assert_eq!(say(Key::Back), linchpin_words::at(Language::Spanish.widget(), Key::Back as usize));
            page.remove();
            let page = document_with("another edition\nBack");
            assert!(!speak_as_the_page(), "words for other keys are not words");
            page.remove();
        });
    }

    fn document_with(words: &str) -> web_sys::Element {
        let meta = leptos::prelude::document().create_element("meta").unwrap();
        meta.set_attribute("name", WORDS).unwrap();
        meta.set_attribute("content", words).unwrap();
        leptos::prelude::document().document_element().unwrap().append_child(&meta).unwrap();
        meta
    }
}
