//! The languages that states are shown in: those of the widget, and one that nobody speaks.

use linchpin_words::{Direction, Language};

/// A language of the gallery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tongue {
    /// One of the widget's.
    Spoken(Language),
    /// English with strange letters and half as long again, by which one sees what is not translated, and what breaks
    /// where a language needs more room.
    Pseudo,
}

impl Tongue {
    /// Each of them.
    pub const ALL: [Self; 5] = [
        Self::Spoken(Language::English),
        Self::Spoken(Language::Spanish),
        Self::Spoken(Language::French),
        Self::Spoken(Language::Arabic),
        Self::Pseudo,
    ];

    /// Its BCP 47 tag; `en-XA` is what others call theirs.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Spoken(language) => language.tag(),
            Self::Pseudo => "en-XA",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Spoken(language) => language.own_name(),
            Self::Pseudo => "Ƥşéûðö",
        }
    }

    /// Which way it is written.
    pub fn direction(self) -> Direction {
        match self {
            Self::Spoken(language) => language.direction(),
            Self::Pseudo => Direction::Ltr,
        }
    }

    /// Has the widget speak it.
    pub fn speak(self) {
        let rtl = self.direction() == Direction::Rtl;
        match self {
            Self::Spoken(language) => linchpin::text::speak(language.widget(), rtl),
            Self::Pseudo => linchpin::text::speak(&pseudo(Language::English.widget()), rtl),
        }
    }
}

/// Each text with strange letters, between brackets by which one sees where it was cut off, and longer.
fn pseudo(words: &str) -> String {
    let lines: Vec<_> = words
        .split('\n')
        .map(|line| {
            // The forms of a plural: category, words, category, words.
            let forms = line.contains('\t');
            let parts = line.split('\t').enumerate();
            let parts =
                parts.map(|(at, part)| if forms && at % 2 == 0 { part.to_owned() } else { strange(part) });
            parts.collect::<Vec<_>>().join("\t")
        })
        .collect();
    lines.join("\n")
}

fn strange(text: &str) -> String {
    let mut strange = String::from("[");
    let mut in_gap = false;
    for letter in text.chars() {
        in_gap = (in_gap || letter == '{') && letter != '}';
        strange.push(if in_gap { letter } else { changed(letter) });
        // Half as long again: every other vowel twice would not do for short words.
        if !in_gap && "aeiou".contains(letter) {
            strange.push(changed(letter));
        }
    }
    strange.push(']');
    strange
}

fn changed(letter: char) -> char {
    match letter {
        'a' => 'á',
        'e' => 'é',
        'i' => 'í',
        'o' => 'ö',
        'u' => 'û',
        'c' => 'ç',
        'n' => 'ñ',
        's' => 'ş',
        't' => 'ţ',
        'y' => 'ý',
        'A' => 'Å',
        'E' => 'É',
        'I' => 'Î',
        'O' => 'Ø',
        'S' => 'Ş',
        'U' => 'Û',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn strange_words_keep_their_gaps_and_their_forms() {
        assert_eq!(pseudo("Sign in to {bank}"), "[Şíígñ ííñ ţöö {bank}]");
        assert_eq!(pseudo("one\t1 day\tother\t{count} days"), "one\t[1 dááý]\tother\t[{count} dááýş]");
    }
}
