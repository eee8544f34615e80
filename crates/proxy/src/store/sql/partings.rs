//! The ends of connections.

use super::super::{ClientId, NewConnection, NewParting, PartingRecord, StoreResult};
use super::SqlStore;
use super::connections::{insert, lease as lease_some};
use super::outbox::{self, Moved};
use super::rows::{millis, revision_in, revision_out, word};
use super::statement::{Statement, query};
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{ConnectionId, Purpose, Revision, UserId};

/// The values of the first seven parameters.
fn bound(statement: Statement, record: &PartingRecord) -> StoreResult<Statement> {
    let successor = record.successor.as_ref();
    Ok(statement
        .bind(word(record.parting, "parting")?)
        .bind(record.erases)
        .bind(word(record.stage, "stage of a parting")?)
        .bind(record.problem.map(|problem| word(problem, "problem of a parting")).transpose()?)
        .bind(record.link.as_str())
        .bind(successor.map(|successor| successor.id.as_str()))
        .bind(successor.map(|successor| word(successor.method, "method")).transpose()?))
}

pub(super) async fn begin(
    store: &SqlStore,
    id: &ConnectionId,
    new: &NewParting,
) -> StoreResult<Option<Revision>> {
    let mut transaction = store.write().await?;
    let statement = query(
        "UPDATE connection
         SET parting = $1, parting_erases = $2, parting_stage = $3, parting_problem = $4, parting_link = $5,
             successor = $6, successor_method = $7, parting_until = $8, digest = $9, revision = revision + 1,
             watch_until = NULL
         WHERE id = $10 AND revision = $11 AND (intent IS NULL OR intent_until <= $12)
           AND (parting IS NULL OR parting_problem IS NOT NULL)
         RETURNING revision",
    );
    let revision: Option<i64> = bound(statement, &new.record)?
        .bind(millis(new.lease_until))
        .bind(new.digest.as_str())
        .bind(id.as_str())
        .bind(revision_out(new.from))
        .bind(millis(new.now))
        .scalar(&mut transaction)
        .await?;
    if revision.is_some() {
        outbox::put(&mut transaction, Moved::Connection(id), new.now).await?;
    }
    transaction.commit().await?;
    revision.map(revision_in).transpose()
}

/// Only whoever has seen how far it has come may say how it goes on: another, who was taken for dead and comes back, has
/// been overtaken.
pub(super) async fn advance(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    record: &PartingRecord,
    digest: &Hash,
    now: Timestamp,
) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    // Whoever stops gives the lease back; whoever goes on keeps it.
    let statement = query(
        "UPDATE connection
         SET parting = $1, parting_erases = $2, parting_stage = $3, parting_problem = $4, parting_link = $5,
             successor = $6, successor_method = $7, digest = $8, revision = revision + 1,
             parting_until = CASE WHEN $4 IS NULL THEN parting_until ELSE NULL END
         WHERE id = $9 AND revision = $10 AND parting_until IS NOT NULL",
    );
    let moved = bound(statement, record)?
        .bind(digest.as_str())
        .bind(id.as_str())
        .bind(revision_out(from))
        .execute(&mut transaction)
        .await?;
    if moved > 0 {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    transaction.commit().await?;
    Ok(moved > 0)
}

pub(super) async fn finish(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    successor: Option<&NewConnection>,
    digest: &Hash,
    now: Timestamp,
) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    let moved = query(
        "UPDATE connection
         SET parting_stage = 'over', parting_until = NULL, digest = $1, revision = revision + 1, login_hash = NULL,
             login_tried = NULL, paused_until = NULL, watch_until = NULL, lease_until = NULL
         WHERE id = $2 AND revision = $3 AND parting_until IS NOT NULL",
    )
    .bind(digest.as_str())
    .bind(id.as_str())
    .bind(revision_out(from))
    .execute(&mut transaction)
    .await?;
    if moved > 0 {
        if let Some(successor) = successor {
            insert(successor)?.execute(&mut transaction).await?;
        }
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    transaction.commit().await?;
    Ok(moved > 0)
}

pub(super) async fn withdraw(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    now: Timestamp,
) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    // The revision moves, though the next look moves it once more: nobody may go on with what was given up.
    let moved = query(
        "UPDATE connection
         SET parting = NULL, parting_erases = 0, parting_stage = NULL, parting_problem = NULL, parting_link = NULL,
             successor = NULL, successor_method = NULL, revision = revision + 1
         WHERE id = $1 AND revision = $2 AND parting_problem IS NOT NULL",
    )
    .bind(id.as_str())
    .bind(revision_out(from))
    .execute(&mut transaction)
    .await?;
    if moved > 0 {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    transaction.commit().await?;
    Ok(moved > 0)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> StoreResult<Vec<ConnectionId>> {
    let statement = query(
        "UPDATE connection SET parting_until = $1
         WHERE id IN (SELECT id FROM connection WHERE parting_until <= $2 ORDER BY parting_until LIMIT $3)
           AND parting_until <= $2
         RETURNING id",
    );
    lease_some(store, "connections to end", statement, (now, lease_until, limit)).await
}

pub(super) async fn hold(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    lease_until: Timestamp,
) -> StoreResult<bool> {
    let held = query(
        "UPDATE connection SET parting_until = $1 WHERE id = $2 AND revision = $3 AND parting_until IS NOT NULL",
    )
    .bind(millis(lease_until))
    .bind(id.as_str())
    .bind(revision_out(from))
    .execute(store)
    .await?;
    Ok(held > 0)
}

pub(super) async fn set_login(store: &SqlStore, id: &ConnectionId, login: Option<&Hash>) -> StoreResult<()> {
    let statement = match login {
        Some(login) => query(
            "UPDATE connection SET login_hash = $2, login_tried = NULL
             WHERE id = $1 AND login_tried = $2 AND intent IS NULL AND parting IS NULL",
        )
        .bind(id.as_str())
        .bind(login.as_str()),
        None => query(
            "UPDATE connection SET login_hash = NULL, login_tried = NULL, paused_until = NULL WHERE id = $1",
        )
        .bind(id.as_str()),
    };
    statement.execute(store).await?;
    Ok(())
}

pub(super) async fn linked_with_login(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
    login: &Hash,
    purpose: Purpose,
    besides: &ConnectionId,
) -> StoreResult<Option<ConnectionId>> {
    let found: Option<String> = query(
        "SELECT id FROM connection
         WHERE client = $1 AND user_id = $2 AND login_hash = $3 AND id <> $4 AND chosen <> '[]'
           AND COALESCE(parting_stage, '') <> 'over'
         ORDER BY CASE WHEN purpose = $5 THEN 0 ELSE 1 END, created_at DESC, rowid DESC LIMIT 1",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(login.as_str())
    .bind(besides.as_str())
    .bind(word(purpose, "purpose")?)
    .scalar(store)
    .await?;
    Ok(found.map(ConnectionId::new))
}
