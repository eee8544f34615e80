//! Public tokens and idempotency keys.

use super::super::{ClientId, KeyClaim, KeyUse, PublicSpend, StoreResult, TokenSubject};
use super::SqlStore;
use super::rows::millis;
use super::statement::{Row, query};
use crate::tokens::Hash;
use jiff::Timestamp;

pub(super) async fn mint_public_token(
    store: &SqlStore,
    subject: &TokenSubject,
    token: &Hash,
    now: Timestamp,
    expires_at: Timestamp,
) -> StoreResult<()> {
    let (connection, deposit) = subject.columns();
    let whose = connection.or(deposit).unwrap_or_default();
    // Else two at once would both live: neither sees the other's to revoke it.
    let mut transaction = store.write_alone(&format!("public token of {whose}")).await?;
    query(
        "UPDATE public_token SET revoked_at = $1
         WHERE (connection_id = $2 OR deposit_id = $3) AND spent_at IS NULL AND revoked_at IS NULL",
    )
    .bind(millis(now))
    .bind(connection)
    .bind(deposit)
    .execute(&mut transaction)
    .await?;
    query(
        "INSERT INTO public_token (token_hash, connection_id, deposit_id, client, expires_at)
         SELECT $1, id, NULL, client, $2 FROM connection WHERE id = $3
         UNION ALL SELECT $1, NULL, id, client, $2 FROM deposit WHERE id = $4",
    )
    .bind(token.as_str())
    .bind(millis(expires_at))
    .bind(connection)
    .bind(deposit)
    .execute(&mut transaction)
    .await?;
    transaction.commit().await
}

pub(super) async fn spend_public_token(
    store: &SqlStore,
    client: &ClientId,
    token: &Hash,
    now: Timestamp,
) -> StoreResult<PublicSpend> {
    let mut transaction = store.write().await?;
    let row = query(
        "SELECT connection_id, deposit_id, expires_at, spent_at, revoked_at FROM public_token
         WHERE token_hash = $1 AND client = $2",
    )
    .bind(token.as_str())
    .bind(&client.0)
    .fetch_optional(&mut transaction)
    .await?;
    let Some(row) = row else { return Ok(PublicSpend::Unknown) };
    if row.get::<Option<i64>>("revoked_at")?.is_some() {
        return Ok(PublicSpend::Unknown);
    }
    if row.get::<Option<i64>>("spent_at")?.is_some() {
        return Ok(PublicSpend::Used);
    }
    if row.get::<i64>("expires_at")? <= millis(now) {
        return Ok(PublicSpend::Expired);
    }
    let spent = query(
        "UPDATE public_token SET spent_at = $1 WHERE token_hash = $2 AND spent_at IS NULL AND revoked_at IS NULL",
    )
    .bind(millis(now))
    .bind(token.as_str())
    .execute(&mut transaction)
    .await?;
    if spent == 0 {
        return Ok(PublicSpend::Used);
    }
    transaction.commit().await?;
    Ok(PublicSpend::Spent(subject(&row)?))
}

pub(super) async fn spent_public_token(
    store: &SqlStore,
    client: &ClientId,
    token: &Hash,
) -> StoreResult<Option<TokenSubject>> {
    let found = query(
        "SELECT connection_id, deposit_id FROM public_token
         WHERE token_hash = $1 AND client = $2 AND spent_at IS NOT NULL",
    )
    .bind(token.as_str())
    .bind(&client.0)
    .fetch_optional(store)
    .await?;
    found.as_ref().map(subject).transpose()
}

fn subject(row: &Row) -> StoreResult<TokenSubject> {
    TokenSubject::stored(row.get("connection_id")?, row.get("deposit_id")?)
}

pub(super) async fn claim(
    store: &SqlStore,
    key: &KeyUse,
    now: Timestamp,
    lease_until: Timestamp,
) -> StoreResult<KeyClaim> {
    let claimed = query(
        "INSERT INTO idempotency (principal, route, key, fingerprint, subject, lease_until, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (principal, route, key) DO NOTHING",
    )
    .bind(&key.principal)
    .bind(key.route)
    .bind(&key.key)
    .bind(key.fingerprint.as_str())
    .bind(&key.subject)
    .bind(millis(lease_until))
    .bind(millis(now))
    .execute(store)
    .await?;
    if claimed == 1 {
        return Ok(KeyClaim::Claimed);
    }
    let row = query(
        "SELECT fingerprint, subject, outcome, lease_until FROM idempotency
         WHERE principal = $1 AND route = $2 AND key = $3",
    )
    .bind(&key.principal)
    .bind(key.route)
    .bind(&key.key)
    .fetch_optional(store)
    .await?;
    // Given back a moment ago. Whoever asks again gets it.
    let Some(row) = row else { return Ok(KeyClaim::Running) };
    if !Hash::stored(row.get("fingerprint")?).matches(&key.fingerprint) {
        return Ok(KeyClaim::Mismatch);
    }
    let subject: String = row.get("subject")?;
    if let Some(outcome) = row.get::<Option<String>>("outcome")? {
        return Ok(KeyClaim::Done { subject, outcome });
    }
    if row.get::<i64>("lease_until")? > millis(now) {
        return Ok(KeyClaim::Running);
    }
    Ok(KeyClaim::Lapsed { subject })
}

pub(super) async fn finish(store: &SqlStore, key: &KeyUse, outcome: &str) -> StoreResult<()> {
    query("UPDATE idempotency SET outcome = $1 WHERE principal = $2 AND route = $3 AND key = $4")
        .bind(outcome)
        .bind(&key.principal)
        .bind(key.route)
        .bind(&key.key)
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn release(store: &SqlStore, key: &KeyUse) -> StoreResult<()> {
    query("DELETE FROM idempotency WHERE principal = $1 AND route = $2 AND key = $3 AND outcome IS NULL")
        .bind(&key.principal)
        .bind(key.route)
        .bind(&key.key)
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn forget(store: &SqlStore, before: Timestamp) -> StoreResult<u64> {
    let done =
        query("DELETE FROM idempotency WHERE created_at < $1").bind(millis(before)).execute(store).await?;
    Ok(done)
}
