//! What was asked for.

use crate::text::{is_invisible, plain_words};

/// Characters that are read of a question; the rest of a pasted novel is ignored.
const LONGEST: usize = 256;
/// Words that are read of a question.
const MOST_WORDS: usize = 12;

/// A question, taken apart once.
pub(crate) struct Query {
    /// Its words in reduced form, as typed.
    pub(crate) words: Vec<String>,
    /// The same words, longest first.
    pub(crate) longest_first: Vec<String>,
    /// The words with single spaces between.
    pub(crate) phrase: String,
    /// The words with nothing between.
    pub(crate) squashed: String,
    /// The host name, when it reads like an address.
    pub(crate) host: Option<String>,
}

impl Query {
    /// Reads a question; `None` when nothing is left of it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|character| !is_invisible(*character)).take(LONGEST).collect();
        let host = host(&text);
        let mut words = match host.as_deref() {
            Some(host) => plain_words(stem(host)),
            None => plain_words(&text),
        };
        words.truncate(MOST_WORDS);
        if words.is_empty() {
            return None;
        }
        let mut longest_first = words.clone();
        longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Some(Self { phrase: words.join(" "), squashed: words.concat(), words, longest_first, host })
    }
}

/// The host of something that reads like a web address: `https://www.chase.com/login` gives `chase.com`.
fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let named = authority.rsplit('@').next()?;
    let host = named.split(':').next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let fits = |label: &str| {
        !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let (_, last) = host.rsplit_once('.')?;
    let reads_like_a_domain = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    (reads_like_a_domain && host.split('.').all(fits)).then(|| host.to_owned())
}

/// The telling part of a domain: `chase` of `chase.com`, of `secure.chase.com` and of `chase.com.au`.
pub(crate) fn stem(domain: &str) -> &str {
    let Some((rest, last)) = domain.rsplit_once('.') else { return domain };
    let rest = match rest.rsplit_once('.') {
        Some((rest, "co" | "com" | "net" | "org" | "gov" | "edu")) if last.len() == 2 => rest,
        _ => rest,
    };
    rest.rsplit_once('.').map_or(rest, |(_, stem)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_is_read_as_its_host() {
        for (text, expected) in [
            ("https://www.Chase.com/login?next=1", Some("chase.com")),
            ("secure.chase.com", Some("secure.chase.com")),
            ("http://me@chase.com:443/", Some("chase.com")),
            ("//", None),
            ("u.s", None),
            ("St. Mary's Bank", None),
            ("10.00", None),
            ("...", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_stem_is_the_telling_part_of_a_domain() {
        for (domain, expected) in [
            ("chase.com", "chase"),
            ("a.chase.com", "chase"),
            ("nab.com.au", "nab"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(stem(domain), expected, "{domain}");
        }
    }

    #[test]
    fn nothing_but_signs_is_no_question() {
        for text in ["", "   ", "?!", "\u{200b}\u{202e}", "\0\0"] {
            assert!(Query::parse(text).is_none(), "{text:?} asks for nothing");
        }
    }
}
