//! Finding the institution.

use crate::calls::{Pending, Phase, Stuck};
use crate::flow::{At, code_of, session_is_over, tell, worth_another_try};
use crate::linking::Linking;
use crate::screen::{Found, SearchView};
use crate::{CallError, Effect, Flow, Reply, Request, Seq, Timer};
use linchpin_protocol::{
    Code, Institution, InstitutionId, InstitutionPage, InstitutionRef, Session, WidgetEvent, digit,
};
use std::sync::Arc;

/// How long the person has to stop typing before a search is sent, in milliseconds.
pub const TYPING_MS: u32 = 120;
/// From this many digits on, a text is more likely an account number than a bank: it is not sent.
const MOST_DIGITS: usize = 10;
/// So many answers are kept, for whoever goes back to an earlier text.
const KEPT: usize = 20;

/// What was typed and what was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Search {
    pub(crate) query: String,
    found: Option<Arc<Found>>,
    /// Answers to what was typed before, the latest last.
    kept: Vec<Arc<Found>>,
    pub(crate) pending: Option<Pending>,
    refused: Option<Code>,
    strokes: u32,
    lists: u32,
}

impl Search {
    pub(crate) fn view(&self, session: Option<&Session>) -> SearchView {
        let trouble = self.pending.as_ref().and_then(|pending| match pending.phase {
            Phase::Stuck(Stuck::Refused(code)) => Some(code),
            Phase::Stuck(Stuck::NoAnswer) | Phase::Sent | Phase::Waiting => None,
        });
        SearchView {
            query: self.query.clone(),
            found: self.found.clone(),
            popular: session.map(|session| session.popular.institutions.clone()),
            busy: self.pending.is_some() && trouble.is_none(),
            trouble: trouble.or(self.refused),
            list: self.lists,
        }
    }

    pub(crate) fn awaits(&self, seq: Seq) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.awaits(seq))
    }

    pub(crate) fn stuck_without_answer(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.phase == Phase::Stuck(Stuck::NoAnswer))
    }

    /// Shows a list, or that there is none.
    fn show(&mut self, found: Option<Arc<Found>>) {
        self.found = found;
        self.lists += 1;
    }

    /// Shows what is known without asking. Returns whether that is all there is to do.
    fn answer_from_here(&mut self) -> bool {
        let sought = self.query.trim();
        if self.found.as_ref().is_some_and(|found| found.sought == sought) {
            return true;
        }
        let known = if sought.is_empty() {
            None
        } else if may_be_an_account_number(sought) {
            Some(Arc::new(Found { sought: sought.to_owned(), withheld: true, ..Found::default() }))
        } else if let Some(kept) = self.kept.iter().find(|kept| kept.sought == sought) {
            Some(kept.clone())
        } else {
            return false;
        };
        self.show(known);
        true
    }

    /// Takes a page: the first, or one behind those that are shown.
    fn take(&mut self, sought: String, behind: bool, page: InstitutionPage) {
        let InstitutionPage { mut institutions, total, read_as, next_cursor } = page;
        if let Some(shown) = self.found.as_ref().filter(|_| behind) {
            institutions.splice(0..0, shown.institutions.iter().cloned());
        }
        self.kept.retain(|kept| kept.sought != sought);
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        let found = Found { sought, institutions, total, read_as, next: next_cursor, withheld: false };
        let found = Arc::new(found);
        self.kept.push(found.clone());
        self.show(Some(found));
    }

    /// The institution that was picked, as it stood in the list.
    fn listed(&self, id: &InstitutionId, session: Option<&Session>) -> Option<Institution> {
        let found = self.found.iter().flat_map(|found| &found.institutions);
        let popular = session.into_iter().flat_map(|session| &session.popular.institutions);
        found.chain(popular).find(|institution| institution.id == *id).cloned()
    }
}

/// Whether a text has so many digits that it must not be sent.
pub(crate) fn may_be_an_account_number(text: &str) -> bool {
    text.chars().filter(|c| digit(*c).is_some()).count() >= MOST_DIGITS
}

impl Flow {
    pub(crate) fn typed(&mut self, query: String, effects: &mut Vec<Effect>) {
        if query == self.search.query {
            return;
        }
        let search = &mut self.search;
        search.query = query;
        search.strokes += 1;
        search.pending = None;
        search.refused = None;
        if !search.answer_from_here() {
            effects.push(Effect::After { ms: TYPING_MS, timer: Timer::Typing(search.strokes) });
        }
    }

    pub(crate) fn stopped_typing(&mut self, stroke: u32, effects: &mut Vec<Effect>) {
        if stroke == self.search.strokes && matches!(self.at, At::Search) {
            self.search_now(effects);
        }
    }

    /// Searches for what stands in the field, once there is a session to ask with.
    pub(crate) fn search_now(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.at, At::Search) || self.session.is_none() || self.search.answer_from_here() {
            return;
        }
        let query = self.search.query.trim().to_owned();
        self.ask(Request::Search { query, cursor: None }, effects);
    }

    /// The page behind those that are shown.
    pub(crate) fn more(&mut self, effects: &mut Vec<Effect>) {
        let search = &self.search;
        let found = search.found.as_ref().filter(|found| found.sought == search.query.trim());
        if let (At::Search, None, Some(found)) = (&self.at, &search.pending, found)
            && let Some(cursor) = found.next.clone()
        {
            self.ask(Request::Search { query: found.sought.clone(), cursor: Some(cursor) }, effects);
        }
    }

    fn ask(&mut self, request: Request, effects: &mut Vec<Effect>) {
        self.search.refused = None;
        self.search.pending = Some(Pending::send(&mut self.numbers, request, effects));
    }

    pub(crate) fn searched(&mut self, result: Result<Reply, CallError>, effects: &mut Vec<Effect>) {
        let Some(mut pending) = self.search.pending.take() else { return };
        match result {
            Ok(Reply::Institutions(page)) => {
                let Request::Search { query, cursor } = pending.request else { return };
                let length = u32::try_from(query.chars().count()).unwrap_or(u32::MAX);
                let count = u32::try_from(page.institutions.len()).unwrap_or(u32::MAX);
                tell(effects, WidgetEvent::Searched { length, count });
                self.search.take(query, cursor.is_some(), page);
            }
            Ok(_) => {}
            Err(error) => match worth_another_try(&error) {
                Some((why, wait)) => {
                    pending.put_off(why, wait, effects);
                    self.search.pending = Some(pending);
                }
                None => {
                    let code = code_of(&error);
                    if session_is_over(code) {
                        return self.over(code, effects);
                    }
                    tell(effects, WidgetEvent::Problem { code });
                    self.search.refused = Some(code);
                }
            },
        }
    }

    pub(crate) fn picked(&mut self, id: &InstitutionId, effects: &mut Vec<Effect>) {
        if !matches!(self.at, At::Search) || self.changing.is_some() {
            return;
        }
        let Some(institution) = self.search.listed(id, self.session()) else { return };
        self.search.pending = None;
        tell(effects, WidgetEvent::InstitutionSelected { institution_id: id.clone() });
        self.at = At::Linking(Box::new(Linking::picked(&institution, self.ways())));
        self.read(Request::ReadInstitution { id: id.clone() }, effects);
    }

    /// Opens an institution that was not picked here. Where only its id is known, its name comes with what is read.
    pub(crate) fn open_institution(&mut self, institution: InstitutionRef, effects: &mut Vec<Effect>) {
        let id = institution.id.clone();
        self.at = At::Linking(Box::new(Linking::named(institution, self.ways())));
        self.read(Request::ReadInstitution { id }, effects);
    }
}
