//! A flow, with what it asked for so far.

use super::{detail, empty_form, session, waiting};
use linchpin_flow::{Effect, Event, Flow, Post, Reply, Request, Seq, Timer};
use linchpin_protocol::{InstitutionId, Method};

/// A flow with what it asked for.
pub(crate) struct Story {
    pub(crate) flow: Flow,
    pub(crate) calls: Vec<(Seq, Request)>,
    pub(crate) timers: Vec<(u32, Timer)>,
    pub(crate) posts: Vec<Post>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { flow: Flow::new(), calls: vec![], timers: vec![], posts: vec![] }
    }

    pub(crate) fn happen(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.flow.handle(event);
        for effect in &effects {
            match effect {
                Effect::Call { seq, request } => self.calls.push((*seq, request.clone())),
                Effect::After { ms, timer } => self.timers.push((*ms, *timer)),
                Effect::Post(post) => self.posts.push(post.clone()),
                _ => {}
            }
        }
        effects
    }

    /// Answers the last call.
    pub(crate) fn reply(&mut self, result: Result<Reply, linchpin_flow::CallError>) -> Vec<Effect> {
        let (seq, _) = self.calls.last().expect("a call").clone();
        self.happen(Event::Replied { seq, result })
    }

    pub(crate) fn connection(&mut self, connection: linchpin_protocol::Connection) -> Vec<Effect> {
        self.reply(Ok(Reply::Connection(Box::new(connection))))
    }

    pub(crate) fn last_call(&self) -> &Request {
        &self.calls.last().expect("a call").1
    }

    pub(crate) fn elapse_last(&mut self) -> u32 {
        let (ms, timer) = *self.timers.last().expect("a timer");
        self.happen(Event::Elapsed(timer));
        ms
    }

    /// With an open session, at the search.
    pub(crate) fn searching() -> Self {
        let mut story = Self::new();
        story.happen(Event::Start { resumable: false });
        story.reply(Ok(Reply::Session(Box::new(session(vec![])))));
        story
    }

    /// At the login form.
    pub(crate) fn at_form() -> Self {
        let mut story = Self::searching();
        story.happen(Event::Picked(InstitutionId::new("ins_1")));
        story.reply(Ok(Reply::Institution(Box::new(detail(Method::Credentials)))));
        story
    }

    /// Waiting for the bank.
    pub(crate) fn waiting() -> Self {
        let mut story = Self::at_form();
        story.happen(Event::CredentialsEntered { empty: vec![] });
        story.connection(empty_form());
        story.connection(waiting(Some(40)));
        story
    }
}
