//! Every change of a deposit: read, changed, written over the version that was read, and begun again when somebody else
//! was quicker.

use super::view::{self, Rules};
use crate::aggregators::SeenDeposit;
use crate::app::AppState;
use crate::problem::ApiResult;
use crate::store::{DepositRecord, DepositState};
use linchpin_protocol::{Code, DepositId, Revision};

/// How often it is begun again. Each time somebody else has got something done.
const ATTEMPTS: usize = 20;

/// Changes a deposit. The revision moves if its person sees something else afterwards.
///
/// # Errors
/// `not_found`, what `change` refuses with, `idempotency_running` when others never stop writing.
pub(super) async fn change(
    state: &AppState,
    id: &DepositId,
    change: impl Fn(&mut DepositRecord) -> ApiResult<()>,
) -> ApiResult<DepositRecord> {
    for _ in 0..ATTEMPTS {
        let before = state.store.deposit(id).await?.ok_or(Code::NotFound)?;
        let mut after = before.clone();
        change(&mut after)?;
        if after == before {
            return Ok(before);
        }
        let rules = Rules::of(state, &before);
        if view::next(&before, rules) != view::next(&after, rules) {
            after.revision = Revision(before.revision.0 + 1);
            after.updated_at = state.clock.now();
        }
        if after.state == DepositState::Verified && before.state != DepositState::Verified {
            after.verified_at = Some(state.clock.now());
        }
        if state.store.write_deposit(&after).await? {
            after.version += 1;
            return Ok(after);
        }
    }
    Err(Code::IdempotencyRunning.into())
}

/// Writes what was seen upstream into a record. What is over here stays over, unless the proof is there after all.
pub(super) fn take(record: &mut DepositRecord, seen: &SeenDeposit) {
    record.upstream_key.get_or_insert_with(|| seen.key.0.clone());
    record.provider_status.clone_from(&seen.provider_status);
    record.account_broken = seen.account_broken;
    let Some(state) = seen.state else { return };
    let given_up = matches!(record.state, DepositState::Withdrawn);
    if given_up || (record.state == DepositState::Verified) {
        return;
    }
    record.state = state;
    record.fault = seen.fault;
}
