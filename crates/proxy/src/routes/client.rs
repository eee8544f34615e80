//! What a client's server may call, with its secret.

use crate::app::AppState;
use crate::appearance;
use crate::clock::{later, on_the_wire};
use crate::config::Origin;
use crate::connections;
use crate::consent;
use crate::deposits;
use crate::extract::{Body, Client, IDLE, Id, Idempotency};
use crate::idempotency::{Act, once};
use crate::language::is_language;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ClientId, ConnectionRecord, LinkRecord, NewLink, Proof, PublicSpend, TokenSubject};
use crate::tokens::{self, Hash, Kind};
use crate::ways;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use linchpin_protocol::{
    Code, ConnectionId, ConnectionMethod, ConsentGiven, CreateLinkToken, FieldProblemKind, LinkId, LinkState,
    LinkStatus, LinkToken, LinkedResult, Mode, PublicTokenExchange, ResultStatus, Secret, Surface,
    Verification,
};

const LINK_LIFE: SignedDuration = SignedDuration::from_mins(30);
const LONGEST_USER_ID: usize = 128;

/// Mints a link token: one opening of the widget, for one user on one page.
#[utoipa::path(
    post,
    path = "/v1/link-tokens",
    operation_id = "mint_link_token",
    tag = "client",
    security(("client" = [])),
    request_body = CreateLinkToken,
    responses((status = 201, description = "The token, and the id under which its state can be asked for.", body = LinkToken)),
)]
pub(super) async fn create_link_token(
    State(state): State<AppState>,
    client: Client,
    Idempotency(key): Idempotency,
    Body(body): Body<CreateLinkToken>,
) -> ApiResult<(StatusCode, Json<LinkToken>)> {
    let origin = checked(&state, &client, &body).await?;
    let terms = consent::checked(&state, body.consent.as_ref(), body.purpose, state.clock.now())?;
    let body = CreateLinkToken { consent: Some(terms), ..body };
    // Plain words and text: writing them cannot fail.
    let fingerprint = serde_json::to_string(&body).unwrap_or_default();
    let act = Act {
        principal: principal(&client.id),
        route: "POST /v1/link-tokens",
        key,
        body: &[&fingerprint],
        subject: tokens::random()?,
    };
    let subject = act.subject.clone();
    let (first, again) = (state.clone(), state.clone());
    let (first_client, first_body, first_origin) = (client.id.clone(), body.clone(), origin.clone());
    let token = once(
        &state,
        act,
        async move { mint(&first, first_client, first_body, first_origin, &subject).await },
        |subject| async move { mint(&again, client.id, body, origin, &subject).await },
    )
    .await?;
    Ok((StatusCode::CREATED, Json(token)))
}

fn principal(client: &ClientId) -> String {
    format!("client {}", client.0)
}

async fn checked(state: &AppState, client: &Client, body: &CreateLinkToken) -> ApiResult<Origin> {
    let user = body.user_id.as_str();
    if user.is_empty() {
        return Err(ApiProblem::field("user_id", FieldProblemKind::Empty));
    }
    if user.chars().count() > LONGEST_USER_ID {
        return Err(ApiProblem::field("user_id", FieldProblemKind::TooLong));
    }
    // No database keeps it, so two such ids could not be told apart.
    if user.contains('\0') {
        return Err(ApiProblem::field("user_id", FieldProblemKind::Malformed));
    }
    if body.language.as_deref().is_some_and(|language| !is_language(language)) {
        return Err(ApiProblem::field("language", FieldProblemKind::Malformed));
    }
    let origin = origin(state, client, body)?;
    if let Some(uri) = &body.redirect_uri {
        // Exactly as registered, and a page that may open the widget again (the origin of the session is the page's). An
        // element is not opened again.
        let own = uri.strip_prefix(origin.as_str()).is_some_and(|rest| rest.starts_with('/'));
        let own = own && body.surface == Surface::Frame;
        if !own || !client.config.redirect_uris.contains(uri) {
            return Err(ApiProblem::field("redirect_uri", FieldProblemKind::NotOffered));
        }
    }
    target(state, client, body).await?;
    // Repair wins: it opens at its connection, wherever that is.
    if let (Mode::Link, Some(id), Some(listings)) =
        (body.mode, &body.institution_id, state.directory.listings())
        && listings.get(id).is_none()
    {
        return Err(ApiProblem::field("institution_id", FieldProblemKind::NotOffered));
    }
    Ok(origin)
}

/// The origin that the opening has to do with: the page's that it stands in, or the widget's own where there is no such page.
fn origin(state: &AppState, client: &Client, body: &CreateLinkToken) -> ApiResult<Origin> {
    let refuse = |problem| ApiProblem::field("origin", problem);
    let text = match (body.surface, &body.origin) {
        (Surface::Frame | Surface::Element, Some(text)) => text,
        (Surface::Frame | Surface::Element, None) => return Err(refuse(FieldProblemKind::Missing)),
        (Surface::WebView, Some(_)) => return Err(refuse(FieldProblemKind::NotOffered)),
        // It was checked at the start.
        (Surface::WebView, None) => {
            return Origin::parse(&state.config.public_url).ok_or_else(|| Code::Internal.into());
        }
    };
    let origin = Origin::parse(text).ok_or_else(|| refuse(FieldProblemKind::Malformed))?;
    if client.config.origins.contains(&origin) { Ok(origin) } else { Err(Code::OriginNotAllowed.into()) }
}

/// Checks what the mode is bound to. Another user's, another client's and unknown ids are refused alike.
async fn target(state: &AppState, client: &Client, body: &CreateLinkToken) -> ApiResult<()> {
    let refuse = |field: &str, problem| Err(ApiProblem::field(field, problem));
    if body.connection_id.is_some() && body.mode != Mode::Repair {
        return refuse("connection_id", FieldProblemKind::NotOffered);
    }
    if body.deposit_id.is_some() && body.mode != Mode::Deposit {
        return refuse("deposit_id", FieldProblemKind::NotOffered);
    }
    match body.mode {
        Mode::Link | Mode::Manage => Ok(()),
        Mode::Repair => {
            let Some(id) = &body.connection_id else {
                return refuse("connection_id", FieldProblemKind::Missing);
            };
            let known = state.store.connection(id).await?;
            match known.filter(|known| known.client == client.id && known.user_id == body.user_id) {
                Some(known) if needs_typing(state, client, body, &known) => {
                    refuse("surface", FieldProblemKind::NotOffered)
                }
                Some(_) => Ok(()),
                None => refuse("connection_id", FieldProblemKind::NotOffered),
            }
        }
        Mode::Deposit => {
            let Some(id) = &body.deposit_id else {
                return refuse("deposit_id", FieldProblemKind::Missing);
            };
            let known = state.store.deposit(id).await?;
            match known.filter(|known| known.client == client.id && known.user_id == body.user_id) {
                Some(_) => Ok(()),
                None => refuse("deposit_id", FieldProblemKind::NotOffered),
            }
        }
    }
}

/// Whether a connection can be repaired by a typed login only, and none may be typed there.
fn needs_typing(
    state: &AppState,
    client: &Client,
    body: &CreateLinkToken,
    connection: &ConnectionRecord,
) -> bool {
    let types = ways::may_be_typed(body.surface, &client.config);
    let typed = match connection.method {
        ConnectionMethod::Credentials => true,
        ConnectionMethod::BankLogin | ConnectionMethod::Unknown => false,
    };
    // The institution may have moved to its own page meanwhile. Without a list nobody knows.
    let moved = state.directory.listings().is_none_or(|listings| {
        listings.get(&connection.institution.id).is_some_and(|listing| listing.bank_login)
    });
    !types && typed && !moved
}

/// Mints a token for a link. For a link that was made before, the token is a new one and the old one is void; a link
/// that was exchanged has no token any more.
async fn mint(
    state: &AppState,
    client: ClientId,
    body: CreateLinkToken,
    origin: Origin,
    subject: &str,
) -> ApiResult<LinkToken> {
    let secret = tokens::token("")?;
    let id = LinkId::new(format!("lnk_{subject}"));
    let now = state.clock.now();
    let kept = state.store.link(&id).await?;
    let wanted = body.appearance.unwrap_or_default();
    let expires_at = kept.map_or_else(|| later(now, LINK_LIFE), |link| link.expires_at);
    let record = LinkRecord {
        id: id.clone(),
        client,
        user_id: body.user_id,
        secret_hash: state.key.hash(Kind::Link, &[id.as_str(), secret.expose()]),
        origin,
        surface: body.surface,
        mode: body.mode,
        purpose: body.purpose,
        account_selection: body.account_selection,
        connection_id: body.connection_id,
        deposit_id: body.deposit_id,
        consent: body.consent.unwrap_or_default(),
        institution_id: body.institution_id,
        language: body.language,
        redirect_uri: body.redirect_uri,
        appearance: wanted,
        created_at: now,
        expires_at,
        spent_at: None,
        revoked_at: None,
    };
    let secret_hash = record.secret_hash.clone();
    if !state.store.create_link(&NewLink { record, secret_hash }).await? {
        return Err(Code::TokenUsed.into());
    }
    Ok(LinkToken {
        link_token: Secret::new(format!("lt_{subject}.{}", secret.expose())),
        link_id: id,
        expires_at: on_the_wire(expires_at),
        appearance_corrected: appearance::corrections(&wanted),
    })
}

/// Tells how far an opening has come, what was agreed to and what was linked.
#[utoipa::path(
    get,
    path = "/v1/link-tokens/{id}",
    operation_id = "read_link",
    tag = "client",
    security(("client" = [])),
    params(("id" = String, Path, description = "The id of the opening, `lnk_…`.")),
    responses((status = 200, description = "As it stands.", body = LinkStatus)),
)]
pub(super) async fn link_status(
    State(state): State<AppState>,
    client: Client,
    Id(id): Id,
) -> ApiResult<Json<LinkStatus>> {
    let id = LinkId::new(id);
    let link = state.store.link(&id).await?.filter(|link| link.client == client.id).ok_or(Code::NotFound)?;
    let now = state.clock.now();
    let open = state.store.link_for_page(&id, now, later(now, -IDLE)).await?.is_some();
    let consent = state.store.consent(&id).await?;
    let linked_here = |record: &ConnectionRecord| {
        !record.chosen.is_empty() && record.proof == Proof::Numbers && !connections::has_ended(&state, record)
    };
    let connections = state.store.connections_of_link(&id).await?.into_iter().filter(linked_here);
    let deposits = state.store.deposits_of_link(&id).await?;
    let deposits = deposits.iter().filter_map(|record| deposits::result(&state, record));
    let results = connections.map(linked).chain(deposits).collect();
    Ok(Json(LinkStatus {
        state: match (open, link.spent_at) {
            (true, None) => LinkState::Unused,
            (true, Some(_)) => LinkState::Open,
            (false, _) => LinkState::Over,
        },
        link_id: id,
        user_id: link.user_id,
        expires_at: on_the_wire(link.expires_at),
        consent: consent.map(|given| ConsentGiven {
            consent: given.consent,
            given_at: on_the_wire(given.given_at),
            language: given.language,
        }),
        results,
    }))
}

fn linked(record: ConnectionRecord) -> LinkedResult {
    LinkedResult {
        status: ResultStatus::Linked,
        connection_id: Some(record.id),
        deposit_id: None,
        institution_id: Some(record.institution.id),
        institution_name: Some(record.institution.name),
        account_ids: record.chosen,
    }
}

/// Revokes a link token and ends its session, at once.
#[utoipa::path(
    delete,
    path = "/v1/link-tokens/{id}",
    operation_id = "revoke_link",
    tag = "client",
    security(("client" = [])),
    params(("id" = String, Path, description = "The id of the opening, `lnk_…`.")),
    responses((status = 204, description = "It is over.")),
)]
pub(super) async fn revoke_link(
    State(state): State<AppState>,
    client: Client,
    Idempotency(_): Idempotency,
    Id(id): Id,
) -> ApiResult<StatusCode> {
    // Ending what has ended changes nothing, so the key needs no record.
    let known = state.store.revoke_link(&client.id, &LinkId::new(id), state.clock.now()).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(Code::NotFound.into()) }
}

/// Exchanges a public token, once, for what was linked. The same key gets the same answer again.
#[utoipa::path(
    post,
    path = "/v1/public-tokens/exchange",
    operation_id = "exchange_public_token",
    tag = "client",
    security(("client" = [])),
    request_body = PublicTokenExchange,
    responses((status = 200, description = "The chosen accounts, with what the person agreed to hand over; read from the provider now.", body = Verification)),
)]
pub(super) async fn exchange(
    State(state): State<AppState>,
    client: Client,
    Idempotency(key): Idempotency,
    Body(body): Body<PublicTokenExchange>,
) -> ApiResult<Json<Verification>> {
    let hash = state.key.hash(Kind::Public, &[body.public_token.expose()]);
    let act = Act {
        principal: principal(&client.id),
        route: "POST /v1/public-tokens/exchange",
        key,
        body: &[hash.as_str()],
        // The token's hash leads back to what it stands for when the answer has to be given again.
        subject: hash.as_str().to_owned(),
    };
    // Spending is the act. Reading the result is not part of it: it may fail and be asked for again with the same key.
    let (first, id, token) = (state.clone(), client.id.clone(), hash.clone());
    let subject = once(&state, act, async move { spend(&first, &id, &token).await }, |_| async {
        match state.store.spent_public_token(&client.id, &hash).await? {
            Some(subject) => Ok(subject),
            // The first call did not get that far.
            None => spend(&state, &client.id, &hash).await,
        }
    })
    .await?;
    Ok(Json(match subject {
        TokenSubject::Connection(id) => {
            let record = state.store.connection(&id).await?.ok_or(Code::NotFound)?;
            connections::verification(&state, &record).await?
        }
        TokenSubject::Deposit(id) => {
            let record = state.store.deposit(&id).await?.ok_or(Code::NotFound)?;
            deposits::verification(&state, &record).await?
        }
    }))
}

async fn spend(state: &AppState, client: &ClientId, token: &Hash) -> ApiResult<TokenSubject> {
    match state.store.spend_public_token(client, token, state.clock.now()).await? {
        PublicSpend::Spent(subject) => Ok(subject),
        PublicSpend::Used => Err(Code::TokenUsed.into()),
        PublicSpend::Expired => Err(Code::TokenExpired.into()),
        PublicSpend::Unknown => Err(Code::TokenInvalid.into()),
    }
}

/// Reads what was linked, at any time: people close tabs before a public token arrives.
#[utoipa::path(
    get,
    path = "/v1/connections/{id}/verification",
    operation_id = "read_verification",
    tag = "client",
    security(("client" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    responses((status = 200, description = "The chosen accounts, with what the person agreed to hand over; read from the provider now.", body = Verification)),
)]
pub(super) async fn verification(
    State(state): State<AppState>,
    client: Client,
    Id(id): Id,
) -> ApiResult<Json<Verification>> {
    let record = state.store.connection(&ConnectionId::new(id)).await?;
    let record = record.filter(|record| record.client == client.id).ok_or(Code::NotFound)?;
    Ok(Json(connections::verification(&state, &record).await?))
}
