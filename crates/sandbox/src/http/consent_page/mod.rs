//! Basiq's consent page, for practice: where people agree, choose an institution, and log in or go to their bank
//! (basiq.md 9). Plain forms, no script.
//!
//! The link carries a token. It is looked at once and left behind: the pages that follow are named by a visit.

mod pages;

use axum::Form;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::bank_page::isolated;
use super::console::is_own_form_or_no_browser;
use super::error::ApiError;
use crate::aggregator::Token;
use crate::aggregator::basiq::{Deed, Given, Next, Wanted};
use crate::aggregator::{escaped, origin};
use crate::id::BasiqJobId;
use crate::sandbox::Sandbox;
use crate::secret::Secret;

/// All pages.
pub(super) fn routes() -> Router<Sandbox> {
    Router::new().route("/consent/home", get(home)).route("/consent/{visit}", get(show).post(act))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    token: Option<Secret>,
    action: Option<String>,
    state: Option<Secret>,
    institution_id: Option<String>,
    connection_id: Option<String>,
}

/// `GET /consent/home?token=&action=&state=&institutionId=&connectionId=`: begins a visit.
async fn home(State(sandbox): State<Sandbox>, Query(link): Query<Link>) -> Result<Response, ApiError> {
    if way_back(&sandbox).is_none() {
        return Ok(pages::cannot("No address to go back to is set for this application."));
    }
    let Some(token) = link.token else { return Ok(pages::cannot("This link has no token.")) };
    let wanted = Wanted {
        action: link.action,
        state: link.state,
        institution: link.institution_id,
        connection: link.connection_id,
    };
    let id = Token::draw()?;
    let address = format!("/consent/{}", id.expose());
    match sandbox.look(|world, _| world.basiq.visit(id, token.expose(), wanted)) {
        Ok(()) => to(&address),
        Err(why) => Ok(pages::cannot(why)),
    }
}

/// `GET /consent/{visit}`: the page that is due.
async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let back = way_back(&sandbox).unwrap_or_default();
    sandbox.look(|world, _| match world.basiq.visit_called(&id) {
        Ok(visit) => pages::due(&world.basiq, visit, &format!("/consent/{id}"), origin(&back)),
        Err(_) => pages::over(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Filled {
    choice: Choice,
    institution: Option<String>,
    connection: Option<String>,
    login_id: Option<Secret>,
    password: Option<Secret>,
    secondary_login_id: Option<Secret>,
    security_code: Option<Secret>,
    token: Option<Secret>,
    first_answer: Option<Secret>,
    second_answer: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Choice {
    Agree,
    Cancel,
    Choose,
    LogIn,
    Answer,
    Renew,
    Leave,
}

impl Filled {
    fn deed(self) -> Deed {
        match self.choice {
            Choice::Agree => Deed::Agree,
            Choice::Cancel => Deed::Cancel,
            Choice::Choose => {
                // `AU00000 web`: the value of one button.
                let chosen = self.institution.unwrap_or_default();
                let (institution, method) = chosen.split_once(' ').unwrap_or_default();
                Deed::Choose { institution: institution.to_owned(), method: method.to_owned() }
            }
            Choice::LogIn => Deed::LogIn(Given {
                login_id: self.login_id,
                password: self.password,
                secondary_login_id: self.secondary_login_id,
                security_code: self.security_code,
                user_token: self.token,
            }),
            Choice::Answer => {
                Deed::Answer([self.first_answer, self.second_answer].into_iter().flatten().collect())
            }
            Choice::Renew => Deed::Renew(self.connection.unwrap_or_default()),
            Choice::Leave => Deed::Leave,
        }
    }
}

/// `POST /consent/{visit}`: what the person did; to the next page, or back.
async fn act(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Result<Response, ApiError> {
    if !is_own_form_or_no_browser(&headers) {
        return Err(ApiError::FORBIDDEN);
    }
    let mut next = sandbox.look(|world, _| world.basiq.act(&id, filled.deed()));
    if let Ok(Next::Wait(job)) = next {
        come_to_rest(&sandbox, job).await?;
        next = sandbox.look(|world, _| world.basiq.after(&id, job));
    }
    match next {
        Ok(Next::Stay | Next::Wait(_)) => to(&format!("/consent/{id}")),
        Ok(Next::Leave { jobs, state }) => {
            let back = way_back(&sandbox).unwrap_or_default();
            to(&with_result(&back, &jobs, state.as_ref()))
        }
        Err(_) => Ok(pages::over()),
    }
}

/// Waits, by the practice clock, until a job asks something, has let the person in, or has failed.
async fn come_to_rest(sandbox: &Sandbox, job: BasiqJobId) -> Result<(), ApiError> {
    while let Some(at) = sandbox.look(|world, _| world.basiq.restless_until(job)) {
        tokio::select! {
            () = sandbox.clock().sleep_until(at) => {}
            () = sandbox.closing() => return Err(ApiError::CLOSING),
        }
    }
    Ok(())
}

/// The address to go back to, if it can be gone to.
fn way_back(sandbox: &Sandbox) -> Option<String> {
    sandbox.basiq_redirect().filter(|url| origin(url).is_some() && !url.contains('#'))
}

/// Where people go in the end: without jobs when they said no (basiq.md 11.17).
fn with_result(back: &str, jobs: &[BasiqJobId], state: Option<&Secret>) -> String {
    let mut query = Vec::new();
    if !jobs.is_empty() {
        let ids: Vec<String> = jobs.iter().map(ToString::to_string).collect();
        query.push(format!("jobIds={}", ids.join(",")));
    }
    if let Some(state) = state {
        query.push(format!("state={}", escaped(state.expose())));
    }
    if query.is_empty() {
        return back.to_owned();
    }
    let separator = if back.contains('?') { '&' } else { '?' };
    format!("{back}{separator}{}", query.join("&"))
}

fn to(address: &str) -> Result<Response, ApiError> {
    let address =
        HeaderValue::from_str(address).map_err(|_| ApiError::invalid("the address cannot be gone to"))?;
    Ok((StatusCode::SEE_OTHER, isolated(), [(header::LOCATION, address)]).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_has_jobs_and_state_in_its_query() {
        let (jobs, state) = ([BasiqJobId(1), BasiqJobId(2)], Secret::new("a&b"));
        assert_eq!(
            with_result("https://a.example/r", &jobs, Some(&state)),
            "https://a.example/r?jobIds=job-1,job-2&state=a%26b"
        );
        assert_eq!(
            with_result("https://a.example/r?x=1", &[], Some(&state)),
            "https://a.example/r?x=1&state=a%26b"
        );
        assert_eq!(with_result("https://a.example/r", &[], None), "https://a.example/r");
    }
}
