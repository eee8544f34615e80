//! Deposits.

use super::super::{ClientId, DepositFilter, DepositKept, DepositLimits, DepositRecord, StoreResult};
use super::SqlStore;
use super::database::Transaction;
use super::outbox::{self, Moved};
use super::rows::{self, columns, millis, moment, revision_out, word};
use super::statement::{Statement, query};
use jiff::Timestamp;
use linchpin_protocol::{ConnectionId, DepositId, LinkId, UserId};

pub(super) async fn create(
    store: &SqlStore,
    deposit: &DepositRecord,
    limits: &DepositLimits,
) -> StoreResult<DepositKept> {
    let mut transaction = store.write().await?;
    // They are counted for each, and none is to be made meanwhile.
    transaction
        .be_alone(&format!("deposits to {} {}", deposit.client.0, deposit.account_hash.as_str()))
        .await?;
    transaction.be_alone(&format!("deposits of {} {}", deposit.client.0, deposit.user_id.as_str())).await?;
    let known = query("SELECT 1 FROM deposit WHERE id = $1").bind(deposit.id.as_str());
    if known.exists(&mut transaction).await? {
        return Ok(DepositKept::Kept);
    }
    let to_account = blocking(
        &mut transaction,
        "SELECT created_at FROM deposit WHERE client = $1 AND account_hash = $2 AND created_at > $3
         ORDER BY created_at DESC LIMIT 1 OFFSET $4",
        (&deposit.client.0, deposit.account_hash.as_str()),
        limits.account_since,
        limits.per_account,
    );
    if let Some(oldest) = to_account.await? {
        return Ok(DepositKept::TooManyToAccount(oldest));
    }
    let by_user = blocking(
        &mut transaction,
        "SELECT created_at FROM deposit WHERE client = $1 AND user_id = $2 AND created_at > $3
         ORDER BY created_at DESC LIMIT 1 OFFSET $4",
        (&deposit.client.0, deposit.user_id.as_str()),
        limits.user_since,
        limits.per_user,
    );
    if let Some(oldest) = by_user.await? {
        return Ok(DepositKept::TooManyByUser(oldest));
    }
    if let Some(replaced) = &deposit.replaces {
        let moved = query(
            "UPDATE deposit SET replaced_by = $1, revision = revision + 1, version = version + 1, updated_at = $2
             WHERE id = $3 AND replaced_by IS NULL AND intent IS NULL",
        )
        .bind(deposit.id.as_str())
        .bind(millis(deposit.created_at))
        .bind(replaced.as_str())
        .execute(&mut transaction)
        .await?;
        if moved == 0 {
            return Ok(DepositKept::Moved);
        }
        outbox::put(&mut transaction, Moved::Deposit(replaced), deposit.created_at).await?;
    }
    insert(&mut transaction, deposit).await?;
    transaction.commit().await?;
    Ok(DepositKept::Kept)
}

/// When the oldest was made that has to grow old before there is room again.
async fn blocking(
    transaction: &mut Transaction,
    text: &'static str,
    (client, whose): (&str, &str),
    since: Timestamp,
    most: u32,
) -> StoreResult<Option<Timestamp>> {
    let at: Option<i64> = query(text)
        .bind(client)
        .bind(whose)
        .bind(millis(since))
        .bind(i64::from(most) - 1)
        .scalar(transaction)
        .await?;
    at.map(moment).transpose()
}

async fn insert(transaction: &mut Transaction, deposit: &DepositRecord) -> StoreResult<()> {
    query(
        "INSERT INTO deposit (id, client, user_id, link_id, method, connection_id, account_id, bank, last_digits, name,
                              account_hash, root, replaces, holder, state, intent, intent_until, revision, version,
                              created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(deposit.id.as_str())
    .bind(&deposit.client.0)
    .bind(deposit.user_id.as_str())
    .bind(deposit.link_id.as_str())
    .bind(word(deposit.method, "method")?)
    .bind(deposit.connection_id.as_ref().map(ConnectionId::as_str))
    .bind(deposit.account_id.as_ref().map(|id| id.as_str()))
    .bind(&deposit.bank)
    .bind(&deposit.last_digits)
    .bind(&deposit.name)
    .bind(deposit.account_hash.as_str())
    .bind(deposit.root.as_str())
    .bind(deposit.replaces.as_ref().map(DepositId::as_str))
    .bind(&deposit.holder)
    .bind(word(deposit.state, "state of a deposit")?)
    .bind(deposit.intent.map(|(intent, _)| word(intent, "intent")).transpose()?)
    .bind(deposit.intent.map(|(_, until)| millis(until)))
    .bind(revision_out(deposit.revision))
    .bind(version_out(deposit.version))
    .bind(millis(deposit.created_at))
    .bind(millis(deposit.updated_at))
    .execute(transaction)
    .await?;
    Ok(())
}

fn version_out(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

pub(super) async fn forget(store: &SqlStore, id: &DepositId) -> StoreResult<()> {
    let mut transaction = store.write().await?;
    query(
        "UPDATE deposit SET replaced_by = NULL, revision = revision + 1, version = version + 1 WHERE replaced_by = $1",
    )
    .bind(id.as_str())
    .execute(&mut transaction)
    .await?;
    query("DELETE FROM deposit WHERE id = $1 AND upstream_key IS NULL")
        .bind(id.as_str())
        .execute(&mut transaction)
        .await?;
    transaction.commit().await
}

pub(super) async fn write(store: &SqlStore, deposit: &DepositRecord) -> StoreResult<bool> {
    let mut transaction = store.write().await?;
    let before: Option<i64> = query("SELECT revision FROM deposit WHERE id = $1")
        .bind(deposit.id.as_str())
        .scalar(&mut transaction)
        .await?;
    let written = query(
        "UPDATE deposit
         SET replaced_by = $1, holder = $2, upstream_key = $3, state = $4, fault = $5, account_broken = $6, provider_status = $7,
             tries = $8, wrong = $9, out_of_tries = $10, intent = $11, intent_until = $12, revision = $13, verified_at = $14,
             updated_at = $15, version = version + 1
         WHERE id = $16 AND version = $17",
    )
    .bind(deposit.replaced_by.as_ref().map(DepositId::as_str))
    .bind(&deposit.holder)
    .bind(&deposit.upstream_key)
    .bind(word(deposit.state, "state of a deposit")?)
    .bind(deposit.fault.map(|fault| word(fault, "fault of a deposit")).transpose()?)
    .bind(deposit.account_broken)
    .bind(&deposit.provider_status)
    .bind(deposit.tries)
    .bind(deposit.wrong)
    .bind(deposit.out_of_tries)
    .bind(deposit.intent.map(|(intent, _)| word(intent, "intent")).transpose()?)
    .bind(deposit.intent.map(|(_, until)| millis(until)))
    .bind(revision_out(deposit.revision))
    .bind(deposit.verified_at.map(millis))
    .bind(millis(deposit.updated_at))
    .bind(deposit.id.as_str())
    .bind(version_out(deposit.version))
    .execute(&mut transaction)
    .await?
    ;
    if written == 1 && before != Some(revision_out(deposit.revision)) {
        outbox::put(&mut transaction, Moved::Deposit(&deposit.id), deposit.updated_at).await?;
    }
    transaction.commit().await?;
    Ok(written == 1)
}

pub(super) async fn hold(store: &SqlStore, id: &DepositId, until: Timestamp) -> StoreResult<()> {
    query("UPDATE deposit SET intent_until = $1 WHERE id = $2 AND intent IS NOT NULL AND intent_until < $1")
        .bind(millis(until))
        .bind(id.as_str())
        .execute(store)
        .await?;
    Ok(())
}

pub(super) async fn take_look(
    store: &SqlStore,
    id: &DepositId,
    now: Timestamp,
    before: Timestamp,
) -> StoreResult<bool> {
    let done =
        query("UPDATE deposit SET looked_at = $1 WHERE id = $2 AND (looked_at IS NULL OR looked_at <= $3)")
            .bind(millis(now))
            .bind(id.as_str())
            .bind(millis(before))
            .execute(store)
            .await?;
    Ok(done == 1)
}

/// The first deposit that a statement finds.
async fn first(store: &SqlStore, statement: Statement) -> StoreResult<Option<DepositRecord>> {
    statement.fetch_optional(store).await?.as_ref().map(rows::deposit).transpose()
}

/// The deposits that a statement finds.
async fn all(store: &SqlStore, statement: Statement) -> StoreResult<Vec<DepositRecord>> {
    statement.fetch_all(store).await?.iter().map(rows::deposit).collect()
}

pub(super) async fn find(store: &SqlStore, id: &DepositId) -> StoreResult<Option<DepositRecord>> {
    let by_id = query(concat!("SELECT ", columns!(deposit), " FROM deposit WHERE id = $1"));
    first(store, by_id.bind(id.as_str())).await
}

pub(super) async fn by_key(store: &SqlStore, key: &str) -> StoreResult<Option<DepositRecord>> {
    let by_key = query(concat!("SELECT ", columns!(deposit), " FROM deposit WHERE upstream_key = $1"));
    first(store, by_key.bind(key)).await
}

pub(super) async fn of_connection(store: &SqlStore, id: &ConnectionId) -> StoreResult<Option<DepositRecord>> {
    let newest = query(concat!(
        "SELECT ",
        columns!(deposit),
        " FROM deposit WHERE connection_id = $1 AND replaced_by IS NULL
         ORDER BY created_at DESC, rowid DESC LIMIT 1"
    ));
    first(store, newest.bind(id.as_str())).await
}

pub(super) async fn of_link(store: &SqlStore, id: &LinkId) -> StoreResult<Vec<DepositRecord>> {
    let newest = query(concat!(
        "SELECT ",
        columns!(deposit),
        " FROM deposit WHERE link_id = $1 AND replaced_by IS NULL
         ORDER BY created_at DESC, rowid DESC LIMIT 20"
    ));
    all(store, newest.bind(id.as_str())).await
}

pub(super) async fn of_user(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
    since: Timestamp,
) -> StoreResult<Vec<DepositRecord>> {
    let newest = query(concat!(
        "SELECT ",
        columns!(deposit),
        " FROM deposit WHERE client = $1 AND user_id = $2 AND replaced_by IS NULL AND created_at > $3
         ORDER BY created_at DESC, rowid DESC LIMIT 20"
    ));
    all(store, newest.bind(&client.0).bind(user.as_str()).bind(millis(since))).await
}

pub(super) async fn of_client(
    store: &SqlStore,
    client: &ClientId,
    filter: &DepositFilter,
    limit: u32,
) -> StoreResult<Vec<DepositRecord>> {
    let oldest_change = query(concat!(
        "SELECT ",
        columns!(deposit),
        " FROM deposit
         WHERE client = $1 AND ($2 IS NULL OR user_id = $2) AND ($3 IS NULL OR updated_at > $3)
           AND ($4 IS NULL OR state = $4)
           AND ($5 IS NULL OR (updated_at, rowid) > (SELECT updated_at, rowid FROM deposit WHERE id = $5))
         ORDER BY updated_at, rowid LIMIT $6"
    ))
    .bind(&client.0)
    .bind(filter.user_id.as_ref().map(UserId::as_str))
    .bind(filter.updated_after.map(millis))
    .bind(filter.state.map(|state| word(state, "state of a deposit")).transpose()?)
    .bind(filter.after.as_ref().map(DepositId::as_str))
    .bind(i64::from(limit));
    all(store, oldest_change).await
}

pub(super) async fn holders_in_use(
    store: &SqlStore,
    client: &ClientId,
    user: &UserId,
) -> StoreResult<Vec<String>> {
    query(
        "SELECT DISTINCT holder FROM deposit
         WHERE client = $1 AND user_id = $2 AND holder IS NOT NULL AND state <> 'not_sent'",
    )
    .bind(&client.0)
    .bind(user.as_str())
    .scalars(store)
    .await
}

pub(super) async fn keys_at(store: &SqlStore, holder: &str) -> StoreResult<Vec<String>> {
    query("SELECT upstream_key FROM deposit WHERE holder = $1 AND upstream_key IS NOT NULL")
        .bind(holder)
        .scalars(store)
        .await
}

pub(super) async fn lapsed(store: &SqlStore, now: Timestamp, limit: u32) -> StoreResult<Vec<DepositRecord>> {
    let lapsed = query(concat!(
        "SELECT ",
        columns!(deposit),
        " FROM deposit WHERE intent IS NOT NULL AND intent_until <= $1 ORDER BY intent_until LIMIT $2"
    ));
    all(store, lapsed.bind(millis(now)).bind(i64::from(limit))).await
}

pub(super) async fn lease_watch(
    store: &SqlStore,
    aggregator: &str,
    now: Timestamp,
    lease_until: Timestamp,
) -> StoreResult<Option<Option<Timestamp>>> {
    let mut transaction = store.write().await?;
    let taken = query(
        "INSERT INTO deposit_watch (aggregator, lease_until) VALUES ($1, $2)
         ON CONFLICT (aggregator) DO UPDATE SET lease_until = $2 WHERE deposit_watch.lease_until <= $3",
    )
    .bind(aggregator)
    .bind(millis(lease_until))
    .bind(millis(now))
    .execute(&mut transaction)
    .await?;
    if taken == 0 {
        return Ok(None);
    }
    let seen: Option<Option<i64>> = query("SELECT seen_until FROM deposit_watch WHERE aggregator = $1")
        .bind(aggregator)
        .scalar(&mut transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(seen.flatten().map(moment).transpose()?))
}

pub(super) async fn end_watch(
    store: &SqlStore,
    aggregator: &str,
    seen_until: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<()> {
    query(
        "UPDATE deposit_watch
         SET lease_until = $1, seen_until = CASE WHEN seen_until >= COALESCE($2, seen_until) THEN seen_until ELSE $2 END
         WHERE aggregator = $3",
    )
    .bind(millis(now))
    .bind(seen_until.map(millis))
    .bind(aggregator)
    .execute(store)
    .await?;
    Ok(())
}
