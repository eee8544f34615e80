//! The page around the widget: what it is, and what is said to it and heard from it.
//!
//! The proxy wrote the one origin that may frame this page into it. Every message goes to that origin and is taken
//! only from it and from the parent window (ASVS 3.5.5); anything else is dropped in silence. In an element of the host's page
//! the same messages go to and fro between the widget and the element's script.

use crate::browser::{self, Listening};
use crate::place::Place;
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
    /// The origin of the proxy where it is not this page's own, without a `/` at its end.
    pub home: String,
}

/// How the host page is spoken to.
#[derive(Clone, Debug)]
pub enum Host {
    /// It is around the frame.
    Parent,
    /// It is around the element, whose script hears.
    Script(js_sys::Function),
}

impl Page {
    /// Reads it; absent parts are empty, and then no message is ever exchanged.
    pub fn read() -> Self {
        Self {
            host: browser::meta("linchpin-host").unwrap_or_default(),
            link_id: LinkId::new(browser::meta("linchpin-link").unwrap_or_default()),
            client: browser::meta("linchpin-client"),
            consent_first: browser::page_marker("data-first").is_some_and(|first| first == "consent"),
            home: String::new(),
        }
    }
}

impl Host {
    /// Says something to the host page.
    pub fn post(&self, page: &Page, message: FrameMessage) {
        let Ok(json) = serde_json::to_string(&Envelope::new(message)) else { return };
        if let Ok(value) = js_sys::JSON::parse(&json) {
            self.send(page, &value);
        }
    }

    fn send(&self, page: &Page, value: &JsValue) {
        match self {
            Self::Parent => {
                let Ok(Some(parent)) = window().parent() else { return };
                // Refused when `host` is not an origin; then there is nobody to tell.
                let _ = parent.post_message(value, &page.host);
            }
            // What it throws is its own.
            Self::Script(hear) => drop(hear.call1(&JsValue::UNDEFINED, value)),
        }
    }

    /// Tells the host page what of the appearance that it asked for was corrected, in the messages that the proxy wrote into
    /// the page: the widget itself knows nothing of colours. The script of an element has them without us.
    pub fn tell_corrections(&self, page: &Page) {
        let messages = match self {
            Self::Parent => browser::meta("linchpin-corrected"),
            Self::Script(_) => None,
        };
        if let Some(Ok(messages)) = messages.map(|messages| js_sys::JSON::parse(&messages)) {
            js_sys::Array::from(&messages).iter().for_each(|message| self.send(page, &message));
        }
    }
}

/// Reads a message, if it comes from the host page and is one of ours.
pub fn heard(page: &Page, event: &MessageEvent) -> Option<HostMessage> {
    let parent: JsValue = window().parent().ok()??.into();
    let source: JsValue = event.source()?.into();
    if page.host.is_empty() || event.origin() != page.host || source != parent {
        return None;
    }
    message(&event.data())
}

/// Reads a message, if it is one of ours.
pub fn message(value: &JsValue) -> Option<HostMessage> {
    let envelope: Envelope<HostMessage> = FromTree::from_tree(tree(value)?)?;
    (envelope.linchpin == MESSAGE_VERSION).then_some(envelope.message)
}

/// Tells how high the page is, now and whenever that changes, as long as the frame lives: the box of the host's page that
/// it stands in is as high.
pub fn tell_height(place: Place, page: Page) {
    let Some(root) = place.find("#linchpin") else { return };
    let whole = root.clone();
    let tell = Closure::<dyn FnMut()>::new(move || {
        let height = u32::try_from(whole.offset_height()).unwrap_or_default();
        Host::Parent.post(&page, FrameMessage::Resized { height });
    });
    if let Ok(observer) = ResizeObserver::new(tell.as_ref().unchecked_ref()) {
        observer.observe(&root);
        tell.forget();
        std::mem::forget(observer);
    }
}

/// Hears everything that comes from the page around the frame, as long as that is kept.
pub fn listen(page: Page, hear: impl Fn(HostMessage) + 'static) -> Listening {
    Listening::to(&window(), "message", move |event| {
        if let Some(message) = event.dyn_ref().and_then(|event| heard(&page, event)) {
            hear(message);
        }
    })
}
