//! One state, as the widget draws it in its own page, and nothing else.

use crate::states::{self, Shown, State};
use crate::wanted::Wanted;
use leptos::prelude::*;
use linchpin::app::Frame;
use linchpin::look::{Look, live};
use linchpin::place::Place;
use linchpin_protocol::Secret;
use wasm_bindgen::closure::Closure;

/// One state.
#[component]
pub fn Bare(
    /// Which, and how it is to be shown.
    wanted: RwSignal<Wanted>,
) -> impl IntoView {
    stop_the_clock();
    // Also where nothing is drawn anew.
    Effect::new(move || dress(&wanted.read()));
    live(move || {
        let (name, tongue) = wanted.with(|wanted| (wanted.state.clone(), wanted.tongue));
        // What the browser formats asks the page for its language, so that comes first.
        dress(&wanted.read_untracked());
        tongue.speak();
        match states::named(&name) {
            Some(state) => drawn(state),
            None => view! { <main><h1>"There is no state called " {name}</h1></main> }.into_any(),
        }
    })
}

/// Countdowns stand, so that a state looks the same whenever one looks.
fn stop_the_clock() {
    let Some(clock) = window().performance() else { return };
    let standing = Closure::<dyn Fn() -> f64>::new(|| 0.0).into_js_value();
    // Where the browser does not let it be done, they go.
    let _ = js_sys::Reflect::set(&clock, &"now".into(), &standing);
}

/// Gives the page what the proxy gives the widget's, theme, direction and language, and tells tests which state is drawn.
fn dress(wanted: &Wanted) {
    let Some(html) = document().document_element() else { return };
    let attributes = [
        ("data-theme", wanted.theme.as_str()),
        ("dir", wanted.tongue.direction().as_str()),
        ("lang", wanted.tongue.tag()),
        ("data-state", &wanted.state),
    ];
    for (name, value) in attributes {
        // Fails for names that are none, and these are.
        let _ = html.set_attribute(name, value);
    }
}

/// The state, standing still: what a person does on it leads nowhere.
fn drawn(state: State) -> AnyView {
    let State { shown, cover, facts, username, .. } = state;
    let screen = match shown {
        Shown::Screen(screen) => screen,
        Shown::Page { first, notice } => return page(first, notice),
    };
    let id = RwSignal::new(screen.id());
    let intents = UnsyncCallback::new(|_| ());
    let place = Place::whole_page();
    let look = Look { screen: RwSignal::new(screen), facts: RwSignal::new(facts), intents, place };
    let username = UnsyncCallback::new(move |()| username.map(Secret::new));
    let way = UnsyncCallback::new(|()| Some(Secret::new("#")));
    view! { <Frame look id cover=RwSignal::new(cover) username way /> }.into_any()
}

/// The widget's page without its program.
fn page(first: &'static str, notice: Option<&'static str>) -> AnyView {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute("data-first", first);
    }
    view! { <div inner_html=written(notice).unwrap_or_default()></div> }.into_any()
}

/// The body of the widget's page as it is written, with this notice shown. None: the page has no such notice.
fn written(notice: Option<&str>) -> Option<String> {
    const PAGE: &str = include_str!("../../../index.html");
    let (_, body) = PAGE.split_once("<body")?;
    let (body, _) = body.split_once('>')?.1.split_once("</body>")?;
    let Some(id) = notice else { return Some(body.to_owned()) };
    let (before, after) = body.split_once(&format!("<p id=\"{id}\""))?;
    let (attributes, rest) = after.split_once('>')?;
    Some(format!("{before}<p id=\"{id}\"{}>{rest}", attributes.strip_suffix(" hidden")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_notice_of_the_page_can_be_shown() {
        let states = states::all().into_iter().flat_map(|group| group.states);
        let notices: Vec<_> = states
            .filter_map(|state| match state.shown {
                Shown::Page { notice, .. } => notice,
                Shown::Screen(_) => None,
            })
            .collect();
        let hidden = written(None).unwrap_or_default().matches(" hidden>").count();
        assert_eq!(hidden, notices.len(), "each notice of the page has a state: {notices:?}");
        for notice in notices {
            let shown = written(Some(notice)).unwrap_or_default();
            assert_eq!(shown.matches(" hidden>").count(), hidden - 1, "{notice} alone is shown");
        }
        assert_eq!(written(Some("nothing")), None, "there is no such notice");
    }
}
