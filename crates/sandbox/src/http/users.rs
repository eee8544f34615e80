//! `/v3/users`: end users.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::{Body, Id};
use crate::aggregator::{User, UserFields, World};
use crate::id::UserId;
use crate::money::Cents;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Fields {
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl From<Fields> for UserFields {
    fn from(fields: Fields) -> Self {
        Self { username: fields.username, name: fields.name, email: fields.email, phone: fields.phone }
    }
}

/// A user in Quovo v3's fields.
#[derive(Serialize)]
struct View {
    id: UserId,
    username: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    value: Option<Cents>,
}

fn view(world: &World, user: &User) -> View {
    let User { id, username, name, email, phone } = user.clone();
    View { id, username, name, email, phone, value: world.value_of_user(id) }
}

/// `POST /v3/users` → 201 `{"user": {…}}`.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Body(fields): Body<Fields>,
) -> Result<impl IntoResponse, ApiError> {
    sandbox.look(|world, _| {
        let user = world.create_user(fields.into())?.clone();
        Ok((StatusCode::CREATED, Json(json!({ "user": view(world, &user) }))))
    })
}

/// `GET /v3/users` → `{"users": […]}`.
pub(super) async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    let users: Vec<View> = sandbox.look(|world, _| world.users().map(|user| view(world, user)).collect());
    Json(json!({ "users": users }))
}

/// `GET /v3/users/{id}` → `{"user": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<UserId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| Ok(Json(json!({ "user": view(world, world.user(id)?) }))))
}

/// `PUT /v3/users/{id}` changes the fields it is given.
pub(super) async fn update(
    State(sandbox): State<Sandbox>,
    Id(id): Id<UserId>,
    Body(fields): Body<Fields>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let user = world.update_user(id, fields.into())?.clone();
        Ok(Json(json!({ "user": view(world, &user) })))
    })
}

/// `DELETE /v3/users/{id}` → 204; the user's connections go too.
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Id(id): Id<UserId>,
) -> Result<StatusCode, ApiError> {
    sandbox.look(|world, _| world.delete_user(id))?;
    Ok(StatusCode::NO_CONTENT)
}
