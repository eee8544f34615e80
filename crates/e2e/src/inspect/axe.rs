//! axe-core in a document (<https://github.com/dequelabs/axe-core/blob/develop/doc/API.md>).

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::json;

use crate::page::Document;

/// WCAG 2.0 to 2.2, levels A and AA, and what is good practice besides.
const RUN: &str = r#"
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// Frames of other sites are checked from inside; asking them from here would need their help.
const apart = Object.fromEntries(arguments[0].map((rule) => [rule, { enabled: false }]));
return axe.run(document, { runOnly: rules, rules: apart, resultTypes: ["violations"], iframes: false, preload: false })
    .then(({ violations }) => violations.map(({ id, help, nodes }) => ({
        id, help, nodes: nodes.map(({ target, failureSummary }) => ({ target: target.join(" "), summary: failureSummary })),
    })));
"#;

#[derive(Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    target: String,
    summary: String,
}

/// What axe-core finds in a document by all rules but those `apart`, one text for each place.
pub(super) async fn violations(document: &Document<'_>, axe: &str, apart: &[&str]) -> Result<Vec<String>> {
    if document.run_plain("return typeof window.axe === 'undefined'").await? == true {
        // The driver runs this as the page's own function, where a policy against inline scripts does not reach.
        document.run_plain(axe).await.context("loading axe-core")?;
    }
    let found = document.run(RUN, &[json!(apart)]).await.context("running axe-core")?;
    let found: Vec<Violation> = serde_json::from_value(found).context("reading what axe-core found")?;
    Ok(found.iter().flat_map(Violation::lines).collect())
}

impl Violation {
    fn lines(&self) -> impl Iterator<Item = String> {
        self.nodes.iter().map(|node| {
            let summary = node.summary.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            format!("  {} ({}) at {}: {summary}", self.id, self.help, node.target)
        })
    }
}
