//! What is kept of a deposit, as its person sees it. Pure.

use crate::app::AppState;
use crate::clock::{later, on_the_wire};
use crate::store::{DepositFault, DepositIntent, DepositRecord, DepositState};
use crate::ways;
use jiff::{SignedDuration, Timestamp, civil::Weekday, tz::TimeZone};
use linchpin_protocol::{AccountField, Deposit, DepositFailure, DepositMethod, DepositNext, DepositWork};

/// How often amounts may be tried (standards D2).
const TRIES: u32 = 3;

/// What a deposit's next step depends on, beside its record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// How often amounts may be tried.
    pub(super) tries: u32,
    /// After how many working days deposits have usually arrived.
    pub(super) usual_days: Option<u32>,
    /// Whether the person confirms what the provider could find itself.
    pub(super) confirm_automatic: bool,
}

impl Rules {
    pub(super) fn of(state: &AppState, record: &DepositRecord) -> Self {
        let deposits = state.aggregator.deposits();
        Self {
            tries: deposits.and_then(|deposits| deposits.tries()).map_or(TRIES, |tries| tries.min(TRIES)),
            usual_days: deposits.and_then(|deposits| deposits.facts().usual_days),
            confirm_automatic: ways::policy(state, &record.client).confirm_automatic,
        }
    }
}

/// A deposit as its person sees it.
pub(crate) fn shown(state: &AppState, record: &DepositRecord) -> Deposit {
    deposit(record, Rules::of(state, record))
}

pub(super) fn deposit(record: &DepositRecord, rules: Rules) -> Deposit {
    Deposit {
        id: record.id.clone(),
        revision: record.revision,
        method: record.method,
        bank: record.bank.clone(),
        last_digits: record.last_digits.clone(),
        name: record.name.clone(),
        connection_id: record.connection_id.clone(),
        account_id: record.account_id.clone(),
        replaces: record.replaces.clone(),
        status: word(record.state).to_owned(),
        provider_status: record.provider_status.clone(),
        created_at: on_the_wire(record.created_at),
        next: next(record, rules),
    }
}

/// The state in a word; informative.
fn word(state: DepositState) -> &'static str {
    match state {
        DepositState::New => "new",
        DepositState::Requested => "requested",
        DepositState::Submitted => "submitted",
        DepositState::Transferred => "transferred",
        DepositState::Verified => "verified",
        DepositState::Failed => "failed",
        DepositState::Unconfirmed => "unconfirmed",
        DepositState::NotSent => "not_sent",
        DepositState::Withdrawn => "withdrawn",
    }
}

/// The state of this word.
pub(crate) fn state(word_of: &str) -> Option<DepositState> {
    const ALL: [DepositState; 9] = [
        DepositState::New,
        DepositState::Requested,
        DepositState::Submitted,
        DepositState::Transferred,
        DepositState::Verified,
        DepositState::Failed,
        DepositState::Unconfirmed,
        DepositState::NotSent,
        DepositState::Withdrawn,
    ];
    ALL.into_iter().find(|state| word(*state) == word_of)
}

/// What happens now: the table of docs/verification.md.
pub(super) fn next(record: &DepositRecord, rules: Rules) -> DepositNext {
    if let Some(by) = &record.replaced_by {
        return DepositNext::Replaced { by: by.clone() };
    }
    match (record.state, record.intent) {
        (DepositState::Verified, _) => return DepositNext::Verified {},
        (DepositState::Withdrawn, _) => return DepositNext::Withdrawn {},
        (_, Some((DepositIntent::Send, _))) => return DepositNext::Wait { work: DepositWork::Sending },
        (_, Some((DepositIntent::Confirm, _))) => return DepositNext::Wait { work: DepositWork::Checking },
        (_, None) => {}
    }
    let person_confirms = record.method == DepositMethod::Manual || rules.confirm_automatic;
    let expected_by = rules.usual_days.map(|days| on_the_wire(after_working_days(record.created_at, days)));
    match record.state {
        DepositState::New => DepositNext::Wait { work: DepositWork::Sending },
        DepositState::Failed => failed(record.fault),
        DepositState::Unconfirmed => {
            let reason = if record.out_of_tries || record.tries >= rules.tries {
                DepositFailure::TooManyTries
            } else {
                DepositFailure::NotConfirmedInTime
            };
            DepositNext::Failed { reason }
        }
        DepositState::NotSent => DepositNext::Failed { reason: DepositFailure::NotSent },
        DepositState::Requested | DepositState::Submitted | DepositState::Transferred
            if record.account_broken && record.connection_id.is_some() =>
        {
            match &record.connection_id {
                Some(id) => DepositNext::RepairConnection { connection_id: id.clone() },
                None => DepositNext::Unknown,
            }
        }
        DepositState::Requested if person_confirms => DepositNext::WaitForDeposit { expected_by },
        DepositState::Submitted | DepositState::Transferred if person_confirms => {
            match rules.tries.saturating_sub(record.tries) {
                // Our tries are over, whatever upstream still allows.
                0 => DepositNext::Failed { reason: DepositFailure::TooManyTries },
                tries_left => DepositNext::EnterAmounts { tries_left, wrong: record.wrong, expected_by },
            }
        }
        DepositState::Requested | DepositState::Submitted | DepositState::Transferred => {
            DepositNext::WaitForProvider { expected_by }
        }
        DepositState::Verified => DepositNext::Verified {},
        DepositState::Withdrawn => DepositNext::Withdrawn {},
    }
}

fn failed(fault: Option<DepositFault>) -> DepositNext {
    match fault {
        Some(DepositFault::AccountNumber) => {
            DepositNext::CorrectAccount { field: AccountField::AccountNumber }
        }
        Some(DepositFault::RoutingNumber) => {
            DepositNext::CorrectAccount { field: AccountField::RoutingNumber }
        }
        Some(DepositFault::Account) => DepositNext::UseAnotherAccount {},
        Some(DepositFault::Provider) => DepositNext::ProviderRetries {},
        Some(DepositFault::Unknown) | None => DepositNext::Failed { reason: DepositFailure::Unknown },
    }
}

/// So many working days later. Holidays are not known here, so it is never said as a promise.
fn after_working_days(from: Timestamp, days: u32) -> Timestamp {
    let mut at = from;
    let mut left = days;
    while left > 0 {
        at = later(at, SignedDuration::from_hours(24));
        if !matches!(at.to_zoned(TimeZone::UTC).weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    at
}

/// Whether the numbers of this deposit may be typed anew.
pub(super) fn may_correct(next: &DepositNext, method: DepositMethod) -> bool {
    match next {
        DepositNext::CorrectAccount { .. } => true,
        // They have not arrived: the number may be another's.
        DepositNext::WaitForDeposit { .. } | DepositNext::EnterAmounts { .. } => {
            method == DepositMethod::Manual
        }
        DepositNext::Failed {
            reason: DepositFailure::NotConfirmedInTime | DepositFailure::NotSent | DepositFailure::Unknown,
        } => true,
        DepositNext::Failed { reason: DepositFailure::TooManyTries }
        | DepositNext::Wait { .. }
        | DepositNext::WaitForProvider { .. }
        | DepositNext::RepairConnection { .. }
        | DepositNext::UseAnotherAccount {}
        | DepositNext::ProviderRetries {}
        | DepositNext::Verified {}
        | DepositNext::Replaced { .. }
        | DepositNext::Withdrawn {}
        | DepositNext::Unknown => false,
    }
}

/// Whether there is something left to give up.
pub(super) fn may_withdraw(next: &DepositNext) -> bool {
    match next {
        DepositNext::Wait { .. }
        | DepositNext::Verified {}
        | DepositNext::Replaced { .. }
        | DepositNext::Withdrawn {}
        | DepositNext::Unknown => false,
        DepositNext::WaitForDeposit { .. }
        | DepositNext::WaitForProvider { .. }
        | DepositNext::EnterAmounts { .. }
        | DepositNext::RepairConnection { .. }
        | DepositNext::CorrectAccount { .. }
        | DepositNext::UseAnotherAccount {}
        | DepositNext::ProviderRetries {}
        | DepositNext::Failed { .. } => true,
    }
}

/// Whether its person still has something to do or to wait for.
pub(crate) fn is_open(deposit: &Deposit) -> bool {
    may_withdraw(&deposit.next) || matches!(deposit.next, DepositNext::Wait { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ClientId;
    use crate::tokens::Hash;
    use linchpin_protocol::{ConnectionId, DepositId, LinkId, Revision, UserId};

    const PAGE: &str = include_str!("../../../../docs/verification.md");
    const RULES: Rules = Rules { tries: 3, usual_days: Some(4), confirm_automatic: false };

    fn record(method: DepositMethod, state: DepositState) -> DepositRecord {
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        DepositRecord {
            id: DepositId::new("dep_1"),
            client: ClientId("acorn".to_owned()),
            user_id: UserId::new("pat"),
            link_id: LinkId::new("lnk_1"),
            method,
            connection_id: (method == DepositMethod::Automatic).then(|| ConnectionId::new("con_1")),
            account_id: None,
            bank: None,
            last_digits: None,
            name: None,
            account_hash: Hash::stored(String::new()),
            root: DepositId::new("dep_1"),
            replaces: None,
            replaced_by: None,
            holder: None,
            upstream_key: None,
            state,
            fault: None,
            account_broken: false,
            provider_status: None,
            tries: 0,
            wrong: false,
            out_of_tries: false,
            intent: None,
            revision: Revision(1),
            version: 1,
            looked_at: None,
            verified_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    fn step(next: &DepositNext) -> String {
        let written = serde_json::to_value(next).unwrap();
        let text = |name: &str| written[name].as_str().map(|text| format!(": {text}")).unwrap_or_default();
        format!("`{}{}{}`", written["step"].as_str().unwrap(), text("reason"), text("field"))
    }

    #[test]
    fn the_page_shows_every_row_of_the_table() {
        let confirmed = Rules { confirm_automatic: true, ..RULES };
        let row = |what: &str, change: &dyn Fn(&mut DepositRecord)| {
            let of = |method, rules| {
                let mut record = record(method, DepositState::Requested);
                change(&mut record);
                step(&next(&record, rules))
            };
            format!(
                "| {what} | {} | {} | {} |",
                of(DepositMethod::Manual, RULES),
                of(DepositMethod::Automatic, RULES),
                of(DepositMethod::Automatic, confirmed)
            )
        };
        let failed = |fault| {
            move |record: &mut DepositRecord| {
                record.state = DepositState::Failed;
                record.fault = fault;
            }
        };
        let rows = [
            row("`requested`", &|_| {}),
            row("`submitted`", &|record| record.state = DepositState::Submitted),
            row("`transferred`", &|record| record.state = DepositState::Transferred),
            row("`transferred`, the linked login is refused", &|record| {
                record.state = DepositState::Transferred;
                record.account_broken = true;
            }),
            row("`verified`", &|record| record.state = DepositState::Verified),
            row("`invalid_account_number`", &failed(Some(DepositFault::AccountNumber))),
            row("`invalid_routing_number`", &failed(Some(DepositFault::RoutingNumber))),
            row("`invalid_bank_account`", &failed(Some(DepositFault::Account))),
            row("`process_error`", &failed(Some(DepositFault::Provider))),
            row("another error", &failed(Some(DepositFault::Unknown))),
            row("`verification_failed` after our tries", &|record| {
                record.state = DepositState::Unconfirmed;
                record.tries = 3;
            }),
            row("`verification_failed` after the provider's", &|record| {
                record.state = DepositState::Unconfirmed;
                record.tries = 2;
                record.out_of_tries = true;
            }),
            row("`verification_failed` otherwise", &|record| record.state = DepositState::Unconfirmed),
        ];
        let table = rows.join("\n");
        assert!(PAGE.contains(&table), "docs/verification.md has to hold this:\n{table}");
    }

    #[test]
    fn our_tries_end_it_whatever_the_provider_still_allows() {
        let mut deposit = record(DepositMethod::Manual, DepositState::Transferred);
        for (tries, left) in [(0, Some(3)), (1, Some(2)), (2, Some(1)), (3, None), (4, None)] {
            deposit.tries = tries;
            let left_now = match next(&deposit, RULES) {
                DepositNext::EnterAmounts { tries_left, .. } => Some(tries_left),
                DepositNext::Failed { reason: DepositFailure::TooManyTries } => None,
                other => panic!("{other:?}"),
            };
            assert_eq!(left_now, left, "after {tries}");
        }
    }

    #[test]
    fn weekends_are_no_working_days() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (from, days, expected) in [
            ("2026-11-20T10:00:00Z", 4, "2026-11-26T10:00:00Z"),
            ("2026-11-21T10:00:00Z", 1, "2026-11-23T10:00:00Z"),
            ("2026-11-16T10:00:00Z", 4, "2026-11-20T10:00:00Z"),
            ("2026-11-16T10:00:00Z", 0, "2026-11-16T10:00:00Z"),
        ] {
            assert_eq!(after_working_days(at(from), days), at(expected), "{days} after {from}");
        }
    }
}
