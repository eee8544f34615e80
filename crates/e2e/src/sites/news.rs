//! When the practice bank told its callers something new.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Far above anything the practice bank says.
const LARGEST: usize = 64 * 1024 * 1024;

/// A note of every answer that differed from the one before it to the same question. Clones share one.
#[derive(Clone, Default)]
pub(super) struct News(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    last_answers: HashMap<String, Vec<u8>>,
    /// Milliseconds since 1970, in order.
    told: Vec<f64>,
    /// A part of the path of a call that changes something, and whose answer is lost.
    lose: Option<&'static str>,
}

impl News {
    /// When something new was told last, before `moment`. Both in milliseconds since 1970.
    pub(super) fn last_before(&self, moment: f64) -> Option<f64> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.told.iter().copied().rfind(|told| *told <= moment)
    }

    /// Whether a question was answered whose address contains `part`.
    pub(super) fn told(&self, part: &str) -> bool {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.last_answers.keys().any(|question| question.contains(part))
    }

    /// Loses the answer to the next call that changes something and whose path contains `part`.
    pub(super) fn lose(&self, part: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).lose = Some(part);
    }

    fn loses(&self, request: &Request) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = request.method() != Method::GET;
        noted.lose.take_if(|part| changes && request.uri().path().contains(&**part)).is_some()
    }

    fn note(&self, question: String, answer: &[u8]) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0;
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.last_answers.get(&question).is_none_or(|last| last != answer) {
            noted.last_answers.insert(question, answer.to_vec());
            noted.told.push(now);
        }
    }
}

/// Notes an answer just before it is sent: the caller knows it a little later, never earlier.
pub(super) async fn note(State(news): State<News>, request: Request, next: Next) -> Response {
    let question = format!("{} {}", request.method(), request.uri());
    if news.loses(&request) {
        next.run(request).await;
        // What comes instead says nothing.
        return Response::new(Body::from("{"));
    }
    let (head, body) = next.run(request).await.into_parts();
    match to_bytes(body, LARGEST).await {
        Ok(answer) => {
            news.note(question, &answer);
            Response::from_parts(head, Body::from(answer))
        }
        // The caller sees a cut answer, as it would without this note.
        Err(_) => Response::from_parts(head, Body::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_answer_again_is_no_news() {
        let news = News::default();
        news.note("GET /sync".to_owned(), b"syncing");
        let first = news.last_before(f64::MAX).unwrap();
        news.note("GET /sync".to_owned(), b"syncing");
        assert_eq!(news.last_before(f64::MAX), Some(first), "nothing new was told");
        news.note("GET /sync".to_owned(), b"good");
        news.note("GET /accounts".to_owned(), b"good");
        assert_eq!(
            news.0.lock().unwrap().told.len(),
            3,
            "another answer, and one to another question, are news"
        );
        assert_eq!(news.last_before(first - 1.0), None, "nothing was told before the first");
    }
}
