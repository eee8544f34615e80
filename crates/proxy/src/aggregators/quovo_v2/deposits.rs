//! Deposits by Quovo's API, version 2 (quovo.md 2.7, 2.8, 4).

use super::super::quovo::accounts;
use super::super::quovo::client::{ORDINARY, change, look};
use super::super::quovo::place::Place;
use super::wire_deposits::{self as wire, Deposit};
use super::{QuovoV2, wire_accounts};
use crate::aggregators::{
    AccountNames, AccountNumbers, DepositKey, Deposits, Reference, SeenDeposit, UpstreamError,
};
use crate::store::UpstreamUser;
use async_trait::async_trait;
use jiff::{Timestamp, Unit};
use linchpin_protocol::{AccountId, Amounts, DepositFacts, DepositWays, VerifiedAccount};
use serde::{Deserialize, Serialize};

/// Manual deposits take three to four working days (quovo.md 4.3).
const USUAL_DAYS: u32 = 4;

/// Where a holder is found again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    v: u8,
    /// The login, or the placeholder's own account.
    account: u64,
    portfolio: u64,
    /// Made for deposits alone.
    placeholder: bool,
}

impl Holder {
    fn read(reference: &Reference) -> Result<Self, UpstreamError> {
        let holder: Self = serde_json::from_str(&reference.0).map_err(|_| UpstreamError::BadReference)?;
        if holder.v == 1 { Ok(holder) } else { Err(UpstreamError::BadReference) }
    }

    fn write(self) -> Result<Reference, UpstreamError> {
        serde_json::to_string(&self).map(Reference).map_err(|_| UpstreamError::BadReference)
    }
}

fn seen(deposits: Vec<Deposit>) -> Vec<SeenDeposit> {
    deposits.into_iter().map(SeenDeposit::from).collect()
}

fn one(answer: wire::DepositAnswer) -> Result<SeenDeposit, UpstreamError> {
    answer.deposit().map(SeenDeposit::from).ok_or(UpstreamError::Broken)
}

impl QuovoV2 {
    async fn sent(&self, portfolio: u64) -> Result<Vec<SeenDeposit>, UpstreamError> {
        let path = format!("/portfolios/{portfolio}/auth_deposits");
        Ok(seen(self.client.send::<wire::DepositsAnswer>(look(&path)).await?.auth_deposits))
    }

    async fn auth(&self, account: u64) -> Result<wire_accounts::Auth, UpstreamError> {
        let path = format!("/accounts/{account}/auth");
        Ok(self.client.send::<wire_accounts::AuthAnswer>(look(&path)).await?.auth)
    }
}

#[async_trait]
impl Deposits for QuovoV2 {
    fn ways(&self) -> DepositWays {
        DepositWays { automatic: true, manual: true }
    }

    fn facts(&self) -> DepositFacts {
        DepositFacts { usual_days: Some(USUAL_DAYS), descriptor: None }
    }

    fn tries(&self) -> Option<u32> {
        None
    }

    async fn make_holder(
        &self,
        user: &UpstreamUser,
        label: Option<&str>,
        in_use: &[Reference],
    ) -> Result<Reference, UpstreamError> {
        let used: Vec<Holder> = in_use.iter().map(Holder::read).collect::<Result<_, _>>()?;
        let path = format!("/users/{}/auth_deposit_portfolios", user.0);
        let there = self.client.send::<wire::HoldersAnswer>(look(&path)).await?.auth_deposit_portfolios;
        let placeholder = |holder: &wire::Holder| Holder {
            v: 1,
            account: holder.account,
            portfolio: holder.id,
            placeholder: true,
        };
        for holder in there.iter().filter(|holder| used.iter().all(|used| used.portfolio != holder.id)) {
            if self.sent(holder.id).await?.is_empty() {
                return placeholder(holder).write();
            }
        }
        let made: wire::HolderAnswer =
            self.client.send(change(&path, wire::NewHolder { name: label }, ORDINARY)).await?;
        placeholder(&made.auth_deposit_portfolio).write()
    }

    async fn holder(
        &self,
        connection: &Reference,
        account: &AccountId,
        names: &AccountNames,
    ) -> Result<Option<Reference>, UpstreamError> {
        let place = Place::read(connection)?;
        let path = format!("/accounts/{}/portfolios", place.connection);
        let portfolios = self.client.send::<wire_accounts::PortfoliosAnswer>(look(&path)).await?.portfolios;
        let portfolio = portfolios
            .iter()
            .map(wire_accounts::Portfolio::id)
            .find(|id| names.name(&id.to_string()) == *account);
        let holder = |portfolio| Holder { v: 1, account: place.connection, portfolio, placeholder: false };
        portfolio.map(|portfolio| holder(portfolio).write()).transpose()
    }

    async fn send(&self, holder: &Reference, to: &AccountNumbers) -> Result<SeenDeposit, UpstreamError> {
        let path = format!("/portfolios/{}/auth_deposits", Holder::read(holder)?.portfolio);
        let routing = to.routing.to_string();
        let body = wire::NewDeposit { name: to.account.expose(), routing: &routing };
        one(self.client.send(change(&path, body, ORDINARY)).await?)
    }

    async fn sent_to(&self, holder: &Reference) -> Result<Vec<SeenDeposit>, UpstreamError> {
        self.sent(Holder::read(holder)?.portfolio).await
    }

    async fn look(&self, key: &DepositKey) -> Result<SeenDeposit, UpstreamError> {
        let path = format!("/auth_deposits/{}", key.0);
        one(self.client.send(look(&path)).await?)
    }

    async fn confirm(
        &self,
        key: &DepositKey,
        amounts: Amounts,
    ) -> Result<Option<SeenDeposit>, UpstreamError> {
        let path = format!("/auth_deposits/{}", key.0);
        let body = wire::Confirmation { amounts: wire::Dollars(amounts) };
        match self.client.send::<wire::DepositAnswer>(change(&path, body, ORDINARY)).await {
            Ok(answer) => one(answer).map(Some),
            // Wrong amounts are 400 (quovo.md 2.7); it was said of them, so that something was done.
            Err(UpstreamError::Rejected { status: 400 }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    async fn remove_holder(&self, holder: &Reference) -> Result<(), UpstreamError> {
        let holder = Holder::read(holder)?;
        if !holder.placeholder {
            return Ok(());
        }
        let path = format!("/auth_deposit_portfolios/{}", holder.portfolio);
        self.client.remove(&path).await
    }

    async fn changed(&self, since: Option<Timestamp>) -> Result<Vec<SeenDeposit>, UpstreamError> {
        let path = match since {
            // Whole seconds, as Quovo writes these times.
            Some(since) => {
                let since = since.round(Unit::Second).unwrap_or(since);
                format!("/auth_deposits?updated_after={}", since.strftime("%Y-%m-%dT%H:%M:%SZ"))
            }
            None => "/auth_deposits".to_owned(),
        };
        Ok(seen(self.client.send::<wire::DepositsAnswer>(look(&path)).await?.auth_deposits))
    }

    async fn proved_account(
        &self,
        holder: &Reference,
        names: &AccountNames,
    ) -> Result<Option<VerifiedAccount>, UpstreamError> {
        let holder = Holder::read(holder)?;
        // By the account, and not by the deposit or its portfolio (quovo.md 4.3).
        let auth = self.auth(holder.account).await?;
        let listed = auth.unlisted(&[]);
        let account: Vec<_> = listed.into_iter().filter(|account| account.id == holder.portfolio).collect();
        Ok(accounts::verified(&account, Some(auth.into()), names).pop())
    }
}
