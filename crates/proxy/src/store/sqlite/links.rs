//! Links and sessions.

use super::super::{ClientId, ConsentRecord, LinkRecord, NewLink, SessionRecord, Spend, StoreResult};
use super::SqliteStore;
use super::rows::{self, millis, moment, word};
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::LinkId;
use sqlx::Row;

pub(super) async fn create(store: &SqliteStore, link: &NewLink) -> StoreResult<bool> {
    let record = &link.record;
    let changed = sqlx::query(
        "INSERT INTO link (id, client, user_id, secret_hash, origin, mode, purpose, account_selection,
                           institution_id, language, theme, created_at, expires_at, connection_id, deposit_id,
                           consent, redirect_uri)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash
             WHERE link.spent_at IS NULL AND link.revoked_at IS NULL AND link.client = excluded.client",
    )
    .bind(record.id.as_str())
    .bind(&record.client.0)
    .bind(record.user_id.as_str())
    .bind(link.secret_hash.as_str())
    .bind(record.origin.as_str())
    .bind(word(record.mode, "mode")?)
    .bind(word(record.purpose, "purpose")?)
    .bind(word(record.account_selection, "account selection")?)
    .bind(record.institution_id.as_ref().map(|id| id.as_str()))
    .bind(&record.language)
    .bind(word(record.theme, "theme")?)
    .bind(millis(record.created_at))
    .bind(millis(record.expires_at))
    .bind(record.connection_id.as_ref().map(|id| id.as_str()))
    .bind(record.deposit_id.as_ref().map(|id| id.as_str()))
    .bind(rows::to_json(&record.consent, "consent")?)
    .bind(&record.redirect_uri)
    .execute(&store.pool)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

pub(super) async fn find(store: &SqliteStore, id: &LinkId) -> StoreResult<Option<LinkRecord>> {
    let row =
        sqlx::query("SELECT * FROM link WHERE id = ?").bind(id.as_str()).fetch_optional(&store.pool).await?;
    row.as_ref().map(rows::link).transpose()
}

pub(super) async fn for_page(
    store: &SqliteStore,
    id: &LinkId,
    now: Timestamp,
    idle_since: Timestamp,
) -> StoreResult<Option<LinkRecord>> {
    let row = sqlx::query(
        "SELECT link.* FROM link LEFT JOIN session ON session.link_id = link.id
         WHERE link.id = ?1 AND link.revoked_at IS NULL
           AND ((link.spent_at IS NULL AND link.expires_at > ?2)
             OR (session.ended_at IS NULL AND session.expires_at > ?2 AND session.seen_at > ?3))",
    )
    .bind(id.as_str())
    .bind(millis(now))
    .bind(millis(idle_since))
    .fetch_optional(&store.pool)
    .await?;
    row.as_ref().map(rows::link).transpose()
}

pub(super) async fn revoke(
    store: &SqliteStore,
    client: &ClientId,
    id: &LinkId,
    now: Timestamp,
) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    let revoked =
        sqlx::query("UPDATE link SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ? AND client = ?")
            .bind(millis(now))
            .bind(id.as_str())
            .bind(&client.0)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
    if revoked == 1 {
        sqlx::query("UPDATE session SET ended_at = COALESCE(ended_at, ?) WHERE link_id = ?")
            .bind(millis(now))
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(revoked == 1)
}

pub(super) async fn spend(
    store: &SqliteStore,
    id: &LinkId,
    token: &Hash,
    now: Timestamp,
    expires_at: Timestamp,
) -> StoreResult<Spend> {
    let mut transaction = store.write().await?;
    let row = sqlx::query("SELECT spent_at, expires_at, revoked_at FROM link WHERE id = ?")
        .bind(id.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = row else { return Ok(Spend::Unknown) };
    if row.try_get::<Option<i64>, _>("revoked_at")?.is_some() {
        return Ok(Spend::Unknown);
    }
    if row.try_get::<Option<i64>, _>("spent_at")?.is_some() {
        return Ok(Spend::Used);
    }
    if row.try_get::<i64, _>("expires_at")? <= millis(now) {
        return Ok(Spend::Expired);
    }
    sqlx::query("UPDATE link SET spent_at = ? WHERE id = ?")
        .bind(millis(now))
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO session (link_id, token_hash, seen_at, expires_at) VALUES (?, ?, ?, ?)")
        .bind(id.as_str())
        .bind(token.as_str())
        .bind(millis(now))
        .bind(millis(expires_at))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Spend::Opened)
}

pub(super) async fn renew_session(
    store: &SqliteStore,
    id: &LinkId,
    token: &Hash,
    now: Timestamp,
) -> StoreResult<bool> {
    let changed = sqlx::query(
        "UPDATE session SET token_hash = ?1, seen_at = ?3
         WHERE link_id = ?2 AND ended_at IS NULL AND expires_at > ?3",
    )
    .bind(token.as_str())
    .bind(id.as_str())
    .bind(millis(now))
    .execute(&store.pool)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

pub(super) async fn session(
    store: &SqliteStore,
    token: &Hash,
    now: Timestamp,
    idle_since: Timestamp,
    touch: bool,
) -> StoreResult<Option<SessionRecord>> {
    // Every call of the widget asks this, so it asks for everything at once.
    let query = sqlx::query(
        "SELECT link.*, session.expires_at AS session_expires_at, session.seen_at AS session_seen_at,
                EXISTS (SELECT 1 FROM consent WHERE consent.link_id = link.id) AS agreed,
                (SELECT json_group_array(DISTINCT connection.institution_id) FROM connection
                 WHERE connection.client = link.client AND connection.user_id = link.user_id
                   AND connection.chosen <> '[]') AS linked
         FROM session JOIN link ON link.id = session.link_id
         WHERE session.token_hash = ?1 AND session.ended_at IS NULL AND link.revoked_at IS NULL
           AND session.expires_at > ?2 AND session.seen_at > ?3",
    )
    .bind(token.as_str())
    .bind(millis(now))
    .bind(millis(idle_since));
    let Some(row) = store.readers.find(query).await? else { return Ok(None) };
    // One write in ten seconds is enough for an idle limit of half an hour.
    if touch && millis(now) - row.try_get::<i64, _>("session_seen_at")? >= 10_000 {
        sqlx::query("UPDATE session SET seen_at = MAX(seen_at, ?) WHERE token_hash = ?")
            .bind(millis(now))
            .bind(token.as_str())
            .execute(&store.pool)
            .await?;
    }
    Ok(Some(SessionRecord {
        link: rows::link(&row)?,
        expires_at: moment(row.try_get("session_expires_at")?)?,
        agreed: row.try_get("agreed")?,
        linked: rows::json(row.try_get("linked")?, "linked institutions")?,
    }))
}

pub(super) async fn extend_session(
    store: &SqliteStore,
    id: &LinkId,
    now: Timestamp,
    idle_since: Timestamp,
) -> StoreResult<bool> {
    let changed = sqlx::query(
        "UPDATE session SET seen_at = MAX(seen_at, ?2)
         WHERE link_id = ?1 AND ended_at IS NULL AND expires_at > ?2 AND seen_at > ?3",
    )
    .bind(id.as_str())
    .bind(millis(now))
    .bind(millis(idle_since))
    .execute(&store.pool)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

pub(super) async fn give_consent(
    store: &SqliteStore,
    link: &LinkRecord,
    record: &ConsentRecord,
) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO consent (link_id, client, user_id, facts, given_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (link_id) DO NOTHING",
    )
    .bind(link.id.as_str())
    .bind(&link.client.0)
    .bind(link.user_id.as_str())
    .bind(rows::to_json(&record.consent, "consent")?)
    .bind(millis(record.given_at))
    .execute(&store.pool)
    .await?;
    Ok(())
}

pub(super) async fn consent(store: &SqliteStore, id: &LinkId) -> StoreResult<Option<ConsentRecord>> {
    let row = sqlx::query("SELECT facts, given_at FROM consent WHERE link_id = ?")
        .bind(id.as_str())
        .fetch_optional(&store.pool)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(ConsentRecord {
        consent: rows::json(row.try_get("facts")?, "consent")?,
        given_at: moment(row.try_get("given_at")?)?,
    }))
}

pub(super) async fn end_session(store: &SqliteStore, id: &LinkId, now: Timestamp) -> StoreResult<()> {
    sqlx::query("UPDATE session SET ended_at = COALESCE(ended_at, ?) WHERE link_id = ?")
        .bind(millis(now))
        .bind(id.as_str())
        .execute(&store.pool)
        .await?;
    Ok(())
}
