//! What is laid over a screen.

use super::{State, challenges, login, search};
use linchpin_flow::Cover;
use linchpin_protocol::Code;

pub(super) fn states() -> Vec<State> {
    let over =
        |name: &str, beneath: State, cover: Cover| State { name: name.into(), cover: Some(cover), ..beneath };
    vec![
        over("leave", challenges::question(), Cover::Leave),
        over("leave-nothing-chosen", search::popular(), Cover::Leave),
        over("leave-long", challenges::long(), Cover::Leave),
        over("offline", login::empty(), Cover::Offline),
        over("offline-search", search::popular(), Cover::Offline),
        over("part-missing", search::popular(), Cover::PartMissing),
        over("expiring", login::empty(), Cover::Expiring { can_extend: true }),
        over("ending", login::empty(), Cover::Expiring { can_extend: false }),
        over("trouble", challenges::question(), Cover::Trouble(Code::Internal)),
    ]
}
