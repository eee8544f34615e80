//! The institutions as aggregators listed them last.

use super::super::{KeptDirectory, StoreResult};
use super::SqlStore;
use super::rows::{self, millis};
use super::statement::query;

pub(super) async fn keep(store: &SqlStore, aggregator: &str, kept: &KeptDirectory) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    query(
        "INSERT INTO directory (aggregator, read_at, listings) VALUES ($1, $2, $3)
         ON CONFLICT (aggregator) DO UPDATE SET read_at = excluded.read_at, listings = excluded.listings
         WHERE excluded.read_at >= directory.read_at",
    )
    .bind(aggregator)
    .bind(millis(kept.read_at))
    .bind(&kept.listings)
    .execute(&mut transaction)
    .await?;
    transaction.commit().await
}

pub(super) async fn find(store: &SqlStore, aggregator: &str) -> StoreResult<Option<KeptDirectory>> {
    let row = query("SELECT read_at, listings FROM directory WHERE aggregator = $1")
        .bind(aggregator)
        .fetch_optional(store)
        .await?;
    row.map(|row| {
        let read_at = rows::moment(row.get("read_at")?)?;
        Ok(KeptDirectory { read_at, listings: row.get("listings")? })
    })
    .transpose()
}
