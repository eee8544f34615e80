//! `/v3/connections/{id}/challenges`: what a sync asks, and answering it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::{Body, Id};
use super::syncs::finish_blocking;
use crate::aggregator::{Challenge, Connection};
use crate::catalogue::{Form, Picture};
use crate::clock::zoned;
use crate::id::{ChallengeId, ConnectionId};
use crate::sandbox::Sandbox;
use crate::secret::Answer;

/// `{challenge_id, answer}`; `id` is tolerated for `challenge_id` (quovo.md 9.5).
#[derive(Deserialize)]
pub(super) struct GivenAnswer {
    #[serde(alias = "id")]
    challenge_id: ChallengeId,
    answer: Answer,
}

/// `answers` as in a sync, or `questions` as one client spells it.
#[derive(Deserialize)]
pub(super) struct Answers {
    #[serde(alias = "questions")]
    answers: Vec<GivenAnswer>,
}

/// A challenge in Quovo v3's fields: the common ones, then those of its form.
#[derive(Serialize)]
pub(super) struct View {
    #[serde(rename = "type")]
    kind: &'static str,
    id: ChallengeId,
    connection_id: ConnectionId,
    expires: Option<String>,
    should_answer: bool,
    question: &'static str,
    #[serde(flatten)]
    payload: Payload,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Payload {
    Nothing {},
    Choices { choices: Vec<ChoiceView> },
    Image { image: ImageView },
    ImageChoices { image_choices: Vec<ImageView> },
}

#[derive(Serialize)]
pub(super) struct ChoiceView {
    key: usize,
    value: &'static str,
    category: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct ImageView {
    html: String,
    source: String,
}

impl From<Picture> for ImageView {
    fn from(picture: Picture) -> Self {
        let source = picture.data_uri();
        Self { html: format!("<img src=\"{source}\">"), source }
    }
}

/// The round asked last.
pub(super) fn views(connection: &Connection) -> Vec<View> {
    let Some(run) = &connection.run else { return Vec::new() };
    run.challenges()
        .map(|(challenge, should_answer)| View {
            kind: challenge.prompt.type_name(),
            id: challenge.id,
            connection_id: connection.id,
            expires: challenge.expires.map(zoned),
            should_answer,
            question: challenge.prompt.question,
            payload: payload(challenge),
        })
        .collect()
}

pub(super) fn payload(challenge: &Challenge) -> Payload {
    match &challenge.prompt.form {
        Form::Text { .. } | Form::Approval { .. } => Payload::Nothing {},
        Form::Choices { options, .. } => Payload::Choices {
            choices: options
                .iter()
                .enumerate()
                .map(|(key, option)| ChoiceView { key, value: option.value, category: option.category })
                .collect(),
        },
        Form::Image { picture, .. } => Payload::Image { image: (*picture).into() },
        Form::ImageChoices { pictures, .. } => {
            Payload::ImageChoices { image_choices: pictures.iter().copied().map(ImageView::from).collect() }
        }
    }
}

/// The answers as the aggregator takes them.
pub(super) fn read(answers: Vec<GivenAnswer>) -> Result<Vec<(ChallengeId, Answer)>, ApiError> {
    if answers.len() > 32 {
        return Err(ApiError::invalid("no round has that many challenges"));
    }
    Ok(answers.into_iter().map(|given| (given.challenge_id, given.answer)).collect())
}

/// `GET /v3/connections/{id}/challenges` → `{"challenges": […]}`: those asked last, open or not.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| Ok(Json(json!({ "challenges": views(world.connection(id)?) }))))
}

/// `PUT /v3/connections/{id}/challenges` `{answers}` → `{"challenges": […]}`. The waiting sync goes on by it.
pub(super) async fn answer(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    Body(given): Body<Answers>,
) -> Result<Json<Value>, ApiError> {
    let answers = read(given.answers)?;
    sandbox.look(|world, _| {
        world.connection(id)?;
        if answers.is_empty() {
            Err(ApiError::invalid("answers are missing"))
        } else {
            Ok(world.answer(id, &answers)?)
        }
    })?;
    finish_blocking(&sandbox, id).await?;
    sandbox.look(|world, _| Ok(Json(json!({ "challenges": views(world.connection(id)?) }))))
}
