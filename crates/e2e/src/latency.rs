//! How long it takes from the proxy's learning something to its being on the screen.
//!
//! It begins when the practice bank sends the proxy an answer that differs from the one before. It ends with the first
//! frame that the browser draws with the new heading. Between lie the proxy's own delay, the answer to the long-poll,
//! and the widget's work. All run on one machine, so its clock is theirs.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::World;
use crate::page::Widget;

/// Pairs each heading with the long-poll answer that brought it: the last answer before the change, if it was one.
const READ: &str = r#"
const calls = performance.getEntriesByType("resource").filter((entry) => /\/v1\/connections\//.test(entry.name));
const moment = (time) => performance.timeOrigin + time;
return window.__linchpinWatch.headings.flatMap(({ text, changed, painted }) => {
    const call = calls.filter((entry) => entry.responseEnd <= changed).at(-1);
    if (!call?.name.includes("wait=") || painted === null) return [];
    return [{ text, answered: moment(call.responseStart), painted: moment(painted) }];
});
"#;

/// Notes for each key press when the answer to what stands in the field then is on the screen: the screen says aloud
/// what was found for a text, and nothing while it is being looked for.
const WATCH_KEYS: &str = r#"
const said = document.querySelector("[role=status]");
const painted = (window.__linchpinKeys = []);
let pressed = null;
document.addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
new MutationObserver(() => {
    if (pressed === null || said.textContent === "") return;
    const since = pressed;
    pressed = null;
    requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => painted.push(performance.now() - since);
        port2.postMessage(null);
    });
}).observe(said, { subtree: true, childList: true, characterData: true });
"#;

/// As the frame's own clock tells it, in milliseconds since 1970.
#[derive(Deserialize)]
struct Seen {
    text: String,
    answered: f64,
    painted: f64,
}

/// One change of screen that a long-poll brought.
#[derive(Clone, PartialEq, Debug)]
pub struct Transition {
    /// The new heading.
    pub heading: String,
    /// Milliseconds from the proxy's learning of it to the first byte of its answer.
    pub answered: f64,
    /// Milliseconds from the proxy's learning of it to its being on the screen.
    pub painted: f64,
}

/// Every such change since the frame was loaded.
///
/// # Errors
/// The frame is gone, or the proxy answered something that it had not learned.
pub async fn transitions(world: &World, widget: &Widget<'_>) -> Result<Vec<Transition>> {
    let seen: Vec<Seen> =
        serde_json::from_value(widget.run_plain(READ).await?).context("reading the frame's timings")?;
    let measured = seen.into_iter().map(|Seen { text, answered, painted }| {
        let learned =
            world.practice.news_before(answered).context("a change comes from the practice bank")?;
        Ok(Transition { heading: text, answered: answered - learned, painted: painted - learned })
    });
    measured.collect()
}

/// Begins to measure key presses in the search.
///
/// # Errors
/// The search is not there.
pub async fn watch_key_presses(widget: &Widget<'_>) -> Result<()> {
    widget.run_plain(WATCH_KEYS).await?;
    Ok(())
}

/// For each key press so far, milliseconds until what was found was on the screen.
///
/// # Errors
/// The frame is gone.
pub async fn of_key_presses(widget: &Widget<'_>) -> Result<Vec<f64>> {
    let painted = widget.run_plain("return window.__linchpinKeys").await?;
    serde_json::from_value(painted).context("reading the frame's timings")
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
