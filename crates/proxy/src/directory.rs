//! The institutions: the aggregator's whole list, held in memory and searched here.
//!
//! Searching here instead of upstream makes the first results quick, ranks them our way, and tells nobody what a
//! person types.

use crate::aggregators::{Aggregator, Listing};
use linchpin_protocol::{
    Availability, Field, Institution, InstitutionDetail, InstitutionId, InstitutionPage, Method, Purpose, Way,
};
use linchpin_search::{Entry, Index};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How many institutions stand on the first screen.
const POPULAR: usize = 9;
/// Nobody reads further than this into a result.
const DEEPEST: usize = 1_000;
const REFRESH: Duration = Duration::from_secs(6 * 60 * 60);
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(15);

/// The institutions, as last read.
#[derive(Default)]
pub(crate) struct Directory {
    current: RwLock<Option<Arc<Listings>>>,
}

/// One reading of the aggregator's list.
pub(crate) struct Listings {
    all: Vec<Listing>,
    by_id: HashMap<InstitutionId, usize>,
    index: Index,
}

/// For whom a list is made: what is quick and what is connected differs.
pub(crate) struct Viewer {
    /// What the session needs.
    pub(crate) purpose: Purpose,
    /// Where the user has linked something already.
    pub(crate) connected: HashSet<InstitutionId>,
}

impl Directory {
    /// The list, once it has been read.
    pub(crate) fn listings(&self) -> Option<Arc<Listings>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a new list.
    fn replace(&self, listings: Listings) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(listings));
    }

    /// Reads the list, again and again: until it is there with growing pauses, then every six hours.
    pub(crate) async fn keep_fresh(&self, aggregator: Arc<dyn Aggregator>, closing: CancellationToken) {
        let mut pause = FIRST_RETRY;
        loop {
            let read = tokio::select! {
                read = aggregator.institutions() => read,
                () = closing.cancelled() => return,
            };
            let wait = match read {
                Ok(listings) => {
                    let count = listings.len();
                    // Building the index takes a while: not on a thread that answers requests.
                    if let Ok(built) = tokio::task::spawn_blocking(move || Listings::new(listings)).await {
                        self.replace(built);
                        tracing::info!(count, "institutions read");
                    }
                    pause = FIRST_RETRY;
                    REFRESH
                }
                Err(error) => {
                    tracing::warn!(%error, "institutions not read; trying again");
                    let wait = pause;
                    pause = (pause * 2).min(LONGEST_RETRY);
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = closing.cancelled() => return,
            }
        }
    }
}

impl Listings {
    pub(crate) fn new(all: Vec<Listing>) -> Self {
        let by_id =
            all.iter().enumerate().map(|(position, listing)| (listing.id.clone(), position)).collect();
        let index = Index::build(all.iter().map(entry).collect());
        Self { all, by_id, index }
    }

    pub(crate) fn get(&self, id: &InstitutionId) -> Option<&Listing> {
        self.by_id.get(id).and_then(|position| self.all.get(*position))
    }

    /// What stands there before anything is typed.
    pub(crate) fn popular(&self, viewer: &Viewer) -> InstitutionPage {
        let institutions =
            self.index.popular(POPULAR).into_iter().filter_map(|position| self.all.get(position));
        InstitutionPage {
            institutions: institutions.map(|listing| viewer.institution(listing)).collect(),
            next_cursor: None,
        }
    }

    /// One page of what a search finds, best first.
    pub(crate) fn search(
        &self,
        query: &str,
        limit: usize,
        offset: usize,
        viewer: &Viewer,
    ) -> InstitutionPage {
        let found = self.index.search(query, limit, offset);
        let next = offset + found.hits.len();
        let more = next < found.total.min(DEEPEST);
        let institutions = found.hits.iter().filter_map(|hit| self.all.get(hit.entry));
        InstitutionPage {
            institutions: institutions.map(|listing| viewer.institution(listing)).collect(),
            next_cursor: more.then(|| next.to_string()),
        }
    }
}

/// Where a page begins. `None`: the cursor is not one of ours.
pub(crate) fn offset(cursor: &str) -> Option<usize> {
    cursor.parse().ok().filter(|offset| *offset <= DEEPEST)
}

impl Viewer {
    pub(crate) fn institution(&self, listing: &Listing) -> Institution {
        Institution {
            id: listing.id.clone(),
            name: listing.name.clone(),
            domain: listing.domain.clone(),
            place: None,
            availability: if listing.available { Availability::Available } else { Availability::Unavailable },
            way: match self.purpose {
                Purpose::Aggregate => Way::Instant,
                Purpose::Verify | Purpose::Both => listing.way,
            },
            connected: self.connected.contains(&listing.id),
            practice: listing.practice,
        }
    }

    pub(crate) fn detail(&self, listing: &Listing, fields: Vec<Field>) -> InstitutionDetail {
        let offered = [(listing.bank_login, Method::BankLogin), (listing.credentials, Method::Credentials)];
        let methods = offered.into_iter().filter(|(offered, _)| *offered).map(|(_, method)| method).collect();
        InstitutionDetail {
            institution: self.institution(listing),
            methods,
            fields: if listing.credentials { fields } else { Vec::new() },
            notes: listing.notes.clone(),
            website: listing.website.clone(),
            existing: None,
        }
    }
}

fn entry(listing: &Listing) -> Entry {
    Entry {
        name: listing.name.clone(),
        domain: listing.domain.clone(),
        popularity: listing.popularity.into(),
        unavailable: !listing.available,
        ..Entry::default()
    }
}
