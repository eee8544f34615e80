//! Runs Acorn Budget. See `README.md` for the environment variables.

use linchpin_example_host::{HostConfig, serve};
use std::{error::Error, process::ExitCode};
use tokio::{net::TcpListener, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("HOST_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (config, listen) = HostConfig::read(|name| std::env::var(name).ok())?;
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    tracing::info!("Acorn Budget is at {}", config.origin());
    Ok(serve(listener, config, asked_to_stop()).await?)
}

/// Ctrl-C, or the system's polite request.
async fn asked_to_stop() {
    let interrupt = signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupt => (),
            _ = terminate.recv() => (),
        }
        return;
    }
    // Without a way to hear of it, the process is ended from outside.
    if interrupt.await.is_err() {
        std::future::pending().await
    }
}
