//! Web origins, parsed once and compared exactly.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// An origin as a browser writes it: `https://app.example` or `http://localhost:4100`. Nothing after the port.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin.
    ///
    /// Only what a browser would put into `event.origin` passes: lower case, no default port, no path. So text
    /// equality is origin equality, and the text is safe inside a `frame-ancestors` directive.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, host_port) = text.split_once("://")?;
        let default_port = match scheme {
            "https" => "443",
            "http" => "80",
            _ => return None,
        };
        let (host, port) = match host_port.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (host_port, None),
        };
        let port_fits = port.is_none_or(|port| {
            // `parse` takes a sign too, which no origin has.
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            port != default_port
                && digits
                && !port.starts_with('0')
                && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
        (is_host(host) && port_fits).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is served without TLS.
    pub fn is_plain_http(&self) -> bool {
        self.0.starts_with("http://")
    }
}

fn is_host(host: &str) -> bool {
    if host.starts_with('[') {
        // Of the many ways to write an address, the one that browsers do.
        let url = reqwest::Url::parse(&format!("http://{host}"));
        return url.is_ok_and(|url| url.host_str() == Some(host));
    }
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    !host.is_empty() && host.len() <= 253 && host.split('.').all(label)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(
                "an origin must read like https://app.example or http://localhost:4100: lower case, no path, no \
                 slash at the end, no default port",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_would_send_passes() {
        for good in [
            "https://app.example",
            "http://localhost:4100",
            "https://a-b.co.example:8443",
            "http://[::b]:8080",
            "http://[::ffff:102:304]",
            "http://[::1]:80801",
        ] {
            let expected = good != "http://[::1]:80801";
            assert_eq!(Origin::parse(good).is_some(), expected, "{good}");
        }
        for bad in [
            "",
            "null",
            "http://[::B]:8080",
            "http://[0:0::b]",
            "http://[::b",
            "http://[::ffff:1.2.3.4]",
            "http://[::b]x",
            "*",
            "https://*.example",
            "https://App.example",
            "https://app.example/",
            "https://app.example:443",
            "http://app.example:80",
            "https://app.example:0443",
            "https://user@app.example",
            "https://app.example; script-src *",
            "https://app.example https://other.example",
            "ftp://app.example",
            "https://",
            "https://app..example",
            "http://app.example:+3",
        ] {
            assert!(Origin::parse(bad).is_none(), "{bad:?} must be refused");
        }
    }
}
