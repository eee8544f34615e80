//! Stories of looking after connections: how they begin, and what is seen in them.
#![allow(clippy::panic, reason = "a panic is how a test says what broke")]

use super::{Story, list, managing};
use linchpin_flow::{Event, ManagedView, Noted, Post, Reply, Request, Screen};
use linchpin_protocol::{Change, ConnectionId, ManagedConnection, ScreenName};

/// With these connections on the list.
pub(crate) fn looking_after(connections: Vec<ManagedConnection>) -> Story {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(managing()))));
    story.reply(Ok(list(connections)));
    story
}

/// At the only one.
pub(crate) fn at(managed: ManagedConnection) -> Story {
    let mut story = looking_after(vec![managed]);
    story.happen(Event::ConnectionPicked(con_1()));
    story
}

pub(crate) fn con_1() -> ConnectionId {
    ConnectionId::new("con_1")
}

pub(crate) fn name(story: &Story) -> ScreenName {
    story.flow.screen().name()
}

pub(crate) fn shown(story: &Story) -> ManagedView {
    match story.flow.screen() {
        Screen::Connection(view) | Screen::Disconnect(view) | Screen::Move(view) => view,
        other => panic!("another screen: {other:?}"),
    }
}

pub(crate) fn noted(story: &Story) -> Option<Noted> {
    match story.flow.screen() {
        Screen::Connections(view) => view.note.map(|note| note.what),
        other => panic!("not at the list: {other:?}"),
    }
}

/// What the host page is told in the end.
pub(crate) fn told(story: &mut Story) -> Vec<Change> {
    story.happen(Event::CloseOrdered);
    let ends =
        story.posts.iter().filter(|post| !matches!(post, Post::Event(_) | Post::Ready | Post::Linked { .. }));
    match ends.collect::<Vec<_>>().as_slice() {
        [Post::Done { changes }] => changes.clone(),
        other => panic!("it ends otherwise: {other:?}"),
    }
}

pub(crate) fn acts(story: &Story) -> usize {
    let acts = |request: &Request| {
        matches!(request, Request::Refresh { .. } | Request::Disconnect { .. } | Request::Move { .. })
    };
    story.calls.iter().filter(|(_, request)| acts(request)).count()
}
