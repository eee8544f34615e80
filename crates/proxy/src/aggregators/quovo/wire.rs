//! What both versions write alike: errors and access tokens (quovo.md 2.1, 6).

use linchpin_protocol::Secret;
use serde::{Deserialize, Serialize};

/// The flat error envelope. Its message is never read: it is not ours to repeat.
#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct ErrorBody {
    pub(in crate::aggregators) id: Option<String>,
}

#[derive(Serialize)]
pub(in crate::aggregators) struct NewToken<'a> {
    pub(in crate::aggregators) name: &'a str,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct TokenAnswer {
    pub(in crate::aggregators) access_token: AccessToken,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct AccessToken {
    pub(in crate::aggregators) token: Secret,
    #[serde(default)]
    pub(in crate::aggregators) expires: Option<String>,
}
