//! How the widget looks, as far as the client has a say in it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How the widget looks. What is absent is as Linchpin looks by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Appearance {
    /// Light, dark, or as the device says.
    #[serde(default)]
    pub theme: Theme,
    /// The colour of buttons, links and whatever is chosen. The dark scheme takes its hue, as light as it has to be there,
    /// unless `accent_dark` names another. One that cannot be read is moved to the nearest that can, and told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<Colour>,
    /// The same for the dark scheme alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent_dark: Option<Colour>,
    /// How round the corners of buttons, fields and cards are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius: Option<Radius>,
    /// The letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font: Option<Font>,
}

/// Light, dark, or as the device says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As it stands in the page's `data-theme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// A colour of sRGB, written `#rrggbb`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^#[0-9A-Fa-f]{6}$", example = "#0e5c4a"))]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

impl Colour {
    /// Of red, green and blue.
    pub const fn new(rgb: [u8; 3]) -> Self {
        Self(rgb)
    }

    /// Reads `#` and six hexadecimal digits. `None`: anything else.
    ///
    /// ```
    /// use linchpin_protocol::Colour;
    ///
    /// assert_eq!(Colour::parse("#0E5c4a").map(|colour| colour.to_string()).as_deref(), Some("#0e5c4a"));
    /// assert_eq!(Colour::parse("green"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Red, green and blue.
    pub const fn rgb(self) -> [u8; 3] {
        self.0
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a colour is # and six hexadecimal digits")
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

/// How round corners are: 0 to 24 CSS pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = u8, minimum = 0, maximum = 24, example = 12))]
#[serde(try_from = "u8", into = "u8")]
pub struct Radius(u8);

impl Radius {
    /// `None`: more than 24.
    pub fn new(pixels: u8) -> Option<Self> {
        (pixels <= 24).then_some(Self(pixels))
    }

    /// In CSS pixels.
    pub fn pixels(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Radius {
    type Error = &'static str;

    fn try_from(pixels: u8) -> Result<Self, Self::Error> {
        Self::new(pixels).ok_or("a radius is 0 to 24 pixels")
    }
}

impl From<Radius> for u8 {
    fn from(radius: Radius) -> Self {
        radius.0
    }
}

/// A sort of letters. Each is a list of what devices have, so that nothing is fetched for it and nobody else learns of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Font {
    /// What the device writes its own menus with, as when none is asked for.
    System,
    /// Drawn after the Roman capitals, as Optima, Gill Sans and Candara are.
    Humanist,
    /// Of circles and straight lines, as Avenir, Montserrat and Corbel are.
    Geometric,
    /// Plain and even, as Helvetica, Inter and Roboto are.
    Grotesque,
    /// With round ends, as SF Rounded, Nunito and Quicksand are.
    Rounded,
    /// With serifs, as Charter, Cambria and Georgia are.
    Serif,
    /// With heavy serifs, as Rockwell and Roboto Slab are.
    Slab,
    /// Each letter as wide as the next, as Menlo, Cascadia and Consolas are.
    Monospace,
}

impl Font {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::System,
        Self::Humanist,
        Self::Geometric,
        Self::Grotesque,
        Self::Rounded,
        Self::Serif,
        Self::Slab,
        Self::Monospace,
    ];

    /// As it is asked for.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Humanist => "humanist",
            Self::Geometric => "geometric",
            Self::Grotesque => "grotesque",
            Self::Rounded => "rounded",
            Self::Serif => "serif",
            Self::Slab => "slab",
            Self::Monospace => "monospace",
        }
    }
}

/// What of an [`Appearance`] is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppearanceProperty {
    /// The colour scheme.
    Theme,
    /// The accent of the light scheme.
    Accent,
    /// The accent of the dark scheme.
    AccentDark,
    /// The corners.
    Radius,
    /// The letters.
    Font,
}

/// A colour that was asked for, and the nearest that can be read, which is used in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppearanceCorrection {
    /// Of which scheme: `accent` or `accent_dark`.
    pub property: AppearanceProperty,
    /// What was asked for.
    pub asked: Colour,
    /// What is used.
    pub used: Colour,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_sign_and_six_digits_and_nothing_else() {
        assert_eq!(Colour::parse("#0E5c4a").map(Colour::rgb), Some([0x0e, 0x5c, 0x4a]));
        for bad in ["", "#", "0e5c4a", "#0e5", "#0e5c4", "#0e5c4a0", "#+e5c4a", "#0e5c4é", "# e5c4a", "green"]
        {
            assert_eq!(Colour::parse(bad), None, "{bad:?} must be refused");
        }
    }

    #[test]
    fn words_are_what_the_wire_says() {
        for font in Font::ALL {
            assert_eq!(serde_json::to_value(font).unwrap(), font.as_str());
        }
        for theme in Theme::ALL {
            assert_eq!(serde_json::to_value(theme).unwrap(), theme.as_str());
        }
    }

    #[test]
    fn a_radius_ends_at_24_pixels() {
        let read = |text: &str| serde_json::from_str::<Radius>(text).ok().map(Radius::pixels);
        assert_eq!((read("0"), read("24")), (Some(0), Some(24)));
        for bad in ["25", "-1", "256", "8.5", "\"8\"", "null"] {
            assert_eq!(read(bad), None, "{bad} must be refused");
        }
    }
}
