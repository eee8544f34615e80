//! What each mode of a session may call, and what it may call where the page around the widget sees it. One table; a route
//! that is not in it is closed to every session.

use crate::problem::ApiResult;
use crate::store::{ConnectionRecord, DepositRecord, LinkRecord};
use axum::http::Method;
use linchpin_protocol::{Code, Mode};

/// A call that a session may make.
#[derive(Debug, Clone, Copy)]
struct Rule {
    method: &'static str,
    route: &'static str,
    modes: &'static [Mode],
    needs_consent: bool,
    /// It carries what people type into a bank's form: their login, or their answers.
    typed: bool,
}

/// The way in, which takes a link token instead of a session.
const OPENING: (&str, &str) = ("POST", "/v1/sessions");

const EVERY: &[Mode] = &[Mode::Link, Mode::Repair, Mode::Deposit, Mode::Manage];
const DRIVES: &[Mode] = &[Mode::Link, Mode::Repair, Mode::Manage];
const MANAGES: &[Mode] = &[Mode::Manage];
const DEPOSITS: &[Mode] = &[Mode::Link, Mode::Deposit];

const fn always(method: &'static str, route: &'static str) -> Rule {
    Rule { method, route, modes: EVERY, needs_consent: false, typed: false }
}

const fn rule(method: &'static str, route: &'static str, modes: &'static [Mode]) -> Rule {
    Rule { method, route, modes, needs_consent: true, typed: false }
}

const fn typed(method: &'static str, route: &'static str, modes: &'static [Mode]) -> Rule {
    Rule { typed: true, ..rule(method, route, modes) }
}

/// What is not here, no session may call. The session's own calls come before consent: reading what to agree to,
/// agreeing, staying, leaving.
const RULES: &[Rule] = &[
    always("GET", "/v1/sessions/current"),
    always("DELETE", "/v1/sessions/current"),
    always("POST", "/v1/sessions/extend"),
    always("POST", "/v1/sessions/consent"),
    rule("GET", "/v1/institutions", &[Mode::Link]),
    rule("GET", "/v1/institutions/{id}", DRIVES),
    rule("POST", "/v1/institution-requests", &[Mode::Link]),
    rule("POST", "/v1/connections", &[Mode::Link]),
    rule("POST", "/v1/connections/{id}/take-up", &[Mode::Link]),
    rule("GET", "/v1/connections", MANAGES),
    rule("POST", "/v1/connections/{id}/refresh", MANAGES),
    rule("POST", "/v1/connections/{id}/move", MANAGES),
    rule("DELETE", "/v1/connections/{id}", MANAGES),
    rule("GET", "/v1/connections/{id}", DRIVES),
    typed("POST", "/v1/connections/{id}/credentials", DRIVES),
    typed("POST", "/v1/connections/{id}/answers", DRIVES),
    rule("POST", "/v1/connections/{id}/retry", DRIVES),
    rule("POST", "/v1/connections/{id}/accounts", DRIVES),
    rule("POST", "/v1/connections/{id}/authorize", DRIVES),
    rule("POST", "/v1/connections/{id}/abandon", DRIVES),
    rule("POST", "/v1/connections/{id}/public-token", DRIVES),
    rule("GET", "/v1/routing-numbers/{number}", DEPOSITS),
    rule("POST", "/v1/deposits", &[Mode::Link]),
    rule("GET", "/v1/deposits/{id}", DEPOSITS),
    rule("POST", "/v1/deposits/{id}/amounts", DEPOSITS),
    rule("POST", "/v1/deposits/{id}/correct", DEPOSITS),
    rule("POST", "/v1/deposits/{id}/withdraw", DEPOSITS),
    rule("POST", "/v1/deposits/{id}/public-token", DEPOSITS),
];

/// Refuses what a session of this mode may not call, what comes before the person has agreed, and logins and answers
/// unless it `types` them.
///
/// # Errors
/// `forbidden_in_mode`, `consent_required`.
pub(crate) fn check(mode: Mode, agreed: bool, types: bool, method: &Method, route: &str) -> ApiResult<()> {
    let rule = RULES.iter().find(|rule| rule.route == route && rule.method == method.as_str());
    let may = |rule: &&Rule| rule.modes.contains(&mode) && (types || !rule.typed);
    let rule = rule.filter(may).ok_or(Code::ForbiddenInMode)?;
    if rule.needs_consent && !agreed {
        return Err(Code::ConsentRequired.into());
    }
    Ok(())
}

/// The methods with which a widget calls a route; none where it calls none.
pub(crate) fn methods(route: &str) -> Vec<&'static str> {
    let calls = RULES.iter().map(|rule| (rule.method, rule.route)).chain([OPENING]);
    calls.filter(|(_, known)| *known == route).map(|(method, _)| method).collect()
}

/// Whether a connection belongs to the user that a link is for.
pub(crate) fn is_of_user(link: &LinkRecord, connection: &ConnectionRecord) -> bool {
    connection.client == link.client && connection.user_id == link.user_id
}

/// Whether a session sees a connection: `link` what was made under it (what it took up the store knows), `repair` the
/// one it is for, `manage` all of its user's, `deposit` none.
pub(crate) fn sees(link: &LinkRecord, connection: &ConnectionRecord) -> bool {
    is_of_user(link, connection)
        && match link.mode {
            Mode::Link => connection.link_id == link.id,
            Mode::Repair => link.connection_id.as_ref() == Some(&connection.id),
            Mode::Manage => true,
            Mode::Deposit => false,
        }
}

/// Whether a session sees a deposit: `link` all of its user's, since what is on its way for days is finished under a later
/// link; `deposit` the one it is `bound` to, with those that replaced it or were replaced; the others none.
pub(crate) fn sees_deposit(
    link: &LinkRecord,
    bound: Option<&DepositRecord>,
    deposit: &DepositRecord,
) -> bool {
    let is_of_user = deposit.client == link.client && deposit.user_id == link.user_id;
    is_of_user
        && match link.mode {
            Mode::Link => true,
            Mode::Deposit => bound.is_some_and(|bound| bound.root == deposit.root),
            Mode::Repair | Mode::Manage => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_call_has_two_rules_and_what_has_none_is_closed() {
        let mut seen = HashSet::new();
        for rule in RULES {
            assert!(seen.insert((rule.method, rule.route)), "two rules for {} {}", rule.method, rule.route);
        }
        for mode in EVERY {
            for (method, route) in [(Method::GET, "/v1/brand-new"), (Method::PUT, "/v1/institutions")] {
                assert!(
                    check(*mode, true, true, &method, route).is_err(),
                    "{mode:?} may call {method} {route}"
                );
            }
        }
    }
}
