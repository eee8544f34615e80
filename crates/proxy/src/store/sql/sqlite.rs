//! In one SQLite file: WAL, one writer at a time, every write in `BEGIN IMMEDIATE`.

use super::super::StoreResult;
use super::database::Database;
use super::readers::Readers;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(super) async fn open(file: &Path, most: u32) -> StoreResult<Database> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A write that was answered must survive the loss of power: sessions and spent tokens depend on it.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // Overwrite what is deleted.
        .pragma("secure_delete", "ON");
    let pool = SqlitePoolOptions::new()
        // Each has a thread of its own, so that many reads go on beside a write.
        .max_connections(most)
        // A file does not hang up. Asking first whether it is there would double what a read takes.
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    let mut connection = pool.acquire().await?;
    sqlx::migrate!("./migrations/sqlite").run_direct(None, &mut *connection, false).await?;
    Ok(Database::Sqlite { pool, readers: Arc::new(Readers::new(options)) })
}
