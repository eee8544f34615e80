//! Texts found in what a catalogue became, and filled.

/// What is filled into a text: the gap's name, and what stands there.
pub type Filled<'a> = &'a [(&'a str, &'a str)];

/// U+2068 and U+2069: what stands between them has a direction of its own and does not disturb what is around it.
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// The text at this place of a language's words; empty where there is none.
pub fn at(words: &str, place: usize) -> &str {
    words.split('\n').nth(place).unwrap_or_default()
}

/// The form of a text for a plural category: the one named `other` where it has not that one, the text itself where it
/// has no forms.
pub fn form<'a>(text: &'a str, category: &str) -> &'a str {
    if !text.contains('\t') {
        return text;
    }
    let mut parts = text.split('\t');
    let mut other = "";
    while let (Some(name), Some(words)) = (parts.next(), parts.next()) {
        if name == category {
            return words;
        }
        if name == "other" {
            other = words;
        }
    }
    other
}

/// A text with its gaps filled. What is filled in is not looked at for further gaps.
///
/// `isolated`: a text that is written from right to left, in which a bank's name or an amount keeps its own direction.
pub fn fill(text: &str, gaps: Filled<'_>, isolated: bool) -> String {
    let mut filled = String::with_capacity(text.len() + 24);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = gaps.iter().find(|(gap, _)| *gap == name) {
            if isolated {
                filled.push(ISOLATE[0]);
            }
            filled.push_str(value);
            if isolated {
                filled.push(ISOLATE[1]);
            }
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(fill("Sign in to {bank}", &[("bank", "{bank} {x}")], false), "Sign in to {bank} {x}");
    }

    #[test]
    fn a_gap_without_a_value_leaves_nothing_behind() {
        assert_eq!(fill("Sign in to {bank}", &[], true), "Sign in to ");
    }

    #[test]
    fn a_name_among_words_from_right_to_left_keeps_its_own_direction() {
        assert_eq!(fill("إلى {bank}", &[("bank", "Chase (US)")], true), "إلى \u{2068}Chase (US)\u{2069}");
    }

    #[test]
    fn a_form_that_is_not_there_is_the_other_one() {
        let text = "one\ta day\tother\t{count} days";
        assert_eq!(form(text, "one"), "a day");
        assert_eq!(form(text, "few"), "{count} days");
        assert_eq!(form("plain", "one"), "plain");
    }
}
