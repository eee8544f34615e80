//! What a person is asked to agree to, and what the client gets because of it.

use crate::app::AppState;
use crate::config;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::LinkRecord;
use crate::tokens::Kind;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{
    AskedBy, CONSENT_WORDS, Consent, ConsentTerms, DataKind, FieldProblemKind, Purpose, VerifiedAccount,
};

/// The longest time for which a client may ask (12 CFR 1033.421(b)(2)): a year, leap day included.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
const LONGEST_REASON: usize = 200;

/// The terms as they are kept: sound, with the data named. The names of accounts are always part of it: without them
/// nothing can be shown.
///
/// # Errors
/// `invalid_input`, naming the member below `consent`.
pub(crate) fn checked(
    state: &AppState,
    terms: Option<&ConsentTerms>,
    purpose: Purpose,
    now: Timestamp,
) -> ApiResult<ConsentTerms> {
    let mut terms = terms.cloned().unwrap_or_default();
    let refuse = |member: &str, problem| Err(ApiProblem::field(format!("consent.{member}"), problem));
    let mut data = match terms.data.take() {
        None => purpose.data().to_vec(),
        Some(data) if data.is_empty() => return refuse("data", FieldProblemKind::Empty),
        Some(mut data) => {
            if let Some(at) = data.iter().position(|kind| !purpose.data().contains(kind)) {
                return refuse(&format!("data.{at}"), FieldProblemKind::NotOffered);
            }
            data.push(DataKind::Accounts);
            data
        }
    };
    data.sort_unstable();
    data.dedup();
    terms.data = Some(data);
    if let Some(reason) = &terms.reason {
        if reason.trim().is_empty() {
            return refuse("reason", FieldProblemKind::Empty);
        }
        if reason.chars().count() > LONGEST_REASON {
            return refuse("reason", FieldProblemKind::TooLong);
        }
        if reason.chars().any(char::is_control) {
            return refuse("reason", FieldProblemKind::Malformed);
        }
    }
    if let Some(until) = &terms.until {
        let Ok(until) = until.as_str().parse::<Timestamp>() else {
            return refuse("until", FieldProblemKind::Malformed);
        };
        if until <= now || until > crate::clock::later(now, LONGEST) {
            return refuse("until", FieldProblemKind::NotOffered);
        }
    }
    if let Some(url) = &terms.revoke_url
        && !config::is_safe_link(url, !state.config.is_practice())
    {
        return refuse("revoke_url", FieldProblemKind::Malformed);
    }
    Ok(terms)
}

/// What the widget has to ask; nothing where the client has asked itself.
pub(crate) fn to_ask(state: &AppState, link: &LinkRecord) -> Option<Consent> {
    match link.consent.asked_by {
        AskedBy::Client => None,
        AskedBy::Widget => Some(described(state, link)),
    }
}

/// The facts of the consent screen, and a version that names them and the words around them.
fn described(state: &AppState, link: &LinkRecord) -> Consent {
    let terms = &link.consent;
    let data = data(link);
    let client = state.clients.get(&link.client).map(|client| client.config.name.as_str());
    let provider = state.aggregator.facts().name;
    let words: Vec<String> = data.iter().map(|kind| format!("{kind:?}")).collect();
    let until = terms.until.as_ref().map(|until| until.as_str());
    let facts = [client, provider.as_deref(), terms.reason.as_deref(), until, terms.revoke_url.as_deref()];
    // An absent fact and an empty one differ.
    let facts = facts.iter().flat_map(|fact| fact.map_or(["-", ""], |fact| ["+", fact]));
    let parts: Vec<&str> = facts.chain(words.iter().map(String::as_str)).collect();
    let digest = state.key.hash(Kind::Consent, &parts);
    let digest: String = digest.as_str().chars().take(16).collect();
    Consent {
        version: format!("{CONSENT_WORDS}.{digest}"),
        data,
        reason: terms.reason.clone(),
        until: terms.until.clone(),
        revoke_url: terms.revoke_url.clone(),
    }
}

/// What the client gets to see.
pub(crate) fn data(link: &LinkRecord) -> Vec<DataKind> {
    link.consent.data.clone().unwrap_or_else(|| link.purpose.data().to_vec())
}

/// Leaves out of a result what the link under which it was made does not cover.
pub(crate) fn limit(link: &LinkRecord, accounts: &mut [VerifiedAccount]) {
    let agreed = data(link);
    for account in accounts {
        if !agreed.contains(&DataKind::AccountNumbers) {
            account.account_number = None;
            account.routing = None;
            account.wire_routing = None;
            account.bsb = None;
        }
        if !agreed.contains(&DataKind::Balances) {
            account.present_balance = None;
            account.available_balance = None;
        }
        if !agreed.contains(&DataKind::Owner) {
            account.owner_names = None;
            account.owner = None;
        }
    }
}
