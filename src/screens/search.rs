//! Find the institution. An editable combobox with a list (ARIA APG), and tiles before anything is typed.

use crate::browser::SEARCH_FIELD;
use crate::look::{Look, live};
use crate::parts::{Glyph, Icon, Lead, LinkButton, Monogram, Notice, Tone, whereabouts};
use crate::text::{Key, fill, say};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use linchpin_flow::{Event, Screen, SearchView};
use linchpin_protocol::{Availability, Institution, Way};

/// How many tiles are shown before anything is typed.
const TILES: usize = 9;

/// Reads the screen as long as it is this one.
fn seen<R: Default>(look: Look, read: impl FnOnce(&SearchView) -> R) -> R {
    match &*look.screen.read() {
        Screen::Search(view) => read(view),
        _ => R::default(),
    }
}

/// Find the institution.
#[component]
pub fn Search(
    /// What it shows, and where intents go.
    look: Look,
) -> impl IntoView {
    let active = RwSignal::new(None::<usize>);
    // The list is drawn anew only when it is another one, not at every key.
    let list = Memo::new(move |_| seen(look, |view| view.list));
    let count = move || {
        list.track();
        untrack(|| seen(look, |view| view.found.as_ref().map_or(0, |(_, list)| list.len())))
    };

    let keys = move |event: KeyboardEvent| {
        let last = count().checked_sub(1);
        let to = match (event.key().as_str(), last) {
            ("ArrowDown", Some(last)) => {
                Some(active.get_untracked().map_or(0, |at| if at == last { 0 } else { at + 1 }))
            }
            ("ArrowUp", Some(last)) => {
                Some(active.get_untracked().and_then(|at| at.checked_sub(1)).unwrap_or(last))
            }
            ("Enter", Some(_)) => {
                event.prevent_default();
                let id = untrack(|| {
                    seen(look, |view| Some(view.found.as_ref()?.1.get(active.get()?)?.id.clone()))
                });
                if let Some(id) = id {
                    look.happen(Event::Picked(id));
                }
                return;
            }
            // The first Escape takes the choice back, the second empties the field, the third closes the widget.
            ("Escape", _) if active.get_untracked().is_some() => None,
            ("Escape", _) if !untrack(|| seen(look, |view| view.query.is_empty())) => {
                event.prevent_default();
                look.happen(Event::Typed(String::new()));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(to);
        if let Some(option) = to.and_then(|at| document().get_element_by_id(&option_id(at))) {
            option.scroll_into_view_with_bool(false);
        }
    };

    let expanded = Signal::derive(move || Some((count() > 0).to_string()));
    let controls = Signal::derive(move || (count() > 0).then(|| "found".to_owned()));
    let descendant = Signal::derive(move || active.get().map(option_id));
    let typed = Signal::derive(move || seen(look, |view| view.query.clone()));
    view! {
        <Lead title=say(Key::FindYourBank) text=Signal::derive(move || never_sees(look)) />
        <div class="field">
            <label for=SEARCH_FIELD>{say(Key::NameOrWebsite)}</label>
            <div class="box">
                <Icon glyph=Glyph::Search />
                <input
                    id=SEARCH_FIELD
                    type="text"
                    inputmode="search"
                    enterkeyhint="search"
                    autocomplete="off"
                    maxlength="200"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=expanded
                    aria-controls=controls
                    aria-activedescendant=descendant
                    prop:value=typed
                    on:input=move |event| look.happen(Event::Typed(event_target_value(&event)))
                    on:keydown=keys
                />
            </div>
        </div>
        <div class="aside" role="status">{Signal::derive(move || seen(look, told))}</div>
        {live(move || {
            if seen(look, |view| view.trouble.is_some()) {
                return out_of_order(look);
            }
            list.track();
            // A new list has no chosen row.
            active.set(None);
            match untrack(|| seen(look, |view| view.found.clone())) {
                Some((sought, list)) if list.is_empty() => nothing_found(&sought),
                Some((sought, list)) => rows(look, active, &sought, list),
                None => tiles(look, seen(look, |view| view.popular.clone())),
            }
        })}
    }
}

/// What the client will never see, once it is known who it is.
fn never_sees(look: Look) -> String {
    let facts = look.facts.read();
    match &facts.client {
        Some(client) => fill(Key::NeverSeesPassword, &[("client", client)]),
        None => String::new(),
    }
}

fn option_id(at: usize) -> String {
    format!("found-{at}")
}

/// What is told about the answer to those who do not see it.
fn told(view: &SearchView) -> String {
    match &view.found {
        Some((sought, list)) if !view.busy && sought == view.query.trim() => match list.len() {
            0 => fill(Key::NothingFound, &[("query", sought)]),
            1 => say(Key::FoundOne),
            many => fill(Key::FoundMany, &[("count", &many.to_string())]),
        },
        _ => String::new(),
    }
}

fn out_of_order(look: Look) -> AnyView {
    view! {
        <Notice tone=Tone::Warn glyph=Glyph::Warn title=say(Key::SearchTrouble) text=say(Key::SearchTroubleHelp) />
        <LinkButton label=say(Key::TryAgain) look event=|| Event::TryAgain />
    }
    .into_any()
}

fn nothing_found(sought: &str) -> AnyView {
    let title = fill(Key::NothingFound, &[("query", sought)]);
    view! { <Notice tone=Tone::Plain glyph=Glyph::Search title text=say(Key::NothingFoundHelp) /> }.into_any()
}

/// The institutions to pick from before anything is typed, or the room for them.
fn tiles(look: Look, popular: Option<Vec<Institution>>) -> AnyView {
    let Some(list) = popular else {
        let bones: Vec<_> =
            (0..TILES).map(|_| view! { <li class="tile skeleton"></li> }.into_any()).collect();
        return view! { <ul class="tiles" aria-hidden="true">{bones}</ul> }.into_any();
    };
    let tiles = list.into_iter().take(TILES).map(|Institution { id, name, .. }| {
        view! {
            <li>
                <button type="button" class="tile" on:click=move |_| look.happen(Event::Picked(id.clone()))>
                    <Monogram name=name.clone() />
                    <span>{name}</span>
                </button>
            </li>
        }
        .into_any()
    });
    let tiles: Vec<_> = tiles.collect();
    view! { <ul class="tiles" aria-label=say(Key::PopularBanks)>{tiles}</ul> }.into_any()
}

/// What was found.
fn rows(look: Look, active: RwSignal<Option<usize>>, sought: &str, list: Vec<Institution>) -> AnyView {
    let rows = list.into_iter().enumerate().map(|(at, institution)| {
        let id = institution.id.clone();
        let selected = Signal::derive(move || Some((active.get() == Some(at)).to_string()));
        let line = whereabouts(institution.place.as_ref(), institution.domain.as_deref());
        let (class, words) = tag(&institution).unwrap_or_default();
        view! {
            <li
                id=option_id(at)
                class="row"
                role="option"
                aria-selected=selected
                on:click=move |_| look.happen(Event::Picked(id.clone()))
            >
                <Monogram name=institution.name.clone() />
                <span class="what">
                    <span class="name">{marked(&institution.name, sought)}</span>
                    " "
                    <span class="quiet small">{line}</span>
                </span>
                <span class=class>{words}</span>
            </li>
        }
        .into_any()
    });
    let rows: Vec<_> = rows.collect();
    view! { <ul id="found" class="list" role="listbox" aria-label=say(Key::BanksFound)>{rows}</ul> }
        .into_any()
}

/// What should be known of an institution before it is picked: a class and words.
fn tag(institution: &Institution) -> Option<(&'static str, String)> {
    let (class, key) = match (institution.availability, institution.way) {
        _ if institution.connected => ("tag good", Key::Connected),
        (Availability::Unavailable, _) => ("tag warn", Key::NotNow),
        (Availability::Degraded, _) => ("tag warn", Key::SlowToday),
        (_, Way::Days) => ("tag", Key::TakesDays),
        (_, Way::None) => ("tag", Key::CannotLink),
        _ if institution.practice => ("tag", Key::PracticeBank),
        _ => return None,
    };
    Some((class, say(key)))
}

/// The name with those beginnings of words marked that were typed.
fn marked(name: &str, sought: &str) -> Vec<AnyView> {
    let typed: Vec<&str> = sought.split_whitespace().collect();
    let mut views = Vec::new();
    for (at, word) in name.split(' ').enumerate() {
        let length = typed.iter().filter_map(|typed| shared_start(word, typed)).max().unwrap_or(0);
        let (head, tail) = word.split_at_checked(length).unwrap_or(("", word));
        if at > 0 {
            views.push(" ".to_owned().into_any());
        }
        if !head.is_empty() {
            views.push(view! { <mark>{head.to_owned()}</mark> }.into_any());
        }
        views.push(tail.to_owned().into_any());
    }
    views
}

/// How many bytes of the word are the typed text, whatever the case; nothing when it goes on otherwise.
fn shared_start(word: &str, typed: &str) -> Option<usize> {
    let head = word.get(..typed.len())?;
    head.eq_ignore_ascii_case(typed).then_some(typed.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_shared_start_ignores_case_and_never_cuts_a_letter() {
        assert_eq!(shared_start("Chase", "cha"), Some(3));
        assert_eq!(shared_start("Chase", "chat"), None);
        assert_eq!(shared_start("Énergie", "é"), None);
        assert_eq!(shared_start("É", "x"), None);
        assert_eq!(shared_start("A", "abc"), None);
    }
}
