//! The institutions: the aggregator's whole list, held in memory and searched here. The store keeps a copy, which is
//! served while the aggregator is away.
//!
//! Searching here instead of upstream makes the first results quick, ranks them our way, and tells nobody what a
//! person types.

use crate::aggregators::Listing;
use crate::app::AppState;
use crate::config::Environment;
use crate::store::KeptDirectory;
use crate::supplement::{Row, Supplement};
use crate::ways;
use jiff::Timestamp;
use linchpin_protocol::{
    Availability, DepositWays, Field, Highlight, Institution, InstitutionDetail, InstitutionId,
    InstitutionPage, Method, Purpose, ReadAs, Way,
};
use linchpin_search::{self as search, Entry, Hit, Index};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How many institutions stand on the first screen.
const POPULAR: usize = 9;
/// The bits of an institution's popularity that its size takes; the aggregator's score, of 20 bits, stands above them.
const SIZE_BITS: u32 = 44;
/// Nobody reads further than this into a result.
const DEEPEST: usize = 1_000;
const REFRESH: Duration = Duration::from_secs(6 * 60 * 60);
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(15);
/// With a copy at hand, an aggregator that is away is asked again at longer intervals.
const LONGEST_RETRY_WITH_COPY: Duration = Duration::from_secs(5 * 60);

/// The institutions, as last read.
pub(crate) struct Directory {
    current: RwLock<Option<Arc<Listings>>>,
    supplement: Arc<Supplement>,
}

/// One reading of the aggregator's list.
pub(crate) struct Listings {
    all: Vec<Listing>,
    by_id: HashMap<InstitutionId, usize>,
    index: Index,
    /// Those that the operator's table gives the number to, and no other.
    by_routing_number: HashMap<String, usize>,
    /// When it was read.
    read_at: Timestamp,
}

/// For whom a list is made: what is quick and what is connected differs.
pub(crate) struct Viewer {
    /// What the session needs.
    pub(crate) purpose: Purpose,
    /// The ways by deposits that are open to the user.
    pub(crate) deposits: DepositWays,
    /// Where the user has linked something already.
    pub(crate) connected: HashSet<InstitutionId>,
    /// Whether the user may type a login where the widget stands.
    pub(crate) types: bool,
}

impl Directory {
    /// None yet; what is read will be completed by `supplement`.
    pub(crate) fn new(supplement: Supplement) -> Self {
        Self { current: RwLock::default(), supplement: Arc::new(supplement) }
    }

    /// The list, once it has been read.
    pub(crate) fn listings(&self) -> Option<Arc<Listings>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a new list.
    fn replace(&self, listings: Listings) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(listings));
    }

    /// Takes the copy that was kept, then reads the list again and again: until it is there with growing pauses, then
    /// every six hours.
    pub(crate) async fn keep_fresh(&self, state: &AppState) {
        let source = state.config.source();
        self.take_kept(state, &source).await;
        let mut pause = FIRST_RETRY;
        loop {
            let read = tokio::select! {
                read = state.aggregator.institutions() => read,
                () = state.closing.cancelled() => return,
            };
            let wait = match read {
                // Whoever lists nothing has lost its list: what is known is better.
                Ok(listings) if listings.is_empty() => {
                    tracing::warn!("the aggregator lists no institutions; trying again");
                    self.after_failure(&mut pause)
                }
                Ok(listings) => {
                    self.take(state, &source, listings).await;
                    pause = FIRST_RETRY;
                    REFRESH
                }
                Err(error) => {
                    tracing::warn!(%error, "institutions not read; trying again");
                    self.after_failure(&mut pause)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = state.closing.cancelled() => return,
            }
        }
    }

    fn after_failure(&self, pause: &mut Duration) -> Duration {
        let longest = if self.listings().is_some() { LONGEST_RETRY_WITH_COPY } else { LONGEST_RETRY };
        std::mem::replace(pause, (*pause * 2).min(longest))
    }

    /// Takes a list that was just read, and keeps a copy.
    async fn take(&self, state: &AppState, source: &str, listings: Vec<Listing>) {
        let (count, read_at) = (listings.len(), state.clock.now());
        // Building the index takes a while: not on a thread that answers requests.
        let supplement = Arc::clone(&self.supplement);
        let made = tokio::task::spawn_blocking(move || {
            let copy = serde_json::to_string(&listings);
            (Listings::new(listings, read_at, &supplement), copy)
        });
        let Ok((built, copy)) = made.await else { return };
        self.replace(built);
        state.metrics.institutions(read_at);
        tracing::info!(count, "institutions read");
        let kept = match copy {
            Ok(listings) => state.store.keep_directory(source, &KeptDirectory { read_at, listings }).await,
            Err(error) => return tracing::error!(%error, "institutions cannot be written down"),
        };
        if let Err(error) = kept {
            tracing::error!(%error, "institutions not kept");
        }
    }

    /// Takes the copy that was kept, if there is one that this version can read.
    async fn take_kept(&self, state: &AppState, source: &str) {
        let kept = match state.store.kept_directory(source).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return,
            Err(error) => return tracing::error!(%error, "kept institutions not found"),
        };
        let supplement = Arc::clone(&self.supplement);
        let practice = state.config.environment == Environment::Practice;
        let made = tokio::task::spawn_blocking(move || {
            let mut listings: Vec<Listing> = serde_json::from_str(&kept.listings)?;
            // The database may have been practised with.
            listings.retain(|listing| practice || !listing.practice);
            serde_json::Result::Ok(Listings::new(listings, kept.read_at, &supplement))
        });
        match made.await {
            Ok(Ok(built)) => {
                tracing::info!(count = built.all.len(), "institutions taken from the copy");
                state.metrics.institutions(built.read_at);
                self.replace(built);
            }
            Ok(Err(_)) => tracing::warn!("the copy of the institutions is not one of this version"),
            Err(_) => {}
        }
    }
}

impl Listings {
    pub(crate) fn new(mut all: Vec<Listing>, read_at: Timestamp, supplement: &Supplement) -> Self {
        let by_id =
            all.iter().enumerate().map(|(position, listing)| (listing.id.clone(), position)).collect();
        let rows = supplement.rows_of(&all);
        let by_routing_number = by_routing_number(&rows);
        let entries = all.iter_mut().zip(rows).map(|(listing, row)| {
            listing.place = listing.place.take().or_else(|| row.and_then(Row::place));
            let mut entry = entry(listing, row);
            supplement.everyday_names().add_to(&mut entry);
            entry
        });
        let index = Index::build(entries.collect());
        Self { all, by_id, index, by_routing_number, read_at }
    }

    pub(crate) fn get(&self, id: &InstitutionId) -> Option<&Listing> {
        self.by_id.get(id).and_then(|position| self.all.get(*position))
    }

    /// The institution that has this routing number, and shares it with no other.
    pub(crate) fn of_routing_number(&self, number: &str) -> Option<&Listing> {
        self.by_routing_number.get(number).and_then(|position| self.all.get(*position))
    }

    /// What stands there before anything is typed.
    pub(crate) fn popular(&self, viewer: &Viewer) -> InstitutionPage {
        let listings = self.index.popular(POPULAR).into_iter().filter_map(|position| self.all.get(position));
        let institutions: Vec<_> = listings.map(|listing| viewer.institution(listing)).collect();
        InstitutionPage { total: count(institutions.len()), institutions, ..InstitutionPage::default() }
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
        let institution = |hit: &Hit| {
            let mut institution = viewer.institution(self.all.get(hit.entry)?);
            let parts = hit.highlights.iter();
            institution.highlights =
                parts.map(|part| Highlight { start: count(part.start), end: count(part.end) }).collect();
            Some(institution)
        };
        InstitutionPage {
            institutions: found.hits.iter().filter_map(institution).collect(),
            total: count(found.total),
            read_as: match found.read_as {
                search::ReadAs::Name => ReadAs::Name,
                search::ReadAs::Website => ReadAs::Website,
                search::ReadAs::RoutingNumber => ReadAs::RoutingNumber,
            },
            next_cursor: more.then(|| next.to_string()),
        }
    }
}

/// Bytes of a name, institutions: far fewer than four thousand million.
fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
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
            highlights: Vec::new(),
            domain: listing.domain.clone(),
            place: listing.place.clone(),
            availability: if listing.available { Availability::Available } else { Availability::Unavailable },
            // A way that begins with a sign-in is none without one. What is left are the deposits of the session.
            way: match ways::is_reachable(listing, self.types) {
                true => ways::listed(listing, self.deposits, self.purpose),
                false => Way::None,
            },
            connected: self.connected.contains(&listing.id),
            practice: listing.practice,
        }
    }

    pub(crate) fn detail(&self, listing: &Listing, fields: Vec<Field>) -> InstitutionDetail {
        let typed = listing.credentials && self.types;
        let offered = [(listing.bank_login, Method::BankLogin), (typed, Method::Credentials)];
        let methods = offered.into_iter().filter(|(offered, _)| *offered).map(|(_, method)| method).collect();
        InstitutionDetail {
            institution: self.institution(listing),
            methods,
            fields: if typed { fields } else { Vec::new() },
            notes: listing.notes.clone(),
            website: listing.website.clone(),
            existing: None,
        }
    }
}

fn by_routing_number(rows: &[Option<&Row>]) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    let mut shared = HashSet::new();
    for (position, row) in rows.iter().enumerate() {
        for number in row.iter().flat_map(|row| row.routing_numbers()) {
            if found.insert(number.clone(), position).is_some_and(|other| other != position) {
                shared.insert(number);
            }
        }
    }
    found.retain(|number, _| !shared.contains(number));
    found
}

/// What the search knows of an institution.
fn entry(listing: &Listing, row: Option<&Row>) -> Entry {
    let place = listing.place.as_ref();
    // The aggregator's score first, which is coarse; then the size.
    let size = row.and_then(|row| row.size).unwrap_or(0).min((1 << SIZE_BITS) - 1);
    Entry {
        name: listing.name.clone(),
        legal_name: row.and_then(|row| row.legal_name.clone()),
        domain: listing.domain.clone(),
        city: place.map(|place| place.city.clone()),
        state: place.map(|place| place.state.clone()),
        aliases: row.map(Row::aliases).unwrap_or_default(),
        routing_numbers: row.map(Row::routing_numbers).unwrap_or_default(),
        popularity: (u64::from(listing.popularity) << SIZE_BITS) | size,
        unavailable: !listing.available,
    }
}
