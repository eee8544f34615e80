//! One screen a file. A screen takes what it shows and hands back intents; it makes no calls.

mod amounts;
mod bank_details;
mod bank_login;
mod beginnings;
mod challenges;
mod choose_account;
mod consent;
mod countdown;
mod cover;
mod credentials;
mod deposits;
mod done;
mod manage;
mod not_listed;
mod notices;
mod progress;
mod search;

pub use bank_login::BankLogin;
pub use beginnings::{AlreadyConnected, ChooseMethod, Welcome};
pub use challenges::Challenges;
pub use choose_account::ChooseAccount;
pub use consent::Consent;
pub use cover::cover;
pub use credentials::Credentials;
pub use done::Done;
pub use not_listed::NotListed;
pub use notices::{Instructions, Plain, SessionOver};
pub use progress::Progress;
pub use search::Search;

use crate::look::{Look, nothing};
use leptos::prelude::*;
use linchpin_flow::Screen;
use linchpin_protocol::Secret;

/// Reads the way to the bank's own page, as long as there is one.
pub type Way = UnsyncCallback<(), Option<Secret>>;

/// Draws the present screen. Called anew only when it is another one; within it, live parts follow the signal.
///
/// What must not be in the screen's own state comes beside it: the user name of the last try, and the way to the bank's
/// own page.
pub fn draw(look: Look, username: Option<Secret>, way: Way) -> AnyView {
    match look.screen.get_untracked() {
        Screen::Consent(_) => view! { <Consent look /> }.into_any(),
        Screen::Search(_) => view! { <Search look /> }.into_any(),
        Screen::Ended => nothing(),
        Screen::SessionOver(code) => view! { <SessionOver look code /> }.into_any(),
        later => draw_later(look, later, username, way),
    }
}

/// The screens behind the first ones. A function of its own, so that their code can come in a module of its own.
#[inline(never)]
fn draw_later(look: Look, screen: Screen, username: Option<Secret>, way: Way) -> AnyView {
    match screen {
        Screen::Consent(_) | Screen::Search(_) | Screen::SessionOver(_) | Screen::Ended => nothing(),
        Screen::Welcome(view) => view! { <Welcome look view /> }.into_any(),
        Screen::NotListed(view) => view! { <NotListed look view /> }.into_any(),
        Screen::AlreadyConnected(view) => view! { <AlreadyConnected look view /> }.into_any(),
        Screen::ChooseMethod(view) => view! { <ChooseMethod look view /> }.into_any(),
        Screen::BankLogin(view) => view! { <BankLogin look view way /> }.into_any(),
        Screen::Credentials(view) => view! { <Credentials look view username /> }.into_any(),
        Screen::Progress(view) => view! { <Progress look view /> }.into_any(),
        Screen::Challenges(view) => view! { <Challenges look view /> }.into_any(),
        Screen::ChooseAccount(view) => view! { <ChooseAccount look view /> }.into_any(),
        Screen::Done(view) => view! { <Done look view /> }.into_any(),
        Screen::Instructions(view) => view! { <Instructions look view /> }.into_any(),
        Screen::OfferDeposits(view) => deposits::offer(look, view),
        Screen::BankDetails(view) => bank_details::draw(look, view),
        Screen::ReviewDetails(view) => bank_details::review(look, view),
        Screen::EnterAmounts(view) => amounts::draw(look, view),
        shown @ (Screen::DepositWait(_)
        | Screen::DepositsOnTheirWay(_)
        | Screen::NotArrived(_)
        | Screen::DepositProblem(_)
        | Screen::DepositDone(_)) => deposits::draw(look, shown),
        Screen::Connections(_) => manage::connections(look),
        Screen::Connection(view) => manage::connection(look, view),
        Screen::Disconnect(view) => manage::disconnect(look, view),
        Screen::Move(view) => manage::move_it(look, view),
        Screen::Interrupted(view) => manage::interrupted(look, view),
        notice @ (Screen::StartAgain(_) | Screen::Later(..) | Screen::NoAccounts(_) | Screen::Failed(_)) => {
            match notices::words(&notice) {
                Some(words) => view! { <Plain look words /> }.into_any(),
                None => nothing(),
            }
        }
    }
}
