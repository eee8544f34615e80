//! How long it takes from the proxy's learning something to its being on the screen.
//!
//! Three parts: the proxy's own delay, which it states in `Server-Timing: learned;dur=<ms>` on the answer to a
//! long-poll; the way of the answer's first byte to the frame; and from there to the first frame drawn with the new
//! heading. The latter two are read from the frame's own clock.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::page::Widget;

/// Pairs each heading with the long-poll answer that brought it: the last answer before the change, if it was one.
const READ: &str = r#"
const calls = performance.getEntriesByType("resource").filter((entry) => /\/v1\/connections\//.test(entry.name));
return window.__linchpinWatch.headings.flatMap(({ text, changed, painted }) => {
    const call = calls.filter((entry) => entry.responseEnd <= changed).at(-1);
    if (!call?.name.includes("wait=") || painted === null) return [];
    const learned = call.serverTiming.find((one) => one.name === "learned");
    return [{ text, held: learned ? learned.duration : null, drawn: painted - call.responseStart }];
});
"#;

/// One change of screen that a long-poll brought.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Transition {
    /// The new heading.
    pub text: String,
    /// Milliseconds from the proxy's learning of the change to its answer; absent when it does not say.
    pub held: Option<f64>,
    /// Milliseconds from the answer's first byte to the heading's being on the screen.
    pub drawn: f64,
}

impl Transition {
    /// Milliseconds from the proxy's learning to the screen, as far as the proxy says.
    pub fn total(&self) -> f64 {
        self.held.unwrap_or_default() + self.drawn
    }
}

/// Every such change since the frame was loaded.
///
/// # Errors
/// The frame is gone.
pub async fn transitions(widget: &Widget<'_>) -> Result<Vec<Transition>> {
    let read = widget.run_plain(READ).await?;
    serde_json::from_value(read).context("reading the frame's timings")
}

/// The middle of some measurements, in whole milliseconds rounded up; `None` of nothing.
pub fn median(measured: impl IntoIterator<Item = f64>) -> Option<u64> {
    let mut all: Vec<f64> = measured.into_iter().collect();
    all.sort_by(f64::total_cmp);
    let middle = *all.get(all.len() / 2)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a duration: not negative, and far below the limit"
    )]
    let whole = middle.max(0.0).ceil() as u64;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_rounded_up() {
        assert_eq!(median([]), None, "nothing has no middle");
        assert_eq!(median([90.0, 1.2, 7.5]), Some(8), "the middle of three");
        assert_eq!(median([1.0, 3.0]), Some(3), "the worse of two");
    }
}
