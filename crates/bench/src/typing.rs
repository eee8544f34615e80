//! How people type names: the rules by which queries are made.

use crate::dice::Dice;

/// Each letter with its neighbours on the keyboard.
const NEIGHBOURS: [(char, &str); 26] = [
    ('a', "qwsz"),
    ('b', "vghn"),
    ('c', "xdfv"),
    ('d', "serfcx"),
    ('e', "wsdr"),
    ('f', "drtgvc"),
    ('g', "ftyhbv"),
    ('h', "gyujnb"),
    ('i', "ujko"),
    ('j', "huikmn"),
    ('k', "jiolm"),
    ('l', "kop"),
    ('m', "njk"),
    ('n', "bhjm"),
    ('o', "iklp"),
    ('p', "ol"),
    ('q', "wa"),
    ('r', "edft"),
    ('s', "awedxz"),
    ('t', "rfgy"),
    ('u', "yhji"),
    ('v', "cfgb"),
    ('w', "qase"),
    ('x', "zsdc"),
    ('y', "tghu"),
    ('z', "asx"),
];

/// A way to get a word wrong.
pub(crate) type Slip = fn(&mut Dice, &[char]) -> Option<Vec<char>>;

/// The words of a name in small letters, without punctuation.
pub(crate) fn words(name: &str) -> Vec<String> {
    plain(name).split(' ').map(str::to_owned).collect()
}

/// A name in small letters, without punctuation, `&` written out.
pub(crate) fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace('&', " and ").replace(['\'', '.'], "");
    let parted: String =
        name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    parted.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn initials(name: &str) -> String {
    let telling = words(name).into_iter().filter(|word| !["and", "of", "the"].contains(&word.as_str()));
    telling.filter_map(|word| word.chars().next()).collect()
}

pub(crate) fn shuffled(dice: &mut Dice, name: &str) -> Option<String> {
    let mut words = words(name);
    let before = words.clone();
    for at in (1..words.len()).rev() {
        words.swap(at, dice.below(at + 1));
    }
    (words != before).then(|| words.join(" "))
}

pub(crate) fn kind_as_initials(name: &str) -> Option<String> {
    let plain = plain(name);
    let kinds = [(" federal credit union", " fcu"), (" credit union", " cu")];
    kinds.iter().find_map(|(kind, initials)| Some(format!("{}{initials}", plain.strip_suffix(kind)?)))
}

pub(crate) fn joined(name: &str) -> Option<String> {
    let words = words(name);
    (words.len() > 1).then(|| words.concat())
}

pub(crate) fn two_joined(dice: &mut Dice, name: &str) -> Option<String> {
    let mut words = words(name);
    if words.len() < 3 {
        return None;
    }
    let at = dice.below(words.len() - 1);
    let second = words.remove(at + 1);
    words.get_mut(at)?.push_str(&second);
    Some(words.join(" "))
}

pub(crate) fn parted(dice: &mut Dice, name: &str) -> Option<String> {
    let mut words = words(name);
    let longest = words.iter_mut().max_by_key(|word| word.len()).filter(|word| word.len() > 5)?;
    longest.insert(2 + dice.below(longest.len() - 4), ' ');
    Some(words.join(" "))
}

/// A name with the longest word gotten wrong, or, half the time, another of at least five letters.
pub(crate) fn misspelt(dice: &mut Dice, name: &str, slip: Slip) -> Option<String> {
    let mut words = words(name);
    let generic = ["bank", "credit", "union", "federal", "national"];
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words.get(*at).is_some_and(|word| word.len() >= 5 && !generic.contains(&word.as_str())))
        .collect();
    let word = words.get_mut(*dice.of(&long)?)?;
    let letters: Vec<char> = word.chars().collect();
    let wrong = slip(dice, &letters).filter(|wrong| *wrong != letters)?;
    *word = wrong.into_iter().collect();
    Some(words.join(" "))
}

pub(crate) fn swap(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    let mut word = word.to_vec();
    let at = 1 + dice.below(word.len().checked_sub(2)?);
    word.swap(at, at + 1);
    Some(word)
}

pub(crate) fn drop(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    let mut word = word.to_vec();
    word.remove(1 + dice.below(word.len().checked_sub(2)?));
    Some(word)
}

pub(crate) fn double(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    let mut word = word.to_vec();
    let at = 1 + dice.below(word.len() - 1);
    word.insert(at, *word.get(at)?);
    Some(word)
}

pub(crate) fn replace(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    let at = 1 + dice.below(word.len() - 1);
    replace_at(dice, word, at)
}

pub(crate) fn replace_first(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    replace_at(dice, word, 0)
}

pub(crate) fn insert(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    let at = 1 + dice.below(word.len() - 1);
    let neighbour = neighbour(dice, *word.get(at)?)?;
    let mut word = word.to_vec();
    word.insert(at, neighbour);
    Some(word)
}

/// A swap and a replacement, in words of eight letters and more.
pub(crate) fn twice(dice: &mut Dice, word: &[char]) -> Option<Vec<char>> {
    if word.len() < 8 {
        return None;
    }
    let word = swap(dice, word)?;
    replace(dice, &word)
}

fn replace_at(dice: &mut Dice, word: &[char], at: usize) -> Option<Vec<char>> {
    let mut word = word.to_vec();
    let letter = word.get_mut(at)?;
    *letter = neighbour(dice, *letter)?;
    Some(word)
}

fn neighbour(dice: &mut Dice, letter: char) -> Option<char> {
    let (_, neighbours) = NEIGHBOURS.iter().find(|(of, _)| *of == letter)?;
    let neighbours: Vec<char> = neighbours.chars().collect();
    dice.of(&neighbours).copied()
}

/// In capitals, with vowels that carry accents.
pub(crate) fn accented(name: &str) -> String {
    let accents = [('a', 'Á'), ('e', 'È'), ('i', 'Ï'), ('o', 'Ô'), ('u', 'Ü'), ('n', 'Ñ'), ('c', 'Ç')];
    let accented =
        |letter: char| accents.iter().find(|(plain, _)| *plain == letter).map(|(_, accent)| *accent);
    plain(name).chars().map(|letter| accented(letter).unwrap_or(letter.to_ascii_uppercase())).collect()
}

/// Seven to twelve letters without a vowel, which no word has; sometimes with signs around. Fewer letters may be a slip
/// away from the beginning of a word.
pub(crate) fn noise(dice: &mut Dice) -> String {
    let consonants: Vec<char> = "bcdfghjklmnpqrstvwxz".chars().collect();
    let length = 7 + dice.below(6);
    let letters: String = (0..length).filter_map(|_| dice.of(&consonants).copied()).collect();
    let around = [("", ""), ("<", "/>"), ("'; --", "\""), ("💰 ", " 🏦"), ("{{", "}}")];
    let (before, behind) = dice.of(&around).copied().unwrap_or_default();
    format!("{before}{letters}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn every_slip_keeps_the_first_letter_but_the_one_that_replaces_it() {
        let word = letters("citizens");
        for seed in 0..200 {
            let mut dice = Dice::new(seed);
            for (slip, length) in
                [(swap as Slip, 8), (drop, 7), (double, 9), (replace, 8), (insert, 9), (twice, 8)]
            {
                let wrong = slip(&mut dice, &word).unwrap();
                assert_eq!((wrong[0], wrong.len()), ('c', length), "{wrong:?}");
            }
            assert_ne!(replace_first(&mut dice, &word).unwrap()[0], 'c');
        }
    }

    #[test]
    fn names_are_typed_in_their_ways() {
        assert_eq!(plain("Consumer's Bank & Trust, N.A."), "consumers bank and trust na");
        assert_eq!(initials("The First Bank of Omaha"), "fbo");
        assert_eq!(kind_as_initials("Navy Federal Credit Union").as_deref(), Some("navy fcu"));
        assert_eq!(joined("Wells Fargo Bank").as_deref(), Some("wellsfargobank"));
        assert_eq!(parted(&mut Dice::new(1), "Wells Fargo"), None, "no word is long enough");
        assert_eq!(accented("Bank One"), "BÁÑK ÔÑÈ");
    }
}
