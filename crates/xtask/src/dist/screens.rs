//! What each screen weighs in the module: its own functions, by the names that they have before these are stripped.
//!
//! What several screens share (parts, the framework, the flow) is no screen's own, so the sum is less than the module.

use std::collections::BTreeMap;

use anyhow::Context as _;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Raw bytes by screen, the heaviest first.
///
/// # Errors
/// It is no module, or its functions have no names.
pub(super) fn weights(module: &[u8]) -> anyhow::Result<Vec<(String, u64)>> {
    let mut names = BTreeMap::new();
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("reading the module")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let function = matches!(import?.ty, wasmparser::TypeRef::Func(_));
                    imported += u32::from(function);
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len() as u64),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else { continue };
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    let mut weights = BTreeMap::<String, u64>::new();
    for (at, bytes) in (imported..).zip(bodies) {
        if let Some(screen) = names.get(&at).copied().and_then(screen_of) {
            *weights.entry(screen.to_owned()).or_default() += bytes;
        }
    }
    anyhow::ensure!(!weights.is_empty(), "the module's functions have no names");
    let mut weights: Vec<_> = weights.into_iter().collect();
    weights.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    Ok(weights)
}

/// The screen whose own a function is: `search` for `linchpin::screens::search::rows::h0123`, also where it is an
/// implementation for one of the screen's types.
fn screen_of(function: &str) -> Option<&str> {
    let (_, path) = function.split_once("linchpin::screens::")?;
    let (screen, _) = path.split_once("::")?;
    // Functions of the folder's own are followed by their hash alone.
    path.split("::").nth(1).filter(|next| !is_hash(next)).map(|_| screen)
}

fn is_hash(part: &str) -> bool {
    part.strip_prefix('h')
        .is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_its_screens_and_what_is_shared_is_nobodys() {
        assert_eq!(screen_of("linchpin::screens::search::rows::h0123456789abcdef"), Some("search"));
        let closure =
            "core::ops::FnOnce::call_once<linchpin::screens::consent::__component_consent::{{closure}}>";
        assert_eq!(screen_of(closure), Some("consent"));
        assert_eq!(screen_of("linchpin::screens::draw::h0123456789abcdef"), None);
        assert_eq!(screen_of("linchpin::parts::field::SecretField::h0123456789abcdef"), None);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(weights(b"\0asm\x01\0\0\0").is_err(), "no names");
        assert!(weights(b"nothing").is_err());
    }
}
