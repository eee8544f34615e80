//! `/users/{user}/connections` (basiq.md 2.4 to 2.7 and 2.9).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::BasiqError;
use super::extract::{Body, Filtered, Here, Id, Ids};
use super::filter::Filter;
use super::{accounts, jobs};
use crate::aggregator::basiq::{Basiq, Caller, Connection, Given, Scope, Started, Version};
use crate::clock::zoned;
use crate::id::{BasiqConnectionId, BasiqUserId};
use crate::sandbox::Sandbox;
use crate::secret::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credentials {
    login_id: Option<Secret>,
    password: Option<Secret>,
    security_code: Option<Secret>,
    secondary_login_id: Option<Secret>,
    user_token: Option<Secret>,
    institution: Option<Institution>,
}

#[derive(Deserialize)]
struct Institution {
    id: Option<String>,
}

impl Credentials {
    fn given(self) -> (Given, Option<String>) {
        let given = Given {
            login_id: self.login_id,
            password: self.password,
            secondary_login_id: self.secondary_login_id,
            security_code: self.security_code,
            user_token: self.user_token,
        };
        (given, self.institution.and_then(|institution| institution.id))
    }
}

/// `POST …/connections` of 2.1 → 202 and a job; 200 and the old job while one runs for the same login.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(user): Id<BasiqUserId>,
    Body(credentials): Body<Credentials>,
) -> Result<(StatusCode, Json<Value>), BasiqError> {
    caller.may_act_for(user)?;
    caller.hands_over_credentials()?;
    let (given, institution) = credentials.given();
    let institution = institution.ok_or(BasiqError::missing("institution"))?;
    let started = sandbox.look(|world, _| world.basiq.create_connection(user, &institution, &given))?;
    Ok(stub(started, &here))
}

/// `POST …/connections/{id}` of 2.1: another password → 202 and a job.
pub(super) async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Ids(user, id): Ids<BasiqConnectionId>,
    Body(credentials): Body<Credentials>,
) -> Result<(StatusCode, Json<Value>), BasiqError> {
    caller.may_act_for(user)?;
    caller.hands_over_credentials()?;
    let (given, _) = credentials.given();
    let started = sandbox.look(|world, _| world.basiq.replace_login(user, id, &given, true))?;
    Ok(stub(started, &here))
}

/// `GET …/connections?filter=`.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(user): Id<BasiqUserId>,
    Filtered(filter): Filtered,
) -> Result<Json<Value>, BasiqError> {
    caller.may_act_for(user)?;
    let filter = Filter::read(filter.as_deref(), "connection", &["id", "status", "institution.id"])?;
    sandbox.look(|world, _| {
        let connections = world.basiq.connections_of(user)?;
        let wanted = connections.into_iter().filter(|one| {
            filter.takes(|field| {
                vec![match field {
                    "id" => one.id.to_string(),
                    "status" => one.status.word().to_owned(),
                    _ => one.connector.id.to_owned(),
                }]
            })
        });
        let data: Vec<Value> = wanted.map(|one| shown(one, caller, &here)).collect();
        let links = json!({"self": format!("{here}/users/{user}/connections")});
        Ok(Json(json!({"type": "list", "data": data, "links": links})))
    })
}

/// `GET …/connections/{id}` → with accounts and profile; 404 once it is deleted.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Ids(user, id): Ids<BasiqConnectionId>,
) -> Result<Json<Value>, BasiqError> {
    caller.may_act_for(user)?;
    sandbox.look(|world, _| {
        let connection = world.basiq.connection(user, id)?;
        let mut whole = shown(connection, caller, &here);
        let found: Vec<_> =
            world.basiq.accounts_of(user).filter(|account| account.connection == id).collect();
        let data: Vec<Value> = found.iter().map(|account| accounts::named(account, &here)).collect();
        whole["profile"] = profile(&world.basiq, connection);
        whole["accounts"] = json!({"type": "list", "data": data});
        Ok(Json(whole))
    })
}

/// `POST …/connections/{id}/refresh` → 202 and a job; 200 and the old job while one runs.
pub(super) async fn refresh(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Ids(user, id): Ids<BasiqConnectionId>,
) -> Result<(StatusCode, Json<Value>), BasiqError> {
    caller.server()?;
    let started = sandbox.look(|world, _| {
        let connection = world.basiq.connection(user, id)?;
        // 2.1 knows no open banking (basiq.md 11.6).
        if connection.is_open_banking() && caller.version == Version::V2_1 {
            return Err(BasiqError::not_valid("connectionId", "the connection is not Web"));
        }
        Ok(world.basiq.refresh(user, id)?)
    })?;
    Ok(stub(started, &here))
}

/// `POST …/connections/{id}/purge` → 204.
pub(super) async fn purge(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Ids(user, id): Ids<BasiqConnectionId>,
) -> Result<StatusCode, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| world.basiq.purge(user, id))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE …/connections/{id}` → 204.
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Ids(user, id): Ids<BasiqConnectionId>,
) -> Result<StatusCode, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| world.basiq.delete_connection(user, id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn stub(started: Started, here: &str) -> (StatusCode, Json<Value>) {
    let status = match started {
        Started::Now(_) => StatusCode::ACCEPTED,
        Started::Before(_) => StatusCode::OK,
    };
    (status, Json(jobs::stub(started.job(), here)))
}

fn shown(connection: &Connection, caller: Caller, here: &str) -> Value {
    let Connection { id, user, connector, .. } = connection;
    let institution = connector.id;
    let mut shown = json!({
        "type": "connection",
        "id": id,
        "method": connector.method.word(),
        // Empty where there is none, as with every login.
        "expiryDate": connection.expires.map(zoned).unwrap_or_default(),
        "mfaEnabled": connector.may_ask(),
        "institution": {
            "type": "institution",
            "id": institution,
            "links": {"self": format!("{here}/connectors/{institution}")},
        },
        "links": {
            "self": format!("{here}/users/{user}/connections/{id}"),
            "accounts": format!("{here}/users/{user}/accounts?filter=institution.id.eq('{institution}')"),
            "transactions": format!("{here}/users/{user}/transactions?filter=institution.id.eq('{institution}')"),
            "user": format!("{here}/users/{user}"),
        },
    });
    // A browser is not told how a connection is (basiq.md 2.1).
    if caller.scope == Scope::Server {
        shown["status"] = json!(connection.status.word());
        shown["createdDate"] = json!(zoned(connection.created));
        shown["lastUsed"] = json!(zoned(connection.last_used));
    }
    shown
}

/// Who holds the accounts, as the institution knows them.
fn profile(basiq: &Basiq, connection: &Connection) -> Value {
    let mut holders = basiq.accounts_of(connection.user).filter(|one| one.connection == connection.id);
    let name = holders.find_map(|account| account.holding.holder);
    json!({
        "fullName": name,
        "firstName": null,
        "middleName": null,
        "lastName": null,
        "phoneNumbers": [],
        "emailAddresses": [],
        "physicalAddresses": [],
    })
}
