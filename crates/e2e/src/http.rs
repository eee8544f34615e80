//! Calls that are not the browser's: plain HTTP on this machine.

/// A client for them.
pub(crate) fn client() -> reqwest::Client {
    // Nothing here speaks TLS, but the host page's server is linked in and turns it on, without choosing who does the
    // cryptography. An error means that somebody has chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
