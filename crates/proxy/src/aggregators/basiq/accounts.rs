//! Basiq's accounts into ours (basiq.md 2.12). Pure.

use super::wire_accounts::Account;
use crate::aggregators::money::cents;
use crate::aggregators::quovo::accounts::last_digits;
use crate::aggregators::text::{self, moment, plain_text};
use crate::aggregators::{AccountNames, FoundAccounts};
use linchpin_protocol::{
    AccountKind, Currency, MaskedAccount, Money, NotVerifiable, Secret, VerificationMethod, VerifiedAccount,
};

/// Digits of a BSB.
const BSB: usize = 6;

/// Where money is sent to.
struct Numbers {
    bsb: String,
    account: Secret,
}

/// The accounts of one connection: the user may have others at the institution.
pub(super) fn of(accounts: Vec<Account>, institution: &str, connection: &str) -> Vec<Account> {
    let theirs = |account: &Account| account.connection.as_deref().is_none_or(|of| of == connection);
    let is_there = |account: &Account| account.status.as_deref() != Some("unavailable");
    let here = |account: &Account| account.institution.as_deref().is_none_or(|at| at == institution);
    accounts.into_iter().filter(|account| theirs(account) && here(account) && is_there(account)).collect()
}

/// The masked list. `proof`: whether numbers are wanted.
pub(super) fn masked(accounts: &[Account], proof: bool, names: &AccountNames) -> FoundAccounts {
    let masked = |account: &Account| {
        let kind = kind(account);
        let numbers = numbers(account, kind);
        MaskedAccount {
            id: names.name(&account.id),
            name: label(account),
            last_digits: digits(account, numbers.as_ref()),
            kind,
            balance: account.balance.as_ref().and_then(|amount| money(amount, account)),
            not_verifiable: if proof { not_verifiable(kind, numbers.is_some()) } else { None },
        }
    };
    FoundAccounts { accounts: accounts.iter().map(masked).collect(), numbers_read: true }
}

/// The accounts with their numbers.
pub(super) fn verified(accounts: Vec<Account>, names: &AccountNames) -> Vec<VerifiedAccount> {
    let verified = |account: Account| {
        let kind = kind(&account);
        let (bsb, account_number) = match numbers(&account, kind) {
            Some(numbers) => (Some(numbers.bsb), Some(numbers.account)),
            None => (None, None),
        };
        let class = account.class.as_ref();
        VerifiedAccount {
            id: names.name(&account.id),
            name: label(&account),
            account_number,
            routing: None,
            wire_routing: None,
            bsb,
            kind,
            provider_type: class.and_then(|class| class.kind.as_deref()).map(plain_text),
            category: class.and_then(|class| class.product.as_deref()).map(plain_text),
            confidence: None,
            present_balance: account.balance.as_ref().and_then(|amount| money(amount, &account)),
            available_balance: account.available_funds.as_ref().and_then(|amount| money(amount, &account)),
            // In one text, whoever and however many they are.
            owner_names: account.account_holder.as_deref().map(plain_text).map(|holder| vec![holder]),
            owner: None,
            verification_method: VerificationMethod::Instant,
            verified_at: account.last_updated.as_deref().and_then(moment).map(crate::clock::on_the_wire),
        }
    };
    accounts.into_iter().map(verified).collect()
}

/// The customer's own name for it, else the institution's, else the product's.
fn label(account: &Account) -> String {
    let product = account.class.as_ref().and_then(|class| class.product.as_deref());
    let names = [account.name.as_deref(), account.display_name.as_deref(), product];
    names.into_iter().flatten().map(text::label).find(|name| !name.is_empty()).unwrap_or_default()
}

fn kind(account: &Account) -> AccountKind {
    match account.class.as_ref().and_then(|class| class.kind.as_deref()) {
        Some("transaction") => AccountKind::Checking,
        Some("savings" | "term-deposit") => AccountKind::Savings,
        Some("credit-card") => AccountKind::CreditCard,
        Some("mortgage" | "loan") => AccountKind::Loan,
        Some("investment") => AccountKind::Investment,
        Some(_) | None => AccountKind::Other,
    }
}

fn not_verifiable(kind: AccountKind, complete: bool) -> Option<NotVerifiable> {
    match kind {
        AccountKind::CreditCard | AccountKind::Loan => Some(NotVerifiable::NoTransfers),
        AccountKind::Checking | AccountKind::Savings | AccountKind::Investment | AccountKind::Other => {
            (!complete).then_some(NotVerifiable::NumberMissing)
        }
    }
}

/// Both numbers, or none. A card has neither: what stands there may be the number of the card itself, which is nobody's
/// to hand on.
fn numbers(account: &Account, kind: AccountKind) -> Option<Numbers> {
    if kind == AccountKind::CreditCard {
        return None;
    }
    let told = account.bsb.as_deref().and_then(bsb);
    let unmasked = account.unmasked_acc_num.as_ref().and_then(|number| account_number(number.expose()));
    if let (Some(bsb), Some(account)) = (&told, unmasked) {
        return Some(Numbers { bsb: bsb.clone(), account });
    }
    let (first, rest) = apart(account.account_no.as_ref()?.expose())?;
    let (first, account) = (bsb(first)?, account_number(rest)?);
    told.is_none_or(|told| told == first).then_some(Numbers { bsb: first, account })
}

/// Six digits, also with a hyphen in their middle.
fn bsb(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    (digits.len() == BSB && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Five to ten digits: fewer are part of a number, more are that of a card.
fn account_number(text: &str) -> Option<Secret> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let fits = (5..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| Secret::new(digits))
}

/// A BSB and what stands behind it: `062000123456`, `062000-123456`, `062-000 123456`.
fn apart(text: &str) -> Option<(&str, &str)> {
    let mut digits = text.char_indices().filter(|(_, c)| c.is_ascii_digit());
    let (start, _) = digits.next()?;
    let (end, _) = digits.nth(BSB - 2)?;
    Some((text.get(start..=end)?, text.get(end + 1..)?))
}

/// The last digits that are shown; those of a card from its mask.
fn digits(account: &Account, numbers: Option<&Numbers>) -> Option<String> {
    if let Some(numbers) = numbers {
        return last_digits(&numbers.account);
    }
    let masked = account.masked_number.as_deref()?;
    let digits: String = masked.chars().rev().take_while(char::is_ascii_digit).take(4).collect();
    (digits.len() >= 2).then(|| digits.chars().rev().collect())
}

fn money(amount: &Secret, account: &Account) -> Option<Money> {
    let is_code = |code: &&str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let currency = account.currency.as_deref().filter(is_code).unwrap_or("AUD");
    cents(amount.expose()).map(|cents| Money { cents, currency: Currency::new(currency) })
}
