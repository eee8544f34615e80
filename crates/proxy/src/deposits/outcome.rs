//! What comes out of a deposit: public tokens, and the full result.

use super::{upstream, view};
use crate::aggregators::{AccountNames, Reference};
use crate::app::AppState;
use crate::clock::on_the_wire;
use crate::connections;
use crate::consent;
use crate::problem::ApiResult;
use crate::store::{DepositRecord, DepositState, TokenSubject};
use linchpin_protocol::{
    Code, ConnectionId, Deposit, DepositId, DepositMethod, DepositNext, LinkedResult, PublicToken,
    ResultStatus, Verification, VerificationMethod, VerificationState, VerifiedAccount, VerifiedConnection,
    VerifiedDeposit,
};

/// Mints a public token for a deposit; an unspent one from before is revoked.
pub(crate) async fn mint_public_token(state: &AppState, id: &DepositId) -> ApiResult<PublicToken> {
    let record = state.store.deposit(id).await?.ok_or(Code::NotFound)?;
    if standing(&view::shown(state, &record)) == VerificationState::Failed {
        return Err(Code::WrongStep.into());
    }
    connections::mint_for(state, &TokenSubject::Deposit(id.clone())).await
}

/// What an opening of the widget has to show for a deposit; nothing for one that has come to nothing.
pub(crate) fn result(state: &AppState, record: &DepositRecord) -> Option<LinkedResult> {
    let deposit = view::shown(state, record);
    let status = match standing(&deposit) {
        VerificationState::Verified => ResultStatus::DepositVerified,
        VerificationState::Pending => ResultStatus::DepositPending,
        VerificationState::Failed | VerificationState::None | VerificationState::Unknown => return None,
    };
    Some(LinkedResult {
        status,
        connection_id: deposit.connection_id,
        deposit_id: Some(deposit.id),
        institution_id: None,
        institution_name: deposit.bank,
        account_ids: deposit.account_id.into_iter().collect(),
    })
}

/// Whether it proves an account.
fn standing(deposit: &Deposit) -> VerificationState {
    match deposit.next {
        DepositNext::Verified {} => VerificationState::Verified,
        DepositNext::Failed { .. }
        | DepositNext::UseAnotherAccount {}
        | DepositNext::Replaced { .. }
        | DepositNext::Withdrawn {} => VerificationState::Failed,
        DepositNext::Wait { .. }
        | DepositNext::WaitForDeposit { .. }
        | DepositNext::WaitForProvider { .. }
        | DepositNext::EnterAmounts { .. }
        | DepositNext::RepairConnection { .. }
        | DepositNext::CorrectAccount { .. }
        | DepositNext::ProviderRetries {}
        | DepositNext::Unknown => VerificationState::Pending,
    }
}

/// The full result: how the deposits stand, and with the proof the account, read from the aggregator now.
///
/// # Errors
/// `wrong_step` where the account's connection has ended: nothing comes out of that any more.
pub(crate) async fn verification(state: &AppState, record: &DepositRecord) -> ApiResult<Verification> {
    let connection = match &record.connection_id {
        Some(id) => state.store.connection(id).await?,
        None => None,
    };
    if connection.as_ref().is_some_and(|connection| connections::has_ended(state, connection)) {
        return Err(Code::WrongStep.into());
    }
    let deposit = view::shown(state, record);
    let verification = standing(&deposit);
    let mut accounts = Vec::new();
    if record.state == DepositState::Verified {
        accounts.push(proved(state, record).await?);
        let link = state.store.link(&record.link_id).await?.ok_or(Code::NotFound)?;
        consent::limit(&link, &mut accounts);
    }
    let connection = connection.map(|connection| VerifiedConnection {
        id: connection.id,
        institution: connection.institution,
        last_success_at: None,
        last_attempt_at: None,
    });
    Ok(Verification {
        user_id: record.user_id.clone(),
        verification,
        connection,
        deposit: Some(VerifiedDeposit { deposit, updated_at: Some(on_the_wire(record.updated_at)) }),
        accounts,
    })
}

async fn proved(state: &AppState, record: &DepositRecord) -> ApiResult<VerifiedAccount> {
    let holder = record.holder.clone().map(Reference).ok_or(Code::WrongStep)?;
    // An account without a connection goes by its deposits.
    let owner = record.connection_id.clone().unwrap_or_else(|| ConnectionId::new(record.root.as_str()));
    let names = AccountNames::new(state.key.clone(), owner);
    let account = upstream(state)?.proved_account(&holder, &names).await?;
    // An account without its number proves nothing: better no answer than half of one.
    let account = account.filter(|account| account.account_number.is_some()).ok_or(Code::ProviderRejected)?;
    Ok(VerifiedAccount {
        name: record.name.clone().unwrap_or(account.name),
        verification_method: match record.method {
            DepositMethod::Automatic => VerificationMethod::AutomaticDeposit,
            DepositMethod::Manual => VerificationMethod::ManualDeposit,
            DepositMethod::Unknown => VerificationMethod::Unknown,
        },
        verified_at: record.verified_at.map(on_the_wire),
        ..account
    })
}
