//! What happens next: `(state, event) → (state, effects)`.
//!
//! All rules of the widget live here: what may be sent again, how long to wait, what would be lost, what the host is
//! told. There is no DOM, no clock and no network; time comes in as [`Event::Elapsed`], answers as
//! [`Event::Replied`]. Nothing here ever holds a secret: the driver keeps what was typed and what was minted in a
//! vault of its own, and the effects only say when to use it and when to forget it.
//!
//! ```
//! use linchpin_flow::{Effect, Event, Flow, Request};
//!
//! let mut flow = Flow::new();
//! let effects = flow.handle(Event::Start { resumable: false });
//! assert!(matches!(effects[0], Effect::Call { request: Request::OpenSession { .. }, .. }));
//! ```

mod calls;
mod deposits;
mod effect;
mod ending;
mod event;
mod flow;
mod life;
mod linking;
mod manage;
mod not_listed;
mod screen;
mod search;
mod welcome;

pub use effect::{Act, Effect, Post, Request, Seq};
pub use event::{CallError, DepositWay, Event, Reply, Timer};
pub use flow::Flow;
pub use manage::{ConnectionsView, InterruptedView, ManagedView, Note, Noted, Work};
pub use not_listed::NotNamed;
pub use screen::{
    AccountsView, AmountsView, AskedView, BankLoginView, Begun, ConsentView, Cover, CredentialsView,
    DepositView, DetailProblems, DetailsView, DoneView, ExistingView, Found, InstructionsView, Limit,
    MethodsView, NameTrouble, NotListedView, NoticeView, NumberTrouble, OfferView, Patience, ProgressView,
    ReviewView, RoutingTrouble, SameLogin, Screen, ScreenId, SearchView, Trouble, WelcomeView,
};
pub use search::TYPING_MS;
