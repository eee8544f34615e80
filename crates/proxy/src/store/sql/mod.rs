//! The store in an SQL database: the same statements for each, see [`database`] for what differs.

mod connections;
mod database;
mod deposits;
mod directory;
mod institution_requests;
mod keys;
mod links;
mod outbox;
mod partings;
mod postgres;
mod readers;
mod rows;
mod sqlite;
mod statement;
mod tries;
mod visits;

use super::{
    Attempt, ClientId, ConnectionRecord, ConsentRecord, DepositFilter, DepositKept, DepositLimits,
    DepositRecord, Ended, EventRecord, InstitutionRequestRecord, KeptDirectory, KeyClaim, KeyUse, LinkRecord,
    NewConnection, NewLink, NewParting, NewTicket, PartingRecord, PublicSpend, SessionRecord, Spend, Store,
    StoreResult, TicketSpend, TokenSubject, UpstreamUser, VisitRecord, WayBack,
};
use crate::tokens::Hash;
use async_trait::async_trait;
use database::Database;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, AuthorizeProblem, ConnectionId, DepositId, EventId, InstitutionId, InstitutionRequestId,
    LinkId, Purpose, Revision, UserId,
};
use statement::query;

/// The store in an SQL database: one SQLite file, or PostgreSQL.
#[derive(Debug, Clone)]
pub struct SqlStore {
    database: Database,
}

#[async_trait]
impl Store for SqlStore {
    async fn answers(&self) -> StoreResult<()> {
        query("SELECT key FROM idempotency LIMIT 1").fetch_optional(self).await?;
        Ok(())
    }

    async fn create_link(&self, link: &NewLink) -> StoreResult<bool> {
        links::create(self, link).await
    }

    async fn link(&self, id: &LinkId) -> StoreResult<Option<LinkRecord>> {
        links::find(self, id).await
    }

    async fn link_for_page(
        &self,
        id: &LinkId,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> StoreResult<Option<LinkRecord>> {
        links::for_page(self, id, now, idle_since).await
    }

    async fn revoke_link(&self, client: &ClientId, id: &LinkId, now: Timestamp) -> StoreResult<bool> {
        links::revoke(self, client, id, now).await
    }

    async fn spend_link(
        &self,
        id: &LinkId,
        token: &Hash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<Spend> {
        links::spend(self, id, token, now, expires_at).await
    }

    async fn renew_session(&self, id: &LinkId, token: &Hash, now: Timestamp) -> StoreResult<bool> {
        links::renew_session(self, id, token, now).await
    }

    async fn session(
        &self,
        token: &Hash,
        now: Timestamp,
        idle_since: Timestamp,
        touch: bool,
    ) -> StoreResult<Option<SessionRecord>> {
        links::session(self, token, now, idle_since, touch).await
    }

    async fn extend_session(&self, id: &LinkId, now: Timestamp, idle_since: Timestamp) -> StoreResult<bool> {
        links::extend_session(self, id, now, idle_since).await
    }

    async fn give_consent(&self, link: &LinkRecord, consent: &ConsentRecord) -> StoreResult<()> {
        links::give_consent(self, link, consent).await
    }

    async fn consent(&self, id: &LinkId) -> StoreResult<Option<ConsentRecord>> {
        links::consent(self, id).await
    }

    async fn end_session(&self, id: &LinkId, now: Timestamp) -> StoreResult<()> {
        links::end_session(self, id, now).await
    }

    async fn upstream_user(&self, client: &ClientId, user: &UserId) -> StoreResult<Option<UpstreamUser>> {
        connections::upstream_user(self, client, user).await
    }

    async fn set_upstream_user(
        &self,
        client: &ClientId,
        user: &UserId,
        upstream: &UpstreamUser,
    ) -> StoreResult<()> {
        connections::set_upstream_user(self, client, user, upstream).await
    }

    async fn create_connection(&self, connection: &NewConnection) -> StoreResult<()> {
        connections::create(self, connection).await
    }

    async fn connection(&self, id: &ConnectionId) -> StoreResult<Option<ConnectionRecord>> {
        connections::find(self, id).await
    }

    async fn references_in_use(
        &self,
        client: &ClientId,
        user: &UserId,
        besides: &ConnectionId,
    ) -> StoreResult<Vec<String>> {
        connections::references_in_use(self, client, user, besides).await
    }

    async fn connections_of_user(
        &self,
        client: &ClientId,
        user: &UserId,
    ) -> StoreResult<Vec<ConnectionRecord>> {
        connections::of_user(self, client, user).await
    }

    async fn kept_connections(&self, client: &ClientId, user: &UserId) -> StoreResult<Vec<ConnectionRecord>> {
        connections::kept(self, client, user).await
    }

    async fn take_up(&self, link: &LinkId, connection: &ConnectionId, now: Timestamp) -> StoreResult<()> {
        connections::take_up(self, link, connection, now).await
    }

    async fn has_taken_up(&self, link: &LinkId, connection: &ConnectionId) -> StoreResult<bool> {
        connections::has_taken_up(self, link, connection).await
    }

    async fn taken_up_last(&self, connection: &ConnectionId) -> StoreResult<Option<LinkId>> {
        connections::taken_up_last(self, connection).await
    }

    async fn unfinished_connections(
        &self,
        client: &ClientId,
        user: &UserId,
        purpose: Purpose,
        since: Timestamp,
    ) -> StoreResult<Vec<ConnectionRecord>> {
        connections::unfinished(self, client, user, purpose, since).await
    }

    async fn linked_connection(
        &self,
        client: &ClientId,
        user: &UserId,
        institution: &InstitutionId,
        purpose: Purpose,
    ) -> StoreResult<Option<ConnectionId>> {
        connections::linked_at(self, client, user, institution, purpose).await
    }

    async fn connections_of_link(&self, id: &LinkId) -> StoreResult<Vec<ConnectionRecord>> {
        connections::of_link(self, id).await
    }

    async fn advance_revision(
        &self,
        id: &ConnectionId,
        from: Revision,
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<(Revision, Hash)> {
        connections::advance_revision(self, id, from, digest, now).await
    }

    async fn begin_attempt(&self, id: &ConnectionId, attempt: &Attempt) -> StoreResult<Option<u32>> {
        connections::begin_attempt(self, id, attempt).await
    }

    async fn hold_attempt(&self, id: &ConnectionId, nth: u32, until: Timestamp) -> StoreResult<()> {
        connections::hold_attempt(self, id, nth, until).await
    }

    async fn end_attempt(
        &self,
        id: &ConnectionId,
        nth: u32,
        ended: Ended,
        watch_until: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<Option<Revision>> {
        connections::end_attempt(self, id, nth, ended, watch_until, now).await
    }

    async fn set_upstream(
        &self,
        id: &ConnectionId,
        before: Option<&str>,
        upstream: &str,
    ) -> StoreResult<bool> {
        connections::set_upstream(self, id, before, upstream).await
    }

    async fn choose_accounts(
        &self,
        id: &ConnectionId,
        from: Revision,
        chosen: &[AccountId],
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<Option<Revision>> {
        connections::choose(self, id, from, chosen, digest, now).await
    }

    async fn mint_public_token(
        &self,
        subject: &TokenSubject,
        token: &Hash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StoreResult<()> {
        keys::mint_public_token(self, subject, token, now, expires_at).await
    }

    async fn spend_public_token(
        &self,
        client: &ClientId,
        token: &Hash,
        now: Timestamp,
    ) -> StoreResult<PublicSpend> {
        keys::spend_public_token(self, client, token, now).await
    }

    async fn spent_public_token(&self, client: &ClientId, token: &Hash) -> StoreResult<Option<TokenSubject>> {
        keys::spent_public_token(self, client, token).await
    }

    async fn create_deposit(
        &self,
        deposit: &DepositRecord,
        limits: &DepositLimits,
    ) -> StoreResult<DepositKept> {
        deposits::create(self, deposit, limits).await
    }

    async fn forget_deposit(&self, id: &DepositId) -> StoreResult<()> {
        deposits::forget(self, id).await
    }

    async fn write_deposit(&self, deposit: &DepositRecord) -> StoreResult<bool> {
        deposits::write(self, deposit).await
    }

    async fn hold_deposit(&self, id: &DepositId, until: Timestamp) -> StoreResult<()> {
        deposits::hold(self, id, until).await
    }

    async fn take_deposit_look(
        &self,
        id: &DepositId,
        now: Timestamp,
        before: Timestamp,
    ) -> StoreResult<bool> {
        deposits::take_look(self, id, now, before).await
    }

    async fn deposit(&self, id: &DepositId) -> StoreResult<Option<DepositRecord>> {
        deposits::find(self, id).await
    }

    async fn deposit_by_key(&self, key: &str) -> StoreResult<Option<DepositRecord>> {
        deposits::by_key(self, key).await
    }

    async fn deposit_of_connection(&self, id: &ConnectionId) -> StoreResult<Option<DepositRecord>> {
        deposits::of_connection(self, id).await
    }

    async fn deposits_of_link(&self, id: &LinkId) -> StoreResult<Vec<DepositRecord>> {
        deposits::of_link(self, id).await
    }

    async fn deposits_of_user(
        &self,
        client: &ClientId,
        user: &UserId,
        since: Timestamp,
    ) -> StoreResult<Vec<DepositRecord>> {
        deposits::of_user(self, client, user, since).await
    }

    async fn deposits_of_client(
        &self,
        client: &ClientId,
        filter: &DepositFilter,
        limit: u32,
    ) -> StoreResult<Vec<DepositRecord>> {
        deposits::of_client(self, client, filter, limit).await
    }

    async fn deposit_holders_in_use(&self, client: &ClientId, user: &UserId) -> StoreResult<Vec<String>> {
        deposits::holders_in_use(self, client, user).await
    }

    async fn deposit_keys_at(&self, holder: &str) -> StoreResult<Vec<String>> {
        deposits::keys_at(self, holder).await
    }

    async fn lapsed_deposits(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<DepositRecord>> {
        deposits::lapsed(self, now, limit).await
    }

    async fn lease_deposit_watch(
        &self,
        aggregator: &str,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> StoreResult<Option<Option<Timestamp>>> {
        deposits::lease_watch(self, aggregator, now, lease_until).await
    }

    async fn end_deposit_watch(
        &self,
        aggregator: &str,
        seen_until: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<()> {
        deposits::end_watch(self, aggregator, seen_until, now).await
    }

    async fn mint_ticket(&self, ticket: &NewTicket) -> StoreResult<()> {
        visits::mint(self, ticket).await
    }

    async fn spend_ticket(&self, ticket: &Hash, back: &WayBack, now: Timestamp) -> StoreResult<TicketSpend> {
        visits::spend(self, ticket, back, now).await
    }

    async fn visit(&self, state: &Hash) -> StoreResult<Option<VisitRecord>> {
        visits::find(self, state).await
    }

    async fn open_visit(
        &self,
        id: &ConnectionId,
        nth: u32,
        until: Timestamp,
        host: &str,
    ) -> StoreResult<bool> {
        visits::open(self, id, nth, until, host).await
    }

    async fn close_visit(
        &self,
        id: &ConnectionId,
        from: Revision,
        problem: AuthorizeProblem,
        now: Timestamp,
    ) -> StoreResult<bool> {
        visits::close(self, id, from, problem, now).await
    }

    async fn end_visit(&self, state: &Hash, problem: AuthorizeProblem) -> StoreResult<()> {
        visits::end(self, state, problem).await
    }

    async fn forget_visits(&self, before: Timestamp) -> StoreResult<u64> {
        visits::forget(self, before).await
    }

    async fn keep_directory(&self, aggregator: &str, kept: &KeptDirectory) -> StoreResult<()> {
        directory::keep(self, aggregator, kept).await
    }

    async fn kept_directory(&self, aggregator: &str) -> StoreResult<Option<KeptDirectory>> {
        directory::find(self, aggregator).await
    }

    async fn keep_institution_request(
        &self,
        request: &InstitutionRequestRecord,
        most: u32,
    ) -> StoreResult<bool> {
        institution_requests::keep(self, request, most).await
    }

    async fn institution_requests(
        &self,
        client: &ClientId,
        after: Option<&InstitutionRequestId>,
        limit: u32,
    ) -> StoreResult<Option<Vec<InstitutionRequestRecord>>> {
        institution_requests::of_client(self, client, after, limit).await
    }

    async fn forget_institution_requests(&self, before: Timestamp) -> StoreResult<u64> {
        institution_requests::forget(self, before).await
    }

    async fn claim_key(&self, key: &KeyUse, now: Timestamp, lease_until: Timestamp) -> StoreResult<KeyClaim> {
        keys::claim(self, key, now, lease_until).await
    }

    async fn finish_key(&self, key: &KeyUse, outcome: &str) -> StoreResult<()> {
        keys::finish(self, key, outcome).await
    }

    async fn release_key(&self, key: &KeyUse) -> StoreResult<()> {
        keys::release(self, key).await
    }

    async fn lease_due(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<ConnectionId>> {
        connections::lease_due(self, now, lease_until, limit).await
    }

    async fn begin_parting(&self, id: &ConnectionId, parting: &NewParting) -> StoreResult<Option<Revision>> {
        partings::begin(self, id, parting).await
    }

    async fn advance_parting(
        &self,
        id: &ConnectionId,
        from: Revision,
        record: &PartingRecord,
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<bool> {
        partings::advance(self, id, from, record, digest, now).await
    }

    async fn finish_parting(
        &self,
        id: &ConnectionId,
        from: Revision,
        successor: Option<&NewConnection>,
        digest: &Hash,
        now: Timestamp,
    ) -> StoreResult<bool> {
        partings::finish(self, id, from, successor, digest, now).await
    }

    async fn withdraw_parting(&self, id: &ConnectionId, from: Revision, now: Timestamp) -> StoreResult<bool> {
        partings::withdraw(self, id, from, now).await
    }

    async fn lease_partings(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<ConnectionId>> {
        partings::lease(self, now, lease_until, limit).await
    }

    async fn hold_parting(
        &self,
        id: &ConnectionId,
        from: Revision,
        lease_until: Timestamp,
    ) -> StoreResult<bool> {
        partings::hold(self, id, from, lease_until).await
    }

    async fn set_login(&self, id: &ConnectionId, login: Option<&Hash>) -> StoreResult<()> {
        partings::set_login(self, id, login).await
    }

    async fn linked_with_login(
        &self,
        client: &ClientId,
        user: &UserId,
        login: &Hash,
        purpose: Purpose,
        besides: &ConnectionId,
    ) -> StoreResult<Option<ConnectionId>> {
        partings::linked_with_login(self, client, user, login, purpose, besides).await
    }

    async fn extend_lease(&self, id: &ConnectionId, lease_until: Timestamp) -> StoreResult<()> {
        connections::extend_lease(self, id, lease_until).await
    }

    async fn stop_watching(&self, id: &ConnectionId) -> StoreResult<()> {
        connections::stop_watching(self, id).await
    }

    async fn take_try(
        &self,
        subject: &Hash,
        now: Timestamp,
        since: Timestamp,
        most: u32,
    ) -> StoreResult<Option<Timestamp>> {
        tries::take(self, subject, now, since, most).await
    }

    async fn tries(&self, subject: &Hash, since: Timestamp) -> StoreResult<Vec<Timestamp>> {
        tries::since(self, subject, since).await
    }

    async fn give_try_back(&self, subject: &Hash, at: Timestamp) -> StoreResult<()> {
        tries::give_back(self, subject, at).await
    }

    async fn forget_tries(&self, before: Timestamp) -> StoreResult<u64> {
        tries::forget(self, before).await
    }

    async fn forget_keys(&self, before: Timestamp) -> StoreResult<u64> {
        keys::forget(self, before).await
    }

    async fn set_told_clients(&self, clients: &[ClientId]) -> StoreResult<()> {
        outbox::set_told_clients(self, clients).await
    }

    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        at_one_client: u32,
    ) -> StoreResult<Vec<EventRecord>> {
        outbox::lease(self, now, lease_until, limit, at_one_client).await
    }

    async fn event_delivered(&self, id: &EventId, now: Timestamp) -> StoreResult<()> {
        outbox::delivered(self, id, now).await
    }

    async fn try_event_again(&self, id: &EventId, at: Timestamp) -> StoreResult<()> {
        outbox::try_again(self, id, at).await
    }

    async fn give_event_up(&self, id: &EventId, now: Timestamp) -> StoreResult<()> {
        outbox::give_up(self, id, now).await
    }

    async fn forget_events(&self, before: Timestamp) -> StoreResult<u64> {
        outbox::forget(self, before).await
    }
}
