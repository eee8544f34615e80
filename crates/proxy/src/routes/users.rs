//! What a client's server reads of one of its customers.

use crate::app::AppState;
use crate::clock::on_the_wire;
use crate::connections;
use crate::extract::Client;
use crate::problem::ApiResult;
use crate::store::ConnectionRecord;
use axum::Json;
use axum::extract::{Path, State};
use linchpin_protocol::{UserConnection, UserConnections, UserId};

/// Lists what a customer has begun, linked and ended, for a page that greets them. A customer who has begun nothing, and one of
/// whom nothing is known, have an empty list.
#[utoipa::path(
    get,
    path = "/v1/users/{id}/connections",
    operation_id = "list_user_connections",
    tag = "client",
    security(("client" = [])),
    params(("id" = String, Path, description = "The client's own name for its customer, as in `user_id`.")),
    responses((status = 200, description = "Newest first, at most 100.", body = UserConnections)),
)]
pub(super) async fn connections(
    State(state): State<AppState>,
    client: Client,
    Path(user): Path<String>,
) -> ApiResult<Json<UserConnections>> {
    let found = state.store.connections_of_user(&client.id, &UserId::new(user)).await?;
    Ok(Json(UserConnections { connections: found.into_iter().map(|record| told(&state, record)).collect() }))
}

fn told(state: &AppState, record: ConnectionRecord) -> UserConnection {
    UserConnection {
        ended: connections::has_ended(state, &record),
        id: record.id,
        institution: record.institution,
        revision: record.revision,
        purpose: record.purpose,
        account_ids: record.chosen,
        created_at: on_the_wire(record.created_at),
    }
}
