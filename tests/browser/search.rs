//! Find the institution.

use crate::page::{Shown, drawn, show as show_screen, until};
use leptos::prelude::*;
use linchpin::browser::focus_soon;
use linchpin_flow::{Screen, SearchView};
use linchpin_protocol::{Availability, Institution, InstitutionId, Place, Way};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

fn institution(id: &str, name: &str) -> Institution {
    Institution {
        id: InstitutionId::new(id),
        name: name.into(),
        domain: Some("bank.example".into()),
        place: Some(Place { city: "Lincoln".into(), state: "NE".into() }),
        availability: Availability::Available,
        way: Way::Instant,
        connected: false,
        practice: false,
    }
}

fn found(query: &str, list: Vec<Institution>) -> SearchView {
    SearchView {
        query: query.into(),
        found: Some((query.into(), list)),
        popular: Some(vec![]),
        busy: false,
        trouble: None,
        list: 1,
    }
}

fn show(view: SearchView) -> Shown<impl Mountable> {
    show_screen(Screen::Search(view), None)
}

#[wasm_bindgen_test]
async fn typing_hands_back_every_change() {
    let page = show(SearchView::before_session(String::new(), None));
    page.type_into("Name or website", "cha");
    assert_eq!(page.heard.told(), [r#"Event(Typed("cha"))"#]);
}

#[wasm_bindgen_test]
async fn room_for_tiles_is_kept_until_they_come_and_a_tile_can_be_picked() {
    let page = show(SearchView::before_session(String::new(), None));
    assert_eq!(page.all(".tile.skeleton").len(), 9, "nine places are kept");
    let mut view = SearchView::before_session(String::new(), None);
    view.popular = Some(vec![institution("ins_7", "Chase")]);
    page.change(|screen| *screen = Screen::Search(view)).await;
    assert_eq!(page.all(".skeleton").len(), 0);
    page.button("CChase").click();
    assert_eq!(page.heard.told(), [r#"Event(Picked(InstitutionId("ins_7")))"#]);
}

#[wasm_bindgen_test]
async fn arrows_choose_a_row_and_enter_picks_it() {
    let list = vec![institution("ins_1", "First State Bank"), institution("ins_2", "First Standard Bank")];
    let page = show(found("first", list));
    let field: HtmlElement = page.get("#search");
    assert_eq!(field.get_attribute("aria-expanded").as_deref(), Some("true"));
    page.key(&field, "ArrowDown");
    page.key(&field, "ArrowDown");
    drawn().await;
    let active = field.get_attribute("aria-activedescendant").unwrap();
    let row: Element = page.get(&format!("#{active}"));
    assert_eq!(row.get_attribute("aria-selected").as_deref(), Some("true"));
    assert!(row.text_content().unwrap().contains("First Standard Bank"), "{}", row.outer_html());
    page.key(&field, "Enter");
    assert_eq!(page.heard.told(), [r#"Event(Picked(InstitutionId("ins_2")))"#]);
}

#[wasm_bindgen_test]
async fn escape_takes_the_choice_back_then_empties_the_field_then_is_left_to_the_widget() {
    let page = show(found("first", vec![institution("ins_1", "First State Bank")]));
    let field: HtmlElement = page.get("#search");
    page.key(&field, "ArrowDown");
    drawn().await;
    assert!(!page.key(&field, "Escape"), "the first Escape is used");
    drawn().await;
    assert_eq!(field.get_attribute("aria-activedescendant"), None);
    assert!(!page.key(&field, "Escape"), "the second Escape is used");
    assert_eq!(page.heard.told(), [r#"Event(Typed(""))"#]);
    page.change(|screen| *screen = Screen::Search(SearchView::before_session(String::new(), None))).await;
    assert!(page.key(&field, "Escape"), "the third Escape goes on to the widget");
}

#[wasm_bindgen_test]
async fn a_row_tells_place_domain_and_what_to_know_before_picking() {
    let mut slow = institution("ins_1", "First State Bank");
    slow.availability = Availability::Degraded;
    let mut had = institution("ins_2", "Other Bank");
    had.connected = true;
    let page = show(found("first", vec![slow, had]));
    let rows = page.all("[role=option]");
    let text = rows[0].text_content().unwrap();
    assert!(text.contains("Lincoln, NE · bank.example") && text.contains("Trouble today"), "{text}");
    assert!(rows[1].text_content().unwrap().contains("Connected"));
    assert_eq!(page.all("mark").len(), 1, "the typed beginning is marked");
}

#[wasm_bindgen_test]
async fn a_name_with_markup_is_shown_as_text() {
    let name = "<img src=x onerror=alert(1)> Bank";
    let page = show(found("bank", vec![institution("ins_1", name)]));
    assert!(page.text().contains(name));
    assert!(!page.has("img"), "{}", page.root.inner_html());
}

#[wasm_bindgen_test]
async fn nothing_found_says_so_with_a_way_on_and_is_announced() {
    let page = show(found("zzz", vec![]));
    assert!(page.text().contains("No bank found for “zzz”"));
    assert_eq!(page.get::<Element>("[role=status]").text_content().unwrap(), "No bank found for “zzz”");
    drawn().await;
    assert_eq!(page.field("Name or website").value(), "zzz", "the text stays");
}

#[wasm_bindgen_test]
async fn whoever_gets_into_the_field_before_the_heading_has_the_focus_keeps_it() {
    let page = show(SearchView::before_session(String::new(), None));
    // Asked for while nobody types; the frame comes after the person got into the field.
    focus_soon("h1", true);
    let field = page.field("Name or website");
    field.focus().expect("the field takes the focus");
    let frame = Rc::new(Cell::new(false));
    request_animation_frame({
        let frame = Rc::clone(&frame);
        move || frame.set(true)
    });
    until("a frame", || frame.get()).await;
    assert_eq!(document().active_element().as_ref(), Some(field.as_ref()), "typing is not disturbed");
    field.blur().expect("the field gives the focus back");
    focus_soon("h1", true);
    let focused = || document().active_element().map(|element| element.tag_name());
    until("the heading has the focus", || focused().as_deref() == Some("H1")).await;
}
