//! Who runs the server: PostgreSQL refuses to be run by root.

use anyhow::Context as _;
use std::os::unix::fs::MetadataExt as _;

/// Whom root may become, the most fitting first.
const OTHERS: [&str; 2] = ["postgres", "nobody"];

/// A user of this machine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: u32,
    pub(crate) group: u32,
    /// Whether this process has to change to it.
    pub(crate) is_other: bool,
}

impl User {
    /// Whoever runs this, unless that is root.
    pub(crate) fn unprivileged() -> anyhow::Result<Self> {
        let this = std::fs::metadata("/proc/self").context("asking who runs this")?;
        if this.uid() != 0 {
            return Ok(Self { id: this.uid(), group: this.gid(), is_other: false });
        }
        let users = std::fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let found = OTHERS.iter().find_map(|name| find(&users, name));
        found.context("PostgreSQL cannot be run by root, and there is neither a user `postgres` nor `nobody`")
    }
}

fn find(users: &str, name: &str) -> Option<User> {
    let fields = users
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|line| line.first() == Some(&name))?;
    Some(User { id: fields.get(2)?.parse().ok()?, group: fields.get(3)?.parse().ok()?, is_other: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(find(users, "postgres"), Some(User { id: 101, group: 104, is_other: true }));
        assert_eq!(find(users, "post"), None);
    }
}
