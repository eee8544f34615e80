//! Small things that are asked of the browser.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, HtmlInputElement};

/// The id of the search field, in the static page and in the drawn screen.
pub const SEARCH_FIELD: &str = "search";
/// Stands at the page's root where the frame is a box of the host's page.
pub const INLINE: &str = "data-inline";
/// Finds the summary of what is wrong with a form.
pub const PROBLEM_SUMMARY: &str = "#problem";

/// The element that the static page is painted in.
pub fn page_root() -> Option<HtmlElement> {
    document().get_element_by_id("linchpin")?.dyn_into().ok()
}

/// The content of a `<meta>`, if it is there and not empty.
pub fn meta(name: &str) -> Option<String> {
    let selector = format!("meta[name={name}]");
    let content = document().query_selector(&selector).ok()??.get_attribute("content")?;
    (!content.is_empty()).then_some(content)
}

/// What the proxy wrote into the page's root element.
pub fn page_marker(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Writes into the page's root element.
pub fn mark_page(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, value);
    }
}

/// Tells the page's script of something.
pub fn tell_page(name: &str) {
    if let Ok(event) = web_sys::Event::new(name) {
        let _ = window().dispatch_event(&event);
    }
}

/// What stood in the search field before the module arrived.
pub struct Typed {
    /// The text.
    pub text: String,
    focused: bool,
    caret: Option<(u32, u32)>,
}

/// Reads the static page's search field.
pub fn typed_before_start() -> Option<Typed> {
    let field = search_field()?;
    let focused = document().active_element().as_ref() == Some(field.as_ref());
    let caret = field.selection_start().ok().flatten().zip(field.selection_end().ok().flatten());
    Some(Typed { text: field.value(), focused, caret })
}

impl Typed {
    /// Puts focus and caret back where they were.
    pub fn restore(&self) {
        if !self.focused {
            return;
        }
        if let Some(field) = search_field() {
            let _ = field.focus();
            if let Some((start, end)) = self.caret {
                let _ = field.set_selection_range(start, end);
            }
        }
    }
}

fn search_field() -> Option<HtmlInputElement> {
    document().get_element_by_id(SEARCH_FIELD)?.dyn_into().ok()
}

/// Whether the frame is a box of the host's page.
pub fn is_inline() -> bool {
    page_marker(INLINE).is_some()
}

/// Whether the focus may be moved: from a box of the host's page it is never fetched out of the rest of that page.
fn may_move_focus() -> bool {
    !is_inline() || document().has_focus().unwrap_or(true)
}

/// Moves the focus to the first element that fits, once the present change is drawn.
pub fn focus_soon(selector: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = first(selector).filter(|_| may_move_focus()) {
            let _ = element.focus();
        }
    });
}

/// The same, without moving the page beneath. A field that has the focus by then keeps it: the frame may come late,
/// after somebody has begun to type.
pub fn focus_in_place(selector: &'static str) {
    request_animation_frame(move || {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        if let Some(element) = first(selector).filter(|_| !is_typing() && may_move_focus()) {
            let _ = element.focus_with_options(&options);
        }
    });
}

/// The id of the element that has the focus.
pub fn focused_id() -> Option<String> {
    document().active_element().map(|element| element.id())
}

/// Whether the focus is within an element that fits.
pub fn has_focus_within(selector: &str) -> bool {
    let focused = document().active_element();
    focused.is_some_and(|element| element.closest(selector).ok().flatten().is_some())
}

/// Does something once the present change is drawn.
pub fn once_drawn(act: impl FnOnce() + 'static) {
    request_animation_frame(act);
}

/// Takes the focus from where it is, and gives it to the first element that fits, once the present change is drawn: in
/// between, no key reaches anything.
pub fn move_focus(selector: String) {
    let before = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = before {
        let _ = element.blur();
    }
    request_animation_frame(move || {
        if let Some(element) = first(&selector) {
            let _ = element.focus();
        }
    });
}

fn first(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// How far the page is scrolled down, in pixels.
pub fn scrolled() -> i32 {
    document().scrolling_element().map_or(0, |page| page.scroll_top())
}

/// Scrolls the page there, once the present change is drawn.
pub fn scroll_soon(to: i32) {
    request_animation_frame(move || {
        if let Some(page) = document().scrolling_element() {
            page.set_scroll_top(to);
        }
    });
}

/// Puts words into the element of that id.
pub fn put_words(id: &str, words: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.set_text_content(Some(words));
    }
}

/// Whether a field has the focus, so that moving it would disturb somebody who is typing.
fn is_typing() -> bool {
    document().active_element().is_some_and(|element| element.is_instance_of::<HtmlInputElement>())
}

/// 128 random bits as text.
pub fn random_key() -> Option<String> {
    use std::fmt::Write;
    let mut bytes = [0_u8; 16];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    let mut text = String::with_capacity(32);
    for byte in bytes {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

/// `sessionStorage`, where the browser allows it. Every use may fail, and then nothing is kept.
pub mod kept {
    use leptos::prelude::window;
    use linchpin_protocol::{LinkId, Secret};

    fn place(link_id: &LinkId) -> Option<(web_sys::Storage, String)> {
        let storage = window().session_storage().ok()??;
        Some((storage, format!("linchpin:{link_id}")))
    }

    /// The session token of this very opening, if the frame was reloaded.
    pub fn read(link_id: &LinkId) -> Option<Secret> {
        let (storage, key) = place(link_id)?;
        storage.get_item(&key).ok()?.map(Secret::new)
    }

    /// Keeps the session token for a reload of this very opening.
    pub fn write(link_id: &LinkId, token: &Secret) {
        if let Some((storage, key)) = place(link_id) {
            let _ = storage.set_item(&key, token.expose());
        }
    }

    /// Drops it.
    pub fn remove(link_id: &LinkId) {
        if let Some((storage, key)) = place(link_id) {
            let _ = storage.remove_item(&key);
        }
    }
}
