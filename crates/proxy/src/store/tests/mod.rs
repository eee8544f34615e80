//! What every store must do, whichever database is behind it.

use super::*;
use crate::config::Origin;
use crate::tokens::{Key, Kind};
use jiff::SignedDuration;
use linchpin_protocol::{
    AccountSelection, Appearance, Colour, ConnectionMethod, Consent, ConsentTerms, DataKind, DepositId, Font,
    InstitutionRef, Mode, Purpose, Radius, Secret, Surface, Theme, WebhookKind,
};
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs each of the tests below on a fresh store of each sort.
macro_rules! on_every_store {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    let folder = tempfile::tempdir().unwrap();
                    let store = SqlStore::open(&Place::File(folder.path().join("store.sqlite")), 8).await.unwrap();
                    super::$test(&store).await;
                }
            )+
            use super::{Place, SqlStore};
        }
        mod postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    let store = SqlStore::open(&fresh_database(), 8).await.unwrap();
                    super::$test(&store).await;
                }
            )+
            use super::{SqlStore, fresh_database};
        }
    };
}

mod connections;
mod deposits;
mod directory;
mod institution_requests;
mod keys;
mod links;
mod logins;
mod migrations;
mod outbox;
mod partings;
mod postgres;
mod races;
mod visits;

/// An empty PostgreSQL database, on the one server of these tests.
fn fresh_database() -> Place {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = linchpin_practice_postgres::Server::of_this_process().unwrap();
    let name = format!("store_{}", MADE.fetch_add(1, Ordering::Relaxed));
    Place::parse(&server.database(&name).unwrap())
}

fn hash(text: &str) -> Hash {
    Key::new(&Secret::new("key")).hash(Kind::Link, &[text])
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

fn new_link(id: &str) -> NewLink {
    let record = LinkRecord {
        id: LinkId::new(id),
        client: ClientId("acorn".into()),
        user_id: UserId::new("pat"),
        secret_hash: hash(id),
        origin: Origin::parse("https://app.example").unwrap(),
        surface: Surface::Frame,
        mode: Mode::Link,
        purpose: Purpose::Both,
        account_selection: AccountSelection::Many,
        connection_id: Some(ConnectionId::new("con_0")),
        deposit_id: Some(DepositId::new("dep_0")),
        consent: ConsentTerms {
            data: Some(vec![DataKind::Accounts, DataKind::Balances]),
            reason: Some("To show your balance.".into()),
            ..ConsentTerms::default()
        },
        institution_id: Some(InstitutionId::new("ins_1")),
        language: Some("en".into()),
        redirect_uri: None,
        appearance: Appearance {
            theme: Theme::Dark,
            accent: Some(Colour::new([255, 204, 0])),
            accent_dark: None,
            radius: Radius::new(24),
            font: Some(Font::Serif),
        },
        created_at: at(0),
        expires_at: at(30),
        spent_at: None,
        revoked_at: None,
    };
    NewLink { secret_hash: record.secret_hash.clone(), record }
}

fn new_connection(id: &str, link: &NewLink) -> NewConnection {
    NewConnection {
        id: ConnectionId::new(id),
        link: link.record.clone(),
        institution: InstitutionRef {
            id: InstitutionId::new("ins_1"),
            name: "Harbour Savings".into(),
            domain: Some("harbour.example".into()),
        },
        method: ConnectionMethod::Credentials,
        proof: Proof::Numbers,
        digest: hash("form"),
        created_at: at(1),
    }
}

async fn with_connection(store: &dyn Store) -> ConnectionId {
    let link = new_link("lnk_1");
    assert!(store.create_link(&link).await.unwrap());
    let connection = new_connection("con_1", &link);
    store.create_connection(&connection).await.unwrap();
    connection.id
}

fn attempt(from: u64, minutes: i64) -> Attempt {
    Attempt {
        from: Revision(from),
        intent: Intent::Credentials,
        now: at(minutes),
        until: at(minutes + 1),
        watch_until: at(minutes + 30),
        login: None,
    }
}
