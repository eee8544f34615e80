//! `linchpin-proxy`: reads its configuration, listens, and stops cleanly when asked to.

use linchpin_proxy::Config;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

#[tokio::main]
async fn main() -> ExitCode {
    start_logging();
    hush_panics();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.lines() {
                tracing::error!("{line}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let config = Config::load(std::env::vars()).map_err(|error| error.to_string())?;
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--check") => {
            tracing::info!("the configuration can be used");
            return Ok(());
        }
        Some(_) => {
            return Err("the only option is --check; settings come from LINCHPIN_* variables".to_owned());
        }
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}; set LINCHPIN_LISTEN", config.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tracing::info!(%address, environment = ?config.environment, "listening");
    linchpin_proxy::serve(config, listener, asked_to_stop()).await.map_err(|error| error.to_string())
}

/// Lines go to standard error. `LINCHPIN_LOG` filters as `RUST_LOG` does, `LINCHPIN_LOG_FORMAT` is `text` or `json`.
fn start_logging() {
    let asked = EnvFilter::try_from_env("LINCHPIN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // What libraries tell at lower levels may hold what passes through them: headers, addresses, statements.
    let ours = filter_fn(|line| line.target().starts_with("linchpin") || *line.level() <= Level::WARN);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if std::env::var("LINCHPIN_LOG_FORMAT").is_ok_and(|format| format == "json") {
        lines.json().boxed()
    } else {
        lines.boxed()
    };
    // For all layers, not for this one: a filter of one layer's loses the line after each that a library only asks about
    // whether somebody wanted it, as the PostgreSQL client does.
    tracing_subscriber::registry().with(lines).with(asked).with(ours).init();
}

/// A panic's text may hold a value: only its place is told.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(place, "a part of the program panicked");
    }));
}

/// Completes on Ctrl-C or SIGTERM.
async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
