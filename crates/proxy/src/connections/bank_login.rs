//! Sign-in on a bank's own page: a ticket leads there, a cookie and a state lead back.
//!
//! The widget cannot tell what becomes of the window that it opened, so everything that happens is a state of the
//! connection, and the long-poll tells it. What is made upstream is made when the ticket is used, not before.

use super::act::{self, Running, Wish};
use super::live::Slot;
use super::upstream::Counterpart;
use super::{calls, look};
use crate::aggregators::{BankPage, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::extract::IDLE;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{
    ConnectionRecord, Ended, Intent, LinkRecord, NewTicket, TicketSpend, VisitRecord, WayBack,
};
use crate::tokens::{self, Hash, Kind};
use jiff::SignedDuration;
use linchpin_protocol::{
    Abandon, Authorize, AuthorizeProblem, AuthorizeTicket, Code, Connection, ConnectionId, FieldProblemKind,
    Next, Secret, Surface,
};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// How long a ticket is good for.
const TICKET_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// How long somebody is waited for who went to the bank's page (standards S7).
const WAITED_FOR: SignedDuration = SignedDuration::from_mins(10);
/// A late return is taken for so long, and the browser keeps its cookie: the person did finish.
pub(crate) const RETURN_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// Visits are kept for a day, so that a late return still gets an answer that fits.
pub(crate) const VISITS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How often digits may be typed that do not match, before nobody is waited for any more.
const MOST_MISMATCHES: u32 = 3;
/// How long a window may stay empty while the bank's page is asked for.
const EMPTY_WINDOW: Duration = Duration::from_secs(20);

/// How a ticket begins that the widget's own page opens in a window.
const FROM_THE_WIDGET: &str = "w_";
/// How a ticket begins that the client's page leads to: in its own place, or out of an element of it.
const FROM_A_PAGE: &str = "p_";

/// Whether a ticket is meant for the client's page to lead to. The ticket says so itself, and does not pass otherwise.
pub(crate) fn is_from_a_page(ticket: &str) -> bool {
    ticket.starts_with(FROM_A_PAGE)
}

fn is_authorize(next: &Next) -> bool {
    matches!(next, Next::Authorize { .. })
}

/// Mints a ticket for whoever sees this step. It does not move the revision: nobody has gone anywhere yet.
pub(crate) async fn ticket(
    state: &AppState,
    link: &LinkRecord,
    id: &ConnectionId,
    body: &Authorize,
) -> ApiResult<AuthorizeTicket> {
    if body.in_place && !link.leads_back() {
        return Err(ApiProblem::field("in_place", FieldProblemKind::NotOffered));
    }
    let slot = state.live.slot(id);
    let _gate = slot.gate.lock().await;
    let shown = look::current_held(state, &slot).await?;
    if shown.revision != body.revision || !is_authorize(&shown.next) {
        return Err(Code::WrongStep.into());
    }
    let from_a_page = body.in_place || link.surface == Surface::Element;
    let secret = tokens::token(if from_a_page { FROM_A_PAGE } else { FROM_THE_WIDGET })?;
    let now = state.clock.now();
    let ticket = NewTicket {
        hash: state.key.hash(Kind::Ticket, &[secret.expose()]),
        connection: id.clone(),
        link: link.id.clone(),
        in_place: body.in_place,
        now,
        expires_at: later(now, TICKET_LIFE),
    };
    state.store.mint_ticket(&ticket).await?;
    let seconds = u32::try_from(TICKET_LIFE.as_secs()).unwrap_or(u32::MAX);
    let url = Secret::new(format!("{}/go/{}", state.config.public_url, secret.expose()));
    Ok(AuthorizeTicket { url, seconds })
}

/// The person has given the visit up.
pub(crate) async fn abandon(
    state: &AppState,
    id: &ConnectionId,
    body: &Abandon,
) -> ApiResult<Arc<Connection>> {
    let slot = state.live.slot(id);
    let _gate = slot.gate.lock().await;
    let shown = look::current_held(state, &slot).await?;
    if shown.revision != body.revision || !is_authorize(&shown.next) {
        return Err(Code::WrongStep.into());
    }
    let now = state.clock.now();
    if !state.store.close_visit(id, shown.revision, AuthorizeProblem::Abandoned, now).await? {
        return Err(Code::WrongStep.into());
    }
    Ok(look::own_again(state, &slot).await?)
}

/// What becomes of somebody who comes with a ticket.
pub(crate) enum Opening {
    /// On to the bank.
    Go(Departure),
    /// The ticket was used, replaced, or has nothing to lead to any more.
    Used,
    /// The ticket's time is over.
    Late,
    /// There is no such ticket.
    Unknown,
    /// The bank's page cannot be had now.
    Away,
}

/// On the way to the bank.
pub(crate) struct Departure {
    /// The bank's own page. In a header, and nowhere else.
    pub(crate) url: Secret,
    /// What the browser is to keep.
    pub(crate) cookie: Secret,
    /// The state that the cookie goes with, hashed.
    pub(crate) state: Hash,
}

/// Uses a ticket: makes the connection upstream if need be, and asks for the bank's page.
pub(crate) async fn open(state: &AppState, ticket: &str) -> ApiResult<Opening> {
    let now = state.clock.now();
    let (cookie, token) = (tokens::token("")?, tokens::token("")?);
    let back = WayBack {
        cookie: state.key.hash(Kind::Visitor, &[cookie.expose()]),
        state: state_hash(state, token.expose()),
    };
    let ticket = state.key.hash(Kind::Ticket, &[ticket]);
    let visit = match state.store.spend_ticket(&ticket, &back, now).await? {
        TicketSpend::Spent(visit) => visit,
        TicketSpend::Used => return Ok(Opening::Used),
        TicketSpend::Expired(visit) => {
            too_late(state, &visit).await?;
            return Ok(Opening::Late);
        }
        TicketSpend::Unknown => return Ok(Opening::Unknown),
    };
    if state.store.link_for_page(&visit.link, now, later(now, -IDLE)).await?.is_none() {
        return Ok(Opening::Used);
    }
    let slot = state.live.slot(&visit.connection);
    let (record, nth) = {
        let _gate = slot.gate.lock().await;
        let (shown, record) = look::standing(state, &slot).await?;
        if !is_authorize(&shown.next) {
            return Ok(Opening::Used);
        }
        let Some(nth) = act::begin(state, &record, Intent::Authorize, None).await? else {
            // Another window is on its way already, or was when its proxy went away.
            return Ok(Opening::Away);
        };
        slot.memo().running = true;
        (record, nth)
    };
    // It goes on when the window is closed meanwhile: what was begun is also ended.
    let running = Running { state: state.clone(), slot, nth };
    let secret = token.clone();
    let work = state.tasks.spawn(async move { ask(&running, &record, &secret).await });
    match tokio::time::timeout(EMPTY_WINDOW, work).await {
        Ok(Ok(Some(page))) => Ok(Opening::Go(Departure { url: page.url, cookie, state: back.state })),
        Ok(Ok(None) | Err(_)) | Err(_) => Ok(Opening::Away),
    }
}

/// Asks for the bank's page, and shows that somebody is on the way there.
async fn ask(running: &Running, record: &ConnectionRecord, token: &Secret) -> Option<BankPage> {
    let Running { state, slot, nth } = running;
    let counterpart = Counterpart::of(state, record);
    let back = format!("{}/return", state.config.public_url);
    let asked = async {
        let reference = counterpart.ensure(&[]).await?.reference;
        let page = state.aggregator.authorize(&reference, &back, token).await?;
        if let Some(moved) = &page.moved {
            counterpart.keep(moved).await?;
        }
        Ok(page)
    };
    let page: Result<BankPage, UpstreamError> = running.hold(asked).await;
    let _gate = slot.gate.lock().await;
    slot.memo().running = false;
    slot.memo().mismatches = 0;
    let kept = match &page {
        Ok(page) => {
            let until = later(state.clock.now(), WAITED_FOR);
            state.store.open_visit(&slot.id, *nth, until, &page.host).await
        }
        // Whatever it did, the person got nowhere by it; a connection that it made is found again.
        Err(error) => {
            tracing::warn!(%error, "a bank's page could not be had");
            let (watch_until, now) = (record.watch_until, state.clock.now());
            let ended = state.store.end_attempt(&slot.id, *nth, Ended::Nothing, watch_until, now).await;
            ended.map(|ended| ended.is_some())
        }
    };
    let is_overtaken = matches!(kept, Ok(false));
    if is_overtaken {
        tracing::warn!("somebody else has gone on meanwhile: a bank's page comes too late");
    }
    if let Err(error) = kept {
        tracing::error!(%error, "a visit could not be kept");
    }
    if let Err(error) = look::own_again(state, slot).await {
        tracing::warn!(%error, "a visit could not be shown yet");
    }
    page.ok().filter(|_| !is_overtaken)
}

/// Somebody came with a ticket that is no longer good: the widget says so too.
async fn too_late(state: &AppState, visit: &VisitRecord) -> ApiResult<()> {
    let slot = state.live.slot(&visit.connection);
    let _gate = slot.gate.lock().await;
    let shown = look::current_held(state, &slot).await?;
    if matches!(shown.next, Next::Authorize { opened: false, .. }) {
        close(state, &slot, &shown, AuthorizeProblem::Expired).await?;
    }
    Ok(())
}

/// Shows what became of a visit, unless the connection has moved on meanwhile.
async fn close(
    state: &AppState,
    slot: &Arc<Slot>,
    shown: &Connection,
    problem: AuthorizeProblem,
) -> ApiResult<()> {
    if state.store.close_visit(&slot.id, shown.revision, problem, state.clock.now()).await? {
        look::own_again(state, slot).await?;
    }
    Ok(())
}

/// What becomes of somebody who comes back from the bank.
pub(crate) enum Arrival {
    /// The bank has said yes, if the aggregator tells that on the way back, and it goes on.
    Allowed(LinkRecord, VisitRecord),
    /// The bank, or the person there, has said no.
    Denied(LinkRecord, VisitRecord),
    /// Another browser than the one that left, and it cannot be finished there.
    AnotherBrowser,
    /// Another browser than the one that left: the digits that the widget shows are asked for.
    Asked {
        /// For whom.
        link: LinkRecord,
        /// Where.
        bank: String,
        /// Digits were typed that do not match.
        mismatch: bool,
    },
    /// Nobody is expected with this state, or no longer.
    Unknown,
    /// It cannot be gone on now; the same address may be tried again.
    Away,
}

/// By what somebody who comes back shows that they are the one who left.
#[derive(Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// What the browser that left was given to keep, if it was brought.
    Cookie(Option<&'a str>),
    /// The digits that the widget shows.
    Digits(&'a str),
}

/// Under which a state is kept.
pub(crate) fn state_hash(state: &AppState, token: &str) -> Hash {
    state.key.hash(Kind::State, &[token])
}

/// Takes somebody back: the state says for which connection, the proof that it is whoever left.
///
/// Doing it again does nothing twice: the first end of a visit stays, and a sync is started at one step once.
pub(crate) async fn come_back(
    state: &AppState,
    key: &Hash,
    proof: Proof<'_>,
    refused: bool,
) -> ApiResult<Arrival> {
    let refused = refused && state.aggregator.return_tells();
    let Some(visit) = state.store.visit(key).await? else { return Ok(Arrival::Unknown) };
    let in_time = visit.opened_at.is_some_and(|at| later(at, RETURN_LIFE) > state.clock.now());
    let link = state.store.link(&visit.link).await?.filter(|link| link.revoked_at.is_none());
    let link = link.filter(|_| in_time || visit.ended.is_some());
    let is_theirs = match proof {
        Proof::Cookie(cookie) => {
            let brought = cookie.map(|cookie| state.key.hash(Kind::Visitor, &[cookie]));
            matches!((&visit.cookie, &brought), (Some(kept), Some(brought)) if kept.matches(brought))
        }
        Proof::Digits(_) => false,
    };
    if !is_theirs {
        let typed = match proof {
            Proof::Cookie(_) => None,
            Proof::Digits(digits) => Some(digits),
        };
        // A refusal in another browser changes nothing: the person says so in the widget.
        let link = link.clone().filter(|_| !refused);
        if let Some(arrival) = elsewhere(state, key, &visit, link, typed).await? {
            return Ok(arrival);
        }
    }
    let Some(link) = link else { return Ok(Arrival::Unknown) };
    match visit.ended {
        Some(AuthorizeProblem::None) => return Ok(Arrival::Allowed(link, visit)),
        Some(_) => return Ok(Arrival::Denied(link, visit)),
        None => {}
    }
    if refused {
        let slot = state.live.slot(&visit.connection);
        let _gate = slot.gate.lock().await;
        let shown = look::current_held(state, &slot).await?;
        if is_authorize(&shown.next) {
            close(state, &slot, &shown, AuthorizeProblem::Denied).await?;
        }
        state.store.end_visit(key, AuthorizeProblem::Denied).await?;
        return Ok(Arrival::Denied(link, visit));
    }
    match go_on(state, &visit.connection).await? {
        Onward::Begun => {
            state.store.end_visit(key, AuthorizeProblem::None).await?;
            Ok(Arrival::Allowed(link, visit))
        }
        Onward::UnderWay => Ok(Arrival::Allowed(link, visit)),
        Onward::Refused => {
            state.store.end_visit(key, AuthorizeProblem::Denied).await?;
            Ok(Arrival::Denied(link, visit))
        }
        Onward::NotNow => Ok(Arrival::Away),
    }
}

/// Somebody is back in another browser than the one that left, as happens where a bank's app opens a browser of its own.
/// `None`: the digits that they typed are those which their widget shows, so it is them.
async fn elsewhere(
    state: &AppState,
    key: &Hash,
    visit: &VisitRecord,
    link: Option<LinkRecord>,
    typed: Option<&str>,
) -> ApiResult<Option<Arrival>> {
    let slot = state.live.slot(&visit.connection);
    let _gate = slot.gate.lock().await;
    let shown = look::current_held(state, &slot).await?;
    // Where the widget itself has left for the bank, nobody sees it.
    let expected = match &shown.next {
        Next::Authorize { digits: Some(digits), .. } if !visit.in_place && visit.ended.is_none() => digits,
        _ => return Ok(Some(Arrival::AnotherBrowser)),
    };
    let Some(link) = link else { return Ok(Some(Arrival::AnotherBrowser)) };
    let typed: Option<String> = typed.map(|text| text.chars().filter(|c| !c.is_whitespace()).collect());
    let mismatch = match typed {
        Some(typed) if typed.as_bytes().ct_eq(expected.as_bytes()).into() => {
            slot.memo().mismatches = 0;
            return Ok(None);
        }
        typed => typed.is_some(),
    };
    if mismatch {
        let mismatches = {
            let mut memo = slot.memo();
            memo.mismatches += 1;
            memo.mismatches
        };
        if mismatches >= MOST_MISMATCHES {
            slot.memo().mismatches = 0;
            state.store.end_visit(key, AuthorizeProblem::Abandoned).await?;
            close(state, &slot, &shown, AuthorizeProblem::Abandoned).await?;
            return Ok(Some(Arrival::Unknown));
        }
    }
    Ok(Some(Arrival::Asked { link, bank: shown.institution.name.clone(), mismatch }))
}

/// What becomes of the sync that the bank has allowed.
enum Onward {
    /// It was begun, now or when the person came back before; the connection has moved on.
    Begun,
    /// Somebody here is just about to begin it.
    UnderWay,
    /// The aggregator has seen that nothing was allowed there.
    Refused,
    /// It could not be begun; whether it was by a proxy that is gone is not known yet.
    NotNow,
}

/// Starts the sync that the bank has allowed, at one step once.
async fn go_on(state: &AppState, id: &ConnectionId) -> ApiResult<Onward> {
    for _ in 0..2 {
        let wish = Wish { id: id.clone(), revision: None, intent: Intent::Return, allowed: is_authorize };
        let begun = act::attempt(state, wish, |_, record| {
            let reference = calls::reference(record)?;
            let aggregator = Arc::clone(&state.aggregator);
            Ok(async move { aggregator.authorized(&reference).await })
        })
        .await;
        match begun {
            Ok(shown) if is_authorize(&shown.next) => {
                let slot = state.live.slot(id);
                let _gate = slot.gate.lock().await;
                close(state, &slot, &shown, AuthorizeProblem::Denied).await?;
                return Ok(Onward::Refused);
            }
            Ok(_) => return Ok(Onward::Begun),
            Err(problem) if problem.code() == Code::WrongStep => {}
            Err(problem) => {
                tracing::warn!(?problem, "a return from a bank could not be gone on with");
                return Ok(Onward::NotNow);
            }
        }
        // Somebody was here before, perhaps with a proxy that is gone: what became of that is asked anew.
        let slot = state.live.slot(id);
        let _gate = slot.gate.lock().await;
        if slot.memo().running {
            return Ok(Onward::UnderWay);
        }
        let shown = look::look(state, &slot).await?;
        if look::load(state, &slot).await?.pending.is_some() {
            return Ok(Onward::NotNow);
        }
        if !is_authorize(&shown.next) {
            return Ok(Onward::Begun);
        }
    }
    Ok(Onward::NotNow)
}
