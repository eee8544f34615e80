//! What cannot be asked again: tokens, sessions, the mapping from our ids to the aggregator's, revisions, idempotency.
//!
//! The trait is made of operations, each one transaction, so that a rule such as "a token is spent once" holds in one
//! place and for every caller. Moments are passed in; the store has no clock.

mod deposits;
mod place;
mod records;
mod sql;
#[cfg(test)]
mod tests;

use crate::tokens::{Hash, NoRandomness};
use async_trait::async_trait;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, AuthorizeProblem, ConnectionId, DepositId, EventId, InstitutionId, InstitutionRequestId,
    LinkId, Purpose, Revision, UserId,
};

pub use deposits::{
    DepositFault, DepositFilter, DepositIntent, DepositKept, DepositLimits, DepositRecord, DepositState,
    TokenSubject,
};
pub use place::Place;
pub use records::{
    Attempt, ClientId, ConnectionRecord, ConsentRecord, Ended, EventRecord, InstitutionRequestRecord, Intent,
    KeptDirectory, KeyClaim, KeyUse, LinkRecord, NewConnection, NewLink, NewParting, NewTicket,
    PartingRecord, PartingStage, Pending, Proof, PublicSpend, SentLogin, SessionRecord, Spend, Successor,
    TicketSpend, UpstreamUser, Visit, VisitRecord, WayBack,
};
pub use sql::SqlStore;

/// The store failed. The text names operations and files, never values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database's tables could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// What stands for the database's address is none.
    #[error("the database's address cannot be read: it has to be postgres://user:password@host/database")]
    Address,
    /// The database's texts cannot hold every character.
    #[error("the database's encoding is not UTF8: create it WITH ENCODING 'UTF8' TEMPLATE template0")]
    Encoding,
    /// An event's id could not be made.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// A stored value is not one that this version writes.
    #[error("the stored {0} cannot be read by this version")]
    Unreadable(&'static str),
}

/// What the operations return.
pub type StoreResult<T> = Result<T, StoreError>;

/// The operations.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Whether the database answers.
    async fn answers(&self) -> StoreResult<()>;

    /// Keeps a new link. The same id again only replaces the secret's hash, and only while the link is unspent: false
    /// means that it was spent, so there is nothing to mint any more.
    async fn create_link(&self, link: &NewLink) -> StoreResult<bool>;

    /// A link by its id, whatever its state.
    async fn link(&self, id: &LinkId) -> StoreResult<Option<LinkRecord>>;

    /// A link whose page may be shown: unspent and in time, or with a session that goes on.
    async fn link_for_page(
        &self,
        id: &LinkId,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> StoreResult<Option<LinkRecord>>;

    /// Ends a link and its session. False: the client has no such link.
    async fn revoke_link(&self, client: &ClientId, id: &LinkId, now: Timestamp) -> StoreResult<bool>;

    /// Exchanges a link for a session, once.
    async fn spend_link(
        &self,
        id: &LinkId,
        token: &Hash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<Spend>;

    /// Puts a new token on the session of a link that was already spent. False: there is no session that goes on.
    async fn renew_session(&self, id: &LinkId, token: &Hash, now: Timestamp) -> StoreResult<bool>;

    /// The session that a token speaks for, if it goes on and was seen after `idle_since`. With `touch` it is seen now.
    async fn session(
        &self,
        token: &Hash,
        now: Timestamp,
        idle_since: Timestamp,
        touch: bool,
    ) -> StoreResult<Option<SessionRecord>>;

    /// Keeps a session alive: it is seen now. False: it is over.
    async fn extend_session(&self, id: &LinkId, now: Timestamp, idle_since: Timestamp) -> StoreResult<bool>;

    /// Ends a link's session.
    async fn end_session(&self, id: &LinkId, now: Timestamp) -> StoreResult<()>;

    /// Keeps what a person agreed to under a link. The first record stays.
    async fn give_consent(&self, link: &LinkRecord, consent: &ConsentRecord) -> StoreResult<()>;

    /// What a person agreed to under a link.
    async fn consent(&self, id: &LinkId) -> StoreResult<Option<ConsentRecord>>;

    /// The aggregator's name for a user.
    async fn upstream_user(&self, client: &ClientId, user: &UserId) -> StoreResult<Option<UpstreamUser>>;

    /// Keeps the aggregator's name for a user.
    async fn set_upstream_user(
        &self,
        client: &ClientId,
        user: &UserId,
        upstream: &UpstreamUser,
    ) -> StoreResult<()>;

    /// Keeps a new connection at revision 1. The same id again changes nothing.
    async fn create_connection(&self, connection: &NewConnection) -> StoreResult<()>;

    /// A connection by its id.
    async fn connection(&self, id: &ConnectionId) -> StoreResult<Option<ConnectionRecord>>;

    /// The aggregator's references that a user's connections have, except `besides`.
    async fn references_in_use(
        &self,
        client: &ClientId,
        user: &UserId,
        besides: &ConnectionId,
    ) -> StoreResult<Vec<String>>;

    /// A user's connections, newest first, at most 100.
    async fn connections_of_user(
        &self,
        client: &ClientId,
        user: &UserId,
    ) -> StoreResult<Vec<ConnectionRecord>>;

    /// A user's connections that can be looked after, newest first, at most 100: those of which the aggregator knows and
    /// those that are to take another's place; without those that were ended here.
    async fn kept_connections(&self, client: &ClientId, user: &UserId) -> StoreResult<Vec<ConnectionRecord>>;

    /// Lets a link have a connection of its user's that was made under another. Twice is once.
    async fn take_up(&self, link: &LinkId, connection: &ConnectionId, now: Timestamp) -> StoreResult<()>;

    /// Whether a link has taken a connection up.
    async fn has_taken_up(&self, link: &LinkId, connection: &ConnectionId) -> StoreResult<bool>;

    /// The link that took a connection up last; `None` if none did.
    async fn taken_up_last(&self, connection: &ConnectionId) -> StoreResult<Option<LinkId>>;

    /// A user's connections for a purpose that were made after `since`, of which the aggregator knows, and of which no
    /// account was chosen: newest first, at most 20.
    async fn unfinished_connections(
        &self,
        client: &ClientId,
        user: &UserId,
        purpose: Purpose,
        since: Timestamp,
    ) -> StoreResult<Vec<ConnectionRecord>>;

    /// The newest connection that a user has linked at an institution for a purpose.
    async fn linked_connection(
        &self,
        client: &ClientId,
        user: &UserId,
        institution: &InstitutionId,
        purpose: Purpose,
    ) -> StoreResult<Option<ConnectionId>>;

    /// The connections that were made or taken up under a link, newest first, at most 20.
    async fn connections_of_link(&self, id: &LinkId) -> StoreResult<Vec<ConnectionRecord>>;

    /// Moves the revision if the digest changed: by one, and only from `from`. The answer is the stored revision, with
    /// the digest that goes with it; a digest other than the one given says that somebody else was first. Every operation
    /// that moves a revision has the client told, see [`Store::set_told_clients`].
    async fn advance_revision(
        &self,
        id: &ConnectionId,
        from: Revision,
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<(Revision, Hash)>;

    /// Writes down that an unsafe upstream call is about to be made, and counts it: its number is how many were begun by
    /// then. `None`: the revision has moved, or another call is running.
    async fn begin_attempt(&self, id: &ConnectionId, attempt: &Attempt) -> StoreResult<Option<u32>>;

    /// Gives the call with this number until `until`, with the connection's lease: whoever makes it is alive. Nothing
    /// changes if it is not under way any more.
    async fn hold_attempt(&self, id: &ConnectionId, nth: u32, until: Timestamp) -> StoreResult<()>;

    /// Writes down that the call with this number is over, and has the watcher follow until `watch_until`. If it was
    /// taken, the revision that it was begun at is over too: else another could begin there before the next step is shown,
    /// and the next step may look just the same. The answer is the revision that stands then. `None`, and nothing changes:
    /// somebody else has ended it, and perhaps begun another.
    async fn end_attempt(
        &self,
        id: &ConnectionId,
        nth: u32,
        ended: Ended,
        watch_until: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<Option<Revision>>;

    /// Begins the end of a connection, or goes on with one that stopped. `None`: the revision has moved, a call is
    /// running, or it is under way already.
    async fn begin_parting(&self, id: &ConnectionId, parting: &NewParting) -> StoreResult<Option<Revision>>;

    /// Writes down how far the end of a connection has come since `from`, or why it stopped, and moves the revision. False:
    /// somebody else has moved it.
    async fn advance_parting(
        &self,
        id: &ConnectionId,
        from: Revision,
        record: &PartingRecord,
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<bool>;

    /// Writes down that a connection has ended, forgets its login, and keeps the one that takes its place, all at once.
    /// False: somebody else has moved it since `from`.
    async fn finish_parting(
        &self,
        id: &ConnectionId,
        from: Revision,
        successor: Option<&NewConnection>,
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<bool>;

    /// Gives the end of a connection up that has stopped, and moves the revision. False: it has not stopped, or the
    /// revision has moved.
    async fn withdraw_parting(&self, id: &ConnectionId, from: Revision, now: Timestamp) -> StoreResult<bool>;

    /// Leases connections whose end was begun and that nobody ends, at most `limit`.
    async fn lease_partings(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<ConnectionId>>;

    /// Holds the lease of a connection that is being ended. False: somebody else has moved it since `from`.
    async fn hold_parting(
        &self,
        id: &ConnectionId,
        from: Revision,
        lease_until: Timestamp,
    ) -> StoreResult<bool>;

    /// Writes down that a login works: the connection is known by it from now on. Nothing changes unless it is the one that
    /// was sent last, and no call is under way. `None` forgets what is kept of logins.
    async fn set_login(&self, id: &ConnectionId, login: Option<&Hash>) -> StoreResult<()>;

    /// The user's newest linked connection, except `besides`, that has this login and was not ended here: one for this
    /// purpose before any other.
    async fn linked_with_login(
        &self,
        client: &ClientId,
        user: &UserId,
        login: &Hash,
        purpose: Purpose,
        besides: &ConnectionId,
    ) -> StoreResult<Option<ConnectionId>>;

    /// Keeps the aggregator's reference for a connection in place of the one before. False: it is another one by now.
    async fn set_upstream(
        &self,
        id: &ConnectionId,
        before: Option<&str>,
        upstream: &str,
    ) -> StoreResult<bool>;

    /// Keeps the chosen accounts and moves the revision. `None`: the revision has moved already.
    async fn choose_accounts(
        &self,
        id: &ConnectionId,
        from: Revision,
        chosen: &[AccountId],
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<Option<Revision>>;

    /// Keeps a public token's hash and revokes its subject's unspent ones.
    async fn mint_public_token(
        &self,
        subject: &TokenSubject,
        token: &Hash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<()>;

    /// Spends a public token, once, for the client that it was made for.
    async fn spend_public_token(
        &self,
        client: &ClientId,
        token: &Hash,
        now: Timestamp,
    ) -> StoreResult<PublicSpend>;

    /// What a public token stood for that this client has spent.
    async fn spent_public_token(&self, client: &ClientId, token: &Hash) -> StoreResult<Option<TokenSubject>>;

    /// Keeps a new deposit, unless there are as many as may be. The same id again changes nothing. What it replaces is
    /// marked in the same step.
    async fn create_deposit(
        &self,
        deposit: &DepositRecord,
        limits: &DepositLimits,
    ) -> StoreResult<DepositKept>;

    /// Forgets a deposit of which the aggregator knows nothing; what it was to replace stands again.
    async fn forget_deposit(&self, id: &DepositId) -> StoreResult<()>;

    /// Writes a deposit over the version that it was read at. False: somebody else has written it since.
    async fn write_deposit(&self, deposit: &DepositRecord) -> StoreResult<bool>;

    /// Gives the call that is under way for a deposit until `until`: whoever makes it is alive.
    async fn hold_deposit(&self, id: &DepositId, until: Timestamp) -> StoreResult<()>;

    /// Whether the caller is to read a deposit upstream: nobody has since `before`. From now on somebody has.
    async fn take_deposit_look(&self, id: &DepositId, now: Timestamp, before: Timestamp)
    -> StoreResult<bool>;

    /// A deposit by its id.
    async fn deposit(&self, id: &DepositId) -> StoreResult<Option<DepositRecord>>;

    /// A deposit by the aggregator's name for it.
    async fn deposit_by_key(&self, key: &str) -> StoreResult<Option<DepositRecord>>;

    /// The newest deposit to an account of a connection, unless another has replaced it.
    async fn deposit_of_connection(&self, id: &ConnectionId) -> StoreResult<Option<DepositRecord>>;

    /// The deposits asked for under a link that no other has replaced, newest first, at most 20.
    async fn deposits_of_link(&self, id: &LinkId) -> StoreResult<Vec<DepositRecord>>;

    /// A user's deposits made after `since` that no other has replaced, newest first, at most 20.
    async fn deposits_of_user(
        &self,
        client: &ClientId,
        user: &UserId,
        since: Timestamp,
    ) -> StoreResult<Vec<DepositRecord>>;

    /// A client's deposits, oldest change first, at most `limit`.
    async fn deposits_of_client(
        &self,
        client: &ClientId,
        filter: &DepositFilter,
        limit: u32,
    ) -> StoreResult<Vec<DepositRecord>>;

    /// The aggregator's accounts that a user's deposits go to; not those of deposits that were never sent.
    async fn deposit_holders_in_use(&self, client: &ClientId, user: &UserId) -> StoreResult<Vec<String>>;

    /// The aggregator's names for the deposits to one of its accounts.
    async fn deposit_keys_at(&self, holder: &str) -> StoreResult<Vec<String>>;

    /// Deposits whose call has not come back in its time, at most `limit`.
    async fn lapsed_deposits(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<DepositRecord>>;

    /// Lets one caller at a time read an aggregator's changed deposits: up to where they were read, if ever. `None`:
    /// somebody else does.
    async fn lease_deposit_watch(
        &self,
        aggregator: &str,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> StoreResult<Option<Option<Timestamp>>>;

    /// Gives the lease back, and keeps up to where changes were read. That never goes backwards.
    async fn end_deposit_watch(
        &self,
        aggregator: &str,
        seen_until: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<()>;

    /// Keeps a ticket to a bank's own page. Earlier ones of the connection that were not used are void, and from now on
    /// the connection is one that is made there.
    async fn mint_ticket(&self, ticket: &NewTicket) -> StoreResult<()>;

    /// Uses a ticket, once, and keeps what leads back.
    async fn spend_ticket(&self, ticket: &Hash, back: &WayBack, now: Timestamp) -> StoreResult<TicketSpend>;

    /// The visit that a state leads back to.
    async fn visit(&self, state: &Hash) -> StoreResult<Option<VisitRecord>>;

    /// Somebody is on their way to the bank's page, and is waited for until `until`. Ends the call that asked for it, which
    /// has this number. False, and nothing changes: somebody else has ended it.
    async fn open_visit(
        &self,
        id: &ConnectionId,
        nth: u32,
        until: Timestamp,
        host: &str,
    ) -> StoreResult<bool>;

    /// Nobody is waited for any more, and why. False: the revision has moved, or a call is running.
    async fn close_visit(
        &self,
        id: &ConnectionId,
        from: Revision,
        problem: AuthorizeProblem,
        now: Timestamp,
    ) -> StoreResult<bool>;

    /// Writes down how a visit ended. The first end stays.
    async fn end_visit(&self, state: &Hash, problem: AuthorizeProblem) -> StoreResult<()>;

    /// Forgets visits from before `before`.
    async fn forget_visits(&self, before: Timestamp) -> StoreResult<u64>;

    /// Keeps an aggregator's list of institutions in place of the one before; one that was read later stays.
    async fn keep_directory(&self, aggregator: &str, kept: &KeptDirectory) -> StoreResult<()>;

    /// An aggregator's list of institutions as it was kept last.
    async fn kept_directory(&self, aggregator: &str) -> StoreResult<Option<KeptDirectory>>;

    /// Keeps what a person asked for. The same id again changes nothing. False: `most` others were kept under its link.
    async fn keep_institution_request(
        &self,
        request: &InstitutionRequestRecord,
        most: u32,
    ) -> StoreResult<bool>;

    /// What people asked a client for: newest first, at most `limit`, and with `after` only what comes after that one.
    /// `None`: the client has none of that id.
    async fn institution_requests(
        &self,
        client: &ClientId,
        after: Option<&InstitutionRequestId>,
        limit: u32,
    ) -> StoreResult<Option<Vec<InstitutionRequestRecord>>>;

    /// Forgets what people asked for before `before`.
    async fn forget_institution_requests(&self, before: Timestamp) -> StoreResult<u64>;

    /// Claims an idempotency key. Exactly one of two callers at the same time gets [`KeyClaim::Claimed`].
    async fn claim_key(&self, key: &KeyUse, now: Timestamp, lease_until: Timestamp) -> StoreResult<KeyClaim>;

    /// Keeps the outcome of a claimed key.
    async fn finish_key(&self, key: &KeyUse, outcome: &str) -> StoreResult<()>;

    /// Gives a claimed key back: nothing was done.
    async fn release_key(&self, key: &KeyUse) -> StoreResult<()>;

    /// Leases connections that are to be watched and that nobody watches, at most `limit`.
    async fn lease_due(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<ConnectionId>>;

    /// Holds a lease for longer.
    async fn extend_lease(&self, id: &ConnectionId, lease_until: Timestamp) -> StoreResult<()>;

    /// Stops watching a connection.
    async fn stop_watching(&self, id: &ConnectionId) -> StoreResult<()>;

    /// Counts a try, unless `most` were counted after `since`: then the oldest of those is the answer.
    async fn take_try(
        &self,
        subject: &Hash,
        now: Timestamp,
        since: Timestamp,
        most: u32,
    ) -> StoreResult<Option<Timestamp>>;

    /// When tries were counted after `since`, oldest first.
    async fn tries(&self, subject: &Hash, since: Timestamp) -> StoreResult<Vec<Timestamp>>;

    /// Takes one try back that was counted at `at`.
    async fn give_try_back(&self, subject: &Hash, at: Timestamp) -> StoreResult<()>;

    /// Forgets tries from before `before`.
    async fn forget_tries(&self, before: Timestamp) -> StoreResult<u64>;

    /// Forgets idempotency records from before `before`.
    async fn forget_keys(&self, before: Timestamp) -> StoreResult<u64>;

    /// Says which clients are to be told when something changes. From then on each operation that moves a revision of
    /// theirs puts an event into the outbox, in its own transaction; for all others it puts nothing there.
    async fn set_told_clients(&self, clients: &[ClientId]) -> StoreResult<()>;

    /// Leases events that are due and that nobody delivers, oldest first: at most `limit`, and so many that at most
    /// `at_one_client` of one client's are under way. Each lease is a try.
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        at_one_client: u32,
    ) -> StoreResult<Vec<EventRecord>>;

    /// The client has taken an event.
    async fn event_delivered(&self, id: &EventId, now: Timestamp) -> StoreResult<()>;

    /// An event is tried again at `at`, unless it was delivered meanwhile.
    async fn try_event_again(&self, id: &EventId, at: Timestamp) -> StoreResult<()>;

    /// An event is not tried any more, unless it was delivered meanwhile.
    async fn give_event_up(&self, id: &EventId, now: Timestamp) -> StoreResult<()>;

    /// Forgets events from before `before`, whatever became of them.
    async fn forget_events(&self, before: Timestamp) -> StoreResult<u64>;
}
