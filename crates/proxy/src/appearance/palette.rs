//! What follows from an accent in each of the two schemes, and which accents work.
//!
//! A colour works when every pair in which it meets another on the screens can be told apart: words at 4.5 to 1 (WCAG 2.2,
//! 1.4.3), what is no word but has to be seen at 3 to 1 (1.4.11).

use super::colour::{Oklch, brightened, contrast};
use linchpin_protocol::Colour;

/// The colours that an accent decides, named as in `style/tokens.css`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Palette {
    pub(super) accent: Colour,
    pub(super) on_accent: Colour,
    pub(super) accent_soft: Colour,
    pub(super) accent_line: Colour,
}

/// The colours that stay as they are in one scheme, as far as an accent meets them.
struct Scheme {
    surface: Colour,
    raised: Colour,
    sunken: Colour,
    danger_soft: Colour,
    warn_soft: Colour,
    ink: Colour,
    ink_2: Colour,
    warn: Colour,
    line: Colour,
    focus: Colour,
    /// Lightness and chroma of what lies beneath words that are meant, such as the chosen account's.
    soft: (f64, f64),
    /// Lightness and chroma of the line around it.
    edge: (f64, f64),
}

const LIGHT: Scheme = Scheme {
    surface: Colour::new([0xff, 0xff, 0xff]),
    raised: Colour::new([0xff, 0xff, 0xff]),
    sunken: Colour::new([0xf4, 0xf5, 0xf3]),
    danger_soft: Colour::new([0xfb, 0xec, 0xea]),
    warn_soft: Colour::new([0xfd, 0xf3, 0xdf]),
    ink: Colour::new([0x16, 0x1a, 0x1d]),
    ink_2: Colour::new([0x55, 0x5d, 0x63]),
    warn: Colour::new([0x7a, 0x4b, 0x00]),
    line: Colour::new([0xdf, 0xe2, 0xdf]),
    focus: Colour::new([0x1b, 0x6e, 0xf3]),
    soft: (0.95, 0.02),
    edge: (0.85, 0.045),
};

const DARK: Scheme = Scheme {
    surface: Colour::new([0x17, 0x1b, 0x19]),
    raised: Colour::new([0x1f, 0x24, 0x22]),
    sunken: Colour::new([0x10, 0x13, 0x11]),
    danger_soft: Colour::new([0x3a, 0x1a, 0x17]),
    warn_soft: Colour::new([0x33, 0x26, 0x0e]),
    ink: Colour::new([0xf1, 0xf3, 0xf1]),
    ink_2: Colour::new([0xb4, 0xbc, 0xb7]),
    warn: Colour::new([0xf2, 0xc4, 0x6d]),
    line: Colour::new([0x2e, 0x35, 0x32]),
    focus: Colour::new([0x8a, 0xb6, 0xff]),
    soft: (0.29, 0.035),
    edge: (0.42, 0.05),
};

const TEXT: f64 = 4.5;
const SEEN: f64 = 3.0;
/// What a pointer over a button does to it: `brightness()` in `style/controls.css`.
const HOVER: f64 = 1.08;
/// An accent with less chroma than this is nearly grey, and what follows from it is less coloured as well.
const COLOURED: f64 = 0.08;
/// Where a dark scheme's accent lies that follows from a light one: as bright as Linchpin's own, and no neon.
const BRIGHT: f64 = 0.81;
const CALM: f64 = 0.13;
/// How finely a lightness is looked for.
const STEP: f64 = 0.005;

/// The light scheme for an accent, or for the nearest that works.
pub(super) fn light(asked: Colour) -> Palette {
    LIGHT.nearest(asked)
}

/// The dark scheme for an accent, or for the nearest that works.
pub(super) fn dark(asked: Colour) -> Palette {
    DARK.nearest(asked)
}

/// The dark scheme for an accent that was asked for the light one: itself where it works, else as light as it has to be.
pub(super) fn dark_of_light(asked: Colour) -> Palette {
    let palette = DARK.palette(asked);
    if DARK.works(&palette) {
        return palette;
    }
    let tone = Oklch::of(asked);
    dark(Oklch { lightness: BRIGHT, chroma: tone.chroma.min(CALM), ..tone }.colour())
}

impl Scheme {
    /// What follows from an accent, whether it works or not.
    fn palette(&self, accent: Colour) -> Palette {
        let tone = Oklch::of(accent);
        let part = (tone.chroma / COLOURED).min(1.0);
        let tinted =
            |(lightness, chroma): (f64, f64)| Oklch { lightness, chroma: chroma * part, ..tone }.colour();
        let words = [Colour::new([0xff; 3]), tinted((0.24, 0.04)), Colour::new([0; 3])];
        let readable = |words: &Colour| contrast_on_button(*words, accent) >= TEXT;
        Palette {
            accent,
            // Of no accent that works are all of them unreadable.
            on_accent: words.into_iter().find(readable).unwrap_or(Colour::new([0; 3])),
            accent_soft: tinted(self.soft),
            accent_line: tinted(self.edge),
        }
    }

    /// The palette of the accent of the same hue whose lightness is nearest to that of the one that was asked for.
    fn nearest(&self, asked: Colour) -> Palette {
        let palette = self.palette(asked);
        if self.works(&palette) {
            return palette;
        }
        let tone = Oklch::of(asked);
        let away = (1..).map(|steps| f64::from(steps) * STEP).take_while(|away| *away <= 1.0);
        let tried = away.flat_map(|away| [tone.lightness - away, tone.lightness + away]);
        let mut tried = tried
            .filter(|lightness| (0.0..=1.0).contains(lightness))
            .map(|lightness| self.palette(Oklch { lightness, ..tone }.colour()));
        // Black works in the one scheme and white in the other, so that one is always found.
        tried.find(|palette| self.works(palette)).unwrap_or(palette)
    }

    fn works(&self, palette: &Palette) -> bool {
        contrast_on_button(palette.on_accent, palette.accent) >= TEXT
            && self.pairs(palette).iter().all(|(one, other, least)| contrast(*one, *other) >= *least)
    }

    /// Every pair of colours that meet because of an accent, with the least contrast that they need.
    fn pairs(&self, palette: &Palette) -> [(Colour, Colour, f64); 13] {
        let Palette { accent, on_accent, accent_soft, accent_line: _ } = *palette;
        [
            // Links, and what of a name was typed, on everything that they stand on; borders of what is chosen and what
            // progress has filled are seen there, too.
            (accent, self.surface, TEXT),
            (accent, self.raised, TEXT),
            (accent, self.sunken, TEXT),
            (accent, self.danger_soft, TEXT),
            (accent, self.warn_soft, TEXT),
            (accent, accent_soft, TEXT),
            // Words and ticks on what is filled with it.
            (on_accent, accent, TEXT),
            // Words on what is chosen or pointed at.
            (self.ink, accent_soft, TEXT),
            (self.ink_2, accent_soft, TEXT),
            (self.warn, accent_soft, TEXT),
            // The part of a bar that is done against the part that is not.
            (accent, self.line, SEEN),
            // Where the keyboard is, in a list.
            (self.focus, accent_soft, SEEN),
            (self.focus, self.surface, SEEN),
        ]
    }
}

/// The contrast of words on a button, or what is left of it beneath a pointer.
fn contrast_on_button(words: Colour, accent: Colour) -> f64 {
    contrast(words, accent).min(contrast(brightened(words, HOVER), brightened(accent, HOVER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../../../style/tokens.css");
    const CONTROLS: &str = include_str!("../../../../style/controls.css");

    /// Colours of all hues, from black to white and from grey to glaring.
    fn grid() -> impl Iterator<Item = Colour> {
        let values = || (0..=15_u8).map(|step| step * 17);
        values().flat_map(move |red| {
            values().flat_map(move |green| values().map(move |blue| Colour::new([red, green, blue])))
        })
    }

    fn assert_readable(scheme: &Scheme, asked: Colour, palette: &Palette) {
        for (one, other, least) in scheme.pairs(palette) {
            let found = contrast(one, other);
            assert!(found >= least, "asked for {asked}: {one} on {other} is {found:.2}: {palette:?}");
        }
        let found = contrast_on_button(palette.on_accent, palette.accent);
        assert!(found >= TEXT, "asked for {asked}: a button beneath a pointer has {found:.2}");
    }

    #[test]
    fn no_accent_makes_anything_unreadable() {
        for asked in grid() {
            assert_readable(&LIGHT, asked, &light(asked));
            assert_readable(&DARK, asked, &dark(asked));
            assert_readable(&DARK, asked, &dark_of_light(asked));
        }
    }

    #[test]
    fn an_accent_that_works_is_used_as_it_is_and_every_other_keeps_its_hue() {
        let mut kept = 0;
        for asked in grid() {
            let used = light(asked).accent;
            if LIGHT.works(&LIGHT.palette(asked)) {
                assert_eq!(used, asked);
                kept += 1;
                continue;
            }
            let (asked, used) = (Oklch::of(asked), Oklch::of(used));
            let turned = (asked.hue - used.hue).sin().abs();
            // Of what is nearly grey the hue is a matter of rounding.
            assert!(asked.chroma.min(used.chroma) < 0.03 || turned < 0.08, "{asked:?} became {used:?}");
            assert!(
                used.lightness < asked.lightness,
                "on white a colour has to be darker: {asked:?} became {used:?}"
            );
        }
        assert!(kept > 1_000, "{kept} accents work as they are");
    }

    #[test]
    fn a_corrected_accent_is_no_further_away_than_it_has_to_be() {
        for text in ["#ffcc00", "#ff6600", "#00b8d4", "#ff80ab", "#999999"] {
            let asked = Colour::parse(text).unwrap();
            let used = light(asked).accent;
            let nearer =
                Oklch { lightness: Oklch::of(used).lightness + 2.0 * STEP, ..Oklch::of(asked) }.colour();
            assert!(!LIGHT.works(&LIGHT.palette(nearer)), "{text}: {nearer} would do instead of {used}");
        }
    }

    #[test]
    fn linchpins_own_accents_are_not_corrected() {
        let own = |text: &str| Colour::parse(text).unwrap();
        assert_eq!(light(own("#0e5c4a")).accent, own("#0e5c4a"));
        assert_eq!(dark(own("#7fd8bd")).accent, own("#7fd8bd"));
    }

    /// The values of a token: in the light scheme, and in the two places of the dark one.
    fn token(name: &str) -> Vec<Colour> {
        let lines = TOKENS.lines().filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
        lines.filter_map(|value| Colour::parse(value.trim_end_matches(';'))).collect()
    }

    #[test]
    fn the_colours_that_stay_are_those_of_the_style_sheet() {
        let all = |scheme: &Scheme| {
            [
                ("--surface", scheme.surface),
                ("--raised", scheme.raised),
                ("--sunken", scheme.sunken),
                ("--danger-soft", scheme.danger_soft),
                ("--warn-soft", scheme.warn_soft),
                ("--ink", scheme.ink),
                ("--ink-2", scheme.ink_2),
                ("--warn", scheme.warn),
                ("--line", scheme.line),
                ("--focus", scheme.focus),
            ]
        };
        for ((name, light), (_, dark)) in all(&LIGHT).into_iter().zip(all(&DARK)) {
            assert_eq!(token(name), [light, dark, dark], "{name} in style/tokens.css");
        }
        assert!(CONTROLS.contains(&format!(".button:hover {{ filter: brightness({HOVER}); }}")));
    }
}
