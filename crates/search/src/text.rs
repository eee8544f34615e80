//! Text reduced to what people mean by it: words in one case, without accents, punctuation or invisible characters.

use std::ops::Range;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A word of a text, and which bytes of the text each of its letters came from.
pub(crate) struct Word {
    /// The word in its reduced form; never empty.
    pub(crate) letters: Vec<char>,
    /// For each of `letters`, the bytes of the original character.
    sources: Vec<Range<usize>>,
}

impl Word {
    fn empty() -> Self {
        Self { letters: Vec::new(), sources: Vec::new() }
    }

    /// The bytes of the original text that these letters of the word came from.
    pub(crate) fn source(&self, letters: Range<usize>) -> Option<Range<usize>> {
        let first = self.sources.get(letters.start)?;
        let last = self.sources.get(letters.end.checked_sub(1)?)?;
        Some(first.start..last.end)
    }
}

/// The words of a text, in order, with their origin.
///
/// A dot after a single letter joins, so that `U.S. Bank` is `us bank`; an apostrophe vanishes, so that
/// `Consumer's` is `consumers`; `&` is the word `and`; all other punctuation parts words.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::empty();
    let mut letters_since_dot = 0usize;
    for (start, character) in text.char_indices() {
        if is_invisible(character) || is_apostrophe(character) {
            continue;
        }
        if character == '.' && letters_since_dot == 1 {
            letters_since_dot = 0;
            continue;
        }
        let source = start..start + character.len_utf8();
        if !character.is_alphanumeric() {
            letters_since_dot = 0;
            if !word.letters.is_empty() {
                words.push(std::mem::replace(&mut word, Word::empty()));
            }
            if matches!(character, '&' | '\u{ff06}') {
                words.push(Word { letters: vec!['a', 'n', 'd'], sources: vec![source; 3] });
            }
            continue;
        }
        letters_since_dot += 1;
        reduce(character, &mut |letter| {
            word.letters.push(letter);
            word.sources.push(source.clone());
        });
    }
    if !word.letters.is_empty() {
        words.push(word);
    }
    words
}

/// The words of a text, without their origin.
pub(crate) fn plain_words(text: &str) -> Vec<Vec<char>> {
    words(text).into_iter().map(|word| word.letters).collect()
}

/// Characters that show nothing, or only change how another looks. They come along with pasted text, and can disguise
/// it: controls, zero-width and bidirectional formatting, combining marks, variation selectors, tags, the Arabic
/// stroke that stretches a word.
pub(crate) fn is_invisible(character: char) -> bool {
    let blank_control = matches!(character, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
    (character.is_control() && !blank_control)
        || is_combining_mark(character)
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' | '`' | '\u{b4}')
}

/// The letters that a character stands for: compatibility forms taken apart (`ﬁ`, full width, Arabic presentation
/// forms), case folded (`ß` is `ss`, `ς` is `σ`), marks dropped.
fn reduce(character: char, emit: &mut impl FnMut(char)) {
    if character.is_ascii() {
        emit(character.to_ascii_lowercase());
        return;
    }
    decompose_compatible(character, |part| {
        // Up and down again: that is what folds `ß`, `ς` and `ı`, which have no lower case of their own.
        for folded in part.to_uppercase().flat_map(char::to_lowercase) {
            decompose_compatible(folded, |letter| {
                if letter.is_alphanumeric() && !is_invisible(letter) && !is_apostrophe(letter) {
                    base(letter, emit);
                }
            });
        }
    });
}

/// The plain letters of those that no normalisation form takes apart, and one form of Arabic letters and digits that
/// are typed either way.
fn base(letter: char, emit: &mut impl FnMut(char)) {
    let plain = match letter {
        'æ' => return "ae".chars().for_each(emit),
        'œ' => return "oe".chars().for_each(emit),
        'þ' => return "th".chars().for_each(emit),
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ŧ' => 't',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        '٠'..='٩' => digit(letter, '٠'),
        '۰'..='۹' => digit(letter, '۰'),
        other => other,
    };
    emit(plain);
}

fn digit(digit: char, zero: char) -> char {
    char::from_digit(u32::from(digit) - u32::from(zero), 10).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(text: &str) -> String {
        let words: Vec<String> =
            plain_words(text).into_iter().map(|word| word.into_iter().collect()).collect();
        words.join(" ")
    }

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
            ("\u{130}ş", "is"),
            ("F&M Bank", "f and m bank"),
            ("Bank™ 5/3®", "bank 5 3"),
            (" — !! ", ""),
        ] {
            assert_eq!(reduced(text), expected, "{text:?}");
        }
    }

    #[test]
    fn letters_of_other_alphabets_have_one_form_however_they_are_typed() {
        for (left, right) in [
            ("Sparkasse Gießen", "SPARKASSE GIESSEN"),
            ("Ｃｈａｓｅ", "chase"),
            ("Crédit Œuvre", "credit oeuvre"),
            ("Łódź", "lodz"),
            ("Tromsø", "TROMSO"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("Банк Йорк", "банк иорк"),
            ("بَنْكُ الرَّاجِحِيّ", "بنك الراجحي"),
            ("الأهلي", "الاهلي"),
            ("مصرف ١٢٣", "مصرف 123"),
            ("بـــنك", "بنك"),
            ("ﺑﻨﻚ", "بنك"),
            ("בַּנְק", "בנק"),
        ] {
            assert_eq!(reduced(left), reduced(right), "{left:?} and {right:?}");
            assert!(!reduced(left).is_empty(), "{left:?} is something");
        }
    }

    #[test]
    fn a_word_knows_which_bytes_it_came_from() {
        let text = "É\u{200b}co Bank";
        let words = words(text);
        let source = words[0].source(0..2).expect("the word has three letters");
        assert_eq!(text.get(source), Some("É\u{200b}c"), "the range covers what stands between, too");
        assert_eq!(words[1].source(0..5), None, "a range beyond the word has no source");
        assert_eq!(words[1].source(0..0), None, "an empty range has no source");
    }
}
