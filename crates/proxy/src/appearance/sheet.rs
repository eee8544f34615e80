//! The style sheet of a look. Its address holds all that was asked for, so that it never changes under it:
//! `/widget/looks/ffcc00-x-0-serif.css` is the accent, that of the dark scheme, the radius and the font, `x` for each that
//! was not asked for.

use super::palette::{self, Palette};
use linchpin_protocol::{Appearance, Colour, Font, Radius};
use std::fmt::Write as _;

/// Stands for what was not asked for.
const NOTHING: &str = "x";
/// Where the tokens stand in `style/tokens.css`: at a page's root, or at that of an element in somebody's page.
const ROOT: &str = ":root,[data-surface=\"element\"]";

/// Where a browser gets the style sheet of a look. `None`: nothing is asked for that would need one.
pub(crate) fn address(appearance: &Appearance) -> Option<String> {
    let look = Look::of(appearance);
    (look != Look::default()).then(|| format!("/widget/looks/{}", look.file_name()))
}

/// What was asked for, as far as a style sheet can say it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Look {
    accent: Option<Colour>,
    accent_dark: Option<Colour>,
    radius: Option<Radius>,
    font: Option<Font>,
}

impl Look {
    fn of(appearance: &Appearance) -> Self {
        let Appearance { theme: _, accent, accent_dark, radius, font } = *appearance;
        Self { accent, accent_dark, radius, font }
    }

    /// Reads a file's name. `None`: not in the one form that there is for it.
    pub(crate) fn of_file_name(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(".css")?.split('-').map(|part| (part != NOTHING).then_some(part));
        let mut next = || parts.next();
        let (accent, accent_dark, radius, font) = (next()?, next()?, next()?, next()?);
        let colour = |digits: &str| Colour::parse(&format!("#{digits}"));
        let look = Self {
            accent: accent.and_then(colour),
            accent_dark: accent_dark.and_then(colour),
            radius: radius.and_then(|pixels| Radius::new(pixels.parse().ok()?)),
            font: font.and_then(|word| Font::ALL.into_iter().find(|font| font.as_str() == word)),
        };
        // Whatever is wrong, in capitals or too much is not what we would have written.
        (look.file_name() == name).then_some(look)
    }

    /// The file's name.
    pub(crate) fn file_name(&self) -> String {
        let nothing = || NOTHING.to_owned();
        let colour = |colour: Option<Colour>| {
            colour.map_or_else(nothing, |colour| colour.to_string().trim_start_matches('#').to_owned())
        };
        let radius = self.radius.map_or_else(nothing, |radius| radius.pixels().to_string());
        let font = self.font.map_or(NOTHING, Font::as_str);
        format!("{}-{}-{radius}-{font}.css", colour(self.accent), colour(self.accent_dark))
    }
}

/// The style sheet itself: values of the tokens in `style/tokens.css`, to be read after them.
pub(crate) fn style_sheet(look: &Look) -> String {
    let mut always = String::new();
    if let Some(font) = look.font {
        let _ = write!(always, "--font:{};", stack(font));
    }
    if let Some(radius) = look.radius {
        let _ = write!(always, "--radius:{}px;", radius.pixels());
    }
    if let Some(accent) = look.accent {
        always.push_str(&tokens(&palette::light(accent)));
    }
    let dark = look.accent_dark.map(palette::dark);
    let dark = dark.or_else(|| look.accent.map(palette::dark_of_light));
    let mut sheet = String::new();
    if !always.is_empty() {
        let _ = writeln!(sheet, "{ROOT}{{{always}}}");
    }
    if let Some(dark) = dark.as_ref().map(tokens) {
        let _ = writeln!(sheet, "[data-theme=\"dark\"]{{{dark}}}");
        let _ = writeln!(sheet, "@media (prefers-color-scheme:dark){{[data-theme=\"system\"]{{{dark}}}}}");
    }
    sheet
}

fn tokens(palette: &Palette) -> String {
    let Palette { accent, on_accent, accent_soft, accent_line } = palette;
    format!(
        "--accent:{accent};--on-accent:{on_accent};--accent-soft:{accent_soft};--accent-line:{accent_line};"
    )
}

/// What devices have of a sort of letters, the best first; the last is one that every device has.
fn stack(font: Font) -> &'static str {
    match font {
        Font::System => {
            "ui-sans-serif,system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",\"Noto Sans\",Arial,sans-serif"
        }
        Font::Humanist => {
            "Seravek,\"Gill Sans Nova\",Ubuntu,Calibri,\"DejaVu Sans\",source-sans-pro,sans-serif"
        }
        Font::Geometric => "Avenir,Montserrat,Corbel,\"URW Gothic\",source-sans-pro,sans-serif",
        Font::Grotesque => "Inter,Roboto,\"Helvetica Neue\",\"Arial Nova\",\"Nimbus Sans\",Arial,sans-serif",
        Font::Rounded => {
            "ui-rounded,\"Hiragino Maru Gothic ProN\",Quicksand,Comfortaa,Manjari,\"Arial Rounded MT\",Calibri,\
             source-sans-pro,sans-serif"
        }
        Font::Serif => "ui-serif,Charter,\"Bitstream Charter\",\"Sitka Text\",Cambria,Georgia,serif",
        Font::Slab => "Rockwell,\"Rockwell Nova\",\"Roboto Slab\",\"DejaVu Serif\",\"Sitka Small\",serif",
        Font::Monospace => {
            "ui-monospace,\"Cascadia Code\",Menlo,Consolas,\"Source Code Pro\",\"DejaVu Sans Mono\",monospace"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accent: Option<&str>, dark: Option<&str>, radius: Option<u8>, font: Option<Font>) -> Look {
        let colour = |text: &str| Colour::parse(text).unwrap();
        let radius = radius.map(|pixels| Radius::new(pixels).unwrap());
        Look { accent: accent.map(colour), accent_dark: dark.map(colour), radius, font }
    }

    #[test]
    fn a_name_stands_for_one_look_and_comes_back_as_it_was() {
        for (look, name) in [
            (asked(Some("#FFCC00"), None, Some(0), Some(Font::Serif)), "ffcc00-x-0-serif.css"),
            (asked(None, Some("#00ff88"), Some(24), None), "x-00ff88-24-x.css"),
            (Look::default(), "x-x-x-x.css"),
        ] {
            assert_eq!(look.file_name(), name);
            assert_eq!(Look::of_file_name(name), Some(look));
        }
    }

    #[test]
    fn anything_else_is_no_name() {
        for bad in [
            "",
            ".css",
            "x-x-x-x",
            "x-x-x.css",
            "x-x-x-x-x.css",
            "FFCC00-x-x-x.css",
            "#ffcc00-x-x-x.css",
            "fc0-x-x-x.css",
            "x-x-00-x.css",
            "x-x-+4-x.css",
            "x-x-25-x.css",
            "x-x-x-comic.css",
            "x-x-x-Serif.css",
            "x-x-x-x.css ",
            "-x-x-x.css",
            "x-x-x-};body{background:url(evil).css",
        ] {
            assert_eq!(Look::of_file_name(bad), None, "{bad:?} must be refused");
        }
    }

    #[test]
    fn nothing_is_fetched_for_a_look_that_nobody_asked_for() {
        let dark = Appearance { theme: linchpin_protocol::Theme::Dark, ..Appearance::default() };
        assert_eq!((address(&Appearance::default()), address(&dark)), (None, None));
        let round = Appearance { radius: Radius::new(24), ..Appearance::default() };
        assert_eq!(address(&round).as_deref(), Some("/widget/looks/x-x-24-x.css"));
    }

    #[test]
    fn a_style_sheet_says_what_was_asked_for_and_nothing_more() {
        assert_eq!(style_sheet(&Look::default()), "");
        assert_eq!(style_sheet(&asked(None, None, Some(0), None)), format!("{ROOT}{{--radius:0px;}}\n"));
        let dark = style_sheet(&asked(None, Some("#7fd8bd"), None, None));
        assert!(!dark.contains(":root") && dark.matches("--accent:#7fd8bd;").count() == 2, "{dark}");
        let both = style_sheet(&asked(Some("#0e5c4a"), None, None, None));
        assert!(both.starts_with(&format!("{ROOT}{{--accent:#0e5c4a;--on-accent:#ffffff;")), "{both}");
        assert_eq!(both.matches("--accent:").count(), 3, "the dark scheme follows: {both}");
    }

    #[test]
    fn no_font_is_fetched_from_anywhere() {
        for font in Font::ALL {
            let sheet = style_sheet(&asked(None, None, None, Some(font)));
            assert!(!sheet.contains("url") && !sheet.contains('@') && !sheet.contains("//"), "{sheet}");
            let last = sheet.trim_end_matches(";}\n").rsplit(',').next().unwrap();
            assert!(["sans-serif", "serif", "monospace"].contains(&last), "{font:?} ends in {last}");
        }
    }
}
