//! The practice aggregator as a program.

mod args;

use std::env;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use linchpin_sandbox::{
    DEFAULT_API_NAME, DEFAULT_API_PASSWORD, DEFAULT_BASIQ_API_KEY, DepositRules, Sandbox, SandboxConfig,
    Secret, basiq_login_table, login_table, serve, supplement,
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use args::{Command, USAGE};

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let done = match args::read(env::args().skip(1)) {
        Ok(Command::Serve(address)) => run(address).await,
        Ok(Command::Logins) => print(&login_table()),
        Ok(Command::BasiqLogins) => print(&basiq_login_table()),
        Ok(Command::Supplement) => print(&supplement()),
        Ok(Command::Help) => print(USAGE),
        Err(misuse) => {
            tracing::error!("{misuse}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(address: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    let sandbox = Sandbox::new(SandboxConfig {
        api_name: setting("LINCHPIN_SANDBOX_API_NAME", DEFAULT_API_NAME),
        api_password: Secret::new(setting("LINCHPIN_SANDBOX_API_PASSWORD", DEFAULT_API_PASSWORD)),
        basiq_api_key: Secret::new(setting("LINCHPIN_SANDBOX_BASIQ_API_KEY", DEFAULT_BASIQ_API_KEY)),
        basiq_redirect_url: optional("LINCHPIN_SANDBOX_BASIQ_REDIRECT_URL"),
        public_url: optional("LINCHPIN_SANDBOX_PUBLIC_URL"),
        ..SandboxConfig::default()
    });
    if let Some(tries) = optional("LINCHPIN_SANDBOX_DEPOSIT_TRIES") {
        let tries = tries.parse().map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "LINCHPIN_SANDBOX_DEPOSIT_TRIES is no number of tries",
            )
        })?;
        sandbox.set_deposit_rules(DepositRules { tries, ..DepositRules::default() });
    }
    let stop = stop_signal()?;
    if !address.ip().is_loopback() {
        tracing::warn!("{address} can be reached from other machines; the console has no password");
    }
    tracing::info!("practice aggregator on http://{}/", listener.local_addr()?);
    serve(listener, sandbox, stop).await
}

/// A setting from the environment; an empty one counts as absent.
fn setting(name: &str, default: &str) -> String {
    optional(name).unwrap_or_else(|| default.to_owned())
}

/// A setting that may be absent; an empty one is.
fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Ends on Ctrl-C and, where there is such a thing, on SIGTERM.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends on Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

/// Writes what was asked for; a reader who closed the pipe (`--logins | head`) is no error.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
