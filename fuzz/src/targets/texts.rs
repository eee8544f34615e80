//! Short texts of strangers: tokens, origins, ids, queries, file names, reports of violated policies, names of banks.
//!
//! Holds: what is taken is in the one form that there is for it, and what is refused is not repeated.

use crate::shapes::text;
use linchpin_protocol::MaskedText;
use linchpin_proxy::config::Origin;
use linchpin_proxy::fuzzing::{is_file_name, link_token, policy_report, query, quovo};

pub(crate) fn run(data: &[u8]) {
    let text = text(data);
    if let Some((id, secret)) = link_token(&text) {
        assert_eq!(
            format!("lt_{}.{secret}", id.trim_start_matches("lnk_")),
            text,
            "a token is cut elsewhere"
        );
        assert!(id.len() <= 68 && secret.len() <= 128, "a token without bounds");
    }
    if let Some(origin) = Origin::parse(&text) {
        assert_eq!(origin.as_str(), text, "an origin is kept as it was written");
        let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.:/[]".contains(c);
        assert!(text.chars().all(safe), "an origin that could leave its place in a policy: {text:?}");
        assert_eq!(text.matches('/').count(), 2, "an origin has no path: {text:?}");
    }
    match query(&text) {
        Ok((_, _, cursor)) => assert!(cursor.is_none_or(|cursor| cursor <= 1_000), "a page without end"),
        Err(said) => assert!(!said.contains(&text) || text.len() < 16, "a refusal repeats a query: {said}"),
    }
    if is_file_name(&text) {
        let leads_out =
            text.split('/').any(|part| part.is_empty() || part == "..") || text.contains(['\\', '\0', '%']);
        assert!(!leads_out, "a file outside of the widget's folder: {text:?}");
    }
    if let Some(directive) = policy_report(data) {
        let fits = directive.len() <= 40 && directive.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(fits, "a report writes {directive:?} into the log");
    }
    let (challenge, institution) = quovo::upstream_ids(&text);
    for (id, prefix) in [(challenge, "chl_"), (institution, "ins_")] {
        let digits = id.map(|id| id.to_string()).unwrap_or_default();
        let rest = text.strip_prefix(prefix).unwrap_or_default();
        // A challenge whose answer is a number says so at its end.
        let rest = if prefix == "chl_" { rest.strip_suffix('n').unwrap_or(rest) } else { rest };
        let same = rest.trim_start_matches('+').trim_start_matches('0') == digits.trim_start_matches('0');
        assert!(id.is_none() || same, "{text:?} stands for another id: {digits}");
    }
    money(&text);
    masked(&text);
}

/// Neither a long number nor a character that hides one is left, and what is left is masked no further.
fn masked(text: &str) {
    let once = MaskedText::of(text);
    assert_eq!(MaskedText::of(once.as_str()), once, "{text:?} is masked further the second time");
    let run = once.as_str().split(|c: char| !c.is_numeric()).map(|digits| digits.chars().count()).max();
    assert!(run.unwrap_or(0) < 4, "a number is left of {text:?}");
    assert!(!once.as_str().contains(char::is_control), "a control is left of {text:?}");
}

/// Cents are what the digits say: the same as floating point where that is exact enough, and read back as written.
fn money(text: &str) {
    if let (Some(cents), Ok(dollars)) = (quovo::cents(text), text.trim().parse::<f64>())
        && dollars.abs() < 1e9
    {
        #[expect(clippy::cast_precision_loss, reason = "below 1e11 every whole number is exact")]
        let apart = (cents.0 as f64 - dollars * 100.0).abs();
        assert!(apart <= 0.501, "{text:?} was read as {} cents", cents.0);
    }
    if let Some(bytes) = text.as_bytes().first_chunk::<7>() {
        let cents = bytes.iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
        let written = format!("{}.{:02}", cents / 100, cents % 100);
        assert_eq!(quovo::cents(&written).map(|cents| cents.0), Some(cents), "{written} is read wrongly");
    }
}
