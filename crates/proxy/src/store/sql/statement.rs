//! One statement, in words that both databases take, and the rows that it finds.
//!
//! Parameters are `$1` and so on. Values are whole numbers and texts: moments and truths are numbers in both, so that a
//! statement has one wording.

use super::super::{StoreError, StoreResult};
use super::SqlStore;
use super::database::{Database, Transaction};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{
    ColumnIndex, Decode, PgConnection, PgPool, Postgres, Row as _, Sqlite, SqliteConnection, SqlitePool, Type,
};

/// A value as it is stored.
#[derive(Debug)]
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Number(Some(truth.into()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(|text| storable(&text)))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(storable))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        Self::from(text.as_deref())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(storable(text)))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// PostgreSQL's texts cannot hold U+0000, and both databases are to keep the same.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A statement and its values.
#[derive(Debug)]
pub(super) struct Statement {
    text: &'static str,
    values: Vec<Value>,
}

/// A statement without values so far.
pub(super) fn query(text: &'static str) -> Statement {
    Statement { text, values: Vec::new() }
}

/// The database's own form of a statement.
macro_rules! bound {
    ($statement:expr) => {{
        let mut query = sqlx::query($statement.text);
        for value in $statement.values {
            query = match value {
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            };
        }
        query
    }};
}

impl Statement {
    /// The value of the next parameter.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// How many rows it changed.
    pub(super) async fn execute(self, on: impl Into<On<'_>>) -> StoreResult<u64> {
        Ok(match on.into() {
            On::SqlitePool(pool) => bound!(self).execute(pool).await?.rows_affected(),
            On::Sqlite(connection) => bound!(self).execute(connection).await?.rows_affected(),
            On::PostgresPool(pool) => bound!(self).execute(pool).await?.rows_affected(),
            On::Postgres(connection) => bound!(self).execute(connection).await?.rows_affected(),
        })
    }

    /// The rows that it finds.
    pub(super) async fn fetch_all(self, on: impl Into<On<'_>>) -> StoreResult<Vec<Row>> {
        Ok(match on.into() {
            On::SqlitePool(pool) => rows(bound!(self).fetch_all(pool).await?),
            On::Sqlite(connection) => rows(bound!(self).fetch_all(connection).await?),
            On::PostgresPool(pool) => rows(bound!(self).fetch_all(pool).await?),
            On::Postgres(connection) => rows(bound!(self).fetch_all(connection).await?),
        })
    }

    /// The first row that it finds, if any.
    pub(super) async fn fetch_optional(self, on: impl Into<On<'_>>) -> StoreResult<Option<Row>> {
        Ok(self.fetch_all(on).await?.into_iter().next())
    }

    /// The first column of the first row that it finds, if any.
    pub(super) async fn scalar<T: Stored>(self, on: impl Into<On<'_>>) -> StoreResult<Option<T>> {
        self.fetch_optional(on).await?.map(|row| row.get(0)).transpose()
    }

    /// The first column of each row that it finds.
    pub(super) async fn scalars<T: Stored>(self, on: impl Into<On<'_>>) -> StoreResult<Vec<T>> {
        self.fetch_all(on).await?.iter().map(|row| row.get(0)).collect()
    }

    /// Whether it finds any row.
    pub(super) async fn exists(self, on: impl Into<On<'_>>) -> StoreResult<bool> {
        Ok(self.fetch_optional(on).await?.is_some())
    }

    /// The row that it finds.
    pub(super) async fn fetch_one(self, on: impl Into<On<'_>>) -> StoreResult<Row> {
        self.fetch_optional(on).await?.ok_or_else(|| StoreError::from(sqlx::Error::RowNotFound))
    }
}

fn rows<R: Into<Row>>(found: Vec<R>) -> Vec<Row> {
    found.into_iter().map(Into::into).collect()
}

/// Where a statement runs: by itself, or as a part of a transaction.
pub(super) enum On<'a> {
    SqlitePool(&'a SqlitePool),
    Sqlite(&'a mut SqliteConnection),
    PostgresPool(&'a PgPool),
    Postgres(&'a mut PgConnection),
}

impl<'a> From<&'a SqlStore> for On<'a> {
    fn from(store: &'a SqlStore) -> Self {
        match &store.database {
            Database::Sqlite { pool, .. } => Self::SqlitePool(pool),
            Database::Postgres(pool) => Self::PostgresPool(pool),
        }
    }
}

impl<'a> From<&'a mut Transaction> for On<'a> {
    fn from(transaction: &'a mut Transaction) -> Self {
        match transaction {
            Transaction::Sqlite(transaction) => Self::Sqlite(transaction),
            Transaction::Postgres(transaction) => Self::Postgres(transaction),
        }
    }
}

impl<'a> From<&'a mut SqliteConnection> for On<'a> {
    fn from(connection: &'a mut SqliteConnection) -> Self {
        Self::Sqlite(connection)
    }
}

/// What a statement found.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

/// What a column holds, in either database.
pub(super) trait Stored:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Stored for i64 {}
impl Stored for Option<i64> {}
impl Stored for String {}
impl Stored for Option<String> {}

impl Row {
    /// A column, by its name or its place.
    pub(super) fn get<T: Stored>(
        &self,
        column: impl ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    ) -> StoreResult<T> {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A number that was never below zero.
    pub(super) fn count<T: TryFrom<i64>>(&self, column: &'static str) -> StoreResult<T> {
        T::try_from(self.get(column)?).map_err(|_| StoreError::Unreadable(column))
    }

    /// A truth.
    pub(super) fn truth(&self, column: &'static str) -> StoreResult<bool> {
        Ok(self.get::<i64>(column)? != 0)
    }
}
