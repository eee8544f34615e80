//! Quovo's accounts and account numbers into ours (quovo.md 2.6, 2.9, 9.2). Pure.

use super::wire_accounts as wire;
use crate::aggregators::money::cents;
use crate::aggregators::text::{self, moment, plain_text};
use crate::aggregators::{AccountNames, FoundAccounts};
use linchpin_protocol::{
    AccountKind, Confidence, Currency, MaskedAccount, Money, NotVerifiable, OwnerDetail, OwnerDetails,
    Secret, VerificationMethod, VerifiedAccount,
};
use serde_json::value::RawValue;

/// The masked list. Without `auth` no numbers were asked for, and every account may be chosen.
pub(in crate::aggregators) fn masked(
    accounts: &[wire::Account],
    auth: Option<&wire::Auth>,
    names: &AccountNames,
) -> FoundAccounts {
    let numbers = auth.and_then(|auth| auth.accounts.as_deref()).unwrap_or_default();
    let currency = currency(auth);
    let live = accounts.iter().filter(|account| account.is_disabled != Some(true));
    let accounts = live
        .map(|account| {
            let number = numbers.iter().find(|number| number.id == account.id);
            let kind = kind(account.category.as_deref(), account.kind.as_deref());
            let (name, in_label) = label(account.name.as_deref(), account.nickname.as_deref());
            let balance =
                number.and_then(|number| number.present_balance.as_deref()).or(account.value.as_deref());
            MaskedAccount {
                id: names.name(&account.id.to_string()),
                name,
                last_digits: number
                    .and_then(|number| last_digits(number.account_number.as_ref()?))
                    .or(in_label),
                kind,
                balance: balance.and_then(|balance| money(balance, &currency)),
                not_verifiable: auth.and_then(|_| not_verifiable(kind, number)),
            }
        })
        .collect();
    let numbers_read = auth.is_some_and(|auth| auth.last_good_auth.is_some())
        || numbers.iter().any(|number| has_number(number) || number.last_good_auth.is_some());
    FoundAccounts { accounts, numbers_read }
}

/// The accounts with their numbers.
pub(in crate::aggregators) fn verified(
    accounts: &[wire::Account],
    auth: Option<wire::Auth>,
    names: &AccountNames,
) -> Vec<VerifiedAccount> {
    let currency = currency(auth.as_ref());
    let last_good = auth.as_ref().and_then(|auth| auth.last_good_auth.clone());
    let mut numbers = auth.and_then(|auth| auth.accounts).unwrap_or_default();
    accounts
        .iter()
        .map(|account| {
            let position = numbers.iter().position(|number| number.id == account.id);
            let number = position.map(|position| numbers.swap_remove(position));
            with_number(account, number, last_good.as_deref(), &currency, names)
        })
        .collect()
}

fn with_number(
    account: &wire::Account,
    number: Option<wire::AuthAccount>,
    last_good: Option<&str>,
    currency: &Currency,
    names: &AccountNames,
) -> VerifiedAccount {
    let seen = number.as_ref();
    let category = seen.and_then(|number| number.category.as_deref()).or(account.category.as_deref());
    let word = seen.and_then(|number| number.kind.as_deref()).or(account.kind.as_deref());
    let (category, word) = unswapped(category, word);
    let confidence =
        seen.and_then(|number| number.type_confidence.as_deref()).or(account.type_confidence.as_deref());
    let present = seen.and_then(|number| number.present_balance.as_deref()).or(account.value.as_deref());
    let (name, _) = label(
        account.name.as_deref().or(seen.and_then(|number| number.account_name.as_deref())),
        account.nickname.as_deref().or(seen.and_then(|number| number.account_nickname.as_deref())),
    );
    let verified_at = seen.and_then(|number| number.last_good_auth.as_deref()).or(last_good).and_then(moment);
    let routing = seen.and_then(|number| routing_number(number.routing.as_deref()?));
    let wire_routing = seen.and_then(|number| routing_number(number.wire_routing.as_deref()?));
    let available = seen.and_then(|number| money(number.available_balance.as_deref()?, currency));
    let kind = kind(category, word);
    let (provider_type, category) = (word.map(plain_text), category.map(plain_text));
    let confidence = confidence.map(confidence_tier);
    let present_balance = present.and_then(|present| money(present, currency));
    let (account_number, details) = match number {
        Some(number) => (number.account_number, number.owner_details),
        None => (None, None),
    };
    let (owner_names, owner) = owner(details);
    VerifiedAccount {
        id: names.name(&account.id.to_string()),
        name,
        account_number: account_number.filter(|number| !number.is_empty()),
        routing,
        wire_routing,
        bsb: None,
        kind,
        provider_type,
        category,
        confidence,
        present_balance,
        available_balance: available,
        owner_names,
        owner,
        verification_method: VerificationMethod::Instant,
        verified_at: verified_at.map(crate::clock::on_the_wire),
    }
}

/// The institution's label without the masked number that it often ends in (`Everyday Checking xxxx4411`), and the
/// digits of that number: they are shown beside the label, once.
pub(in crate::aggregators) fn label(name: Option<&str>, nickname: Option<&str>) -> (String, Option<String>) {
    let label = [nickname, name].into_iter().flatten().map(text::label).find(|text| !text.is_empty());
    let label = label.unwrap_or_default();
    match split_masked(&label) {
        Some((words, digits)) => (words.to_owned(), Some(digits.to_owned())),
        None => (label, None),
    }
}

/// Words, then a mask such as `xxxx` or `••••`, then two to four digits.
fn split_masked(label: &str) -> Option<(&str, &str)> {
    const MASK: [char; 8] = ['x', 'X', '*', '•', '.', '…', '#', '-'];
    let body = label.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = label.get(body.len()..)?;
    let mask = body.trim_end();
    let words = mask.trim_end_matches(MASK);
    let masked = words.len() < mask.len() && words.ends_with(char::is_whitespace) && !words.trim().is_empty();
    (masked && (2..=4).contains(&digits.len())).then_some((words.trim_end(), digits))
}

fn has_number(number: &wire::AuthAccount) -> bool {
    number.account_number.as_ref().is_some_and(|number| !number.is_empty())
}

fn not_verifiable(kind: AccountKind, number: Option<&wire::AuthAccount>) -> Option<NotVerifiable> {
    match kind {
        AccountKind::CreditCard | AccountKind::Loan => Some(NotVerifiable::NoTransfers),
        AccountKind::Checking | AccountKind::Savings | AccountKind::Investment | AccountKind::Other => {
            let complete = number.is_some_and(|number| {
                has_number(number) && number.routing.as_deref().and_then(routing_number).is_some()
            });
            (!complete).then_some(NotVerifiable::NumberMissing)
        }
    }
}

/// The last four digits; fewer of a short number, so that never the whole of one shows.
pub(in crate::aggregators) fn last_digits(number: &Secret) -> Option<String> {
    let digits: Vec<char> = number.expose().chars().filter(char::is_ascii_alphanumeric).collect();
    let shown = 4.min(digits.len() / 2);
    let from = digits.len() - shown;
    (shown > 0).then(|| digits.into_iter().skip(from).collect())
}

/// Nine digits, or nothing.
fn routing_number(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

fn currency(auth: Option<&wire::Auth>) -> Currency {
    Currency::new(match auth.and_then(|auth| auth.country_code.as_deref()) {
        Some("CAN") => "CAD",
        Some("GBR") => "GBP",
        _ => "USD",
    })
}

fn money(number: &RawValue, currency: &Currency) -> Option<Money> {
    cents(number.get()).map(|cents| Money { cents, currency: currency.clone() })
}

/// Categories, of which a type is never one (quovo.md 2.6, data dictionary).
const CATEGORIES: [&str; 6] = ["Banking", "Investment", "Insurance", "Loan", "Other", "Unknown"];

/// Some examples have category and type swapped (quovo.md 9.2).
fn unswapped<'a>(category: Option<&'a str>, kind: Option<&'a str>) -> (Option<&'a str>, Option<&'a str>) {
    match (category, kind) {
        (Some(category), Some(kind))
            if !CATEGORIES.contains(&category) && CATEGORIES.contains(&kind) && kind != "Unknown" =>
        {
            (Some(kind), Some(category))
        }
        other => other,
    }
}

fn kind(category: Option<&str>, word: Option<&str>) -> AccountKind {
    let (category, word) = unswapped(category, word);
    match (word, category) {
        (Some("Checking"), _) => AccountKind::Checking,
        (Some("Savings"), _) => AccountKind::Savings,
        (Some("Credit Card"), _) => AccountKind::CreditCard,
        (Some("Auto Loan" | "HELOC" | "Loan" | "Mortgage" | "Student Loan"), _) | (_, Some("Loan")) => {
            AccountKind::Loan
        }
        (_, Some("Investment")) => AccountKind::Investment,
        _ => AccountKind::Other,
    }
}

fn confidence_tier(tier: &str) -> Confidence {
    match tier {
        "Very High" => Confidence::VeryHigh,
        "High" => Confidence::High,
        "Moderate" => Confidence::Moderate,
        "Low" => Confidence::Low,
        _ => Confidence::Unknown,
    }
}

pub(in crate::aggregators) fn owner(
    details: Option<wire::OwnerDetails>,
) -> (Option<Vec<String>>, Option<OwnerDetails>) {
    let Some(details) = details else { return (None, None) };
    let names = match details.owner_names {
        Some(wire::OwnerNames::Plain(names)) => Some(names),
        Some(wire::OwnerNames::Detail { data }) => data,
        None => None,
    };
    let owner = OwnerDetails {
        address: detail(details.address),
        dob: detail(details.dob),
        email: detail(details.email),
        phone: detail(details.phone),
    };
    let told =
        owner.address.is_some() || owner.dob.is_some() || owner.email.is_some() || owner.phone.is_some();
    (names, told.then_some(owner))
}

fn detail(detail: Option<wire::Detail>) -> Option<OwnerDetail> {
    let object = match detail? {
        wire::Detail::Text(text) => return Some(OwnerDetail::Data(text)),
        wire::Detail::Object(object) => object,
    };
    if let Some(data) = object.data {
        return self::detail(Some(*data));
    }
    let parts = [object.street, object.city, object.state, object.zip];
    let line: Vec<&str> =
        parts.iter().flatten().map(Secret::expose).filter(|part| !part.is_empty()).collect();
    if !line.is_empty() {
        return Some(OwnerDetail::Data(Secret::new(line.join(", "))));
    }
    let word = object.error?.id?;
    let word = word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    Some(OwnerDetail::Error(word))
}
