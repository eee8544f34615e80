//! What the address asks for: `?state=login-wrong&theme=dark&lang=ar&bare`.

use crate::tongue::Tongue;
use leptos::prelude::window;
use linchpin_protocol::Theme;
use web_sys::UrlSearchParams;

/// Widths of the frame in CSS pixels: the narrowest that must work (WCAG 2.2, 1.4.10), a phone's, a tablet's, a desk's.
pub const WIDTHS: [u32; 4] = [320, 420, 640, 1280];
/// Colour schemes.
pub const THEMES: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::System];

/// Which state, and how it is to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The state's name; empty for the first.
    pub state: String,
    /// The colour scheme.
    pub theme: Theme,
    /// The language.
    pub tongue: Tongue,
    /// How wide the frame is, in CSS pixels.
    pub width: u32,
    /// The state alone, without list and switches.
    pub bare: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { state: String::new(), theme: Theme::System, tongue: Tongue::ALL[0], width: 420, bare: false }
    }
}

impl Wanted {
    /// Reads the page's own address.
    pub fn of_address() -> Self {
        Self::of_query(&window().location().search().unwrap_or_default())
    }

    /// Reads a query. What is not known is as if it were not there.
    pub fn of_query(query: &str) -> Self {
        let usual = Self::default();
        let Ok(query) = UrlSearchParams::new_with_str(query) else { return usual };
        let get = |name: &str| query.get(name).unwrap_or_default();
        let (theme, language) = (get("theme"), get("lang"));
        let width = get("width").parse().ok();
        Self {
            state: get("state"),
            theme: THEMES.into_iter().find(|known| known.as_str() == theme).unwrap_or(usual.theme),
            tongue: Tongue::ALL.into_iter().find(|known| known.tag() == language).unwrap_or(usual.tongue),
            width: WIDTHS.into_iter().find(|known| Some(*known) == width).unwrap_or(usual.width),
            bare: query.has("bare"),
        }
    }

    /// The query that asks for this.
    pub fn query(&self) -> String {
        // Without a text to read there is nothing that could fail.
        let Ok(query) = UrlSearchParams::new() else { return String::new() };
        query.append("state", &self.state);
        query.append("theme", self.theme.as_str());
        query.append("lang", self.tongue.tag());
        query.append("width", &self.width.to_string());
        if self.bare {
            query.append("bare", "");
        }
        format!("?{}", String::from(query.to_string()))
    }

    /// The same, changed.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut wanted = self.clone();
        change(&mut wanted);
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_query_asks_for_what_it_was_made_from() {
        let wanted = Wanted {
            state: "login-wrong".into(),
            theme: Theme::Dark,
            tongue: Tongue::ALL[3],
            width: 1280,
            bare: true,
        };
        assert_eq!(Wanted::of_query(&wanted.query()), wanted, "{}", wanted.query());
    }

    #[test]
    fn what_is_not_known_is_as_if_it_were_not_there() {
        let wanted = Wanted::of_query("?theme=pink&lang=tlh&width=7&state=x");
        assert_eq!(wanted, Wanted { state: "x".into(), ..Wanted::default() });
    }
}
