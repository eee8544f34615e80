//! Ordering deposits, ordering them anew with other numbers, and giving them up.

use super::change::{change, take};
use super::view;
use super::{look, upstream};
use crate::aggregators::{AccountNames, AccountNumbers, Reference, SeenDeposit, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::connections;
use crate::problem::{ApiProblem, ApiResult};
use crate::routing_numbers;
use crate::store::{
    ConnectionRecord, DepositIntent, DepositKept, DepositLimits, DepositRecord, DepositState, LinkRecord,
};
use crate::tokens::Kind;
use crate::ways;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{
    AccountId, Code, CorrectDeposit, CreateDeposit, Deposit, DepositId, DepositMethod, FieldProblem,
    FieldProblemKind, MaskedAccount, MaskedText, Next, Revision, RoutingNumber, RoutingProblem, RoutingState,
    Secret, WithdrawDeposit, account_number, fits,
};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// How long a call may be on its way after the last sign of life of whoever made it.
pub(super) const HELD: SignedDuration = SignedDuration::from_secs(15);
/// How often a call that takes long gives a sign of life.
const HOLD_EVERY: Duration = Duration::from_secs(3);
/// So many deposits to one account in 30 days (standards D2).
const PER_ACCOUNT: u32 = 3;
const ACCOUNT_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
/// So many deposits by one person in a day.
const PER_USER: u32 = 5;
const USER_WINDOW: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_NAME: usize = 40;

/// What is to be ordered, checked.
pub(crate) struct Order {
    id: DepositId,
    link: LinkRecord,
    numbers: AccountNumbers,
    name: Option<String>,
    bank: Option<String>,
    /// The linked account in which the provider looks itself.
    account: Option<(ConnectionRecord, AccountId)>,
    replaces: Option<DepositRecord>,
}

/// Routing and account number as the widget sends them.
///
/// # Errors
/// `invalid_input`, naming each that is none.
fn numbers(state: &AppState, routing: &str, account: &Secret) -> ApiResult<AccountNumbers> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, problem| wrong.push(FieldProblem { field: field.to_owned(), problem });
    let routing = match RoutingNumber::parse(routing) {
        Ok(number) => match routing_numbers::facts(state, number).state {
            RoutingState::NotForCustomers => {
                refuse("routing", FieldProblemKind::NotForCustomers);
                None
            }
            RoutingState::Known | RoutingState::Unlisted | RoutingState::Replaced => Some(number),
        },
        Err(problem) => {
            refuse(
                "routing",
                match problem {
                    RoutingProblem::Format => FieldProblemKind::Malformed,
                    RoutingProblem::Checksum => FieldProblemKind::Checksum,
                    RoutingProblem::Range => FieldProblemKind::NotForCustomers,
                },
            );
            None
        }
    };
    // Digits and nothing else: what people type is the widget's to read.
    let account = account_number(account).filter(|number| number.expose() == account.expose());
    if account.is_none() {
        refuse("account_number", FieldProblemKind::Malformed);
    }
    match (routing, account) {
        (Some(routing), Some(account)) => Ok(AccountNumbers { routing, account }),
        _ => Err(ApiProblem::fields(wrong)),
    }
}

impl Order {
    /// What a session asks for. `connection`: the one that is named, which the session sees.
    ///
    /// # Errors
    /// `invalid_input`; `wrong_step` when the connection is not at the account's proof.
    pub(crate) async fn of(
        state: &AppState,
        id: DepositId,
        link: &LinkRecord,
        connection: Option<ConnectionRecord>,
        body: CreateDeposit,
    ) -> ApiResult<Self> {
        let ways = ways::of_client(state, &link.client, link.purpose);
        let numbers = numbers(state, &body.routing, &body.account_number)?;
        let name = body.name.as_deref().map(name).transpose()?;
        let account = match (connection, body.account_id) {
            (None, None) if ways.manual => None,
            (None, None) if ways.automatic => {
                return Err(ApiProblem::field("connection_id", FieldProblemKind::Missing));
            }
            (None, None) => return Err(ApiProblem::field("", FieldProblemKind::NotOffered)),
            (None, Some(_)) => return Err(ApiProblem::field("connection_id", FieldProblemKind::Missing)),
            (Some(_), None) => return Err(ApiProblem::field("account_id", FieldProblemKind::Missing)),
            (Some(_), Some(_)) if !ways.automatic => {
                return Err(ApiProblem::field("connection_id", FieldProblemKind::NotOffered));
            }
            (Some(connection), Some(account)) => {
                let shown = connections::render(state, &connection.id).await?;
                let Next::OfferDeposits { account: Some(offered), .. } = &shown.next else {
                    return Err(Code::WrongStep.into());
                };
                if offered.id != account {
                    return Err(ApiProblem::field("account_id", FieldProblemKind::NotOffered));
                }
                if !fits(offered, &numbers.account) {
                    return Err(ApiProblem::field("account_number", FieldProblemKind::OtherAccount));
                }
                Some((connection, account))
            }
        };
        let known = routing_numbers::facts(state, numbers.routing).bank;
        let bank = account.as_ref().map(|(connection, _)| connection.institution.name.clone()).or(known);
        Ok(Self { id, link: link.clone(), numbers, name, bank, account, replaces: None })
    }

    /// The same account with other numbers, in place of a deposit that failed or has not arrived.
    ///
    /// # Errors
    /// `invalid_input`; `wrong_step` when the deposit is not one to correct.
    pub(crate) async fn instead_of(
        state: &AppState,
        id: DepositId,
        link: &LinkRecord,
        replaced: DepositRecord,
        connection: Option<ConnectionRecord>,
        body: &CorrectDeposit,
    ) -> ApiResult<Self> {
        let shown = view::shown(state, &replaced);
        if shown.revision != body.revision || !view::may_correct(&shown.next, replaced.method) {
            return Err(Code::WrongStep.into());
        }
        let numbers = numbers(state, &body.routing, &body.account_number)?;
        let account = connection.zip(replaced.account_id.clone());
        if let Some((connection, account)) = &account {
            let shown = connections::render(state, &connection.id).await?;
            let mut known = proved_accounts(&shown.next).iter().filter(|known| known.id == *account);
            if known.any(|known| !fits(known, &numbers.account)) {
                return Err(ApiProblem::field("account_number", FieldProblemKind::OtherAccount));
            }
        }
        let known = routing_numbers::facts(state, numbers.routing).bank;
        let bank = account.as_ref().map(|(connection, _)| connection.institution.name.clone()).or(known);
        let name = replaced.name.clone();
        Ok(Self { id, link: link.clone(), numbers, name, bank, account, replaces: Some(replaced) })
    }

    fn record(&self, state: &AppState, now: Timestamp) -> DepositRecord {
        let numbers = &self.numbers;
        let routing = numbers.routing.to_string();
        let parts = [routing.as_str(), numbers.account.expose()];
        let replaced = self.replaces.as_ref();
        DepositRecord {
            id: self.id.clone(),
            client: self.link.client.clone(),
            user_id: self.link.user_id.clone(),
            link_id: self.link.id.clone(),
            method: if self.account.is_some() { DepositMethod::Automatic } else { DepositMethod::Manual },
            connection_id: self.account.as_ref().map(|(connection, _)| connection.id.clone()),
            account_id: self.account.as_ref().map(|(_, account)| account.clone()),
            bank: self.bank.clone(),
            last_digits: last_digits(&numbers.account),
            name: self.name.clone(),
            account_hash: state.key.hash(Kind::DepositAccount, &parts),
            root: replaced.map_or_else(|| self.id.clone(), |replaced| replaced.root.clone()),
            replaces: replaced.map(|replaced| replaced.id.clone()),
            replaced_by: None,
            holder: replaced.and_then(|replaced| replaced.holder.clone()),
            upstream_key: None,
            state: DepositState::New,
            fault: None,
            account_broken: false,
            provider_status: None,
            tries: 0,
            wrong: false,
            out_of_tries: false,
            intent: Some((DepositIntent::Send, later(now, HELD))),
            revision: Revision(1),
            version: 1,
            looked_at: None,
            verified_at: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The accounts that deposits were or can be ordered for, as far as their connection shows them now.
fn proved_accounts(next: &Next) -> &[MaskedAccount] {
    match next {
        Next::OfferDeposits { account: Some(account), .. } => std::slice::from_ref(account),
        Next::Linked { accounts } => accounts,
        _ => &[],
    }
}

/// The last four; fewer of a short number, so that never the whole of one shows.
fn last_digits(number: &Secret) -> Option<String> {
    let digits = number.expose();
    let shown = 4.min(digits.len() / 2);
    digits.get(digits.len() - shown..).map(str::to_owned)
}

/// What a person calls an account. Numbers in it could be the account's: they are masked.
fn name(typed: &str) -> ApiResult<String> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(ApiProblem::field("name", FieldProblemKind::Empty));
    }
    if text.chars().count() > LONGEST_NAME {
        return Err(ApiProblem::field("name", FieldProblemKind::TooLong));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiProblem::field("name", FieldProblemKind::Malformed));
    }
    Ok(MaskedText::of(text).as_str().to_owned())
}

/// Orders deposits, once.
///
/// # Errors
/// `too_many_tries` with when there is room again, and what the aggregator refuses with: then nothing was ordered.
pub(crate) async fn create(state: &AppState, order: Order) -> ApiResult<Deposit> {
    let now = state.clock.now();
    let record = order.record(state, now);
    let limits = DepositLimits {
        per_account: PER_ACCOUNT,
        account_since: later(now, -ACCOUNT_WINDOW),
        per_user: PER_USER,
        user_since: later(now, -USER_WINDOW),
    };
    match state.store.create_deposit(&record, &limits).await? {
        DepositKept::Kept => {}
        DepositKept::Moved => return Err(Code::WrongStep.into()),
        DepositKept::TooManyToAccount(oldest) => return Err(too_many(oldest, ACCOUNT_WINDOW, now)),
        DepositKept::TooManyByUser(oldest) => return Err(too_many(oldest, USER_WINDOW, now)),
    }
    let held = Held::new(state, &record);
    match held.while_asking(send(state, &order, &record)).await {
        Ok(seen) => {
            change(state, &record.id, |record| {
                record.intent = None;
                take(record, &seen);
                Ok(())
            })
            .await?;
        }
        Err(error) if error.did_nothing() => {
            state.store.forget_deposit(&record.id).await?;
            return Err(ApiProblem::from(error));
        }
        // It may have been ordered. It is settled once nothing can be on its way any more, and never ordered again.
        Err(error) => tracing::warn!(%error, "the outcome of ordering deposits is not known"),
    }
    if let Some((connection, _)) = &order.account
        && let Err(problem) = connections::look_again(state, &connection.id).await
    {
        tracing::warn!(?problem, "a connection could not be read after deposits were ordered");
    }
    look::render(state, &record.id).await
}

fn too_many(oldest: Timestamp, window: SignedDuration, now: Timestamp) -> ApiProblem {
    let wait = later(oldest, window).duration_since(now).as_millis().max(1);
    let seconds = u32::try_from((wait + 999) / 1_000).unwrap_or(u32::MAX);
    ApiProblem::new(Code::TooManyTries).retry_after(Some(seconds))
}

async fn send(state: &AppState, order: &Order, record: &DepositRecord) -> Result<SeenDeposit, UpstreamError> {
    let deposits = state.aggregator.deposits().ok_or(UpstreamError::BadReference)?;
    let holder = match &record.holder {
        Some(holder) => Reference(holder.clone()),
        None => {
            let holder = holder(state, order, record).await?;
            // What would find the deposits again has to be there before they are ordered.
            let kept = change(state, &record.id, |record| {
                record.holder = Some(holder.0.clone());
                Ok(())
            });
            kept.await.map_err(|_| UpstreamError::NotSent)?;
            holder
        }
    };
    deposits.send(&holder, &order.numbers).await
}

/// Where the deposits go to. What fails here has ordered nothing: an empty place for deposits is taken the next time.
async fn holder(state: &AppState, order: &Order, record: &DepositRecord) -> Result<Reference, UpstreamError> {
    let deposits = state.aggregator.deposits().ok_or(UpstreamError::BadReference)?;
    let unkept = |_| UpstreamError::NotSent;
    let found = match &order.account {
        Some((connection, account)) => {
            let reference = connection.upstream.clone().map(Reference).ok_or(UpstreamError::Gone)?;
            let names = AccountNames::new(state.key.clone(), connection.id.clone());
            deposits
                .holder(&reference, account, &names)
                .await
                .and_then(|found| found.ok_or(UpstreamError::Gone))
        }
        None => {
            let user = connections::upstream_user(state, &record.client, &record.user_id).await?;
            let in_use = state.store.deposit_holders_in_use(&record.client, &record.user_id).await;
            let in_use: Vec<Reference> = in_use.map_err(unkept)?.into_iter().map(Reference).collect();
            deposits.make_holder(&user, record.name.as_deref(), &in_use).await
        }
    };
    found.map_err(|error| if error.did_nothing() { error } else { UpstreamError::NotSent })
}

/// Gives deposits up. What was sent may still arrive; it proves nothing any more.
pub(crate) async fn withdraw(state: &AppState, id: &DepositId, body: &WithdrawDeposit) -> ApiResult<Deposit> {
    let record = state.store.deposit(id).await?.ok_or(Code::NotFound)?;
    let allowed = |record: &DepositRecord| {
        let shown = view::shown(state, record);
        shown.revision == body.revision && view::may_withdraw(&shown.next)
    };
    if !allowed(&record) {
        return Err(Code::WrongStep.into());
    }
    // First here: whatever becomes of the place they went to, nobody can prove anything with them from now on.
    let withdrawn = change(state, id, |record| {
        if !allowed(record) {
            return Err(Code::WrongStep.into());
        }
        record.state = DepositState::Withdrawn;
        Ok(())
    })
    .await?;
    if let Some(holder) = &record.holder
        && let Err(error) = upstream(state)?.remove_holder(&Reference(holder.clone())).await
    {
        tracing::warn!(%error, "a place for deposits that were given up is left behind");
    }
    Ok(view::shown(state, &withdrawn))
}

/// A call that is under way for a deposit.
pub(super) struct Held<'a> {
    state: &'a AppState,
    id: DepositId,
}

impl<'a> Held<'a> {
    pub(super) fn new(state: &'a AppState, record: &DepositRecord) -> Self {
        Self { state, id: record.id.clone() }
    }

    /// Waits for the call, and has other replicas know that it is still under way.
    pub(super) async fn while_asking<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            if let Ok(result) = tokio::time::timeout(HOLD_EVERY, &mut work).await {
                return result;
            }
            let until = later(self.state.clock.now(), HELD);
            if let Err(error) = self.state.store.hold_deposit(&self.id, until).await {
                tracing::warn!(%error, "a call under way for a deposit could not be held");
            }
        }
    }

    /// The call is over, and nobody knows its outcome.
    pub(super) async fn give_up(&self) {
        let now = self.state.clock.now();
        let lapsed = change(self.state, &self.id, |record| {
            record.intent = record.intent.map(|(intent, _)| (intent, now));
            Ok(())
        });
        if let Err(problem) = lapsed.await {
            tracing::warn!(?problem, "a call for a deposit could not be given up; it lapses by itself");
        }
    }
}
