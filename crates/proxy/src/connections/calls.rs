//! What a person can do with a connection, and what can be read of one.

use super::act::{self, Wish};
use super::live::Slot;
use super::look;
use super::{drive, manage, parting, view};
use crate::aggregators::{Listing, Reference};
use crate::app::AppState;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ConnectionRecord, Intent, LinkRecord, NewConnection, Proof};
use crate::ways;
use linchpin_protocol::{
    AccountSelection, Answer, AuthorizeProblem, Challenge, ChooseAccounts, Code, Connection, ConnectionId,
    ConnectionMethod, CredentialProblem, FieldProblem, FieldProblemKind, InstitutionRef, LaterReason, Next,
    Retry, Revision, SubmitAnswers,
};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Longer than any login or answer; long enough for every password manager (ASVS 6.2.9).
pub(super) const LONGEST_VALUE: usize = 1_024;

/// A connection to be made.
pub(crate) struct NewConnectionCall<'a> {
    pub(crate) id: ConnectionId,
    pub(crate) link: &'a LinkRecord,
    pub(crate) listing: &'a Listing,
    pub(crate) method: ConnectionMethod,
}

/// Makes a connection of ours. The aggregator hears of it with the first login, or on the way to the bank's
/// own page: looking at a form makes nothing there.
pub(crate) async fn create(state: &AppState, call: NewConnectionCall<'_>) -> ApiResult<Arc<Connection>> {
    let first = first_step(state, Some(call.listing), call.method);
    let deposits = ways::of_client(state, &call.link.client, call.link.purpose);
    let connection = NewConnection {
        id: call.id,
        link: call.link.clone(),
        institution: InstitutionRef {
            id: call.listing.id.clone(),
            name: call.listing.name.clone(),
            domain: call.listing.domain.clone(),
        },
        method: call.method,
        proof: ways::proof(call.listing.way, deposits, call.link.purpose, call.link.account_selection),
        digest: view::digest(&state.key, &first),
        created_at: state.clock.now(),
    };
    state.store.create_connection(&connection).await?;
    render(state, &connection.id).await
}

/// What a new connection asks for. Without a listing the form has no fields yet.
pub(super) fn first_step(state: &AppState, listing: Option<&Listing>, method: ConnectionMethod) -> Next {
    match method {
        ConnectionMethod::BankLogin => {
            Next::Authorize { host: None, problem: AuthorizeProblem::None, opened: false, digits: None }
        }
        ConnectionMethod::Credentials | ConnectionMethod::Unknown => {
            let fields = listing.map(|listing| state.aggregator.login_form(listing)).unwrap_or_default();
            Next::Credentials { fields, problem: CredentialProblem::None, tries_left: None }
        }
    }
}

/// A connection as it stands.
pub(crate) async fn render(state: &AppState, id: &ConnectionId) -> ApiResult<Arc<Connection>> {
    Ok(look::current(state, &state.live.slot(id)).await?)
}

/// A connection as it stands upstream now; as it was shown last, if that cannot be read.
pub(crate) async fn look_again(state: &AppState, id: &ConnectionId) -> ApiResult<Arc<Connection>> {
    let slot = state.live.slot(id);
    let gate = slot.gate.lock().await;
    if !slot.memo().running
        && let Ok(fresh) = look::look(state, &slot).await
    {
        return Ok(fresh);
    }
    drop(gate);
    render(state, id).await
}

/// A connection as it stands upstream now, if that is seen in time; else as it was shown here last, unless it has moved
/// since. Nothing is begun for it.
pub(super) async fn glance(
    state: &AppState,
    record: &ConnectionRecord,
    by: Instant,
) -> Option<Arc<Connection>> {
    let slot = state.live.slot(&record.id);
    let look = async {
        let _gate = slot.gate.lock().await;
        if slot.memo().running { None } else { look::glance(state, &slot).await.ok() }
    };
    match tokio::time::timeout_at(by, look).await {
        Ok(Some(fresh)) => Some(fresh),
        Ok(None) | Err(_) => slot.shown().connection.filter(|shown| shown.revision >= record.revision),
    }
}

/// A connection, at once if it is not what the caller has, else when it changes or the wait ends. With it comes how
/// long ago the change became known here.
pub(crate) async fn wait(
    state: &AppState,
    id: &ConnectionId,
    wait: Duration,
    revision: Option<Revision>,
) -> ApiResult<(Arc<Connection>, Option<Instant>)> {
    let slot = state.live.slot(id);
    let now = look::current(state, &slot).await?;
    if matches!(now.next, Next::Wait { .. }) {
        // Whoever looks also drives: the replica that began it may be gone.
        drive::ensure_driver(state, &slot);
    }
    if wait.is_zero() || revision != Some(now.revision) || slot.shown().drawn > slot.memo().served {
        return Ok(serve(&slot, now));
    }
    let mut changes = slot.subscribe();
    let served = slot.memo().served;
    drive::ensure_driver(state, &slot);
    tokio::select! {
        // The slot outlives this wait, so the channel does not close.
        _ = changes.wait_for(|shown| shown.drawn > served) => {}
        () = tokio::time::sleep(wait) => {}
        () = state.closing.cancelled() => {}
    }
    Ok(serve(&slot, now))
}

/// Notes that the widget was told this, so that its next long-poll waits for something else.
pub(crate) fn told(state: &AppState, connection: &Arc<Connection>) {
    let slot = state.live.slot(&connection.id);
    let shown = slot.shown();
    if shown.connection.is_some_and(|shown| Arc::ptr_eq(&shown, connection)) {
        slot.memo().served = shown.drawn;
    }
}

fn serve(slot: &Slot, fallback: Arc<Connection>) -> (Arc<Connection>, Option<Instant>) {
    let shown = slot.shown();
    slot.memo().served = shown.drawn;
    (shown.connection.unwrap_or(fallback), shown.learned)
}

/// Sends answers.
pub(crate) async fn answers(
    state: &AppState,
    id: &ConnectionId,
    body: SubmitAnswers,
) -> ApiResult<Arc<Connection>> {
    let wish = Wish {
        id: id.clone(),
        revision: Some(body.revision),
        intent: Intent::Answers,
        allowed: |next| matches!(next, Next::Challenges { .. }),
    };
    act::attempt(state, wish, |shown, record| {
        check_answers(&body.answers, shown)?;
        let reference = reference(record)?;
        let aggregator = Arc::clone(&state.aggregator);
        Ok(async move { aggregator.answer(&reference, &body.answers).await })
    })
    .await
}

fn check_answers(answers: &[Answer], shown: &Connection) -> ApiResult<()> {
    let Next::Challenges { items, .. } = &shown.next else { return Err(Code::WrongStep.into()) };
    let asked: HashSet<_> =
        items.iter().filter(|item| item.wants_answer()).filter_map(Challenge::id).collect();
    if asked.is_empty() {
        // What is approved elsewhere goes on by itself. Sending nothing would start over, and try the login once more.
        return Err(ApiProblem::field("answers", FieldProblemKind::NotOffered));
    }
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for (position, answer) in answers.iter().enumerate() {
        let mut refuse = |part: &str, problem| {
            wrong.push(FieldProblem { field: format!("answers.{position}.{part}"), problem });
        };
        if !asked.contains(&answer.id) || !seen.insert(&answer.id) {
            refuse("id", FieldProblemKind::NotOffered);
        }
        let item = items.iter().find(|item| item.id() == Some(&answer.id));
        let offered = item.and_then(keys);
        if matches!(item, Some(Challenge::Approve { .. })) {
            // That it was approved is all there is to say.
            if !answer.value.is_empty() {
                refuse("value", FieldProblemKind::NotOffered);
            }
        } else if answer.value.is_empty() {
            refuse("value", FieldProblemKind::Empty);
        } else if offered.is_some_and(|keys| !keys.contains(&answer.value.expose())) {
            refuse("value", FieldProblemKind::NotOffered);
        } else if answer.value.expose().len() > LONGEST_VALUE {
            refuse("value", FieldProblemKind::TooLong);
        }
    }
    if asked.iter().any(|id| !seen.contains(id)) {
        wrong.push(FieldProblem { field: "answers".to_owned(), problem: FieldProblemKind::Missing });
    }
    if wrong.is_empty() { Ok(()) } else { Err(ApiProblem::fields(wrong)) }
}

/// What may be picked, where something is picked.
fn keys(item: &Challenge) -> Option<Vec<&str>> {
    match item {
        Challenge::Choice { options, .. } => Some(options.iter().map(|option| option.key.as_str()).collect()),
        Challenge::ImageChoice { options, .. } => {
            Some(options.iter().map(|option| option.key.as_str()).collect())
        }
        Challenge::Text { .. }
        | Challenge::Code { .. }
        | Challenge::Image { .. }
        | Challenge::Approve { .. }
        | Challenge::Unknown => None,
    }
}

/// Goes on. After instructions, a lapse, or trouble that the aggregator leaves to the person, that is a new sync; where it
/// retries by itself, or the outcome is not known, it is only another look: repeating logins locks people out
/// (quovo.md 3).
pub(crate) async fn retry(state: &AppState, id: &ConnectionId, body: Retry) -> ApiResult<Arc<Connection>> {
    let slot = state.live.slot(id);
    let shown = look::current(state, &slot).await?;
    if shown.revision != body.revision {
        return Err(Code::WrongStep.into());
    }
    if matches!(shown.next, Next::Interrupted { .. }) {
        // It stays, then.
        let _gate = slot.gate.lock().await;
        parting::withdraw(state, &slot, shown.revision).await?;
        return Ok(look::look(state, &slot).await?);
    }
    if matches!(shown.next, Next::Later { .. } | Next::Failed { .. } | Next::NoAccounts {})
        && !is_left_to_the_person(&shown.next)
    {
        let _gate = slot.gate.lock().await;
        return Ok(look::look(state, &slot).await?);
    }
    manage::check_the_day(state, &slot, &look::load(state, &slot).await?).await?;
    let wish = Wish {
        id: id.clone(),
        revision: Some(body.revision),
        intent: Intent::Retry,
        allowed: |next| {
            matches!(next, Next::Instructions { .. } | Next::StartAgain {} | Next::Challenges { .. })
                || is_left_to_the_person(next)
        },
    };
    let now = state.clock.now();
    act::attempt(state, wish, |shown, record| {
        // Questions are given up for a new attempt only when it is too late to answer them.
        if matches!(shown.next, Next::Challenges { .. }) && !view::is_too_late(&shown.next, now) {
            return Err(Code::WrongStep.into());
        }
        let reference = reference(record)?;
        let aggregator = Arc::clone(&state.aggregator);
        Ok(async move { aggregator.retry(&reference).await })
    })
    .await
}

/// Trouble that is known and that the aggregator does not try to get over by itself.
fn is_left_to_the_person(next: &Next) -> bool {
    matches!(next, Next::Later { reason, retries_itself: false } if *reason != LaterReason::Unknown)
}

pub(super) fn reference(record: &ConnectionRecord) -> ApiResult<Reference> {
    record.upstream.clone().map(Reference).ok_or_else(|| Code::WrongStep.into())
}

/// Keeps which accounts are to be used.
pub(crate) async fn choose(
    state: &AppState,
    id: &ConnectionId,
    body: ChooseAccounts,
) -> ApiResult<Arc<Connection>> {
    let slot = state.live.slot(id);
    let _gate = slot.gate.lock().await;
    let (shown, record) = look::standing(state, &slot).await?;
    let Next::ChooseAccounts { accounts, .. } = &shown.next else { return Err(Code::WrongStep.into()) };
    if shown.revision != body.revision {
        return Err(Code::WrongStep.into());
    }
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for (position, id) in body.account_ids.iter().enumerate() {
        let offered = accounts.iter().any(|account| account.id == *id && account.not_verifiable.is_none());
        if !offered || !seen.insert(id) {
            let field = format!("account_ids.{position}");
            wrong.push(FieldProblem { field, problem: FieldProblemKind::NotOffered });
        }
    }
    let count_fits = match record.account_selection {
        AccountSelection::One => body.account_ids.len() == 1,
        AccountSelection::Many => !body.account_ids.is_empty(),
    };
    if !count_fits {
        let problem =
            if body.account_ids.is_empty() { FieldProblemKind::Empty } else { FieldProblemKind::TooLong };
        wrong.push(FieldProblem { field: "account_ids".to_owned(), problem });
    }
    if !wrong.is_empty() {
        return Err(ApiProblem::fields(wrong));
    }
    let chosen: Vec<_> = accounts.iter().filter(|account| seen.contains(&account.id)).cloned().collect();
    let ids: Vec<_> = chosen.iter().map(|account| account.id.clone()).collect();
    let next = match record.proof {
        Proof::Numbers => Next::Linked { accounts: chosen },
        Proof::Deposits => {
            let ways = ways::of_client(state, &record.client, record.purpose);
            Next::OfferDeposits { account: chosen.into_iter().next(), ways }
        }
    };
    let status = view::status(&next).unwrap_or(&shown.status).to_owned();
    let digest = view::digest(&state.key, &next);
    let revision = state.store.choose_accounts(id, body.revision, &ids, &digest, state.clock.now()).await?;
    let revision = revision.ok_or(Code::WrongStep)?;
    Ok(slot.show(Connection { revision, status, next, ..(*shown).clone() }))
}
