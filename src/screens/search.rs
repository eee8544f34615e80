//! Find the institution. An editable combobox with a list (ARIA APG), and tiles before anything is typed.

use crate::browser::SEARCH_FIELD;
use crate::driver::{Intent, Intents};
use crate::facts::Facts;
use crate::parts::{Glyph, Icon, Lead, LinkButton, Monogram, Notice, Tone};
use crate::text::{Key, fill, say};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use linchpin_flow::{Event, SearchView};
use linchpin_protocol::{Availability, Institution, Purpose, Way};

/// How many tiles are shown before anything is typed.
const TILES: usize = 9;

/// Find the institution.
#[component]
pub fn Search(
    /// What it shows.
    view: Signal<SearchView>,
    /// What its words rest on.
    facts: Signal<Facts>,
    /// Where intents go.
    intents: Intents,
) -> impl IntoView {
    let happen = move |event| intents.run(Intent::Event(event));
    let active = RwSignal::new(None::<usize>);
    let found = Memo::new(move |_| view.read().found.clone());
    let count = move || found.read().as_ref().map_or(0, |(_, list)| list.len());
    let expanded = move || !view.read().query.trim().is_empty() && count() > 0;
    // A new list has no chosen row.
    Effect::new(move |_| {
        found.track();
        active.set(None);
    });

    let keys = move |event: KeyboardEvent| {
        let last = count().checked_sub(1).filter(|_| expanded());
        let to = match (event.key().as_str(), last) {
            ("ArrowDown", Some(last)) => {
                Some(active.get_untracked().map_or(0, |at| if at == last { 0 } else { at + 1 }))
            }
            ("ArrowUp", Some(last)) => {
                Some(active.get_untracked().and_then(|at| at.checked_sub(1)).unwrap_or(last))
            }
            ("Enter", Some(_)) => {
                event.prevent_default();
                let list = found.get_untracked().map(|(_, list)| list).unwrap_or_default();
                if let Some(institution) = active.get_untracked().and_then(|at| list.get(at)) {
                    happen(Event::Picked(institution.id.clone()));
                }
                return;
            }
            // The first Escape takes the choice back, the second empties the field, the third closes the widget.
            ("Escape", _) if active.get_untracked().is_some() => {
                event.prevent_default();
                active.set(None);
                return;
            }
            ("Escape", _) if !view.read_untracked().query.is_empty() => {
                event.prevent_default();
                happen(Event::Typed(String::new()));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(to);
        scroll_to_option(to);
    };

    let will_see = move || {
        let facts = facts.read();
        let key = match facts.purpose {
            Some(Purpose::Verify) => Key::WillSeeNumbers,
            Some(Purpose::Aggregate) => Key::WillSeeBalances,
            Some(Purpose::Both) => Key::WillSeeBoth,
            None => return String::new(),
        };
        fill(key, &[("client", &facts.client())])
    };

    view! {
        <Lead title=Signal::derive(|| say(Key::FindYourBank)) text=Signal::derive(will_see) />
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
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="200"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=move || expanded().to_string()
                    aria-controls=move || expanded().then_some("found")
                    aria-activedescendant=move || active.get().map(option_id)
                    prop:value=move || view.read().query.clone()
                    on:input=move |event| happen(Event::Typed(event_target_value(&event)))
                    on:keydown=keys
                />
            </div>
        </div>
        <div class="aside" role="status">{move || told(&view.read())}</div>
        {move || {
            let SearchView { query, trouble, popular, .. } = view.get();
            if let Some(_code) = trouble {
                return view! {
                    <Notice tone=Tone::Warn title=say(Key::SearchTrouble) text=say(Key::SearchTroubleHelp) />
                    <LinkButton label=say(Key::TryAgain) press=move || happen(Event::TryAgain) />
                }
                    .into_any();
            }
            match found.get() {
                Some((sought, list)) if !query.trim().is_empty() => {
                    view! { <Found sought list active happen /> }.into_any()
                }
                _ => view! { <Tiles popular happen /> }.into_any(),
            }
        }}
    }
}

fn option_id(at: usize) -> String {
    format!("found-{at}")
}

fn scroll_to_option(at: Option<usize>) {
    let option = at.and_then(|at| document().get_element_by_id(&option_id(at)));
    if let Some(option) = option {
        option.scroll_into_view_with_bool(false);
    }
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

/// The institutions to pick from before anything is typed, or the room for them.
#[component]
fn Tiles(
    popular: Option<Vec<Institution>>,
    happen: impl Fn(Event) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    match popular {
        None => {
            let bones = (0..TILES).map(|_| view! { <li class="tile skeleton"></li> }).collect_view();
            view! { <ul class="tiles" aria-hidden="true">{bones}</ul> }.into_any()
        }
        Some(list) => {
            let tiles = list.into_iter().take(TILES).map(|institution| {
                let Institution { id, name, .. } = institution;
                view! {
                    <li>
                        <button type="button" class="tile" on:click=move |_| happen(Event::Picked(id.clone()))>
                            <Monogram name=name.clone() />
                            <span>{name}</span>
                        </button>
                    </li>
                }
            });
            view! { <ul class="tiles" aria-label=say(Key::PopularBanks)>{tiles.collect_view()}</ul> }
                .into_any()
        }
    }
}

/// What was found.
#[component]
fn Found(
    sought: String,
    list: Vec<Institution>,
    active: RwSignal<Option<usize>>,
    happen: impl Fn(Event) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    if list.is_empty() {
        let title = fill(Key::NothingFound, &[("query", &sought)]);
        return view! { <Notice tone=Tone::Plain glyph=Glyph::Search title text=say(Key::NothingFoundHelp) /> }
            .into_any();
    }
    let rows = list.into_iter().enumerate().map(|(at, institution)| {
        let Institution { id, name, domain, place, .. } = institution.clone();
        view! {
            <li
                id=option_id(at)
                class="row"
                role="option"
                aria-selected=move || (active.get() == Some(at)).to_string()
                on:click=move |_| happen(Event::Picked(id.clone()))
            >
                <Monogram name=name.clone() />
                <span class="what">
                    <span class="name">{marked(&name, &sought)}</span>
                    " "
                    <span class="quiet small">{crate::parts::whereabouts(place.as_ref(), domain.as_deref())}</span>
                </span>
                {tag(&institution).map(|(class, words)| view! { <span class=class>{words}</span> })}
            </li>
        }
    });
    view! { <ul id="found" class="list" role="listbox" aria-label=say(Key::BanksFound)>{rows.collect_view()}</ul> }
        .into_any()
}

/// What should be known of an institution before it is picked.
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
        if at > 0 {
            views.push(" ".into_any());
        }
        let length = typed.iter().filter_map(|typed| shared_start(word, typed)).max().unwrap_or(0);
        let (head, tail) = word.split_at_checked(length).unwrap_or(("", word));
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

    #[test]
    fn a_shared_start_ignores_case_and_never_cuts_a_letter() {
        assert_eq!(shared_start("Chase", "cha"), Some(3));
        assert_eq!(shared_start("Chase", "chat"), None);
        assert_eq!(shared_start("Énergie", "é"), None);
        assert_eq!(shared_start("É", "x"), None);
        assert_eq!(shared_start("A", "abc"), None);
    }
}
