//! Visits to banks' own pages.

use super::super::{NewTicket, StoreResult, TicketSpend, VisitRecord, WayBack};
use super::SqlStore;
use super::rows::{self, columns, millis, revision_out, word};
use super::statement::query;
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{AuthorizeProblem, ConnectionId, ConnectionMethod, Revision};

pub(super) async fn mint(store: &SqlStore, ticket: &NewTicket) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    // First, because who writes the connection's row is alone until the end: of two tickets the later one voids the other.
    query("UPDATE connection SET method = $1 WHERE id = $2")
        .bind(word(ConnectionMethod::BankLogin, "method")?)
        .bind(ticket.connection.as_str())
        .execute(&mut transaction)
        .await?;
    query(
        "UPDATE visit SET voided_at = $1 WHERE connection_id = $2 AND spent_at IS NULL AND voided_at IS NULL",
    )
    .bind(millis(ticket.now))
    .bind(ticket.connection.as_str())
    .execute(&mut transaction)
    .await?;
    query(
        "INSERT INTO visit (ticket_hash, connection_id, link_id, in_place, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(ticket.hash.as_str())
    .bind(ticket.connection.as_str())
    .bind(ticket.link.as_str())
    .bind(ticket.in_place)
    .bind(millis(ticket.now))
    .bind(millis(ticket.expires_at))
    .execute(&mut transaction)
    .await?;
    transaction.commit().await
}

pub(super) async fn spend(
    store: &SqlStore,
    ticket: &Hash,
    back: &WayBack,
    now: Timestamp,
) -> StoreResult<TicketSpend> {
    let mut transaction = store.write().await?;
    let row = query(concat!(
        "SELECT ",
        columns!(visit),
        ", voided_at, expires_at FROM visit WHERE ticket_hash = $1"
    ))
    .bind(ticket.as_str())
    .fetch_optional(&mut transaction)
    .await?;
    let Some(row) = row else { return Ok(TicketSpend::Unknown) };
    let done = |column| row.get::<Option<i64>>(column).map(|at| at.is_some());
    if done("spent_at")? || done("voided_at")? {
        return Ok(TicketSpend::Used);
    }
    let visit = rows::visit(&row)?;
    if row.get::<i64>("expires_at")? <= millis(now) {
        return Ok(TicketSpend::Expired(visit));
    }
    let spent = query(
        "UPDATE visit SET spent_at = $1, cookie_hash = $2, state_hash = $3
         WHERE ticket_hash = $4 AND spent_at IS NULL AND voided_at IS NULL",
    )
    .bind(millis(now))
    .bind(back.cookie.as_str())
    .bind(back.state.as_str())
    .bind(ticket.as_str())
    .execute(&mut transaction)
    .await?;
    if spent == 0 {
        return Ok(TicketSpend::Used);
    }
    transaction.commit().await?;
    Ok(TicketSpend::Spent(visit))
}

pub(super) async fn find(store: &SqlStore, state: &Hash) -> StoreResult<Option<VisitRecord>> {
    let row = query(concat!("SELECT ", columns!(visit), " FROM visit WHERE state_hash = $1"))
        .bind(state.as_str())
        .fetch_optional(store)
        .await?;
    row.as_ref().map(rows::visit).transpose()
}

pub(super) async fn open(
    store: &SqlStore,
    id: &ConnectionId,
    nth: u32,
    until: Timestamp,
    host: &str,
) -> StoreResult<bool> {
    let opened = query(
        "UPDATE connection
         SET visit_problem = 'none', visit_until = $1, visit_host = $2,
             intent = NULL, intent_until = NULL, intent_digest = NULL, lease_until = NULL, watch_until = NULL
         WHERE id = $3 AND attempts = $4 AND intent IS NOT NULL",
    )
    .bind(millis(until))
    .bind(host)
    .bind(id.as_str())
    .bind(i64::from(nth))
    .execute(store)
    .await?;
    Ok(opened == 1)
}

pub(super) async fn close(
    store: &SqlStore,
    id: &ConnectionId,
    from: Revision,
    problem: AuthorizeProblem,
    now: Timestamp,
) -> StoreResult<bool> {
    let changed = query(
        "UPDATE connection SET visit_problem = $1, visit_until = NULL
         WHERE id = $2 AND revision = $3 AND (intent IS NULL OR intent_until <= $4)",
    )
    .bind(word(problem, "visit's problem")?)
    .bind(id.as_str())
    .bind(revision_out(from))
    .bind(millis(now))
    .execute(store)
    .await?;
    Ok(changed == 1)
}

pub(super) async fn end(store: &SqlStore, state: &Hash, problem: AuthorizeProblem) -> StoreResult<()> {
    query("UPDATE visit SET ended_as = $1 WHERE state_hash = $2 AND ended_as IS NULL")
        .bind(word(problem, "visit's problem")?)
        .bind(state.as_str())
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn forget(store: &SqlStore, before: Timestamp) -> StoreResult<u64> {
    let done = query("DELETE FROM visit WHERE made_at < $1").bind(millis(before)).execute(store).await?;
    Ok(done)
}
