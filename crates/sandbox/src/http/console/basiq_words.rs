//! The console's words for what happened in Basiq's dialect.

use crate::ledger::{BasiqEvent, LoginOutcome};

/// An entry of the ledger in words.
pub(super) fn sentence(event: &BasiqEvent) -> String {
    let verdict = |right: bool| if right { "right" } else { "wrong" };
    let decision = |agreed: bool| if agreed { "agreed" } else { "refused" };
    match event {
        BasiqEvent::TokenMinted { user: None } => "Basiq: access token of a server made".to_owned(),
        BasiqEvent::TokenMinted { user: Some(user) } => format!("Basiq: access token of {user} made"),
        BasiqEvent::UserCreated { user } => format!("Basiq: user {user} made"),
        BasiqEvent::UserDeleted { user } => format!("Basiq: user {user} removed"),
        BasiqEvent::ConnectionCreated { user, connection, institution, method } => {
            format!("Basiq: connection {connection} made for {user} at {institution} ({method})")
        }
        BasiqEvent::LoginReplaced { connection } => format!("Basiq: login of {connection} replaced"),
        BasiqEvent::LoginTried { connection, login_id, outcome, .. } => {
            let outcome = match outcome {
                LoginOutcome::Accepted => "accepted",
                LoginOutcome::Refused => "refused",
            };
            format!("Basiq: login {} tried for {connection}: {outcome}", login_id.as_str())
        }
        BasiqEvent::AnswerGiven { connection, job, right } => {
            format!("Basiq: challenge of {job} of {connection} answered: {}", verdict(*right))
        }
        BasiqEvent::RefreshStarted { connection, job } => {
            format!("Basiq: refresh of {connection} started, as {job}")
        }
        BasiqEvent::ConnectionPurged { connection } => {
            format!("Basiq: data of the institution of {connection} removed")
        }
        BasiqEvent::ConnectionDeleted { connection } => format!("Basiq: connection {connection} removed"),
        BasiqEvent::ConsentDecided { user, agreed } => {
            format!("Basiq: on the consent page, {user} {}", decision(*agreed))
        }
        BasiqEvent::ConsentRevoked { user } => format!("Basiq: consent of {user} taken back"),
        BasiqEvent::BankDecided { connection, agreed } => {
            format!("Basiq: at the bank, for {connection}: {}", decision(*agreed))
        }
        BasiqEvent::AccountsRead { user } => format!("Basiq: accounts of {user} read"),
        BasiqEvent::Forced { connection, what } => format!("Basiq: {what} of {connection} forced"),
    }
}
