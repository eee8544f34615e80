//! PostgreSQL's programs, for the tests of the second store.

use anyhow::Context as _;
use linchpin_practice_postgres::Programs;

use super::{Consent, packages};

/// Finds them, or installs them where that is allowed.
///
/// # Errors
/// They are missing; the message says what to do.
pub(super) fn ensure(consent: Consent) -> anyhow::Result<()> {
    if Programs::find().is_ok() {
        return Ok(());
    }
    packages::install(
        consent,
        &["postgresql"],
        "the tests of the store need PostgreSQL's programs",
        "or name their folder in POSTGRES_BIN",
    )?;
    Programs::find().context("PostgreSQL was installed and is still not found")?;
    Ok(())
}
