//! Find the institution. An editable combobox with a list (ARIA APG), and tiles before anything is typed.

use crate::browser::SEARCH_FIELD;
use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Icon, Lead, LinkButton, Monogram, Notice, Tone, whereabouts};
use crate::text::{Key, count, fill, number, say};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use linchpin_flow::{Event, Found, Screen, SearchView};
use linchpin_protocol::{Availability, Highlight, Institution, InstitutionId, ReadAs, Way};
use std::cell::Cell;
use std::sync::Arc;

/// How many tiles are shown before anything is typed.
const TILES: usize = 9;

thread_local! {
    /// How far the page was scrolled when the search was left.
    static LEFT_AT: Cell<i32> = const { Cell::new(0) };
}

/// Leaves the search, to come back to where it was.
fn leave(look: Look, event: Event) {
    LEFT_AT.set(look.place.scrolled());
    look.happen(event);
}

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
    let listed_for = StoredValue::new(String::new());
    // Who comes back finds the list as it was left; whoever begins anew begins at the top.
    let left_at = LEFT_AT.take();
    look.place.scroll_soon(if untrack(|| seen(look, |view| view.found.is_some())) { left_at } else { 0 });
    // The list is drawn anew only when it is another one, not at every key.
    let list = Memo::new(move |_| seen(look, |view| view.list));
    let count = move || {
        list.get();
        untrack(|| seen(look, |view| found(view).len()))
    };

    let keys = move |event: KeyboardEvent| {
        let last = count().checked_sub(1);
        let to = match (event.key().as_str(), last) {
            ("ArrowDown", Some(last)) => match active.get_untracked() {
                // Behind the last row comes the next page, and then the first row.
                Some(at) if at == last && untrack(|| seen(look, has_more)) => {
                    event.prevent_default();
                    return look.happen(Event::More);
                }
                Some(at) if at < last => Some(at + 1),
                _ => Some(0),
            },
            ("ArrowUp", Some(last)) => {
                Some(active.get_untracked().and_then(|at| at.checked_sub(1)).unwrap_or(last))
            }
            ("Enter", Some(_)) => {
                event.prevent_default();
                let id = untrack(|| seen(look, |view| Some(found(view).get(active.get()?)?.id.clone())));
                if let Some(id) = id {
                    leave(look, Event::Picked(id));
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
        if let Some(option) = to.and_then(|at| look.place.find(&format!("#{}", option_id(at)))) {
            option.scroll_into_view_with_bool(false);
        }
    };

    let expanded = Signal::derive(move || Some((count() > 0).to_string()));
    let controls = Signal::derive(move || (count() > 0).then(|| "found".to_owned()));
    let descendant = Signal::derive(move || active.get().map(option_id));
    let typed = Signal::derive(move || seen(look, |view| view.query.clone()));
    view! {
        <Lead title=say(Key::FindYourBank) text=Signal::derive(move || never_sees(look)) />
        <div class="field seek">
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
            list.get();
            match untrack(|| seen(look, |view| view.found.clone())) {
                None if seen(look, |view| view.trouble.is_some()) => nothing(),
                None => tiles(look, seen(look, |view| view.popular.clone())),
                Some(found) if found.institutions.is_empty() => nothing_found(&found),
                Some(found) => {
                    // Another list has no chosen row; one to which a page came keeps it.
                    if listed_for.get_value() != found.sought {
                        active.set(None);
                    }
                    listed_for.set_value(found.sought.clone());
                    rows(look, active, &found)
                }
            }
        })}
        {live(move || below(look))}
    }
}

/// The institutions that are listed.
fn found(view: &SearchView) -> &[Institution] {
    view.found.as_ref().map_or(&[], |found| &found.institutions)
}

/// Whether there is another page.
fn has_more(view: &SearchView) -> bool {
    view.found.as_ref().is_some_and(|found| found.next.is_some())
}

/// What stands below the list: what went wrong, more of it, and the way for a bank that is not in it.
fn below(look: Look) -> AnyView {
    let (trouble, more, shown) = seen(look, |view| {
        let shown = view.found.as_ref().map(|found| (found.institutions.len(), found.total));
        (view.trouble.is_some(), has_more(view), shown)
    });
    if trouble {
        return out_of_order(look);
    }
    let Some((shown, total)) = shown else { return nothing() };
    let more = more.then(|| {
        let words = fill(Key::ShownOf, &[("shown", &number(shown)), ("total", &number(total))]);
        view! {
            <button type="button" class="button plain" on:click=move |_| look.happen(Event::More)>
                {say(Key::ShowMore)}
            </button>
            <p class="quiet small">{words}</p>
        }
        .into_any()
    });
    view! {
        <div class="below">
            {more}
            <button type="button" class="link" on:click=move |_| leave(look, Event::NotListed)>
                {say(Key::NotListed)}
            </button>
        </div>
    }
    .into_any()
}

/// What the client will never see, once it is known who it is. Its own page could.
fn never_sees(look: Look) -> String {
    let facts = look.facts.read();
    match &facts.client {
        Some(client) if !facts.in_page => fill(Key::NeverSeesPassword, &[("client", client)]),
        _ => String::new(),
    }
}

fn option_id(at: usize) -> String {
    format!("found-{at}")
}

/// What is told about the answer to those who do not see it.
fn told(view: &SearchView) -> String {
    match &view.found {
        Some(found) if !view.busy && found.sought == view.query.trim() => match found.total {
            0 => none_found(found).0,
            some => count(Key::FoundBanks, some, &[]),
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

/// Why nothing is listed, and what to do.
fn none_found(found: &Found) -> (String, Key) {
    match (found.withheld, found.read_as) {
        (true, _) => (say(Key::Withheld), Key::WithheldHelp),
        (false, ReadAs::RoutingNumber) => (say(Key::NoSuchRouting), Key::NoSuchRoutingHelp),
        (false, _) => (fill(Key::NothingFound, &[("query", &found.sought)]), Key::NothingFoundHelp),
    }
}

fn nothing_found(found: &Found) -> AnyView {
    let (title, help) = none_found(found);
    view! { <Notice tone=Tone::Plain glyph=Glyph::Search title text=say(help) /> }.into_any()
}

/// The institutions to pick from before anything is typed, or the room for them.
fn tiles(look: Look, popular: Option<Vec<Institution>>) -> AnyView {
    let Some(list) = popular else {
        let bones: Vec<_> =
            (0..TILES).map(|_| view! { <li class="tile skeleton"></li> }.into_any()).collect();
        return view! { <ul class="tiles" aria-hidden="true">{bones}</ul> }.into_any();
    };
    let tiles = list.into_iter().take(TILES).map(|institution| {
        let (class, words) = tag(&institution).unwrap_or_default();
        let Institution { id, name, .. } = institution;
        view! {
            <li>
                <button type="button" class="tile" on:click=move |_| leave(look, Event::Picked(id.clone()))>
                    <Monogram name=name.clone() />
                    <span>{name}</span>
                    <span class=class>{words}</span>
                </button>
            </li>
        }
        .into_any()
    });
    let tiles: Vec<_> = tiles.collect();
    view! { <ul class="tiles" aria-label=say(Key::PopularBanks)>{tiles}</ul> }.into_any()
}

/// What was found.
fn rows(look: Look, active: RwSignal<Option<usize>>, found: &Arc<Found>) -> AnyView {
    let rows = found.institutions.iter().enumerate().map(|(at, institution)| {
        let id: InstitutionId = institution.id.clone();
        let selected = Signal::derive(move || Some((active.get() == Some(at)).to_string()));
        let line = whereabouts(institution.place.as_ref(), institution.domain.as_deref());
        let (class, words) = tag(institution).unwrap_or_default();
        view! {
            <li
                id=option_id(at)
                class="row"
                role="option"
                aria-selected=selected
                on:click=move |_| leave(look, Event::Picked(id.clone()))
            >
                <Monogram name=institution.name.clone() />
                <span class="what">
                    <span class="name">{marked(&institution.name, &institution.highlights)}</span>
                    " "
                    <span class="quiet small">{line}</span>
                </span>
                <span class=class>{words}</span>
            </li>
        }
        .into_any()
    });
    let rows: Vec<_> = rows.collect();
    let how = match found.read_as {
        ReadAs::Website => say(Key::ByWebsite),
        ReadAs::RoutingNumber => say(Key::ByRouting),
        ReadAs::Name | ReadAs::Unknown => String::new(),
    };
    view! {
        <p class="quiet small">{how}</p>
        <ul id="found" class="list" role="listbox" aria-label=say(Key::BanksFound)>{rows}</ul>
    }
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

/// The name with those parts marked that were asked for. Parts that are not in it are passed over.
fn marked(name: &str, parts: &[Highlight]) -> Vec<AnyView> {
    pieces(name, parts)
        .into_iter()
        .map(|(text, mark)| {
            let text = text.to_owned();
            if mark { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
        })
        .collect()
}

/// The name in pieces, each with whether it was asked for.
fn pieces<'a>(name: &'a str, parts: &[Highlight]) -> Vec<(&'a str, bool)> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for Highlight { start, end } in parts {
        let (start, end) = (*start as usize, *end as usize);
        if let (Some(before), Some(part)) = (name.get(done..start), name.get(start..end)) {
            pieces.extend([(before, false), (part, true)]);
            done = end;
        }
    }
    pieces.push((name.get(done..).unwrap_or_default(), false));
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_name_is_cut_where_it_was_asked_for_and_never_through_a_letter() {
        let cut = |name, parts: &[(u32, u32)]| {
            let parts: Vec<_> =
                parts.iter().map(|(start, end)| Highlight { start: *start, end: *end }).collect();
            pieces(name, &parts).into_iter().map(|(text, mark)| (text.to_owned(), mark)).collect::<Vec<_>>()
        };
        let piece = |text: &str, mark| (text.to_owned(), mark);
        assert_eq!(
            cut("Wells Fargo", &[(0, 3), (6, 7)]),
            [piece("Wel", true), piece("ls ", false), piece("F", true), piece("argo", false)]
        );
        assert_eq!(cut("Chase", &[]), [piece("Chase", false)]);
        assert_eq!(cut("Énergie", &[(1, 3)]), [piece("Énergie", false)], "inside a letter");
        assert_eq!(cut("Chase", &[(2, 9), (4, 2)]), [piece("Chase", false)], "beyond the end, and backwards");
        assert_eq!(cut("Chase", &[(3, 5), (0, 2)]), [piece("Cha", false), piece("se", true)], "out of order");
    }
}
