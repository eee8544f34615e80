//! What the frame and the host page say to each other.
//!
//! A closed schema behind a version: each side drops what it does not know. Nothing here carries a credential, an
//! answer, an account number, an amount or free text. Two messages carry a token, because that is their purpose:
//! [`HostMessage::Start`] the link token, [`FrameMessage::Linked`] the public token.

use crate::json::tagged;
use crate::{
    AccountId, AppearanceProperty, Code, ConnectionId, DepositId, EventId, InstitutionId, Json, LinkId,
    Secret,
};
use serde::{Deserialize, Serialize};

/// The version of this schema. It moves only when an old reader would misread a message.
pub const MESSAGE_VERSION: u32 = 1;

/// A message with its version: `{"linchpin":1,"type":"hello"}`.
#[derive(Debug)]
pub struct Envelope<M> {
    /// The schema's version; marks the message as ours.
    pub linchpin: u32,
    /// What is said.
    pub message: M,
}

impl<M> Envelope<M> {
    /// Wraps a message in the present version.
    pub fn new(message: M) -> Self {
        Self { linchpin: MESSAGE_VERSION, message }
    }
}

/// The two side by side in one object, as they are written.
#[derive(Serialize)]
struct Flat<'a, M> {
    linchpin: u32,
    #[serde(flatten)]
    message: &'a M,
}

impl<M: Serialize> Serialize for Envelope<M> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Flat { linchpin: self.linchpin, message: &self.message }.serialize(serializer)
    }
}

impl<'de, M: for<'any> Deserialize<'any>> Deserialize<'de> for Envelope<M> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut tree = Json::deserialize(deserializer)?;
        let version = tree.take("linchpin").ok_or_else(|| D::Error::missing_field("linchpin"))?;
        let linchpin = version.read().map_err(D::Error::custom)?;
        Ok(Self { linchpin, message: tree.read().map_err(D::Error::custom)? })
    }
}

/// From the host page to the frame.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum HostMessage {
    /// Answers `hello`: begin.
    Start {
        /// The link token, to be spent once.
        token: Secret,
        /// The page's own origin; must equal the session's.
        origin: String,
        /// The frame stands in a box of the page, which is as high as `resized` says.
        #[serde(default)]
        inline: bool,
    },
    /// The frame is now visible.
    Open,
    /// Escape was pressed outside the frame: the person asks to close, and may be asked back.
    Escape,
    /// The host page closes the widget: answered at once, without asking.
    Close,
    /// A message newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(HostMessage by "type");

/// From the frame to the host page.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FrameMessage {
    /// The frame listens; it may be started.
    Hello {
        /// Which opening this frame was made for.
        link_id: LinkId,
    },
    /// The session is open; the first screen can be used.
    Ready,
    /// The session could not be opened.
    Failed {
        /// Why.
        code: Code,
    },
    /// How high all of the frame's page is, at the start and whenever that changes. Only said in a box of the host's page.
    Resized {
        /// In whole CSS pixels.
        height: u32,
    },
    /// Something was linked. Comes at once, and once for each.
    Linked {
        /// To be handed to the client's server, which exchanges it once.
        public_token: Secret,
        /// What was linked.
        result: LinkedResult,
    },
    /// The end, with something linked. Comes at most once, and never with `exit`.
    Success {
        /// Names this message.
        event_id: EventId,
        /// Everything that was linked, at least one.
        results: Vec<LinkedResult>,
    },
    /// The end, with nothing linked. Comes at most once, and never with `success`.
    Exit {
        /// Names this message.
        event_id: EventId,
        /// Why.
        reason: ExitReason,
    },
    /// The end of looking after connections. Comes at most once, and then neither `success` nor `exit` does.
    Done {
        /// Names this message.
        event_id: EventId,
        /// What became of them, in order; may be nothing.
        changes: Vec<Change>,
    },
    /// The whole page is to go to this address, which leads on to the bank; the page named as `redirect_uri` is where the
    /// person comes back to.
    Navigate {
        /// An address on the proxy; good once.
        url: Secret,
    },
    /// Something happened that a host may want to know.
    Event {
        /// What.
        event: WidgetEvent,
    },
}

/// One thing that was linked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkedResult {
    /// Whether it can be used now.
    pub status: ResultStatus,
    /// The connection, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The deposit, where the account is proved by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_id: Option<DepositId>,
    /// Where it is, if that is one of the institutions that can be linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_id: Option<InstitutionId>,
    /// The institution's name, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_name: Option<String>,
    /// The chosen accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub account_ids: Vec<AccountId>,
}

/// Whether a result can be used now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResultStatus {
    /// Yes.
    Linked,
    /// Not yet: two deposits are on their way.
    DepositPending,
    /// Yes: the deposits have proved it.
    DepositVerified,
}

/// What became of a connection that was looked after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// It was read again.
    Refreshed {
        /// Which.
        connection_id: ConnectionId,
    },
    /// It works again.
    Repaired {
        /// Which.
        connection_id: ConnectionId,
    },
    /// It was ended.
    Disconnected {
        /// Which.
        connection_id: ConnectionId,
        /// What was read through it does not stay with the provider.
        erased: bool,
    },
    /// It was ended, and another stands in its place.
    Moved {
        /// Which.
        connection_id: ConnectionId,
        /// The other one. `linked` comes for it as soon as it works.
        successor: ConnectionId,
    },
}

/// Why nothing was linked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// The person closed the widget.
    ClosedByPerson,
    /// The host page closed it.
    ClosedByHost,
    /// The session was over.
    SessionOver,
    /// Something broke.
    Problem,
}

/// Something that happened, without any of the person's data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum WidgetEvent {
    /// The frame became visible.
    Opened,
    /// Another screen is shown.
    Screen {
        /// Which.
        screen: ScreenName,
    },
    /// A search was answered.
    Searched {
        /// Characters typed.
        length: u32,
        /// Institutions found on the first page.
        count: u32,
    },
    /// An institution was picked.
    InstitutionSelected {
        /// Which.
        institution_id: InstitutionId,
    },
    /// The login was sent.
    CredentialsSubmitted {
        /// For which connection.
        connection_id: ConnectionId,
    },
    /// The institution asks something.
    ChallengeShown {
        /// For which connection.
        connection_id: ConnectionId,
        /// What sorts of questions.
        kinds: Vec<ChallengeKind>,
    },
    /// The answers were sent.
    ChallengeAnswered {
        /// For which connection.
        connection_id: ConnectionId,
    },
    /// The bank's own page was opened.
    BankLoginOpened {
        /// For which connection.
        connection_id: ConnectionId,
    },
    /// The bank's own page led back.
    BankLoginReturned {
        /// For which connection.
        connection_id: ConnectionId,
    },
    /// The visit to the bank's own page was given up, refused, or took too long.
    BankLoginAbandoned {
        /// For which connection.
        connection_id: ConnectionId,
    },
    /// Deposits were asked for.
    DepositStarted {
        /// Which.
        deposit_id: DepositId,
    },
    /// A connection's status changed.
    StatusChanged {
        /// Which.
        connection_id: ConnectionId,
        /// The aggregator's own word for how it stands.
        status: String,
    },
    /// Something of the appearance was not to be had as it was asked for: a colour that could not be read, or, asked for by
    /// the page, what is none of the values that there are. Comes with `ready`, once for each.
    AppearanceCorrected {
        /// What of it.
        property: AppearanceProperty,
        /// What was asked for, if it could be understood.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<String>,
        /// What is used instead; absent: whatever would have been without asking.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        used: Option<String>,
    },
    /// Something went wrong and was shown to the person.
    Problem {
        /// What.
        code: Code,
    },
}

/// What a host may rely on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stability {
    /// Name and members stay as they are as long as [`MESSAGE_VERSION`] does; members may come to it.
    Stable,
    /// It follows the screens: a minor version may change it or take it away.
    Evolving,
}

impl WidgetEvent {
    /// What a host may rely on.
    pub fn stability(&self) -> Stability {
        match self {
            Self::Opened
            | Self::InstitutionSelected { .. }
            | Self::CredentialsSubmitted { .. }
            | Self::BankLoginOpened { .. }
            | Self::BankLoginReturned { .. }
            | Self::BankLoginAbandoned { .. }
            | Self::DepositStarted { .. }
            | Self::AppearanceCorrected { .. }
            | Self::Problem { .. } => Stability::Stable,
            Self::Screen { .. }
            | Self::Searched { .. }
            | Self::ChallengeShown { .. }
            | Self::ChallengeAnswered { .. }
            | Self::StatusChanged { .. } => Stability::Evolving,
        }
    }
}

/// The sort of a challenge, without its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChallengeKind {
    /// A question with a typed answer.
    Text,
    /// A one-time code.
    Code,
    /// A choice.
    Choice,
    /// A picture with a typed answer.
    Image,
    /// A choice of pictures.
    ImageChoice,
    /// An approval elsewhere.
    Approve,
    /// A sort that this widget does not know.
    Unknown,
}

/// The screens by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScreenName {
    /// Agree.
    Consent,
    /// Find the institution.
    Search,
    /// Name the institution that is not in the list.
    NotListed,
    /// What was begun before.
    Welcome,
    /// The institution is connected already.
    AlreadyConnected,
    /// Choose how to sign in.
    ChooseMethod,
    /// Sign in on the bank's own page.
    BankLogin,
    /// Enter the login.
    Credentials,
    /// Wait.
    Progress,
    /// Answer what the institution asks.
    Challenges,
    /// Choose an account.
    ChooseAccount,
    /// Linked.
    Done,
    /// Asks whether to leave.
    Leave,
    /// The session is about to end.
    Expiring,
    /// The session is over.
    SessionOver,
    /// No network.
    Offline,
    /// The institution's own page has to be visited first.
    Instructions,
    /// The attempt lapsed.
    StartAgain,
    /// Nothing can be done now.
    Later,
    /// The login has no accounts.
    NoAccounts,
    /// It could not be finished.
    Failed,
    /// Two small deposits are offered.
    OfferDeposits,
    /// Type routing and account number.
    BankDetails,
    /// Read them once more before they are sent.
    ReviewDetails,
    /// Deposits are on their way.
    DepositsOnTheirWay,
    /// Type the amounts that arrived.
    EnterAmounts,
    /// They have not arrived.
    NotArrived,
    /// The deposits ended otherwise.
    DepositProblem,
    /// What the person has.
    Connections,
    /// One of these.
    Connection,
    /// Whether to end it.
    Disconnect,
    /// Whether to put another in its place.
    Move,
    /// It was to be ended, and is not yet.
    Interrupted,
}
