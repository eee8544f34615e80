//! Waiting for conditions, never for time.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How long a condition may take. Long, because machines that run tests are slow and busy; a condition that holds
/// is seen at once.
pub const PATIENCE: Duration = Duration::from_secs(30);

const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Looks until there is something to see, and returns it.
///
/// # Errors
/// Nothing was to be seen within [`PATIENCE`], or looking failed for good. The message says what was waited for, and
/// the last reason.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    within(PATIENCE, what, look).await
}

/// As [`until`], with a patience of its own.
///
/// # Errors
/// As [`until`].
pub async fn within<T>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = Instant::now();
    let mut last = String::new();
    loop {
        match look().await {
            Ok(Some(seen)) => return Ok(seen),
            Ok(None) => {}
            // A page that is just being replaced makes many a look fail; the next one tells.
            Err(error) => last = format!("; the last look failed: {error:#}"),
        }
        if began.elapsed() > patience {
            bail!("waited {} s for {what}{last}", patience.as_secs());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
