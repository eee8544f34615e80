//! What the person has: each with how it stands, and when it was updated.

use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Lead, Monogram, Notice, Primary, Tone, ago, date, is_past};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{ConnectionsView, Event, Note, Noted, Screen};
use linchpin_protocol::{ManagedConnection, Next, Standing};
use std::sync::Arc;

/// What the person has.
pub fn connections(look: Look) -> AnyView {
    let seen = Memo::new(move |before: Option<&ConnectionsView>| match &*look.screen.read() {
        Screen::Connections(view) => view.clone(),
        _ => before.cloned().unwrap_or(ConnectionsView { list: None, note: None, trouble: None }),
    });
    let note = live(move || seen.read().note.as_ref().map_or_else(nothing, told));
    let body = live(move || {
        let seen = seen.read();
        match &seen.list {
            None if seen.trouble.is_some() => nothing(),
            None => view! { <div class="bone"></div><div class="bone"></div> }.into_any(),
            Some(list) => {
                let rows: Vec<_> = list.iter().map(|managed| row(look, managed)).collect();
                view! { <ul class="options plain-list">{rows}</ul> }.into_any()
            }
        }
    });
    let lead = live(move || {
        let client = look.client();
        let seen = seen.read();
        let (title, text) = match &seen.list {
            None if seen.trouble.is_some() => (Key::CannotList, Key::SearchTroubleHelp),
            Some(list) if list.is_empty() => (Key::NothingConnected, Key::NothingConnectedHelp),
            _ => (Key::YourConnections, Key::YourConnectionsHelp),
        };
        view! { <Lead title=say(title) text=fill(text, &[("client", &client)]) /> }.into_any()
    });
    let foot = live(move || match seen.read().trouble {
        Some(_) => view! { <Primary label=say(Key::TryAgain) look event=|| Event::TryAgain /> }.into_any(),
        None => {
            let label = fill(Key::FinishTo, &[("client", &look.client())]);
            view! { <Primary label look event=|| Event::CloseAsked /> }.into_any()
        }
    });
    view! {
        {lead}
        <div role="status">{note}</div>
        {body}
        <div class="foot">{foot}</div>
    }
    .into_any()
}

/// What came of the last act.
fn told(note: &Note) -> AnyView {
    let (title, text) = match note.what {
        Noted::Refreshed => (Key::NoteRefreshed, None),
        Noted::Repaired => (Key::NoteRepaired, None),
        Noted::Linked => (Key::BankConnected, None),
        Noted::Disconnected { erased } => (Key::NoteDisconnected, erased.then_some(Key::NoteErased)),
        Noted::Moved => (Key::NoteMoved, Some(Key::NoteMovedHelp)),
        Noted::Kept => (Key::NoteKept, None),
        Noted::Gone => (Key::NoteGone, None),
    };
    let title = fill(title, &[("bank", &note.institution.name)]);
    let text = text.map(say).unwrap_or_default();
    view! { <Notice tone=Tone::Good glyph=Glyph::Check title text /> }.into_any()
}

/// One of them, to be pressed.
fn row(look: Look, managed: &Arc<ManagedConnection>) -> AnyView {
    let connection = &managed.connection;
    let name = connection.institution.name.clone();
    let (tone, standing) = standing(managed);
    let updated = connection.last_success_at.as_ref().and_then(|moment| ago(moment.as_str()));
    let updated = updated.map(|when| fill(Key::UpdatedWhen, &[("when", &when)])).unwrap_or_default();
    let by_itself = connection
        .updates_itself
        .map(|itself| say(if itself { Key::UpdatesItself } else { Key::UpdatesByHand }));
    let ends = permission(managed).filter(|_| managed.expires_soon).unwrap_or_default();
    let id = connection.id.clone();
    view! {
        <li>
            <button type="button" class="option" on:click=move |_| look.happen(Event::ConnectionPicked(id.clone()))>
                <Monogram name=name.clone() />
                <span class="what">
                    <span class="standing">
                        <span class="name">{name}</span>
                        <span class=tone>{say(standing)}</span>
                    </span>
                    <span class="dots quiet small">{updated}</span>
                    <span class="dots quiet small">{by_itself}</span>
                    <span class="dots small alert">{ends}</span>
                </span>
            </button>
        </li>
    }
    .into_any()
}

/// Until when the person has given permission, where that is stated.
pub fn permission(managed: &ManagedConnection) -> Option<String> {
    let moment = managed.expires_at.as_ref()?.as_str();
    let key = if is_past(moment) { Key::PermissionEnded } else { Key::PermissionEnds };
    date(moment).map(|date| fill(key, &[("date", &date)]))
}

/// How one stands, in a word, and how that is meant.
fn standing(managed: &ManagedConnection) -> (&'static str, Key) {
    match managed.standing {
        Standing::Working => ("tag good", Key::StandsWorking),
        Standing::Updating => ("tag", Key::StandsUpdating),
        Standing::NeedsYou => ("tag warn", Key::StandsNeedsYou),
        Standing::Unfinished => ("tag warn", Key::StandsUnfinished),
        Standing::Later => ("tag", Key::StandsOnHold),
        // It stopped, and goes on only when the person says so.
        Standing::Ending if matches!(managed.connection.next, Next::Interrupted { .. }) => {
            ("tag warn", Key::StandsUnfinished)
        }
        Standing::Ending => ("tag", Key::StandsEnding),
        Standing::Unreadable | Standing::Unknown => ("tag", Key::StandsUnknown),
    }
}
