//! In a PostgreSQL database, which any number of proxies may share.

use super::super::{StoreError, StoreResult};
use super::database::Database;
use linchpin_protocol::Secret;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use std::str::FromStr as _;
use std::time::Duration;

/// A connection that has not been used for so long may have been hung up on meanwhile: it is asked first.
const ASKED_AFTER: Duration = Duration::from_secs(5);
/// How long an operation waits for a connection that is free.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every operation relies on, whatever is set for the role or the server. Each statement sees what was committed
/// before it, and nothing waits for ever.
const SETTINGS: [(&str, &str); 4] = [
    ("default_transaction_isolation", "read committed"),
    ("lock_timeout", "5s"),
    ("statement_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "20s"),
];

pub(super) async fn open(address: &Secret, most: u32) -> StoreResult<Database> {
    // What is wrong with it is not told: the text may hold a part of the password.
    let options = PgConnectOptions::from_str(address.expose()).map_err(|_| StoreError::Address)?;
    let options = options.application_name("linchpin-proxy");
    prepare(&options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, use_so_far| {
            Box::pin(async move {
                if use_so_far.idle_for >= ASKED_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options.options(SETTINGS))
        .await?;
    Ok(Database::Postgres(pool))
}

/// Brings the tables up to date. Of several proxies that start, one does it and the others wait: without the limits on
/// time that hold afterwards.
async fn prepare(options: &PgConnectOptions) -> StoreResult<()> {
    let mut connection = options.connect().await?;
    let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut connection).await?;
    if encoding != "UTF8" {
        return Err(StoreError::Encoding);
    }
    sqlx::migrate!("./migrations/postgres").run_direct(None, &mut connection, false).await?;
    Ok(connection.close().await?)
}
