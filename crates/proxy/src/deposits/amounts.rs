//! Trying the amounts of a deposit.

use super::change::{change, take};
use super::order::{HELD, Held};
use super::view::{self, Rules};
use super::{look, upstream};
use crate::aggregators::{DepositKey, SeenDeposit, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{DepositIntent, DepositRecord, DepositState};
use linchpin_protocol::{
    Amounts, Cents, Code, Deposit, DepositId, DepositNext, FieldProblem, FieldProblemKind, SubmitAmounts,
};

/// Tries amounts, once. The try is taken before anything is sent, and counts unless it provably was not.
pub(crate) async fn confirm(state: &AppState, id: &DepositId, body: SubmitAmounts) -> ApiResult<Deposit> {
    let SubmitAmounts { revision, cents } = body;
    check(cents)?;
    let until = later(state.clock.now(), HELD);
    let reserved = change(state, id, |record| {
        let rules = Rules::of(state, record);
        let asked = matches!(view::next(record, rules), DepositNext::EnterAmounts { .. });
        if record.revision != revision || !asked {
            return Err(Code::WrongStep.into());
        }
        record.tries += 1;
        record.intent = Some((DepositIntent::Confirm, until));
        Ok(())
    })
    .await?;
    let held = Held::new(state, &reserved);
    let key = reserved.upstream_key.clone().map(DepositKey).ok_or(Code::WrongStep)?;
    let answered = held.while_asking(upstream(state)?.confirm(&key, cents)).await;
    let (seen, wrong) = match answered {
        Ok(Some(seen)) => (Some(seen), false),
        Ok(None) => (after_wrong(state, &key).await, true),
        Err(error) if error.did_nothing() => return not_sent(state, &reserved, error).await,
        Err(error) => {
            // Nobody knows what it did. It counts, and what is true is read.
            tracing::warn!(%error, "the outcome of trying amounts is not known; reading upstream");
            held.give_up().await;
            let record = state.store.deposit(id).await?.ok_or(Code::NotFound)?;
            look::settle(state, &record).await;
            return look::render(state, id).await;
        }
    };
    let record = change(state, id, |record| {
        if record.intent.is_some_and(|(intent, _)| intent == DepositIntent::Confirm) {
            record.intent = None;
        }
        record.wrong = wrong;
        if let Some(seen) = &seen {
            take(record, seen);
        }
        let limit = Rules::of(state, record).tries;
        // Theirs ended with this very try, or ours are used up.
        record.out_of_tries |= wrong && (record.state == DepositState::Unconfirmed || record.tries >= limit);
        Ok(())
    })
    .await?;
    Ok(view::shown(state, &record))
}

/// How the deposit stands after wrong amounts. It may have been the last try that the aggregator allows.
async fn after_wrong(state: &AppState, key: &DepositKey) -> Option<SeenDeposit> {
    match upstream(state).ok()?.look(key).await {
        Ok(seen) => Some(seen),
        Err(error) => {
            tracing::warn!(%error, "a deposit could not be read after wrong amounts");
            None
        }
    }
}

/// Gives the try back: nothing was sent.
async fn not_sent(state: &AppState, reserved: &DepositRecord, error: UpstreamError) -> ApiResult<Deposit> {
    change(state, &reserved.id, |record| {
        if record.intent.is_some_and(|(intent, _)| intent == DepositIntent::Confirm) {
            record.intent = None;
            record.tries = record.tries.saturating_sub(1);
        }
        Ok(())
    })
    .await?;
    Err(ApiProblem::from(error))
}

/// What no deposit can be uses no try.
fn check(Amounts(cents): Amounts) -> ApiResult<()> {
    let fits = |Cents(cents): &Cents| (1..=99).contains(cents);
    let wrong: Vec<FieldProblem> = cents
        .iter()
        .enumerate()
        .filter(|(_, cents)| !fits(cents))
        .map(|(at, _)| FieldProblem { field: format!("cents.{at}"), problem: FieldProblemKind::Malformed })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(ApiProblem::fields(wrong)) }
}
