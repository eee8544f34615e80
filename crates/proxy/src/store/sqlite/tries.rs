//! Tries of logins and answers.

use super::super::StoreResult;
use super::SqliteStore;
use super::rows::{millis, moment};
use crate::tokens::Hash;
use jiff::Timestamp;

pub(super) async fn take(
    store: &SqliteStore,
    subject: &Hash,
    now: Timestamp,
    since: Timestamp,
    most: u32,
) -> StoreResult<Option<Timestamp>> {
    let mut transaction = store.write().await?;
    // The one that has to grow old before there is room again: with more than `most` of them, not the first.
    let blocking: Option<i64> = sqlx::query_scalar(
        "SELECT at FROM try WHERE subject = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",
    )
    .bind(subject.as_str())
    .bind(millis(since))
    .bind(i64::from(most) - 1)
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(at) = blocking {
        return Ok(Some(moment(at)?));
    }
    sqlx::query("INSERT INTO try (subject, at) VALUES (?, ?)")
        .bind(subject.as_str())
        .bind(millis(now))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(None)
}

pub(super) async fn give_back(store: &SqliteStore, subject: &Hash, at: Timestamp) -> StoreResult<()> {
    sqlx::query("DELETE FROM try WHERE rowid = (SELECT rowid FROM try WHERE subject = ? AND at = ? LIMIT 1)")
        .bind(subject.as_str())
        .bind(millis(at))
        .execute(&store.pool)
        .await?;
    Ok(())
}

pub(super) async fn forget(store: &SqliteStore, before: Timestamp) -> StoreResult<u64> {
    let done = sqlx::query("DELETE FROM try WHERE at < ?").bind(millis(before)).execute(&store.pool).await?;
    Ok(done.rows_affected())
}
