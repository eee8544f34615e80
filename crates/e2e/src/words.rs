//! The widget in another language than English.

use anyhow::{Result, ensure};
use linchpin_words::{Key, Language};

use crate::World;
use crate::deposits::CUSTOMER;
use crate::page::{HostPage, Widget};

/// From so many letters on, a text that is the same in two languages is one that was not translated.
const SENTENCE: usize = 12;

/// What the widget says in a language, as a person reads it: without the marks of direction, and every space a plain one.
pub fn said(language: Language, key: Key, gaps: &[(&str, &str)]) -> String {
    let said = linchpin_words::fill(linchpin_words::at(language.widget(), key as usize), gaps, false);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl World {
    /// Opens the widget in a language, as an opening of that name on the host page.
    ///
    /// # Errors
    /// It does not open.
    pub async fn open_in<'b>(&self, page: &HostPage<'b>, language: &str) -> Result<Widget<'b>> {
        let token = self.proxy.mint_in(CUSTOMER, language).await?;
        self.open_with(page, language, &token.link_token).await
    }

    /// Checks that nothing on the screen is English where another language is spoken.
    ///
    /// # Errors
    /// An English text is there.
    pub async fn nothing_is_english(&self, widget: &Widget<'_>, language: Language) -> Result<()> {
        let text = widget.text().await?;
        for key in Key::ALL {
            let english = linchpin_words::at(Language::English.widget(), *key as usize);
            // The longest stretch that nothing is filled into.
            let stretches = english.split(['{', '}', '\t']).step_by(2);
            let Some(stretch) = stretches.max_by_key(|stretch| stretch.len()) else { continue };
            let own = linchpin_words::at(language.widget(), *key as usize);
            ensure!(
                stretch.trim().len() < SENTENCE || own.contains(stretch) || !text.contains(stretch.trim()),
                "{key:?} is English on a screen in {language:?}: {text}"
            );
        }
        Ok(())
    }
}
