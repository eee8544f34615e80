//! The ways to a proof that an account is a person's. Every choice among them is made here; docs/verification.md shows
//! them as a table.

use crate::aggregators::Listing;
use crate::app::AppState;
use crate::config::{ClientConfig, DepositPolicy};
use crate::store::{ClientId, LinkRecord, Proof};
use linchpin_protocol::{AccountSelection, DepositWays, Purpose, Surface, Way};

/// Whether a session takes logins and answers.
pub(crate) fn takes_logins(state: &AppState, link: &LinkRecord) -> bool {
    state.clients.get(&link.client).is_some_and(|client| may_be_typed(link.surface, &client.config))
}

/// Whether logins and answers may be typed where the widget stands. The client's own page could read them there, so that
/// somebody has to have allowed it.
pub(crate) fn may_be_typed(surface: Surface, client: &ClientConfig) -> bool {
    match surface {
        Surface::Frame | Surface::WebView => true,
        Surface::Element => client.in_page_credentials,
    }
}

/// Whether a person can sign in at an institution, who may type a login or not.
pub(crate) fn is_reachable(listing: &Listing, types: bool) -> bool {
    listing.bank_login || (listing.credentials && types)
}

/// Whether an account has to be proved.
pub(crate) fn wants_proof(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Verify | Purpose::Both => true,
        Purpose::Aggregate => false,
    }
}

/// The ways by deposits: those that the aggregator has and the client allows, where a proof is wanted.
pub(crate) fn by_deposits(able: DepositWays, policy: DepositPolicy, purpose: Purpose) -> DepositWays {
    let wanted = wants_proof(purpose);
    DepositWays {
        automatic: wanted && able.automatic && policy.automatic,
        manual: wanted && able.manual && policy.manual,
    }
}

/// The same for a client's session.
pub(crate) fn of_client(state: &AppState, client: &ClientId, purpose: Purpose) -> DepositWays {
    let able = state.aggregator.deposits().map(|deposits| deposits.ways()).unwrap_or_default();
    by_deposits(able, policy(state, client), purpose)
}

/// What a client allows.
pub(crate) fn policy(state: &AppState, client: &ClientId) -> DepositPolicy {
    state.clients.get(client).map(|client| client.config.deposits).unwrap_or_default()
}

/// How a connection's accounts are to be proved. Deposits go to one account.
pub(crate) fn proof(
    listed: Way,
    deposits: DepositWays,
    purpose: Purpose,
    selection: AccountSelection,
) -> Proof {
    let quick = listed == Way::Instant || !wants_proof(purpose);
    if !quick && deposits.automatic && selection == AccountSelection::One {
        Proof::Deposits
    } else {
        Proof::Numbers
    }
}

/// What an institution is listed as: how soon an account there is proved, at best.
pub(crate) fn listed(listing: &Listing, deposits: DepositWays, purpose: Purpose) -> Way {
    match (wants_proof(purpose), listing.way) {
        (false, _) => Way::Instant,
        (true, Way::Instant) => Way::Instant,
        (true, _) if !deposits.is_none() => Way::Days,
        // Nobody here sends deposits: what the aggregator says of it stands.
        (true, way) => way,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::{InstitutionId, Way};

    const PAGE: &str = include_str!("../../../docs/verification.md");

    fn listing(way: Way) -> Listing {
        Listing {
            id: InstitutionId::new("ins_1"),
            name: "Harbour Savings".to_owned(),
            domain: None,
            website: None,
            place: None,
            available: true,
            practice: false,
            bank_login: false,
            credentials: true,
            way,
            popularity: 1,
            username_label: None,
            password_label: None,
            more_fields: Vec::new(),
            notes: None,
        }
    }

    fn open(ways: DepositWays) -> &'static str {
        match (ways.automatic, ways.manual) {
            (true, true) => "automatic, manual",
            (true, false) => "automatic",
            (false, true) => "manual",
            (false, false) => "–",
        }
    }

    fn row(way: Way, purpose: Purpose, able: DepositWays, policy: DepositPolicy) -> String {
        let listing = listing(way);
        let ways = by_deposits(able, policy, purpose);
        let gives = if way == Way::Instant { "yes" } else { "no" };
        let purpose_word = match purpose {
            Purpose::Verify => "verify",
            Purpose::Aggregate => "aggregate",
            Purpose::Both => "both",
        };
        let listed = match listed(&listing, ways, purpose) {
            Way::Instant => "instant",
            Way::Days => "days",
            Way::None | Way::Unknown => "none",
        };
        let proof = match proof(way, ways, purpose, AccountSelection::One) {
            Proof::Numbers if !wants_proof(purpose) => "nothing to prove",
            Proof::Numbers if way == Way::Instant => "the numbers that the institution gives",
            Proof::Numbers => "nothing: linking it is no proof",
            Proof::Deposits => "deposits that the provider finds",
        };
        let allowed = DepositWays { automatic: policy.automatic, manual: policy.manual };
        let columns = [gives, purpose_word, open(able), open(allowed), listed, proof, open(ways)];
        format!("| {} |", columns.join(" | "))
    }

    #[test]
    fn the_page_shows_what_is_chosen() {
        let all = DepositWays { automatic: true, manual: true };
        let none = DepositWays::default();
        let policy = |automatic, manual| DepositPolicy { automatic, manual, ..DepositPolicy::default() };
        let everything = policy(true, true);
        let mut rows = Vec::new();
        for way in [Way::Instant, Way::None] {
            for (able, policy) in [
                (none, everything),
                (all, everything),
                (all, policy(true, false)),
                (all, policy(false, true)),
                (all, policy(false, false)),
            ] {
                rows.push(row(way, Purpose::Verify, able, policy));
            }
            rows.push(row(way, Purpose::Both, all, everything));
            rows.push(row(way, Purpose::Aggregate, all, everything));
        }
        let table = rows.join("\n");
        assert!(PAGE.contains(&table), "docs/verification.md has to hold this:\n{table}");
    }

    #[test]
    fn several_accounts_are_not_proved_by_deposits_to_one() {
        let all = DepositWays { automatic: true, manual: true };
        let chosen = |selection| proof(Way::None, all, Purpose::Verify, selection);
        assert_eq!(chosen(AccountSelection::One), Proof::Deposits);
        assert_eq!(chosen(AccountSelection::Many), Proof::Numbers);
    }
}
