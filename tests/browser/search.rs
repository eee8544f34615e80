//! Find the institution.

use crate::page::{Shown, drawn, show as show_screen, until};
use leptos::prelude::*;
use linchpin::place::Place;
use linchpin_flow::{Found, Screen, SearchView};
use linchpin_protocol::{Availability, Highlight, Institution, InstitutionId, Place as Where, ReadAs, Way};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

fn institution(id: &str, name: &str) -> Institution {
    Institution {
        id: InstitutionId::new(id),
        name: name.into(),
        highlights: vec![],
        domain: Some("bank.example".into()),
        place: Some(Where { city: "Lincoln".into(), state: "NE".into() }),
        availability: Availability::Available,
        way: Way::Instant,
        connected: false,
        practice: false,
    }
}

fn found(query: &str, list: Vec<Institution>) -> SearchView {
    SearchView {
        query: query.into(),
        found: Some(Arc::new(Found {
            sought: query.into(),
            total: u32::try_from(list.len()).expect("it is short"),
            institutions: list,
            ..Found::default()
        })),
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
    slow.highlights = vec![Highlight { start: 0, end: 5 }];
    slow.availability = Availability::Degraded;
    let mut had = institution("ins_2", "Other Bank");
    had.connected = true;
    let page = show(found("first", vec![slow, had]));
    let rows = page.all("[role=option]");
    let text = rows[0].text_content().unwrap();
    assert!(text.contains("Lincoln, NE · bank.example") && text.contains("Trouble today"), "{text}");
    assert!(rows[1].text_content().unwrap().contains("Connected"));
    let marked: Vec<_> = page.all("mark").iter().filter_map(|part| part.text_content()).collect();
    assert_eq!(marked, ["First"], "what was asked for is marked, as the proxy says");
}

/// What is found, with something of it changed.
fn changed(mut view: SearchView, change: impl FnOnce(&mut Found)) -> SearchView {
    change(Arc::make_mut(view.found.as_mut().expect("something is found")));
    view
}

#[wasm_bindgen_test]
async fn behind_the_last_row_comes_the_next_page_and_the_choice_is_kept() {
    let first = institution("ins_1", "First State Bank");
    let pages = |list: &[Institution], next: Option<&str>| {
        changed(found("first", list.to_vec()), |found| {
            found.total = 2;
            found.next = next.map(str::to_owned);
        })
    };
    let page = show(pages(std::slice::from_ref(&first), Some("1")));
    assert!(page.text().contains("1 of 2 shown"), "{}", page.text());
    let field: HtmlElement = page.get("#search");
    page.key(&field, "ArrowDown");
    page.key(&field, "ArrowDown");
    assert_eq!(page.heard.told(), ["Event(More)"]);
    let second = institution("ins_2", "First Standard Bank");
    let next = SearchView { list: 2, ..pages(&[first, second], None) };
    page.change(|screen| *screen = Screen::Search(next)).await;
    assert_eq!(
        field.get_attribute("aria-activedescendant").as_deref(),
        Some("found-0"),
        "the row is still chosen"
    );
    assert!(!page.text().contains("Show more"), "there is no more");
    page.key(&field, "ArrowDown");
    page.key(&field, "Enter");
    assert_eq!(
        page.heard.told().last().map(String::as_str),
        Some(r#"Event(Picked(InstitutionId("ins_2")))"#)
    );
}

#[wasm_bindgen_test]
async fn each_answer_takes_the_place_of_the_one_before() {
    let page = show(SearchView::before_session(String::new(), None));
    for (list, name) in (1..).zip(["First State Bank", "Second Bank", "Third Bank", "Fourth Bank"]) {
        let next = SearchView { list, ..found(name, vec![institution("ins_1", name)]) };
        page.change(|screen| *screen = Screen::Search(next)).await;
        let rows: Vec<_> = page.all("[role=option]").iter().filter_map(|row| row.text_content()).collect();
        assert!(rows.len() == 1 && rows[0].contains(name), "{rows:?}");
    }
}

#[wasm_bindgen_test]
async fn the_next_page_and_the_way_for_a_bank_that_is_not_listed_are_buttons_too() {
    let page = show(changed(found("first", vec![institution("ins_1", "First State Bank")]), |found| {
        found.next = Some("1".into());
    }));
    page.button("Show more").click();
    page.button("My bank is not listed").click();
    assert_eq!(page.heard.told(), ["Event(More)", "Event(NotListed)"]);
}

#[wasm_bindgen_test]
async fn a_page_that_does_not_come_leaves_the_list() {
    let mut view = found("first", vec![institution("ins_1", "First State Bank")]);
    view.trouble = Some(linchpin_protocol::Code::ProviderUnavailable);
    let page = show(view);
    assert_eq!(page.all("[role=option]").len(), 1);
    page.button("Try again").click();
    assert_eq!(page.heard.told(), ["Event(TryAgain)"]);
}

#[wasm_bindgen_test]
async fn it_is_said_how_a_website_and_a_routing_number_were_understood() {
    let bank = || vec![institution("ins_1", "First State Bank")];
    let read_as = |query: &str, list, read_as| changed(found(query, list), |found| found.read_as = read_as);
    let page = show(read_as("bank.example", bank(), ReadAs::Website));
    assert!(page.text().contains("Found by the website’s address"));
    drop(page);
    let page = show(read_as("021000021", bank(), ReadAs::RoutingNumber));
    assert!(page.text().contains("Found by the routing number"));
    drop(page);
    let page = show(read_as("021000021", vec![], ReadAs::RoutingNumber));
    let status = page.get::<Element>("[role=status]").text_content().unwrap();
    assert_eq!(status, "No bank known by this routing number");
}

#[wasm_bindgen_test]
async fn what_may_be_an_account_number_is_said_not_to_have_been_sent() {
    let page = show(changed(found("1234567890", vec![]), |found| found.withheld = true));
    assert!(
        page.text().contains("This may be an account number") && page.text().contains("It was not sent.")
    );
}

#[wasm_bindgen_test]
async fn a_tile_tells_what_to_know_before_picking() {
    let mut view = SearchView::before_session(String::new(), None);
    let mut slow = institution("ins_7", "Chase");
    slow.way = Way::Days;
    view.popular = Some(vec![slow]);
    let page = show(view);
    assert!(page.text().contains("Takes a few days"), "{}", page.text());
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
    Place::whole_page().focus_in_place("h1");
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
    Place::whole_page().focus_in_place("h1");
    let focused = || document().active_element().map(|element| element.tag_name());
    until("the heading has the focus", || focused().as_deref() == Some("H1")).await;
}
