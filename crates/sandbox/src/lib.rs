//! A practice aggregator: a separate HTTP service that speaks the wire formats of Quovo (v3 and v2) and of Basiq, for a
//! proxy to call and for a person or a test to look at.
//!
//! It shares no type with the rest of the workspace: it is an independent reading of the reference, so that a
//! mistake in one reading shows in the other.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use linchpin_sandbox::{Sandbox, SandboxConfig, serve};
//!
//! let sandbox = Sandbox::new(SandboxConfig::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! tokio::spawn(serve(listener, sandbox.clone(), async { drop(stopped.await) }));
//!
//! // … call it over HTTP, move its clock, look at what happened:
//! sandbox.clock().advance(std::time::Duration::from_secs(3));
//! println!("{:#?}", sandbox.ledger().entries());
//! drop(stop);
//! # Ok(()) }
//! ```
//!
//! `docs/practice-banks.md` lists the practice logins; the crate's README says what is documented and what is made up.

mod aggregator;
mod catalogue;
mod clock;
mod directory;
mod http;
mod id;
mod ledger;
mod money;
mod register;
mod sandbox;
mod secret;
mod serve;
mod supplement;
mod table;

pub use aggregator::DepositRules;
pub use aggregator::basiq::BasiqRules;
pub use catalogue::{
    BasiqConnector, BasiqLogin, NumberField, PracticeAnswer, PracticeBank, PracticeLogin, PracticeNumber,
    basiq_connectors, basiq_logins, logins, practice_banks, practice_numbers, v2_practice_banks,
};
pub use clock::Clock;
pub use directory::Directory;
pub use id::{
    AccountId, BasiqAccountId, BasiqConnectionId, BasiqConsentId, BasiqJobId, BasiqUserId, ChallengeId,
    ConnectionId, DepositId, InstitutionId, NotAnId, UserId,
};
pub use ledger::{
    BasiqEvent, BasiqEventKind, DepositWay, Entry, Event, EventKind, Ledger, LoginOutcome, ShownName,
    SyncKind,
};
pub use register::{Register, RegisterError};
pub use sandbox::{DEFAULT_API_NAME, DEFAULT_API_PASSWORD, DEFAULT_BASIQ_API_KEY, Sandbox, SandboxConfig};
pub use secret::Secret;
pub use serve::serve;
pub use supplement::{routing_number, supplement};
pub use table::{basiq_login_table, login_table};
