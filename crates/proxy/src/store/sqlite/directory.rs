//! The institutions as aggregators listed them last.

use super::super::{KeptDirectory, StoreResult};
use super::SqliteStore;
use super::rows::{self, millis};
use sqlx::Row;

pub(super) async fn keep(store: &SqliteStore, aggregator: &str, kept: &KeptDirectory) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    sqlx::query(
        "INSERT INTO directory (aggregator, read_at, listings) VALUES (?, ?, ?)
         ON CONFLICT (aggregator) DO UPDATE SET read_at = excluded.read_at, listings = excluded.listings
         WHERE excluded.read_at >= directory.read_at",
    )
    .bind(aggregator)
    .bind(millis(kept.read_at))
    .bind(&kept.listings)
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn find(store: &SqliteStore, aggregator: &str) -> StoreResult<Option<KeptDirectory>> {
    let row = sqlx::query("SELECT * FROM directory WHERE aggregator = ?")
        .bind(aggregator)
        .fetch_optional(&store.pool)
        .await?;
    row.map(|row| {
        let read_at = rows::moment(row.try_get("read_at")?)?;
        Ok(KeptDirectory { read_at, listings: row.try_get("listings")? })
    })
    .transpose()
}
