//! Institutions that people did not find: asked for in the widget, read by the client's server.

use crate::app::AppState;
use crate::clock::on_the_wire;
use crate::extract::{Body, Client, Idempotency, Parameters, Session};
use crate::idempotency::{Act, once};
use crate::problem::{ApiProblem, ApiResult};
use crate::store::InstitutionRequestRecord;
use crate::tokens;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use linchpin_protocol::{
    Code, CreateInstitutionRequest, FieldProblemKind, InstitutionRequest, InstitutionRequestId,
    InstitutionRequests, MaskedText,
};

/// So many may be asked for in one opening: a person has a handful of banks at most.
const MOST: u32 = 5;
const USUAL_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 100;

/// Asks the client for an institution that the person did not find.
///
/// Five times in one opening; after that it is refused with `too_many_tries`, and no wait helps.
#[utoipa::path(
    post,
    path = "/v1/institution-requests",
    operation_id = "request_institution",
    tag = "widget",
    security(("session" = [])),
    request_body = CreateInstitutionRequest,
    responses((status = 204, description = "It is kept for the client's server to read.")),
)]
pub(super) async fn ask(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Body(body): Body<CreateInstitutionRequest>,
) -> ApiResult<StatusCode> {
    let text = checked(&body)?;
    let act = Act {
        principal: format!("link {}", session.link.id),
        route: "POST /v1/institution-requests",
        key,
        // Masked, so that also no hash is made of a number.
        body: &[text.as_str()],
        subject: format!("irq_{}", tokens::random()?),
    };
    let request = InstitutionRequestRecord {
        id: InstitutionRequestId::new(act.subject.clone()),
        client: session.link.client,
        user_id: session.link.user_id,
        link_id: session.link.id,
        text: text.clone(),
        created_at: state.clock.now(),
    };
    let (first, first_request) = (state.clone(), request.clone());
    once(&state, act, async move { keep(&first, &first_request).await }, |subject| async {
        // Keeping it again under the same id changes nothing, and finishes what was cut off.
        keep(&state, &InstitutionRequestRecord { id: InstitutionRequestId::new(subject), ..request }).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The text as it may be kept.
fn checked(body: &CreateInstitutionRequest) -> ApiResult<MaskedText> {
    let refuse = |problem| Err(ApiProblem::field("text", problem));
    if body.text.expose().chars().count() > CreateInstitutionRequest::LONGEST {
        return refuse(FieldProblemKind::TooLong);
    }
    let text = MaskedText::of(body.text.expose());
    if text.is_empty() {
        return refuse(FieldProblemKind::Empty);
    }
    if text.is_only_numbers() {
        return refuse(FieldProblemKind::Malformed);
    }
    Ok(text)
}

async fn keep(state: &AppState, request: &InstitutionRequestRecord) -> ApiResult<()> {
    // No wait helps within this opening, so it is not `rate_limited`.
    let kept = state.store.keep_institution_request(request, MOST).await?;
    if kept { Ok(()) } else { Err(Code::TooManyTries.into()) }
}

/// Lists what people asked for in the widget because they did not find it. Kept for 90 days.
#[utoipa::path(
    get,
    path = "/v1/institution-requests",
    operation_id = "list_institution_requests",
    tag = "client",
    security(("client" = [])),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "The size of a page; 50 when absent."), ("cursor" = Option<String>, Query, description = "From the page before; refused once the last request of that page is forgotten.")),
    responses((status = 200, description = "A page, newest first.", body = InstitutionRequests)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    client: Client,
    parameters: Parameters,
) -> ApiResult<Json<InstitutionRequests>> {
    let limit = parameters.limit(USUAL_PAGE, LARGEST_PAGE)?;
    let after = parameters.text("cursor").map(InstitutionRequestId::new);
    // One more than is asked for tells whether there is a page after this one.
    let found = state.store.institution_requests(&client.id, after.as_ref(), limit + 1).await?;
    let mut found = found.ok_or_else(|| ApiProblem::field("cursor", FieldProblemKind::Malformed))?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next_cursor = found.last().filter(|_| more).map(|last| last.id.as_str().to_owned());
    Ok(Json(InstitutionRequests { requests: found.into_iter().map(told).collect(), next_cursor }))
}

fn told(request: InstitutionRequestRecord) -> InstitutionRequest {
    InstitutionRequest {
        id: request.id,
        text: request.text,
        link_id: request.link_id,
        user_id: request.user_id,
        created_at: on_the_wire(request.created_at),
    }
}
