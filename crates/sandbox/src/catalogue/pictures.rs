//! The pictures of picture challenges.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A PNG, and what it shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Picture {
    pub(crate) shows: &'static str,
    png: &'static [u8],
}

impl Picture {
    /// `source` on the wire. That it is a data URI is our choice: what Quovo put there is not known.
    pub(crate) fn data_uri(self) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(self.png))
    }
}

/// Letters to type.
pub(crate) const CAPTCHA: Picture = Picture { shows: "K7RM", png: include_bytes!("../../data/captcha.png") };

/// Pictures to pick from.
pub(crate) const SHAPES: &[Picture] = &[
    Picture { shows: "the circle", png: include_bytes!("../../data/circle.png") },
    Picture { shows: "the square", png: include_bytes!("../../data/square.png") },
    Picture { shows: "the star", png: include_bytes!("../../data/star.png") },
    Picture { shows: "the triangle", png: include_bytes!("../../data/triangle.png") },
];
