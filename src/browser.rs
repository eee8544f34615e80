//! Small things that are asked of the browser.

use crate::place::Place;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, HtmlElement, HtmlInputElement};

/// The id of the search field, in the static page and in the drawn screen.
pub const SEARCH_FIELD: &str = "search";
/// Finds it.
const SEARCH_SELECTOR: &str = "#search";

/// The element that the static page is painted in. Somebody's page has none, whatever it calls its elements.
pub fn page_root() -> Option<HtmlElement> {
    document().query_selector("meta[name=linchpin-words]").ok()??;
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

/// Heard as long as it is kept.
pub struct Listening {
    target: EventTarget,
    name: &'static str,
    act: Closure<dyn FnMut(Event)>,
}

impl Listening {
    /// Hears what happens there, by its name.
    pub fn to(target: &EventTarget, name: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        let act = Closure::new(act);
        let _ = target.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        Self { target: target.clone(), name, act }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.act.as_ref().unchecked_ref());
    }
}

/// Does something after a while, unless it is dropped before.
pub struct Alarm {
    id: i32,
    _act: Closure<dyn FnMut()>,
}

impl Alarm {
    /// In so many milliseconds; nothing where the browser has no timers.
    pub fn after(ms: u32, act: impl FnMut() + 'static) -> Option<Self> {
        let act = Closure::<dyn FnMut()>::new(act);
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        let set =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(act.as_ref().unchecked_ref(), ms);
        set.ok().map(|id| Self { id, _act: act })
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        window().clear_timeout_with_handle(self.id);
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
pub fn typed_before_start(place: Place) -> Option<Typed> {
    let field = search_field(place)?;
    let focused = place.focused().as_ref() == Some(field.as_ref());
    let caret = field.selection_start().ok().flatten().zip(field.selection_end().ok().flatten());
    Some(Typed { text: field.value(), focused, caret })
}

impl Typed {
    /// Puts focus and caret back where they were.
    pub fn restore(&self, place: Place) {
        if !self.focused {
            return;
        }
        if let Some(field) = search_field(place) {
            let _ = field.focus();
            if let Some((start, end)) = self.caret {
                let _ = field.set_selection_range(start, end);
            }
        }
    }
}

fn search_field(place: Place) -> Option<HtmlInputElement> {
    place.find(SEARCH_SELECTOR)?.dyn_into().ok()
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
