//! How long it takes from a host's opening the widget to its being there.
//!
//! It begins when the host page calls `create()` and `open()`, with the loader loaded and a token at hand, and a cache in
//! which nothing of the widget is. Two moments end it: the first frame that the browser draws with the search field, and
//! the loader's `ready`. All run on one machine, so its clock is theirs.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use std::fmt;

use crate::browser::Slow;
use crate::page::{HostPage, SEARCH, Widget};
use crate::wait;

/// What the widget's first screen is measured on: the “slow 4G” of Lighthouse, on a phone.
pub const PHONE: Slow = Slow { latency_ms: 150, down: 1_600_000, up: 750_000, times_slower: 4 };

/// Opens at once.
const OPEN: &str = "
    const clock = () => performance.timeOrigin + performance.now();
    const opened = clock();
    const made = Linchpin.create({ token: given[0], onSuccess() {} });
    made.open();
    await made.ready;
    return { opened, ready: clock() };";

/// Makes it, and opens it once it is ready, as a host does that makes it before anybody presses the button.
const OPEN_LATER: &str = "
    const made = Linchpin.create({ token: given[0], onSuccess() {} });
    await made.ready;
    const opened = performance.timeOrigin + performance.now();
    made.open();
    return { opened, ready: opened };";

/// When the frame was first drawn with something in it, and what it fetched until it was ready. Its page comes in one piece
/// behind its style, so that the first thing drawn is the whole first screen.
const READ: &str = r#"
const clock = (time) => performance.timeOrigin + time;
const painted = performance.getEntriesByName("first-contentful-paint")[0];
if (!painted) return null;
const fetched = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind)).map((entry) => ({
    name: new URL(entry.name).pathname, asked: clock(entry.startTime), answered: clock(entry.responseStart),
    ended: clock(entry.responseEnd), bytes: entry.transferSize, whole: entry.decodedBodySize }));
return { painted: clock(painted.startTime), fetched };
"#;

/// A fixed piece of work for the processor, in milliseconds.
const WORK: &str = "
    const began = performance.now();
    let sum = 0;
    for (let round = 0; round < 2e7; round++) sum = (Math.imul(sum, 31) + round) | 0;
    return performance.now() - began + (sum === 0.5);";

#[derive(Deserialize)]
struct Told {
    opened: f64,
    ready: f64,
}

#[derive(Deserialize)]
struct Seen {
    painted: f64,
    fetched: Vec<Fetched>,
}

/// Something that the frame has fetched; times in milliseconds.
#[derive(Clone, Debug, Deserialize)]
pub struct Fetched {
    /// Its path.
    pub name: String,
    /// When it was asked for.
    pub asked: f64,
    /// When the first byte of the answer came.
    pub answered: f64,
    /// When the last one came.
    pub ended: f64,
    /// How many bytes were sent, with their headers.
    pub bytes: u64,
    /// How many they were when unpacked.
    pub whole: u64,
}

/// One opening; all in milliseconds from its beginning.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Until the search field was on the screen.
    pub painted: f64,
    /// Until it could be used.
    pub usable: f64,
    /// What was fetched until then, in order.
    pub fetched: Vec<Fetched>,
}

impl fmt::Display for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, asked, answered, ended, bytes, whole } = self;
        write!(f, "{asked:>6.0} {answered:>6.0} {ended:>6.0} {bytes:>8} {whole:>8}  {name}")
    }
}

/// Opens the widget at once, and measures.
///
/// # Errors
/// It does not become ready, or shows no search field.
pub async fn at_once<'b>(page: &HostPage<'b>, token: &str) -> Result<(Opening, Widget<'b>)> {
    measure(page, OPEN, token).await
}

/// Makes the widget, opens it when it is ready, and measures from then.
///
/// # Errors
/// As [`at_once`].
pub async fn made_before<'b>(page: &HostPage<'b>, token: &str) -> Result<(Opening, Widget<'b>)> {
    measure(page, OPEN_LATER, token).await
}

async fn measure<'b>(page: &HostPage<'b>, open: &str, token: &str) -> Result<(Opening, Widget<'b>)> {
    let told = page.act(open, &[json!(token)]).await.context("opening the widget")?;
    let Told { opened, ready } = serde_json::from_value(told).context("reading when it was opened")?;
    let widget = page.widget().await?;
    let seen = wait::until("the first screen to be drawn", async || {
        Ok(Some(widget.run_plain(READ).await?).filter(|seen| !seen.is_null()))
    });
    let Seen { painted, mut fetched } =
        serde_json::from_value(seen.await?).context("reading what was drawn")?;
    ensure!(widget.value_of(SEARCH).await?.is_some(), "the first screen has a search field");
    fetched.retain(|one| one.asked <= ready.max(painted));
    fetched.sort_by(|one, other| one.asked.total_cmp(&other.asked));
    for one in &mut fetched {
        for moment in [&mut one.asked, &mut one.answered, &mut one.ended] {
            *moment -= opened;
        }
    }
    let (painted, usable) = (painted - opened, (ready - opened).max(painted - opened));
    Ok((Opening { painted, usable, fetched }, widget))
}

/// How many milliseconds this browser's page takes for a fixed piece of work: what the machine is like.
///
/// # Errors
/// The page is not there.
pub async fn work(page: &HostPage<'_>) -> Result<f64> {
    page.act(WORK, &[]).await?.as_f64().context("a number of milliseconds")
}
