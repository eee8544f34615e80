//! Routing numbers of banks in the United States.

use std::fmt;

/// The nine digits that name a bank for transfers (ABA routing transit number).
///
/// It is public, as it stands on every cheque; together with an account number it is not.
///
/// ```
/// use linchpin_protocol::{RoutingNumber, RoutingProblem};
///
/// assert_eq!(RoutingNumber::parse("021000021").map(|number| number.to_string()), Ok("021000021".to_owned()));
/// assert_eq!(RoutingNumber::parse("021000012"), Err(RoutingProblem::Checksum), "two digits swapped");
/// assert_eq!(RoutingNumber::typed("0210-0002 1").map(|number| number.to_string()), Ok("021000021".to_owned()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RoutingNumber([u8; RoutingNumber::DIGITS]);

/// Why a text is no routing number. What is named first holds of what is named after it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RoutingProblem {
    /// It is not nine digits.
    Format,
    /// Its last digit does not fit the others: one is wrong, or two are swapped. One swap of neighbours in ten, that of
    /// digits five apart, fits all the same; so the bank's name is shown, too.
    Checksum,
    /// Its first two digits are given to nobody.
    Range,
}

impl RoutingNumber {
    /// How many digits it has.
    pub const DIGITS: usize = 9;
    /// By which its digits count in the checksum, three by three.
    const WEIGHTS: [u32; 3] = [3, 7, 1];

    /// Reads it as machines write it: nine ASCII digits and nothing else.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, RoutingProblem> {
        let digits: [u8; Self::DIGITS] = text.as_bytes().try_into().map_err(|_| RoutingProblem::Format)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(RoutingProblem::Format);
        }
        let values = digits.map(|digit| u32::from(digit - b'0'));
        let sum: u32 =
            values.iter().zip(Self::WEIGHTS.iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        if !sum.is_multiple_of(10) {
            return Err(RoutingProblem::Checksum);
        }
        let [tens, ones, rest @ ..] = values;
        // Government; the twelve Federal Reserve districts; their thrifts; electronic; traveller's cheques.
        let given = matches!(10 * tens + ones, 0..=12 | 21..=32 | 61..=72 | 80);
        let all_zeros = tens + ones == 0 && rest.iter().all(|digit| *digit == 0);
        if given && !all_zeros { Ok(Self(digits)) } else { Err(RoutingProblem::Range) }
    }

    /// Reads it as people type and paste it: digits as keyboards write them, with spaces and hyphens between and around.
    ///
    /// # Errors
    /// It is none.
    pub fn typed(text: &str) -> Result<Self, RoutingProblem> {
        Self::parse(&plain_digits(text).ok_or(RoutingProblem::Format)?)
    }
}

impl fmt::Display for RoutingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

/// The digits of what was typed as ASCII, without spaces and hyphens; `None` when something else is among them.
pub fn plain_digits(text: &str) -> Option<String> {
    let kept = text.chars().filter(|c| !is_between(*c));
    kept.map(|c| digit(c).map(|digit| char::from(b'0' + digit))).collect()
}

/// What people put between digits, and what comes along with pasted ones.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2060}' | '\u{feff}')
}

/// What a digit counts as keyboards write it: Latin, full-width, Arabic, Persian. The whole of Unicode's tables would
/// weigh more in the module than they are worth.
pub fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strict_reader_takes_nine_digits_that_fit_and_nothing_else() {
        use RoutingProblem::{Checksum, Format, Range};
        for (text, expected) in [
            ("021000021", None),
            ("011000015", None),
            ("322271627", None),
            ("800000006", None),
            ("", Some(Format)),
            ("12345678", Some(Format)),
            ("0110000150", Some(Format)),
            ("01100001A", Some(Format)),
            (" 011000015", Some(Format)),
            ("011-000-015", Some(Format)),
            ("٠١١٠٠٠٠١٥", Some(Format)),
            ("021000012", Some(Checksum)),
            ("191116452", Some(Checksum)),
            ("130000006", Some(Range)),
            ("999999992", Some(Range)),
            ("000000000", Some(Range)),
        ] {
            let read = RoutingNumber::parse(text);
            assert_eq!(read.err(), expected, "{text:?}");
            assert_eq!(
                read.map(|number| number.to_string()).ok(),
                expected.is_none().then(|| text.to_owned())
            );
        }
    }

    #[test]
    fn every_digit_and_nearly_every_swap_of_neighbours_is_checked() {
        let number = "021000021";
        for at in 0..number.len() {
            for digit in b'0'..=b'9' {
                let mut other = number.as_bytes().to_vec();
                other[at] = digit;
                let other = String::from_utf8(other).unwrap();
                let fits = RoutingNumber::parse(&other).is_ok();
                assert_eq!(fits, other == number, "{other}");
            }
        }
        assert!(RoutingNumber::parse("201000021").is_err(), "the first two swapped");
        assert!(RoutingNumber::parse("021000012").is_err(), "the last two swapped");
    }

    #[test]
    fn what_people_type_is_read_and_what_they_did_not_mean_is_not() {
        for text in [
            "021000021",
            " 0210 0002 1 ",
            "021-000-021",
            "０２１０００021",
            "٠٢١٠٠٠٠٢١",
            "۰۲۱۰۰۰۰۲۱",
            "\u{200e}021000021\u{feff}",
            "021\u{2013}000\u{a0}021\n",
        ] {
            assert_eq!(RoutingNumber::typed(text), RoutingNumber::parse("021000021"), "{text:?}");
        }
        for text in ["", "-", "021.000.021", "021000021 checking", "O21000021", "+021000021"] {
            assert_eq!(RoutingNumber::typed(text), Err(RoutingProblem::Format), "{text:?}");
        }
    }
}
