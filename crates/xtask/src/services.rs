//! The three servers of the demo, and everything this program must know of them: addresses, order, environment.
//!
//! Ports of one host name are one *site* to a browser, and would hide every fault between sites. So each server
//! gets a loopback name of its own: `localhost`, `127.0.0.1`, `127.0.0.2`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::children::{Probe, Service};
use crate::ports::{self, WantedPorts};
use crate::process;
use crate::workspace::Workspace;

/// Where the practice bank listens: a site that is neither the host's nor the proxy's.
const PRACTICE_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// The packages of the servers, and their programs: the two have the same names.
const SANDBOX: &str = "linchpin-sandbox";
const PROXY: &str = "linchpin-proxy";
const HOST: &str = "linchpin-example-host";

/// What the proxy and the practice bank talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Aggregator {
    /// Basiq's API: logins that are passed on, and a page for consent.
    Basiq,
    /// Quovo's older API, which proves accounts by small deposits, too.
    QuovoV2,
    /// Quovo's newer API.
    #[default]
    QuovoV3,
}

impl Aggregator {
    const ALL: [Self; 3] = [Self::Basiq, Self::QuovoV2, Self::QuovoV3];

    /// The one that is called so on the command line.
    pub(crate) fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aggregator| aggregator.name() == name)
    }

    /// What it is called on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Basiq => "basiq",
            Self::QuovoV2 => "quovo-v2",
            Self::QuovoV3 => "quovo-v3",
        }
    }

    /// The proxy's word for it.
    fn kind(self) -> &'static str {
        match self {
            Self::Basiq => "basiq",
            Self::QuovoV2 => "quovo_v2",
            Self::QuovoV3 => "quovo_v3",
        }
    }

    /// Where the practice bank speaks it.
    fn path(self) -> &'static str {
        match self {
            Self::Basiq => "basiq",
            Self::QuovoV2 => "v2",
            Self::QuovoV3 => "v3",
        }
    }

    /// With which argument the practice bank prints the logins that it takes there.
    fn logins(self) -> &'static str {
        match self {
            Self::Basiq => "--basiq-logins",
            Self::QuovoV2 | Self::QuovoV3 => "--logins",
        }
    }
}

/// What a demo is to be like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Where its servers listen.
    pub(crate) ports: WantedPorts,
    /// Behind which API the practice bank is.
    pub(crate) aggregator: Aggregator,
}

/// The servers of one demo: their ports, and secrets made for this run only.
#[derive(Debug)]
pub(crate) struct Services {
    programs: PathBuf,
    host: u16,
    proxy: u16,
    practice: u16,
    aggregator: Aggregator,
    /// What the example host proves itself with to the proxy.
    client_secret: String,
    /// What the proxy signs its messages to the example host with.
    webhook_secret: String,
    /// What the proxy keys its hashes with.
    proxy_key: String,
    /// What the proxy proves itself with to the practice bank.
    aggregator_password: String,
    /// The folder of the built gallery.
    gallery: Option<PathBuf>,
    /// The page whose changes the example's page follows.
    follow: Option<PathBuf>,
}

impl Services {
    /// Builds the servers and chooses their ports and secrets.
    ///
    /// # Errors
    /// The build fails, no port is free, or the system has no random numbers.
    pub(crate) fn build(workspace: &Workspace, Wanted { ports, aggregator }: Wanted) -> anyhow::Result<Self> {
        println!("Building the servers: about 3 minutes the first time, seconds later");
        process::run(workspace.cargo().args(["build", "--locked", "-p", SANDBOX, "-p", PROXY, "-p", HOST]))?;
        Ok(Self {
            programs: workspace.target.join("debug"),
            host: ports::free(Ipv4Addr::LOCALHOST, ports.host)?,
            proxy: ports::free(Ipv4Addr::LOCALHOST, ports.proxy)?,
            practice: ports::free(PRACTICE_ADDRESS, ports.practice)?,
            aggregator,
            client_secret: secret()?,
            webhook_secret: signing_secret()?,
            proxy_key: secret()?,
            aggregator_password: secret()?,
            gallery: None,
            follow: None,
        })
    }

    /// The example host's page.
    pub(crate) fn host_url(&self) -> String {
        format!("http://localhost:{}", self.host)
    }

    /// The origin of the widget and its proxy.
    pub(crate) fn proxy_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.proxy)
    }

    /// The practice bank, whose first page is its console.
    pub(crate) fn practice_url(&self) -> String {
        format!("http://{PRACTICE_ADDRESS}:{}", self.practice)
    }

    /// The servers in the order in which they are started: each asks only those before it.
    ///
    /// `widget` is the folder of the built page; `data` is where the proxy keeps its database.
    pub(crate) fn in_order(&self, widget: &Path, data: &Path) -> [Service; 3] {
        [self.sandbox(), self.proxy(widget, data), self.host()]
    }

    /// The practice bank and the proxy, without a host page, for calls by the thousand: nobody is held up by limits.
    pub(crate) fn for_attack(&self, widget: &Path, data: &Path) -> [Service; 2] {
        let mut proxy = self.proxy(widget, data);
        for limit in ["ADDRESS_PER_MINUTE", "CLIENT_PER_MINUTE", "SESSION_PER_MINUTE", "FAILURES_PER_MINUTE"]
        {
            proxy.command.env(format!("LINCHPIN_LIMITS__{limit}"), "1000000");
        }
        proxy.command.env("LINCHPIN_LIMITS__SEARCH_PER_SECOND", "100000");
        proxy.command.env("LINCHPIN_LIMITS__SEARCH_BURST", "100000");
        [self.sandbox(), proxy]
    }

    /// What a client's server proves itself with.
    pub(crate) fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The table of practice logins, as the practice bank prints it.
    ///
    /// # Errors
    /// The program fails.
    pub(crate) fn logins(&self) -> anyhow::Result<String> {
        process::output(Command::new(self.programs.join(SANDBOX)).arg(self.aggregator.logins()))
            .context("asking for the practice logins")
    }

    /// Writes down what the practice bank knows of institutions beyond what it lists, for the proxy.
    ///
    /// # Errors
    /// The program fails, or the file cannot be written.
    pub(crate) fn write_supplement(&self, data: &Path) -> anyhow::Result<()> {
        let table = process::output(Command::new(self.programs.join(SANDBOX)).arg("--supplement"))
            .context("asking the practice bank for its table of institutions")?;
        std::fs::write(supplement_in(data), table).context("writing the table of institutions")
    }

    fn sandbox(&self) -> Service {
        let address = SocketAddr::from((PRACTICE_ADDRESS, self.practice));
        let mut command = Command::new(self.programs.join(SANDBOX));
        command
            .args(["--listen", &address.to_string()])
            .env("LINCHPIN_SANDBOX_API_NAME", API_NAME)
            .env("LINCHPIN_SANDBOX_API_PASSWORD", &self.aggregator_password)
            .env("LINCHPIN_SANDBOX_BASIQ_API_KEY", &self.aggregator_password)
            .env("LINCHPIN_SANDBOX_BASIQ_REDIRECT_URL", format!("{}/return", self.proxy_url()));
        Service { name: "practice bank", command, ready: Some(Probe { address, path: "/" }) }
    }

    fn proxy(&self, widget: &Path, data: &Path) -> Service {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.proxy));
        let mut command = Command::new(self.programs.join(PROXY));
        command
            .env("LINCHPIN_ENVIRONMENT", "practice")
            .env("LINCHPIN_LISTEN", address.to_string())
            .env("LINCHPIN_PUBLIC_URL", self.proxy_url())
            .env("LINCHPIN_DATABASE", data.join("linchpin.sqlite"))
            .env("LINCHPIN_WIDGET_DIR", widget)
            .env("LINCHPIN_SUPPLEMENT", supplement_in(data))
            .env("LINCHPIN_KEY", &self.proxy_key)
            .env("LINCHPIN_AGGREGATOR__KIND", self.aggregator.kind())
            .env("LINCHPIN_AGGREGATOR__URL", format!("{}/{}", self.practice_url(), self.aggregator.path()))
            .env("LINCHPIN_AGGREGATOR__PASSWORD", &self.aggregator_password)
            .env("LINCHPIN_CLIENTS__ACORN__NAME", "Acorn Budget")
            .env("LINCHPIN_CLIENTS__ACORN__SECRET", &self.client_secret)
            .env("LINCHPIN_CLIENTS__ACORN__ORIGINS", format!("[\"{}\"]", self.host_url()))
            .env("LINCHPIN_CLIENTS__ACORN__REDIRECT_URIS", format!("[\"{}/return\"]", self.host_url()))
            .env("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", format!("{}/webhooks/linchpin", self.host_url()))
            .env("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET", &self.webhook_secret);
        match self.aggregator {
            Aggregator::Basiq => command
                .env("LINCHPIN_AGGREGATOR__SIGN_IN", "both")
                .env("LINCHPIN_AGGREGATOR__CONSENT_URL", format!("{}/consent/home", self.practice_url())),
            Aggregator::QuovoV2 | Aggregator::QuovoV3 => command.env("LINCHPIN_AGGREGATOR__NAME", API_NAME),
        };
        if let Some(gallery) = &self.gallery {
            command.env("LINCHPIN_GALLERY_DIR", gallery);
        }
        Service { name: "proxy", command, ready: Some(Probe { address, path: "/healthz" }) }
    }

    /// Has the proxy serve the gallery that was built into `folder`.
    pub(crate) fn show_gallery(&mut self, folder: PathBuf) {
        self.gallery = Some(folder);
    }

    /// Where the gallery is, if it is served.
    pub(crate) fn gallery_url(&self) -> Option<String> {
        self.gallery.as_ref().map(|_| format!("{}/gallery/", self.proxy_url()))
    }

    /// Has the example's page loaded again whenever the widget's `page` is another.
    pub(crate) fn follow(&mut self, page: PathBuf) {
        self.follow = Some(page);
    }

    fn host(&self) -> Service {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.host));
        let mut command = Command::new(self.programs.join(HOST));
        command
            .env("HOST_LISTEN", address.to_string())
            .env("HOST_ORIGIN", self.host_url())
            .env("LINCHPIN_URL", self.proxy_url())
            .env("LINCHPIN_CLIENT_SECRET", &self.client_secret)
            .env("LINCHPIN_WEBHOOK_SECRET", &self.webhook_secret);
        if let Some(page) = &self.follow {
            command.env("HOST_RELOAD", page);
        }
        Service { name: "example host", command, ready: Some(Probe { address, path: "/" }) }
    }
}

/// Where the table of institutions is.
fn supplement_in(data: &Path) -> PathBuf {
    data.join("institutions.tsv")
}

/// The name of the proxy's user at the practice bank.
const API_NAME: &str = "linchpin-demo";

/// 256 random bits as text.
fn secret() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("making a secret for this run")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// 256 random bits as a secret of webhooks.
fn signing_secret() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("making a secret for this run")?;
    Ok(format!("whsec_{}", STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services() -> Services {
        Services {
            programs: "/programs".into(),
            host: 4100,
            proxy: 4200,
            practice: 4300,
            aggregator: Aggregator::default(),
            client_secret: secret().unwrap(),
            webhook_secret: signing_secret().unwrap(),
            proxy_key: secret().unwrap(),
            aggregator_password: secret().unwrap(),
            gallery: None,
            follow: None,
        }
    }

    fn variable(service: &Service, name: &str) -> String {
        let value =
            service.command.get_envs().find(|(variable, _)| *variable == name).and_then(|(_, value)| value);
        assert!(value.is_some(), "the {} should be given {name}", service.name);
        value.unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn the_three_servers_are_three_sites() {
        let services = services();
        let name = |url: String| url.rsplit_once(':').unwrap().0.to_owned();
        let names = [services.host_url(), services.proxy_url(), services.practice_url()].map(name);
        assert_eq!(
            names,
            ["http://localhost", "http://127.0.0.1", "http://127.0.0.2"],
            "ports alone make no site"
        );
    }

    #[test]
    fn each_server_is_told_where_and_how_to_reach_the_one_before_it() {
        let services = services();
        let [sandbox, proxy, host] = services.in_order(Path::new("/dist"), Path::new("/data"));
        assert_eq!(
            variable(&proxy, "LINCHPIN_AGGREGATOR__PASSWORD"),
            variable(&sandbox, "LINCHPIN_SANDBOX_API_PASSWORD"),
            "the practice bank would refuse another password"
        );
        assert_eq!(
            variable(&proxy, "LINCHPIN_CLIENTS__ACORN__SECRET"),
            variable(&host, "LINCHPIN_CLIENT_SECRET"),
            "the proxy would refuse another secret"
        );
        assert_eq!(
            variable(&proxy, "LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET"),
            variable(&host, "LINCHPIN_WEBHOOK_SECRET"),
            "the host would take no message that is signed with another secret"
        );
        let webhook = variable(&proxy, "LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL");
        assert!(webhook.starts_with(&variable(&host, "HOST_ORIGIN")), "messages go to the host: {webhook}");
        assert_eq!(
            variable(&host, "LINCHPIN_URL"),
            variable(&proxy, "LINCHPIN_PUBLIC_URL"),
            "one proxy, one address"
        );
        let origins = variable(&proxy, "LINCHPIN_CLIENTS__ACORN__ORIGINS");
        assert!(
            origins.contains(&variable(&host, "HOST_ORIGIN")),
            "the widget may be framed by the host: {origins}"
        );
    }

    #[test]
    fn the_proxy_speaks_what_was_asked_for() {
        for (aggregator, kind, path) in [
            (Aggregator::Basiq, "basiq", "/basiq"),
            (Aggregator::QuovoV2, "quovo_v2", "/v2"),
            (Aggregator::QuovoV3, "quovo_v3", "/v3"),
        ] {
            assert_eq!(Aggregator::called(aggregator.name()), Some(aggregator));
            let services = Services { aggregator, ..services() };
            let [_, proxy, _] = services.in_order(Path::new("/dist"), Path::new("/data"));
            assert_eq!(variable(&proxy, "LINCHPIN_AGGREGATOR__KIND"), kind);
            assert!(variable(&proxy, "LINCHPIN_AGGREGATOR__URL").ends_with(path));
        }
        assert_eq!(Aggregator::called("v2"), None);
    }

    #[test]
    fn basiqs_page_for_consent_is_the_practice_banks_and_leads_back_to_the_proxy() {
        let services = Services { aggregator: Aggregator::Basiq, ..services() };
        let [sandbox, proxy, _] = services.in_order(Path::new("/dist"), Path::new("/data"));
        let page = variable(&proxy, "LINCHPIN_AGGREGATOR__CONSENT_URL");
        assert!(page.starts_with(&services.practice_url()), "{page}");
        let back = variable(&sandbox, "LINCHPIN_SANDBOX_BASIQ_REDIRECT_URL");
        assert!(back.starts_with(&services.proxy_url()), "{back}");
        assert_eq!(
            variable(&proxy, "LINCHPIN_AGGREGATOR__PASSWORD"),
            variable(&sandbox, "LINCHPIN_SANDBOX_BASIQ_API_KEY"),
            "the practice bank would refuse another key"
        );
    }

    #[test]
    fn secrets_are_in_no_argument_and_never_twice_the_same() {
        let services = services();
        for service in services.in_order(Path::new("/dist"), Path::new("/data")) {
            for argument in service.command.get_args() {
                let argument = argument.to_str().unwrap();
                for secret in [
                    &services.client_secret,
                    &services.webhook_secret,
                    &services.proxy_key,
                    &services.aggregator_password,
                ] {
                    assert!(
                        !argument.contains(secret.as_str()),
                        "everybody on a machine can read arguments: {argument}"
                    );
                }
            }
        }
        assert_ne!(secret().unwrap(), secret().unwrap(), "a secret must be made anew each time");
    }
}
