//! Tries of logins and answers.

use super::super::StoreResult;
use super::SqlStore;
use super::rows::{millis, moment};
use super::statement::query;
use crate::tokens::Hash;
use jiff::Timestamp;

pub(super) async fn take(
    store: &SqlStore,
    subject: &Hash,
    now: Timestamp,
    since: Timestamp,
    most: u32,
) -> StoreResult<Option<Timestamp>> {
    let mut transaction = store.write_alone(&name(subject)).await?;
    // The one that has to grow old before there is room again: with more than `most` of them, not the first.
    let blocking: Option<i64> =
        query("SELECT at FROM try WHERE subject = $1 AND at > $2 ORDER BY at DESC LIMIT 1 OFFSET $3")
            .bind(subject.as_str())
            .bind(millis(since))
            .bind(i64::from(most) - 1)
            .scalar(&mut transaction)
            .await?;
    if let Some(at) = blocking {
        return Ok(Some(moment(at)?));
    }
    query("INSERT INTO try (subject, at) VALUES ($1, $2)")
        .bind(subject.as_str())
        .bind(millis(now))
        .execute(&mut transaction)
        .await?;
    transaction.commit().await?;
    Ok(None)
}

pub(super) async fn since(store: &SqlStore, subject: &Hash, since: Timestamp) -> StoreResult<Vec<Timestamp>> {
    let found: Vec<i64> = query("SELECT at FROM try WHERE subject = $1 AND at > $2 ORDER BY at")
        .bind(subject.as_str())
        .bind(millis(since))
        .scalars(store)
        .await?;
    found.into_iter().map(moment).collect()
}

pub(super) async fn give_back(store: &SqlStore, subject: &Hash, at: Timestamp) -> StoreResult<()> {
    let mut transaction = store.write_alone(&name(subject)).await?;
    query("DELETE FROM try WHERE rowid = (SELECT rowid FROM try WHERE subject = $1 AND at = $2 LIMIT 1)")
        .bind(subject.as_str())
        .bind(millis(at))
        .execute(&mut transaction)
        .await?;
    transaction.commit().await
}

/// Under which they are counted by one at a time.
fn name(subject: &Hash) -> String {
    format!("tries {}", subject.as_str())
}

pub(super) async fn forget(store: &SqlStore, before: Timestamp) -> StoreResult<u64> {
    let done = query("DELETE FROM try WHERE at < $1").bind(millis(before)).execute(store).await?;
    Ok(done)
}
