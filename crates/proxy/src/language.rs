//! In which language a person is spoken to: the one that the client asked for, else what the browser prefers, else English.

use axum::http::{HeaderMap, header};
use linchpin_words::Language;

/// Asks for the browser's choice, in so many words.
const SYSTEM: &str = "system";

/// A language, and the person's own kind of it: words are of the language, numbers and days of the region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tongue {
    pub(crate) language: Language,
    /// A BCP 47 tag.
    pub(crate) tag: String,
}

impl Tongue {
    fn of_tag(tag: &str) -> Option<Self> {
        let language = Language::of_tag(tag).filter(|_| is_language(tag))?;
        Some(Self { language, tag: plain(tag) })
    }

    /// The tongue for what a client asked for, and for a browser's `Accept-Language`.
    ///
    /// A client that asks for a language that is not spoken here gets English, not the browser's choice: its own page
    /// is not in that either.
    pub(crate) fn wished(asked: Option<&str>, headers: &HeaderMap) -> Self {
        let found = match asked.filter(|asked| !asked.eq_ignore_ascii_case(SYSTEM)) {
            Some(asked) => Self::of_tag(asked),
            None => preferred(headers),
        };
        found.unwrap_or(Self { language: Language::English, tag: Language::English.tag().to_owned() })
    }
}

/// The language that a browser prefers among those that are spoken here (RFC 9110, 12.5.4).
fn preferred(headers: &HeaderMap) -> Option<Tongue> {
    let wishes = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|value| value.to_str().ok());
    let mut spoken: Vec<(u16, Tongue)> = wishes.flat_map(|value| value.split(',')).filter_map(wish).collect();
    // Stable: of those with the same weight, the first.
    spoken.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    spoken.into_iter().map(|(_, tongue)| tongue).next()
}

/// One language of the list and its weight in thousandths; nothing for one that is refused or not spoken.
fn wish(text: &str) -> Option<(u16, Tongue)> {
    let (tag, weight) = text.split_once(';').unwrap_or((text, "q=1"));
    let weight = weight.trim().strip_prefix("q=")?.trim();
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let thousandths: u16 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    let weight = whole.parse::<u16>().ok()?.min(1) * 1_000 + thousandths;
    Some((weight, Tongue::of_tag(tag.trim())?)).filter(|(weight, _)| *weight > 0)
}

/// Language, script and region of a tag, and nothing more: with whatever else may follow, a tag can be one that the browser's
/// formatters throw at.
fn plain(tag: &str) -> String {
    let mut parts = tag.split('-');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    let is_script = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_region = |part: &str| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    let mut next = parts.next();
    for fits in [&is_script as &dyn Fn(&str) -> bool, &is_region] {
        if let Some(part) = next.filter(|part| fits(part)) {
            plain.push('-');
            plain.push_str(part);
            next = parts.next();
        }
    }
    plain
}

/// The shape of a BCP 47 tag; `system` has it too.
pub(crate) fn is_language(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').enumerate().all(|(position, part)| {
            let letters_first = position > 0 || part.bytes().all(|byte| byte.is_ascii_alphabetic());
            (1..=8).contains(&part.len())
                && letters_first
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_words::Language::{Arabic, English, French, Spanish};

    fn wished(asked: Option<&str>, accepted: &str) -> (Language, String) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        let Tongue { language, tag } = Tongue::wished(asked, &headers);
        (language, tag)
    }

    #[test]
    fn what_the_client_asks_for_comes_first() {
        assert_eq!(wished(Some("fr-CA"), "es"), (French, "fr-CA".into()));
        assert_eq!(wished(Some("de"), "es"), (English, "en".into()), "its page is not Spanish");
        assert_eq!(wished(Some("system"), "es-MX,en;q=0.5"), (Spanish, "es-MX".into()));
    }

    #[test]
    fn a_browser_is_answered_in_the_first_of_its_languages_that_is_spoken() {
        assert_eq!(wished(None, "de-DE,de;q=0.9,fr;q=0.8,en;q=0.7"), (French, "fr".into()));
        assert_eq!(wished(None, "en;q=0.2, ar-EG;q=0.9"), (Arabic, "ar-EG".into()));
        assert_eq!(wished(None, "es;q=0,fr;q=0.001"), (French, "fr".into()), "refused is not wanted little");
        assert_eq!(wished(None, "*"), (English, "en".into()));
        assert_eq!(wished(None, "es;q=high,\"><x>;q=1,es-"), (English, "en".into()));
        assert_eq!(wished(None, ""), (English, "en".into()));
    }

    #[test]
    fn nothing_but_language_script_and_region_reaches_the_browsers_formatters() {
        for (asked, tag) in [
            ("es-419", "es-419"),
            ("ar-Arab-EG", "ar-Arab-EG"),
            ("ar-EG-u-nu-arab", "ar-EG"),
            ("en-US-u-hc-h12-u-hc-h23", "en-US"),
            ("en-1", "en"),
            ("fr-x", "fr"),
            ("en-a-b-a-c", "en"),
            ("fr-CA-CA", "fr-CA"),
        ] {
            assert_eq!(wished(Some(asked), "").1, tag, "{asked}");
        }
    }

    #[test]
    fn languages_have_the_shape_of_a_tag() {
        for good in ["en", "en-GB", "zh-Hant-TW", "ar", "system"] {
            assert!(is_language(good), "{good}");
        }
        for bad in
            ["", "e n", "en_GB", "english-language-of-great-britain-and-more", "1a", "en-", "\"><script>"]
        {
            assert!(!is_language(bad), "{bad:?}");
        }
    }
}
