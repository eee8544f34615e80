//! Sessions: what the widget opens with its link token.

use crate::app::AppState;
use crate::clock::{later, on_the_wire};
use crate::connections;
use crate::consent;
use crate::deposits;
use crate::directory::Viewer;
use crate::extract::{Body, IDLE, Idempotency, Session as SessionOf};
use crate::idempotency::{Act, once};
use crate::language::Tongue;
use crate::problem::ApiResult;
use crate::sharing::Asker;
use crate::store::{ConnectionRecord, ConsentRecord, DepositRecord, LinkRecord, Proof, SessionRecord, Spend};
use crate::tokens::{self, Kind};
use crate::ways;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{
    ClientFacts, Code, ConnectionId, ConnectionMethod, CreateSession, DepositId, GiveConsent, LinkId, Mode,
    Next, OpenedSession, Secret, Session, SessionLife, Unfinished,
};

/// A session ends after this time, whatever happens in it.
const LONGEST: SignedDuration = SignedDuration::from_hours(4);
/// What was begun is offered to be finished for so long.
const RESUMABLE: SignedDuration = SignedDuration::from_hours(72);
/// Deposits are offered to be confirmed for so long.
const DEPOSITS_RESUMABLE: SignedDuration = SignedDuration::from_hours(60 * 24);
/// So many unfinished connections, and as many deposits, are offered at most.
const OFFERED: usize = 3;

/// Exchanges a link token, once, for a session.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    operation_id = "open_session",
    tag = "widget",
    request_body = CreateSession,
    responses((status = 201, description = "The session, with the token that speaks for it.", body = OpenedSession)),
)]
pub(super) async fn open(
    State(state): State<AppState>,
    asker: Asker,
    Idempotency(key): Idempotency,
    Body(body): Body<CreateSession>,
) -> ApiResult<(StatusCode, Json<OpenedSession>)> {
    let link = known_link(&state, &body.link_token).await?;
    asker.admit(&link)?;
    if link.origin.as_str() != body.origin {
        // Not spent: the rightful page may still use it.
        return Err(Code::OriginNotAllowed.into());
    }
    let act = Act {
        principal: format!("link {}", link.id),
        route: "POST /v1/sessions",
        key,
        body: &[&body.origin],
        subject: link.id.as_str().to_owned(),
    };
    let (first, again) = (state.clone(), state.clone());
    let (first_id, again_id) = (link.id.clone(), link.id.clone());
    let opened = once(
        &state,
        act,
        // Described before the act counts as done: the same act again gets a new token, and this one is void then.
        async move { opened(&first, spend(&first, &first_id).await?).await },
        |_| async move { opened(&again, renew(&again, &again_id).await?).await },
    )
    .await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// The session that a token speaks for, as it is told to whoever gets the token.
async fn opened(state: &AppState, token: Secret) -> ApiResult<OpenedSession> {
    let now = state.clock.now();
    let hash = state.key.hash(Kind::Session, &[token.expose()]);
    let found = state.store.session(&hash, now, later(now, -IDLE), true).await?;
    let session = describe(state, &found.ok_or(Code::SessionExpired)?).await?;
    Ok(OpenedSession { token, session })
}

/// The link that a token belongs to, if the token's secret half is right.
async fn known_link(state: &AppState, token: &Secret) -> ApiResult<LinkRecord> {
    let (id, secret) = tokens::link_parts(token).ok_or(Code::TokenInvalid)?;
    let hash = state.key.hash(Kind::Link, &[id.as_str(), secret]);
    let link = state.store.link(&id).await?;
    link.filter(|link| link.secret_hash.matches(&hash)).ok_or_else(|| Code::TokenInvalid.into())
}

async fn spend(state: &AppState, id: &LinkId) -> ApiResult<Secret> {
    let token = tokens::token("st_")?;
    let hash = state.key.hash(Kind::Session, &[token.expose()]);
    let now = state.clock.now();
    match state.store.spend_link(id, &hash, now, later(now, LONGEST)).await? {
        Spend::Opened => Ok(token),
        Spend::Used => Err(Code::TokenUsed.into()),
        Spend::Expired => Err(Code::TokenExpired.into()),
        Spend::Unknown => Err(Code::TokenInvalid.into()),
    }
}

/// The same act again: the session is the same, its token a new one.
async fn renew(state: &AppState, id: &LinkId) -> ApiResult<Secret> {
    let token = tokens::token("st_")?;
    let hash = state.key.hash(Kind::Session, &[token.expose()]);
    if state.store.renew_session(id, &hash, state.clock.now()).await? {
        return Ok(token);
    }
    // Never spent after all: the first call did not get that far. Or over.
    spend(state, id).await
}

/// Reads the session again, after a reload.
#[utoipa::path(
    get,
    path = "/v1/sessions/current",
    operation_id = "read_session",
    tag = "widget",
    security(("session" = [])),
    responses((status = 200, description = "As it stands.", body = Session)),
)]
pub(super) async fn current(
    State(state): State<AppState>,
    SessionOf(session): SessionOf,
) -> ApiResult<Json<Session>> {
    Ok(Json(describe(&state, &session).await?))
}

/// Ends the session.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    operation_id = "end_session",
    tag = "widget",
    security(("session" = [])),
    responses((status = 204, description = "It is over.")),
)]
pub(super) async fn end(
    State(state): State<AppState>,
    SessionOf(session): SessionOf,
    Idempotency(_): Idempotency,
) -> ApiResult<StatusCode> {
    state.store.end_session(&session.link.id, state.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The person is still there: 30 more minutes, within the four hours of a session.
#[utoipa::path(
    post,
    path = "/v1/sessions/extend",
    operation_id = "extend_session",
    tag = "widget",
    security(("session" = [])),
    responses((status = 200, description = "When it ends now.", body = SessionLife)),
)]
pub(super) async fn extend(
    State(state): State<AppState>,
    SessionOf(session): SessionOf,
    Idempotency(_): Idempotency,
) -> ApiResult<Json<SessionLife>> {
    // Staying twice is staying, so the key needs no record.
    let now = state.clock.now();
    if !state.store.extend_session(&session.link.id, now, later(now, -IDLE)).await? {
        return Err(Code::SessionExpired.into());
    }
    let idle = later(now, IDLE).min(session.expires_at);
    Ok(Json(SessionLife {
        idle_expires_at: on_the_wire(idle),
        expires_at: on_the_wire(session.expires_at),
        idle_s: seconds_until(now, idle),
        remaining_s: seconds_until(now, session.expires_at),
    }))
}

/// The person agrees to what was shown.
#[utoipa::path(
    post,
    path = "/v1/sessions/consent",
    operation_id = "give_consent",
    tag = "widget",
    security(("session" = [])),
    request_body = GiveConsent,
    responses((status = 204, description = "It is on record.")),
)]
pub(super) async fn consent(
    State(state): State<AppState>,
    SessionOf(session): SessionOf,
    Idempotency(_): Idempotency,
    headers: HeaderMap,
    Body(body): Body<GiveConsent>,
) -> ApiResult<StatusCode> {
    // Agreeing twice is agreeing, so the key needs no record; the first time stays on record.
    if let Some(consent) = consent::to_ask(&state, &session.link) {
        if consent.version != body.version {
            return Err(Code::WrongStep.into());
        }
        // As the page was written: by what the client asked for, else by what the browser prefers.
        let tongue = Tongue::wished(session.link.language.as_deref(), &headers);
        let language = Some(tongue.language.tag().to_owned());
        let record = ConsentRecord { consent, language, given_at: state.clock.now() };
        state.store.give_consent(&session.link, &record).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn seconds_until(now: Timestamp, then: Timestamp) -> u32 {
    u32::try_from(then.as_second().saturating_sub(now.as_second())).unwrap_or(0)
}

/// For whom lists are made.
pub(super) fn viewer(state: &AppState, session: &SessionRecord) -> Viewer {
    let link = &session.link;
    Viewer {
        purpose: link.purpose,
        deposits: ways::of_client(state, &link.client, link.purpose),
        connected: session.linked.iter().cloned().collect(),
        types: ways::takes_logins(state, link),
    }
}

async fn describe(state: &AppState, session: &SessionRecord) -> ApiResult<Session> {
    let link = &session.link;
    let client = &state.clients.get(&link.client).ok_or(Code::SessionExpired)?.config;
    let viewer = viewer(state, session);
    let searches = link.mode == Mode::Link;
    // Without a directory the session opens all the same; the search says that the provider is away.
    let listings = state.directory.listings().filter(|_| searches);
    let popular = listings.map(|listings| listings.popular(&viewer)).unwrap_or_default();
    let now = state.clock.now();
    Ok(Session {
        link_id: link.id.clone(),
        mode: link.mode,
        purpose: link.purpose,
        account_selection: link.account_selection,
        origin: link.origin.as_str().to_owned(),
        client: ClientFacts {
            name: client.name.clone(),
            help_url: client.help_url.clone(),
            privacy_url: client.privacy_url.clone(),
        },
        provider: state.aggregator.facts(),
        expires_at: on_the_wire(session.expires_at),
        idle_s: seconds_until(now, later(now, IDLE).min(session.expires_at)),
        remaining_s: seconds_until(now, session.expires_at),
        can_redirect: link.leads_back(),
        data: consent::data(link),
        consent: consent::to_ask(state, link).filter(|_| !session.agreed),
        popular,
        deposits: viewer.deposits,
        deposit_id: link.deposit_id.clone(),
        institution_id: link.institution_id.clone(),
        unfinished: unfinished(state, link).await?,
    })
}

/// The user's deposits, then what was begun in this session and is not finished, then what this user began before it; or
/// the connection that is to be repaired, or the deposit that is to be confirmed. What cannot be read now is left out: it
/// is not lost.
async fn unfinished(state: &AppState, link: &LinkRecord) -> ApiResult<Vec<Unfinished>> {
    let mut found = deposits_of(state, link).await?;
    let begun: Vec<ConnectionId> = match link.mode {
        Mode::Link => {
            let begun = state.store.connections_of_link(&link.id).await?.into_iter();
            // Where deposits are to prove what was chosen, they may still have to be ordered.
            let open =
                |record: &ConnectionRecord| record.chosen.is_empty() || record.proof == Proof::Deposits;
            begun.filter(open).map(|record| record.id).take(OFFERED).collect()
        }
        Mode::Repair => link.connection_id.iter().cloned().collect(),
        Mode::Deposit | Mode::Manage => Vec::new(),
    };
    let own: Vec<ConnectionId> = begun.clone();
    let types = ways::takes_logins(state, link);
    for id in begun {
        let read = match link.mode {
            // What is to be repaired has broken since anybody here last saw it.
            Mode::Repair => connections::look_again(state, &id).await,
            Mode::Link | Mode::Deposit | Mode::Manage => connections::render(state, &id).await,
        };
        let Ok(connection) = read else { continue };
        let over = matches!(connection.next, Next::Closed { .. } | Next::Linked { .. });
        if !over || link.mode == Mode::Repair {
            let connection = connections::counted((*connection).clone(), state.clock.now());
            let connection = if types { connection } else { connections::without_typing(connection) };
            found.push(Unfinished::Connection { connection: Box::new(connection) });
        }
    }
    if link.mode == Mode::Link {
        let since = later(state.clock.now(), -RESUMABLE);
        let store = &state.store;
        let earlier =
            store.unfinished_connections(&link.client, &link.user_id, link.purpose, since).await?.into_iter();
        // One that waits for a login can be gone on with where logins are typed.
        let can_go_on = |record: &ConnectionRecord| types || record.method != ConnectionMethod::Credentials;
        let earlier = earlier.filter(|record| !own.contains(&record.id) && can_go_on(record)).take(OFFERED);
        found.extend(earlier.map(|record| Unfinished::Earlier {
            id: record.id,
            institution: record.institution,
            begun_at: on_the_wire(record.created_at),
        }));
    }
    Ok(found)
}

/// The deposits of a session's user that are on their way or wait for something, newest first; in mode `deposit` the one
/// that it is for, or what has replaced it, whatever has become of it.
async fn deposits_of(state: &AppState, link: &LinkRecord) -> ApiResult<Vec<Unfinished>> {
    let records = match (link.mode, &link.deposit_id) {
        (Mode::Link, _) => {
            let since = later(state.clock.now(), -DEPOSITS_RESUMABLE);
            state.store.deposits_of_user(&link.client, &link.user_id, since).await?
        }
        (Mode::Deposit, Some(id)) => newest(state, id).await?.into_iter().collect(),
        (Mode::Deposit | Mode::Repair | Mode::Manage, _) => return Ok(Vec::new()),
    };
    let shown = records.iter().map(|record| deposits::shown(state, record));
    let open = shown.filter(|deposit| link.mode == Mode::Deposit || deposits::is_open(deposit));
    Ok(open.take(OFFERED).map(|deposit| Unfinished::Deposit { deposit: Box::new(deposit) }).collect())
}

/// A deposit, or what stands in its place by now.
async fn newest(state: &AppState, id: &DepositId) -> ApiResult<Option<DepositRecord>> {
    let mut found = state.store.deposit(id).await?;
    while let Some(by) = found.as_ref().and_then(|record| record.replaced_by.clone()) {
        found = state.store.deposit(&by).await?;
    }
    Ok(found)
}
