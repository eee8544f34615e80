//! Which database it is, and transactions in either.
//!
//! SQLite has one writer at a time, for the whole file. In PostgreSQL writers meet: a statement waits for a row that
//! another transaction has changed and then looks at its conditions again, so a rule that one statement states about one
//! row holds in both. Where a rule is about several rows, such as how many there may be, the transaction is one that
//! nobody else has with the same name.

use super::super::{Place, StoreResult};
use super::SqlStore;
use super::readers::Readers;
use super::statement::{Row, Statement, query};
use super::{postgres, sqlite};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite { pool: SqlitePool, readers: Arc<Readers> },
    Postgres(PgPool),
}

/// What is kept as a whole or not at all; not at all if it is dropped.
pub(super) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub(super) async fn commit(self) -> StoreResult<()> {
        match self {
            Transaction::Sqlite(transaction) => transaction.commit().await?,
            Transaction::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

impl SqlStore {
    /// Opens the database, makes the file if it is one, and brings its tables up to date. At most `most` operations go on
    /// at once, the others wait.
    ///
    /// # Errors
    /// When the database cannot be opened or was written by a newer version.
    pub async fn open(place: &Place, most: u32) -> StoreResult<Self> {
        let database = match place {
            Place::File(file) => sqlite::open(file, most).await?,
            Place::Postgres(address) => postgres::open(address, most).await?,
        };
        Ok(Self { database })
    }

    /// A transaction that writes.
    pub(super) async fn write(&self) -> StoreResult<Transaction> {
        Ok(match &self.database {
            // It takes the lock at once, so that it never has to give up half-way.
            Database::Sqlite { pool, .. } => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Database::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that writes, the only one with this name until it ends.
    pub(super) async fn write_alone(&self, name: &str) -> StoreResult<Transaction> {
        let mut transaction = self.write().await?;
        transaction.be_alone(name).await?;
        Ok(transaction)
    }

    /// The row that a statement finds, for what every call asks first.
    pub(super) async fn read_first(&self, statement: Statement) -> StoreResult<Option<Row>> {
        match &self.database {
            Database::Sqlite { readers, .. } => readers.find(statement).await,
            Database::Postgres(_) => statement.fetch_optional(self).await,
        }
    }

    /// Whether no operation is under way, for tests that move the time: SQLite works in threads of its own.
    pub fn is_idle(&self) -> bool {
        let (size, idle) = match &self.database {
            Database::Sqlite { pool, readers } if readers.are_idle() => (pool.size(), pool.num_idle()),
            Database::Sqlite { .. } => return false,
            Database::Postgres(pool) => (pool.size(), pool.num_idle()),
        };
        usize::try_from(size).is_ok_and(|size| idle >= size)
    }

    /// Closes the file, or hangs up.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite { pool, readers } => {
                readers.close().await;
                pool.close().await;
            }
            Database::Postgres(pool) => pool.close().await,
        }
    }
}

impl Transaction {
    /// Waits until no other transaction has this name, and has it until it ends. Who needs two takes them in the same
    /// order as everybody else.
    pub(super) async fn be_alone(&mut self, name: &str) -> StoreResult<()> {
        match self {
            Transaction::Sqlite(_) => {}
            Transaction::Postgres(_) => {
                query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                    .bind(name)
                    .execute(self)
                    .await?;
            }
        }
        Ok(())
    }
}
