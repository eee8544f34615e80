//! What is the same in the texts of both versions: shares and limits (quovo.md 9). Pure.

use crate::aggregators::text::moment;
use jiff::Timestamp;

/// 0 to 1 is a share, above 1 is percent (quovo.md 9.13).
pub(in crate::aggregators) fn percent(raw: f64) -> Option<u8> {
    if !raw.is_finite() || raw < 0.0 {
        return None;
    }
    let scaled = if raw <= 1.0 { raw * 100.0 } else { raw };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 0 and 100")]
    Some(scaled.round().clamp(0.0, 100.0) as u8)
}

/// By when an answer has to be there.
pub(in crate::aggregators) enum Limit {
    At(Timestamp),
    Unreadable,
}

/// `expires`: ISO 8601, or seconds or milliseconds since 1970 (quovo.md 9.7). There and not readable means realtime
/// without a countdown.
pub(in crate::aggregators) fn limit(expires: &serde_json::Value) -> Option<Limit> {
    let number = match expires {
        serde_json::Value::Null => return None,
        serde_json::Value::Number(number) => number.as_i64(),
        serde_json::Value::String(text) => match moment(text) {
            Some(moment) => return Some(Limit::At(moment)),
            None => text.trim().parse().ok(),
        },
        _ => None,
    };
    // Below this, milliseconds would lie in 1973 and seconds in 5138.
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    // And this many seconds would lie in 1973: more likely a duration, which has no known start.
    const SECONDS_FROM: i64 = 100_000_000;
    let moment = match number {
        Some(number) if number >= MILLISECONDS_FROM => Timestamp::from_millisecond(number).ok(),
        Some(number) if number >= SECONDS_FROM => Timestamp::from_second(number).ok(),
        _ => None,
    };
    Some(moment.map_or(Limit::Unreadable, Limit::At))
}
