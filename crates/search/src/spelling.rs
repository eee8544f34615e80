//! How far what was typed is from a word.
//!
//! The distance is the *optimal string alignment* distance: a letter too many, too few, another letter, or two
//! neighbours swapped are one slip each. It is bounded and works on the stack, since it is asked for hundreds of words
//! with every key press; the published crates allocate for each pair.

use std::ops::Range;

/// The longest word that is compared letter by letter.
pub(crate) const LONGEST: usize = 48;

/// Which letters a word has, to dismiss most words without looking at them: `a`–`z` and `0`–`9` have a bit each, all
/// other letters share the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LetterSet(u64);

impl LetterSet {
    pub(crate) fn of(word: &[char]) -> Self {
        Self(word.iter().fold(0, |set, letter| set | 1 << Self::bit(*letter)))
    }

    fn bit(letter: char) -> u32 {
        match letter {
            'a'..='z' => u32::from(letter) - u32::from('a'),
            '0'..='9' => u32::from(letter) - u32::from('0') + 26,
            other => u32::from(other) % 28 + 36,
        }
    }

    /// How many kinds of letters are in this word and not in the other. Each is at least one slip.
    pub(crate) fn missing_in(self, other: Self) -> u32 {
        (self.0 & !other.0).count_ones()
    }
}

/// What of the word has to have been typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// As much of its beginning as fits best.
    Beginning,
}

/// How many slips lie between what was typed and a word; `None` when more than `most`, or when either is longer than
/// [`LONGEST`].
pub(crate) fn slips(typed: &[char], word: &[char], most: u8, extent: Extent) -> Option<u8> {
    let word = match extent {
        Extent::Whole => word,
        // What lies further behind cannot be part of the best fit.
        Extent::Beginning => word.get(..typed.len() + usize::from(most)).unwrap_or(word),
    };
    if typed.len() > LONGEST || word.len() > LONGEST || typed.len() > word.len() + usize::from(most) {
        return None;
    }
    if extent == Extent::Whole && word.len() > typed.len() + usize::from(most) {
        return None;
    }
    // What both begin with makes no difference, and most words that are compared share some letters.
    let alike = typed.iter().zip(word).take_while(|(letter, other)| letter == other).count();
    let (typed, word) = (&typed[alike..], &word[alike..]);
    let beyond = most + 1;
    let mut table = [[beyond; LONGEST + 2]; 3];
    let [before_last, last, row] = &mut table;
    let (mut before_last, mut last, mut row) = (before_last, last, row);
    for (cost, cell) in (0..=most).zip(last.iter_mut()) {
        *cell = cost;
    }
    for (at, letter) in typed.iter().enumerate() {
        let columns = band(at, most, word.len());
        // Of a row only the band is written, and what stands at its ends: no more of it is read.
        let mut smallest = if at < usize::from(most) { last[0] + 1 } else { beyond };
        row[columns.start] = smallest;
        row[columns.end + 1] = beyond;
        for column in columns {
            let other = word[column];
            let mut cost = last[column] + u8::from(other != *letter);
            cost = cost.min(last[column + 1] + 1).min(row[column] + 1);
            if at > 0 && column > 0 && other == typed[at - 1] && word[column - 1] == *letter {
                cost = cost.min(before_last[column - 1] + 1);
            }
            row[column + 1] = cost.min(beyond);
            smallest = smallest.min(cost);
        }
        if smallest > most {
            return None;
        }
        (before_last, last, row) = (last, row, before_last);
    }
    let cost = match extent {
        Extent::Whole => last[word.len()],
        Extent::Beginning => {
            let reached = typed.len().saturating_sub(usize::from(most) + 1)..word.len() + 1;
            last.get(reached).and_then(|reached| reached.iter().copied().min()).unwrap_or(beyond)
        }
    };
    (cost <= most).then_some(cost)
}

/// The columns that can be reached within `most` slips from the letter at `at`.
fn band(at: usize, most: u8, length: usize) -> Range<usize> {
    at.saturating_sub(usize::from(most))..(at + usize::from(most) + 1).min(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    fn whole(typed: &str, word: &str) -> Option<u8> {
        slips(&letters(typed), &letters(word), 2, Extent::Whole)
    }

    /// The textbook table, without bounds.
    fn textbook(typed: &[char], word: &[char]) -> usize {
        let mut table = vec![vec![0; word.len() + 1]; typed.len() + 1];
        for row in 0..=typed.len() {
            for column in 0..=word.len() {
                table[row][column] = if row == 0 || column == 0 {
                    row + column
                } else {
                    let (a, b) = (typed[row - 1], word[column - 1]);
                    let mut cost = (table[row - 1][column - 1] + usize::from(a != b))
                        .min(table[row - 1][column] + 1)
                        .min(table[row][column - 1] + 1);
                    if row > 1 && column > 1 && a == word[column - 2] && typed[row - 2] == b {
                        cost = cost.min(table[row - 2][column - 2] + 1);
                    }
                    cost
                };
            }
        }
        table[typed.len()][word.len()]
    }

    #[test]
    fn each_kind_of_slip_counts_once() {
        for (typed, word, expected) in [
            ("chase", "chase", Some(0)),
            ("chsae", "chase", Some(1)),
            ("chse", "chase", Some(1)),
            ("chaase", "chase", Some(1)),
            ("vhase", "chase", Some(1)),
            ("townebajn", "townebank", Some(2)),
            ("", "ab", Some(2)),
            ("", "abc", None),
            ("chase", "wells", None),
        ] {
            assert_eq!(whole(typed, word), expected, "{typed} for {word}");
        }
    }

    #[test]
    fn a_beginning_may_have_slips_too() {
        let beginning =
            |typed: &str, word: &str| slips(&letters(typed), &letters(word), 1, Extent::Beginning);
        assert_eq!(beginning("citzen", "citizensbank"), Some(1), "a letter dropped");
        assert_eq!(
            beginning("ciitzen", "citizensbank"),
            Some(1),
            "a letter doubled and the next swapped is one swap"
        );
        assert_eq!(beginning("citi", "citizensbank"), Some(0), "a plain beginning");
        assert_eq!(beginning("bank", "citizensbank"), None, "not the end");
    }

    #[test]
    fn the_bounded_distance_is_the_textbooks() {
        // All words of up to five letters out of two, against each other.
        let words: Vec<Vec<char>> = (0..=5u32)
            .flat_map(|length| (0..1u32 << length).map(move |bits| (length, bits)))
            .map(|(length, bits)| (0..length).map(|at| if bits >> at & 1 == 1 { 'a' } else { 'b' }).collect())
            .collect();
        for typed in &words {
            for word in &words {
                for most in 1..=2 {
                    let whole = Some(textbook(typed, word)).filter(|cost| *cost <= usize::from(most));
                    let found = slips(typed, word, most, Extent::Whole).map(usize::from);
                    assert_eq!(found, whole, "{typed:?} for {word:?} within {most}");
                    let begun = (0..=word.len()).map(|end| textbook(typed, &word[..end])).min();
                    let found = slips(typed, word, most, Extent::Beginning).map(usize::from);
                    assert_eq!(
                        found,
                        begun.filter(|cost| *cost <= usize::from(most)),
                        "{typed:?} for {word:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn letters_that_one_word_lacks_are_a_lower_bound() {
        let (typed, word) = (LetterSet::of(&letters("vhase")), LetterSet::of(&letters("chase")));
        assert_eq!((typed.missing_in(word), word.missing_in(typed)), (1, 1));
        assert_eq!(typed.missing_in(typed), 0);
    }
}
