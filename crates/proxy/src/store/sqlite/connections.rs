//! Connections and the aggregator's users.

use super::super::{
    Attempt, ClientId, ConnectionRecord, Ended, NewConnection, StoreError, StoreResult, UpstreamUser,
};
use super::SqliteStore;
use super::outbox::{self, Moved};
use super::rows::{self, millis, revision_in, revision_out, word};
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{AccountId, ConnectionId, InstitutionId, LinkId, Purpose, Revision, UserId};
use sqlx::Row;

pub(super) async fn upstream_user(
    store: &SqliteStore,
    client: &ClientId,
    user: &UserId,
) -> StoreResult<Option<UpstreamUser>> {
    let found = sqlx::query_scalar("SELECT upstream FROM upstream_user WHERE client = ? AND user_id = ?")
        .bind(&client.0)
        .bind(user.as_str())
        .fetch_optional(&store.pool)
        .await?;
    Ok(found.map(UpstreamUser))
}

pub(super) async fn set_upstream_user(
    store: &SqliteStore,
    client: &ClientId,
    user: &UserId,
    upstream: &UpstreamUser,
) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO upstream_user (client, user_id, upstream) VALUES (?, ?, ?)
         ON CONFLICT (client, user_id) DO UPDATE SET upstream = excluded.upstream",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(&upstream.0)
    .execute(&store.pool)
    .await?;
    Ok(())
}

pub(super) async fn create(store: &SqliteStore, connection: &NewConnection) -> StoreResult<()> {
    let link = &connection.link;
    sqlx::query(
        "INSERT INTO connection (id, client, user_id, link_id, institution_id, institution_name, institution_domain,
                                 method, purpose, account_selection, proof, revision, digest, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (id) DO NOTHING",
    )
    .bind(connection.id.as_str())
    .bind(&link.client.0)
    .bind(link.user_id.as_str())
    .bind(link.id.as_str())
    .bind(connection.institution.id.as_str())
    .bind(&connection.institution.name)
    .bind(&connection.institution.domain)
    .bind(word(connection.method, "method")?)
    .bind(word(link.purpose, "purpose")?)
    .bind(word(link.account_selection, "account selection")?)
    .bind(word(connection.proof, "proof")?)
    .bind(connection.digest.as_str())
    .bind(millis(connection.created_at))
    .execute(&store.pool)
    .await?;
    Ok(())
}

pub(super) async fn find(store: &SqliteStore, id: &ConnectionId) -> StoreResult<Option<ConnectionRecord>> {
    let row = sqlx::query("SELECT * FROM connection WHERE id = ?")
        .bind(id.as_str())
        .fetch_optional(&store.pool)
        .await?;
    row.as_ref().map(rows::connection).transpose()
}

pub(super) async fn references_in_use(
    store: &SqliteStore,
    client: &ClientId,
    user: &UserId,
    besides: &ConnectionId,
) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT upstream FROM connection WHERE client = ? AND user_id = ? AND id <> ? AND upstream IS NOT NULL",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(besides.as_str())
    .fetch_all(&store.pool)
    .await?)
}

pub(super) async fn of_link(store: &SqliteStore, id: &LinkId) -> StoreResult<Vec<ConnectionRecord>> {
    let found = sqlx::query(
        "SELECT * FROM connection
         WHERE link_id = ?1 OR id IN (SELECT connection_id FROM taken_up WHERE link_id = ?1)
         ORDER BY created_at DESC, rowid DESC LIMIT 20",
    )
    .bind(id.as_str())
    .fetch_all(&store.pool)
    .await?;
    found.iter().map(rows::connection).collect()
}

pub(super) async fn of_user(
    store: &SqliteStore,
    client: &ClientId,
    user: &UserId,
) -> StoreResult<Vec<ConnectionRecord>> {
    let found = sqlx::query(
        "SELECT * FROM connection WHERE client = ? AND user_id = ? ORDER BY created_at DESC, rowid DESC LIMIT 100",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .fetch_all(&store.pool)
    .await?;
    found.iter().map(rows::connection).collect()
}

pub(super) async fn take_up(
    store: &SqliteStore,
    link: &LinkId,
    connection: &ConnectionId,
    now: Timestamp,
) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO taken_up (link_id, connection_id, at) VALUES (?, ?, ?)
         ON CONFLICT (link_id, connection_id) DO NOTHING",
    )
    .bind(link.as_str())
    .bind(connection.as_str())
    .bind(millis(now))
    .execute(&store.pool)
    .await?;
    Ok(())
}

pub(super) async fn has_taken_up(
    store: &SqliteStore,
    link: &LinkId,
    connection: &ConnectionId,
) -> StoreResult<bool> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM taken_up WHERE link_id = ? AND connection_id = ?")
            .bind(link.as_str())
            .bind(connection.as_str())
            .fetch_optional(&store.pool)
            .await?;
    Ok(found.is_some())
}

pub(super) async fn taken_up_last(
    store: &SqliteStore,
    connection: &ConnectionId,
) -> StoreResult<Option<LinkId>> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT link_id FROM taken_up WHERE connection_id = ? ORDER BY at DESC, rowid DESC LIMIT 1",
    )
    .bind(connection.as_str())
    .fetch_optional(&store.pool)
    .await?;
    Ok(found.map(LinkId::new))
}

pub(super) async fn unfinished(
    store: &SqliteStore,
    client: &ClientId,
    user: &UserId,
    purpose: Purpose,
    since: Timestamp,
) -> StoreResult<Vec<ConnectionRecord>> {
    let found = sqlx::query(
        "SELECT * FROM connection
         WHERE client = ? AND user_id = ? AND purpose = ? AND created_at >= ? AND chosen = '[]' AND upstream IS NOT NULL
         ORDER BY created_at DESC, rowid DESC LIMIT 20",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(word(purpose, "purpose")?)
    .bind(millis(since))
    .fetch_all(&store.pool)
    .await?;
    found.iter().map(rows::connection).collect()
}

pub(super) async fn linked_at(
    store: &SqliteStore,
    client: &ClientId,
    user: &UserId,
    institution: &InstitutionId,
    purpose: Purpose,
) -> StoreResult<Option<ConnectionId>> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT id FROM connection
         WHERE client = ? AND user_id = ? AND institution_id = ? AND purpose = ? AND chosen <> '[]'
         ORDER BY created_at DESC, rowid DESC LIMIT 1",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(institution.as_str())
    .bind(word(purpose, "purpose")?)
    .fetch_optional(&store.pool)
    .await?;
    Ok(found.map(ConnectionId::new))
}

pub(super) async fn advance_revision(
    store: &SqliteStore,
    id: &ConnectionId,
    from: Revision,
    digest: &Hash,
    now: Timestamp,
) -> StoreResult<(Revision, Hash)> {
    let mut transaction = store.write().await?;
    let moved = sqlx::query(
        "UPDATE connection SET revision = revision + 1, digest = ?1 WHERE id = ?2 AND revision = ?3 AND digest <> ?1",
    )
    .bind(digest.as_str())
    .bind(id.as_str())
    .bind(revision_out(from))
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if moved > 0 {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    let row = sqlx::query("SELECT revision, digest FROM connection WHERE id = ?")
        .bind(id.as_str())
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok((revision_in(row.try_get("revision")?)?, Hash::stored(row.try_get("digest")?)))
}

pub(super) async fn begin_attempt(
    store: &SqliteStore,
    id: &ConnectionId,
    attempt: &Attempt,
) -> StoreResult<bool> {
    let changed = sqlx::query(
        "UPDATE connection
         SET intent = ?1, intent_until = ?2, intent_digest = digest, watch_until = ?3, lease_until = ?2,
             attempts = attempts + 1
         WHERE id = ?4 AND revision = ?5 AND (intent IS NULL OR intent_until <= ?6)",
    )
    .bind(word(attempt.intent, "intent")?)
    .bind(millis(attempt.until))
    .bind(millis(attempt.watch_until))
    .bind(id.as_str())
    .bind(revision_out(attempt.from))
    .bind(millis(attempt.now))
    .execute(&store.pool)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

pub(super) async fn hold_attempt(
    store: &SqliteStore,
    id: &ConnectionId,
    until: Timestamp,
) -> StoreResult<()> {
    sqlx::query(
        "UPDATE connection SET intent_until = ?1, lease_until = ?1 WHERE id = ?2 AND intent IS NOT NULL",
    )
    .bind(millis(until))
    .bind(id.as_str())
    .execute(&store.pool)
    .await?;
    Ok(())
}

pub(super) async fn end_attempt(
    store: &SqliteStore,
    id: &ConnectionId,
    ended: Ended,
    watch_until: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    // While the call ran, a wait may have been shown: then the revision has moved already.
    let moved = sqlx::query(
        "UPDATE connection SET revision = revision + 1 WHERE ?1 AND id = ?2 AND digest = intent_digest",
    )
    .bind(ended == Ended::Taken)
    .bind(id.as_str())
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if moved > 0 {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    sqlx::query(
        "UPDATE connection
         SET intent = NULL, intent_until = NULL, intent_digest = NULL, lease_until = NULL, watch_until = ?2,
             visit_problem = CASE WHEN ?1 THEN 'none' ELSE visit_problem END,
             visit_until = CASE WHEN ?1 THEN NULL ELSE visit_until END
         WHERE id = ?3",
    )
    .bind(ended == Ended::Taken)
    .bind(watch_until.map(millis))
    .bind(id.as_str())
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn set_upstream(store: &SqliteStore, id: &ConnectionId, upstream: &str) -> StoreResult<()> {
    sqlx::query("UPDATE connection SET upstream = ? WHERE id = ?")
        .bind(upstream)
        .bind(id.as_str())
        .execute(&store.pool)
        .await?;
    Ok(())
}

pub(super) async fn choose(
    store: &SqliteStore,
    id: &ConnectionId,
    from: Revision,
    chosen: &[AccountId],
    digest: &Hash,
    now: Timestamp,
) -> StoreResult<Option<Revision>> {
    let mut transaction = store.write().await?;
    let chosen = serde_json::to_string(chosen).map_err(|_| StoreError::Unreadable("chosen accounts"))?;
    let revision: Option<i64> = sqlx::query_scalar(
        "UPDATE connection SET chosen = ?, digest = ?, revision = revision + 1, watch_until = NULL
         WHERE id = ? AND revision = ? AND intent IS NULL RETURNING revision",
    )
    .bind(chosen)
    .bind(digest.as_str())
    .bind(id.as_str())
    .bind(revision_out(from))
    .fetch_optional(&mut *transaction)
    .await?;
    if revision.is_some() {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    transaction.commit().await?;
    revision.map(revision_in).transpose()
}

pub(super) async fn lease_due(
    store: &SqliteStore,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> StoreResult<Vec<ConnectionId>> {
    let found: Vec<String> = sqlx::query_scalar(
        "UPDATE connection SET lease_until = ?1
         WHERE id IN (SELECT id FROM connection
                      WHERE watch_until > ?2 AND (lease_until IS NULL OR lease_until <= ?2)
                      ORDER BY watch_until LIMIT ?3)
         RETURNING id",
    )
    .bind(millis(lease_until))
    .bind(millis(now))
    .bind(i64::from(limit))
    .fetch_all(&store.pool)
    .await?;
    Ok(found.into_iter().map(ConnectionId::new).collect())
}

pub(super) async fn extend_lease(
    store: &SqliteStore,
    id: &ConnectionId,
    lease_until: Timestamp,
) -> StoreResult<()> {
    sqlx::query("UPDATE connection SET lease_until = ? WHERE id = ? AND watch_until IS NOT NULL")
        .bind(millis(lease_until))
        .bind(id.as_str())
        .execute(&store.pool)
        .await?;
    Ok(())
}

pub(super) async fn stop_watching(store: &SqliteStore, id: &ConnectionId) -> StoreResult<()> {
    sqlx::query(
        "UPDATE connection SET watch_until = NULL, lease_until = NULL WHERE id = ? AND intent IS NULL",
    )
    .bind(id.as_str())
    .execute(&store.pool)
    .await?;
    Ok(())
}
