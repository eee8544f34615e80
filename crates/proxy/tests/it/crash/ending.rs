//! What has to be true at the end of a story, wherever the proxy was killed in it.

use super::person::{LONGEST_WAIT, Person};
use super::site::Site;
use linchpin_sandbox::{BasiqEvent, BasiqEventKind, Event, EventKind};
use std::collections::BTreeSet;

/// What happened at the bank, and what is left in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ending {
    pub(super) visited: Vec<(String, usize)>,
    /// Whether the proxy was started again.
    pub(super) revived: bool,
    /// How long the person waited for a proxy that was dead, in seconds of its clock.
    pub(super) waited: i64,
    pub(super) at_the_bank: Vec<(String, usize)>,
    connections: i64,
    deposits: i64,
    live_tokens: i64,
}

/// What must not happen more often than in the story without a kill.
const ONCE: [EventKind; 10] = [
    EventKind::ConnectionDeleted,
    EventKind::UserCreated,
    EventKind::ConnectionCreated,
    EventKind::LoginTried,
    EventKind::ConsentDecided,
    EventKind::SyncStarted,
    EventKind::AnswerGiven,
    EventKind::DepositPortfolioCreated,
    EventKind::DepositCreated,
    EventKind::AmountsTried,
];

/// The same over Basiq. Not that a user was made, who cannot be found again when the answer was lost: see
/// [`users_with_something`]. Nor that data was erased, for which once more is the same.
const ONCE_OVER_BASIQ: [BasiqEventKind; 8] = [
    BasiqEventKind::ConnectionDeleted,
    BasiqEventKind::ConnectionCreated,
    BasiqEventKind::LoginReplaced,
    BasiqEventKind::LoginTried,
    BasiqEventKind::AnswerGiven,
    BasiqEventKind::RefreshStarted,
    BasiqEventKind::ConsentDecided,
    BasiqEventKind::BankDecided,
];

impl Ending {
    pub(super) async fn of(site: &Site, person: &Person<'_>) -> Self {
        let mut database = site.database().await;
        let deposits = "SELECT COUNT(*) FROM deposit WHERE upstream_key IS NOT NULL";
        let live = "SELECT COUNT(*) FROM public_token WHERE spent_at IS NULL AND revoked_at IS NULL";
        let ledger = site.sandbox.ledger();
        let mut at_the_bank: Vec<_> = ONCE.map(|kind| (format!("{kind:?}"), ledger.count(kind, None))).into();
        at_the_bank.extend(
            ONCE_OVER_BASIQ.map(|kind| (format!("{kind:?} at Basiq"), ledger.count_basiq(kind, None))),
        );
        at_the_bank.push(("a user with connections at Basiq".to_owned(), users_with_something(site)));
        Self {
            visited: site.visited(),
            revived: person.revived > 0 || site.ended_early(),
            waited: person.waited,
            at_the_bank,
            connections: database.number("SELECT COUNT(*) FROM connection").await,
            deposits: database.number(deposits).await,
            live_tokens: database.number(live).await,
        }
    }

    /// Why this is not as good an end as that of the story without a kill.
    pub(super) fn worse_than(&self, undisturbed: &Ending) -> Option<String> {
        for ((what, count), (_, once)) in self.at_the_bank.iter().zip(&undisturbed.at_the_bank) {
            if count > once {
                return Some(format!("{what} happened {count} times instead of {once}"));
            }
        }
        if self.connections != undisturbed.connections {
            return Some(format!("{} connections instead of {}", self.connections, undisturbed.connections));
        }
        if self.deposits != undisturbed.deposits {
            return Some(format!("{} deposits instead of {}", self.deposits, undisturbed.deposits));
        }
        if self.live_tokens > 0 {
            return Some(format!(
                "{} public tokens live beside the one that was exchanged",
                self.live_tokens
            ));
        }
        (self.waited > LONGEST_WAIT).then(|| format!("the person waited {} seconds", self.waited))
    }
}

/// How many users have connections at Basiq, or had.
fn users_with_something(site: &Site) -> usize {
    let entries = site.sandbox.ledger().entries().into_iter();
    let users = entries.filter_map(|entry| match entry.event {
        Event::Basiq(BasiqEvent::ConnectionCreated { user, .. }) => Some(user),
        _ => None,
    });
    users.collect::<BTreeSet<_>>().len()
}
