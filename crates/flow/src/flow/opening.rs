//! How a session opens, what the person agrees to, and where they begin.

use super::At;
use crate::linking::Linking;
use crate::screen::Begun;
use crate::{Effect, Flow, Post, Request};
use linchpin_protocol::{Code, InstitutionRef, Mode, Session, Unfinished};

impl Flow {
    pub(super) fn start(&mut self, resumable: bool, effects: &mut Vec<Effect>) {
        if self.session.is_some() || self.changing.is_some() || self.reading.is_some() {
            return;
        }
        if resumable {
            self.read(Request::ResumeSession, effects);
        } else {
            let act = self.numbers.act();
            self.change(Request::OpenSession { act }, effects);
        }
    }

    pub(super) fn opened(&mut self, session: Box<Session>, effects: &mut Vec<Effect>) {
        let reopened = self.session.is_some();
        if !reopened {
            self.begin_life(&session, effects);
        }
        if !reopened {
            effects.push(Effect::KeepSession);
            effects.push(Effect::Post(Post::Ready));
        }
        if session.consent.is_some() {
            self.session = Some(session);
            self.at = At::Consent;
            return;
        }
        self.session = Some(session);
        self.go_on(effects);
    }

    /// The person agrees to what is shown.
    pub(super) fn agreed(&mut self, effects: &mut Vec<Effect>) {
        let (At::Consent, Some(consent), false) =
            (&self.at, self.session().and_then(|session| session.consent.as_ref()), self.busy())
        else {
            return;
        };
        let version = consent.version.clone();
        let act = self.numbers.act();
        self.change(Request::GiveConsent { act, version }, effects);
    }

    pub(super) fn consent_recorded(&mut self, effects: &mut Vec<Effect>) {
        if let Some(session) = &mut self.session {
            session.consent = None;
        }
        self.go_on(effects);
    }

    /// To where the session begins: what was begun before, the institution that the client named, or the search.
    fn go_on(&mut self, effects: &mut Vec<Effect>) {
        let Some(session) = &self.session else { return };
        if session.mode == Mode::Manage {
            return self.show_connections(None, effects);
        }
        let begun = session.unfinished.iter().find_map(|item| match item {
            Unfinished::Connection { connection } => Some((**connection).clone()),
            Unfinished::Deposit { .. } | Unfinished::Earlier { .. } | Unfinished::Unknown => None,
        });
        // The one that the session is for, or what stands in its place by now.
        let deposit = self.unfinished_deposits().next().filter(|_| session.mode == Mode::Deposit).cloned();
        let deposits = self.unfinished_deposits().next().is_some();
        let earlier: Vec<Begun> = session.unfinished.iter().filter_map(Begun::of).collect();
        let (preset, mode) = (session.institution_id.clone(), session.mode);
        if let Some(deposit) = deposit {
            self.open_deposit(deposit, effects);
        } else if let Some(connection) = begun {
            self.at = At::Linking(Box::new(Linking::resumed(&connection)));
            self.draw(connection, effects);
        } else if mode != Mode::Link {
            // What it was opened for cannot be read now, and there is nothing else to do in it.
            self.over(Code::ProviderUnavailable, effects);
        } else if let Some(id) = preset {
            self.open_institution(InstitutionRef { id, name: String::new(), domain: None }, effects);
        } else if (deposits || !earlier.is_empty()) && self.search.query.trim().is_empty() {
            self.at = At::Welcome(earlier);
        } else {
            self.at = At::Search;
            self.search_now(effects);
        }
    }
}
