//! What differs between the aggregators that the same stories are told over. Another aggregator is another entry here, and
//! another line in the list of stories.

use super::fault::FaultServer;
use crate::world::{World, practice};
use linchpin_sandbox::{BasiqEventKind, EventKind};

/// One call to an aggregator, and a story that makes it.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    /// How its path ends, with `*` for a name.
    pub(crate) end: &'static str,
    /// What a session has to be for, so that the call is made.
    pub(crate) purpose: &'static str,
    /// Whether the login goes with it.
    pub(crate) takes_login: bool,
}

impl Call {
    const fn of(method: &'static str, end: &'static str) -> Self {
        Self { method, end, purpose: "aggregate", takes_login: false }
    }

    const fn for_both(self) -> Self {
        Self { purpose: "both", ..self }
    }

    const fn with_login(self) -> Self {
        Self { takes_login: true, ..self }
    }
}

/// What the practice aggregator counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counted {
    Users,
    Connections,
    /// Logins that reached a bank.
    Logins,
    /// Readings that were begun of a connection that was there.
    Readings,
    Purges,
    Deletions,
}

/// An aggregator, as the stories need to know it.
pub(crate) struct Dialect {
    pub(crate) kind: &'static str,
    settings: &'static [(&'static str, &'static str)],
    /// What its address ends in.
    root: &'static str,
    /// What the proxy is let in with, if that is not Quovo's.
    secret: Option<&'static str>,
    /// An institution that asks nothing, and a login that works there.
    pub(crate) institution: &'static str,
    pub(crate) login: (&'static str, &'static str),
    /// Lets the proxy in. Made where no token is kept.
    pub(crate) token: Call,
    pub(crate) new_user: Call,
    pub(crate) new_connection: Call,
    /// With which the bank is tried.
    pub(crate) sign_in: Call,
    /// By which it is seen how far that is.
    pub(crate) look: Call,
    /// By which it is seen how the connection stands.
    pub(crate) standing: Call,
    pub(crate) accounts: Call,
    pub(crate) numbers: Call,
    pub(crate) refresh: Call,
    /// None where nothing can be erased.
    pub(crate) purge: Option<Call>,
    pub(crate) delete: Call,
    /// So many tries of the login follow from reading numbers beside the accounts.
    pub(crate) numbers_take: usize,
    /// Whether a user whose making was lost cannot be found again.
    pub(crate) loses_users: bool,
    /// Seconds by which the bank goes on at a time.
    pub(crate) stride: u64,
    /// Seconds that lie between two people with the same login.
    pub(crate) apart: u32,
    ledger: fn(&World, Counted) -> usize,
}

impl Dialect {
    /// A practice aggregator behind a server that spoils calls, and a proxy in front of it. The breaker has tests of its own:
    /// here every call has to meet the fault. What was read a moment ago can be read again.
    pub(crate) async fn world(&self) -> (World, FaultServer) {
        let (sandbox, behind, _serving) = practice().await;
        let (faults, url) = FaultServer::in_front_of(&behind).await;
        let mut settings = vec![("LIMITS__BREAKER_CALLS", "1000000"), ("REFRESH_EVERY", "0")];
        settings.extend(self.settings);
        let mut world = World::with_upstream(&url, &settings).await;
        world.sandbox = sandbox;
        (world, faults)
    }

    /// Where a proxy of its own finds this aggregator, and its settings.
    pub(crate) fn address(&self, url: &str) -> (String, Vec<(&'static str, &'static str)>) {
        let mut settings = vec![("LIMITS__BREAKER_CALLS", "1000000")];
        settings.extend(self.settings);
        settings.extend(self.secret.map(|secret| ("AGGREGATOR__PASSWORD", secret)));
        (url.replace("/v3", self.root), settings)
    }

    pub(crate) fn count(&self, world: &World, what: Counted) -> usize {
        (self.ledger)(world, what)
    }
}

pub(crate) const QUOVO_V3: Dialect = Dialect {
    kind: "quovo_v3",
    settings: &[],
    root: "/v3",
    secret: None,
    institution: "harbour",
    login: ("practice-good", "practice"),
    token: Call::of("POST", "/tokens"),
    new_user: Call::of("POST", "/users"),
    new_connection: Call::of("POST", "/users/*/connections"),
    sign_in: Call::of("POST", "/connections/*/sync").with_login(),
    look: Call::of("GET", "/connections/*/sync"),
    standing: Call::of("GET", "/connections/*"),
    accounts: Call::of("GET", "/connections/*/accounts"),
    numbers: Call::of("GET", "/connections/*/auth").for_both(),
    refresh: Call::of("POST", "/connections/*/sync"),
    purge: None,
    delete: Call::of("DELETE", "/connections/*"),
    numbers_take: 1,
    loses_users: false,
    stride: 1,
    apart: 0,
    ledger: quovo,
};

pub(crate) const QUOVO_V2: Dialect = Dialect {
    kind: "quovo_v2",
    settings: &[("AGGREGATOR__KIND", "quovo_v2")],
    root: "/v2",
    new_connection: Call::of("POST", "/users/*/accounts").with_login(),
    sign_in: Call::of("POST", "/accounts/*/sync"),
    look: Call::of("GET", "/accounts/*/sync"),
    standing: Call::of("GET", "/accounts/*"),
    accounts: Call::of("GET", "/accounts/*/portfolios"),
    numbers: Call::of("GET", "/accounts/*/auth").for_both(),
    refresh: Call::of("POST", "/accounts/*/sync"),
    delete: Call::of("DELETE", "/accounts/*"),
    // One sync reads both.
    numbers_take: 0,
    ..QUOVO_V3
};

pub(crate) const BASIQ: Dialect = Dialect {
    kind: "basiq",
    settings: &[("AGGREGATOR__KIND", "basiq"), ("AGGREGATOR__SIGN_IN", "credentials")],
    root: "/basiq",
    secret: Some(linchpin_sandbox::DEFAULT_BASIQ_API_KEY),
    institution: "hooli",
    login: ("gavinBelson", "hooli2016"),
    token: Call::of("POST", "/token"),
    new_user: Call::of("POST", "/users"),
    new_connection: Call::of("POST", "/users/*/connections").with_login(),
    // The bank is tried when the connection is made.
    sign_in: Call::of("POST", "/users/*/connections").with_login().for_both(),
    look: Call::of("GET", "/jobs/*"),
    standing: Call::of("GET", "/users/*/connections/*"),
    accounts: Call::of("GET", "/users/*/accounts"),
    numbers: Call::of("GET", "/users/*/accounts").for_both(),
    refresh: Call::of("POST", "/users/*/connections/*/refresh"),
    purge: Some(Call::of("POST", "/users/*/connections/*/purge")),
    delete: Call::of("DELETE", "/users/*/connections/*"),
    numbers_take: 0,
    loses_users: true,
    stride: 4,
    apart: 400,
    ledger: basiq,
};

fn quovo(world: &World, what: Counted) -> usize {
    world.count(match what {
        Counted::Users => EventKind::UserCreated,
        Counted::Connections => EventKind::ConnectionCreated,
        Counted::Logins => EventKind::LoginTried,
        Counted::Readings => EventKind::SyncStarted,
        Counted::Purges => return 0,
        Counted::Deletions => EventKind::ConnectionDeleted,
    })
}

fn basiq(world: &World, what: Counted) -> usize {
    world.count_basiq(match what {
        Counted::Users => BasiqEventKind::UserCreated,
        Counted::Connections => BasiqEventKind::ConnectionCreated,
        Counted::Logins => BasiqEventKind::LoginTried,
        Counted::Readings => BasiqEventKind::RefreshStarted,
        Counted::Purges => BasiqEventKind::ConnectionPurged,
        Counted::Deletions => BasiqEventKind::ConnectionDeleted,
    })
}
