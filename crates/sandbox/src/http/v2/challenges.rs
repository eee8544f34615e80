//! `/v2/accounts/{id}/challenges` and `/v2/challenges/{id}`: what a sync asks, and answering it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::challenges::{Payload, payload};
use super::super::error::ApiError;
use super::super::extract::{Body, Id};
use super::super::syncs::finish_blocking;
use crate::aggregator::{Connection, Run};
use crate::id::{ChallengeId, ConnectionId};
use crate::sandbox::Sandbox;
use crate::secret::{Answer, Secret};

/// A challenge in v2's fields: the common ones, then those of its form.
#[derive(Serialize)]
pub(super) struct View {
    account: ConnectionId,
    id: ChallengeId,
    is_answered: bool,
    last_asked: bool,
    question: &'static str,
    should_answer: bool,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    payload: Payload,
}

/// The round asked last.
pub(super) fn views(connection: &Connection) -> Vec<View> {
    let Some(run) = &connection.run else { return Vec::new() };
    run.challenges()
        .map(|(challenge, should_answer)| View {
            account: connection.id,
            id: challenge.id,
            is_answered: challenge.is_answered(),
            // Of earlier rounds nothing is kept.
            last_asked: true,
            question: challenge.prompt.question,
            should_answer,
            kind: challenge.prompt.type_name(),
            payload: payload(challenge),
        })
        .collect()
}

/// An answer to the challenge of this id, or to the one that asks this text.
#[derive(Deserialize)]
struct GivenAnswer {
    id: Option<ChallengeId>,
    question: Option<String>,
    answer: Answer,
}

/// `questions`: a list, or (some clients' slip) the text of one.
#[derive(Default, Deserialize)]
#[serde(try_from = "QuestionsOnTheWire")]
pub(super) struct Questions(Vec<GivenAnswer>);

#[derive(Deserialize)]
#[serde(untagged)]
enum QuestionsOnTheWire {
    List(Vec<GivenAnswer>),
    Text(Secret),
}

impl TryFrom<QuestionsOnTheWire> for Questions {
    type Error = &'static str;

    fn try_from(questions: QuestionsOnTheWire) -> Result<Self, Self::Error> {
        match questions {
            QuestionsOnTheWire::List(list) => Ok(Self(list)),
            QuestionsOnTheWire::Text(text) => serde_json::from_str(text.expose())
                .map(Self)
                .map_err(|_| "questions is not a list of answers"),
        }
    }
}

impl Questions {
    /// The answers as the aggregator takes them, to what `connection` was asked last.
    pub(super) fn read(self, connection: &Connection) -> Result<Vec<(ChallengeId, Answer)>, ApiError> {
        if self.0.len() > 32 {
            return Err(ApiError::invalid("no round has that many challenges"));
        }
        self.0.into_iter().map(|given| given.read(connection)).collect()
    }
}

impl GivenAnswer {
    fn read(self, connection: &Connection) -> Result<(ChallengeId, Answer), ApiError> {
        let asked = |text: &str| {
            let mut round = connection.run.iter().flat_map(Run::challenges);
            round.find(|(challenge, _)| challenge.prompt.question == text).map(|(challenge, _)| challenge.id)
        };
        let id = self.id.or_else(|| self.question.as_deref().and_then(asked));
        let id = id.ok_or_else(|| ApiError::invalid("an answer names no challenge that is open"))?;
        Ok((id, self.answer))
    }
}

#[derive(Deserialize)]
pub(super) struct Answers {
    #[serde(default)]
    questions: Questions,
    question: Option<String>,
    answer: Option<Answer>,
}

/// `GET /v2/accounts/{id}/challenges` → `{"challenges": […]}`: those asked last, open or not.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| Ok(Json(json!({ "challenges": views(world.connection(id)?) }))))
}

/// `PUT /v2/accounts/{id}/challenges` `{questions}` or `{question, answer}` → `{"challenges": […]}`.
///
/// One question with its answer wins over a list. The waiting sync goes on by it.
pub(super) async fn answer(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    Body(given): Body<Answers>,
) -> Result<Json<Value>, ApiError> {
    let questions = match (given.question, given.answer) {
        (Some(question), Some(answer)) => {
            Questions(vec![GivenAnswer { id: None, question: Some(question), answer }])
        }
        (None, None) => given.questions,
        (Some(_), None) | (None, Some(_)) => {
            return Err(ApiError::invalid("question and answer have to come together"));
        }
    };
    sandbox.look(|world, _| {
        let answers = questions.read(world.connection(id)?)?;
        if answers.is_empty() {
            return Err(ApiError::invalid("answers are missing"));
        }
        Ok(world.answer(id, &answers)?)
    })?;
    finish_blocking(&sandbox, id).await?;
    sandbox.look(|world, _| Ok(Json(json!({ "challenges": views(world.connection(id)?) }))))
}

#[derive(Deserialize)]
pub(super) struct OneAnswer {
    answer: Answer,
}

/// `GET /v2/challenges/{id}` → `{"challenge": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ChallengeId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let connection = world.connection(world.asked_on(id)?)?;
        let view = views(connection).into_iter().find(|view| view.id == id);
        Ok(Json(json!({ "challenge": view.ok_or(ApiError::NOT_FOUND)? })))
    })
}

/// `PUT /v2/challenges/{id}` `{answer}` → `{"challenge": {…}}` as it is then; the waiting sync goes on by it.
pub(super) async fn answer_one(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ChallengeId>,
    Body(given): Body<OneAnswer>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let connection = world.asked_on(id)?;
        world.answer(connection, &[(id, given.answer)])?;
        let view = views(world.connection(connection)?).into_iter().find(|view| view.id == id);
        Ok(Json(json!({ "challenge": view.ok_or(ApiError::NOT_FOUND)? })))
    })
}
