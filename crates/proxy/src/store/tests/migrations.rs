//! Databases as an older proxy has left them.

use super::*;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::str::FromStr as _;

/// The last change of the tables before openings had a surface and consents a language.
const BEFORE_SURFACES: Option<i64> = Some(13);
/// An opening that was agreed to, as a proxy of that time wrote it.
const WRITTEN_THEN: &str = r#"
    INSERT INTO link (id, client, user_id, secret_hash, origin, mode, purpose, account_selection, theme, created_at,
                      expires_at)
    VALUES ('lnk_1', 'acorn', 'pat', 'hash', 'https://app.example', 'link', 'verify', 'one', 'dark', 1, 2);
    INSERT INTO consent (link_id, client, user_id, facts, given_at)
    VALUES ('lnk_1', 'acorn', 'pat', '{"version":"1.a","data":["accounts"]}', 1);
"#;

async fn holds_what_was_written_then(place: &Place) {
    let store = SqlStore::open(place, 2).await.unwrap();
    let id = LinkId::new("lnk_1");
    let link = store.link(&id).await.unwrap().expect("it is still there");
    assert_eq!(
        (link.surface, link.appearance.theme),
        (Surface::Frame, Theme::Dark),
        "all of that time were frames"
    );
    let consent = store.consent(&id).await.unwrap().expect("it is still on record");
    assert_eq!((consent.consent.version.as_str(), consent.language), ("1.a", None), "nobody knows");
    let mut newer = new_link("lnk_2");
    newer.record.surface = Surface::WebView;
    assert!(store.create_link(&newer).await.unwrap());
    let kept = store.link(&newer.record.id).await.unwrap().unwrap();
    assert_eq!(kept.surface, Surface::WebView);
}

#[tokio::test]
async fn a_file_of_an_older_proxy_is_brought_up_to_date_with_all_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.sqlite");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let migrations = sqlx::migrate!("./migrations/sqlite");
    migrations.run_direct(BEFORE_SURFACES, &mut connection, false).await.unwrap();
    connection.execute(WRITTEN_THEN).await.unwrap();
    connection.close().await.unwrap();
    holds_what_was_written_then(&Place::File(file)).await;
}

#[tokio::test]
async fn a_database_of_an_older_proxy_is_brought_up_to_date_with_all_that_it_holds() {
    let place = fresh_database();
    let Place::Postgres(address) = &place else { unreachable!() };
    let mut connection = PgConnectOptions::from_str(address.expose()).unwrap().connect().await.unwrap();
    let migrations = sqlx::migrate!("./migrations/postgres");
    migrations.run_direct(BEFORE_SURFACES, &mut connection, false).await.unwrap();
    connection.execute(WRITTEN_THEN).await.unwrap();
    connection.close().await.unwrap();
    holds_what_was_written_then(&place).await;
}
