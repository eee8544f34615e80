//! What holds for every routing number and every amount, however it is typed.

use linchpin_protocol::{Cents, RoutingNumber, RoutingProblem, deposit_amount, plain_digits};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Nine digits with a checksum that fits and a beginning that is given to somebody.
fn routing_numbers() -> impl Strategy<Value = String> {
    let given = prop_oneof![0..=12_u32, 21..=32_u32, 61..=72_u32, Just(80_u32)];
    (given, 1..1_000_000_u32).prop_map(|(beginning, middle)| {
        let eight = format!("{beginning:02}{middle:06}");
        let weighed = eight.bytes().zip([3, 7, 1].into_iter().cycle());
        let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{eight}{}", (10 - sum % 10) % 10)
    })
}

/// One of the scripts in which keyboards write digits, by its zero.
fn zeros() -> impl Strategy<Value = char> {
    prop_oneof![Just('0'), Just('０'), Just('٠'), Just('۰')]
}

/// ASCII digits in another script.
fn written(digits: &str, zero: char) -> String {
    let other = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_u32(u32::from(zero) + digit).unwrap_or(c),
        None => c,
    };
    digits.chars().map(other).collect()
}

/// The same cases in every run, unless `PROPTEST_RNG_SEED` asks for others: new ones are for the fuzzer to find.
fn few() -> ProptestConfig {
    let cases = ProptestConfig::with_cases(2_000);
    let rng_seed = match cases.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_261_121),
        given @ RngSeed::Fixed(_) => given,
    };
    ProptestConfig { failure_persistence: None, rng_seed, ..cases }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn a_right_number_is_read_from_any_keyboard_and_with_anything_between(
        number in routing_numbers(),
        zero in zeros(),
        between in prop::collection::vec("[ \u{a0}\u{200e}–-]{0,2}", 10),
    ) {
        let read = RoutingNumber::parse(&number);
        prop_assert_eq!(read.map(|read| read.to_string()), Ok(number.clone()));
        let mut typed = String::new();
        for (gap, digit) in between.iter().zip(number.chars().map(Some).chain([None])) {
            typed.push_str(gap);
            typed.extend(digit);
        }
        prop_assert_eq!(RoutingNumber::typed(&written(&typed, zero)), read);
    }

    #[test]
    fn one_wrong_digit_never_fits(number in routing_numbers(), at in 0..9_usize, by in 1..=9_u8) {
        let mut digits = number.into_bytes();
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0' + (*digit - b'0' + by) % 10;
        }
        let mistyped = String::from_utf8(digits).unwrap_or_default();
        prop_assert_eq!(RoutingNumber::parse(&mistyped), Err(RoutingProblem::Checksum));
    }

    #[test]
    fn what_the_strict_reader_takes_the_other_takes_with_the_same_digits(
        text in prop_oneof![routing_numbers(), "[0-9 -]{0,12}", "(?s).{0,20}"],
    ) {
        let typed = RoutingNumber::typed(&text);
        if let Ok(number) = RoutingNumber::parse(&text) {
            prop_assert_eq!(typed, Ok(number));
        }
        if let Ok(number) = typed {
            prop_assert_eq!(plain_digits(&text), Some(number.to_string()));
        }
    }

    #[test]
    fn an_amount_is_one_to_ninety_nine_cents_or_none(text in "[$＄]?[0-9]{0,4}[.,]?[0-9]{0,3}[¢c]?|(?s).{0,40}") {
        if let Ok(Cents(cents)) = deposit_amount(&text) {
            prop_assert!((1..=99).contains(&cents), "{} cents", cents);
        }
    }

    #[test]
    fn every_amount_is_read_from_every_way_of_writing_it(cents in 1..=99_i64, zero in zeros()) {
        let ways = [
            cents.to_string(),
            format!("{cents}¢"),
            format!("0.{cents:02}"),
            format!("0,{cents:02}"),
            format!(" $ .{cents:02} "),
            format!("٫{cents:02}"),
        ];
        for way in ways {
            prop_assert_eq!(deposit_amount(&written(&way, zero)), Ok(Cents(cents)), "{}", way);
        }
    }
}
