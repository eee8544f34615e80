//! What the person has: each with how it stands, and when it was updated.

use super::which;
use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Lead, Monogram, Notice, Primary, Tone, ago, date, is_past};
use crate::place::once_drawn;
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{ConnectionsView, Event, Note, Noted, Screen};
use linchpin_protocol::{ConnectionId, ManagedConnection, Next, Standing};
use std::sync::Arc;

/// What the ids of the rows begin with.
const ROW: &str = "connection-";

/// What the person has.
pub fn connections(look: Look) -> AnyView {
    let none = || ConnectionsView { list: None, note: None, trouble: None, busy: false };
    let seen = Memo::new(move |before: Option<&ConnectionsView>| match &*look.screen.read() {
        Screen::Connections(view) => view.clone(),
        _ => before.cloned().unwrap_or_else(none),
    });
    let noted = Memo::new(move |_| seen.read().note.clone());
    // Words that stand in such a place from the start are not read out: they come once it is there.
    let there = RwSignal::new(false);
    once_drawn(move || {
        let _ = there.try_set(true);
    });
    let note = live(move || match &*noted.read() {
        Some(note) if there.get() => told(note),
        _ => nothing(),
    });
    // The rows are drawn anew only when they are of other connections: what changes in one is drawn within it.
    let listed = Memo::new(move |_| {
        let id = |managed: &Arc<ManagedConnection>| managed.connection.id.clone();
        seen.read().list.as_ref().map(|list| list.iter().map(id).collect::<Vec<_>>())
    });
    let waits = Memo::new(move |_| seen.read().list.is_none() && seen.read().trouble.is_none());
    let body = live(move || match &*listed.read() {
        None if waits.get() => view! { <div class="bone"></div><div class="bone"></div> }.into_any(),
        None => nothing(),
        Some(ids) => {
            keep_focus(look, ids);
            let rows: Vec<_> = ids.iter().map(|id| row(look, seen, id.clone())).collect();
            view! { <ul class="options plain-list">{rows}</ul> }.into_any()
        }
    });
    let lead = move || {
        let seen = seen.read();
        match &seen.list {
            None if seen.trouble.is_some() => (Key::CannotList, Key::SearchTroubleHelp),
            Some(list) if list.is_empty() => (Key::NothingConnected, Key::NothingConnectedHelp),
            _ => (Key::YourConnections, Key::YourConnectionsHelp),
        }
    };
    let title = Signal::derive(move || say(lead().0));
    let text = Signal::derive(move || fill(lead().1, &[("client", &look.client())]));
    let troubled = Memo::new(move |_| seen.read().trouble.is_some());
    let foot = live(move || {
        if troubled.get() {
            return view! { <Primary label=say(Key::TryAgain) look event=|| Event::TryAgain /> }.into_any();
        }
        let label = fill(Key::FinishTo, &[("client", &look.client())]);
        view! { <Primary label look event=|| Event::CloseAsked /> }.into_any()
    });
    view! {
        <Lead title text />
        <div role="status">{note}</div>
        {body}
        <div class="foot">{foot}</div>
    }
    .into_any()
}

/// Keeps the focus at the connection whose row has it when other rows are about to be drawn; at the heading, where that
/// connection is gone: a key that is pressed in that moment must not reach another.
fn keep_focus(look: Look, ids: &[ConnectionId]) {
    let Some(focused) = look.place.focused_id() else { return };
    let Some(id) = focused.strip_prefix(ROW) else { return };
    let stays = ids.iter().any(|listed| listed.as_str() == id);
    look.place.move_focus(if stays { format!("#{focused}") } else { "h1".to_owned() });
}

/// What came of the last act.
fn told(note: &Note) -> AnyView {
    let (title, text) = match note.what {
        Noted::NeedsYou => (Key::IsNeedingYou, Some(Key::NoteNeedsYouHelp)),
        Noted::Refreshed => (Key::NoteRefreshed, None),
        Noted::Repaired => (Key::NoteRepaired, None),
        Noted::Linked => (Key::BankConnected, None),
        Noted::Disconnected { erased } => (Key::NoteDisconnected, erased.then_some(Key::NoteErased)),
        Noted::Moved => (Key::NoteMoved, Some(Key::NoteMovedHelp)),
        Noted::MoveOpen => (Key::NoteMoveOpen, Some(Key::NoteMoveOpenHelp)),
        Noted::Kept { erased } => (Key::NoteKept, erased.then_some(Key::NoteKeptErased)),
        Noted::Gone => (Key::NoteGone, None),
    };
    let title = fill(title, &[("bank", &note.institution.name)]);
    let text = text.map(say).unwrap_or_default();
    let (tone, glyph) = match note.what {
        Noted::NeedsYou | Noted::MoveOpen => (Tone::Warn, Glyph::Warn),
        // Nobody did anything here.
        Noted::Gone => (Tone::Plain, Glyph::Clock),
        _ => (Tone::Good, Glyph::Check),
    };
    view! { <Notice tone glyph title text /> }.into_any()
}

/// One of them, to be pressed.
fn row(look: Look, seen: Memo<ConnectionsView>, id: ConnectionId) -> AnyView {
    let element = format!("{ROW}{id}");
    let words = live({
        let id = id.clone();
        move || {
            let seen = seen.read();
            let listed = || seen.list.iter().flatten();
            let Some(managed) = listed().find(|managed| managed.connection.id == id) else {
                return nothing();
            };
            let at = &managed.connection.institution.id;
            let alike = listed().filter(|other| other.connection.institution.id == *at).count() > 1;
            words(managed, alike)
        }
    });
    let press = move |_| look.happen(Event::ConnectionPicked(id.clone()));
    view! {
        <li>
            <button type="button" class="option" id=element on:click=press>
                {words}
            </button>
        </li>
    }
    .into_any()
}

/// What is said of one of them; `alike`: there is another at the same bank.
fn words(managed: &ManagedConnection, alike: bool) -> AnyView {
    let connection = &managed.connection;
    let name = connection.institution.name.clone();
    let (tone, standing) = standing(managed);
    let updated = connection.last_success_at.as_ref().and_then(|moment| ago(moment.as_str()));
    let updated = updated.map(|when| fill(Key::UpdatedWhen, &[("when", &when)])).unwrap_or_default();
    let by_itself = connection
        .updates_itself
        .map(|itself| say(if itself { Key::UpdatesItself } else { Key::UpdatesByHand }));
    let ends = permission(managed).filter(|_| managed.expires_soon).unwrap_or_default();
    view! {
        <Monogram name=name.clone() />
        <span class="what">
            <span class="standing">
                <span class="name"><bdi>{name}</bdi></span>
                <span class=tone>{say(standing)}</span>
            </span>
            <span class="dots small">{which(managed, alike)}</span>
            <span class="dots quiet small">{updated}</span>
            <span class="dots quiet small">{by_itself}</span>
            <span class="dots small alert">{ends}</span>
        </span>
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
