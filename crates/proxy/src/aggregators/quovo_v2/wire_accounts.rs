//! Quovo's JSON for portfolios and their numbers, version 2 (quovo.md 2.6, 2.9).
//!
//! These types hold account numbers and owner details, so they have no `Debug`. `name` is an account number here: it is
//! read as one, and never shown (quovo.md 9.25).

use crate::aggregators::quovo::wire_accounts::{self as shared, OwnerDetails, OwnerNames};
use linchpin_protocol::Secret;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct PortfoliosAnswer {
    pub(super) portfolios: Vec<Portfolio>,
}

#[derive(Deserialize)]
pub(super) struct Portfolio {
    id: u64,
    #[serde(default)]
    portfolio_name: Option<String>,
    #[serde(default)]
    nickname: Option<String>,
    #[serde(default)]
    portfolio_category: Option<String>,
    #[serde(default)]
    portfolio_type: Option<String>,
    #[serde(default)]
    portfolio_type_confidence: Option<String>,
    #[serde(default)]
    is_inactive: Option<bool>,
    #[serde(default)]
    value: Option<Box<RawValue>>,
}

impl Portfolio {
    pub(super) fn id(&self) -> u64 {
        self.id
    }
}

impl From<Portfolio> for shared::Account {
    fn from(portfolio: Portfolio) -> Self {
        Self {
            id: portfolio.id,
            name: portfolio.portfolio_name,
            nickname: portfolio.nickname,
            category: portfolio.portfolio_category,
            kind: portfolio.portfolio_type,
            type_confidence: portfolio.portfolio_type_confidence,
            is_disabled: portfolio.is_inactive,
            value: portfolio.value,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct AuthAnswer {
    pub(super) auth: Auth,
}

#[derive(Deserialize)]
pub(super) struct Auth {
    #[serde(default)]
    last_good_auth: Option<String>,
    #[serde(default)]
    portfolios: Option<Vec<AuthPortfolio>>,
}

#[derive(Deserialize)]
struct AuthPortfolio {
    id: u64,
    /// The account number.
    #[serde(default)]
    name: Option<Secret>,
    #[serde(default)]
    routing: Option<String>,
    #[serde(default)]
    wire_routing: Option<String>,
    #[serde(default)]
    balance: Option<Box<RawValue>>,
    #[serde(default)]
    owner_names: Option<Vec<String>>,
    #[serde(default)]
    portfolio_category: Option<String>,
    #[serde(default)]
    portfolio_type: Option<String>,
    #[serde(default)]
    portfolio_type_confidence: Option<String>,
    #[serde(default)]
    details: Option<OwnerDetails>,
}

impl Auth {
    /// Accounts that are known by their numbers only. Nobody tells their names: they go by what they are.
    pub(super) fn unlisted(&self, listed: &[shared::Account]) -> Vec<shared::Account> {
        let all = self.portfolios.iter().flatten();
        let unlisted = all.filter(|portfolio| listed.iter().all(|account| account.id != portfolio.id));
        unlisted
            .map(|portfolio| shared::Account {
                id: portfolio.id,
                name: portfolio.portfolio_type.clone(),
                nickname: None,
                category: portfolio.portfolio_category.clone(),
                kind: portfolio.portfolio_type.clone(),
                type_confidence: portfolio.portfolio_type_confidence.clone(),
                is_disabled: None,
                value: None,
            })
            .collect()
    }
}

impl From<Auth> for shared::Auth {
    fn from(auth: Auth) -> Self {
        let accounts = auth.portfolios.map(|portfolios| portfolios.into_iter().map(Into::into).collect());
        Self { last_good_auth: auth.last_good_auth, country_code: None, accounts }
    }
}

impl From<AuthPortfolio> for shared::AuthAccount {
    fn from(portfolio: AuthPortfolio) -> Self {
        let AuthPortfolio { owner_names, details, .. } = portfolio;
        // Names stand beside the details; they are told also where the details are withheld.
        let owner_details = match (details, owner_names) {
            (details, None) => details,
            (details, Some(names)) => Some(OwnerDetails {
                owner_names: Some(OwnerNames::Plain(names)),
                ..details.unwrap_or_default()
            }),
        };
        Self {
            id: portfolio.id,
            account_name: None,
            account_nickname: None,
            account_number: portfolio.name,
            routing: portfolio.routing,
            wire_routing: portfolio.wire_routing,
            present_balance: portfolio.balance,
            available_balance: None,
            category: portfolio.portfolio_category,
            kind: portfolio.portfolio_type,
            type_confidence: portfolio.portfolio_type_confidence,
            owner_details,
            last_good_auth: None,
        }
    }
}
