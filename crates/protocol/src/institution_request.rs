//! What a person asks the client for when they do not find their institution.

use crate::{InstitutionRequestId, LinkId, Secret, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// `POST /v1/institution-requests`: the institution that the person did not find. The answer has no body.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateInstitutionRequest {
    /// What the person calls it, 1 to 200 characters. Control and invisible characters are dropped and numbers of four
    /// or more digits masked before it is kept; a text of which nothing, or only numbers, would be left is refused.
    // People type account numbers wherever there is a field: until it is masked it may be one.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub text: Secret,
}

impl CreateInstitutionRequest {
    /// The most characters that a text may have, counted as it was sent.
    pub const LONGEST: usize = 200;
}

/// In [`InstitutionRequests`]: what a person asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstitutionRequest {
    /// Its name.
    pub id: InstitutionRequestId,
    /// What they called it: a stranger's text, never markup. A number of four or more digits reads `••••`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub text: MaskedText,
    /// In which opening of the widget.
    pub link_id: LinkId,
    /// The client's own name for its customer.
    pub user_id: UserId,
    /// When.
    pub created_at: Timestamp,
}

/// `GET /v1/institution-requests`: one page of what people asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstitutionRequests {
    /// Newest first.
    pub requests: Vec<InstitutionRequest>,
    /// Asks for the page after this one; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A person's own words, fit to be kept: in one line, without characters that show nothing, and without numbers of four
/// or more digits.
///
/// Digits of every script count, and belong to one number as long as no letter and at most three other characters stand
/// between two of them: `12 34-56` is one number of six. A number becomes `••••`, however long it was. Rather a house
/// number too many is masked than an account number too few.
///
/// `Debug` prints a fixed word: also masked, such a text is for the client and for no log.
///
/// ```
/// use linchpin_protocol::MaskedText;
///
/// let text = MaskedText::of("  Bank of\tElm Street, account 0012-3456 7 ");
/// assert_eq!(text.as_str(), "Bank of Elm Street, account ••••");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct MaskedText(String);

impl MaskedText {
    /// What stands for a number.
    const MASK: &'static str = "••••";
    /// From so many digits on a number is masked.
    const LONG: usize = 4;
    /// So many characters may stand between two digits of one number.
    const BETWEEN: usize = 3;

    /// Makes a text fit. One that is fit already stays as it is.
    pub fn of(text: &str) -> Self {
        let text = one_line(text);
        let mut masked = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(char::is_numeric) {
            let (before, from_here) = rest.split_at(at);
            let (digits, length) = number(from_here);
            let (number, after) = from_here.split_at(length);
            masked.push_str(before);
            masked.push_str(if digits < Self::LONG { number } else { Self::MASK });
            rest = after;
        }
        masked.push_str(rest);
        Self(masked)
    }

    /// The text, for whom it is meant.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left of it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nothing is left of it but masked numbers, so that it names no institution.
    pub fn is_only_numbers(&self) -> bool {
        self.0.contains(Self::MASK) && !self.0.chars().any(char::is_alphanumeric)
    }
}

impl From<String> for MaskedText {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

impl fmt::Debug for MaskedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[text]")
    }
}

/// How many digits the number has with which a text begins, and how many bytes it takes.
fn number(text: &str) -> (usize, usize) {
    let (mut digits, mut length, mut between) = (0, 0, 0);
    for (at, character) in text.char_indices() {
        if character.is_numeric() {
            (digits, length, between) = (digits + 1, at + character.len_utf8(), 0);
        } else if character.is_alphabetic() || between == MaskedText::BETWEEN {
            break;
        } else {
            between += 1;
        }
    }
    (digits, length)
}

/// A text without what shows nothing, each white space in it a single space.
fn one_line(text: &str) -> String {
    let shown = |character: &char| character.is_whitespace() || !shows_nothing(*character);
    let shown: String = text.chars().filter(shown).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Controls, and characters that show nothing by themselves or turn others round: Unicode's default ignorable ones,
/// the marks of annotations, and the empty Braille cell. They come along with pasted text, and can disguise it.
fn shows_nothing(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_four_or_more_digits_is_masked_however_it_is_written() {
        for (text, masked) in [
            ("Bank 123", "Bank 123"),
            ("Bank 1234", "Bank ••••"),
            ("1234-5678", "••••"),
            ("12 34 56", "••••"),
            ("12.34", "••••"),
            ("4111 1111 1111 1111, thanks", "••••, thanks"),
            ("0-0-4-7 Savings", "•••• Savings"),
            ("12 – 34", "••••"),
            ("(02) 10-00", "(••••"),
            ("acct#0123456789x", "acct#••••x"),
            ("١٢٣٤٥ بنك", "•••• بنك"),
            ("१२३४ बैंक", "•••• बैंक"),
            ("１２３４銀行", "••••銀行"),
            ("1२٣𝟺", "••••"),
            ("①②③④", "••••"),
            ("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}4\u{fe0f}\u{20e3}", "••••\u{20e3}"),
            ("12\u{200b}34", "••••"),
            ("12\u{2028}34", "••••"),
            ("12\n\n\n\n34", "••••"),
            ("1\u{2}2\u{202e}3\u{2066}4", "••••"),
            ("123 and 456", "123 and 456"),
            ("Capital One 360", "Capital One 360"),
            ("5/3 or 1st 2nd", "5/3 or 1st 2nd"),
            ("12 ---- 34", "12 ---- 34"),
        ] {
            assert_eq!(MaskedText::of(text).as_str(), masked, "{text:?}");
        }
    }

    #[test]
    fn what_shows_nothing_is_dropped_and_the_rest_stands_in_one_line() {
        for (text, kept) in [
            ("  Elm\u{a0}\u{3000}Street\r\n\tBank\u{85}", "Elm Street Bank"),
            ("\u{202e}knaB\u{202c} \u{2067}x\u{2069}\u{200f}", "knaB x"),
            ("B\u{0}a\u{7}n\u{1b}k\u{7f}\u{feff}\u{ad}", "Bank"),
            ("<b onclick=x>Bank</b> & Söhne", "<b onclick=x>Bank</b> & Söhne"),
            ("🏦", "🏦"),
            (" \u{200b}\u{2800}\u{e0041}\u{3164}\n", ""),
            ("", ""),
        ] {
            let made = MaskedText::of(text);
            assert_eq!(made.as_str(), kept, "{text:?}");
            assert_eq!(made.is_empty(), kept.is_empty());
        }
    }

    #[test]
    fn a_text_of_nothing_but_numbers_is_told_from_a_name() {
        for text in ["1234", "4711 0815 - 99", "(12345678).", "••••"] {
            assert!(MaskedText::of(text).is_only_numbers(), "{text}");
        }
        for text in ["", "360", "🏦", "Bank 1234", "12345678 銀行"] {
            assert!(!MaskedText::of(text).is_only_numbers(), "{text}");
        }
    }

    #[test]
    fn a_masked_text_stays_as_it_is_and_one_that_is_read_is_masked() {
        for text in ["1 ---- 2345 ---- 6", "a1234b5678c", "12 •••• 34", "9•9•9•9", "1a 23 b 4 5"]
        {
            let once = MaskedText::of(text);
            assert_eq!(MaskedText::of(once.as_str()), once, "{text}");
        }
        let read: MaskedText = serde_json::from_str("\"Bank 98765\"").unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"Bank ••••\"");
    }

    #[test]
    fn no_text_shows_in_debug() {
        let asked = CreateInstitutionRequest { text: Secret::new("Elm Street 4711") };
        let kept = InstitutionRequest {
            id: InstitutionRequestId::new("irq_1"),
            text: MaskedText::of("Elm Street 4711"),
            link_id: LinkId::new("lnk_1"),
            user_id: UserId::new("pat"),
            created_at: Timestamp::new("2026-11-20T09:30:00Z"),
        };
        let page = InstitutionRequests { requests: vec![kept], next_cursor: None };
        let printed = format!("{asked:?} {page:?}");
        assert!(!printed.contains("Elm") && !printed.contains("••••"), "{printed}");
    }
}
