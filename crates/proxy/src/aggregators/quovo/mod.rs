//! What is the same in both versions of Quovo's API.

pub(super) mod client;
pub(super) mod money;
pub(super) mod text;
pub(super) mod wire;
