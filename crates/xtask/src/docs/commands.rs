//! The commands that the documentation shows are commands.

use anyhow::Context as _;
use linchpin_book::Page;

use crate::args;

/// Reads every `cargo xtask …` in a sample as the command line would.
///
/// # Errors
/// One is not a command, or has an option that there is not; the message names page and line.
pub(super) fn check(pages: &[Page]) -> anyhow::Result<()> {
    for sample in pages.iter().flat_map(Page::samples).filter(|sample| sample.language == "sh") {
        for line in sample.text.lines() {
            let Some((_, command)) = line.split_once("cargo xtask ") else { continue };
            let command = command.split(" #").next().unwrap_or_default();
            args::parse(lexopt::Parser::from_args(command.split_whitespace()))
                .with_context(|| format!("{}: `{}`", sample.place, line.trim()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(command: &str) -> [Page; 1] {
        [Page { path: "docs/a.md".to_owned(), text: format!("```sh\n{command}   # why\n```\n") }]
    }

    #[test]
    fn a_command_that_is_none_is_named_with_its_place() {
        check(&page("cargo xtask demo --aggregator basiq")).unwrap();
        let error = format!("{:#}", check(&page("cargo xtask dmeo")).unwrap_err());
        assert!(error.contains("docs/a.md:1") && error.contains("dmeo"), "{error}");
    }

    #[test]
    fn every_command_of_the_documentation_is_one() {
        check(&linchpin_book::pages(&linchpin_book::root()).unwrap()).unwrap();
    }
}
