//! Writes the API's document to standard output; `cargo xtask openapi` keeps it in `docs/openapi.json`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&linchpin_proxy::document())?;
    writeln!(std::io::stdout(), "{text}")
}
