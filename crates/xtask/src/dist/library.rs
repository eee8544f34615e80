//! The standard library of the module that ships. Built for size as a part of it, it is 5 % of the module less to
//! download than the ready-made one, which is built for speed and can tell of a panic where nobody reads it.
//!
//! Cargo has this as an unstable option; the pinned compiler takes it when told so by `RUSTC_BOOTSTRAP`, for these
//! builds alone. It takes the library's sources, which rustup brings, and what they depend on, which cargo fetches.

use std::process::Command;

use crate::process;
use crate::setup;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// Told to cargo and to the compiler. Without messages of panics, without `Debug`, without places in the sources: the
/// widget shows none of them. The flags of `.cargo/config.toml` are repeated, since these stand in their place.
const OPTIONS: [(&str, &str); 4] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "--cfg=erase_components -Zlocation-detail=none -Zfmt-debug=none -Zunstable-options -Cpanic=immediate-abort",
    ),
];

/// Which standard library the module is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    /// Built with it, for size.
    ForSize,
    /// As it comes with the compiler.
    ReadyMade,
}

impl Library {
    /// The one for size, if its sources and what they depend on are here or can be had; else the ready-made one, and that
    /// is said.
    pub(crate) fn find(workspace: &Workspace) -> Self {
        let fetched = setup::ensure_library_sources(workspace).and_then(|()| {
            let mut fetch = workspace.cargo();
            Self::ForSize.tell(&mut fetch);
            process::run(fetch.args(["fetch", "--locked", "--quiet", "--target", TARGET]))
        });
        match fetched {
            Ok(()) => Self::ForSize,
            Err(error) => {
                println!(
                    "The widget is built with the ready-made standard library, which is larger, and may break its \
                     budget: {error:#}"
                );
                Self::ReadyMade
            }
        }
    }

    /// Tells a command that runs cargo.
    pub(crate) fn tell(self, command: &mut Command) {
        if self == Self::ForSize {
            command.envs(OPTIONS);
        }
    }

    /// What a build was made with, beside its sources.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ForSize => "for size",
            Self::ReadyMade => "ready-made",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_that_stand_in_their_place_hold_those_of_the_workspace() {
        let config = include_str!("../../../../.cargo/config.toml");
        let config: toml::Table = toml::from_str(config).expect("cargo reads it");
        let flags = config["target"][TARGET]["rustflags"].as_array().expect("a list").clone();
        let told = OPTIONS.iter().find(|(name, _)| name.ends_with("RUSTFLAGS")).map(|(_, flags)| *flags);
        let told: Vec<&str> = told.unwrap_or_default().split(' ').collect();
        for flag in flags {
            let flag = flag.as_str().expect("text");
            assert!(told.contains(&flag), "{flag} of .cargo/config.toml is missing in {told:?}");
        }
    }

    #[test]
    fn the_ready_made_library_is_told_nothing() {
        let mut command = Command::new("cargo");
        Library::ReadyMade.tell(&mut command);
        assert_eq!(command.get_envs().count(), 0);
        Library::ForSize.tell(&mut command);
        assert_eq!(command.get_envs().count(), OPTIONS.len());
    }
}
