//! Serving over HTTP.

use std::future::Future;
use std::io;

use tokio::net::TcpListener;

use crate::sandbox::Sandbox;

/// Serves `sandbox` on `listener` until `shutdown` ends; then finishes open requests (blocking syncs give up).
///
/// # Errors
/// What the listener's system calls report.
pub async fn serve(
    listener: TcpListener,
    sandbox: Sandbox,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = sandbox.router();
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            shutdown.await;
            sandbox.close();
        })
        .await
}
