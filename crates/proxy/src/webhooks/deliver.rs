//! One message on its way to one client.

use super::reach::OutOfReach;
use super::{Reach, Signer};
use crate::clock::on_the_wire;
use crate::config::{Config, WebhookConfig};
use crate::store::{ClientId, EventRecord};
use jiff::Timestamp;
use linchpin_protocol::{ConnectionId, DepositId, WebhookData, WebhookEvent, WebhookKind};
use reqwest::{StatusCode, Url, header};
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

/// A receiver puts the message by and answers; what it does then is not waited for.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// What became of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// The client has it.
    Taken,
    /// It may be tried again.
    Failed(&'static str),
    /// There is nobody who wants it.
    Unwanted(&'static str),
}

/// The clients that are told, and the way there.
pub(crate) struct Webhooks {
    http: reqwest::Client,
    reach: Reach,
    receivers: BTreeMap<ClientId, Receiver>,
}

struct Receiver {
    url: Url,
    /// One, or two while a secret is being rotated.
    signers: Vec<Signer>,
}

impl Receiver {
    /// `None` for what the configuration refuses.
    fn new(config: &WebhookConfig) -> Option<Self> {
        let secrets = std::iter::once(&config.secret).chain(&config.secret_next);
        Some(Self {
            url: Url::parse(&config.url).ok()?,
            signers: secrets.map(Signer::new).collect::<Option<_>>()?,
        })
    }

    fn signature(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        self.signers.iter().map(|signer| signer.sign(id, seconds, body)).collect::<Vec<_>>().join(" ")
    }
}

impl Webhooks {
    /// # Errors
    /// When no HTTP client can be built.
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let reach = Reach::of(config.environment);
        let receivers = config.clients.iter().filter_map(|(id, client)| {
            Some((ClientId(id.clone()), Receiver::new(client.webhook.as_ref()?)?))
        });
        Self::to(receivers.collect(), reach)
    }

    fn to(receivers: BTreeMap<ClientId, Receiver>, reach: Reach) -> Result<Self, reqwest::Error> {
        let mut http = reqwest::Client::builder();
        if receivers.values().all(|receiver| receiver.url.scheme() == "http") {
            // On this machine only: reading its certificates takes longer than everything else at the start.
            http = http.tls_certs_only([]);
        }
        let http = http
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .dns_resolver(reach)
            // Each message is judged by where its name leads now.
            .pool_max_idle_per_host(0)
            // A redirect leads to where nobody has looked (ASVS 15.3.2).
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("linchpin-proxy/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, reach, receivers })
    }

    /// The clients that are to be told.
    pub(crate) fn clients(&self) -> Vec<ClientId> {
        self.receivers.keys().cloned().collect()
    }

    /// Tells a client of an event, once.
    pub(super) async fn deliver(&self, event: &EventRecord, now: Timestamp) -> Outcome {
        let Some(receiver) = self.receivers.get(&event.client) else {
            return Outcome::Unwanted("the client has no webhook any more");
        };
        // An address in numbers is not resolved, so the resolver does not judge it.
        if !self.reach.allows_host(&receiver.url) {
            return Outcome::Failed(NOT_PUBLIC);
        }
        let Ok(body) = serde_json::to_vec(&message(event)) else {
            return Outcome::Unwanted("it cannot be written");
        };
        let (id, seconds) = (event.id.as_str(), now.as_second());
        let request = self
            .http
            .post(receiver.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", receiver.signature(id, seconds, &body))
            .body(body);
        // Of the answer the status is read and nothing else.
        match request.send().await {
            Ok(response) => taken(response.status()),
            Err(error) => Outcome::Failed(transport(&error)),
        }
    }
}

fn message(event: &EventRecord) -> WebhookEvent {
    let object = event.object.clone();
    let (connection_id, deposit_id) = match event.kind {
        WebhookKind::ConnectionUpdated => (Some(ConnectionId::new(object)), None),
        WebhookKind::DepositUpdated => (None, Some(DepositId::new(object))),
        WebhookKind::Unknown => (None, None),
    };
    WebhookEvent {
        id: event.id.clone(),
        kind: event.kind,
        created_at: on_the_wire(event.created_at),
        data: WebhookData { connection_id, deposit_id, revision: event.revision },
    }
}

const NOT_PUBLIC: &str = "its address is not a public one";

fn taken(status: StatusCode) -> Outcome {
    match status {
        status if status.is_success() => Outcome::Taken,
        // The one answer that says: never again.
        StatusCode::GONE => Outcome::Unwanted("the receiver answered 410"),
        status if status.is_redirection() => Outcome::Failed("the receiver answered with a redirect"),
        status if status.is_client_error() => Outcome::Failed("the receiver refused it"),
        _ => Outcome::Failed("the receiver failed"),
    }
}

/// Why nothing came back. Never the error's own text: it holds the address.
fn transport(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<OutOfReach>() {
            return match refused {
                OutOfReach::NotPublic => NOT_PUBLIC,
                OutOfReach::NoAddress => "its name has no address",
            };
        }
        cause = error.source();
    }
    match error {
        error if error.is_timeout() => "there was no answer in time",
        error if error.is_connect() => "it could not be connected to",
        _ => "the connection broke off",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::{EventId, Revision, Secret};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// A server that answers one call after the other, and how a message to it at `host` fares.
    async fn told_at(host: &str, reach: Reach) -> (Outcome, bool) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{host}:{}/", listener.local_addr().unwrap().port());
        let server = tokio::spawn(async move {
            let (mut caller, _) = listener.accept().await.unwrap();
            let _ = caller.read(&mut [0; 4096]).await;
            let _ = caller.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        });
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let receiver = Receiver::new(&WebhookConfig { url, secret, secret_next: None }).unwrap();
        let client = ClientId("acorn".into());
        let webhooks = Webhooks::to([(client.clone(), receiver)].into(), reach).unwrap();
        let event = EventRecord {
            id: EventId::new("evt_1"),
            client,
            kind: WebhookKind::DepositUpdated,
            object: "dep_1".into(),
            revision: Revision(2),
            created_at: Timestamp::UNIX_EPOCH,
            tries: 1,
        };
        let outcome = webhooks.deliver(&event, Timestamp::UNIX_EPOCH).await;
        let was_called = server.is_finished();
        server.abort();
        (outcome, was_called)
    }

    #[tokio::test]
    async fn a_name_or_address_of_this_machine_is_not_even_connected_to() {
        for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let told = told_at(host, Reach::Public).await;
            assert_eq!(told, (Outcome::Failed(NOT_PUBLIC), false), "{host}");
        }
    }

    #[tokio::test]
    async fn while_practising_this_machine_is_told() {
        for host in ["localhost", "127.0.0.1"] {
            assert_eq!(told_at(host, Reach::PublicAndThisMachine).await.0, Outcome::Taken, "{host}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_a_failure_that_says_so() {
        let told = told_at("nowhere.invalid", Reach::Public).await;
        assert_eq!(told, (Outcome::Failed("it could not be connected to"), false));
    }

    #[test]
    fn only_success_is_success_and_only_gone_is_the_end() {
        for status in [200, 201, 202, 204] {
            assert_eq!(taken(StatusCode::from_u16(status).unwrap()), Outcome::Taken, "{status}");
        }
        for status in [301, 302, 304, 307, 308, 400, 401, 404, 408, 425, 429, 500, 502, 503, 504] {
            let outcome = taken(StatusCode::from_u16(status).unwrap());
            assert!(matches!(outcome, Outcome::Failed(_)), "{status}: {outcome:?}");
        }
        assert!(matches!(taken(StatusCode::GONE), Outcome::Unwanted(_)));
    }
}
