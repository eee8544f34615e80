//! Routing numbers and amounts of deposits as people type them. The whole input is read as each.
//!
//! Holds: what machines write is read the same when a person types it; what is read is nine digits that fit, and reads
//! again as itself, with spaces and hyphens between too; an amount is 1 to 99 cents, and reads again as itself.

use crate::shapes::text;
use linchpin_protocol::{AmountProblem, Cents, RoutingNumber, RoutingProblem, deposit_amount, plain_digits};

pub(crate) fn run(data: &[u8]) {
    let text = text(data);
    routing(&text);
    amount(&text);
    // An input seldom is a number by itself: nine of its bytes as digits are nearly one.
    if let Some(bytes) = data.first_chunk::<9>() {
        let digits: String = bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
        routing(&digits);
        amount(&format!("0.{}", &digits[..2]));
    }
}

fn routing(text: &str) {
    let (strict, typed) = (RoutingNumber::parse(text), RoutingNumber::typed(text));
    if let Ok(number) = strict {
        assert_eq!(typed, Ok(number), "{text:?} is another number when it is typed");
        assert_eq!(number.to_string(), text, "the strict reader took something off");
    }
    match typed {
        Ok(number) => {
            let written = number.to_string();
            assert_eq!(plain_digits(text).as_ref(), Some(&written), "{text:?} has other digits");
            assert!(fits(written.as_bytes()), "{written} does not fit");
            assert_eq!(RoutingNumber::parse(&written), Ok(number));
            let spaced = format!(" {}-{} {}", &written[..4], &written[4..8], &written[8..]);
            assert_eq!(RoutingNumber::typed(&spaced), Ok(number));
        }
        Err(RoutingProblem::Checksum | RoutingProblem::Range) => {
            let digits = plain_digits(text).map_or(0, |digits| digits.len());
            assert_eq!(digits, RoutingNumber::DIGITS, "{text:?} is judged though it is not nine digits");
        }
        Err(RoutingProblem::Format) => assert!(strict.is_err()),
    }
}

/// The checksum, written another way than the parser's: sum by place.
fn fits(number: &[u8]) -> bool {
    let [a, b, c, d, e, f, g, h, i] = number else { return false };
    let sum = |digits: [&u8; 3]| digits.into_iter().map(|digit| u32::from(digit - b'0')).sum::<u32>();
    let total = 3 * sum([a, d, g]) + 7 * sum([b, e, h]) + sum([c, f, i]);
    total > 0 && total % 10 == 0
}

fn amount(text: &str) {
    match deposit_amount(text) {
        Ok(Cents(cents)) => {
            assert!((1..=99).contains(&cents), "{text:?} is read as {cents} cents");
            let written =
                [format!("0.{cents:02}"), format!("$.{cents:02}"), format!("{cents}¢"), cents.to_string()];
            for again in written {
                assert_eq!(deposit_amount(&again), Ok(Cents(cents)), "{again:?} out of {text:?}");
            }
        }
        Err(AmountProblem::Empty) => {
            assert!(!text.contains(char::is_alphanumeric), "{text:?} passes for nothing")
        }
        Err(AmountProblem::Range) => assert!(text.contains(char::is_numeric), "{text:?} passes for a number"),
        Err(AmountProblem::Format) => {}
    }
}
