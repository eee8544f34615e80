//! What only PostgreSQL can do to a store.

use super::*;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Executor as _};
use std::str::FromStr as _;

async fn hand_in(place: &Place) -> PgConnection {
    let Place::Postgres(address) = place else { unreachable!() };
    PgConnectOptions::from_str(address.expose()).unwrap().connect().await.unwrap()
}

#[tokio::test]
async fn a_store_whose_connections_were_cut_connects_anew() {
    let place = fresh_database();
    let store = SqlStore::open(&place, 2).await.unwrap();
    store.answers().await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    hand_in(&place).await.execute(cut).await.unwrap();
    let mut failed = 0;
    while store.answers().await.is_err() {
        failed += 1;
        assert!(failed <= 2, "each connection fails once at most");
    }
}

#[tokio::test]
async fn a_store_that_is_opened_twice_at_once_has_its_tables_made_once() {
    let place = fresh_database();
    let (one, two) = tokio::join!(SqlStore::open(&place, 2), SqlStore::open(&place, 2));
    one.unwrap().answers().await.unwrap();
    two.unwrap().answers().await.unwrap();
}

/// As when a newer proxy has brought the tables up to date beside this one.
#[tokio::test]
async fn a_column_that_is_new_changes_nothing_for_a_store_that_is_open() {
    let place = fresh_database();
    let store = SqlStore::open(&place, 2).await.unwrap();
    let id = with_connection(&store).await;
    let before = store.connection(&id).await.unwrap();
    let newer = "ALTER TABLE connection ADD COLUMN newer TEXT NOT NULL DEFAULT 'x';
                 ALTER TABLE link ADD COLUMN newer TEXT NOT NULL DEFAULT 'x'";
    hand_in(&place).await.execute(newer).await.unwrap();
    assert_eq!(format!("{:?}", store.connection(&id).await.unwrap()), format!("{before:?}"));
    let link = new_link("lnk_2");
    assert!(store.create_link(&link).await.unwrap());
    store.create_connection(&new_connection("con_2", &link)).await.unwrap();
    assert!(store.link(&link.record.id).await.unwrap().is_some());
}
