//! A place to mount a screen in, and hands and eyes to use it with.

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use linchpin::driver::{Intent, Intents};
use linchpin::facts::Facts;
use linchpin::look::Look;
use linchpin_flow::Screen;
use linchpin_protocol::{InstitutionId, InstitutionRef, Purpose, Secret};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// An element of its own that something is mounted in, and that goes with the test.
pub(crate) struct Place {
    pub(crate) root: HtmlElement,
}

/// A mounted view; unmounts when it goes.
pub(crate) struct Mounted<M: Mountable> {
    // Goes first, as when one screen follows another: its signals are gone before its elements are.
    _handle: UnmountHandle<M>,
    place: Place,
}

impl<M: Mountable> std::ops::Deref for Mounted<M> {
    type Target = Place;
    fn deref(&self) -> &Place {
        &self.place
    }
}

/// Mounts a view.
pub(crate) fn mount<F, N>(view: F) -> Mounted<N::State>
where
    F: FnOnce() -> N + 'static,
    N: IntoView,
{
    linchpin::text::speak(linchpin_words::Language::English.widget(), false);
    let place = Place::new();
    let handle = mount_to(place.root.clone(), view);
    Mounted { place, _handle: handle }
}

impl Place {
    pub(crate) fn new() -> Self {
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&root).unwrap();
        Self { root }
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.root.query_selector_all(selector).unwrap();
        (0..found.length()).filter_map(|at| found.item(at)).map(JsCast::unchecked_into).collect()
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.root.query_selector(selector).unwrap().is_some()
    }

    pub(crate) fn get<T: JsCast>(&self, selector: &str) -> T {
        match self.root.query_selector(selector).unwrap() {
            Some(element) => element.unchecked_into(),
            None => panic!("no {selector} in {}", self.root.outer_html()),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    pub(crate) fn heading(&self) -> String {
        self.get::<Element>("h1").text_content().unwrap_or_default()
    }

    /// The field whose label reads so.
    pub(crate) fn field(&self, label: &str) -> HtmlInputElement {
        let labels = self.all("label");
        let Some(found) = labels.iter().find(|element| element.text_content().as_deref() == Some(label))
        else {
            panic!("no field {label:?} in {}", self.root.outer_html());
        };
        self.get(&format!("#{}", found.get_attribute("for").unwrap()))
    }

    /// The button whose text, or whose name for those who do not see it, reads so.
    pub(crate) fn button(&self, name: &str) -> HtmlElement {
        let buttons = self.all("button, a.button");
        let named = |element: &&Element| {
            element.text_content().is_some_and(|text| text.trim() == name)
                || element.get_attribute("aria-label").as_deref() == Some(name)
        };
        match buttons.iter().find(named) {
            Some(found) => found.clone().unchecked_into(),
            None => panic!("no button {name:?} in {}", self.root.outer_html()),
        }
    }

    pub(crate) fn has_button(&self, name: &str) -> bool {
        self.all("button")
            .iter()
            .any(|element| element.text_content().is_some_and(|text| text.trim() == name))
    }

    /// Types as a person would: the value is there, then the event comes.
    pub(crate) fn type_into(&self, label: &str, value: &str) {
        let input = self.field(label);
        input.set_value(value);
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        input.dispatch_event(&web_sys::Event::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    }

    /// Presses a key in the element.
    pub(crate) fn key(&self, element: &Element, key: &str) -> bool {
        let init = web_sys::KeyboardEventInit::new();
        init.set_bubbles(true);
        init.set_cancelable(true);
        init.set_key(key);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
        element.dispatch_event(&event).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Lets pending changes be drawn.
pub(crate) async fn drawn() {
    leptos::task::tick().await;
    leptos::task::tick().await;
}

/// Waits until something holds, for 5 seconds at most.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        pause(10).await;
    }
    panic!("it did not come to pass within 5 s: {what}");
}

async fn pause(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms).unwrap();
    });
    wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
}

/// Keeps what a screen hands back.
#[derive(Clone, Default)]
pub(crate) struct Heard(Rc<RefCell<Vec<Intent>>>);

impl Heard {
    pub(crate) fn intents(&self) -> Intents {
        let kept = self.0.clone();
        UnsyncCallback::new(move |intent| kept.borrow_mut().push(intent))
    }

    pub(crate) fn take(&self) -> Vec<Intent> {
        std::mem::take(&mut *self.0.borrow_mut())
    }

    /// What was handed back, as text; secrets read `[secret]`.
    pub(crate) fn told(&self) -> Vec<String> {
        self.take().iter().map(|intent| format!("{intent:?}")).collect()
    }
}

fn facts() -> Facts {
    Facts {
        client: Some("Acorn Budget".into()),
        purpose: Some(Purpose::Both),
        data: Purpose::Both.data().to_vec(),
        searches: true,
        provider: Some("Quovo".into()),
        keeps_login: Some(true),
        practice: Some(("practice-good".into(), "practice".into())),
        ..Facts::default()
    }
}

/// A screen in a place of its own, with what it hands back, and the signal that it follows.
pub(crate) struct Shown<M: Mountable> {
    page: Mounted<M>,
    pub(crate) heard: Heard,
    screen: RwSignal<Screen>,
}

impl<M: Mountable> std::ops::Deref for Shown<M> {
    type Target = Place;
    fn deref(&self) -> &Place {
        &self.page
    }
}

impl<M: Mountable> Shown<M> {
    /// Changes what is to be drawn, and lets it be drawn.
    pub(crate) async fn change(&self, change: impl FnOnce(&mut Screen)) {
        self.screen.update(change);
        drawn().await;
    }
}

/// Shows a screen.
pub(crate) fn show(screen: Screen, username: Option<&str>) -> Shown<impl Mountable> {
    let heard = Heard::default();
    let owner = Owner::new();
    owner.set();
    let look = Look {
        screen: RwSignal::new(screen),
        facts: RwSignal::new(facts()),
        intents: heard.intents(),
        place: linchpin::place::Place::whole_page(),
    };
    let username = username.map(Secret::new);
    let page = mount(move || {
        linchpin::screens::draw(
            look,
            username,
            UnsyncCallback::new(|()| Some(Secret::new("https://link.example/go/t"))),
        )
    });
    // The signals are used by the test as long as the page stands.
    std::mem::forget(owner);
    Shown { page, heard, screen: look.screen }
}

/// Shows a cover over a screen.
pub(crate) fn show_cover(screen: Screen, cover: linchpin_flow::Cover) -> Shown<impl Mountable> {
    let heard = Heard::default();
    let owner = Owner::new();
    owner.set();
    let look = Look {
        screen: RwSignal::new(screen),
        facts: RwSignal::new(facts()),
        intents: heard.intents(),
        place: linchpin::place::Place::whole_page(),
    };
    let page = mount(move || linchpin::screens::cover(look, cover));
    std::mem::forget(owner);
    Shown { page, heard, screen: look.screen }
}

pub(crate) fn bank() -> InstitutionRef {
    InstitutionRef {
        id: InstitutionId::new("ins_1"),
        name: "Harbour Savings".into(),
        domain: Some("harbour.example".into()),
    }
}
