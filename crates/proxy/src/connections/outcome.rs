//! What comes out of a linked connection: public tokens, and the full result. Nothing comes out of one that has ended.

use super::{calls, view};
use crate::aggregators::{AccountNames, Reference, Step};
use crate::app::AppState;
use crate::clock::{later, on_the_wire};
use crate::consent;
use crate::deposits;
use crate::problem::ApiResult;
use crate::store::{ConnectionRecord, Proof, TokenSubject};
use crate::tokens::{self, Kind};
use crate::ways;
use jiff::SignedDuration;
use linchpin_protocol::{
    Code, ConnectionId, PublicToken, Verification, VerificationState, VerifiedConnection,
};

const PUBLIC_TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Mints a public token for a linked connection; an unspent one from before is revoked.
pub(crate) async fn mint_public_token(state: &AppState, id: &ConnectionId) -> ApiResult<PublicToken> {
    let record = state.store.connection(id).await?.ok_or(Code::NotFound)?;
    // What deposits are to prove is handed over with them.
    if record.chosen.is_empty() || record.proof == Proof::Deposits || has_ended(state, &record) {
        return Err(Code::WrongStep.into());
    }
    mint_for(state, &TokenSubject::Connection(id.clone())).await
}

/// Mints a public token for something that is there; an unspent one from before is revoked.
pub(crate) async fn mint_for(state: &AppState, subject: &TokenSubject) -> ApiResult<PublicToken> {
    let token = tokens::token("pt_")?;
    let now = state.clock.now();
    let expires_at = later(now, PUBLIC_TOKEN_LIFE);
    let hash = state.key.hash(Kind::Public, &[token.expose()]);
    state.store.mint_public_token(subject, &hash, now, expires_at).await?;
    Ok(PublicToken { public_token: token, expires_at: on_the_wire(expires_at) })
}

/// Whether a connection has ended, as far as is known here.
pub(crate) fn has_ended(state: &AppState, record: &ConnectionRecord) -> bool {
    view::has_ended(&state.key, record)
}

/// The full result, read from the aggregator now: the chosen accounts with their numbers.
///
/// # Errors
/// `wrong_step` while nothing is chosen, and for good once it has ended: some aggregators go on showing the accounts of a
/// connection that is gone.
pub(crate) async fn verification(state: &AppState, record: &ConnectionRecord) -> ApiResult<Verification> {
    if record.chosen.is_empty() || view::is_over(record) {
        return Err(Code::WrongStep.into());
    }
    if record.proof == Proof::Deposits {
        let deposit = state.store.deposit_of_connection(&record.id).await?.ok_or(Code::WrongStep)?;
        return deposits::verification(state, &deposit).await;
    }
    let reference = record.upstream.clone().map(Reference).ok_or(Code::WrongStep)?;
    let names = AccountNames::new(state.key.clone(), record.id.clone());
    let seen = state.aggregator.read(&reference).await?;
    if seen.step == Step::Closed {
        // Written down, so that the client finds it in the list of its customer's connections.
        calls::look_again(state, &record.id).await?;
        return Err(Code::WrongStep.into());
    }
    let mut accounts = state.aggregator.verified_accounts(&reference, &names).await?;
    accounts.retain(|account| record.chosen.contains(&account.id));
    // An account without its number proves nothing: better no answer than half of one.
    let wants_proof = ways::wants_proof(record.purpose);
    let numbers_missing = accounts.iter().any(|account| account.account_number.is_none());
    if accounts.is_empty() || (wants_proof && numbers_missing) {
        return Err(Code::ProviderRejected.into());
    }
    // What was agreed to last for the connection holds for as long as it exists.
    let agreed_under = state.store.taken_up_last(&record.id).await?.unwrap_or_else(|| record.link_id.clone());
    let link = state.store.link(&agreed_under).await?.ok_or(Code::NotFound)?;
    consent::limit(&link, &mut accounts);
    Ok(Verification {
        user_id: record.user_id.clone(),
        verification: if wants_proof { VerificationState::Verified } else { VerificationState::None },
        connection: Some(VerifiedConnection {
            id: record.id.clone(),
            institution: record.institution.clone(),
            last_success_at: seen.last_success_at.map(on_the_wire),
            last_attempt_at: seen.last_attempt_at.map(on_the_wire),
        }),
        deposit: None,
        accounts,
    })
}
