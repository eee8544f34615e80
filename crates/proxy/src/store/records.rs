//! What goes into the store and comes out of it.

use super::TokenSubject;
use crate::config::Origin;
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, AccountSelection, Appearance, AuthorizeProblem, ConnectionId, ConnectionMethod, Consent,
    ConsentTerms, DepositId, EventId, InstitutionId, InstitutionRef, InstitutionRequestId, LinkId,
    MaskedText, Mode, Parting, PartingProblem, Purpose, Revision, Surface, UserId, WebhookKind,
};

/// The operator's short name for a client, such as `acorn`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ClientId(pub String);

/// The aggregator's name for a user, as its adapter writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UpstreamUser(pub String);

/// A link to be kept.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// What is read back.
    pub record: LinkRecord,
    /// The hash of the token's secret half.
    pub secret_hash: Hash,
}

/// One opening of the widget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRecord {
    /// Its id.
    pub id: LinkId,
    /// For which client.
    pub client: ClientId,
    /// For which of its users.
    pub user_id: UserId,
    /// The hash of the token's secret half.
    pub secret_hash: Hash,
    /// The origin of the page that it stands in, and the only one that it has to do with; in a web view the widget's own.
    pub origin: Origin,
    /// Where it stands.
    pub surface: Surface,
    /// What it is opened for.
    pub mode: Mode,
    /// What the client needs.
    pub purpose: Purpose,
    /// How many accounts may be chosen.
    pub account_selection: AccountSelection,
    /// The connection that it is for, in mode `repair`.
    pub connection_id: Option<ConnectionId>,
    /// The deposit that it is for, in mode `deposit`.
    pub deposit_id: Option<DepositId>,
    /// What the person is asked to agree to.
    pub consent: ConsentTerms,
    /// Where it opens, if asked.
    pub institution_id: Option<InstitutionId>,
    /// The language, if asked.
    pub language: Option<String>,
    /// The client's own page that a bank may send the person back to; checked when it was given.
    pub redirect_uri: Option<String>,
    /// How it looks.
    pub appearance: Appearance,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when the token can be exchanged.
    pub expires_at: Timestamp,
    /// When the token was exchanged.
    pub spent_at: Option<Timestamp>,
    /// When the client's server, or the end of the session, closed it.
    pub revoked_at: Option<Timestamp>,
}

impl LinkRecord {
    /// Whether the page itself can go to a bank's, because there is a page that the person comes back to.
    pub fn leads_back(&self) -> bool {
        match self.surface {
            Surface::Frame | Surface::Element => self.redirect_uri.is_some(),
            Surface::WebView => true,
        }
    }
}

/// A session that goes on.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// What it was opened for.
    pub link: LinkRecord,
    /// Its end, at the latest.
    pub expires_at: Timestamp,
    /// Whether the person has agreed in the widget.
    pub agreed: bool,
    /// The institutions at which the person has linked something, under whichever link.
    pub linked: Vec<InstitutionId>,
}

/// What a person agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// As it was shown.
    pub consent: Consent,
    /// In which language; not known of old ones.
    pub language: Option<String>,
    /// When.
    pub given_at: Timestamp,
}

/// What became of an exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spend {
    /// The session is open.
    Opened,
    /// The link was exchanged before.
    Used,
    /// The link's time is over.
    Expired,
    /// There is no such link, or it was revoked.
    Unknown,
}

/// A connection to be kept.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// Its id.
    pub id: ConnectionId,
    /// Its owner: what it was made under.
    pub link: LinkRecord,
    /// Where it is. Name and domain are kept, so that it can be drawn while the directory is away.
    pub institution: InstitutionRef,
    /// How it is made.
    pub method: ConnectionMethod,
    /// How the account is to be proved.
    pub proof: Proof,
    /// The digest of its first step.
    pub digest: Hash,
    /// When.
    pub created_at: Timestamp,
}

/// A connection as it is kept.
#[derive(Clone, Debug)]
pub struct ConnectionRecord {
    /// Its id.
    pub id: ConnectionId,
    /// For which client.
    pub client: ClientId,
    /// For which of its users.
    pub user_id: UserId,
    /// Under which link it was made.
    pub link_id: LinkId,
    /// Where it is.
    pub institution: InstitutionRef,
    /// How it is made.
    pub method: ConnectionMethod,
    /// What the client needs.
    pub purpose: Purpose,
    /// How the account is to be proved.
    pub proof: Proof,
    /// How many accounts may be chosen.
    pub account_selection: AccountSelection,
    /// The aggregator's reference, private to its adapter.
    pub upstream: Option<String>,
    /// How often the step has changed.
    pub revision: Revision,
    /// The digest of the step at that revision.
    pub digest: Hash,
    /// An unsafe upstream call that was begun and not settled.
    pub pending: Option<Pending>,
    /// How many unsafe upstream calls were begun.
    pub attempts: u32,
    /// The chosen accounts; empty until somebody chose.
    pub chosen: Vec<AccountId>,
    /// Until when it is watched.
    pub watch_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last visit to the bank's own page.
    pub visit: Visit,
    /// Its end, once somebody has begun it.
    pub parting: Option<PartingRecord>,
    /// A keyed hash of the name of the login that works, by which the same login is known again; gone when the connection
    /// is.
    pub login: Option<Hash>,
    /// The same of a login that was sent, until it is known to work.
    pub tried: Option<Hash>,
    /// Until when the aggregator is taken to wait before it tries a login that it has already.
    pub paused_until: Option<Timestamp>,
}

/// How far the end of a connection has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartingRecord {
    /// What is done.
    pub parting: Parting,
    /// Whether what was read is to be erased first, or was.
    pub erases: bool,
    /// How far.
    pub stage: PartingStage,
    /// Why it stopped there; absent while it goes on, and when it is over.
    pub problem: Option<PartingProblem>,
    /// Under which link it was begun.
    pub link: LinkId,
    /// The connection that takes its place.
    pub successor: Option<Successor>,
}

/// The connection that takes another's place. It is made when that has ended; its id is known from the beginning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Successor {
    /// Its id.
    pub id: ConnectionId,
    /// How it is made.
    pub method: ConnectionMethod,
}

/// What is done next to end a connection. Each can be done twice without harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartingStage {
    /// Erase what was read.
    Erase,
    /// End the connection at the aggregator.
    End,
    /// Nothing: it has ended.
    Over,
}

/// The end of a connection, begun or gone on with.
#[derive(Clone, Debug)]
pub struct NewParting {
    /// From where.
    pub record: PartingRecord,
    /// The revision that the person acted on.
    pub from: Revision,
    /// The digest of the step that it leads to.
    pub digest: Hash,
    /// When.
    pub now: Timestamp,
    /// Until when whoever does it is taken to be alive.
    pub lease_until: Timestamp,
}

/// How an account is to be proved to be the person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By its numbers, which the institution gives to whoever signs in; or not at all, where nobody asked.
    Numbers,
    /// By deposits, which the provider finds in the account once that is linked without its numbers.
    Deposits,
}

impl ConnectionRecord {
    /// What is asked of the aggregator: where deposits prove the account, no numbers.
    pub fn upstream_purpose(&self) -> Purpose {
        match self.proof {
            Proof::Numbers => self.purpose,
            Proof::Deposits => Purpose::Aggregate,
        }
    }
}

/// How the last visit to a bank's own page stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    /// What became of it.
    pub problem: AuthorizeProblem,
    /// Somebody is there, and is waited for until then.
    pub until: Option<Timestamp>,
    /// The host of that page, once the aggregator has named it.
    pub host: Option<String>,
}

/// An aggregator's list of institutions, as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptDirectory {
    /// When.
    pub read_at: Timestamp,
    /// The list, as JSON.
    pub listings: String,
}

/// What a person asked their client for: an institution that they did not find.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstitutionRequestRecord {
    /// Its id.
    pub id: InstitutionRequestId,
    /// Of which client.
    pub client: ClientId,
    /// By which of its users.
    pub user_id: UserId,
    /// Under which link.
    pub link_id: LinkId,
    /// What they called it.
    pub text: MaskedText,
    /// When.
    pub created_at: Timestamp,
}

/// What a client is to be told: that an object has moved to a revision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventRecord {
    /// Its id.
    pub id: EventId,
    /// Who is to be told.
    pub client: ClientId,
    /// What happened.
    pub kind: WebhookKind,
    /// The id of the object that it happened to.
    pub object: String,
    /// Where the object had moved to.
    pub revision: Revision,
    /// When.
    pub created_at: Timestamp,
    /// How often it was tried, with the try that it is leased for.
    pub tries: u32,
}

/// A ticket to a bank's own page.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// Its hash.
    pub hash: Hash,
    /// For which connection.
    pub connection: ConnectionId,
    /// Under which link it was asked for.
    pub link: LinkId,
    /// Whether the bank is to come back to the client's own page.
    pub in_place: bool,
    /// When.
    pub now: Timestamp,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// What leads back from a bank's own page.
#[derive(Clone, Debug)]
pub struct WayBack {
    /// The hash of what the person's browser keeps.
    pub cookie: Hash,
    /// The hash of what the bank sends along.
    pub state: Hash,
}

/// A visit to a bank's own page.
#[derive(Clone, Debug)]
pub struct VisitRecord {
    /// For which connection.
    pub connection: ConnectionId,
    /// Under which link it was asked for.
    pub link: LinkId,
    /// Whether the bank is to come back to the client's own page.
    pub in_place: bool,
    /// When the ticket was used.
    pub opened_at: Option<Timestamp>,
    /// The hash of what the browser keeps that used it.
    pub cookie: Option<Hash>,
    /// How it ended: `None` of the problems when the person came back.
    pub ended: Option<AuthorizeProblem>,
}

/// What became of a ticket.
#[derive(Clone, Debug)]
pub enum TicketSpend {
    /// It leads to the bank.
    Spent(VisitRecord),
    /// It was used before, or a later one has replaced it.
    Used,
    /// Its time is over.
    Expired(VisitRecord),
    /// There is no such ticket.
    Unknown,
}

/// An unsafe upstream call that was begun and not settled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// Which call.
    pub intent: Intent,
    /// Until when it may still be on its way.
    pub until: Timestamp,
    /// The digest of the step that stood before it.
    pub before: Hash,
}

/// An unsafe upstream call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Make the connection if need be and send the login.
    Credentials,
    /// Send answers.
    Answers,
    /// Start again without a login.
    Retry,
    /// Read the institution again, at the person's wish.
    Refresh,
    /// Read account numbers after an aggregation.
    Verify,
    /// Make the connection if need be, and ask for the way to the bank's own page.
    Authorize,
    /// Go on with what the person has allowed there.
    Return,
}

/// What is written down before an unsafe upstream call.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The revision that the person acted on.
    pub from: Revision,
    /// Which call.
    pub intent: Intent,
    /// When it begins. A call whose time is over by now may be replaced.
    pub now: Timestamp,
    /// Until when it may be running.
    pub until: Timestamp,
    /// Until when the watcher follows.
    pub watch_until: Timestamp,
    /// The login that it sends, if it sends one.
    pub login: Option<SentLogin>,
}

/// What is kept of a login that is about to be sent. Forgotten if the call does nothing.
#[derive(Clone, Debug)]
pub struct SentLogin {
    /// A keyed hash of its name; absent where that is not known, or the aggregator goes on with the name that it has.
    pub name: Option<Hash>,
    /// Until when the aggregator is taken to wait before it tries it.
    pub paused_until: Option<Timestamp>,
}

/// How an unsafe upstream call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It was taken, or left a trace.
    Taken,
    /// It certainly did nothing, or has left no trace in its time: what the person acted on stands.
    Nothing,
}

/// What became of a public token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PublicSpend {
    /// It stands for this.
    Spent(TokenSubject),
    /// It was spent before.
    Used,
    /// Its time is over.
    Expired,
    /// There is no such token for this client, or a later one replaced it.
    Unknown,
}

/// The use of an idempotency key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyUse {
    /// Who acts.
    pub principal: String,
    /// On which route.
    pub route: &'static str,
    /// The key as sent.
    pub key: String,
    /// A keyed hash of the body without its secret fields.
    pub fingerprint: Hash,
    /// What the call is about: an id that exists before the call does anything.
    pub subject: String,
}

/// What became of a claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyClaim {
    /// The caller goes ahead.
    Claimed,
    /// It was done before: the subject that was kept then, and the outcome.
    Done {
        /// What the first call was about.
        subject: String,
        /// What became of it.
        outcome: String,
    },
    /// The first call is still running.
    Running,
    /// The first call never came back; what it did is not known.
    Lapsed {
        /// What the first call was about.
        subject: String,
    },
    /// The key was used with another body.
    Mismatch,
}
