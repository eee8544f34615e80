//! A screen reader that speaks into a list (<https://github.com/guidepup/virtual-screen-reader>).
//!
//! It is no product that people use, and no two of those say the same. What it says follows the standards that they all
//! rest on, which is enough to hear what is missing, said twice, or said in the wrong order.

use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

use crate::page::Document;

/// How the module hands its names out, at its end.
const EXPORT: &str = "export{";

/// Begins to listen, to what has the focus and to live regions.
const START: &str = "
    if (window.__linchpinReader.reader) return null;
    const reader = (window.__linchpinReader.reader = new window.__linchpinReader.Reader());
    return reader.start({ container: document.body }).then(() => reader.clearSpokenPhraseLog()).then(() => null);";

/// What was said since the last time.
const HEAR: &str = "
    const { reader } = window.__linchpinReader;
    return reader.spokenPhraseLog().then((said) => {
        const heard = [...said];
        return reader.clearSpokenPhraseLog().then(() => heard);
    });";

/// Everything from top to bottom, as somebody reads who has not been here before. By another reader, so that the first one
/// stays where the focus is.
const READ: &str = "
    const other = new window.__linchpinReader.Reader();
    const read = async () => {
        await other.start({ container: document.body });
        const said = [];
        // Behind the last comes the first again; what is modal keeps the reader in.
        const been = new Map();
        for (;;) {
            const [at, phrase] = [other.activeNode, await other.lastSpokenPhrase()];
            if (been.get(at)?.includes(phrase)) break;
            been.set(at, [...(been.get(at) ?? []), phrase]);
            said.push(phrase);
            await other.next();
        }
        await other.stop();
        return said;
    };
    return read();";

/// The screen reader, ready to be put into documents.
pub(crate) struct ScreenReader {
    script: String,
}

impl ScreenReader {
    /// Reads its module.
    ///
    /// # Errors
    /// There is none, or it is not as expected.
    pub(crate) fn read(module: Option<&Path>) -> Result<Self> {
        let module = module.context(
            "LINCHPIN_READER must name index.browser.js of the virtual screen reader; `cargo xtask test` sets it",
        )?;
        let text = fs::read_to_string(module).with_context(|| format!("reading {}", module.display()))?;
        Ok(Self { script: as_function(&text).context("the screen reader is not one module as expected")? })
    }

    /// Puts it into a document, where it listens from now on.
    ///
    /// # Errors
    /// The document is gone.
    pub(crate) async fn listen(&self, document: &Document<'_>) -> Result<()> {
        if document.run_plain("return typeof window.__linchpinReader === 'undefined'").await? == true {
            // The driver runs this as the page's own function, where a policy against inline scripts does not reach.
            document.run_plain(&self.script).await.context("loading the screen reader")?;
        }
        document.run_plain(START).await.context("starting the screen reader").map(drop)
    }

    /// What it said since it was last asked.
    ///
    /// # Errors
    /// It does not listen there.
    pub(crate) async fn heard(&self, document: &Document<'_>) -> Result<Vec<String>> {
        let said = document.run_plain(HEAR).await.context("hearing the screen reader")?;
        Ok(serde_json::from_value(said)?)
    }

    /// What it says of the whole document.
    ///
    /// # Errors
    /// It does not listen there.
    pub(crate) async fn read_through(&self, document: &Document<'_>) -> Result<Vec<String>> {
        let said = document.run_plain(READ).await.context("reading everything")?;
        Ok(serde_json::from_value(said)?)
    }
}

/// The module as the body of a function, which keeps its class in `window.__linchpinReader`. None: it hands out no `Virtual`.
fn as_function(module: &str) -> Option<String> {
    let (code, rest) = module.rsplit_once(EXPORT)?;
    let (names, _) = rest.split_once('}')?;
    let class = names.split(',').find_map(|name| name.trim().strip_suffix(" as Virtual"))?;
    Some(format!("{code}\nwindow.__linchpinReader = {{ Reader: {class} }};"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_becomes_a_function_that_keeps_its_class() {
        let function = as_function("class a{}const b=new a;export{a as Virtual,b as virtual};\n//# map");
        assert_eq!(
            function.as_deref(),
            Some("class a{}const b=new a;\nwindow.__linchpinReader = { Reader: a };")
        );
        assert_eq!(as_function("export{b as virtual};"), None, "there is no class to make a reader of");
        assert_eq!(as_function("module.exports = {}"), None, "it is no module");
    }
}
