//! Where the widget lives: the whole page of its frame, or an element of somebody's page, of which it touches nothing else.
//!
//! What is marked, looked for, focused and listened to goes through here, so that several can live on one page.

use crate::browser::Listening;
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, Event, EventTarget, FocusOptions, HtmlElement, HtmlInputElement};

/// Stands at the root where the widget is a box of the host's page: framed there, or an element of it.
pub const INLINE: &str = "data-inline";
/// Finds the summary of what is wrong with a form.
pub const PROBLEM_SUMMARY: &str = "#problem";

/// Where the widget lives. Once that is gone, nothing is found in it and nothing can be done to it.
#[derive(Clone, Copy)]
pub struct Place(StoredValue<Rc<Grounds>, LocalStorage>);

struct Grounds {
    /// Carries the markers; everything drawn is within it.
    root: Element,
    /// An element of somebody's page.
    in_page: bool,
    /// In somebody's page: whether the person was last active here.
    active: Rc<Cell<bool>>,
    _watching: Vec<Listening>,
}

#[wasm_bindgen]
extern "C" {
    /// A document or the root of a shadow tree: both know what has the focus in them.
    type Tree;
    #[wasm_bindgen(method, getter, structural, js_name = activeElement)]
    fn active_element(this: &Tree) -> Option<Element>;
}

impl Place {
    /// The page of the frame.
    ///
    /// # Panics
    /// Never in a browser: a page has a root.
    pub fn whole_page() -> Self {
        #[expect(clippy::expect_used, reason = "a page without a root runs no script")]
        let root = document().document_element().expect("a page has a root");
        Self::of(Grounds { root, in_page: false, active: Rc::default(), _watching: Vec::new() })
    }

    /// An element of somebody's page.
    pub fn element(root: HtmlElement) -> Self {
        let active = Rc::new(Cell::new(false));
        let watch = |name| {
            let (active, root) = (active.clone(), root.clone());
            let here = move |event: Event| active.set(event.composed_path().includes(&root, 0));
            Listening::to(&document(), name, here)
        };
        let watching = ["focusin", "pointerdown"].map(watch).into();
        let place = Self::of(Grounds { root: root.into(), in_page: true, active, _watching: watching });
        place.mark(INLINE, "");
        place
    }

    fn of(grounds: Grounds) -> Self {
        Self(StoredValue::new_local(Rc::new(grounds)))
    }

    fn grounds(self) -> Option<Rc<Grounds>> {
        self.0.try_get_value()
    }

    /// Whether it is an element of somebody's page, which could read what is typed here.
    pub fn is_in_page(self) -> bool {
        self.grounds().is_some_and(|grounds| grounds.in_page)
    }

    /// Whether it is a box of the host's page, framed or not.
    pub fn is_inline(self) -> bool {
        self.marker(INLINE).is_some()
    }

    /// What stands at the root.
    pub fn marker(self, name: &str) -> Option<String> {
        self.grounds()?.root.get_attribute(name)
    }

    /// Writes at the root.
    pub fn mark(self, name: &str, value: &str) {
        if let Some(grounds) = self.grounds() {
            let _ = grounds.root.set_attribute(name, value);
        }
    }

    /// Where what happens is told, and heard of.
    fn ear(self) -> Option<EventTarget> {
        let grounds = self.grounds()?;
        Some(if grounds.in_page { grounds.root.clone().into() } else { window().into() })
    }

    /// Tells the script around it of something.
    pub fn tell(self, name: &str) {
        if let (Some(ear), Ok(event)) = (self.ear(), Event::new(name)) {
            let _ = ear.dispatch_event(&event);
        }
    }

    /// Hears what happens in it, as long as that is kept.
    pub fn listen(self, name: &'static str, act: impl FnMut(Event) + 'static) -> Option<Listening> {
        Some(Listening::to(&self.ear()?, name, act))
    }

    /// The first element that fits.
    pub fn find(self, selector: &str) -> Option<HtmlElement> {
        self.grounds()?.root.query_selector(selector).ok().flatten()?.dyn_into().ok()
    }

    /// The element that has the focus, if it is in here.
    pub fn focused(self) -> Option<Element> {
        self.grounds()?.root.get_root_node().unchecked_into::<Tree>().active_element()
    }

    /// Whether a field has the focus, so that moving it would disturb somebody who is typing.
    fn is_typing(self) -> bool {
        self.focused().is_some_and(|element| element.is_instance_of::<HtmlInputElement>())
    }

    /// Whether the focus may be moved: from a box of the host's page it is never fetched out of the rest of that page.
    fn may_move_focus(self) -> bool {
        let active = self.grounds().is_some_and(|grounds| !grounds.in_page || grounds.active.get());
        !self.is_inline() || active && document().has_focus().unwrap_or(true)
    }

    /// Moves the focus to the first element that fits, once the present change is drawn.
    pub fn focus_soon(self, selector: &'static str) {
        request_animation_frame(move || {
            if let Some(element) = self.find(selector).filter(|_| self.may_move_focus()) {
                let _ = element.focus();
            }
        });
    }

    /// The same, without moving the page beneath. A field that has the focus by then keeps it: the frame may come late,
    /// after somebody has begun to type.
    pub fn focus_in_place(self, selector: &'static str) {
        request_animation_frame(move || {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            let free = || !self.is_typing() && self.may_move_focus();
            if let Some(element) = self.find(selector).filter(|_| free()) {
                let _ = element.focus_with_options(&options);
            }
        });
    }

    /// The id of the element that has the focus.
    pub fn focused_id(self) -> Option<String> {
        self.focused().map(|element| element.id())
    }

    /// Whether the focus is within an element that fits.
    pub fn has_focus_within(self, selector: &str) -> bool {
        self.focused().is_some_and(|element| element.closest(selector).ok().flatten().is_some())
    }

    /// Takes the focus from where it is, and gives it to the first element that fits, once the present change is drawn: in
    /// between, no key reaches anything.
    pub fn move_focus(self, selector: String) {
        if let Some(element) = self.focused().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.blur();
        }
        request_animation_frame(move || {
            if let Some(element) = self.find(&selector) {
                let _ = element.focus();
            }
        });
    }

    /// What scrolls with the widget, and with nothing else.
    fn scroller(self) -> Option<Element> {
        if self.is_in_page() { None } else { document().scrolling_element() }
    }

    /// How far the frame's page is scrolled down, in pixels. Somebody's page is scrolled by its reader alone.
    pub fn scrolled(self) -> i32 {
        self.scroller().map_or(0, |page| page.scroll_top())
    }

    /// Scrolls the frame's page there, once the present change is drawn.
    pub fn scroll_soon(self, to: i32) {
        request_animation_frame(move || {
            if let Some(page) = self.scroller() {
                page.set_scroll_top(to);
            }
        });
    }

    /// Puts words into the first element that fits.
    pub fn put_words(self, selector: &str, words: &str) {
        if let Some(element) = self.find(selector) {
            element.set_text_content(Some(words));
        }
    }
}

/// Does something once the present change is drawn.
pub fn once_drawn(act: impl FnOnce() + 'static) {
    request_animation_frame(act);
}
