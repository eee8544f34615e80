//! What clients are to be told.

use super::super::{ClientId, EventRecord, StoreResult};
use super::SqlStore;
use super::database::Transaction;
use super::rows::{self, columns, millis, word};
use super::statement::query;
use crate::tokens::random;
use jiff::Timestamp;
use linchpin_protocol::{ConnectionId, DepositId, EventId, WebhookKind};

/// What a client is told of: a row that has a client and a revision.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moved<'a> {
    Connection(&'a ConnectionId),
    Deposit(&'a DepositId),
}

impl Moved<'_> {
    fn kind(self) -> WebhookKind {
        match self {
            Moved::Connection(_) => WebhookKind::ConnectionUpdated,
            Moved::Deposit(_) => WebhookKind::DepositUpdated,
        }
    }

    fn id(self) -> String {
        match self {
            Moved::Connection(id) => id.as_str().to_owned(),
            Moved::Deposit(id) => id.as_str().to_owned(),
        }
    }

    /// Puts the row's present revision into the outbox: parameters are kind, id, moment, and the event's id.
    fn statement(self) -> &'static str {
        match self {
            Moved::Connection(_) => {
                "INSERT INTO outbox (id, client, kind, object, revision, created_at, next_at)
                 SELECT $4, client, $1, id, revision, $3, $3 FROM connection
                 WHERE id = $2 AND client IN (SELECT client FROM told_client)
                 ON CONFLICT (kind, object, revision) DO NOTHING"
            }
            Moved::Deposit(_) => {
                "INSERT INTO outbox (id, client, kind, object, revision, created_at, next_at)
                 SELECT $4, client, $1, id, revision, $3, $3 FROM deposit
                 WHERE id = $2 AND client IN (SELECT client FROM told_client)
                 ON CONFLICT (kind, object, revision) DO NOTHING"
            }
        }
    }
}

/// Writes down that the revision has moved, in the transaction that moves it: either both are kept or neither. Nothing is
/// written for a client that is not told anything.
pub(super) async fn put(transaction: &mut Transaction, moved: Moved<'_>, now: Timestamp) -> StoreResult<()> {
    query(moved.statement())
        .bind(word(moved.kind(), "kind of event")?)
        .bind(moved.id())
        .bind(millis(now))
        .bind(format!("evt_{}", random()?))
        .execute(transaction)
        .await?;
    Ok(())
}

pub(super) async fn set_told_clients(store: &SqlStore, clients: &[ClientId]) -> StoreResult<()> {
    let mut transaction = store.write_alone("told clients").await?;
    query("DELETE FROM told_client").execute(&mut transaction).await?;
    for client in clients {
        query("INSERT INTO told_client (client) VALUES ($1) ON CONFLICT (client) DO NOTHING")
            .bind(&client.0)
            .execute(&mut transaction)
            .await?;
    }
    transaction.commit().await
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
    at_one_client: u32,
) -> StoreResult<Vec<EventRecord>> {
    let mut transaction = store.write_alone("events to deliver").await?;
    // Alone, because what others have just leased counts, too. What is under way counts first, so that a client whose server hangs takes up its own places only.
    let found = query(concat!(
        "UPDATE outbox SET lease_until = $1, tries = tries + 1
         WHERE id IN (SELECT id
                      FROM (SELECT id, next_at, created_at, lease_until,
                                   ROW_NUMBER() OVER (PARTITION BY client
                                                      ORDER BY COALESCE(lease_until, 0) > $2 DESC, next_at, created_at, rowid) AS place
                            FROM outbox
                            WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_at <= $2) AS due
                      WHERE place <= $4 AND (lease_until IS NULL OR lease_until <= $2)
                      ORDER BY next_at, created_at LIMIT $3)
           AND delivered_at IS NULL AND given_up_at IS NULL
         RETURNING ",
        columns!(event)
    ))
    .bind(millis(lease_until))
    .bind(millis(now))
    .bind(limit)
    .bind(at_one_client)
    .fetch_all(&mut transaction)
    .await?;
    transaction.commit().await?;
    let mut leased: Vec<EventRecord> = found.iter().map(rows::event).collect::<StoreResult<_>>()?;
    leased.sort_by_key(|event| (event.created_at, event.revision));
    Ok(leased)
}

pub(super) async fn delivered(store: &SqlStore, id: &EventId, now: Timestamp) -> StoreResult<()> {
    query("UPDATE outbox SET delivered_at = $1, lease_until = NULL WHERE id = $2 AND given_up_at IS NULL")
        .bind(millis(now))
        .bind(id.as_str())
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn try_again(store: &SqlStore, id: &EventId, at: Timestamp) -> StoreResult<()> {
    query(
        "UPDATE outbox SET next_at = $1, lease_until = NULL
         WHERE id = $2 AND delivered_at IS NULL AND given_up_at IS NULL",
    )
    .bind(millis(at))
    .bind(id.as_str())
    .execute(store)
    .await?;
    Ok(())
}

pub(super) async fn give_up(store: &SqlStore, id: &EventId, now: Timestamp) -> StoreResult<()> {
    query("UPDATE outbox SET given_up_at = $1, lease_until = NULL WHERE id = $2 AND delivered_at IS NULL")
        .bind(millis(now))
        .bind(id.as_str())
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn forget(store: &SqlStore, before: Timestamp) -> StoreResult<u64> {
    let done = query("DELETE FROM outbox WHERE created_at < $1").bind(millis(before)).execute(store).await?;
    Ok(done)
}
