//! Rows to records and back.

use super::super::{
    ClientId, ConnectionRecord, DepositRecord, EventRecord, InstitutionRequestRecord, LinkRecord, Pending,
    StoreError, StoreResult, Visit, VisitRecord,
};
use crate::config::Origin;
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, ConnectionId, DepositId, EventId, InstitutionId, InstitutionRef, InstitutionRequestId, LinkId,
    MaskedText, Revision, UserId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// The word of an enum that is written as one, such as `verify`.
pub(super) fn word(value: impl Serialize, what: &'static str) -> StoreResult<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Unreadable(what)),
    }
}

fn unword<T: DeserializeOwned>(word: String, what: &'static str) -> StoreResult<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StoreError::Unreadable(what))
}

/// A value that is stored as JSON.
pub(super) fn json<T: DeserializeOwned>(text: String, what: &'static str) -> StoreResult<T> {
    serde_json::from_str(&text).map_err(|_| StoreError::Unreadable(what))
}

/// The JSON of a value.
pub(super) fn to_json(value: &impl Serialize, what: &'static str) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what))
}

/// A moment as it is stored.
pub(super) fn millis(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// A moment as it was stored.
pub(super) fn moment(millis: i64) -> StoreResult<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Unreadable("moment"))
}

fn optional_moment(row: &SqliteRow, column: &str) -> StoreResult<Option<Timestamp>> {
    row.try_get::<Option<i64>, _>(column)?.map(moment).transpose()
}

/// A revision as it is stored.
pub(super) fn revision_out(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}

/// A revision as it was stored.
pub(super) fn revision_in(stored: i64) -> StoreResult<Revision> {
    u64::try_from(stored).map(Revision).map_err(|_| StoreError::Unreadable("revision"))
}

pub(super) fn link(row: &SqliteRow) -> StoreResult<LinkRecord> {
    Ok(LinkRecord {
        id: LinkId::new(row.try_get::<String, _>("id")?),
        client: ClientId(row.try_get("client")?),
        user_id: UserId::new(row.try_get::<String, _>("user_id")?),
        secret_hash: Hash::stored(row.try_get("secret_hash")?),
        origin: Origin::parse(row.try_get("origin")?).ok_or(StoreError::Unreadable("origin"))?,
        mode: unword(row.try_get("mode")?, "mode")?,
        purpose: unword(row.try_get("purpose")?, "purpose")?,
        account_selection: unword(row.try_get("account_selection")?, "account selection")?,
        connection_id: row.try_get::<Option<String>, _>("connection_id")?.map(ConnectionId::new),
        deposit_id: row.try_get::<Option<String>, _>("deposit_id")?.map(DepositId::new),
        consent: json(row.try_get("consent")?, "consent")?,
        institution_id: row.try_get::<Option<String>, _>("institution_id")?.map(InstitutionId::new),
        language: row.try_get("language")?,
        redirect_uri: row.try_get("redirect_uri")?,
        theme: unword(row.try_get("theme")?, "theme")?,
        created_at: moment(row.try_get("created_at")?)?,
        expires_at: moment(row.try_get("expires_at")?)?,
        spent_at: optional_moment(row, "spent_at")?,
        revoked_at: optional_moment(row, "revoked_at")?,
    })
}

pub(super) fn connection(row: &SqliteRow) -> StoreResult<ConnectionRecord> {
    let pending = match (
        row.try_get::<Option<String>, _>("intent")?,
        optional_moment(row, "intent_until")?,
        row.try_get::<Option<String>, _>("intent_digest")?,
    ) {
        (Some(intent), Some(until), Some(before)) => {
            Some(Pending { intent: unword(intent, "intent")?, until, before: Hash::stored(before) })
        }
        _ => None,
    };
    let chosen: String = row.try_get("chosen")?;
    Ok(ConnectionRecord {
        id: ConnectionId::new(row.try_get::<String, _>("id")?),
        client: ClientId(row.try_get("client")?),
        user_id: UserId::new(row.try_get::<String, _>("user_id")?),
        link_id: LinkId::new(row.try_get::<String, _>("link_id")?),
        institution: InstitutionRef {
            id: InstitutionId::new(row.try_get::<String, _>("institution_id")?),
            name: row.try_get("institution_name")?,
            domain: row.try_get("institution_domain")?,
        },
        method: unword(row.try_get("method")?, "method")?,
        purpose: unword(row.try_get("purpose")?, "purpose")?,
        proof: unword(row.try_get("proof")?, "proof")?,
        account_selection: unword(row.try_get("account_selection")?, "account selection")?,
        upstream: row.try_get("upstream")?,
        created_at: moment(row.try_get("created_at")?)?,
        revision: revision_in(row.try_get("revision")?)?,
        digest: Hash::stored(row.try_get("digest")?),
        pending,
        attempts: row.try_get("attempts")?,
        chosen: json(chosen, "chosen accounts")?,
        watch_until: optional_moment(row, "watch_until")?,
        visit: Visit {
            problem: unword(row.try_get("visit_problem")?, "visit's problem")?,
            until: optional_moment(row, "visit_until")?,
            host: row.try_get("visit_host")?,
        },
    })
}

pub(super) fn deposit(row: &SqliteRow) -> StoreResult<DepositRecord> {
    let id =
        |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<String>, _>(column)?.map(DepositId::new));
    let intent = match (row.try_get::<Option<String>, _>("intent")?, optional_moment(row, "intent_until")?) {
        (Some(intent), Some(until)) => Some((unword(intent, "intent")?, until)),
        _ => None,
    };
    let fault: Option<String> = row.try_get("fault")?;
    Ok(DepositRecord {
        id: DepositId::new(row.try_get::<String, _>("id")?),
        client: ClientId(row.try_get("client")?),
        user_id: UserId::new(row.try_get::<String, _>("user_id")?),
        link_id: LinkId::new(row.try_get::<String, _>("link_id")?),
        method: unword(row.try_get("method")?, "method")?,
        connection_id: row.try_get::<Option<String>, _>("connection_id")?.map(ConnectionId::new),
        account_id: row.try_get::<Option<String>, _>("account_id")?.map(AccountId::new),
        bank: row.try_get("bank")?,
        last_digits: row.try_get("last_digits")?,
        name: row.try_get("name")?,
        account_hash: Hash::stored(row.try_get("account_hash")?),
        root: DepositId::new(row.try_get::<String, _>("root")?),
        replaces: id("replaces")?,
        replaced_by: id("replaced_by")?,
        holder: row.try_get("holder")?,
        upstream_key: row.try_get("upstream_key")?,
        state: unword(row.try_get("state")?, "state of a deposit")?,
        fault: fault.map(|word| unword(word, "fault of a deposit")).transpose()?,
        account_broken: row.try_get("account_broken")?,
        provider_status: row.try_get("provider_status")?,
        tries: row.try_get("tries")?,
        wrong: row.try_get("wrong")?,
        out_of_tries: row.try_get("out_of_tries")?,
        intent,
        revision: revision_in(row.try_get("revision")?)?,
        version: u64::try_from(row.try_get::<i64, _>("version")?)
            .map_err(|_| StoreError::Unreadable("version"))?,
        looked_at: optional_moment(row, "looked_at")?,
        verified_at: optional_moment(row, "verified_at")?,
        created_at: moment(row.try_get("created_at")?)?,
        updated_at: moment(row.try_get("updated_at")?)?,
    })
}

pub(super) fn visit(row: &SqliteRow) -> StoreResult<VisitRecord> {
    let ended: Option<String> = row.try_get("ended_as")?;
    Ok(VisitRecord {
        connection: ConnectionId::new(row.try_get::<String, _>("connection_id")?),
        link: LinkId::new(row.try_get::<String, _>("link_id")?),
        in_place: row.try_get("in_place")?,
        opened_at: optional_moment(row, "spent_at")?,
        cookie: row.try_get::<Option<String>, _>("cookie_hash")?.map(Hash::stored),
        ended: ended.map(|word| unword(word, "visit's problem")).transpose()?,
    })
}

pub(super) fn institution_request(row: &SqliteRow) -> StoreResult<InstitutionRequestRecord> {
    Ok(InstitutionRequestRecord {
        id: InstitutionRequestId::new(row.try_get::<String, _>("id")?),
        client: ClientId(row.try_get("client")?),
        user_id: UserId::new(row.try_get::<String, _>("user_id")?),
        link_id: LinkId::new(row.try_get::<String, _>("link_id")?),
        text: MaskedText::of(row.try_get("text")?),
        created_at: moment(row.try_get("created_at")?)?,
    })
}

pub(super) fn event(row: &SqliteRow) -> StoreResult<EventRecord> {
    Ok(EventRecord {
        id: EventId::new(row.try_get::<String, _>("id")?),
        client: ClientId(row.try_get("client")?),
        kind: unword(row.try_get("kind")?, "kind of event")?,
        object: row.try_get("object")?,
        revision: revision_in(row.try_get("revision")?)?,
        created_at: moment(row.try_get("created_at")?)?,
        tries: row.try_get("tries")?,
    })
}
