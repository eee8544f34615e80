//! `/jobs`, and a user's (basiq.md 2.8 and 3).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::BasiqError;
use super::extract::{Body, Filtered, Here, Id};
use super::filter::Filter;
use crate::aggregator::basiq::{Caller, Job, Step, StepStatus};
use crate::catalogue::basiq::StepTitle;
use crate::clock::zoned;
use crate::id::{BasiqJobId, BasiqUserId};
use crate::sandbox::Sandbox;
use crate::secret::Secret;

#[derive(Deserialize)]
pub(super) struct Answers {
    #[serde(rename = "mfa-response")]
    answers: Option<Vec<Secret>>,
}

/// `GET /jobs/{id}`; 404 after a week.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(id): Id<BasiqJobId>,
) -> Result<Json<Value>, BasiqError> {
    sandbox.look(|world, _| {
        let job = world.basiq.job(id)?;
        caller.may_act_for(job.user)?;
        Ok(Json(shown(job, &here)))
    })
}

/// `GET /users/{user}/jobs?filter=connection.id.eq('…')` → those of the last seven days.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(user): Id<BasiqUserId>,
    Filtered(filter): Filtered,
) -> Result<Json<Value>, BasiqError> {
    caller.may_act_for(user)?;
    let filter = Filter::read(filter.as_deref(), "job", &["connection.id"])?;
    sandbox.look(|world, _| {
        let jobs = world.basiq.jobs_of(user)?;
        let wanted = jobs.into_iter().filter(|job| filter.takes(|_| vec![job.connection.to_string()]));
        let data: Vec<Value> = wanted
            .map(|job| {
                let mut listed = shown(job, &here);
                listed["institution"] = json!({
                    "type": "institution",
                    "id": job.institution,
                    "links": {"self": format!("{here}/institutions/{}", job.institution)},
                });
                listed
            })
            .collect();
        let links = json!({"self": format!("{here}/users/{user}/jobs")});
        Ok(Json(json!({"type": "list", "size": data.len(), "data": data, "links": links})))
    })
}

/// `POST /jobs/{id}/mfa` `{"mfa-response": […]}` → 202. From the person's browser, or with its token.
pub(super) async fn answer(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(id): Id<BasiqJobId>,
    Body(given): Body<Answers>,
) -> Result<(StatusCode, Json<Value>), BasiqError> {
    let answers = given.answers.ok_or(BasiqError::missing("mfa-response"))?;
    sandbox.look(|world, _| {
        caller.client_of(world.basiq.job(id)?.user)?;
        Ok::<_, BasiqError>(world.basiq.answer(id, &answers)?)
    })?;
    Ok((StatusCode::ACCEPTED, Json(stub(id, &here))))
}

/// A job as other calls name it.
pub(super) fn stub(id: BasiqJobId, here: &str) -> Value {
    json!({"type": "job", "id": id, "links": {"self": format!("{here}/jobs/{id}")}})
}

fn shown(job: &Job, here: &str) -> Value {
    let mut links = json!({"self": format!("{here}/jobs/{}", job.id)});
    // Not known to the caller before the login is (basiq.md 3, rule 4).
    if job.has_done(StepTitle::VerifyCredentials) {
        links["source"] = json!(format!("{here}/users/{}/connections/{}", job.user, job.connection));
    }
    json!({
        "type": "job",
        "id": job.id,
        "jobType": "connection",
        "created": zoned(job.created),
        "updated": zoned(job.updated),
        "steps": job.steps.iter().map(|step| shown_step(job, step)).collect::<Vec<_>>(),
        "links": links,
    })
}

fn shown_step(job: &Job, step: &Step) -> Value {
    let status = match step.status {
        StepStatus::Pending => "pending",
        StepStatus::InProgress => "in-progress",
        StepStatus::Success => "success",
        StepStatus::Failed => "failed",
        StepStatus::Skipped => "skipped",
    };
    json!({"title": step.title.word(), "status": status, "result": result(job, step)})
}

fn result(job: &Job, step: &Step) -> Value {
    if let Some(failure) = &step.failure {
        return json!({"code": failure.code, "title": failure.title, "detail": failure.detail});
    }
    let (user, connection, institution) = (job.user, job.connection, job.institution);
    let link = |url: String| json!({"type": "link", "url": url});
    match (step.status, step.title) {
        (StepStatus::InProgress, StepTitle::MfaChallenge) => challenge(job),
        (StepStatus::Success, StepTitle::VerifyCredentials) => {
            link(format!("/users/{user}/connections/{connection}"))
        }
        (StepStatus::Success, StepTitle::RetrieveAccounts) => {
            link(format!("/users/{user}/accounts?filter=institution.id.eq('{institution}')"))
        }
        (StepStatus::Success, StepTitle::RetrieveTransactions) => {
            link(format!("/users/{user}/transactions?filter=institution.id.eq('{institution}')"))
        }
        _ => Value::Null,
    }
}

/// What is asked; nothing any more once it was answered.
fn challenge(job: &Job) -> Value {
    job.challenge().map_or(Value::Null, |challenge| {
        json!({
            "type": "mfa",
            "method": challenge.method(),
            "description": challenge.description(),
            "input": challenge.input(),
            "expiryMs": u64::try_from(job.answer_within().as_millis()).unwrap_or(u64::MAX),
            "links": {"response": format!("/jobs/{}/mfa", job.id)},
        })
    })
}
