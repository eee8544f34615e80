//! One screen a file. A screen takes what it shows and hands back intents; it makes no calls.

mod challenges;
mod choose_account;
mod cover;
mod credentials;
mod done;
mod notices;
mod progress;
mod search;

pub use challenges::Challenges;
pub use choose_account::ChooseAccount;
pub use cover::Cover;
pub use credentials::Credentials;
pub use done::Done;
pub use notices::{Instructions, Plain, SessionOver};
pub use progress::Progress;
pub use search::Search;

use crate::driver::Intents;
use crate::facts::Facts;
use leptos::prelude::*;
use linchpin_flow::Screen;
use linchpin_protocol::Secret;

/// Draws the present screen. Called anew only when it is another one; what changes within it comes by signals.
pub fn draw(
    screen: RwSignal<Screen>,
    facts: Signal<Facts>,
    intents: Intents,
    username: Option<Secret>,
) -> AnyView {
    macro_rules! watch {
        ($variant:ident, $view:expr) => {
            follow(screen, $view, |screen| match screen {
                Screen::$variant(view) => Some(view.clone()),
                _ => None,
            })
        };
    }
    match screen.get_untracked() {
        Screen::Search(view) => {
            let view = watch!(Search, view);
            view! { <Search view facts intents /> }.into_any()
        }
        Screen::Credentials(view) => {
            let view = watch!(Credentials, view);
            view! { <Credentials view facts intents username /> }.into_any()
        }
        Screen::Progress(view) => {
            let view = watch!(Progress, view);
            view! { <Progress view facts /> }.into_any()
        }
        Screen::Challenges(view) => {
            let view = watch!(Challenges, view);
            view! { <Challenges view intents /> }.into_any()
        }
        Screen::ChooseAccount(view) => {
            let view = watch!(ChooseAccount, view);
            view! { <ChooseAccount view facts intents /> }.into_any()
        }
        Screen::Done(view) => {
            let view = watch!(Done, view);
            view! { <Done view facts intents /> }.into_any()
        }
        Screen::Instructions(view) => {
            let view = watch!(Instructions, view);
            view! { <Instructions view intents /> }.into_any()
        }
        Screen::SessionOver(code) => view! { <SessionOver code facts intents /> }.into_any(),
        Screen::Ended => ().into_any(),
        notice => match notices::words(&notice) {
            Some(words) => {
                let busy = Signal::derive(move || notices::busy(&screen.read()));
                view! { <Plain words busy intents /> }.into_any()
            }
            None => ().into_any(),
        },
    }
}

/// What a screen shows, as long as it is the present one. Keeps its last state while the next one is being drawn.
fn follow<T: Clone + PartialEq + Send + Sync + 'static>(
    screen: RwSignal<Screen>,
    first: T,
    pick: fn(&Screen) -> Option<T>,
) -> Signal<T> {
    Memo::new(move |last: Option<&T>| {
        pick(&screen.read()).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    })
    .into()
}
