//! The openings that a bank may lead back to: their tokens, by id, for the customer whom they were minted for.

use linchpin_protocol::{LinkId, LinkToken, Secret};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many are kept. A real site keeps one in the customer's session.
const KEPT: usize = 64;

/// What was minted last.
#[derive(Default)]
pub(crate) struct Openings(Mutex<VecDeque<(LinkId, Secret)>>);

impl Openings {
    /// Keeps an opening's token.
    pub(crate) fn keep(&self, minted: &LinkToken) {
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((minted.link_id.clone(), minted.link_token.clone()));
    }

    /// The token of an opening.
    pub(crate) fn token(&self, id: &LinkId) -> Option<Secret> {
        self.kept().iter().find(|(known, _)| known == id).map(|(_, token)| token.clone())
    }

    /// Changed in whole steps, so a panic elsewhere leaves it sound.
    fn kept(&self) -> MutexGuard<'_, VecDeque<(LinkId, Secret)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
