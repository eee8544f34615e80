//! Choose an account, and what was linked in the end.

use super::{State, every, facts};
use linchpin::facts::Facts;
use linchpin_flow::{AccountsView, DoneView, Screen, Trouble};
use linchpin_protocol::{
    AccountId, AccountKind, Cents, Code, Currency, MaskedAccount, Money, NotVerifiable, Purpose,
};

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, view: AccountsView| State::new(name, Screen::ChooseAccount(view));
    let done = |name: &str, accounts: Vec<MaskedAccount>| State::new(name, Screen::Done(linked(accounts)));
    let aggregate = Facts {
        purpose: Some(Purpose::Aggregate),
        data: Purpose::Aggregate.data().to_vec(),
        ..facts::usual()
    };
    vec![
        state("accounts", found(usable())),
        state("accounts-several", AccountsView { many: true, ..found(usable()) }),
        state("accounts-one", found(vec![checking()])),
        state("accounts-some-unusable", found([usable(), unusable()].concat())),
        state("accounts-all-unusable", found(unusable())),
        state("accounts-nothing-chosen", AccountsView { nothing_chosen: true, ..found(usable()) }),
        state("accounts-sending", AccountsView { busy: true, ..found(vec![checking()]) }),
        state(
            "accounts-refused",
            AccountsView { trouble: Some(Trouble::Refused(Code::Internal)), ..found(usable()) },
        ),
        state("accounts-long", AccountsView { institution: facts::long_bank(), ..found(long()) })
            .with_facts(facts::long()),
        done("done", vec![checking()]),
        done("done-several", usable()),
        done("done-connected", vec![checking()]).with_facts(aggregate.clone()),
        done("done-several-connected", usable()).with_facts(aggregate),
        done("done-repaired", vec![checking()]).with_facts(facts::repair()),
        State::new("done-telling", Screen::Done(DoneView { busy: true, ..linked(vec![checking()]) })),
        State::new("done-long", Screen::Done(DoneView { institution: facts::long_bank(), ..linked(long()) }))
            .with_facts(facts::long()),
    ]
}

fn found(accounts: Vec<MaskedAccount>) -> AccountsView {
    AccountsView {
        institution: facts::bank(),
        accounts,
        many: false,
        nothing_chosen: false,
        trouble: None,
        busy: false,
    }
}

fn linked(accounts: Vec<MaskedAccount>) -> DoneView {
    DoneView { institution: facts::bank(), accounts, busy: false }
}

fn account(number: u32, name: &str, kind: AccountKind, cents: Option<i64>) -> MaskedAccount {
    MaskedAccount {
        id: AccountId::new(format!("acc_{number}")),
        name: name.into(),
        last_digits: Some(format!("{:04}", 4410 + number)),
        kind,
        balance: cents.map(|cents| Money { cents: Cents(cents), currency: Currency::new("USD") }),
        not_verifiable: None,
    }
}

fn checking() -> MaskedAccount {
    account(1, "Everyday Checking", AccountKind::Checking, Some(123_456))
}

fn usable() -> Vec<MaskedAccount> {
    vec![
        checking(),
        account(2, "Rainy Day Savings", AccountKind::Savings, Some(1_234_567_800)),
        account(3, "Joint Checking", AccountKind::Checking, Some(-4_201)),
        MaskedAccount { last_digits: None, ..account(4, "Cash Management", AccountKind::Investment, None) },
    ]
}

/// One account for every reason not to use it.
fn unusable() -> Vec<MaskedAccount> {
    every!(NotVerifiable: NoTransfers => ("Platinum Card", AccountKind::CreditCard),
        NumberMissing => ("Holiday Savings", AccountKind::Savings), Unknown => ("Home Loan", AccountKind::Loan))
    .into_iter()
    .zip(5..)
    .map(|((reason, (name, kind)), number)| MaskedAccount {
        not_verifiable: Some(reason),
        ..account(number, name, kind, Some(100))
    })
    .collect()
}

fn long() -> Vec<MaskedAccount> {
    let name = "Premier Relationship Interest Checking with Overdraft Protection";
    let one = account(1, name, AccountKind::Checking, Some(-123_456_789_012));
    let off = MaskedAccount {
        not_verifiable: Some(NotVerifiable::NumberMissing),
        ..account(2, name, AccountKind::Savings, None)
    };
    let unbroken = account(3, "SPARKONTO0000000000000000000000000000000000", AccountKind::Other, Some(5));
    vec![one, off, unbroken]
}
