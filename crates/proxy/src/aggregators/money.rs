//! Dollars as JSON numbers to whole cents, from the number's own text. Floating point would round.

use linchpin_protocol::Cents;

/// Reads a JSON number of dollars, such as `880.25` or `1.2e3`. Beyond cents it rounds half away from zero.
///
/// `None` for anything else, and for amounts beyond what `i64` cents hold.
pub(super) fn cents(number: &str) -> Option<Cents> {
    let text = number.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // The digits without the point, and how many of them stand after it once the amount counts cents.
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
    let after_point = i64::try_from(fraction.len()).ok()? - i64::from(exponent) - 2;
    let kept = i64::try_from(digits.len()).ok()? - after_point;
    let mut total: i64 = 0;
    // More than nineteen places cannot fit unless they are leading zeros, which add nothing.
    for place in 0..kept.max(0) {
        let digit = usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
        total = total.checked_mul(10)?.checked_add(i64::from(digit))?;
        if total == 0 && place > i64::try_from(digits.len()).ok()? {
            break;
        }
    }
    let next = usize::try_from(kept).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
    if next >= 5 {
        total = total.checked_add(1)?;
    }
    Some(Cents(if negative { -total } else { total }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_come_from_the_digits_and_not_from_floating_point() {
        for (number, expected) in [
            ("880.25", Some(88025)),
            ("0", Some(0)),
            ("880", Some(88000)),
            ("880.2", Some(88020)),
            ("-12.34", Some(-1234)),
            ("0.1", Some(10)),
            ("1.005", Some(101)),
            ("1.0049999999", Some(100)),
            ("0.004", Some(0)),
            ("0.005", Some(1)),
            ("-0.005", Some(-1)),
            ("1.2e3", Some(120_000)),
            ("12e-1", Some(120)),
            ("5e-3", Some(1)),
            ("5e-9", Some(0)),
            ("90071992547409.93", Some(9_007_199_254_740_993)),
            ("1e40", None),
            ("0e2000000000", Some(0)),
            ("1e2000000000", None),
            ("1e-2000000000", Some(0)),
            ("\"880.25\"", None),
            ("null", None),
            (".5", None),
            ("", None),
            ("1e", None),
        ] {
            assert_eq!(cents(number), expected.map(Cents), "{number:?}");
        }
    }
}
