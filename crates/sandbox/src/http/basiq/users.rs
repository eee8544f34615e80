//! `/users` (basiq.md 2.2).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::BasiqError;
use super::extract::{Body, Here, Id};
use crate::aggregator::basiq::{Caller, User, UserFields};
use crate::id::BasiqUserId;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewUser {
    email: Option<String>,
    mobile: Option<String>,
    first_name: Option<String>,
    middle_name: Option<String>,
    last_name: Option<String>,
}

/// `POST /users` → 201.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Body(new): Body<NewUser>,
) -> Result<(StatusCode, Json<Value>), BasiqError> {
    caller.server()?;
    let fields = UserFields {
        email: new.email,
        mobile: new.mobile,
        first_name: new.first_name,
        middle_name: new.middle_name,
        last_name: new.last_name,
    };
    let shown = sandbox.look(|world, _| world.basiq.create_user(fields).map(|user| shown(user, &here)))?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// `GET /users/{id}` → with the ids of connections and accounts.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(id): Id<BasiqUserId>,
) -> Result<Json<Value>, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| {
        let basiq = &world.basiq;
        let mut user = shown(basiq.user(id)?, &here);
        let listed = |kind: &str, folder: &str, ids: Vec<String>| {
            let one = |thing: &String| {
                json!({"type": kind, "id": thing, "links": {"self": format!("{here}/users/{id}/{folder}/{thing}")}})
            };
            json!({"type": "list", "count": ids.len(), "data": ids.iter().map(one).collect::<Vec<_>>()})
        };
        let connections = basiq.connections_of(id)?.iter().map(|one| one.id.to_string()).collect();
        user["connections"] = listed("connection", "connections", connections);
        let accounts = basiq.accounts_of(id).map(|one| one.id.to_string()).collect();
        user["accounts"] = listed("account", "accounts", accounts);
        Ok(Json(user))
    })
}

/// `DELETE /users/{id}` → 204, and everything is gone.
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Id(id): Id<BasiqUserId>,
) -> Result<StatusCode, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| world.basiq.delete_user(id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(user: &User, here: &str) -> Value {
    let UserFields { email, mobile, first_name, middle_name, last_name } = &user.fields;
    json!({
        "type": "user",
        "id": user.id,
        "email": email,
        "mobile": mobile,
        "firstName": first_name,
        "middleName": middle_name,
        "lastName": last_name,
        "links": {"self": format!("{here}/users/{}", user.id)},
    })
}
