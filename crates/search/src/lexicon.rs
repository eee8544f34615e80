//! What the words of bank names mean: which tell nothing, which are short for others, what states are called.

/// Words that are left out as often as not.
const LINKING: &[&str] = &["and", "of", "the", "for"];

/// Words that say in what form an institution is incorporated, and that people leave out.
const FORMS: &[&str] =
    &["corp", "corporation", "fsb", "inc", "incorporated", "llc", "ltd", "na", "sb", "ssb"];

/// Words that people add when they look for a sign-in page, and that few names have.
const FILLING: &[&str] = &[
    "account", "accounts", "app", "banking", "card", "http", "https", "login", "logon", "mobile", "online",
    "signin", "website", "www",
];

/// Short forms, each with the word it stands for. Either may be typed for the other.
const SHORT_FORMS: &[(&str, &str)] = &[
    ("1st", "first"),
    ("2nd", "second"),
    ("3rd", "third"),
    ("4th", "fourth"),
    ("5th", "fifth"),
    ("assn", "association"),
    ("assoc", "association"),
    ("bk", "bank"),
    ("cmnty", "community"),
    ("co", "company"),
    ("corp", "corporation"),
    ("cty", "county"),
    ("dept", "department"),
    ("emp", "employees"),
    ("empl", "employees"),
    ("fed", "federal"),
    ("fin", "financial"),
    ("ft", "fort"),
    ("govt", "government"),
    ("hosp", "hospital"),
    ("inc", "incorporated"),
    ("intl", "international"),
    ("mfg", "manufacturing"),
    ("mt", "mount"),
    ("natl", "national"),
    ("one", "1"),
    ("svgs", "savings"),
    ("st", "saint"),
    ("tr", "trust"),
    ("two", "2"),
    ("univ", "university"),
];

/// The states and territories of the United States: what is written for each, and what it is called.
const STATES: &[(&str, &str)] = &[
    ("AK", "Alaska"),
    ("AL", "Alabama"),
    ("AR", "Arkansas"),
    ("AS", "American Samoa"),
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DC", "District of Columbia"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("FM", "Micronesia"),
    ("GA", "Georgia"),
    ("GU", "Guam"),
    ("HI", "Hawaii"),
    ("IA", "Iowa"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("MA", "Massachusetts"),
    ("MD", "Maryland"),
    ("ME", "Maine"),
    ("MH", "Marshall Islands"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MO", "Missouri"),
    ("MP", "Northern Mariana Islands"),
    ("MS", "Mississippi"),
    ("MT", "Montana"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("NE", "Nebraska"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NV", "Nevada"),
    ("NY", "New York"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("PW", "Palau"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VA", "Virginia"),
    ("VI", "Virgin Islands"),
    ("VT", "Vermont"),
    ("WA", "Washington"),
    ("WI", "Wisconsin"),
    ("WV", "West Virginia"),
    ("WY", "Wyoming"),
];

/// Whether this word may be missing on either side.
pub(crate) fn is_linking(word: &[char]) -> bool {
    LINKING.iter().any(|linking| spells(word, linking))
}

/// Whether this word only says how the institution is incorporated.
pub(crate) fn is_form(word: &[char]) -> bool {
    FORMS.iter().any(|form| spells(word, form))
}

/// Whether this word says what a person wants to do there, not where.
pub(crate) fn is_filling(word: &[char]) -> bool {
    FILLING.iter().any(|filling| spells(word, filling))
}

/// What the word is short for, or short forms of it.
pub(crate) fn synonyms(word: &[char]) -> impl Iterator<Item = &'static str> {
    SHORT_FORMS.iter().filter_map(|(short, long)| match () {
        () if spells(word, short) => Some(*long),
        () if spells(word, long) => Some(*short),
        () => None,
    })
}

/// The name of a state, by its code in either case.
pub(crate) fn state_name(code: &str) -> Option<&'static str> {
    STATES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code.trim())).map(|(_, name)| *name)
}

fn spells(word: &[char], text: &str) -> bool {
    word.iter().copied().eq(text.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_short_form_and_the_word_lead_to_each_other() {
        assert_eq!(synonyms(&letters("natl")).collect::<Vec<_>>(), ["national"]);
        assert_eq!(synonyms(&letters("association")).collect::<Vec<_>>(), ["assn", "assoc"]);
        assert_eq!(synonyms(&letters("chase")).count(), 0);
    }

    #[test]
    fn states_are_known_by_their_code() {
        assert_eq!(state_name("oh"), Some("Ohio"));
        assert_eq!(state_name("XX"), None);
        assert_eq!(STATES.len(), 59, "fifty states, the district, five territories, three associated states");
        assert!(STATES.is_sorted_by_key(|(code, _)| code), "in order, so that a missing one shows");
    }

    #[test]
    fn linking_words_are_known() {
        assert!(is_linking(&letters("of")) && !is_linking(&letters("bank")));
        assert!(is_filling(&letters("login")) && !is_filling(&letters("bank")));
    }
}
