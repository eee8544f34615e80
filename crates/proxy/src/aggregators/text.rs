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
    let direction =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept: String = text
        .trim()
        .chars()
        .filter(|c| (!c.is_control() || *c == '\n') && !direction(*c))
        .take(2_000)
        .collect();
    kept
}
