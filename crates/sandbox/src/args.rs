//! The command line.

use std::net::SocketAddr;

/// What the binary is asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Serve on this address.
    Serve(SocketAddr),
    /// Print the practice logins.
    Logins,
    /// Print Basiq's test logins.
    BasiqLogins,
    /// Print what the register knows of institutions.
    Supplement,
    /// Print how to use it.
    Help,
}

/// How to use the binary.
pub(crate) const USAGE: &str = "\
A practice aggregator that speaks Quovo v3 and v2, and Basiq, over HTTP.

Usage: linchpin-sandbox [--listen ADDRESS:PORT] [--logins] [--basiq-logins] [--supplement] [--help]

  --listen ADDRESS:PORT  where to serve (default 127.0.0.1:4300; port 0 takes a free one)
  --logins               print the practice logins and exit
  --basiq-logins         print the logins of Basiq's test institutions and exit
  --supplement           print the table of places, sizes and routing numbers for the proxy, and exit
  --help                 print this and exit

Environment:
  LINCHPIN_SANDBOX_API_NAME, LINCHPIN_SANDBOX_API_PASSWORD
                         the API user that may mint tokens (defaults for practice)
  LINCHPIN_SANDBOX_BASIQ_API_KEY
                         the API key in Basiq's dialect (a default for practice)
  LINCHPIN_SANDBOX_BASIQ_REDIRECT_URL
                         where Basiq's consent page leads people in the end (default: nowhere, and no consent page)
  LINCHPIN_SANDBOX_PUBLIC_URL
                         where browsers find the pages for people (default: as the caller calls this service)
  LINCHPIN_SANDBOX_DEPOSIT_TRIES
                         how often amounts of micro-deposits may be tried (default 3)
  RUST_LOG               what to log (default info)
";

/// The command line cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misuse {
    #[error("unknown argument {0}; see --help")]
    Unknown(String),
    #[error("--listen needs an address and port, as in 127.0.0.1:4300")]
    Listen,
}

/// Reads the arguments after the program's name. The first that asks for something to be printed wins over serving.
pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Command, Misuse> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 4300));
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--logins" => return Ok(Command::Logins),
            "--basiq-logins" => return Ok(Command::BasiqLogins),
            "--supplement" => return Ok(Command::Supplement),
            "--listen" => {
                listen = arguments.next().and_then(|value| value.parse().ok()).ok_or(Misuse::Listen)?;
            }
            _ => {
                let value = argument.strip_prefix("--listen=").map(str::to_owned);
                let value = value.ok_or(Misuse::Unknown(argument))?;
                listen = value.parse().map_err(|_| Misuse::Listen)?;
            }
        }
    }
    Ok(Command::Serve(listen))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Result<Command, Misuse> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn it_serves_on_loopback_unless_told_otherwise() {
        assert_eq!(command(""), Ok(Command::Serve("127.0.0.1:4300".parse().unwrap())));
        for line in ["--listen 127.0.0.2:0", "--listen=127.0.0.2:0"] {
            assert_eq!(command(line), Ok(Command::Serve("127.0.0.2:0".parse().unwrap())), "{line}");
        }
    }

    #[test]
    fn logins_are_asked_for_by_flag() {
        assert_eq!(command("--logins"), Ok(Command::Logins));
        assert_eq!(command("--basiq-logins"), Ok(Command::BasiqLogins));
        assert_eq!(command("--listen 127.0.0.1:1 --logins"), Ok(Command::Logins), "also beside others");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(command("--listen"), Err(Misuse::Listen), "no value");
        assert_eq!(command("--listen nowhere"), Err(Misuse::Listen), "no address");
        assert_eq!(command("--login"), Err(Misuse::Unknown("--login".to_owned())), "no such flag");
    }
}
