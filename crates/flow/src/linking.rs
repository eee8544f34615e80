//! At one institution: what is known of it, and what is drawn. What happens there is in `steps`.

mod steps;

use crate::screen::{
    AccountsView, AskedView, CredentialsView, DoneView, InstructionsView, NoticeView, Patience, ProgressView,
    Screen, Trouble,
};
use crate::{Effect, Timer};
use linchpin_protocol::{
    ChallengeId, Connection, ConnectionId, CredentialProblem, FieldId, Institution, InstitutionDetail,
    InstitutionId, InstitutionRef, Method, Next, Place, Revision, Stage,
};

/// When a word of reassurance is due, in milliseconds.
const REASSURE_MS: u32 = 4_000;

/// One institution and the connection to it, if there is one yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Linking {
    institution: InstitutionRef,
    place: Option<Place>,
    detail: Option<InstitutionDetail>,
    pub(crate) connection: Option<Connection>,
    stage: Stage,
    percent: Option<u8>,
    patience: Patience,
    /// Numbers the waits, so that a timer of an earlier one does nothing.
    wait: u32,
    empty_fields: Vec<FieldId>,
    empty_answers: Vec<ChallengeId>,
    nothing_chosen: bool,
    trouble: Option<Trouble>,
    returned: u32,
    /// The proxy says that the institution, or the connection, is not there.
    gone: bool,
}

impl Linking {
    fn at(institution: InstitutionRef, place: Option<Place>) -> Self {
        Self {
            institution,
            place,
            detail: None,
            connection: None,
            stage: Stage::Unknown,
            percent: None,
            patience: Patience::Fresh,
            wait: 0,
            empty_fields: Vec::new(),
            empty_answers: Vec::new(),
            nothing_chosen: false,
            trouble: None,
            returned: 0,
            gone: false,
        }
    }

    pub(crate) fn picked(institution: &Institution) -> Self {
        let Institution { id, name, domain, place, .. } = institution.clone();
        Self::at(InstitutionRef { id, name, domain }, place)
    }

    pub(crate) fn named(id: InstitutionId) -> Self {
        Self::at(InstitutionRef { id, name: String::new(), domain: None }, None)
    }

    pub(crate) fn resumed(connection: &Connection) -> Self {
        Self::at(connection.institution.clone(), None)
    }

    fn reference(&self) -> Option<(ConnectionId, Revision)> {
        self.connection.as_ref().map(|connection| (connection.id.clone(), connection.revision))
    }

    fn forget_complaints(&mut self) {
        self.empty_fields.clear();
        self.empty_answers.clear();
        self.nothing_chosen = false;
        self.trouble = None;
    }

    /// Whether a wait is drawn.
    fn waits(&self) -> bool {
        matches!(&self.connection, Some(Connection { next: Next::Wait { .. }, .. }))
    }

    /// Whether leaving would lose something that was done here.
    pub(crate) fn would_be_lost(&self) -> bool {
        match self.connection.as_ref().map(|connection| &connection.next) {
            _ if self.gone => false,
            None => self.detail.is_some(),
            Some(
                Next::Credentials { .. }
                | Next::Wait { .. }
                | Next::Authorize { .. }
                | Next::Challenges { .. }
                | Next::Instructions { .. }
                | Next::StartAgain {}
                | Next::ChooseAccounts { .. },
            ) => true,
            Some(
                Next::Later { .. }
                | Next::NoAccounts {}
                | Next::Linked { .. }
                | Next::Closed {}
                | Next::Failed { .. }
                | Next::Unknown,
            ) => false,
        }
    }

    pub(crate) fn screen(&self, busy: bool) -> Screen {
        let institution = self.institution.clone();
        let notice = |retries_itself, can_retry| NoticeView {
            institution: self.institution.clone(),
            retries_itself,
            can_retry,
            busy,
        };
        if self.gone {
            return Screen::Failed(notice(false, false));
        }
        let Some(connection) = &self.connection else {
            let known = self.detail.as_ref();
            if known.is_some_and(|detail| !detail.methods.contains(&Method::Credentials)) {
                return Screen::Failed(notice(false, false));
            }
            let fields = known.map(|detail| detail.fields.clone());
            return Screen::Credentials(self.form(fields, CredentialProblem::None, None, busy));
        };
        match &connection.next {
            Next::Credentials { fields, problem, tries_left } => {
                Screen::Credentials(self.form(Some(fields.clone()), *problem, *tries_left, busy))
            }
            Next::Wait { .. } => Screen::Progress(ProgressView {
                institution,
                stage: self.stage,
                percent: self.percent,
                patience: self.patience,
            }),
            Next::Challenges { items, .. } => Screen::Challenges(AskedView {
                institution,
                revision: connection.revision,
                items: items.clone(),
                empty: self.empty_answers.clone(),
                trouble: self.trouble,
                busy,
                returned: self.returned,
            }),
            Next::ChooseAccounts { accounts, many } => Screen::ChooseAccount(AccountsView {
                institution,
                accounts: accounts.clone(),
                many: *many,
                nothing_chosen: self.nothing_chosen,
                trouble: self.trouble,
                busy,
            }),
            Next::Linked { accounts } => {
                Screen::Done(DoneView { institution, accounts: accounts.clone(), busy })
            }
            Next::Instructions { text, website } => Screen::Instructions(InstructionsView {
                institution,
                text: text.clone(),
                website: website.clone().or_else(|| self.detail.as_ref()?.website.clone()),
                busy,
            }),
            Next::StartAgain {} => Screen::StartAgain(notice(false, true)),
            Next::Later { reason, retries_itself } => Screen::Later(notice(*retries_itself, false), *reason),
            Next::NoAccounts {} => Screen::NoAccounts(notice(false, false)),
            Next::Closed {} | Next::Failed { .. } | Next::Authorize { .. } | Next::Unknown => {
                Screen::Failed(notice(false, false))
            }
        }
    }

    fn form(
        &self,
        fields: Option<Vec<linchpin_protocol::Field>>,
        problem: CredentialProblem,
        tries_left: Option<u32>,
        busy: bool,
    ) -> CredentialsView {
        let detail = self.detail.as_ref();
        CredentialsView {
            institution: self.institution.clone(),
            place: self.place.clone(),
            fields,
            notes: detail.and_then(|detail| detail.notes.clone()),
            website: detail.and_then(|detail| detail.website.clone()),
            problem,
            tries_left,
            empty: self.empty_fields.clone(),
            trouble: self.trouble,
            busy,
            returned: self.returned,
        }
    }
}

impl Linking {
    fn begin_waiting(&mut self, effects: &mut Vec<Effect>) {
        self.stage = Stage::Unknown;
        self.percent = None;
        self.patience = Patience::Fresh;
        self.wait += 1;
        effects.push(Effect::After { ms: REASSURE_MS, timer: Timer::Patience(self.wait) });
    }

    /// Progress never goes backwards.
    fn advance(&mut self, stage: Stage, percent: Option<u8>) {
        if stage != Stage::Unknown && (self.stage == Stage::Unknown || stage > self.stage) {
            self.stage = stage;
        }
        self.percent = self.percent.max(percent.map(|percent| percent.min(100)));
    }
}
