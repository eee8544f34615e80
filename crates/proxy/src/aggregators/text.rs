//! What is the same in every aggregator's texts: words, moments and sentences. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A provider's word for support: letters, digits, underscores and hyphens, so that no free text passes for one.
pub(super) fn printable_word(status: &str) -> String {
    status.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(40).collect()
}

/// With or without zone and fraction; no zone means UTC (quovo.md 9.23).
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// Text for a person: no control or direction characters, at most 2,000 characters. The widget draws it as text.
pub(super) fn plain_text(text: &str) -> String {
    shown(text).filter(|c| !c.is_control() || *c == '\n').take(2_000).collect()
}

/// A name or a label: one line, at most 100 characters.
pub(super) fn label(text: &str) -> String {
    let spaced = shown(text).map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(|c| !c.is_control()).take(100).collect::<String>().trim_end().to_owned()
}

/// Without what is there only to change how the rest is shown: directions, breaks, and marks that nobody sees. What joins
/// letters or keeps them apart stays, since some scripts and pictures are written with it.
fn shown(text: &str) -> impl Iterator<Item = char> {
    let is_trick = |c: char| {
        matches!(
            c,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
    };
    text.trim().chars().filter(move |c| !is_trick(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_changes_how_text_is_shown_is_left_out() {
        let tricky = " Pay\u{202e}kcab\u{2066} \u{feff}\u{200b}to\u{61c}\u{2028}\u{e0041}\u{7}us\nnow ";
        assert_eq!(plain_text(tricky), "Paykcab tous\nnow");
        assert_eq!(label(tricky), "Paykcab tous now");
        let joined = "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}";
        assert_eq!(label(joined), joined, "what some scripts are written with stays");
    }

    #[test]
    fn nobody_fills_a_screen_with_a_name() {
        let long = "x".repeat(10_000);
        assert_eq!((plain_text(&long).len(), label(&long).len()), (2_000, 100));
        assert_eq!(label("one\r\ntwo\u{85}three"), "one  two three");
    }
}
