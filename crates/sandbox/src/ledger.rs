//! What happened: every side effect a caller had, in order, without a secret in it.

mod basiq;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

pub use basiq::{BasiqEvent, BasiqEventKind};

use crate::id::{AccountId, ChallengeId, ConnectionId, DepositId, InstitutionId, UserId};

/// A shared, append-only list of side effects. Clones show the same list.
///
/// It never holds a passcode, an answer or a token; see [`ShownName`] for user names.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    entries: Arc<Mutex<Vec<Entry>>>,
}

/// One side effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// 1 for the first entry, then one more each.
    pub seq: u64,
    /// When, by the practice clock.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// An access token was made.
    TokenMinted {
        /// The name the caller gave it; never the token.
        name: String,
    },
    /// An access token was taken back by its name.
    TokenRevoked {
        /// The name the caller gave it.
        name: String,
    },
    /// A user was made.
    UserCreated {
        /// Who.
        user: UserId,
    },
    /// A user was removed, with all connections.
    UserDeleted {
        /// Who.
        user: UserId,
    },
    /// A connection was made. Nothing has been tried at the bank yet.
    ConnectionCreated {
        /// Whose.
        user: UserId,
        /// The new connection.
        connection: ConnectionId,
        /// At which institution.
        institution: InstitutionId,
    },
    /// A connection was removed.
    ConnectionDeleted {
        /// Whose.
        user: UserId,
        /// Which.
        connection: ConnectionId,
        /// At which institution.
        institution: InstitutionId,
    },
    /// A login was tried at the bank; each started sync tries one. Banks lock people out for too many of these.
    LoginTried {
        /// Whose.
        user: UserId,
        /// On which connection.
        connection: ConnectionId,
        /// At which institution.
        institution: InstitutionId,
        /// The bank user name, where it may be shown.
        username: ShownName,
        /// What the bank says to it.
        outcome: LoginOutcome,
    },
    /// A page of the bank's own was asked for, for one person to sign in at.
    ConsentAsked {
        /// For which connection.
        connection: ConnectionId,
    },
    /// Somebody decided on the bank's own page.
    ConsentDecided {
        /// For which connection.
        connection: ConnectionId,
        /// Whether they said yes.
        agreed: bool,
    },
    /// A sync was started.
    SyncStarted {
        /// On which connection.
        connection: ConnectionId,
        /// Of which type.
        sync: SyncKind,
    },
    /// The caller of a blocking sync hung up, and the sync was given up with it.
    SyncAbandoned {
        /// On which connection.
        connection: ConnectionId,
    },
    /// A challenge was answered.
    AnswerGiven {
        /// On which connection.
        connection: ConnectionId,
        /// Which challenge.
        challenge: ChallengeId,
        /// Whether the bank takes the answer.
        right: bool,
    },
    /// Account numbers were read.
    NumbersRead {
        /// Of which connection.
        connection: ConnectionId,
        /// Of one account, or of all when absent.
        account: Option<AccountId>,
    },
    /// A placeholder for an account to be proven by deposits was made.
    DepositPortfolioCreated {
        /// Whose.
        user: UserId,
        /// The connection that came with it.
        connection: ConnectionId,
        /// The placeholder.
        account: AccountId,
    },
    /// A placeholder was removed, with its deposits.
    DepositPortfolioDeleted {
        /// Whose.
        user: UserId,
        /// The connection that went with it.
        connection: ConnectionId,
        /// The placeholder.
        account: AccountId,
    },
    /// Two micro-deposits were asked for. Neither amounts nor numbers are told.
    DepositCreated {
        /// On which connection.
        connection: ConnectionId,
        /// To which account.
        account: AccountId,
        /// The pair of deposits.
        deposit: DepositId,
        /// Who is to confirm them.
        way: DepositWay,
    },
    /// A pair of amounts was tried.
    AmountsTried {
        /// On which connection.
        connection: ConnectionId,
        /// For which pair of deposits.
        deposit: DepositId,
        /// Whether they are the ones that were sent.
        right: bool,
    },
    /// Somebody brought an outcome of deposits about on the console.
    DepositForced {
        /// On which connection.
        connection: ConnectionId,
        /// Of which pair of deposits.
        deposit: DepositId,
        /// Which outcome.
        outcome: &'static str,
    },
    /// Somebody had the bank refuse a login on the console.
    LoginForced {
        /// On which connection.
        connection: ConnectionId,
    },
    /// Something in Basiq's dialect, which has connections of its own.
    #[serde(untagged)]
    Basiq(BasiqEvent),
}

/// The kinds of [`Event`], for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented at the event of the same name")]
pub enum EventKind {
    TokenMinted,
    TokenRevoked,
    UserCreated,
    UserDeleted,
    ConnectionCreated,
    ConnectionDeleted,
    LoginTried,
    ConsentAsked,
    ConsentDecided,
    SyncStarted,
    SyncAbandoned,
    AnswerGiven,
    NumbersRead,
    DepositPortfolioCreated,
    DepositPortfolioDeleted,
    DepositCreated,
    AmountsTried,
    DepositForced,
    LoginForced,
    Basiq,
}

/// Who confirms that micro-deposits arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositWay {
    /// The aggregator, which sees them on a linked account.
    Automatic,
    /// The person, by the amounts.
    Manual,
}

/// What the bank says to a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginOutcome {
    /// User name and passcode are right; questions may follow.
    Accepted,
    /// User name or passcode is wrong.
    Refused,
}

/// The types of sync (`type` in v3's request; `is_auth` or `is_both` in v2's).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncKind {
    /// Aggregation: answers at once, is polled, reports progress.
    #[default]
    Agg,
    /// Verification: the request blocks until it ends, and reports no progress.
    Auth,
    /// Both at once, polled like an aggregation. Only v2 has it.
    Both,
}

/// A bank user name as it may be shown: itself if it begins with `practice-` (cut to 64 characters), else masked.
///
/// Somebody may type a real user name into a practice bank by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownName(String);

impl ShownName {
    /// What is shown of `username`.
    #[must_use]
    pub fn of(username: &str) -> Self {
        if username.starts_with("practice-") {
            Self(username.chars().take(64).collect())
        } else {
            // Of one length, so that not even the length is told.
            Self("••••••".to_owned())
        }
    }

    /// What is shown of a user name that a page documents for practice.
    pub(crate) fn documented(username: &'static str) -> Self {
        Self(username.to_owned())
    }

    /// The text to show.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Event {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            Self::TokenMinted { .. } => EventKind::TokenMinted,
            Self::TokenRevoked { .. } => EventKind::TokenRevoked,
            Self::UserCreated { .. } => EventKind::UserCreated,
            Self::UserDeleted { .. } => EventKind::UserDeleted,
            Self::ConnectionCreated { .. } => EventKind::ConnectionCreated,
            Self::ConnectionDeleted { .. } => EventKind::ConnectionDeleted,
            Self::LoginTried { .. } => EventKind::LoginTried,
            Self::ConsentAsked { .. } => EventKind::ConsentAsked,
            Self::ConsentDecided { .. } => EventKind::ConsentDecided,
            Self::SyncStarted { .. } => EventKind::SyncStarted,
            Self::SyncAbandoned { .. } => EventKind::SyncAbandoned,
            Self::AnswerGiven { .. } => EventKind::AnswerGiven,
            Self::NumbersRead { .. } => EventKind::NumbersRead,
            Self::DepositPortfolioCreated { .. } => EventKind::DepositPortfolioCreated,
            Self::DepositPortfolioDeleted { .. } => EventKind::DepositPortfolioDeleted,
            Self::DepositCreated { .. } => EventKind::DepositCreated,
            Self::AmountsTried { .. } => EventKind::AmountsTried,
            Self::DepositForced { .. } => EventKind::DepositForced,
            Self::LoginForced { .. } => EventKind::LoginForced,
            Self::Basiq(_) => EventKind::Basiq,
        }
    }

    /// The connection it happened on, if it happened on one of Quovo's.
    #[must_use]
    pub fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::TokenMinted { .. }
            | Self::TokenRevoked { .. }
            | Self::UserCreated { .. }
            | Self::UserDeleted { .. }
            | Self::Basiq(_) => None,
            Self::ConnectionCreated { connection, .. }
            | Self::ConnectionDeleted { connection, .. }
            | Self::LoginTried { connection, .. }
            | Self::ConsentAsked { connection }
            | Self::ConsentDecided { connection, .. }
            | Self::SyncStarted { connection, .. }
            | Self::SyncAbandoned { connection }
            | Self::AnswerGiven { connection, .. }
            | Self::NumbersRead { connection, .. }
            | Self::DepositPortfolioCreated { connection, .. }
            | Self::DepositPortfolioDeleted { connection, .. }
            | Self::DepositCreated { connection, .. }
            | Self::AmountsTried { connection, .. }
            | Self::DepositForced { connection, .. }
            | Self::LoginForced { connection } => Some(*connection),
        }
    }
}

impl Ledger {
    /// Everything so far, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// How many entries of `kind` there are, on one connection or (with `None`) in all.
    #[must_use]
    pub fn count(&self, kind: EventKind, connection: Option<ConnectionId>) -> usize {
        self.lock()
            .iter()
            .filter(|entry| entry.event.kind() == kind)
            .filter(|entry| connection.is_none() || entry.event.connection() == connection)
            .count()
    }

    pub(crate) fn record(&self, at: Timestamp, event: Event) {
        let mut entries = self.lock();
        let seq = entries.last().map_or(1, |last| last.seq + 1);
        entries.push(Entry { seq, at, event });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        // An entry is pushed whole, so the list is sound even after a panic elsewhere.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_practice_user_names_are_shown() {
        assert_eq!(ShownName::of("practice-good").as_str(), "practice-good");
        for name in ["pat.doe", "Practice-good", ""] {
            assert_eq!(ShownName::of(name), ShownName::of("x"), "{name} is masked, whatever its length");
        }
    }

    #[test]
    fn entries_are_counted_by_kind_and_connection() {
        let ledger = Ledger::default();
        for connection in [1, 1, 2].map(ConnectionId) {
            ledger.record(Timestamp::UNIX_EPOCH, Event::SyncStarted { connection, sync: SyncKind::Agg });
        }
        ledger.record(Timestamp::UNIX_EPOCH, Event::TokenMinted { name: "t".to_owned() });
        assert_eq!(ledger.count(EventKind::SyncStarted, Some(ConnectionId(1))), 2, "of connection 1");
        assert_eq!(ledger.count(EventKind::SyncStarted, None), 3, "of all connections");
        assert_eq!(
            ledger.count(EventKind::TokenMinted, Some(ConnectionId(1))),
            0,
            "a token has no connection"
        );
        let seqs: Vec<u64> = ledger.entries().iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [1, 2, 3, 4], "numbered without gaps");
    }
}
