//! Text reduced to what people mean by it: lower-case words without accents, punctuation or invisible characters.

use std::ops::Range;

/// A word of a text, and which bytes of the text each of its characters came from.
pub(crate) struct Word {
    /// The word in its reduced form; never empty.
    pub(crate) text: String,
    /// For each character of `text`, the bytes of the original character.
    sources: Vec<Range<usize>>,
}

impl Word {
    /// The bytes of the original text that the first `characters` characters of the word came from.
    pub(crate) fn source(&self, characters: Range<usize>) -> Option<Range<usize>> {
        let first = self.sources.get(characters.start)?;
        let last = self.sources.get(characters.end.checked_sub(1)?)?;
        Some(first.start..last.end)
    }
}

/// The words of a text, in order, with their origin.
///
/// A dot after a single letter joins, so that `U.S. Bank` is `us bank`; an apostrophe vanishes, so that
/// `Consumer's` is `consumers`; all other punctuation parts words.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word { text: String::new(), sources: Vec::new() };
    let mut letters_since_dot = 0usize;
    for (start, character) in text.char_indices() {
        if is_invisible(character) || is_apostrophe(character) {
            continue;
        }
        if character == '.' && letters_since_dot == 1 {
            letters_since_dot = 0;
            continue;
        }
        if !character.is_alphanumeric() {
            letters_since_dot = 0;
            if !word.text.is_empty() {
                words.push(std::mem::replace(&mut word, Word { text: String::new(), sources: Vec::new() }));
            }
            continue;
        }
        letters_since_dot += 1;
        for plain in character.to_lowercase().map(without_accent).filter(|plain| plain.is_alphanumeric()) {
            word.text.push(plain);
            word.sources.push(start..start + character.len_utf8());
        }
    }
    if !word.text.is_empty() {
        words.push(word);
    }
    words
}

/// The words of a text, without their origin.
pub(crate) fn plain_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}

/// Characters that show nothing. They come along with pasted text, and can disguise it: controls, zero-width and
/// bidirectional formatting, combining marks, variation selectors, tags.
pub(crate) fn is_invisible(character: char) -> bool {
    let blank_control = matches!(character, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
    (character.is_control() && !blank_control)
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}')
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}')
}

/// The letter below the accent, for the letters of Western European names.
fn without_accent(character: char) -> char {
    match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => 'o',
        'š' | 'ś' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_punctuation_accents_and_invisible_characters_make_no_difference() {
        for (text, expected) in [
            ("Consumer\u{2019}s  Credit-Union", "consumers credit union"),
            ("U.S. Bank", "us bank"),
            ("u.s", "us"),
            ("Peña", "pena"),
            ("Pen\u{303}a", "pena"),
            ("\u{202e}Cha\u{200b}se\u{0}", "chase"),
            ("first\tnational\nbank", "first national bank"),
            ("\u{130}ş", "iş"),
            (" — !! ", ""),
        ] {
            assert_eq!(plain_words(text).join(" "), expected, "{text:?}");
        }
    }

    #[test]
    fn a_word_knows_which_bytes_it_came_from() {
        let text = "É\u{200b}co Bank";
        let words = words(text);
        let source = words[0].source(0..2).expect("the word has three characters");
        assert_eq!(text.get(source), Some("É\u{200b}c"), "the range covers what stands between, too");
        assert_eq!(words[1].source(0..5), None, "a range beyond the word has no source");
        assert_eq!(words[1].source(0..0), None, "an empty range has no source");
    }
}
