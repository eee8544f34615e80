//! Line icons, drawn in the colour of the text around them.

use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Glyph {
    /// An arrow to where the person came from.
    Back,
    /// A cross.
    Close,
    /// A magnifying glass.
    Search,
    /// A triangle with an exclamation mark.
    Warn,
    /// A padlock.
    Lock,
    /// A tick.
    Check,
    /// An open eye.
    Eye,
    /// An eye crossed out.
    EyeOff,
    /// A clock.
    Clock,
}

/// An icon; read out by nobody.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    let path = match glyph {
        Glyph::Back => "M12.5 4 6.5 10l6 6",
        Glyph::Close => "m5 5 10 10M15 5 5 15",
        Glyph::Search => "M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M13.2 13.2l3.8 3.8",
        Glyph::Warn => "M10 3 2.5 16.5h15L10 3ZM10 8.5v3.5M10 14.4v.1",
        Glyph::Lock => {
            "M6 9h8a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2ZM6.8 9V6.6a3.2 3.2 0 0 1 6.4 0V9"
        }
        Glyph::Check => "m4.5 10.5 3.8 3.8 7.2-8.6",
        Glyph::Eye => {
            "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10ZM10 7.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8"
        }
        Glyph::EyeOff => {
            "M3 3l14 14M8 5c.6-.3 1.3-.5 2-.5 5 0 8 5.5 8 5.5s-.9 1.6-2.4 3M5.2 6.4C3.2 7.9 2 10 2 10s3 5.5 8 5.5c1.2 0 2.3-.3 3.2-.8M8.2 8.4a2.4 2.4 0 0 0 3.3 3.3"
        }
        Glyph::Clock => "M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4M10 6v4.2l2.8 1.8",
    };
    let class = match glyph {
        Glyph::Back => "mirrors",
        Glyph::Search => "lead-icon",
        _ => "",
    };
    view! {
        <svg
            class=class
            viewBox="0 0 20 20"
            aria-hidden="true"
        >
            <path d=path></path>
        </svg>
    }
}
