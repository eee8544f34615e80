//! Connections and the aggregator's users.

use super::super::{
    Attempt, ClientId, ConnectionRecord, Ended, NewConnection, StoreError, StoreResult, UpstreamUser,
};
use super::SqlStore;
use super::outbox::{self, Moved};
use super::rows::{self, columns, millis, revision_in, revision_out, word};
use super::statement::{Statement, query};
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{AccountId, ConnectionId, InstitutionId, LinkId, Purpose, Revision, UserId};

pub(super) async fn upstream_user(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
) -> StoreResult<Option<UpstreamUser>> {
    let found = query("SELECT upstream FROM upstream_user WHERE client = $1 AND user_id = $2")
        .bind(&client.0)
        .bind(user.as_str())
        .scalar(store)
        .await?;
    Ok(found.map(UpstreamUser))
}

pub(super) async fn set_upstream_user(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
    upstream: &UpstreamUser,
) -> StoreResult<()> {
    query(
        "INSERT INTO upstream_user (client, user_id, upstream) VALUES ($1, $2, $3)
         ON CONFLICT (client, user_id) DO UPDATE SET upstream = excluded.upstream",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(&upstream.0)
    .execute(store)
    .await?;
    Ok(())
}

pub(super) async fn create(store: &SqlStore, connection: &NewConnection) -> StoreResult<()> {
    insert(connection)?.execute(store).await?;
    Ok(())
}

/// Keeps a new connection; the same id again changes nothing.
pub(super) fn insert(connection: &NewConnection) -> StoreResult<Statement> {
    let link = &connection.link;
    let statement = query(
        "INSERT INTO connection (id, client, user_id, link_id, institution_id, institution_name, institution_domain,
                                 method, purpose, account_selection, proof, revision, digest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13) ON CONFLICT (id) DO NOTHING",
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
    .bind(millis(connection.created_at));
    Ok(statement)
}

pub(super) async fn find(store: &SqlStore, id: &ConnectionId) -> StoreResult<Option<ConnectionRecord>> {
    let row = query(concat!("SELECT ", columns!(connection), " FROM connection WHERE id = $1"))
        .bind(id.as_str())
        .fetch_optional(store)
        .await?;
    row.as_ref().map(rows::connection).transpose()
}

pub(super) async fn references_in_use(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
    besides: &ConnectionId,
) -> StoreResult<Vec<String>> {
    query("SELECT upstream FROM connection WHERE client = $1 AND user_id = $2 AND id <> $3 AND upstream IS NOT NULL")
        .bind(&client.0)
        .bind(user.as_str())
        .bind(besides.as_str())
        .scalars(store)
        .await
}

pub(super) async fn of_link(store: &SqlStore, id: &LinkId) -> StoreResult<Vec<ConnectionRecord>> {
    let found = query(concat!(
        "SELECT ",
        columns!(connection),
        " FROM connection
         WHERE link_id = $1 OR id IN (SELECT connection_id FROM taken_up WHERE link_id = $1)
         ORDER BY created_at DESC, rowid DESC LIMIT 20"
    ))
    .bind(id.as_str())
    .fetch_all(store)
    .await?;
    found.iter().map(rows::connection).collect()
}

pub(super) async fn of_user(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
) -> StoreResult<Vec<ConnectionRecord>> {
    let found = query(concat!(
        "SELECT ",
        columns!(connection),
        " FROM connection WHERE client = $1 AND user_id = $2 ORDER BY created_at DESC, rowid DESC LIMIT 100"
    ))
    .bind(&client.0)
    .bind(user.as_str())
    .fetch_all(store)
    .await?;
    found.iter().map(rows::connection).collect()
}

/// A form that was looked at is no connection; the one that is to take another's place is.
pub(super) async fn kept(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
) -> StoreResult<Vec<ConnectionRecord>> {
    let found = query(concat!(
        "SELECT ",
        columns!(connection),
        " FROM connection
         WHERE client = $1 AND user_id = $2 AND COALESCE(parting_stage, '') <> 'over'
           AND (upstream IS NOT NULL
                OR id IN (SELECT successor FROM connection
                          WHERE client = $1 AND user_id = $2 AND successor IS NOT NULL))
         ORDER BY created_at DESC, rowid DESC LIMIT 100"
    ))
    .bind(&client.0)
    .bind(user.as_str())
    .fetch_all(store)
    .await?;
    found.iter().map(rows::connection).collect()
}

pub(super) async fn take_up(
    store: &SqlStore,
    link: &LinkId,
    connection: &ConnectionId,
    now: Timestamp,
) -> StoreResult<()> {
    query(
        "INSERT INTO taken_up (link_id, connection_id, at) VALUES ($1, $2, $3)
         ON CONFLICT (link_id, connection_id) DO NOTHING",
    )
    .bind(link.as_str())
    .bind(connection.as_str())
    .bind(millis(now))
    .execute(store)
    .await?;
    Ok(())
}

pub(super) async fn has_taken_up(
    store: &SqlStore,
    link: &LinkId,
    connection: &ConnectionId,
) -> StoreResult<bool> {
    query("SELECT 1 FROM taken_up WHERE link_id = $1 AND connection_id = $2")
        .bind(link.as_str())
        .bind(connection.as_str())
        .exists(store)
        .await
}

pub(super) async fn taken_up_last(
    store: &SqlStore,
    connection: &ConnectionId,
) -> StoreResult<Option<LinkId>> {
    let found: Option<String> =
        query("SELECT link_id FROM taken_up WHERE connection_id = $1 ORDER BY at DESC, rowid DESC LIMIT 1")
            .bind(connection.as_str())
            .scalar(store)
            .await?;
    Ok(found.map(LinkId::new))
}

pub(super) async fn unfinished(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
    purpose: Purpose,
    since: Timestamp,
) -> StoreResult<Vec<ConnectionRecord>> {
    let found = query(
        concat!("SELECT ", columns!(connection), " FROM connection
         WHERE client = $1 AND user_id = $2 AND purpose = $3 AND created_at >= $4 AND chosen = '[]' AND upstream IS NOT NULL
           AND parting IS NULL
         ORDER BY created_at DESC, rowid DESC LIMIT 20"),
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(word(purpose, "purpose")?)
    .bind(millis(since))
    .fetch_all(store)
    .await?;
    found.iter().map(rows::connection).collect()
}

pub(super) async fn linked_at(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
    institution: &InstitutionId,
    purpose: Purpose,
) -> StoreResult<Option<ConnectionId>> {
    let found: Option<String> = query(
        "SELECT id FROM connection
         WHERE client = $1 AND user_id = $2 AND institution_id = $3 AND purpose = $4 AND chosen <> '[]'
           AND COALESCE(parting_stage, '') <> 'over'
         ORDER BY created_at DESC, rowid DESC LIMIT 1",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .bind(institution.as_str())
    .bind(word(purpose, "purpose")?)
    .scalar(store)
    .await?;
    Ok(found.map(ConnectionId::new))
}

pub(super) async fn advance_revision(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    digest: &Hash,
    now: Timestamp,
) -> StoreResult<(Revision, Hash)> {
    let mut transaction = store.write().await?;
    let moved = query(
        "UPDATE connection SET revision = revision + 1, digest = $1 WHERE id = $2 AND revision = $3 AND digest <> $1",
    )
    .bind(digest.as_str())
    .bind(id.as_str())
    .bind(revision_out(from))
    .execute(&mut transaction)
    .await?
    ;
    if moved > 0 {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    let row = query("SELECT revision, digest FROM connection WHERE id = $1")
        .bind(id.as_str())
        .fetch_one(&mut transaction)
        .await?;
    transaction.commit().await?;
    Ok((revision_in(row.get("revision")?)?, Hash::stored(row.get("digest")?)))
}

pub(super) async fn begin_attempt(
    store: &SqlStore,
    id: &ConnectionId,
    attempt: &Attempt,
) -> StoreResult<Option<u32>> {
    let begun = query(
        "UPDATE connection
         SET intent = $1, intent_until = $2, intent_digest = digest, watch_until = $3, lease_until = $2,
             attempts = attempts + 1, login_tried = COALESCE($7, login_tried),
             paused_until = CASE WHEN $8 = 1 THEN $9 ELSE paused_until END
         WHERE id = $4 AND revision = $5 AND (intent IS NULL OR intent_until <= $6) AND parting IS NULL
         RETURNING attempts",
    )
    .bind(word(attempt.intent, "intent")?)
    .bind(millis(attempt.until))
    .bind(millis(attempt.watch_until))
    .bind(id.as_str())
    .bind(revision_out(attempt.from))
    .bind(millis(attempt.now))
    .bind(attempt.login.as_ref().and_then(|login| login.name.as_ref()).map(Hash::as_str))
    .bind(attempt.login.is_some())
    .bind(attempt.login.as_ref().and_then(|login| login.paused_until).map(millis))
    .fetch_optional(store)
    .await?;
    begun.map(|row| row.count("attempts")).transpose()
}

pub(super) async fn hold_attempt(
    store: &SqlStore,
    id: &ConnectionId,
    nth: u32,
    until: Timestamp,
) -> StoreResult<()> {
    query(
        "UPDATE connection SET intent_until = $1, lease_until = $1
         WHERE id = $2 AND attempts = $3 AND intent IS NOT NULL",
    )
    .bind(millis(until))
    .bind(id.as_str())
    .bind(i64::from(nth))
    .execute(store)
    .await?;
    Ok(())
}

pub(super) async fn end_attempt(
    store: &SqlStore,
    id: &ConnectionId,
    nth: u32,
    ended: Ended,
    watch_until: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<Option<Revision>> {
    let mut transaction = store.write().await?;
    // While the call ran, a wait may have been shown: then the revision has moved already.
    let moved = query(
        "UPDATE connection SET revision = revision + 1
         WHERE $1 = 1 AND id = $2 AND attempts = $3 AND digest = intent_digest",
    )
    .bind(ended == Ended::Taken)
    .bind(id.as_str())
    .bind(i64::from(nth))
    .execute(&mut transaction)
    .await?;
    if moved > 0 {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    let stands = query(
        "UPDATE connection
         SET intent = NULL, intent_until = NULL, intent_digest = NULL, lease_until = NULL, watch_until = $2,
             visit_problem = CASE WHEN $1 = 1 THEN 'none' ELSE visit_problem END,
             visit_until = CASE WHEN $1 = 1 THEN NULL ELSE visit_until END,
             login_tried = CASE WHEN $1 = 0 AND intent = 'credentials' THEN NULL ELSE login_tried END
         WHERE id = $3 AND attempts = $4 AND intent IS NOT NULL RETURNING revision",
    )
    .bind(ended == Ended::Taken)
    .bind(watch_until.map(millis))
    .bind(id.as_str())
    .bind(i64::from(nth))
    .scalar(&mut transaction)
    .await?;
    transaction.commit().await?;
    stands.map(revision_in).transpose()
}

pub(super) async fn set_upstream(
    store: &SqlStore,
    id: &ConnectionId,
    before: Option<&str>,
    upstream: &str,
) -> StoreResult<bool> {
    let kept =
        query("UPDATE connection SET upstream = $1 WHERE id = $2 AND upstream IS NOT DISTINCT FROM $3")
            .bind(upstream)
            .bind(id.as_str())
            .bind(before)
            .execute(store)
            .await?;
    Ok(kept == 1)
}

pub(super) async fn choose(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    chosen: &[AccountId],
    digest: &Hash,
    now: Timestamp,
) -> StoreResult<Option<Revision>> {
    let mut transaction = store.write().await?;
    let chosen = serde_json::to_string(chosen).map_err(|_| StoreError::Unreadable("chosen accounts"))?;
    let revision: Option<i64> = query(
        "UPDATE connection SET chosen = $1, digest = $2, revision = revision + 1, watch_until = NULL
         WHERE id = $3 AND revision = $4 AND intent IS NULL RETURNING revision",
    )
    .bind(chosen)
    .bind(digest.as_str())
    .bind(id.as_str())
    .bind(revision_out(from))
    .scalar(&mut transaction)
    .await?;
    if revision.is_some() {
        outbox::put(&mut transaction, Moved::Connection(id), now).await?;
    }
    transaction.commit().await?;
    revision.map(revision_in).transpose()
}

pub(super) async fn lease_due(
    store: &SqlStore,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> StoreResult<Vec<ConnectionId>> {
    // The condition stands there twice, for a call that begins meanwhile: the row is looked at again, the choice is not.
    let statement = query(
        "UPDATE connection SET lease_until = $1
         WHERE id IN (SELECT id FROM connection
                      WHERE watch_until > $2 AND (lease_until IS NULL OR lease_until <= $2)
                      ORDER BY watch_until LIMIT $3)
           AND watch_until > $2 AND (lease_until IS NULL OR lease_until <= $2)
         RETURNING id",
    );
    lease(store, "connections to watch", statement, (now, lease_until, limit)).await
}

/// Leases the connections that a statement chooses, one caller at a time. Its parameters are until when, what time it is,
/// and how many at most.
pub(super) async fn lease(
    store: &SqlStore,
    which: &str,
    statement: Statement,
    (now, lease_until, limit): (Timestamp, Timestamp, u32),
) -> StoreResult<Vec<ConnectionId>> {
    let mut transaction = store.write_alone(which).await?;
    let found: Vec<String> =
        statement.bind(millis(lease_until)).bind(millis(now)).bind(limit).scalars(&mut transaction).await?;
    transaction.commit().await?;
    Ok(found.into_iter().map(ConnectionId::new).collect())
}

pub(super) async fn extend_lease(
    store: &SqlStore,
    id: &ConnectionId,
    lease_until: Timestamp,
) -> StoreResult<()> {
    query("UPDATE connection SET lease_until = $1 WHERE id = $2 AND watch_until IS NOT NULL")
        .bind(millis(lease_until))
        .bind(id.as_str())
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn stop_watching(store: &SqlStore, id: &ConnectionId) -> StoreResult<()> {
    query("UPDATE connection SET watch_until = NULL, lease_until = NULL WHERE id = $1 AND intent IS NULL")
        .bind(id.as_str())
        .execute(store)
        .await?;
    Ok(())
}
