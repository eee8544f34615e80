//! A connection's user and its counterpart at the aggregator, made where they are not there yet.

use crate::aggregators::{Aggregator, Created, Reference, TakenLogin, UpstreamError};
use crate::app::AppState;
use crate::store::{ClientId, ConnectionRecord, Store, StoreError, UpstreamUser};
use crate::tokens::{Key, Kind};
use linchpin_protocol::{CredentialValue, UserId};
use std::sync::Arc;

/// How often a reference is written down anew because somebody else has written one.
const ATTEMPTS: usize = 3;

/// What a call needs upstream.
pub(super) struct Ensured {
    pub(super) user: UpstreamUser,
    pub(super) reference: Reference,
    /// What became of the login, if the connection was made just now.
    pub(super) login: TakenLogin,
}

/// Finds or makes what a call needs upstream.
pub(super) struct Counterpart {
    pub(super) aggregator: Arc<dyn Aggregator>,
    store: Arc<dyn Store>,
    key: Key,
    record: ConnectionRecord,
}

impl Counterpart {
    pub(super) fn of(state: &AppState, record: &ConnectionRecord) -> Self {
        Self {
            store: Arc::clone(&state.store),
            aggregator: Arc::clone(&state.aggregator),
            key: state.key.clone(),
            record: record.clone(),
        }
    }

    /// The user and the connection at the aggregator. Where a connection is made with a login, it is made with this one.
    pub(super) async fn ensure(&self, login: &[CredentialValue]) -> Result<Ensured, UpstreamError> {
        let user = self.user().await?;
        let there = self.record.upstream.clone().map(Reference);
        if let Some(reference) = &there
            && (login.is_empty() || !self.aggregator.gives_way(reference))
        {
            return Ok(Ensured { user, reference: reference.clone(), login: TakenLogin::Left });
        }
        let in_use = self.in_use(there.as_ref()).await?;
        let (institution, purpose) = (&self.record.institution.id, self.record.upstream_purpose());
        match self.aggregator.create(&user, institution, purpose, in_use.as_deref(), login).await {
            Ok(Created { reference, login }) => {
                match &there {
                    None => self.keep_first(&reference).await?,
                    Some(there) => {
                        self.keep(&reference).await?;
                        self.end(there).await;
                    }
                }
                Ok(Ensured { user, reference, login })
            }
            Err(UpstreamError::Duplicate) => {
                let reference = self.take_on(&user, there.as_ref()).await?;
                Ok(Ensured { user, reference, login: TakenLogin::Left })
            }
            Err(other) => Err(other),
        }
    }

    /// After [`UpstreamError::Duplicate`]: the user has this login there already, and that connection is taken on
    /// (quovo.md 9.31).
    pub(super) async fn take_on(
        &self,
        user: &UpstreamUser,
        instead_of: Option<&Reference>,
    ) -> Result<Reference, UpstreamError> {
        let (institution, purpose) = (&self.record.institution.id, self.record.upstream_purpose());
        let existing = self.aggregator.existing(user, institution, purpose, instead_of).await?;
        let existing = existing.ok_or(UpstreamError::Duplicate)?;
        match instead_of {
            Some(_) => self.keep(&existing).await?,
            None => self.keep_first(&existing).await?,
        }
        Ok(existing)
    }

    async fn user(&self) -> Result<UpstreamUser, UpstreamError> {
        let owner = (&self.record.client, &self.record.user_id);
        ensure_user(self.store.as_ref(), self.aggregator.as_ref(), &self.key, owner).await
    }

    /// After an earlier try, which may have made a connection whose name never reached us: what the user has in use.
    /// `there`: what stands in this one's place and is to give way.
    async fn in_use(&self, there: Option<&Reference>) -> Result<Option<Vec<Reference>>, UpstreamError> {
        if self.record.attempts == 0 {
            return Ok(None);
        }
        let ConnectionRecord { client, user_id, id, .. } = &self.record;
        let kept = self.store.references_in_use(client, user_id, id).await.map_err(unkept)?;
        Ok(Some(kept.into_iter().map(Reference).chain(there.cloned()).collect()))
    }

    /// Ends what has given way to another.
    async fn end(&self, reference: &Reference) {
        let Some(upkeep) = self.aggregator.upkeep() else { return };
        if let Err(error) = upkeep.delete(reference).await {
            // It does nothing but lie there.
            tracing::warn!(%error, "a connection that never worked could not be ended");
        }
    }

    /// Keeps the reference of a connection that was just made.
    async fn keep_first(&self, reference: &Reference) -> Result<(), UpstreamError> {
        if self.store.set_upstream(&self.record.id, None, &reference.0).await.map_err(unkept)? {
            return Ok(());
        }
        // This replica was taken for dead, and another has made one: by a look it shows what has become of that.
        Err(UpstreamError::Unclear)
    }

    /// Keeps the reference to which a call has led: whatever a look has kept there meanwhile is older.
    pub(super) async fn keep(&self, reference: &Reference) -> Result<(), UpstreamError> {
        for _ in 0..ATTEMPTS {
            let record = self.store.connection(&self.record.id).await.map_err(unkept)?;
            let before = record.and_then(|record| record.upstream);
            let kept = self.store.set_upstream(&self.record.id, before.as_deref(), &reference.0).await;
            if kept.map_err(unkept)? {
                return Ok(());
            }
        }
        Err(UpstreamError::Unclear)
    }
}

/// A client's user at the aggregator.
pub(crate) async fn user(
    state: &AppState,
    client: &ClientId,
    user: &UserId,
) -> Result<UpstreamUser, UpstreamError> {
    ensure_user(state.store.as_ref(), state.aggregator.as_ref(), &state.key, (client, user)).await
}

async fn ensure_user(
    store: &dyn Store,
    aggregator: &dyn Aggregator,
    key: &Key,
    (client, user): (&ClientId, &UserId),
) -> Result<UpstreamUser, UpstreamError> {
    if let Some(known) = store.upstream_user(client, user).await.map_err(unkept)? {
        return Ok(known);
    }
    // The same name every time: a user that was made and never written down is found again by it.
    let hash = key.hash(Kind::User, &[&client.0, user.as_str()]);
    let short: String = hash.as_str().chars().take(32).collect();
    let made = aggregator.ensure_user(&format!("linchpin-{short}")).await?;
    store.set_upstream_user(client, user, &made).await.map_err(unkept)?;
    Ok(made)
}

/// Nothing was sent, because what would find it again could not be kept.
fn unkept(error: StoreError) -> UpstreamError {
    tracing::error!(%error, "the store failed");
    UpstreamError::NotSent
}
