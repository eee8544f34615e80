//! What was asked for.

use crate::address;
use crate::text::{is_invisible, plain_words};

/// Characters that are read of a question; the rest of a pasted novel is ignored.
const LONGEST: usize = 256;
/// Words that are read of a question.
const MOST_WORDS: usize = 12;
/// Digits of a routing number.
const ROUTING_NUMBER: usize = 9;

/// A question, taken apart once.
pub(crate) struct Query {
    /// Its words in reduced form, as typed. Never none.
    pub(crate) words: Vec<Vec<char>>,
    /// The words with nothing between.
    pub(crate) joined: Vec<char>,
    /// The host name, when it reads like an address. `words` are those of its telling part then.
    pub(crate) host: Option<String>,
}

impl Query {
    /// Reads a question; `None` when nothing is left of it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|character| !is_invisible(*character)).take(LONGEST).collect();
        let host = address::host(&text);
        let mut words = match host.as_deref() {
            Some(host) => plain_words(address::stem(host)),
            None => plain_words(&text),
        };
        words.truncate(MOST_WORDS);
        if words.is_empty() {
            return None;
        }
        Some(Self { joined: words.concat(), words, host })
    }

    /// The nine digits of a routing number, however they are grouped.
    pub(crate) fn routing_number(&self) -> Option<String> {
        let fits = self.joined.len() == ROUTING_NUMBER && self.joined.iter().all(char::is_ascii_digit);
        fits.then(|| self.joined.iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_signs_is_no_question() {
        for text in ["", "   ", "?!", "\u{200b}\u{202e}", "\0\0", "💰💰"] {
            assert!(Query::parse(text).is_none(), "{text:?} asks for nothing");
        }
    }

    #[test]
    fn a_routing_number_may_be_grouped() {
        for (text, expected) in [
            ("021000021", Some("021000021")),
            ("0210 0002 1", Some("021000021")),
            ("021-000-021", Some("021000021")),
            ("０２１０００021", Some("021000021")),
            ("02100002", None),
            ("0210000211", None),
            ("02100002l", None),
        ] {
            let query = Query::parse(text).expect("it has letters or digits");
            assert_eq!(query.routing_number().as_deref(), expected, "{text:?}");
        }
    }
}
