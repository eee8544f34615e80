//! What is laid over a screen.

use super::{State, challenges, login, search};
use linchpin_flow::Cover;
use linchpin_protocol::Code;

pub(super) fn states() -> Vec<State> {
    let over = |name: &str, beneath: Vec<State>, cover: Cover| {
        // The first state of a screen is its plain one.
        beneath.into_iter().next().map(|beneath| State { name: name.into(), cover: Some(cover), ..beneath })
    };
    let long = challenges::states().into_iter().rev().take(1).collect::<Vec<_>>();
    [
        over("leave", challenges::states(), Cover::Leave),
        over("leave-nothing-chosen", search::states(), Cover::Leave),
        over("leave-long", long, Cover::Leave),
        over("offline", login::states(), Cover::Offline),
        over("offline-search", search::states(), Cover::Offline),
        over("expiring", login::states(), Cover::Expiring { can_extend: true }),
        over("ending", login::states(), Cover::Expiring { can_extend: false }),
        over("trouble", challenges::states(), Cover::Trouble(Code::Internal)),
    ]
    .into_iter()
    .flatten()
    .map(|state| match state.cover {
        // A new cover has to be listed above.
        Some(Cover::Leave | Cover::Offline | Cover::Trouble(_) | Cover::Expiring { .. }) | None => state,
    })
    .collect()
}
