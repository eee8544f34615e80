//! What callers caused in Basiq's dialect.

use serde::Serialize;

use super::{Event, Ledger, LoginOutcome, ShownName};
use crate::id::{BasiqConnectionId, BasiqJobId, BasiqUserId};

/// What happened in Basiq's dialect. Like every [`Event`], without a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind")]
#[non_exhaustive]
pub enum BasiqEvent {
    /// An access token was made.
    #[serde(rename = "basiq_token_minted")]
    TokenMinted {
        /// For which person, if it is bound to one: then a person's browser may hold it.
        user: Option<BasiqUserId>,
    },
    /// A user was made.
    #[serde(rename = "basiq_user_created")]
    UserCreated {
        /// Who.
        user: BasiqUserId,
    },
    /// A user was removed, with everything.
    #[serde(rename = "basiq_user_deleted")]
    UserDeleted {
        /// Who.
        user: BasiqUserId,
    },
    /// A connection was made.
    #[serde(rename = "basiq_connection_created")]
    ConnectionCreated {
        /// Whose.
        user: BasiqUserId,
        /// The new connection.
        connection: BasiqConnectionId,
        /// At which institution.
        institution: &'static str,
        /// By which method.
        method: &'static str,
    },
    /// A connection was given another login.
    #[serde(rename = "basiq_login_replaced")]
    LoginReplaced {
        /// Which.
        connection: BasiqConnectionId,
    },
    /// A login was tried at the bank. Banks lock people out for too many of these.
    #[serde(rename = "basiq_login_tried")]
    LoginTried {
        /// On which connection.
        connection: BasiqConnectionId,
        /// By which job.
        job: BasiqJobId,
        /// The login id, where it may be shown.
        login_id: ShownName,
        /// What the bank says to it.
        outcome: LoginOutcome,
    },
    /// A challenge was answered.
    #[serde(rename = "basiq_answer_given")]
    AnswerGiven {
        /// On which connection.
        connection: BasiqConnectionId,
        /// Of which job.
        job: BasiqJobId,
        /// Whether the bank takes it.
        right: bool,
    },
    /// A refresh was asked for, and started.
    #[serde(rename = "basiq_refresh_started")]
    RefreshStarted {
        /// Of which connection.
        connection: BasiqConnectionId,
        /// The job that does it.
        job: BasiqJobId,
    },
    /// The person's data of a connection's institution was removed.
    #[serde(rename = "basiq_connection_purged")]
    ConnectionPurged {
        /// Which connection was named.
        connection: BasiqConnectionId,
    },
    /// A connection was removed.
    #[serde(rename = "basiq_connection_deleted")]
    ConnectionDeleted {
        /// Which.
        connection: BasiqConnectionId,
    },
    /// A person decided on the consent page.
    #[serde(rename = "basiq_consent_decided")]
    ConsentDecided {
        /// Who.
        user: BasiqUserId,
        /// Whether they agreed.
        agreed: bool,
    },
    /// A person's consent was taken back, and their data with it.
    #[serde(rename = "basiq_consent_revoked")]
    ConsentRevoked {
        /// Whose.
        user: BasiqUserId,
    },
    /// A person decided on the bank's page.
    #[serde(rename = "basiq_bank_decided")]
    BankDecided {
        /// For which connection.
        connection: BasiqConnectionId,
        /// Whether they agreed.
        agreed: bool,
    },
    /// Accounts were read, with their numbers.
    #[serde(rename = "basiq_accounts_read")]
    AccountsRead {
        /// Whose.
        user: BasiqUserId,
    },
    /// Somebody brought something about on the console.
    #[serde(rename = "basiq_forced")]
    Forced {
        /// On which connection.
        connection: BasiqConnectionId,
        /// What.
        what: &'static str,
    },
}

/// The kinds of [`BasiqEvent`], for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented at the event of the same name")]
pub enum BasiqEventKind {
    TokenMinted,
    UserCreated,
    UserDeleted,
    ConnectionCreated,
    LoginReplaced,
    LoginTried,
    AnswerGiven,
    RefreshStarted,
    ConnectionPurged,
    ConnectionDeleted,
    ConsentDecided,
    ConsentRevoked,
    BankDecided,
    AccountsRead,
    Forced,
}

impl BasiqEvent {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> BasiqEventKind {
        match self {
            Self::TokenMinted { .. } => BasiqEventKind::TokenMinted,
            Self::UserCreated { .. } => BasiqEventKind::UserCreated,
            Self::UserDeleted { .. } => BasiqEventKind::UserDeleted,
            Self::ConnectionCreated { .. } => BasiqEventKind::ConnectionCreated,
            Self::LoginReplaced { .. } => BasiqEventKind::LoginReplaced,
            Self::LoginTried { .. } => BasiqEventKind::LoginTried,
            Self::AnswerGiven { .. } => BasiqEventKind::AnswerGiven,
            Self::RefreshStarted { .. } => BasiqEventKind::RefreshStarted,
            Self::ConnectionPurged { .. } => BasiqEventKind::ConnectionPurged,
            Self::ConnectionDeleted { .. } => BasiqEventKind::ConnectionDeleted,
            Self::ConsentDecided { .. } => BasiqEventKind::ConsentDecided,
            Self::ConsentRevoked { .. } => BasiqEventKind::ConsentRevoked,
            Self::BankDecided { .. } => BasiqEventKind::BankDecided,
            Self::AccountsRead { .. } => BasiqEventKind::AccountsRead,
            Self::Forced { .. } => BasiqEventKind::Forced,
        }
    }

    /// The connection it happened on, if it happened on one.
    #[must_use]
    pub fn connection(&self) -> Option<BasiqConnectionId> {
        match self {
            Self::TokenMinted { .. }
            | Self::UserCreated { .. }
            | Self::UserDeleted { .. }
            | Self::ConsentDecided { .. }
            | Self::ConsentRevoked { .. }
            | Self::AccountsRead { .. } => None,
            Self::ConnectionCreated { connection, .. }
            | Self::LoginReplaced { connection }
            | Self::LoginTried { connection, .. }
            | Self::AnswerGiven { connection, .. }
            | Self::RefreshStarted { connection, .. }
            | Self::ConnectionPurged { connection }
            | Self::ConnectionDeleted { connection }
            | Self::BankDecided { connection, .. }
            | Self::Forced { connection, .. } => Some(*connection),
        }
    }
}

impl Ledger {
    /// How many entries of `kind` there are in Basiq's dialect, on one connection or (with `None`) in all.
    #[must_use]
    pub fn count_basiq(&self, kind: BasiqEventKind, connection: Option<BasiqConnectionId>) -> usize {
        self.lock()
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Basiq(event) => Some(event),
                _ => None,
            })
            .filter(|event| event.kind() == kind)
            .filter(|event| connection.is_none() || event.connection() == connection)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ledger::EventKind;

    #[test]
    fn entries_are_counted_by_kind_and_connection_and_told_in_one_list_with_the_others() {
        let ledger = Ledger::default();
        for connection in [1, 1, 2].map(BasiqConnectionId) {
            let event = BasiqEvent::ConnectionPurged { connection };
            ledger.record(Timestamp::UNIX_EPOCH, Event::Basiq(event));
        }
        let first = Some(BasiqConnectionId(1));
        assert_eq!(ledger.count_basiq(BasiqEventKind::ConnectionPurged, first), 2);
        assert_eq!(ledger.count_basiq(BasiqEventKind::ConnectionPurged, None), 3);
        assert_eq!(ledger.count_basiq(BasiqEventKind::ConnectionDeleted, None), 0);
        assert_eq!(ledger.count(EventKind::Basiq, None), 3);
        let told = serde_json::to_value(ledger.entries()).unwrap();
        assert_eq!(told[0]["kind"], "basiq_connection_purged");
        assert_eq!(told[0]["connection"], "con-1");
    }
}
