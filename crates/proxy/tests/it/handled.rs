//! A store with a hand on it, that can end its process or have it stand still at a chosen operation.

use async_trait::async_trait;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, AuthorizeProblem, ConnectionId, DepositId, EventId, InstitutionId, InstitutionRequestId,
    LinkId, Purpose, Revision, UserId,
};
use linchpin_proxy::store::{
    Attempt, ClientId, ConnectionRecord, ConsentRecord, DepositFilter, DepositKept, DepositLimits,
    DepositRecord, Ended, EventRecord, InstitutionRequestRecord, KeptDirectory, KeyClaim, KeyUse, LinkRecord,
    NewConnection, NewLink, NewParting, NewTicket, PartingRecord, PublicSpend, SessionRecord, Spend,
    SqlStore, Store, StoreResult, TicketSpend, TokenSubject, UpstreamUser, VisitRecord, WayBack,
};
use linchpin_proxy::tokens::Hash;

/// What is done around a store's operations.
#[async_trait]
pub(crate) trait Hand: Send + Sync + 'static {
    /// Before a write. What it gives is handed on to the other side.
    async fn before_write(&self, operation: &'static str) -> usize;

    /// After it.
    async fn after_write(&self, operation: &'static str, nth: usize);

    /// Before a read.
    async fn before_read(&self, operation: &'static str);
}

/// The proxy's store, and the hand on it.
pub(crate) struct Handled<H> {
    pub(crate) store: SqlStore,
    pub(crate) hand: H,
}

/// An operation that is new to the trait does not compile here until it is listed, and as a write it has to come up in a
/// story of the crash points.
macro_rules! store {
    (
        writes { $(fn $write:ident($($arg:ident: $kind:ty),*) -> $made:ty;)+ }
        reads { $(fn $read:ident($($given:ident: $sort:ty),*) -> $found:ty;)+ }
    ) => {
        /// The operations that write.
        pub(crate) const WRITES: &[&str] = &[$(stringify!($write)),+];

        #[async_trait]
        impl<H: Hand> Store for Handled<H> {
            $(
                async fn $write(&self, $($arg: $kind),*) -> StoreResult<$made> {
                    let nth = self.hand.before_write(stringify!($write)).await;
                    let done = self.store.$write($($arg),*).await;
                    self.hand.after_write(stringify!($write), nth).await;
                    done
                }
            )+
            $(
                async fn $read(&self, $($given: $sort),*) -> StoreResult<$found> {
                    self.hand.before_read(stringify!($read)).await;
                    self.store.$read($($given),*).await
                }
            )+
        }
    };
}

store! {
    writes {
        fn create_link(link: &NewLink) -> bool;
        fn revoke_link(client: &ClientId, id: &LinkId, now: Timestamp) -> bool;
        fn spend_link(id: &LinkId, token: &Hash, now: Timestamp, expires_at: Timestamp) -> Spend;
        fn renew_session(id: &LinkId, token: &Hash, now: Timestamp) -> bool;
        fn session(token: &Hash, now: Timestamp, idle_since: Timestamp, touch: bool) -> Option<SessionRecord>;
        fn extend_session(id: &LinkId, now: Timestamp, idle_since: Timestamp) -> bool;
        fn give_consent(link: &LinkRecord, consent: &ConsentRecord) -> ();
        fn end_session(id: &LinkId, now: Timestamp) -> ();
        fn set_upstream_user(client: &ClientId, user: &UserId, upstream: &UpstreamUser) -> ();
        fn create_connection(connection: &NewConnection) -> ();
        fn take_up(link: &LinkId, connection: &ConnectionId, now: Timestamp) -> ();
        fn advance_revision(
            id: &ConnectionId, from: Revision, digest: &Hash, now: Timestamp
        ) -> (Revision, Hash);
        fn begin_attempt(id: &ConnectionId, attempt: &Attempt) -> Option<u32>;
        fn hold_attempt(id: &ConnectionId, nth: u32, until: Timestamp) -> ();
        fn end_attempt(
            id: &ConnectionId, nth: u32, ended: Ended, watch_until: Option<Timestamp>, now: Timestamp
        ) -> Option<Revision>;
        fn begin_parting(id: &ConnectionId, parting: &NewParting) -> Option<Revision>;
        fn advance_parting(
            id: &ConnectionId, from: Revision, record: &PartingRecord, digest: &Hash, now: Timestamp
        ) -> bool;
        fn finish_parting(
            id: &ConnectionId, from: Revision, successor: Option<&NewConnection>, digest: &Hash, now: Timestamp
        ) -> bool;
        fn withdraw_parting(id: &ConnectionId, from: Revision, now: Timestamp) -> bool;
        fn lease_partings(now: Timestamp, lease_until: Timestamp, limit: u32) -> Vec<ConnectionId>;
        fn hold_parting(id: &ConnectionId, from: Revision, lease_until: Timestamp) -> bool;
        fn set_login(id: &ConnectionId, login: Option<&Hash>) -> ();
        fn set_upstream(id: &ConnectionId, before: Option<&str>, upstream: &str) -> bool;
        fn choose_accounts(
            id: &ConnectionId, from: Revision, chosen: &[AccountId], digest: &Hash, now: Timestamp
        ) -> Option<Revision>;
        fn mint_public_token(
            subject: &TokenSubject, token: &Hash, now: Timestamp, expires_at: Timestamp
        ) -> ();
        fn create_deposit(deposit: &DepositRecord, limits: &DepositLimits) -> DepositKept;
        fn forget_deposit(id: &DepositId) -> ();
        fn write_deposit(deposit: &DepositRecord) -> bool;
        fn hold_deposit(id: &DepositId, until: Timestamp) -> ();
        fn take_deposit_look(id: &DepositId, now: Timestamp, before: Timestamp) -> bool;
        fn lease_deposit_watch(
            aggregator: &str, now: Timestamp, lease_until: Timestamp
        ) -> Option<Option<Timestamp>>;
        fn end_deposit_watch(aggregator: &str, seen_until: Option<Timestamp>, now: Timestamp) -> ();
        fn spend_public_token(client: &ClientId, token: &Hash, now: Timestamp) -> PublicSpend;
        fn mint_ticket(ticket: &NewTicket) -> ();
        fn spend_ticket(ticket: &Hash, back: &WayBack, now: Timestamp) -> TicketSpend;
        fn open_visit(id: &ConnectionId, nth: u32, until: Timestamp, host: &str) -> bool;
        fn close_visit(
            id: &ConnectionId, from: Revision, problem: AuthorizeProblem, now: Timestamp
        ) -> bool;
        fn end_visit(state: &Hash, problem: AuthorizeProblem) -> ();
        fn forget_visits(before: Timestamp) -> u64;
        fn keep_directory(aggregator: &str, kept: &KeptDirectory) -> ();
        fn keep_institution_request(request: &InstitutionRequestRecord, most: u32) -> bool;
        fn forget_institution_requests(before: Timestamp) -> u64;
        fn claim_key(key: &KeyUse, now: Timestamp, lease_until: Timestamp) -> KeyClaim;
        fn finish_key(key: &KeyUse, outcome: &str) -> ();
        fn release_key(key: &KeyUse) -> ();
        fn lease_due(now: Timestamp, lease_until: Timestamp, limit: u32) -> Vec<ConnectionId>;
        fn extend_lease(id: &ConnectionId, lease_until: Timestamp) -> ();
        fn stop_watching(id: &ConnectionId) -> ();
        fn take_try(subject: &Hash, now: Timestamp, since: Timestamp, most: u32) -> Option<Timestamp>;
        fn give_try_back(subject: &Hash, at: Timestamp) -> ();
        fn forget_tries(before: Timestamp) -> u64;
        fn forget_keys(before: Timestamp) -> u64;
        fn set_told_clients(clients: &[ClientId]) -> ();
        fn lease_events(
            now: Timestamp, lease_until: Timestamp, limit: u32, at_one_client: u32
        ) -> Vec<EventRecord>;
        fn event_delivered(id: &EventId, now: Timestamp) -> ();
        fn try_event_again(id: &EventId, at: Timestamp) -> ();
        fn give_event_up(id: &EventId, now: Timestamp) -> ();
        fn forget_events(before: Timestamp) -> u64;
    }
    reads {
        fn answers() -> ();
        fn link(id: &LinkId) -> Option<LinkRecord>;
        fn consent(id: &LinkId) -> Option<ConsentRecord>;
        fn link_for_page(id: &LinkId, now: Timestamp, idle_since: Timestamp) -> Option<LinkRecord>;
        fn upstream_user(client: &ClientId, user: &UserId) -> Option<UpstreamUser>;
        fn connection(id: &ConnectionId) -> Option<ConnectionRecord>;
        fn references_in_use(client: &ClientId, user: &UserId, besides: &ConnectionId) -> Vec<String>;
        fn connections_of_user(client: &ClientId, user: &UserId) -> Vec<ConnectionRecord>;
        fn kept_connections(client: &ClientId, user: &UserId) -> Vec<ConnectionRecord>;
        fn has_taken_up(link: &LinkId, connection: &ConnectionId) -> bool;
        fn taken_up_last(connection: &ConnectionId) -> Option<LinkId>;
        fn unfinished_connections(
            client: &ClientId, user: &UserId, purpose: Purpose, since: Timestamp
        ) -> Vec<ConnectionRecord>;
        fn linked_connection(
            client: &ClientId, user: &UserId, institution: &InstitutionId, purpose: Purpose
        ) -> Option<ConnectionId>;
        fn connections_of_link(id: &LinkId) -> Vec<ConnectionRecord>;
        fn linked_with_login(
            client: &ClientId, user: &UserId, login: &Hash, purpose: Purpose, besides: &ConnectionId
        ) -> Option<ConnectionId>;
        fn tries(subject: &Hash, since: Timestamp) -> Vec<Timestamp>;
        fn deposit(id: &DepositId) -> Option<DepositRecord>;
        fn deposit_by_key(key: &str) -> Option<DepositRecord>;
        fn deposit_of_connection(id: &ConnectionId) -> Option<DepositRecord>;
        fn deposits_of_link(id: &LinkId) -> Vec<DepositRecord>;
        fn deposits_of_user(client: &ClientId, user: &UserId, since: Timestamp) -> Vec<DepositRecord>;
        fn deposits_of_client(client: &ClientId, filter: &DepositFilter, limit: u32) -> Vec<DepositRecord>;
        fn deposit_holders_in_use(client: &ClientId, user: &UserId) -> Vec<String>;
        fn deposit_keys_at(holder: &str) -> Vec<String>;
        fn lapsed_deposits(now: Timestamp, limit: u32) -> Vec<DepositRecord>;
        fn visit(state: &Hash) -> Option<VisitRecord>;
        fn institution_requests(
            client: &ClientId, after: Option<&InstitutionRequestId>, limit: u32
        ) -> Option<Vec<InstitutionRequestRecord>>;
        fn kept_directory(aggregator: &str) -> Option<KeptDirectory>;
        fn spent_public_token(client: &ClientId, token: &Hash) -> Option<TokenSubject>;
    }
}
