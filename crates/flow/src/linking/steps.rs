//! What happens at one institution: the login, the wait, the questions, the choice, the end.

use super::Linking;
use crate::calls::Pending;
use crate::flow::{At, code_of, session_is_over, tell};
use crate::manage::Errand;
use crate::screen::{CredentialsView, Patience, Screen, Trouble};
use crate::{CallError, Effect, Flow, Post, Request, Timer};
use linchpin_protocol::{
    AccountId, Challenge, ChallengeId, ChallengeKind, Code, Connection, ConnectionId, ConnectionMethod,
    CredentialProblem, FieldId, FieldProblemKind, Institution, InstitutionDetail, InstitutionRef,
    LinkedResult, Mode, Next, ResultStatus, Revision, ScreenName, WidgetEvent,
};

/// How long one read may wait for a change, in seconds. The proxy allows 25.
pub(crate) const LONG_POLL_S: u32 = 25;
/// When the person may as well go, in milliseconds after the word of reassurance.
const MAY_CLOSE_MS: u32 = 11_000;

impl Flow {
    #[inline(never)]
    pub(crate) fn linking(&mut self) -> Option<&mut Linking> {
        match &mut self.at {
            At::Linking(linking) => Some(linking),
            At::Consent
            | At::Welcome(_)
            | At::Search
            | At::NotListed(_)
            | At::Deposit(_)
            | At::Manage(_)
            | At::SessionOver(_)
            | At::Ended => None,
        }
    }

    #[inline(never)]
    pub(crate) fn institution_read(&mut self, detail: InstitutionDetail, effects: &mut Vec<Effect>) {
        let Some(linking) = self.linking() else { return };
        let Institution { id, name, domain, place, way, .. } = detail.institution.clone();
        linking.institution = InstitutionRef { id, name, domain };
        linking.place = place;
        linking.way = way;
        linking.another |= detail.existing.is_none();
        linking.detail = Some(detail);
        if linking.another {
            self.prepare_bank(effects);
        }
    }

    /// The institution is connected already, and another sign-in is wanted.
    #[inline(never)]
    pub(crate) fn another_sign_in(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.screen(), Screen::AlreadyConnected(_)) && !self.busy() {
            self.go_on_signing_in(effects);
        }
    }

    /// The very login is linked already, and is entered once more.
    #[inline(never)]
    pub(crate) fn enter_again(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.screen(), Screen::Credentials(view) if view.same_login.is_linked()) && !self.busy() {
            if let Some(linking) = self.linking() {
                linking.again = true;
            }
            self.go_on_signing_in(effects);
        }
    }

    /// A login was not sent on, because the person has linked it already. Returns whether it was so.
    fn same_login_met(&mut self, error: &CallError, effects: &mut Vec<Effect>) -> bool {
        let CallError::Problem(problem) = error else { return false };
        let (Code::AlreadyConnected, Some(other)) = (problem.code, &problem.connection) else { return false };
        // A session for one connection leads to no other.
        let usable = self.session().is_some_and(|session| matches!(session.mode, Mode::Link | Mode::Manage));
        let Some(linking) = self.linking() else { return false };
        linking.same_login = Some((other.id.clone(), usable));
        linking.returned += 1;
        tell(effects, WidgetEvent::Problem { code: problem.code });
        true
    }

    #[inline(never)]
    pub(crate) fn go_on_signing_in(&mut self, effects: &mut Vec<Effect>) {
        if let Some(linking) = self.linking() {
            linking.another = true;
            linking.same_login = None;
            if let Some(detail) = &mut linking.detail {
                detail.existing = None;
            }
            self.prepare_bank(effects);
        }
    }

    #[inline(never)]
    pub(crate) fn credentials_entered(&mut self, empty: Vec<FieldId>, effects: &mut Vec<Effect>) {
        let Screen::Credentials(CredentialsView { fields: Some(_), problem, same_login, .. }) = self.screen()
        else {
            return self.forget_unless_needed(effects);
        };
        if problem == CredentialProblem::Locked || same_login.is_linked() {
            return effects.push(Effect::ForgetSecrets);
        }
        // A double click: the first one is on its way. Before the login is sent, its values are still needed.
        if self.busy() {
            return self.forget_unless_needed(effects);
        }
        let Some(linking) = self.linking() else { return };
        linking.forget_complaints();
        if !empty.is_empty() {
            linking.empty_fields = empty;
            effects.push(Effect::ForgetSecrets);
            return effects.push(Effect::FocusErrors);
        }
        match linking.reference() {
            Some((id, revision)) => self.send_credentials(id, revision, effects),
            None => {
                let institution_id = linking.institution.id.clone();
                let act = self.numbers.act();
                let method = ConnectionMethod::Credentials;
                self.change(Request::CreateConnection { act, institution_id, method }, effects);
            }
        }
    }

    /// Drops what a form that is gone handed over, unless something else that was typed is still needed: then it all goes
    /// with the answer.
    #[inline(never)]
    pub(crate) fn forget_unless_needed(&mut self, effects: &mut Vec<Effect>) {
        if self.changing.as_ref().is_some_and(|pending| pending.request.needs_number()) {
            return;
        }
        if self.shown() == ScreenName::ReviewDetails {
            return self.back_to_details(effects);
        }
        let for_login = |pending: &Pending| {
            let method = ConnectionMethod::Credentials;
            matches!(&pending.request, Request::CreateConnection { method: wanted, .. } if *wanted == method)
        };
        if !self.changing.as_ref().is_some_and(for_login) {
            effects.push(Effect::ForgetSecrets);
        }
    }

    fn send_credentials(&mut self, id: ConnectionId, revision: Revision, effects: &mut Vec<Effect>) {
        let act = self.numbers.act();
        let again = self.linking().is_some_and(|linking| linking.again);
        tell(effects, WidgetEvent::CredentialsSubmitted { connection_id: id.clone() });
        self.change(Request::SendCredentials { act, id, revision, again }, effects);
    }

    #[inline(never)]
    pub(crate) fn answers_entered(&mut self, empty: Vec<ChallengeId>, effects: &mut Vec<Effect>) {
        if !matches!(self.screen(), Screen::Challenges(view) if !view.elsewhere) || self.busy() {
            return self.forget_unless_needed(effects);
        }
        let Some(linking) = self.linking() else { return };
        linking.forget_complaints();
        if !empty.is_empty() {
            linking.empty_answers = empty;
            effects.push(Effect::ForgetSecrets);
            return effects.push(Effect::FocusErrors);
        }
        let Some((id, revision)) = linking.reference() else { return };
        let act = self.numbers.act();
        tell(effects, WidgetEvent::ChallengeAnswered { connection_id: id.clone() });
        self.change(Request::SendAnswers { act, id, revision }, effects);
    }

    #[inline(never)]
    pub(crate) fn accounts_chosen(&mut self, account_ids: Vec<AccountId>, effects: &mut Vec<Effect>) {
        if !matches!(self.screen(), Screen::ChooseAccount(_)) || self.busy() {
            return;
        }
        let Some(linking) = self.linking() else { return };
        linking.forget_complaints();
        if account_ids.is_empty() {
            linking.nothing_chosen = true;
            return effects.push(Effect::FocusErrors);
        }
        if let Some(errand) = &mut linking.errand {
            // Whoever chooses accounts has not had the connection before.
            *errand = errand.finishing();
        }
        let Some((id, revision)) = linking.reference() else { return };
        let act = self.numbers.act();
        self.change(Request::ChooseAccounts { act, id, revision, account_ids }, effects);
    }

    /// The way on of a screen that says one thing; on a covered screen, everything that was given up.
    #[inline(never)]
    pub(crate) fn try_again(&mut self, effects: &mut Vec<Effect>) {
        if self.cover().is_some() {
            self.online = true;
            return self.revive(effects);
        }
        match self.screen() {
            Screen::Search(_) => {
                if self.search.pending.is_some() {
                    self.revive(effects);
                } else {
                    self.search_now(effects);
                }
            }
            Screen::BankLogin(_) if !self.busy() => self.prepare_bank(effects),
            Screen::Connections(_) => self.read_connections_again(effects),
            Screen::Interrupted(_) => self.part_again(effects),
            Screen::Instructions(_) | Screen::StartAgain(_) if !self.busy() => {
                let Some((id, revision)) = self.linking().and_then(|linking| linking.reference()) else {
                    return;
                };
                let act = self.numbers.act();
                self.change(Request::Retry { act, id, revision }, effects);
            }
            _ => {}
        }
    }

    /// A connection came, as the answer to something.
    pub(crate) fn connection_read(
        &mut self,
        connection: Connection,
        request: &Request,
        effects: &mut Vec<Effect>,
    ) {
        if let Request::TakeUp { .. } = request {
            return self.connection_taken_up(connection, effects);
        }
        if matches!(self.at, At::Manage(_)) {
            return self.managed_read(connection, request, effects);
        }
        if self.is_successor(&connection) {
            return self.go_on_with_successor(connection, effects);
        }
        let Some(linking) = self.linking() else { return };
        if let Some(known) = &linking.connection
            && known.id != connection.id
        {
            return;
        }
        match (request, &linking.connection) {
            (Request::Refresh { .. }, _) => linking.errand = Some(Errand::Refresh),
            (Request::Retry { .. }, Some(Connection { next: Next::Interrupted { .. }, .. })) => {
                linking.errand = Some(Errand::Keep);
            }
            // It may have ended as the visit before it did, which is no news.
            (Request::Abandon { .. }, _) => linking.bank.end_visit(),
            _ => {}
        }
        let made_for_login =
            matches!(request, Request::CreateConnection { method: ConnectionMethod::Credentials, .. });
        if made_for_login
            && matches!(connection.next, Next::Credentials { problem: CredentialProblem::None, .. })
        {
            let (id, revision) = (connection.id.clone(), connection.revision);
            linking.connection = Some(connection);
            return self.send_credentials(id, revision, effects);
        }
        if made_for_login {
            effects.push(Effect::ForgetSecrets);
        }
        self.draw(connection, effects);
    }

    /// Shows a connection as it stands, and goes on from there.
    #[inline(never)]
    pub(crate) fn draw(&mut self, connection: Connection, effects: &mut Vec<Effect>) {
        let Some(linking) = self.linking() else { return };
        let known = linking.connection.as_ref();
        let same_step = known.is_some_and(|known| known.revision == connection.revision);
        let waited = linking.waits();
        if known.is_none_or(|known| known.status != connection.status) {
            let (connection_id, status) = (connection.id.clone(), connection.status.clone());
            tell(effects, WidgetEvent::StatusChanged { connection_id, status });
        }
        if !same_step {
            linking.forget_complaints();
            linking.same_login = None;
            linking.returned += 1;
            effects.push(Effect::ForgetSecrets);
        }
        let (id, institution) = (connection.id.clone(), linking.institution.clone());
        let next = connection.next.clone();
        if needs_the_person(&next) {
            linking.errand = linking.errand.map(Errand::repairing);
        }
        if !same_step && matches!(next, Next::Credentials { problem: CredentialProblem::Incorrect, .. }) {
            linking.wrong = (linking.wrong + 1).min(2);
        }
        match next {
            Next::Interrupted { erased, .. } => linking.erased = erased,
            Next::Linked { .. } | Next::Later { .. } => {}
            // Whatever else is done with it reads it again.
            _ => linking.erased = false,
        }
        let before = linking.connection.replace(connection).map(|connection| connection.next);
        linking.count_down(&next, same_step, effects);
        if !linking.waits() {
            linking.end_waiting();
        }
        match next {
            Next::Wait { stage, percent, .. } => {
                if !waited {
                    linking.begin_waiting(effects);
                }
                linking.advance(stage, percent);
                self.follow(effects);
            }
            Next::Challenges { items, .. } => {
                if !same_step {
                    let kinds = items.iter().map(kind_of).collect();
                    tell(effects, WidgetEvent::ChallengeShown { connection_id: id.clone(), kinds });
                }
                self.follow(effects);
            }
            Next::Linked { .. } | Next::Closed { .. } if self.manages() => {}
            Next::Linked { .. } if self.is_for_deposits(effects) => return,
            Next::Linked { accounts } if !self.is_told_of(&id) => {
                let account_ids = accounts.into_iter().map(|account| account.id).collect();
                self.linked(institution, id, account_ids, effects);
            }
            _ => {}
        }
        self.bank_moved(before.as_ref(), same_step, effects);
        self.end_errand(effects);
    }

    /// Waits for the next step, where it may come by itself.
    #[inline(never)]
    pub(crate) fn follow(&mut self, effects: &mut Vec<Effect>) {
        if self.changing.is_some() || self.reading.is_some() {
            return;
        }
        let Some(linking) = self.linking().filter(|linking| linking.goes_on_by_itself()) else { return };
        if let Some((id, revision)) = linking.reference() {
            let read = Request::ReadConnection { id, revision: Some(revision), wait_s: LONG_POLL_S };
            self.read(read, effects);
        }
    }

    /// The time for the answers is over, by this window's reckoning: the proxy is asked once whether one came in time.
    #[inline(never)]
    pub(crate) fn time_is_up(&mut self, countdown: u32, effects: &mut Vec<Effect>) {
        // Their answer says whether they came in time.
        let sending = self.changing.as_ref().is_some_and(|pending| pending.request.carries_secrets());
        let Some(linking) = self.linking() else { return };
        let asked = matches!(&linking.connection, Some(Connection { next: Next::Challenges { .. }, .. }));
        if linking.countdown != countdown || !asked || sending {
            return;
        }
        linking.checked = true;
        if let Some((id, _)) = linking.reference() {
            self.read(Request::ReadConnection { id, revision: None, wait_s: 0 }, effects);
        }
    }

    pub(crate) fn linked(
        &mut self,
        institution: InstitutionRef,
        connection_id: ConnectionId,
        account_ids: Vec<AccountId>,
        effects: &mut Vec<Effect>,
    ) {
        self.results.push(LinkedResult {
            status: ResultStatus::Linked,
            connection_id: Some(connection_id.clone()),
            deposit_id: None,
            institution_id: Some(institution.id),
            institution_name: Some(institution.name),
            account_ids,
        });
        let act = self.numbers.act();
        self.change(Request::MintPublicToken { act, id: connection_id }, effects);
    }

    #[inline(never)]
    pub(crate) fn token_minted(&mut self, effects: &mut Vec<Effect>) {
        if let Some(result) = self.results.last() {
            effects.push(Effect::Post(Post::Linked { result: result.clone() }));
        }
        self.token_not_minted(effects);
    }

    /// What was linked stays so, whether there is a token for it or not: it goes on.
    #[inline(never)]
    pub(crate) fn token_not_minted(&mut self, effects: &mut Vec<Effect>) {
        if let Some(event) = self.held.take() {
            self.dispatch(event, effects);
        }
        self.follow_deposit(effects);
        self.look_on(effects);
    }

    /// What was repaired was repaired for deposits: back to them, as they stand now. Returns whether it was so.
    fn is_for_deposits(&mut self, effects: &mut Vec<Effect>) -> bool {
        let Some(deposit) = self.linking().and_then(|linking| linking.repairs.take()) else { return false };
        self.at = At::Deposit(deposit);
        self.look_at_deposit(effects);
        true
    }

    pub(crate) fn is_told_of(&self, id: &ConnectionId) -> bool {
        let linked = |result: &LinkedResult| result.status == ResultStatus::Linked;
        self.results.iter().any(|result| linked(result) && result.connection_id.as_ref() == Some(id))
    }

    /// A login or answers did not get through, or were refused. They are never sent again: what is true is read.
    #[inline(never)]
    pub(crate) fn secrets_not_taken(&mut self, error: CallError, effects: &mut Vec<Effect>) {
        effects.push(Effect::ForgetSecrets);
        let code = code_of(&error);
        if session_is_over(code) {
            return self.over(code, effects);
        }
        if self.same_login_met(&error, effects) {
            return;
        }
        let trouble = match &error {
            CallError::Network => Trouble::Unconfirmed,
            CallError::Problem(problem) => {
                tell(effects, WidgetEvent::Problem { code });
                let practice = |field: &linchpin_protocol::FieldProblem| {
                    field.problem == FieldProblemKind::NotAPracticeLogin
                };
                if problem.fields.iter().any(practice) {
                    Trouble::NotAPracticeLogin
                } else if problem.retryable {
                    Trouble::Unconfirmed
                } else {
                    Trouble::Refused(code)
                }
            }
        };
        let Some(linking) = self.linking() else { return };
        linking.trouble = Some(trouble);
        linking.returned += 1;
        effects.push(Effect::FocusErrors);
        let Some((id, _)) = linking.reference() else { return };
        if matches!(trouble, Trouble::Unconfirmed) || code == Code::WrongStep {
            self.read(Request::ReadConnection { id, revision: None, wait_s: 0 }, effects);
        }
    }

    /// Any other call about a connection was refused for good.
    pub(crate) fn connection_call_refused(
        &mut self,
        request: Request,
        code: Code,
        effects: &mut Vec<Effect>,
    ) {
        match request {
            Request::MintPublicToken { .. } => {
                // It is linked all the same; the client's server reads the result with its own secret.
                self.token_not_minted(effects);
            }
            Request::ChooseAccounts { id, .. }
            | Request::Retry { id, .. }
            | Request::Refresh { id, .. }
            | Request::Disconnect { id, .. }
            | Request::Move { id, .. }
                if matches!(code, Code::WrongStep | Code::RefreshTooSoon) =>
            {
                self.read(Request::ReadConnection { id, revision: None, wait_s: 0 }, effects);
            }
            Request::TakeUp { id, .. } => self.not_taken_up(&id, code, effects),
            Request::Extend { .. } => self.extended(effects),
            Request::Authorize { id, .. } | Request::Abandon { id, .. } if code == Code::WrongStep => {
                self.read(Request::ReadConnection { id, revision: None, wait_s: 0 }, effects);
            }
            Request::ReadInstitution { .. } | Request::ReadConnection { .. } => {
                let Some(linking) = self.linking() else { return };
                linking.gone = true;
            }
            _ => {
                effects.push(Effect::ForgetSecrets);
                if let Some(linking) = self.linking() {
                    linking.trouble = Some(Trouble::Refused(code));
                    linking.returned += 1;
                    effects.push(Effect::FocusErrors);
                }
            }
        }
    }

    #[inline(never)]
    pub(crate) fn still_waiting(&mut self, wait: u32, effects: &mut Vec<Effect>) {
        let Some(linking) = self.linking() else { return };
        if linking.wait != wait || !linking.waits() {
            return;
        }
        if linking.patience == Patience::Fresh {
            linking.patience = Patience::Reassure;
            effects.push(Effect::After { ms: MAY_CLOSE_MS, timer: Timer::Patience(wait) });
        } else {
            linking.patience = Patience::MayClose;
        }
    }
}

/// Whether a connection does not work before the person has done something about it. A question is a part of reading it.
pub(crate) fn needs_the_person(next: &Next) -> bool {
    matches!(
        next,
        Next::Credentials { .. } | Next::Authorize { .. } | Next::Instructions { .. } | Next::StartAgain {}
    )
}

fn kind_of(challenge: &Challenge) -> ChallengeKind {
    match challenge {
        Challenge::Text { .. } => ChallengeKind::Text,
        Challenge::Code { .. } => ChallengeKind::Code,
        Challenge::Choice { .. } => ChallengeKind::Choice,
        Challenge::Image { .. } => ChallengeKind::Image,
        Challenge::ImageChoice { .. } => ChallengeKind::ImageChoice,
        Challenge::Approve { .. } => ChallengeKind::Approve,
        Challenge::Unknown => ChallengeKind::Unknown,
    }
}
