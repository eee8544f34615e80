//! Signatures by the scheme of Standard Webhooks (standardwebhooks.com), so that receivers may use its libraries:
//! HMAC-SHA256 over id, seconds and body, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use linchpin_protocol::Secret;
use sha2::Sha256;
use std::fmt;

/// Stands before a secret, so that it is known for what it is.
const PREFIX: &str = "whsec_";
/// Bytes of a key that the scheme allows.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// Signs for one client.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    /// Takes a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. `None`: it is not of that form.
    pub(crate) fn new(secret: &Secret) -> Option<Self> {
        let key = STANDARD.decode(secret.expose().strip_prefix(PREFIX)?).ok()?;
        LENGTH.contains(&key.len()).then_some(())?;
        <Hmac<Sha256> as KeyInit>::new_from_slice(&key).ok().map(Self)
    }

    /// The signature of a body that goes out under `id` at `seconds` since 1970.
    pub(crate) fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[signer]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secret: &str) -> Option<Signer> {
        Signer::new(&Secret::new(secret))
    }

    /// The example that the libraries of the scheme test themselves with.
    #[test]
    fn a_signature_is_the_one_that_the_schemes_own_libraries_expect() {
        let signer = signer("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_the_schemes_form_and_never_shows() {
        for wrong in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_not base64 at all, however long it is",
            "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            assert!(signer(wrong).is_none(), "{wrong}");
        }
        assert!(signer(&format!("whsec_{}", STANDARD.encode([7; 65]))).is_none(), "too long");
        let whole = signer(&format!("whsec_{}", STANDARD.encode([7; 64]))).unwrap();
        assert_eq!(format!("{whole:?}"), "[signer]");
    }
}
