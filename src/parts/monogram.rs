//! A tile with initials: no logos, so no third-party requests and no trade marks.

use leptos::prelude::*;

/// How many colours there are; `.hue-0` and on in `style/controls.css`.
const HUES: u32 = 9;

/// One or two initials and a colour that always goes with this name.
fn initials_and_hue(name: &str) -> (String, u32) {
    const FILLERS: [&str; 4] = ["of", "the", "and", "&"];
    let mut words =
        name.split(|c: char| c.is_ascii_punctuation() || c == ' ').filter(|word| !word.is_empty());
    let mut initials = String::new();
    while initials.chars().count() < 2 {
        let Some(word) = words.next() else { break };
        if !FILLERS.contains(&word) {
            initials.extend(word.chars().take(1));
        }
    }
    let hash =
        name.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    (initials, hash % HUES)
}

/// A tile with the initials of a name.
#[component]
pub fn Monogram(
    /// The institution's name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let (initials, hue) = initials_and_hue(&name);
    view! {
        <span class=format!("mono hue-{hue}") aria-hidden="true">
            {initials}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn initials_pass_over_filler_words_and_marks() {
        for (name, initials) in [
            ("Bank of America", "BA"),
            ("JPMorgan Chase Bank", "JC"),
            ("U.S. Bank", "US"),
            ("Chase", "C"),
            ("1st Source", "1S"),
            ("Österreichische Post", "ÖP"),
            ("", ""),
        ] {
            assert_eq!(initials_and_hue(name).0, initials, "{name}");
        }
    }

    #[test]
    fn a_name_always_has_the_same_colour() {
        assert_eq!(initials_and_hue("Harbour Savings"), initials_and_hue("Harbour Savings"));
        assert!(initials_and_hue("any other").1 < HUES);
    }
}
