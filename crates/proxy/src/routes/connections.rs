//! Connections, as the widget drives them.

use super::institutions::listings;
use crate::app::AppState;
use crate::clock::later;
use crate::connections::{self, NewConnectionCall};
use crate::extract::{Body, IDLE, Id, Idempotency, Parameters, PollingSession, Session};
use crate::idempotency::{Act, once};
use crate::problem::{ApiProblem, ApiResult};
use crate::scopes;
use crate::store::{ConnectionRecord, LinkRecord};
use crate::tokens;
use crate::ways;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use linchpin_protocol::{
    Abandon, Authorize, AuthorizeTicket, ChooseAccounts, Code, Connection, ConnectionId, ConnectionMethod,
    CreateConnection, FieldProblemKind, Mode, PublicToken, Retry, Revision, SubmitAnswers, SubmitCredentials,
};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// The longest that a caller may wait.
pub(super) const LONGEST_WAIT: u64 = 25;
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

pub(super) type Shown = Json<Connection>;

fn shown(state: &AppState, link: &LinkRecord, connection: Arc<Connection>) -> Shown {
    let connection = connections::counted(Arc::unwrap_or_clone(connection), state.clock.now());
    let types = ways::takes_logins(state, link);
    Json(if types { connection } else { connections::without_typing(connection) })
}

/// What a session does not see does not exist for it.
pub(super) async fn own(state: &AppState, link: &LinkRecord, id: String) -> ApiResult<ConnectionId> {
    let id = ConnectionId::new(id);
    let record = state.store.connection(&id).await?.filter(|record| scopes::is_of_user(link, record));
    let record = record.ok_or(Code::NotFound)?;
    let taken_up = link.mode == Mode::Link && state.store.has_taken_up(&link.id, &id).await?;
    if taken_up || scopes::sees(link, &record) { Ok(id) } else { Err(Code::NotFound.into()) }
}

/// Takes a connection of this user's into this session: one that was begun before, or one that is linked already.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/take-up",
    operation_id = "take_connection_up",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn take_up(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(_): Idempotency,
    Id(id): Id,
) -> ApiResult<Shown> {
    // Taking up twice is taking up, so the key needs no record.
    let (link, id) = (&session.link, ConnectionId::new(id));
    let fits = |record: &ConnectionRecord| scopes::is_of_user(link, record) && record.purpose == link.purpose;
    state.store.connection(&id).await?.filter(fits).ok_or(Code::NotFound)?;
    state.store.take_up(&link.id, &id, state.clock.now()).await?;
    Ok(shown(&state, link, connections::look_again(&state, &id).await?))
}

/// Makes a connection, without a login. The provider hears of it with the first login, or on the way to the bank's own
/// page.
#[utoipa::path(
    post,
    path = "/v1/connections",
    operation_id = "create_connection",
    tag = "widget",
    security(("session" = [])),
    request_body = CreateConnection,
    responses((status = 201, description = "The connection, which asks for a login or for a visit to the bank's own page.", body = Connection)),
)]
pub(super) async fn create(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Body(body): Body<CreateConnection>,
) -> ApiResult<(StatusCode, Shown)> {
    let listings = listings(&state)?;
    let not_offered = |field: &str| ApiProblem::field(field, FieldProblemKind::NotOffered);
    let listing = listings.get(&body.institution_id).ok_or_else(|| not_offered("institution_id"))?.clone();
    let (offered, method) = match body.method {
        ConnectionMethod::BankLogin => (listing.bank_login, "bank_login"),
        ConnectionMethod::Credentials => {
            (listing.credentials && ways::takes_logins(&state, &session.link), "credentials")
        }
        ConnectionMethod::Unknown => (false, ""),
    };
    if !offered {
        return Err(not_offered("method"));
    }
    let act = Act {
        principal: principal(&session.link),
        route: "POST /v1/connections",
        key,
        body: &[body.institution_id.as_str(), method],
        subject: format!("con_{}", tokens::random()?),
    };
    let id = ConnectionId::new(act.subject.clone());
    let (first, again, method) = (state.clone(), state.clone(), body.method);
    let (link, link_again, listing_again) = (session.link.clone(), session.link.clone(), listing.clone());
    let connection = once(
        &state,
        act,
        async move {
            connections::create(&first, NewConnectionCall { id, link: &link, listing: &listing, method })
                .await
        },
        |subject| async move {
            // Making it again under the same id changes nothing, and finishes what was cut off.
            let (id, link) = (ConnectionId::new(subject), link_again);
            let listing = &listing_again;
            connections::create(&again, NewConnectionCall { id, link: &link, listing, method }).await
        },
    )
    .await?;
    connections::told(&state, &connection);
    Ok((StatusCode::CREATED, shown(&state, &session.link, connection)))
}

pub(super) fn principal(link: &LinkRecord) -> String {
    format!("link {}", link.id)
}

/// Reads a connection, at once if it is not what the caller has, else when it changes or the wait ends.
#[utoipa::path(
    get,
    path = "/v1/connections/{id}",
    operation_id = "read_connection",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`."), ("wait" = Option<u64>, Query, minimum = 0, maximum = 25, description = "How long to wait for a change, in seconds."), ("revision" = Option<u64>, Query, minimum = 0, description = "The revision that the caller has.")),
    responses((status = 200, description = "As it stands.", body = Connection)),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    PollingSession(session): PollingSession,
    Id(id): Id,
    parameters: Parameters,
) -> ApiResult<impl IntoResponse> {
    let wait = parameters.number("wait")?.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(ApiProblem::field("wait", FieldProblemKind::NotOffered));
    }
    let wait = Duration::from_secs(wait);
    let revision = parameters.number("revision")?.map(Revision);
    let id = own(&state, &session.link, id).await?;
    let (connection, learned) = connections::wait(&state, &id, wait, revision).await?;
    still_open(&state, &session.link, wait).await?;
    // How long ago the proxy learned of what it answers: lets a test tell the proxy's delay from the browser's.
    let timing =
        learned.map(|learned| (SERVER_TIMING, format!("learned;dur={}", learned.elapsed().as_millis())));
    Ok((AppendHeaders(timing), shown(&state, &session.link, connection)))
}

/// A session may have been ended while it waited.
pub(super) async fn still_open(state: &AppState, link: &LinkRecord, waited: Duration) -> ApiResult<()> {
    if waited.is_zero() {
        return Ok(());
    }
    let now = state.clock.now();
    let link = state.store.link_for_page(&link.id, now, later(now, -IDLE)).await?;
    link.map(|_| ()).ok_or_else(|| Code::SessionExpired.into())
}

/// Does an unsafe call on a connection once; a repetition is answered with the connection as it stands.
pub(super) async fn on_connection<First>(
    state: &AppState,
    link: &LinkRecord,
    call: (&'static str, String, &[&str]),
    id: &ConnectionId,
    first: First,
) -> ApiResult<Shown>
where
    First: Future<Output = ApiResult<Arc<Connection>>> + Send + 'static,
{
    on_connection_or(state, link, call, id, first, async || connections::render(state, id).await).await
}

/// The same for a call with a repetition of its own, which must send nothing upstream.
async fn on_connection_or<First>(
    state: &AppState,
    link: &LinkRecord,
    call: (&'static str, String, &[&str]),
    id: &ConnectionId,
    first: First,
    again: impl AsyncFnOnce() -> ApiResult<Arc<Connection>>,
) -> ApiResult<Shown>
where
    First: Future<Output = ApiResult<Arc<Connection>>> + Send + 'static,
{
    let (route, key, body) = call;
    let mut parts = vec![id.as_str()];
    parts.extend(body);
    let subject = id.as_str().to_owned();
    let act = Act { principal: principal(link), route, key, body: &parts, subject };
    match once(state, act, first, async |_: String| again().await).await {
        Ok(connection) => {
            connections::told(state, &connection);
            Ok(shown(state, link, connection))
        }
        Err(problem) => Err(with_current(state, link, id, problem).await),
    }
}

/// Whoever acted on an old state gets the new one with the refusal, if it can be read.
async fn with_current(
    state: &AppState,
    link: &LinkRecord,
    id: &ConnectionId,
    problem: ApiProblem,
) -> ApiProblem {
    if problem.code() != Code::WrongStep {
        return problem;
    }
    match connections::render(state, id).await {
        Ok(connection) => problem.with_connection(shown(state, link, connection).0),
        Err(_) => problem,
    }
}

/// Passes a login on. It is never sent again by itself.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/credentials",
    operation_id = "submit_credentials",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = SubmitCredentials,
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn credentials(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<SubmitCredentials>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    // Which fields were sent, never what was in them.
    let fields: Vec<String> = body.fields.iter().map(|value| value.id.as_str().to_owned()).collect();
    let mut parts = vec![revision.as_str()];
    parts.extend(fields.iter().map(String::as_str));
    let call = ("POST /v1/connections/{id}/credentials", key, parts.as_slice());
    let (first, link, target) = (state.clone(), session.link.clone(), id.clone());
    let work = async move { connections::credentials(&first, &link, &target, body).await };
    on_connection(&state, &session.link, call, &id, work).await
}

/// Passes answers on. They are never sent again by themselves.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/answers",
    operation_id = "submit_answers",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = SubmitAnswers,
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn answers(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<SubmitAnswers>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    let challenges: Vec<String> = body.answers.iter().map(|answer| answer.id.as_str().to_owned()).collect();
    let mut parts = vec![revision.as_str()];
    parts.extend(challenges.iter().map(String::as_str));
    let call = ("POST /v1/connections/{id}/answers", key, parts.as_slice());
    let (first, target) = (state.clone(), id.clone());
    let work = async move { connections::answers(&first, &target, body).await };
    on_connection(&state, &session.link, call, &id, work).await
}

/// Goes on after instructions or a lapse; elsewhere it only looks again.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/retry",
    operation_id = "retry_connection",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = Retry,
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn retry(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<Retry>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    let call = ("POST /v1/connections/{id}/retry", key, &[revision.as_str()][..]);
    let (first, target) = (state.clone(), id.clone());
    let work = async move { connections::retry(&first, &target, body).await };
    on_connection(&state, &session.link, call, &id, work).await
}

/// Keeps which accounts are to be used.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/accounts",
    operation_id = "choose_accounts",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = ChooseAccounts,
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn choose(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<ChooseAccounts>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    let accounts: Vec<String> = body.account_ids.iter().map(|id| id.as_str().to_owned()).collect();
    let mut parts = vec![revision.as_str()];
    parts.extend(accounts.iter().map(String::as_str));
    let call = ("POST /v1/connections/{id}/accounts", key, parts.as_slice());
    let (first, target, chosen) = (state.clone(), id.clone(), body.clone());
    let work = async move { connections::choose(&first, &target, chosen).await };
    // A choice that was cut off may be made again: it is ours alone, and the store takes it once.
    let again = async || match connections::choose(&state, &id, body).await {
        Err(problem) if problem.code() == Code::WrongStep => connections::render(&state, &id).await,
        chosen => chosen,
    };
    on_connection_or(&state, &session.link, call, &id, work, again).await
}

/// Mints a ticket to the bank's own page. Earlier ones are void; the same key again gets another ticket.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/authorize",
    operation_id = "authorize_connection",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = Authorize,
    responses((status = 200, description = "The ticket: an address to open once, at the top of a window.", body = AuthorizeTicket)),
)]
pub(super) async fn authorize(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<Authorize>,
) -> ApiResult<Json<AuthorizeTicket>> {
    let id = own(&state, &session.link, id).await?;
    let (revision, in_place) = (body.revision.0.to_string(), body.in_place.to_string());
    let act = Act {
        principal: principal(&session.link),
        route: "POST /v1/connections/{id}/authorize",
        key,
        body: &[id.as_str(), &revision, &in_place],
        subject: id.as_str().to_owned(),
    };
    let (first, link, target, wish) = (state.clone(), session.link.clone(), id.clone(), body.clone());
    let work = async move { connections::ticket(&first, &link, &target, &wish).await };
    // Only a hash was kept: the same act again gets a new ticket, and the one from before is void.
    let again = async |_: String| connections::ticket(&state, &session.link, &id, &body).await;
    match once(&state, act, work, again).await {
        Ok(ticket) => Ok(Json(ticket)),
        Err(problem) => Err(with_current(&state, &session.link, &id, problem).await),
    }
}

/// Gives a visit to the bank's own page up. Whoever comes back from there all the same is still taken.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/abandon",
    operation_id = "abandon_visit",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = Abandon,
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn abandon(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<Abandon>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    let call = ("POST /v1/connections/{id}/abandon", key, &[revision.as_str()][..]);
    let (first, target, wish) = (state.clone(), id.clone(), body.clone());
    let work = async move { connections::abandon(&first, &target, &wish).await };
    // One that was cut off may be done again: it is ours alone, and the revision lets it pass once.
    let again = async || match connections::abandon(&state, &id, &body).await {
        Err(problem) if problem.code() == Code::WrongStep => connections::render(&state, &id).await,
        abandoned => abandoned,
    };
    on_connection_or(&state, &session.link, call, &id, work, again).await
}

/// Mints a public token for a linked connection; an unspent one from before is void.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/public-token",
    operation_id = "mint_public_token",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    responses((status = 200, description = "The token, for the host page.", body = PublicToken)),
)]
pub(super) async fn public_token(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
) -> ApiResult<Json<PublicToken>> {
    let id = own(&state, &session.link, id).await?;
    let act = Act {
        principal: principal(&session.link),
        route: "POST /v1/connections/{id}/public-token",
        key,
        body: &[id.as_str()],
        subject: id.as_str().to_owned(),
    };
    let (first, target, target_id) = (state.clone(), id.clone(), id.clone());
    let work = async move { connections::mint_public_token(&first, &target).await };
    // Only a hash was kept: the same act again gets a new token, and the one from before is void.
    let again = async |_: String| connections::mint_public_token(&state, &id).await;
    match once(&state, act, work, again).await {
        Ok(token) => Ok(Json(token)),
        Err(problem) => Err(with_current(&state, &session.link, &target_id, problem).await),
    }
}
