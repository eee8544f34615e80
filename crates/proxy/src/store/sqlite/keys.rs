//! Public tokens and idempotency keys.

use super::super::{ClientId, KeyClaim, KeyUse, PublicSpend, StoreResult, TokenSubject};
use super::SqliteStore;
use super::rows::millis;
use crate::tokens::Hash;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(super) async fn mint_public_token(
    store: &SqliteStore,
    subject: &TokenSubject,
    token: &Hash,
    now: Timestamp,
    expires_at: Timestamp,
) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    let (connection, deposit) = subject.columns();
    sqlx::query(
        "UPDATE public_token SET revoked_at = ?
         WHERE (connection_id = ? OR deposit_id = ?) AND spent_at IS NULL AND revoked_at IS NULL",
    )
    .bind(millis(now))
    .bind(connection)
    .bind(deposit)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO public_token (token_hash, connection_id, deposit_id, client, expires_at)
         SELECT ?1, id, NULL, client, ?2 FROM connection WHERE id = ?3
         UNION ALL SELECT ?1, NULL, id, client, ?2 FROM deposit WHERE id = ?4",
    )
    .bind(token.as_str())
    .bind(millis(expires_at))
    .bind(connection)
    .bind(deposit)
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn spend_public_token(
    store: &SqliteStore,
    client: &ClientId,
    token: &Hash,
    now: Timestamp,
) -> StoreResult<PublicSpend> {
    let mut transaction = store.write().await?;
    let row = sqlx::query(
        "SELECT connection_id, deposit_id, expires_at, spent_at, revoked_at FROM public_token
         WHERE token_hash = ? AND client = ?",
    )
    .bind(token.as_str())
    .bind(&client.0)
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(row) = row else { return Ok(PublicSpend::Unknown) };
    if row.try_get::<Option<i64>, _>("revoked_at")?.is_some() {
        return Ok(PublicSpend::Unknown);
    }
    if row.try_get::<Option<i64>, _>("spent_at")?.is_some() {
        return Ok(PublicSpend::Used);
    }
    if row.try_get::<i64, _>("expires_at")? <= millis(now) {
        return Ok(PublicSpend::Expired);
    }
    sqlx::query("UPDATE public_token SET spent_at = ? WHERE token_hash = ?")
        .bind(millis(now))
        .bind(token.as_str())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(PublicSpend::Spent(subject(&row)?))
}

pub(super) async fn spent_public_token(
    store: &SqliteStore,
    client: &ClientId,
    token: &Hash,
) -> StoreResult<Option<TokenSubject>> {
    let found = sqlx::query(
        "SELECT connection_id, deposit_id FROM public_token
         WHERE token_hash = ? AND client = ? AND spent_at IS NOT NULL",
    )
    .bind(token.as_str())
    .bind(&client.0)
    .fetch_optional(&store.pool)
    .await?;
    found.as_ref().map(subject).transpose()
}

fn subject(row: &SqliteRow) -> StoreResult<TokenSubject> {
    TokenSubject::stored(row.try_get("connection_id")?, row.try_get("deposit_id")?)
}

pub(super) async fn claim(
    store: &SqliteStore,
    key: &KeyUse,
    now: Timestamp,
    lease_until: Timestamp,
) -> StoreResult<KeyClaim> {
    let mut transaction = store.write().await?;
    let row = sqlx::query(
        "SELECT fingerprint, subject, outcome, lease_until FROM idempotency
         WHERE principal = ? AND route = ? AND key = ?",
    )
    .bind(&key.principal)
    .bind(key.route)
    .bind(&key.key)
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(row) = row else {
        sqlx::query(
            "INSERT INTO idempotency (principal, route, key, fingerprint, subject, lease_until, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&key.principal)
        .bind(key.route)
        .bind(&key.key)
        .bind(key.fingerprint.as_str())
        .bind(&key.subject)
        .bind(millis(lease_until))
        .bind(millis(now))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        return Ok(KeyClaim::Claimed);
    };
    if !Hash::stored(row.try_get("fingerprint")?).matches(&key.fingerprint) {
        return Ok(KeyClaim::Mismatch);
    }
    let subject: String = row.try_get("subject")?;
    if let Some(outcome) = row.try_get::<Option<String>, _>("outcome")? {
        return Ok(KeyClaim::Done { subject, outcome });
    }
    if row.try_get::<i64, _>("lease_until")? > millis(now) {
        return Ok(KeyClaim::Running);
    }
    Ok(KeyClaim::Lapsed { subject })
}

pub(super) async fn finish(store: &SqliteStore, key: &KeyUse, outcome: &str) -> StoreResult<()> {
    sqlx::query("UPDATE idempotency SET outcome = ? WHERE principal = ? AND route = ? AND key = ?")
        .bind(outcome)
        .bind(&key.principal)
        .bind(key.route)
        .bind(&key.key)
        .execute(&store.pool)
        .await?;
    Ok(())
}

pub(super) async fn release(store: &SqliteStore, key: &KeyUse) -> StoreResult<()> {
    sqlx::query("DELETE FROM idempotency WHERE principal = ? AND route = ? AND key = ? AND outcome IS NULL")
        .bind(&key.principal)
        .bind(key.route)
        .bind(&key.key)
        .execute(&store.pool)
        .await?;
    Ok(())
}

pub(super) async fn forget(store: &SqliteStore, before: Timestamp) -> StoreResult<u64> {
    let done = sqlx::query("DELETE FROM idempotency WHERE created_at < ?")
        .bind(millis(before))
        .execute(&store.pool)
        .await?;
    Ok(done.rows_affected())
}
