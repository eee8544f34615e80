//! Connections: what is shown of them, how they are driven, and what a person can do with them.
//!
//! Upstream is the truth. What is shown is held in memory and read again when it is not there; the store keeps the
//! revision, the reference and which unsafe call was begun.

mod act;
mod bank_login;
mod calls;
mod drive;
mod etiquette;
mod live;
mod login;
mod look;
mod manage;
mod outcome;
mod parting;
mod tries;
mod upstream;
mod view;

pub(crate) use bank_login::{
    Arrival, Opening, Proof, RETURN_LIFE, VISITS_KEPT, abandon, come_back, is_from_a_page, open, state_hash,
    ticket,
};
pub(crate) use calls::{NewConnectionCall, answers, choose, create, look_again, render, retry, told, wait};
pub(crate) use drive::{LEASE, ensure_driver};
pub(crate) use live::Live;
pub(crate) use login::credentials;
pub(crate) use manage::{list, refresh};
pub(crate) use outcome::{has_ended, mint_for, mint_public_token, verification};
pub(crate) use parting::{Leave, part, take_over};
pub(crate) use tries::KEPT as TRIES_KEPT;
pub(crate) use upstream::user as upstream_user;
pub(crate) use view::{counted, without_typing};
