//! A page in a window of its own, or in place of the host page: a bank's, or the proxy's.

use std::ops::Deref;

use super::Document;
use crate::browser::Browser;

/// A page that is nobody's frame.
pub struct Page<'b>(Document<'b>);

impl<'b> Deref for Page<'b> {
    type Target = Document<'b>;

    fn deref(&self) -> &Document<'b> {
        &self.0
    }
}

impl<'b> Page<'b> {
    /// The page that the browser shows.
    pub fn shown(browser: &'b Browser) -> Self {
        Self(Document::top(browser))
    }
}
