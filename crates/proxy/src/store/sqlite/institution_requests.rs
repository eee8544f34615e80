//! What people asked their clients for.

use super::super::{ClientId, InstitutionRequestRecord, StoreResult};
use super::SqliteStore;
use super::rows::{self, millis};
use jiff::Timestamp;
use linchpin_protocol::InstitutionRequestId;

pub(super) async fn keep(
    store: &SqliteStore,
    request: &InstitutionRequestRecord,
    most: u32,
) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    let others: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM institution_request WHERE link_id = ? AND id <> ?")
            .bind(request.link_id.as_str())
            .bind(request.id.as_str())
            .fetch_one(&mut *transaction)
            .await?;
    if others >= i64::from(most) {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO institution_request (id, client, user_id, link_id, text, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(request.id.as_str())
    .bind(&request.client.0)
    .bind(request.user_id.as_str())
    .bind(request.link_id.as_str())
    .bind(request.text.as_str())
    .bind(millis(request.created_at))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn of_client(
    store: &SqliteStore,
    client: &ClientId,
    after: Option<&InstitutionRequestId>,
    limit: u32,
) -> StoreResult<Option<Vec<InstitutionRequestRecord>>> {
    if let Some(after) = after {
        let known: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM institution_request WHERE id = ? AND client = ?")
                .bind(after.as_str())
                .bind(&client.0)
                .fetch_optional(&store.pool)
                .await?;
        if known.is_none() {
            return Ok(None);
        }
    }
    let found = sqlx::query(
        "SELECT * FROM institution_request
         WHERE client = ?1
           AND (?2 IS NULL
                OR (created_at, rowid) < (SELECT created_at, rowid FROM institution_request WHERE id = ?2))
         ORDER BY created_at DESC, rowid DESC LIMIT ?3",
    )
    .bind(&client.0)
    .bind(after.map(InstitutionRequestId::as_str))
    .bind(i64::from(limit))
    .fetch_all(&store.pool)
    .await?;
    found.iter().map(rows::institution_request).collect::<StoreResult<_>>().map(Some)
}

pub(super) async fn forget(store: &SqliteStore, before: Timestamp) -> StoreResult<u64> {
    let done = sqlx::query("DELETE FROM institution_request WHERE created_at < ?")
        .bind(millis(before))
        .execute(&store.pool)
        .await?;
    Ok(done.rows_affected())
}
