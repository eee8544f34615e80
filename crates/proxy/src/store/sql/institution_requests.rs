//! What people asked their clients for.

use super::super::{ClientId, InstitutionRequestRecord, StoreResult};
use super::SqlStore;
use super::rows::{self, columns, millis};
use super::statement::query;
use jiff::Timestamp;
use linchpin_protocol::InstitutionRequestId;

pub(super) async fn keep(
    store: &SqlStore,
    request: &InstitutionRequestRecord,
    most: u32,
) -> StoreResult<bool> {
    let mut transaction = store.write_alone(&format!("requests under {}", request.link_id.as_str())).await?;
    let others: Option<i64> =
        query("SELECT COUNT(*) FROM institution_request WHERE link_id = $1 AND id <> $2")
            .bind(request.link_id.as_str())
            .bind(request.id.as_str())
            .scalar(&mut transaction)
            .await?;
    if others >= Some(i64::from(most)) {
        return Ok(false);
    }
    query(
        "INSERT INTO institution_request (id, client, user_id, link_id, text, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(request.id.as_str())
    .bind(&request.client.0)
    .bind(request.user_id.as_str())
    .bind(request.link_id.as_str())
    .bind(request.text.as_str())
    .bind(millis(request.created_at))
    .execute(&mut transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn of_client(
    store: &SqlStore,
    client: &ClientId,
    after: Option<&InstitutionRequestId>,
    limit: u32,
) -> StoreResult<Option<Vec<InstitutionRequestRecord>>> {
    if let Some(after) = after {
        let known = query("SELECT 1 FROM institution_request WHERE id = $1 AND client = $2")
            .bind(after.as_str())
            .bind(&client.0);
        if !known.exists(store).await? {
            return Ok(None);
        }
    }
    let found = query(concat!(
        "SELECT ",
        columns!(institution_request),
        " FROM institution_request
         WHERE client = $1
           AND ($2 IS NULL
                OR (created_at, rowid) < (SELECT created_at, rowid FROM institution_request WHERE id = $2))
         ORDER BY created_at DESC, rowid DESC LIMIT $3"
    ))
    .bind(&client.0)
    .bind(after.map(InstitutionRequestId::as_str))
    .bind(i64::from(limit))
    .fetch_all(store)
    .await?;
    found.iter().map(rows::institution_request).collect::<StoreResult<_>>().map(Some)
}

pub(super) async fn forget(store: &SqlStore, before: Timestamp) -> StoreResult<u64> {
    let done = query("DELETE FROM institution_request WHERE created_at < $1")
        .bind(millis(before))
        .execute(store)
        .await?;
    Ok(done)
}
