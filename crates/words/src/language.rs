//! Which languages there are, and which one answers a wish.

use crate::{
    PAGES_AR, PAGES_EN, PAGES_ES, PAGES_FR, WIDGET_AR, WIDGET_AR_HASH, WIDGET_EDITION, WIDGET_EN,
    WIDGET_EN_HASH, WIDGET_ES, WIDGET_ES_HASH, WIDGET_FR, WIDGET_FR_HASH,
};

/// A language that Linchpin speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Language {
    English,
    Spanish,
    French,
    Arabic,
}

/// Which way a language is written, as `dir` calls it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// As `dir` calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Language {
    /// Each of them; the first answers where no other does.
    pub const ALL: [Self; 4] = [Self::English, Self::Spanish, Self::French, Self::Arabic];

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Arabic => "ar",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Arabic => "العربية",
        }
    }

    /// Which way it is written.
    pub fn direction(self) -> Direction {
        match self {
            Self::Arabic => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }

    /// The language of a BCP 47 tag, whatever its region; `None` for one that is not spoken here.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The words of the widget, a line for each [`crate::Key`], as [`crate::at`] reads them.
    pub fn widget(self) -> &'static str {
        match self {
            Self::English => WIDGET_EN,
            Self::Spanish => WIDGET_ES,
            Self::French => WIDGET_FR,
            Self::Arabic => WIDGET_AR,
        }
    }

    /// The name of the file in which a browser gets the widget's words; another text has another name.
    pub fn file_name(self) -> String {
        let hash = match self {
            Self::English => WIDGET_EN_HASH,
            Self::Spanish => WIDGET_ES_HASH,
            Self::French => WIDGET_FR_HASH,
            Self::Arabic => WIDGET_AR_HASH,
        };
        format!("{}-{hash}.txt", self.tag())
    }

    /// That file: the edition of the keys in the first line, then the words.
    pub fn file(self) -> String {
        Self::file_of(self.widget())
    }

    /// The file of other words for the same keys.
    pub fn file_of(words: &str) -> String {
        format!("{WIDGET_EDITION}\n{words}")
    }

    /// The words of the proxy's own pages, a line for each [`crate::PageKey`].
    pub fn pages(self) -> &'static str {
        match self {
            Self::English => PAGES_EN,
            Self::Spanish => PAGES_ES,
            Self::French => PAGES_FR,
            Self::Arabic => PAGES_AR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, PageKey};

    #[test]
    fn a_region_takes_its_languages_words() {
        assert_eq!(Language::of_tag("es-MX"), Some(Language::Spanish));
        assert_eq!(Language::of_tag("AR-eg"), Some(Language::Arabic));
        assert_eq!(Language::of_tag("zh-Hant-TW"), None);
        assert_eq!(Language::of_tag(""), None);
    }

    #[test]
    fn each_language_has_a_line_for_each_key() {
        for language in Language::ALL {
            assert_eq!(language.widget().split('\n').count(), Key::ALL.len(), "{language:?}");
            assert_eq!(language.pages().split('\n').count(), PageKey::ALL.len(), "{language:?}");
        }
    }

    #[test]
    fn no_language_repeats_english() {
        // Names, units and short words may be the same; sentences are not.
        for language in &Language::ALL[1..] {
            for (key, (words, english)) in
                Key::ALL.iter().zip(language.widget().split('\n').zip(Language::English.widget().split('\n')))
            {
                assert!(words != english || english.len() < 20, "{language:?} {key:?}: {words}");
            }
        }
    }
}
