//! What the words rest on, and what several states share.

use linchpin::facts::Facts;
use linchpin_protocol::{DepositFacts, InstitutionId, InstitutionRef, Purpose};

/// A name of a length that institutions do have.
pub(super) const LONG_BANK: &str =
    "First Commonwealth Agricultural & Mechanical Savings Bank of Upper Pennsylvania";
/// A name that nobody has thought of when drawing a button.
pub(super) const LONG_CLIENT: &str = "The Neighbourhood Household Budgeting Cooperative";

/// What a client and a provider state who state everything.
pub(super) fn usual() -> Facts {
    Facts {
        client: Some("Acorn Budget".into()),
        help_url: Some("https://acorn.example/help".into()),
        provider: Some("Quovo".into()),
        keeps_login: Some(true),
        usual_seconds: None,
        privacy_url: Some("https://acorn.example/privacy".into()),
        data: Purpose::Both.data().to_vec(),
        searches: true,
        manages: false,
        same_login_pause_s: None,
        purpose: Some(Purpose::Both),
        deposits: DepositFacts::default(),
        by_numbers: false,
        practice: Some(("practice-good".into(), "practice".into())),
        in_page: false,
    }
}

/// What is known when nobody states anything.
pub(super) fn none() -> Facts {
    Facts { searches: true, ..Facts::default() }
}

/// The usual facts of a client with a long name.
pub(super) fn long() -> Facts {
    Facts { client: Some(LONG_CLIENT.into()), ..usual() }
}

/// Facts of a session for one connection: there is no search to go back to.
pub(super) fn repair() -> Facts {
    Facts { searches: false, ..usual() }
}

/// Facts of a session for looking after connections.
pub(super) fn manage() -> Facts {
    Facts { searches: false, manages: true, ..usual() }
}

/// The bank of most states.
pub(super) fn bank() -> InstitutionRef {
    InstitutionRef {
        id: InstitutionId::new("ins_1"),
        name: "Harbour Savings".into(),
        domain: Some("harbour.example".into()),
    }
}

/// A bank with a long name and a long domain.
pub(super) fn long_bank() -> InstitutionRef {
    InstitutionRef {
        id: InstitutionId::new("ins_2"),
        name: LONG_BANK.into(),
        domain: Some("onlinebanking.firstcommonwealthagriculturalandmechanical.example".into()),
    }
}
