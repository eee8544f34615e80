//! Secrets from files: `LINCHPIN_KEY_FILE` names a file that holds what `LINCHPIN_KEY` would.

use std::path::Path;

const SECRETS: [&str; 5] = ["DATABASE", "KEY", "PASSWORD", "SECRET", "SECRET_NEXT"];

/// Puts the contents of files in the place of the variables that name them. What is wrong is told, with what to do.
pub(super) fn read(environment: Vec<(String, String)>, wrong: &mut Vec<String>) -> Vec<(String, String)> {
    let named = |name: &str| {
        let variable = name.strip_prefix("LINCHPIN_")?.strip_suffix("_FILE")?;
        let last = variable.rsplit("__").next()?;
        SECRETS.contains(&last).then(|| format!("LINCHPIN_{variable}"))
    };
    let mut read = Vec::with_capacity(environment.len());
    for (name, value) in environment {
        let Some(secret) = named(&name) else {
            read.push((name, value));
            continue;
        };
        match std::fs::read_to_string(&value) {
            Ok(text) => read.push((secret, text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => wrong.push(format!("{name} names {value}, which cannot be read: {error}")),
        }
    }
    read
}

/// The files that everybody on the machine may read.
pub(super) fn open_to_all(environment: &[(String, String)]) -> Vec<String> {
    let files =
        environment.iter().filter(|(name, _)| name.starts_with("LINCHPIN_") && name.ends_with("_FILE"));
    let open = files.filter(|(_, file)| is_open_to_all(Path::new(file)));
    open.map(|(name, file)| {
        format!("{name} names {file}, which everybody may read: `chmod 600 {file}` and give it to the proxy's user")
    })
    .collect()
}

#[cfg(unix)]
fn is_open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|data| data.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> bool {
    false
}
