//! How bright a colour is (WCAG 2.2), and where it lies in OKLCH, in which it can be made lighter or darker and stays the
//! same colour to the eye.

use linchpin_protocol::Colour;
use std::sync::LazyLock;

/// The light that each value of a channel stands for (IEC 61966-2-1).
static LINEAR: LazyLock<[f64; 256]> = LazyLock::new(|| {
    let mut table = [0.0; 256];
    for value in 0..=u8::MAX {
        let part = f64::from(value) / 255.0;
        let light = if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        table[usize::from(value)] = light;
    }
    table
});

/// The same, back; out of bounds is cut off.
fn channel(light: f64) -> u8 {
    let part = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (part * 255.0).round().clamp(0.0, 255.0) as u8
}

fn linear(colour: Colour) -> [f64; 3] {
    colour.rgb().map(|value| LINEAR[usize::from(value)])
}

/// Relative luminance, 0 to 1 (WCAG 2.2, glossary).
pub(super) fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = linear(colour);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Contrast ratio, 1 to 21 (WCAG 2.2, glossary).
pub(super) fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// What `filter: brightness(…)` makes of a colour.
pub(super) fn brightened(colour: Colour, factor: f64) -> Colour {
    Colour::new(colour.rgb().map(|value| (f64::from(value) * factor).round().clamp(0.0, 255.0) as u8))
}

/// A colour by lightness (0 to 1), chroma (0: grey) and hue (radians): Ottosson's OKLab in polar form, as CSS Color 4 has it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Oklch {
    pub(super) lightness: f64,
    pub(super) chroma: f64,
    pub(super) hue: f64,
}

impl Oklch {
    pub(super) fn of(colour: Colour) -> Self {
        let [red, green, blue] = linear(colour);
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * middle + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766_0 * short;
        Self {
            lightness: 0.210_454_255_3 * long + 0.793_617_785_0 * middle - 0.004_072_046_8 * short,
            chroma: a.hypot(b),
            hue: b.atan2(a),
        }
    }

    /// The colour of this lightness and hue, with as much of the chroma as a screen can show.
    pub(super) fn colour(self) -> Colour {
        let fits = |light: &[f64; 3]| light.iter().all(|light| (-1e-4..=1.0001).contains(light));
        let mut shown = self.light(self.chroma);
        if !fits(&shown) {
            let (mut least, mut most) = (0.0, self.chroma);
            for _ in 0..16 {
                let middle = f64::midpoint(least, most);
                if fits(&self.light(middle)) { least = middle } else { most = middle }
            }
            shown = self.light(least);
        }
        Colour::new(shown.map(channel))
    }

    fn light(self, chroma: f64) -> [f64; 3] {
        let (a, b) = (chroma * self.hue.cos(), chroma * self.hue.sin());
        let long = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let middle = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn contrast_is_what_others_measure() {
        // As WebAIM's contrast checker and axe-core give them.
        for (one, other, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
            ("#ff0000", "#ffffff", 4.0),
            ("#0000ff", "#ffffff", 8.59),
            ("#ffff00", "#ffffff", 1.07),
        ] {
            let found = contrast(colour(one), colour(other));
            assert!((found - ratio).abs() < 0.005, "{one} on {other}: {found}");
            assert_eq!(found, contrast(colour(other), colour(one)));
        }
    }

    #[test]
    fn oklch_is_as_css_has_it() {
        // CSS Color 4, and browsers' `color()` conversions.
        for (text, lightness, chroma, degrees) in [
            ("#ff0000", 0.628, 0.2577, 29.23),
            ("#00ff00", 0.8664, 0.2948, 142.5),
            ("#0000ff", 0.452, 0.3132, 264.05),
        ] {
            let found = Oklch::of(colour(text));
            assert!((found.lightness - lightness).abs() < 0.001, "{text}: {found:?}");
            assert!((found.chroma - chroma).abs() < 0.001, "{text}: {found:?}");
            assert!((found.hue.to_degrees().rem_euclid(360.0) - degrees).abs() < 0.1, "{text}: {found:?}");
        }
        assert!(Oklch::of(colour("#808080")).chroma < 0.001, "grey has no hue");
    }

    #[test]
    fn every_colour_comes_back_as_it_was() {
        for step in 0..4096_u32 {
            let part = |shift: u32| (((step >> shift) & 15) * 17) as u8;
            let colour = Colour::new([part(8), part(4), part(0)]);
            assert_eq!(Oklch::of(colour).colour(), colour);
        }
    }

    #[test]
    fn what_no_screen_can_show_keeps_its_lightness_and_hue() {
        let wild = Oklch { lightness: 0.5, chroma: 0.4, hue: 1.9 };
        let shown = Oklch::of(wild.colour());
        assert!((shown.lightness - wild.lightness).abs() < 0.01, "{shown:?}");
        assert!((shown.hue - wild.hue).abs() < 0.05, "{shown:?}");
        assert!(shown.chroma < wild.chroma);
    }
}
