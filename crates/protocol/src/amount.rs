//! Amounts as people type them.

use crate::Cents;
use crate::routing::digit;

/// Why a text is no amount of a deposit. Nothing is sent for it, so that it uses no try.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AmountProblem {
    /// Nothing was typed.
    Empty,
    /// It does not read as an amount.
    Format,
    /// It is not from one cent to 99: such deposits are below a dollar.
    Range,
}

/// The most that a deposit can be.
const MOST: i64 = 99;
/// Nobody types an amount longer than this.
const LONGEST: usize = 32;

/// Reads the amount of a deposit as people type it, below a dollar: `.12`, `0.12`, `$0.12`, `0,12`, `12¢`, `12` are twelve
/// cents, in digits as keyboards write them. Whole numbers are cents, as nobody was sent dollars.
///
/// ```
/// use linchpin_protocol::{AmountProblem, Cents, deposit_amount};
///
/// assert_eq!(deposit_amount("$0.07"), Ok(Cents(7)));
/// assert_eq!(deposit_amount("7"), Ok(Cents(7)));
/// assert_eq!(deposit_amount(".7"), Ok(Cents(70)));
/// assert_eq!(deposit_amount("1.07"), Err(AmountProblem::Range));
/// ```
///
/// # Errors
/// It cannot be read, or no deposit is that large.
pub fn deposit_amount(text: &str) -> Result<Cents, AmountProblem> {
    let text: String = text.chars().filter(|c| !is_ignored(*c)).take(LONGEST + 1).collect();
    if text.is_empty() {
        return Err(AmountProblem::Empty);
    }
    if text.chars().count() > LONGEST {
        return Err(AmountProblem::Format);
    }
    let (text, in_dollars) = match text.strip_prefix(['$', '＄']) {
        Some(rest) => (rest, true),
        None => (text.as_str(), false),
    };
    let (text, in_cents) = match text.strip_suffix(['¢', '￠', 'c', 'C']) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut parts = text.split(['.', ',', '٫', '．', '，']);
    let cents = match (parts.next(), parts.next(), parts.next()) {
        (Some(whole), None, _) if !in_dollars => number(whole)?,
        (Some(whole), None, _) if !in_cents => dollars(whole)?,
        (Some(whole), Some(fraction), None) if !in_cents => {
            let whole = if whole.is_empty() { 0 } else { dollars(whole)? };
            whole.saturating_add(hundredths(fraction)?)
        }
        _ => return Err(AmountProblem::Format),
    };
    if (1..=MOST).contains(&cents) { Ok(Cents(cents)) } else { Err(AmountProblem::Range) }
}

/// What is not looked at: white space, marks of direction and joining that come along with pasted text.
fn is_ignored(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn number(digits: &str) -> Result<i64, AmountProblem> {
    if digits.is_empty() {
        return Err(AmountProblem::Format);
    }
    digits.chars().try_fold(0_i64, |number, c| {
        let digit = digit(c).ok_or(AmountProblem::Format)?;
        Ok(number.saturating_mul(10).saturating_add(i64::from(digit)))
    })
}

fn dollars(digits: &str) -> Result<i64, AmountProblem> {
    Ok(number(digits)?.saturating_mul(100))
}

/// One or two digits behind the point.
fn hundredths(digits: &str) -> Result<i64, AmountProblem> {
    match digits.chars().count() {
        1 => Ok(10 * number(digits)?),
        2 => number(digits),
        _ => Err(AmountProblem::Format),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_twelve_cents_is_read() {
        for text in [
            ".12",
            "0.12",
            "00.12",
            "$0.12",
            "$.12",
            " $ 0.12 ",
            "12",
            "12¢",
            "12 ¢",
            "12c",
            "0,12",
            ",12",
            "０．１２",
            "＄０．１２",
            "١٢",
            "٠٫١٢",
            "۱۲",
            "\u{200e}0.12\u{200f}",
            "0.12\n",
        ] {
            assert_eq!(deposit_amount(text), Ok(Cents(12)), "{text:?}");
        }
        for (text, cents) in
            [("1", 1), ("99", 99), (".9", 90), ("0.09", 9), ("$0.5", 50), ("5¢", 5), ("0009", 9)]
        {
            assert_eq!(deposit_amount(text), Ok(Cents(cents)), "{text}");
        }
    }

    #[test]
    fn what_no_deposit_can_be_is_told_from_what_cannot_be_read() {
        for text in ["0", "0.00", "100", "1.00", "$1", "$12", "12.00", "99999999999999999999999", "1,12"] {
            assert_eq!(deposit_amount(text), Err(AmountProblem::Range), "{text}");
        }
        for text in [
            "twelve",
            "0.123",
            "0.",
            ".",
            "$",
            "¢",
            "0.12¢",
            "$12¢",
            "-0.12",
            "+12",
            "0.1.2",
            "1e1",
            "0x12",
            "12$",
            "½",
            "0.12 0.34",
            "१२",
        ] {
            assert_eq!(deposit_amount(text), Err(AmountProblem::Format), "{text}");
        }
        for text in ["", "  ", "\u{200b}\n"] {
            assert_eq!(deposit_amount(text), Err(AmountProblem::Empty), "{text:?}");
        }
        assert_eq!(deposit_amount(&"9".repeat(10_000)), Err(AmountProblem::Format));
    }
}
