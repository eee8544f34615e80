//! Looking after connections (basiq.md 2.7, 2.9, 7, 8).

use super::client::{Call, Client, ORDINARY, change};
use super::listing::Offered;
use super::place::{Method, Place};
use super::statuses;
use crate::aggregators::{Care, Channel, Observation, Step, UpstreamError};
use reqwest::Method as Verb;

/// So many refreshes of a connection by open banking are taken in a day (basiq.md 7, R4).
const MOST_REFRESHES_A_DAY: u32 = 20;

/// What can be done with a connection that stands like this. `offered`: the ways to its institution, once they are known.
pub(super) fn care(place: &Place, seen: &Observation, offered: Option<Offered>) -> Care {
    let status = seen.provider_status.as_deref();
    let exists = place.connection.is_some() && seen.step != Step::Closed;
    // Somebody looked at the consent page and made nothing there: there is nothing to end, and nothing in the way of it.
    let nothing_made = place.connection.is_none() && place.job.is_none();
    // Not what is being made, and not what only another login can mend.
    let refreshable = matches!(status, Some("active" | "invalid" | "invalid-connection"))
        && match seen.step {
            Step::Ready | Step::StartAgain | Step::NoAccounts | Step::Instructions { .. } => true,
            // What Basiq tries by itself need not be asked for.
            Step::Later { retries_itself, .. } => !retries_itself,
            Step::Credentials { .. }
            | Step::Authorize { .. }
            | Step::Wait { .. }
            | Step::Challenges { .. }
            | Step::NumbersDue
            | Step::Closed
            | Step::Failed { .. } => false,
        };
    let running = matches!(seen.step, Step::Wait { .. } | Step::Challenges { .. });
    let open_banking = place.method == Some(Method::OpenBanking);
    Care {
        refresh: exists && refreshable,
        left_alone_until: statuses::left_alone_until(place),
        most_refreshes_a_day: open_banking.then_some(MOST_REFRESHES_A_DAY),
        delete: exists || nothing_made,
        // It stays with the user, whom we keep.
        keeps_data: exists.then_some(true),
        purge: exists && status == Some("active") && !running,
        channel: place.method.map(Method::channel),
        moves_to: offered.filter(|_| exists).and_then(moves_to),
    }
}

/// Open banking where there is some; else the same way anew.
fn moves_to(offered: Offered) -> Option<Channel> {
    if offered.open_banking { Some(Channel::OpenBanking) } else { offered.web.then_some(Channel::Web) }
}

/// Removes all that was read of the user at the connection's institution. Only one that is active can be purged.
pub(super) async fn purge(client: &Client, path: &str) -> Result<(), UpstreamError> {
    let path = format!("{path}/purge");
    Ok(client.command(Call { body: None, ..change(&path, (), ORDINARY) }).await?)
}

/// Ends a connection. What was read of it stays.
pub(super) async fn delete(client: &Client, path: &str) -> Result<(), UpstreamError> {
    let call = Call { method: Verb::DELETE, body: None, ..change(path, (), ORDINARY) };
    match client.command(call).await.map_err(UpstreamError::from) {
        Err(UpstreamError::Gone) => Ok(()),
        other => other,
    }
}
