//! The words that the widget, the proxy and the host share.
//!
//! JSON, UTF-8, `snake_case`; times are RFC 3339 in UTC; money is integer cents plus a currency; ids are opaque and
//! carry a prefix that says what they name. Readers ignore fields they do not know and read values they do not know
//! as `Unknown`, so that either side can be newer than the other.
//!
//! ```
//! use linchpin_protocol::{Connection, Next};
//!
//! let json = r#"{"id":"con_7","revision":4,"institution":{"id":"ins_4101","name":"Harbour Savings"},
//!   "method":"credentials","status":"syncing","next":{"step":"wait","stage":"signing_in","percent":40}}"#;
//! let connection: Connection = serde_json::from_str(json).unwrap();
//! assert!(matches!(connection.next, Next::Wait { percent: Some(40), .. }));
//! ```

mod account;
mod amount;
mod appearance;
mod connection;
mod consent;
mod deposit;
mod id;
mod institution;
mod institution_request;
mod json;
mod link;
mod manage;
mod message;
mod money;
mod problem;
mod read;
mod routing;
mod secret;
mod session;
mod tagging;
mod verification;
mod webhook;

pub use account::{AccountKind, MaskedAccount, NotVerifiable};
pub use amount::{AmountProblem, deposit_amount};
pub use appearance::{Appearance, AppearanceCorrection, AppearanceProperty, Colour, Font, Radius, Theme};
pub use connection::{
    Abandon, Answer, Authorize, AuthorizeProblem, AuthorizeTicket, Challenge, ChoiceOption, ChooseAccounts,
    Connection, ConnectionMethod, CreateConnection, CredentialProblem, CredentialValue, FailureReason,
    InstitutionRef, LaterReason, Next, PictureOption, Retry, Stage, SubmitAnswers, SubmitCredentials,
};
pub use consent::{AskedBy, CONSENT_WORDS, Consent, ConsentGiven, ConsentTerms, DataKind, GiveConsent};
pub use deposit::{
    AccountField, Amounts, CorrectDeposit, CreateDeposit, Deposit, DepositFacts, DepositFailure,
    DepositMethod, DepositNext, DepositWays, DepositWork, Deposits, RoutingNumberFacts, RoutingState,
    SubmitAmounts, UserDeposit, WithdrawDeposit, account_number, fits,
};
pub use id::{
    AccountId, ChallengeId, ConnectionId, DepositId, EventId, FieldId, InstitutionId, InstitutionRequestId,
    LinkId, RequestId, Revision, Timestamp, UserId,
};
pub use institution::{
    Availability, Field, FieldKind, Highlight, Institution, InstitutionDetail, InstitutionPage, Method,
    Place, ReadAs, Way,
};
pub use institution_request::{
    CreateInstitutionRequest, InstitutionRequest, InstitutionRequests, MaskedText,
};
pub use json::{Json, JsonError};
pub use link::{
    AccountSelection, CreateLinkToken, LinkState, LinkStatus, LinkToken, Mode, PublicTokenExchange, Purpose,
    Surface,
};
pub use manage::{
    DisconnectWay, Erase, ManagedConnection, ManagedConnections, MoveConnection, MoveWay, Parting,
    PartingProblem, Reach, RefreshConnection, RefreshWay, Standing,
};
pub use message::{
    ChallengeKind, Change, Envelope, ExitReason, FrameMessage, HostMessage, LinkedResult, MESSAGE_VERSION,
    ResultStatus, ScreenName, Stability, WidgetEvent,
};
pub use money::{Cents, Currency, Money};
pub use problem::{Code, FieldProblem, FieldProblemKind, Problem};
pub use read::FromTree;
pub use routing::{RoutingNumber, RoutingProblem, digit, plain_digits};
pub use secret::Secret;
pub use session::{
    ClientFacts, CreateSession, OpenedSession, PracticeFacts, ProviderFacts, PublicToken, Session,
    SessionLife, Unfinished,
};
pub use verification::{
    Confidence, OwnerDetail, OwnerDetails, Verification, VerificationMethod, VerificationState,
    VerifiedAccount, VerifiedConnection, VerifiedDeposit,
};
pub use webhook::{UserConnection, UserConnections, WebhookData, WebhookEvent, WebhookKind};
