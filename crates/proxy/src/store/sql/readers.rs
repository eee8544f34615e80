//! Connections for what every call asks first.
//!
//! The pool has each connection that comes back answer once more before another caller gets it. Beside one short read
//! that is as much again; these go from one caller to the next as they are. They write nothing, each statement is a
//! transaction of its own, and so each sees what was committed before it began, by whichever process.

use super::super::StoreResult;
use super::statement::{Row, Statement};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Each has a thread of its own; more only take turns on the processors.
const READERS: usize = 4;

#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteConnectOptions,
    turns: Semaphore,
    free: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    /// None are open yet.
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options, turns: Semaphore::new(READERS), free: Mutex::default() }
    }

    /// The row that a statement finds, if any.
    pub(super) async fn find(&self, statement: Statement) -> StoreResult<Option<Row>> {
        let _turn = self.turns.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let free = self.free().pop();
        let mut reader = match free {
            Some(reader) => reader,
            None => self.options.connect().await?,
        };
        let found = statement.fetch_optional(&mut reader).await?;
        // One that failed, or whose caller went away half-way, is not used again.
        self.free().push(reader);
        Ok(found)
    }

    /// Whether nobody reads.
    pub(super) fn are_idle(&self) -> bool {
        self.turns.available_permits() == READERS
    }

    /// Closes them. Who reads afterwards is told so.
    pub(super) async fn close(&self) {
        self.turns.close();
        let free = std::mem::take(&mut *self.free());
        for reader in free {
            // It has written nothing that could be lost.
            let _ = reader.close().await;
        }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
