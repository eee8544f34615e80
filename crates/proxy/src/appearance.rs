//! How the widget looks: what a client asks for, made readable.
//!
//! - [`colour`]: how bright a colour is, and the same colour lighter or darker.
//! - [`palette`]: what follows from an accent, which colours meet on the screens, and the nearest accent that works.
//! - [`sheet`]: the style sheet that a browser fetches, and its address, which holds all that it is made of.
//!
//! All of this is the proxy's: the widget's page comes with its look, and its program knows nothing of it.

mod colour;
mod palette;
mod sheet;

pub(crate) use sheet::{Look, address, style_sheet};

use crate::extract::Parameters;
use linchpin_protocol::{
    Appearance, AppearanceCorrection, AppearanceProperty, Colour, Envelope, Font, FrameMessage, Radius,
    Theme, WidgetEvent,
};

/// The colours that cannot be used as they were asked for, with what is used in their place.
pub(crate) fn corrections(asked: &Appearance) -> Vec<AppearanceCorrection> {
    let Appearance { accent, accent_dark, .. } = *asked;
    let all = [
        (AppearanceProperty::Accent, accent, palette::light as fn(Colour) -> palette::Palette),
        (AppearanceProperty::AccentDark, accent_dark, palette::dark),
    ];
    let corrected = all.into_iter().filter_map(|(property, asked, palette)| {
        let asked = asked?;
        let used = palette(asked).accent;
        (used != asked).then_some(AppearanceCorrection { property, asked, used })
    });
    corrected.collect()
}

/// What one opening is to look like: as its link token says, but for what the page that opens it says itself.
pub(crate) struct Opening {
    /// What is asked for in the end.
    pub(crate) appearance: Appearance,
    /// What the page said that is none of the values that there are.
    refused: Vec<AppearanceProperty>,
}

impl Opening {
    /// `given` are the parameters of the frame's address, as the loader writes them. What cannot be read is left out, and
    /// told of: a page that is wrong about a colour still gets its widget.
    pub(crate) fn of(asked: &Appearance, given: &Parameters) -> Self {
        let mut opening = Self { appearance: *asked, refused: Vec::new() };
        let theme = |text: &str| Theme::ALL.into_iter().find(|theme| theme.as_str() == text);
        let radius = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| plain).and_then(Radius::new)
        };
        let font = |text: &str| Font::ALL.into_iter().find(|font| font.as_str() == text);
        if let Some(theme) = opening.read(given, "theme", AppearanceProperty::Theme, theme) {
            opening.appearance.theme = theme;
        }
        let accent = opening.read(given, "accent", AppearanceProperty::Accent, Colour::parse);
        opening.appearance.accent = accent.or(asked.accent);
        let dark = opening.read(given, "accentDark", AppearanceProperty::AccentDark, Colour::parse);
        opening.appearance.accent_dark = dark.or(asked.accent_dark);
        let radius = opening.read(given, "radius", AppearanceProperty::Radius, radius);
        opening.appearance.radius = radius.or(asked.radius);
        let font = opening.read(given, "font", AppearanceProperty::Font, font);
        opening.appearance.font = font.or(asked.font);
        opening
    }

    fn read<T>(
        &mut self,
        given: &Parameters,
        name: &str,
        property: AppearanceProperty,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        // `undefined` is how a page's script writes an option that it has left open.
        let text = given.text(name).filter(|text| !matches!(*text, "" | "undefined"))?;
        let value = read(text);
        if value.is_none() {
            self.refused.push(property);
        }
        value
    }

    /// What the page is to be told: each as the message that the frame posts.
    pub(crate) fn told(&self) -> Vec<Envelope<FrameMessage>> {
        let corrected = corrections(&self.appearance).into_iter().map(|correction| {
            let AppearanceCorrection { property, asked, used } = correction;
            (property, Some(asked.to_string()), Some(used.to_string()))
        });
        // What nobody could read is not repeated, whoever wrote it.
        let refused = self.refused.iter().map(|property| (*property, None, None));
        let told = |(property, asked, used)| WidgetEvent::AppearanceCorrected { property, asked, used };
        refused.chain(corrected).map(told).map(|event| Envelope::new(FrameMessage::Event { event })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(asked: &Appearance, query: &str) -> Opening {
        let uri = format!("/widget?link=lnk_1&{query}").parse().unwrap();
        Opening::of(asked, &Parameters::of(&uri).unwrap())
    }

    fn colour(text: &str) -> Option<Colour> {
        Some(Colour::parse(text).unwrap())
    }

    #[test]
    fn the_page_has_the_last_word_on_what_it_names_and_the_token_on_the_rest() {
        let asked = Appearance {
            theme: Theme::Dark,
            accent: colour("#004488"),
            radius: Radius::new(4),
            ..Appearance::default()
        };
        let same = opening(&asked, "accent=&theme=undefined");
        assert_eq!((same.appearance, same.refused.len()), (asked, 0));
        let other = opening(&asked, "accent=%23880044&accentDark=%23ffaacc&font=serif&theme=light");
        let expected = Appearance {
            theme: Theme::Light,
            accent: colour("#880044"),
            accent_dark: colour("#ffaacc"),
            radius: Radius::new(4),
            font: Some(Font::Serif),
        };
        assert_eq!(other.appearance, expected);
        assert!(other.told().is_empty());
    }

    #[test]
    fn what_is_none_of_the_values_is_left_out_and_told_of_without_its_text() {
        let asked = Appearance { radius: Radius::new(4), ..Appearance::default() };
        let wrong = "accent=red&accentDark=%23fff&radius=25&font=Comic+Sans&theme=pink%22%3E";
        let opening = opening(&asked, wrong);
        assert_eq!(opening.appearance, asked);
        let told = serde_json::to_string(&opening.told()).unwrap();
        for property in ["theme", "accent", "accent_dark", "radius", "font"] {
            let event = format!(r#""event":{{"name":"appearance_corrected","property":"{property}"}}"#);
            assert!(told.contains(&event), "{property}: {told}");
        }
        assert!(!told.contains("pink") && !told.contains("Comic"), "{told}");
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_told_of_with_what_stands_for_it() {
        let asked = Appearance { accent: colour("#ffcc00"), ..Appearance::default() };
        let [correction] = corrections(&asked)[..] else { panic!("one: {:?}", corrections(&asked)) };
        assert_eq!(
            (correction.property, correction.asked),
            (AppearanceProperty::Accent, asked.accent.unwrap())
        );
        let told = serde_json::to_value(opening(&asked, "").told()).unwrap();
        let event = serde_json::json!({
            "name": "appearance_corrected", "property": "accent", "asked": "#ffcc00", "used": correction.used.to_string(),
        });
        assert_eq!(told, serde_json::json!([{"linchpin": 1, "type": "event", "event": event}]));
    }

    #[test]
    fn a_dark_scheme_that_follows_from_the_light_one_is_no_correction() {
        let asked = Appearance { accent: colour("#0e5c4a"), ..Appearance::default() };
        assert_eq!(corrections(&asked), []);
        let asked = Appearance { accent_dark: colour("#0e5c4a"), ..Appearance::default() };
        assert_eq!(corrections(&asked).len(), 1, "but one that is asked for is");
    }
}
