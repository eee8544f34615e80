//! The pages themselves. maud escapes every value that is put in.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use crate::aggregator::basiq::{Basiq, Stage, Visit};
use crate::catalogue::basiq::{Authorization, BasiqConnector, Challenge, Method};
use crate::http::bank_page::page;

/// The page that is due. Its forms lead to `address`, and from there to `target` in the end.
pub(super) fn due(basiq: &Basiq, visit: &Visit, address: &str, target: Option<&str>) -> Response {
    let (title, text) = match visit.stage {
        Stage::Consent => ("Consent", consent()),
        Stage::Institutions => ("Choose your institution", institutions(&basiq.choices(visit))),
        Stage::Renewals => ("Renew your consents", renewals(basiq, visit)),
        Stage::Login { connector, keeps_login_id, .. } => (connector.name, login(connector, keeps_login_id)),
        Stage::Challenge { job } => {
            let challenge = basiq.job(job).ok().and_then(crate::aggregator::basiq::Job::challenge);
            ("One more step", challenge.map_or_else(too_late, questions))
        }
        Stage::Bank { connector, .. } => (connector.name, bank(connector.name)),
    };
    let whole = html! {
        @if let Some(notice) = visit.notice { p.notice role="alert" { (notice) } }
        form method="post" action=(address) { (text) }
        @if matches!(visit.stage, Stage::Institutions | Stage::Renewals) {
            // A form of its own: in the other, every button chooses.
            form method="post" action=(address) { (cancel("Cancel")) }
        }
    };
    page(StatusCode::OK, title, whole, target)
}

/// A link that leads nowhere.
pub(super) fn cannot(why: &'static str) -> Response {
    let text = html! {
        p { (why) }
        p { "Close this window and go back to where you came from." }
    };
    page(StatusCode::BAD_REQUEST, "Consent", text, None)
}

/// A visit that is over.
pub(super) fn over() -> Response {
    let text = html! {
        p { "You are done here already, or this has waited for too long." }
        p { "Close this window and go back to where you came from." }
    };
    page(StatusCode::NOT_FOUND, "Consent", text, None)
}

fn consent() -> Markup {
    html! {
        p { "An application asks to see your accounts, their numbers and transactions, for a year." }
        p { "You can take this back at any time." }
        (deed("agree", "I agree"))
        (cancel("Cancel"))
    }
}

fn institutions(choices: &[&BasiqConnector]) -> Markup {
    html! {
        input type="hidden" name="choice" value="choose";
        ul.choices {
            @for one in choices {
                li {
                    button.plain type="submit" name="institution" value=(format!("{} {}", one.id, one.method.word())) {
                        (one.name) " · " (way(one.method))
                    }
                }
            }
        }
    }
}

fn renewals(basiq: &Basiq, visit: &Visit) -> Markup {
    let soon = basiq.renewals(visit);
    html! {
        @if soon.is_empty() {
            p { "None of your consents ends within seven days." }
        } @else {
            input type="hidden" name="choice" value="renew";
            ul.choices {
                @for one in soon {
                    li { button.plain type="submit" name="connection" value=(one.id) { "Renew " (one.connector.name) } }
                }
            }
        }
    }
}

fn login(connector: &BasiqConnector, keeps_login_id: bool) -> Markup {
    let captions = connector.captions;
    let takes_token = connector.authorization == Authorization::UserToken;
    html! {
        p { "Use a test login. Never type a real one." }
        @if takes_token {
            (field("token", captions.login_id, "password"))
        } @else {
            @if !keeps_login_id { (field("login-id", captions.login_id, "text")) }
            (field("secondary-login-id", captions.secondary_login_id, "text"))
            (field("password", captions.password, "password"))
            (field("security-code", captions.security_code, "password"))
        }
        (deed("log-in", "Log in"))
        (cancel("Cancel"))
    }
}

fn questions(challenge: Challenge) -> Markup {
    html! {
        p { (challenge.description()) }
        @if challenge.input().is_empty() {
            input type="hidden" name="first-answer" value="confirmed";
        }
        @for (name, label) in ["first-answer", "second-answer"].into_iter().zip(challenge.input()) {
            (field(name, Some(label), "text"))
        }
        (deed("answer", if challenge.input().is_empty() { "I have approved it" } else { "Continue" }))
        (cancel("Cancel"))
    }
}

fn too_late() -> Markup {
    html! {
        p { "This has waited for too long." }
        (cancel("Go back"))
    }
}

fn bank(name: &str) -> Markup {
    html! {
        p { "This is your bank. Somebody asks to see your accounts at " strong { (name) } ": their names, balances, numbers and transactions, for a year." }
        (deed("agree", "Allow"))
        (cancel("Refuse"))
        button.plain type="submit" name="choice" value="leave" { "Go back without deciding" }
        p.quiet { "To try what happens when nobody comes back, just close this window." }
    }
}

/// A field, where there is a label for it.
fn field(name: &str, label: Option<&str>, kind: &str) -> Markup {
    html! {
        @if let Some(label) = label {
            label.field {
                span { (label) }
                input type=(kind) name=(name) autocomplete="off" autocapitalize="none" spellcheck="false";
            }
        }
    }
}

fn deed(value: &str, words: &str) -> Markup {
    html! { button type="submit" name="choice" value=(value) { (words) } }
}

fn cancel(words: &str) -> Markup {
    html! { button.plain type="submit" name="choice" value="cancel" { (words) } }
}

fn way(method: Method) -> &'static str {
    match method {
        Method::Web => "with your login",
        Method::OpenBanking => "at your bank",
    }
}
