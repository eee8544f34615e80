//! Rows to records and back.

use super::super::{
    ClientId, ConnectionRecord, DepositRecord, EventRecord, InstitutionRequestRecord, LinkRecord,
    PartingRecord, Pending, StoreError, StoreResult, Successor, Visit, VisitRecord,
};
use super::statement::Row;
use crate::config::Origin;
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, Appearance, ConnectionId, DepositId, EventId, InstitutionId, InstitutionRef,
    InstitutionRequestId, LinkId, MaskedText, Revision, UserId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The columns that a record is read from. They are named one by one: a statement then means the same while a newer proxy
/// beside this one has added a column.
macro_rules! columns {
    (link) => {
        "link.id, link.client, link.user_id, link.secret_hash, link.origin, link.mode, link.purpose, \
         link.account_selection, link.connection_id, link.deposit_id, link.consent, link.institution_id, link.language, \
         link.redirect_uri, link.theme, link.appearance, link.surface, link.created_at, link.expires_at, link.spent_at, \
         link.revoked_at"
    };
    (connection) => {
        "id, client, user_id, link_id, institution_id, institution_name, institution_domain, method, purpose, proof, \
         account_selection, upstream, created_at, revision, digest, intent, intent_until, intent_digest, attempts, \
         chosen, watch_until, visit_problem, visit_until, visit_host, parting, parting_erases, parting_stage, \
         parting_problem, parting_link, successor, successor_method, login_hash, login_tried, paused_until"
    };
    (deposit) => {
        "id, client, user_id, link_id, method, connection_id, account_id, bank, last_digits, name, account_hash, root, \
         replaces, replaced_by, holder, upstream_key, state, fault, account_broken, provider_status, tries, wrong, \
         out_of_tries, intent, intent_until, revision, version, looked_at, verified_at, created_at, updated_at"
    };
    (visit) => {
        "connection_id, link_id, in_place, spent_at, cookie_hash, ended_as"
    };
    (institution_request) => {
        "id, client, user_id, link_id, text, created_at"
    };
    (event) => {
        "id, client, kind, object, revision, created_at, tries"
    };
}
pub(super) use columns;

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

fn optional_moment(row: &Row, column: &str) -> StoreResult<Option<Timestamp>> {
    row.get::<Option<i64>>(column)?.map(moment).transpose()
}

/// A revision as it is stored.
pub(super) fn revision_out(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}

/// A revision as it was stored.
pub(super) fn revision_in(stored: i64) -> StoreResult<Revision> {
    u64::try_from(stored).map(Revision).map_err(|_| StoreError::Unreadable("revision"))
}

pub(super) fn link(row: &Row) -> StoreResult<LinkRecord> {
    Ok(LinkRecord {
        id: LinkId::new(row.get::<String>("id")?),
        client: ClientId(row.get("client")?),
        user_id: UserId::new(row.get::<String>("user_id")?),
        secret_hash: Hash::stored(row.get("secret_hash")?),
        origin: Origin::parse(&row.get::<String>("origin")?).ok_or(StoreError::Unreadable("origin"))?,
        surface: unword(row.get("surface")?, "surface")?,
        mode: unword(row.get("mode")?, "mode")?,
        purpose: unword(row.get("purpose")?, "purpose")?,
        account_selection: unword(row.get("account_selection")?, "account selection")?,
        connection_id: row.get::<Option<String>>("connection_id")?.map(ConnectionId::new),
        deposit_id: row.get::<Option<String>>("deposit_id")?.map(DepositId::new),
        consent: json(row.get("consent")?, "consent")?,
        institution_id: row.get::<Option<String>>("institution_id")?.map(InstitutionId::new),
        language: row.get("language")?,
        redirect_uri: row.get("redirect_uri")?,
        appearance: Appearance {
            theme: unword(row.get("theme")?, "theme")?,
            ..json(row.get("appearance")?, "appearance")?
        },
        created_at: moment(row.get("created_at")?)?,
        expires_at: moment(row.get("expires_at")?)?,
        spent_at: optional_moment(row, "spent_at")?,
        revoked_at: optional_moment(row, "revoked_at")?,
    })
}

pub(super) fn connection(row: &Row) -> StoreResult<ConnectionRecord> {
    let pending = match (
        row.get::<Option<String>>("intent")?,
        optional_moment(row, "intent_until")?,
        row.get::<Option<String>>("intent_digest")?,
    ) {
        (Some(intent), Some(until), Some(before)) => {
            Some(Pending { intent: unword(intent, "intent")?, until, before: Hash::stored(before) })
        }
        _ => None,
    };
    let chosen: String = row.get("chosen")?;
    Ok(ConnectionRecord {
        id: ConnectionId::new(row.get::<String>("id")?),
        client: ClientId(row.get("client")?),
        user_id: UserId::new(row.get::<String>("user_id")?),
        link_id: LinkId::new(row.get::<String>("link_id")?),
        institution: InstitutionRef {
            id: InstitutionId::new(row.get::<String>("institution_id")?),
            name: row.get("institution_name")?,
            domain: row.get("institution_domain")?,
        },
        method: unword(row.get("method")?, "method")?,
        purpose: unword(row.get("purpose")?, "purpose")?,
        proof: unword(row.get("proof")?, "proof")?,
        account_selection: unword(row.get("account_selection")?, "account selection")?,
        upstream: row.get("upstream")?,
        created_at: moment(row.get("created_at")?)?,
        revision: revision_in(row.get("revision")?)?,
        digest: Hash::stored(row.get("digest")?),
        pending,
        attempts: row.count("attempts")?,
        chosen: json(chosen, "chosen accounts")?,
        watch_until: optional_moment(row, "watch_until")?,
        visit: Visit {
            problem: unword(row.get("visit_problem")?, "visit's problem")?,
            until: optional_moment(row, "visit_until")?,
            host: row.get("visit_host")?,
        },
        parting: parting(row)?,
        login: row.get::<Option<String>>("login_hash")?.map(Hash::stored),
        tried: row.get::<Option<String>>("login_tried")?.map(Hash::stored),
        paused_until: optional_moment(row, "paused_until")?,
    })
}

fn parting(row: &Row) -> StoreResult<Option<PartingRecord>> {
    let (Some(parting), Some(stage), Some(link)) = (
        row.get::<Option<String>>("parting")?,
        row.get::<Option<String>>("parting_stage")?,
        row.get::<Option<String>>("parting_link")?,
    ) else {
        return Ok(None);
    };
    let problem: Option<String> = row.get("parting_problem")?;
    let successor = (row.get::<Option<String>>("successor")?, row.get::<Option<String>>("successor_method")?);
    Ok(Some(PartingRecord {
        parting: unword(parting, "parting")?,
        erases: row.truth("parting_erases")?,
        stage: unword(stage, "stage of a parting")?,
        problem: problem.map(|word| unword(word, "problem of a parting")).transpose()?,
        link: LinkId::new(link),
        successor: match successor {
            (Some(id), Some(method)) => {
                Some(Successor { id: ConnectionId::new(id), method: unword(method, "method")? })
            }
            _ => None,
        },
    }))
}

pub(super) fn deposit(row: &Row) -> StoreResult<DepositRecord> {
    let id = |column: &str| Ok::<_, StoreError>(row.get::<Option<String>>(column)?.map(DepositId::new));
    let intent = match (row.get::<Option<String>>("intent")?, optional_moment(row, "intent_until")?) {
        (Some(intent), Some(until)) => Some((unword(intent, "intent")?, until)),
        _ => None,
    };
    let fault: Option<String> = row.get("fault")?;
    Ok(DepositRecord {
        id: DepositId::new(row.get::<String>("id")?),
        client: ClientId(row.get("client")?),
        user_id: UserId::new(row.get::<String>("user_id")?),
        link_id: LinkId::new(row.get::<String>("link_id")?),
        method: unword(row.get("method")?, "method")?,
        connection_id: row.get::<Option<String>>("connection_id")?.map(ConnectionId::new),
        account_id: row.get::<Option<String>>("account_id")?.map(AccountId::new),
        bank: row.get("bank")?,
        last_digits: row.get("last_digits")?,
        name: row.get("name")?,
        account_hash: Hash::stored(row.get("account_hash")?),
        root: DepositId::new(row.get::<String>("root")?),
        replaces: id("replaces")?,
        replaced_by: id("replaced_by")?,
        holder: row.get("holder")?,
        upstream_key: row.get("upstream_key")?,
        state: unword(row.get("state")?, "state of a deposit")?,
        fault: fault.map(|word| unword(word, "fault of a deposit")).transpose()?,
        account_broken: row.truth("account_broken")?,
        provider_status: row.get("provider_status")?,
        tries: row.count("tries")?,
        wrong: row.truth("wrong")?,
        out_of_tries: row.truth("out_of_tries")?,
        intent,
        revision: revision_in(row.get("revision")?)?,
        version: row.count("version")?,
        looked_at: optional_moment(row, "looked_at")?,
        verified_at: optional_moment(row, "verified_at")?,
        created_at: moment(row.get("created_at")?)?,
        updated_at: moment(row.get("updated_at")?)?,
    })
}

pub(super) fn visit(row: &Row) -> StoreResult<VisitRecord> {
    let ended: Option<String> = row.get("ended_as")?;
    Ok(VisitRecord {
        connection: ConnectionId::new(row.get::<String>("connection_id")?),
        link: LinkId::new(row.get::<String>("link_id")?),
        in_place: row.truth("in_place")?,
        opened_at: optional_moment(row, "spent_at")?,
        cookie: row.get::<Option<String>>("cookie_hash")?.map(Hash::stored),
        ended: ended.map(|word| unword(word, "visit's problem")).transpose()?,
    })
}

pub(super) fn institution_request(row: &Row) -> StoreResult<InstitutionRequestRecord> {
    Ok(InstitutionRequestRecord {
        id: InstitutionRequestId::new(row.get::<String>("id")?),
        client: ClientId(row.get("client")?),
        user_id: UserId::new(row.get::<String>("user_id")?),
        link_id: LinkId::new(row.get::<String>("link_id")?),
        text: MaskedText::of(&row.get::<String>("text")?),
        created_at: moment(row.get("created_at")?)?,
    })
}

pub(super) fn event(row: &Row) -> StoreResult<EventRecord> {
    Ok(EventRecord {
        id: EventId::new(row.get::<String>("id")?),
        client: ClientId(row.get("client")?),
        kind: unword(row.get("kind")?, "kind of event")?,
        object: row.get("object")?,
        revision: revision_in(row.get("revision")?)?,
        created_at: moment(row.get("created_at")?)?,
        tries: row.count("tries")?,
    })
}
