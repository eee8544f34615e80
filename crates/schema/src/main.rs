//! Writes the documents below the folder that is named.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    for (path, text) in linchpin_schema::documents() {
        fs::write(root.join(path), text)?;
    }
    Ok(())
}
