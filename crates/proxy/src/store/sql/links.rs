//! Links and sessions.

use super::super::{ClientId, ConsentRecord, LinkRecord, NewLink, SessionRecord, Spend, StoreResult};
use super::SqlStore;
use super::rows::{self, columns, millis, moment, word};
use super::statement::query;
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{InstitutionId, LinkId};

pub(super) async fn create(store: &SqlStore, link: &NewLink) -> StoreResult<bool> {
    let record = &link.record;
    let changed = query(
        "INSERT INTO link (id, client, user_id, secret_hash, origin, mode, purpose, account_selection,
                           institution_id, language, theme, created_at, expires_at, connection_id, deposit_id,
                           consent, redirect_uri, appearance, surface)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
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
    // A proxy of an older version beside this one reads the theme alone.
    .bind(word(record.appearance.theme, "theme")?)
    .bind(millis(record.created_at))
    .bind(millis(record.expires_at))
    .bind(record.connection_id.as_ref().map(|id| id.as_str()))
    .bind(record.deposit_id.as_ref().map(|id| id.as_str()))
    .bind(rows::to_json(&record.consent, "consent")?)
    .bind(&record.redirect_uri)
    .bind(rows::to_json(&record.appearance, "appearance")?)
    .bind(word(record.surface, "surface")?)
    .execute(store)
    .await?;
    Ok(changed == 1)
}

pub(super) async fn find(store: &SqlStore, id: &LinkId) -> StoreResult<Option<LinkRecord>> {
    let row = query(concat!("SELECT ", columns!(link), " FROM link WHERE id = $1"))
        .bind(id.as_str())
        .fetch_optional(store)
        .await?;
    row.as_ref().map(rows::link).transpose()
}

pub(super) async fn for_page(
    store: &SqlStore,
    id: &LinkId,
    now: Timestamp,
    idle_since: Timestamp,
) -> StoreResult<Option<LinkRecord>> {
    let row = query(concat!(
        "SELECT ",
        columns!(link),
        " FROM link LEFT JOIN session ON session.link_id = link.id
         WHERE link.id = $1 AND link.revoked_at IS NULL
           AND ((link.spent_at IS NULL AND link.expires_at > $2)
             OR (session.ended_at IS NULL AND session.expires_at > $2 AND session.seen_at > $3))"
    ))
    .bind(id.as_str())
    .bind(millis(now))
    .bind(millis(idle_since))
    .fetch_optional(store)
    .await?;
    row.as_ref().map(rows::link).transpose()
}

pub(super) async fn revoke(
    store: &SqlStore,
    client: &ClientId,
    id: &LinkId,
    now: Timestamp,
) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    let revoked =
        query("UPDATE link SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2 AND client = $3")
            .bind(millis(now))
            .bind(id.as_str())
            .bind(&client.0)
            .execute(&mut transaction)
            .await?;
    if revoked == 1 {
        query("UPDATE session SET ended_at = COALESCE(ended_at, $1) WHERE link_id = $2")
            .bind(millis(now))
            .bind(id.as_str())
            .execute(&mut transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(revoked == 1)
}

pub(super) async fn spend(
    store: &SqlStore,
    id: &LinkId,
    token: &Hash,
    now: Timestamp,
    expires_at: Timestamp,
) -> StoreResult<Spend> {
    let mut transaction = store.write().await?;
    let row = query("SELECT spent_at, expires_at, revoked_at FROM link WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut transaction)
        .await?;
    let Some(row) = row else { return Ok(Spend::Unknown) };
    if row.get::<Option<i64>>("revoked_at")?.is_some() {
        return Ok(Spend::Unknown);
    }
    if row.get::<Option<i64>>("spent_at")?.is_some() {
        return Ok(Spend::Used);
    }
    if row.get::<i64>("expires_at")? <= millis(now) {
        return Ok(Spend::Expired);
    }
    let spent =
        query("UPDATE link SET spent_at = $1 WHERE id = $2 AND spent_at IS NULL AND revoked_at IS NULL")
            .bind(millis(now))
            .bind(id.as_str())
            .execute(&mut transaction)
            .await?;
    if spent == 0 {
        return Ok(Spend::Used);
    }
    query("INSERT INTO session (link_id, token_hash, seen_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(id.as_str())
        .bind(token.as_str())
        .bind(millis(now))
        .bind(millis(expires_at))
        .execute(&mut transaction)
        .await?;
    transaction.commit().await?;
    Ok(Spend::Opened)
}

pub(super) async fn renew_session(
    store: &SqlStore,
    id: &LinkId,
    token: &Hash,
    now: Timestamp,
) -> StoreResult<bool> {
    let changed = query(
        "UPDATE session SET token_hash = $1, seen_at = $3
         WHERE link_id = $2 AND ended_at IS NULL AND expires_at > $3",
    )
    .bind(token.as_str())
    .bind(id.as_str())
    .bind(millis(now))
    .execute(store)
    .await?;
    Ok(changed == 1)
}

pub(super) async fn session(
    store: &SqlStore,
    token: &Hash,
    now: Timestamp,
    idle_since: Timestamp,
    touch: bool,
) -> StoreResult<Option<SessionRecord>> {
    // Every call of the widget asks this, so it asks for everything at once.
    let everything = query(concat!(
        "SELECT ",
        columns!(link),
        ", session.expires_at AS session_expires_at, session.seen_at AS session_seen_at,
                (SELECT COUNT(*) FROM consent WHERE consent.link_id = link.id) AS agreed,
                (SELECT string_agg(found.institution_id, '\n')
                 FROM (SELECT DISTINCT connection.institution_id FROM connection
                       WHERE connection.client = link.client AND connection.user_id = link.user_id
                         AND connection.chosen <> '[]' AND COALESCE(connection.parting_stage, '') <> 'over') AS found) AS linked
         FROM session JOIN link ON link.id = session.link_id
         WHERE session.token_hash = $1 AND session.ended_at IS NULL AND link.revoked_at IS NULL
           AND session.expires_at > $2 AND session.seen_at > $3"
    ))
    .bind(token.as_str())
    .bind(millis(now))
    .bind(millis(idle_since));
    let Some(row) = store.read_first(everything).await? else { return Ok(None) };
    // One write in ten seconds is enough for an idle limit of half an hour.
    if touch && millis(now) - row.get::<i64>("session_seen_at")? >= 10_000 {
        query("UPDATE session SET seen_at = $1 WHERE token_hash = $2 AND seen_at < $1")
            .bind(millis(now))
            .bind(token.as_str())
            .execute(store)
            .await?;
    }
    let linked: Option<String> = row.get("linked")?;
    Ok(Some(SessionRecord {
        link: rows::link(&row)?,
        expires_at: moment(row.get("session_expires_at")?)?,
        agreed: row.truth("agreed")?,
        linked: linked.iter().flat_map(|ids| ids.lines()).map(InstitutionId::new).collect(),
    }))
}

pub(super) async fn extend_session(
    store: &SqlStore,
    id: &LinkId,
    now: Timestamp,
    idle_since: Timestamp,
) -> StoreResult<bool> {
    let changed = query(
        "UPDATE session SET seen_at = CASE WHEN seen_at > $2 THEN seen_at ELSE $2 END
         WHERE link_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3",
    )
    .bind(id.as_str())
    .bind(millis(now))
    .bind(millis(idle_since))
    .execute(store)
    .await?;
    Ok(changed == 1)
}

pub(super) async fn give_consent(
    store: &SqlStore,
    link: &LinkRecord,
    record: &ConsentRecord,
) -> StoreResult<()> {
    query(
        "INSERT INTO consent (link_id, client, user_id, facts, given_at, language) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (link_id) DO NOTHING",
    )
    .bind(link.id.as_str())
    .bind(&link.client.0)
    .bind(link.user_id.as_str())
    .bind(rows::to_json(&record.consent, "consent")?)
    .bind(millis(record.given_at))
    .bind(&record.language)
    .execute(store)
    .await?;
    Ok(())
}

pub(super) async fn consent(store: &SqlStore, id: &LinkId) -> StoreResult<Option<ConsentRecord>> {
    let row = query("SELECT facts, given_at, language FROM consent WHERE link_id = $1")
        .bind(id.as_str())
        .fetch_optional(store)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(ConsentRecord {
        consent: rows::json(row.get("facts")?, "consent")?,
        given_at: moment(row.get("given_at")?)?,
        language: row.get("language")?,
    }))
}

pub(super) async fn end_session(store: &SqlStore, id: &LinkId, now: Timestamp) -> StoreResult<()> {
    query("UPDATE session SET ended_at = COALESCE(ended_at, $1) WHERE link_id = $2")
        .bind(millis(now))
        .bind(id.as_str())
        .execute(store)
        .await?;
    Ok(())
}
