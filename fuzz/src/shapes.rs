//! What several targets need.

use std::iter;

/// Cuts the input at each byte 0xFF, which no UTF-8 text holds. Missing parts are empty.
pub(crate) fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = data.split(|byte| *byte == 0xff).chain(iter::repeat(&[][..]));
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// Bytes as text; what is not UTF-8 is replaced.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Text that a person is shown: short, and without characters that disguise.
pub(crate) fn assert_plain(text: &str) {
    assert!(text.chars().count() <= 2_000, "too long to show: {} characters", text.chars().count());
    let odd = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.chars().any(odd), "a control or direction character would be shown: {text:?}");
}

/// A word for support: no free text passes for one.
pub(crate) fn assert_word(word: &str) {
    let fits = word.len() <= 40
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    assert!(fits, "not a word: {word:?}");
}
