//! Deposits, as the widget drives them and as the client's server sees them.

use super::connections::{LONGEST_WAIT, own as own_connection, principal, still_open};
use crate::app::AppState;
use crate::clock::on_the_wire;
use crate::deposits::{self, Order};
use crate::extract::{Body, Client, Id, Idempotency, Parameters, PollingSession, Session};
use crate::idempotency::{Act, once};
use crate::problem::{ApiProblem, ApiResult};
use crate::routing_numbers;
use crate::scopes;
use crate::store::{ConnectionRecord, DepositFilter, DepositRecord, LinkRecord};
use crate::tokens;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use linchpin_protocol::{
    Code, CorrectDeposit, CreateDeposit, Deposit, DepositId, Deposits, FieldProblemKind, PublicToken,
    Revision, RoutingNumber, RoutingNumberFacts, SubmitAmounts, UserDeposit, UserId, Verification,
    WithdrawDeposit,
};
use std::future::Future;
use std::time::Duration;

const USUAL_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;

/// What a session does not see does not exist for it.
async fn own(state: &AppState, link: &LinkRecord, id: String) -> ApiResult<DepositRecord> {
    let record = state.store.deposit(&DepositId::new(id)).await?.ok_or(Code::NotFound)?;
    let bound = match &link.deposit_id {
        Some(id) => state.store.deposit(id).await?,
        None => None,
    };
    if scopes::sees_deposit(link, bound.as_ref(), &record) { Ok(record) } else { Err(Code::NotFound.into()) }
}

/// Tells what is known of a routing number.
#[utoipa::path(
    get,
    path = "/v1/routing-numbers/{number}",
    operation_id = "read_routing_number",
    tag = "widget",
    security(("session" = [])),
    params(("number" = String, Path, description = "Nine digits.")),
    responses((status = 200, description = "What is known of it.", body = RoutingNumberFacts)),
)]
pub(super) async fn routing_number(
    State(state): State<AppState>,
    Session(_): Session,
    Id(number): Id,
) -> ApiResult<Json<RoutingNumberFacts>> {
    let number = RoutingNumber::parse(&number)
        .map_err(|_| ApiProblem::field("number", FieldProblemKind::Malformed))?;
    Ok(Json(routing_numbers::facts(&state, number)))
}

/// Orders two deposits to an account. What is typed is passed on and kept nowhere.
#[utoipa::path(
    post,
    path = "/v1/deposits",
    operation_id = "create_deposit",
    tag = "widget",
    security(("session" = [])),
    request_body = CreateDeposit,
    responses((status = 201, description = "The deposits as they stand.", body = Deposit)),
)]
pub(super) async fn create(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Body(body): Body<CreateDeposit>,
) -> ApiResult<(StatusCode, Json<Deposit>)> {
    let link = &session.link;
    let connection = match &body.connection_id {
        Some(id) => {
            let id = own_connection(&state, link, id.as_str().to_owned()).await?;
            state.store.connection(&id).await?
        }
        None => None,
    };
    let named = body.connection_id.as_ref().map_or(String::new(), |id| id.as_str().to_owned());
    let account = body.account_id.as_ref().map_or(String::new(), |id| id.as_str().to_owned());
    let subject = format!("dep_{}", tokens::random()?);
    let id = DepositId::new(subject.clone());
    let parts = [named.as_str(), account.as_str()];
    let act = Act { principal: principal(link), route: "POST /v1/deposits", key, body: &parts, subject };
    let (first, link) = (state.clone(), link.clone());
    let work = async move {
        let order = Order::of(&first, id, &link, connection, body).await?;
        deposits::create(&first, order).await
    };
    let again = |subject: String| {
        let state = state.clone();
        async move { deposits::render(&state, &DepositId::new(subject)).await }
    };
    Ok((StatusCode::CREATED, Json(once(&state, act, work, again).await?)))
}

/// Reads deposits, at once if they are not what the caller has, else when they change or the wait ends.
#[utoipa::path(
    get,
    path = "/v1/deposits/{id}",
    operation_id = "read_deposit",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the deposit, `dep_…`."), ("wait" = Option<u64>, Query, minimum = 0, maximum = 25, description = "How long to wait for a change, in seconds."), ("revision" = Option<u64>, Query, minimum = 0, description = "The revision that the caller has.")),
    responses((status = 200, description = "As they stand.", body = Deposit)),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    PollingSession(session): PollingSession,
    Id(id): Id,
    parameters: Parameters,
) -> ApiResult<Json<Deposit>> {
    let wait = parameters.number("wait")?.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(ApiProblem::field("wait", FieldProblemKind::NotOffered));
    }
    let wait = Duration::from_secs(wait);
    let revision = parameters.number("revision")?.map(Revision);
    let record = own(&state, &session.link, id).await?;
    let deposit = deposits::wait(&state, &record.id, wait, revision).await?;
    still_open(&state, &session.link, wait).await?;
    Ok(Json(deposit))
}

/// Does an unsafe call on a deposit once; a repetition is answered with the deposit as it stands.
async fn on_deposit<First>(
    state: &AppState,
    link: &LinkRecord,
    call: (&'static str, String, Revision),
    id: &DepositId,
    first: First,
) -> ApiResult<Json<Deposit>>
where
    First: Future<Output = ApiResult<Deposit>> + Send + 'static,
{
    let (route, key, revision) = call;
    let revision = revision.0.to_string();
    let parts = [id.as_str(), revision.as_str()];
    let subject = id.as_str().to_owned();
    let act = Act { principal: principal(link), route, key, body: &parts, subject };
    match once(state, act, first, async |_: String| deposits::render(state, id).await).await {
        Ok(deposit) => Ok(Json(deposit)),
        Err(problem) => Err(with_current(state, id, problem).await),
    }
}

/// Whoever acted on an old state gets the new one with the refusal.
async fn with_current(state: &AppState, id: &DepositId, problem: ApiProblem) -> ApiProblem {
    if problem.code() != Code::WrongStep {
        return problem;
    }
    match deposits::render(state, id).await {
        Ok(deposit) => problem.with_deposit(deposit),
        Err(_) => problem,
    }
}

/// Tries the amounts that arrived. They are never sent again by themselves.
#[utoipa::path(
    post,
    path = "/v1/deposits/{id}/amounts",
    operation_id = "submit_amounts",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the deposit, `dep_…`.")),
    request_body = SubmitAmounts,
    responses((status = 200, description = "As they stand now.", body = Deposit)),
)]
pub(super) async fn amounts(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<SubmitAmounts>,
) -> ApiResult<Json<Deposit>> {
    let id = own(&state, &session.link, id).await?.id;
    let call = ("POST /v1/deposits/{id}/amounts", key, body.revision);
    let (first, target) = (state.clone(), id.clone());
    let work = async move { deposits::confirm(&first, &target, body).await };
    on_deposit(&state, &session.link, call, &id, work).await
}

/// Orders deposits with other numbers in place of these.
#[utoipa::path(
    post,
    path = "/v1/deposits/{id}/correct",
    operation_id = "correct_deposit",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the deposit, `dep_…`.")),
    request_body = CorrectDeposit,
    responses((status = 201, description = "The new deposits, which replace these.", body = Deposit)),
)]
pub(super) async fn correct(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<CorrectDeposit>,
) -> ApiResult<(StatusCode, Json<Deposit>)> {
    let replaced = own(&state, &session.link, id).await?;
    let id = replaced.id.clone();
    let subject = format!("dep_{}", tokens::random()?);
    let new = DepositId::new(subject.clone());
    let revision = body.revision.0.to_string();
    let parts = [id.as_str(), revision.as_str()];
    let route = "POST /v1/deposits/{id}/correct";
    let act = Act { principal: principal(&session.link), route, key, body: &parts, subject };
    let (first, link) = (state.clone(), session.link.clone());
    let work = async move {
        let connection: Option<ConnectionRecord> = match &replaced.connection_id {
            Some(id) => first.store.connection(id).await?,
            None => None,
        };
        let order = Order::instead_of(&first, new, &link, replaced, connection, &body).await?;
        deposits::create(&first, order).await
    };
    let again = async |subject: String| deposits::render(&state, &DepositId::new(subject)).await;
    match once(&state, act, work, again).await {
        Ok(deposit) => Ok((StatusCode::CREATED, Json(deposit))),
        Err(problem) => Err(with_current(&state, &id, problem).await),
    }
}

/// Gives deposits up.
#[utoipa::path(
    post,
    path = "/v1/deposits/{id}/withdraw",
    operation_id = "withdraw_deposit",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the deposit, `dep_…`.")),
    request_body = WithdrawDeposit,
    responses((status = 200, description = "As they stand now.", body = Deposit)),
)]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<WithdrawDeposit>,
) -> ApiResult<Json<Deposit>> {
    let id = own(&state, &session.link, id).await?.id;
    let call = ("POST /v1/deposits/{id}/withdraw", key, body.revision);
    let (first, target) = (state.clone(), id.clone());
    let work = async move { deposits::withdraw(&first, &target, &body).await };
    on_deposit(&state, &session.link, call, &id, work).await
}

/// Mints a public token for deposits, also while they are on their way. An earlier one that was not spent is void.
#[utoipa::path(
    post,
    path = "/v1/deposits/{id}/public-token",
    operation_id = "mint_deposit_public_token",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the deposit, `dep_…`.")),
    responses((status = 200, description = "The token.", body = PublicToken)),
)]
pub(super) async fn public_token(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
) -> ApiResult<Json<PublicToken>> {
    let id = own(&state, &session.link, id).await?.id;
    let act = Act {
        principal: principal(&session.link),
        route: "POST /v1/deposits/{id}/public-token",
        key,
        body: &[id.as_str()],
        subject: id.as_str().to_owned(),
    };
    let (first, target) = (state.clone(), id.clone());
    let work = async move { deposits::mint_public_token(&first, &target).await };
    // Only a hash was kept: the same act again gets a new token, and the one from before is void.
    match once(&state, act, work, async |_: String| deposits::mint_public_token(&state, &id).await).await {
        Ok(token) => Ok(Json(token)),
        Err(problem) => Err(with_current(&state, &id, problem).await),
    }
}

/// Lists a client's deposits, oldest change first.
#[utoipa::path(
    get,
    path = "/v1/deposits",
    operation_id = "list_deposits",
    tag = "client",
    security(("client" = [])),
    params(("user_id" = Option<String>, Query, description = "Of this customer only."), ("status" = Option<String>, Query, description = "With this status only."), ("updated_after" = Option<String>, Query, description = "Changed after this moment only, RFC 3339."), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "The size of a page; 50 when absent."), ("cursor" = Option<String>, Query, description = "From the page before.")),
    responses((status = 200, description = "A page.", body = Deposits)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    client: Client,
    parameters: Parameters,
) -> ApiResult<Json<Deposits>> {
    let malformed = |field: &str| ApiProblem::field(field, FieldProblemKind::Malformed);
    let limit = parameters.limit(USUAL_PAGE, LARGEST_PAGE)?;
    let word = parameters.text("status");
    let moment = parameters.text("updated_after").map(str::parse::<Timestamp>);
    let after = parameters.text("cursor").map(DepositId::new);
    if let Some(after) = &after {
        let known = state.store.deposit(after).await?.filter(|record| record.client == client.id);
        known.ok_or_else(|| malformed("cursor"))?;
    }
    let filter = DepositFilter {
        user_id: parameters.text("user_id").map(UserId::new),
        updated_after: moment.transpose().map_err(|_| malformed("updated_after"))?,
        state: word.map(|word| deposits::state(word).ok_or_else(|| malformed("status"))).transpose()?,
        after,
    };
    let mut found = state.store.deposits_of_client(&client.id, &filter, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next_cursor = found.last().filter(|_| more).map(|record| record.id.as_str().to_owned());
    let deposits = found.iter().map(|record| UserDeposit {
        user_id: record.user_id.clone(),
        updated_at: on_the_wire(record.updated_at),
        deposit: deposits::shown(&state, record),
    });
    Ok(Json(Deposits { deposits: deposits.collect(), next_cursor }))
}

/// Reads what deposits have proved, at any time: people close tabs long before.
#[utoipa::path(
    get,
    path = "/v1/deposits/{id}/verification",
    operation_id = "read_deposit_verification",
    tag = "client",
    security(("client" = [])),
    params(("id" = String, Path, description = "The id of the deposit, `dep_…`.")),
    responses((status = 200, description = "How they stand, and with the proof the account; read from the provider now.", body = Verification)),
)]
pub(super) async fn verification(
    State(state): State<AppState>,
    client: Client,
    Id(id): Id,
) -> ApiResult<Json<Verification>> {
    let record = state.store.deposit(&DepositId::new(id)).await?;
    let record = record.filter(|record| record.client == client.id).ok_or(Code::NotFound)?;
    Ok(Json(deposits::verification(&state, &record).await?))
}
