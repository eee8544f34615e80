//! The proxy's database as the tests see it: a SQLite file in the proxy's folder, or with `STORE=postgres` a PostgreSQL
//! database of the folder's own, on one server for the whole run.

use linchpin_practice_postgres::Server;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{
    AssertSqlSafe, Column as _, ColumnIndex, ConnectOptions as _, Database as Sort, Decode, Row, Type,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// A way into a proxy's database.
pub(crate) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row as texts, by column.
pub(crate) type Texts = BTreeMap<String, String>;

/// Whether the proxies of this run keep everything in PostgreSQL.
pub(crate) fn is_postgres() -> bool {
    std::env::var("STORE").is_ok_and(|store| store == "postgres")
}

/// Where the proxy with this folder keeps everything, as its configuration says it.
pub(crate) fn address(folder: &TempDir) -> String {
    if !is_postgres() {
        return folder.path().join("linchpin.sqlite").to_str().unwrap().to_owned();
    }
    let known = folder.path().join("database");
    std::fs::read_to_string(&known).unwrap_or_else(|_| {
        let address = fresh(folder.path());
        std::fs::write(&known, &address).unwrap();
        address
    })
}

/// A new database on the server of this run. Those whose folders have gone are thrown away on the occasion.
pub(crate) fn fresh(folder: &Path) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static IN_USE: Mutex<Vec<(PathBuf, String)>> = Mutex::new(Vec::new());
    let server = Server::of_this_process().unwrap();
    let gone: Vec<_> = IN_USE.lock().unwrap().extract_if(.., |(folder, _)| !folder.exists()).collect();
    for (_, name) in gone {
        server.forget(&name).unwrap();
    }
    let name = format!("it_{}", MADE.fetch_add(1, Ordering::Relaxed));
    let address = server.database(&name).unwrap();
    IN_USE.lock().unwrap().push((folder.to_owned(), name));
    address
}

/// Files with everything that the database holds and says, log of writes included.
pub(crate) fn files(folder: &TempDir) -> Vec<PathBuf> {
    if !is_postgres() {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        return files.filter(|path| path.to_str().unwrap().contains("linchpin.sqlite")).collect();
    }
    let server = Server::of_this_process().unwrap();
    let dump = folder.path().join("dump.sql");
    let mut command = Command::new(server.program("pg_dump"));
    let done = command.arg(address(folder)).arg("--file").arg(&dump).status().unwrap();
    assert!(done.success(), "{done}");
    vec![dump, server.log()]
}

impl Database {
    pub(crate) async fn of(folder: &TempDir) -> Self {
        let address = address(folder);
        if is_postgres() {
            return Self::Postgres(PgConnectOptions::from_str(&address).unwrap().connect().await.unwrap());
        }
        let options = SqliteConnectOptions::new().filename(address).busy_timeout(Duration::from_secs(5));
        Self::Sqlite(options.connect().await.unwrap())
    }

    /// How many rows a statement changed.
    pub(crate) async fn run(&mut self, statement: &str) -> u64 {
        self.try_run(statement).await.unwrap()
    }

    /// The same, unless somebody else holds what it is to change.
    pub(crate) async fn try_run(&mut self, statement: &str) -> sqlx::Result<u64> {
        let query = AssertSqlSafe(statement);
        Ok(match self {
            Self::Sqlite(to) => sqlx::query(query).execute(to).await?.rows_affected(),
            Self::Postgres(to) => sqlx::query(query).execute(to).await?.rows_affected(),
        })
    }

    /// What a statement finds.
    pub(crate) async fn rows(&mut self, statement: &str) -> Vec<Texts> {
        let query = AssertSqlSafe(statement);
        match self {
            Self::Sqlite(to) => sqlx::query(query).fetch_all(to).await.unwrap().iter().map(texts).collect(),
            Self::Postgres(to) => sqlx::query(query).fetch_all(to).await.unwrap().iter().map(texts).collect(),
        }
    }

    /// The one number that a statement finds.
    pub(crate) async fn number(&mut self, statement: &str) -> i64 {
        let rows = self.rows(statement).await;
        rows[0].values().next().unwrap().parse().unwrap()
    }
}

fn texts<R: Row>(row: &R) -> Texts
where
    usize: ColumnIndex<R>,
    for<'r> Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Sort,
{
    let text = |place: usize| match row.try_get::<Option<String>, _>(place) {
        Ok(text) => text.unwrap_or_default(),
        Err(_) => row.get::<Option<i64>, _>(place).map(|number| number.to_string()).unwrap_or_default(),
    };
    row.columns().iter().map(|column| (column.name().to_owned(), text(column.ordinal()))).collect()
}
