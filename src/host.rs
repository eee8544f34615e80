//! The page around the frame: what it is, and what is said to it and heard from it.
//!
//! The proxy wrote the one origin that may frame this page into it. Every message goes to that origin and is taken
//! only from it and from the parent window (ASVS 3.5.5); anything else is dropped in silence.

use crate::browser;
use crate::tree::tree;
use leptos::prelude::*;
use linchpin_protocol::{Envelope, FrameMessage, FromTree, HostMessage, LinkId, MESSAGE_VERSION};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, ResizeObserver};

/// What the proxy wrote into the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The only origin that may frame it.
    pub host: String,
    /// Which opening it was made for.
    pub link_id: LinkId,
    /// Who asks, for the words before the session is open.
    pub client: Option<String>,
    /// Whether consent comes first, as the static page paints it.
    pub consent_first: bool,
}

impl Page {
    /// Reads it; absent parts are empty, and then no message is ever exchanged.
    pub fn read() -> Self {
        Self {
            host: browser::meta("linchpin-host").unwrap_or_default(),
            link_id: LinkId::new(browser::meta("linchpin-link").unwrap_or_default()),
            client: browser::meta("linchpin-client"),
            consent_first: browser::page_marker("data-first").is_some_and(|first| first == "consent"),
        }
    }
}

/// Says something to the host page.
pub fn post(page: &Page, message: FrameMessage) {
    let Ok(json) = serde_json::to_string(&Envelope::new(message)) else { return };
    let (Ok(Some(parent)), Ok(value)) = (window().parent(), js_sys::JSON::parse(&json)) else { return };
    // Refused when `host` is not an origin; then there is nobody to tell.
    let _ = parent.post_message(&value, &page.host);
}

/// Reads a message, if it comes from the host page and is one of ours.
pub fn heard(page: &Page, event: &MessageEvent) -> Option<HostMessage> {
    let parent: JsValue = window().parent().ok()??.into();
    let source: JsValue = event.source()?.into();
    if page.host.is_empty() || event.origin() != page.host || source != parent {
        return None;
    }
    let envelope: Envelope<HostMessage> = FromTree::from_tree(tree(&event.data())?)?;
    (envelope.linchpin == MESSAGE_VERSION).then_some(envelope.message)
}

/// Tells how high the page is, now and whenever that changes, as long as the frame lives: the box of the host's page that
/// it stands in is as high.
pub fn tell_height(page: Page) {
    let Some(root) = browser::page_root() else { return };
    let whole = root.clone();
    let tell = Closure::<dyn FnMut()>::new(move || {
        let height = u32::try_from(whole.offset_height()).unwrap_or_default();
        post(&page, FrameMessage::Resized { height });
    });
    if let Ok(observer) = ResizeObserver::new(tell.as_ref().unchecked_ref()) {
        observer.observe(&root);
        tell.forget();
        std::mem::forget(observer);
    }
}

/// Hears everything that comes from the host page, as long as the frame lives.
pub fn listen(page: Page, hear: impl Fn(HostMessage) + 'static) {
    let handle = window_event_listener_untyped("message", move |event| {
        if let Some(message) = event.dyn_ref().and_then(|event| heard(&page, event)) {
            hear(message);
        }
    });
    std::mem::forget(handle);
}
