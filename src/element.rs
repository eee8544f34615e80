//! The widget in an element of somebody's page, mounted and unmounted by that element's script.
//!
//! Several may be mounted at once. They speak one language: the words are the module's.

use crate::driver::Driver;
use crate::host::{self, Host, Page};
use crate::place::Place;
use crate::rest::member;
use crate::text;
use crate::tree::tree;
use leptos::prelude::*;
use linchpin_protocol::{Json, LinkId};
use linchpin_words::Direction;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

/// One that is mounted.
struct Mounted {
    number: u32,
    driver: Rc<Driver>,
    /// Takes the view away.
    unmount: Box<dyn FnOnce()>,
    owner: Owner,
}

thread_local! {
    static MOUNTED: RefCell<Vec<Mounted>> = const { RefCell::new(Vec::new()) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Mounts the widget in an element and says hello to `tell`, a function that takes its messages. Answers with a number that
/// names it from then on, or 0 where the words were written for another module.
///
/// `facts` is what the proxy tells of the opening, with `host`, the page's origin, and `home`, the proxy's. `words` are those
/// that the facts name.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, facts: &JsValue, words: &str, tell: js_sys::Function) -> u32 {
    let facts = tree(facts).unwrap_or(Json::Null);
    let fact = |name: &str| match member(&facts, name) {
        Some(Json::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let is = |name: &str, wanted: &str| fact(name).is_some_and(|text| text == wanted);
    if !text::speak_file(words, is("direction", Direction::Rtl.as_str()), fact("language")) {
        return 0;
    }
    let page = Page {
        host: fact("host").unwrap_or_default(),
        link_id: LinkId::new(fact("link_id").unwrap_or_default()),
        client: fact("client"),
        consent_first: is("first", "consent"),
        home: fact("home").unwrap_or_default(),
    };
    let owner = Owner::new();
    let (driver, view) = owner.with(|| {
        let driver = Driver::new(Place::element(root.clone()), page, Host::Script(tell));
        let view = crate::draw(root, driver.clone());
        (driver, view)
    });
    let number = LAST.get() + 1;
    LAST.set(number);
    let mounted = Mounted { number, driver: driver.clone(), unmount: Box::new(|| drop(view)), owner };
    MOUNTED.with_borrow_mut(|all| all.push(mounted));
    driver.listen();
    number
}

/// Takes a message for one of them, as the page around a frame would send it. What is none of ours is dropped in silence.
#[wasm_bindgen]
pub fn hear(number: u32, value: &JsValue) {
    let find = |all: &Vec<Mounted>| all.iter().find(|one| one.number == number).map(|one| one.driver.clone());
    if let (Some(driver), Some(message)) = (MOUNTED.with_borrow(find), host::message(value)) {
        driver.hear(message);
    }
}

/// Takes one of them away: its view and signals, its listeners and timers, its calls on their way, and what it holds that is
/// secret. Nothing is told of it.
#[wasm_bindgen]
pub fn unmount(number: u32) {
    let gone = MOUNTED.with_borrow_mut(|all| {
        let at = all.iter().position(|one| one.number == number)?;
        Some(all.swap_remove(at))
    });
    if let Some(Mounted { driver, unmount, owner, .. }) = gone {
        driver.leave();
        unmount();
        owner.cleanup();
    }
}
