//! Visits to banks' own pages.

use super::super::{NewTicket, StoreResult, TicketSpend, VisitRecord, WayBack};
use super::SqliteStore;
use super::rows::{self, millis, revision_out, word};
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{AuthorizeProblem, ConnectionId, ConnectionMethod, Revision};
use sqlx::Row;

pub(super) async fn mint(store: &SqliteStore, ticket: &NewTicket) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    sqlx::query(
        "UPDATE visit SET voided_at = ? WHERE connection_id = ? AND spent_at IS NULL AND voided_at IS NULL",
    )
    .bind(millis(ticket.now))
    .bind(ticket.connection.as_str())
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO visit (ticket_hash, connection_id, link_id, in_place, made_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(ticket.hash.as_str())
    .bind(ticket.connection.as_str())
    .bind(ticket.link.as_str())
    .bind(ticket.in_place)
    .bind(millis(ticket.now))
    .bind(millis(ticket.expires_at))
    .execute(&mut *transaction)
    .await?;
    sqlx::query("UPDATE connection SET method = ? WHERE id = ?")
        .bind(word(ConnectionMethod::BankLogin, "method")?)
        .bind(ticket.connection.as_str())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn spend(
    store: &SqliteStore,
    ticket: &Hash,
    back: &WayBack,
    now: Timestamp,
) -> StoreResult<TicketSpend> {
    let mut transaction = store.write().await?;
    let row = sqlx::query("SELECT * FROM visit WHERE ticket_hash = ?")
        .bind(ticket.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = row else { return Ok(TicketSpend::Unknown) };
    let done = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.is_some());
    if done("spent_at")? || done("voided_at")? {
        return Ok(TicketSpend::Used);
    }
    let visit = rows::visit(&row)?;
    if row.try_get::<i64, _>("expires_at")? <= millis(now) {
        return Ok(TicketSpend::Expired(visit));
    }
    sqlx::query("UPDATE visit SET spent_at = ?, cookie_hash = ?, state_hash = ? WHERE ticket_hash = ?")
        .bind(millis(now))
        .bind(back.cookie.as_str())
        .bind(back.state.as_str())
        .bind(ticket.as_str())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(TicketSpend::Spent(visit))
}

pub(super) async fn find(store: &SqliteStore, state: &Hash) -> StoreResult<Option<VisitRecord>> {
    let row = sqlx::query("SELECT * FROM visit WHERE state_hash = ?")
        .bind(state.as_str())
        .fetch_optional(&store.pool)
        .await?;
    row.as_ref().map(rows::visit).transpose()
}

pub(super) async fn open(
    store: &SqliteStore,
    id: &ConnectionId,
    until: Timestamp,
    host: &str,
) -> StoreResult<()> {
    sqlx::query(
        "UPDATE connection
         SET visit_problem = 'none', visit_until = ?, visit_host = ?,
             intent = NULL, intent_until = NULL, intent_digest = NULL, lease_until = NULL, watch_until = NULL
         WHERE id = ?",
    )
    .bind(millis(until))
    .bind(host)
    .bind(id.as_str())
    .execute(&store.pool)
    .await?;
    Ok(())
}

pub(super) async fn close(
    store: &SqliteStore,
    id: &ConnectionId,
    from: Revision,
    problem: AuthorizeProblem,
    now: Timestamp,
) -> StoreResult<bool> {
    let changed = sqlx::query(
        "UPDATE connection SET visit_problem = ?, visit_until = NULL
         WHERE id = ? AND revision = ? AND (intent IS NULL OR intent_until <= ?)",
    )
    .bind(word(problem, "visit's problem")?)
    .bind(id.as_str())
    .bind(revision_out(from))
    .bind(millis(now))
    .execute(&store.pool)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

pub(super) async fn end(store: &SqliteStore, state: &Hash, problem: AuthorizeProblem) -> StoreResult<()> {
    sqlx::query("UPDATE visit SET ended_as = ? WHERE state_hash = ? AND ended_as IS NULL")
        .bind(word(problem, "visit's problem")?)
        .bind(state.as_str())
        .execute(&store.pool)
        .await?;
    Ok(())
}

pub(super) async fn forget(store: &SqliteStore, before: Timestamp) -> StoreResult<u64> {
    let done =
        sqlx::query("DELETE FROM visit WHERE made_at < ?").bind(millis(before)).execute(&store.pool).await?;
    Ok(done.rows_affected())
}
