//! One screen a file. A screen takes what it shows and hands back intents; it makes no calls.

mod challenges;
mod choose_account;
mod consent;
mod cover;
mod credentials;
mod done;
mod notices;
mod progress;
mod search;

pub use challenges::Challenges;
pub use choose_account::ChooseAccount;
pub use consent::Consent;
pub use cover::cover;
pub use credentials::Credentials;
pub use done::Done;
pub use notices::{Instructions, Plain, SessionOver};
pub use progress::Progress;
pub use search::Search;

use crate::look::{Look, nothing};
use leptos::prelude::*;
use linchpin_flow::Screen;
use linchpin_protocol::Secret;

/// Draws the present screen. Called anew only when it is another one; within it, live parts follow the signal.
pub fn draw(look: Look, username: Option<Secret>) -> AnyView {
    match look.screen.get_untracked() {
        Screen::Consent(_) => view! { <Consent look /> }.into_any(),
        Screen::Search(_) => view! { <Search look /> }.into_any(),
        Screen::Credentials(view) => view! { <Credentials look view username /> }.into_any(),
        Screen::Progress(view) => view! { <Progress look view /> }.into_any(),
        Screen::Challenges(view) => view! { <Challenges look view /> }.into_any(),
        Screen::ChooseAccount(view) => view! { <ChooseAccount look view /> }.into_any(),
        Screen::Done(view) => view! { <Done look view /> }.into_any(),
        Screen::Instructions(view) => view! { <Instructions look view /> }.into_any(),
        Screen::SessionOver(code) => view! { <SessionOver look code /> }.into_any(),
        Screen::Ended => nothing(),
        notice @ (Screen::StartAgain(_) | Screen::Later(..) | Screen::NoAccounts(_) | Screen::Failed(_)) => {
            match notices::words(&notice) {
                Some(words) => view! { <Plain look words /> }.into_any(),
                None => nothing(),
            }
        }
    }
}
