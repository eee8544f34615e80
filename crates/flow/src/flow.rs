//! The machine: where the person is, and how an event moves it.

use crate::calls::{Numbers, Pending, Phase, Stuck};
use crate::deposits::Depositing;
use crate::life::Life;
use crate::linking::Linking;
use crate::manage::{Manage, Place};
use crate::not_listed::NotListed;
use crate::screen::{Begun, ConsentView, Cover, Screen, WelcomeView};
use crate::search::Search;
use crate::{CallError, Effect, Event, Post, Reply, Request, Seq, Timer};
use linchpin_protocol::{
    AccountSelection, Code, CredentialProblem, DepositWays, InstitutionRef, LinkedResult, Mode, Problem,
    ScreenName, Session, Unfinished, WidgetEvent,
};

/// The state of one opening of the widget.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    pub(crate) numbers: Numbers,
    pub(crate) session: Option<Box<Session>>,
    pub(crate) at: At,
    pub(crate) search: Search,
    /// The one call that only reads and whose answer is waited for. Search has its own.
    pub(crate) reading: Option<Pending>,
    /// The one call that changes something. There is never a second.
    pub(crate) changing: Option<Pending>,
    pub(crate) online: bool,
    pub(crate) asked_to_leave: bool,
    pub(crate) life: Life,
    pub(crate) results: Vec<LinkedResult>,
    pub(crate) manage: Manage,
    /// What the person did while the host page was being told of a link. It is done once that is told.
    pub(crate) held: Option<Event>,
    /// What comes behind the first screens is needed, and could not be fetched.
    pub(crate) part_missing: bool,
}

/// Where the person is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum At {
    /// Asked to agree, whether it is known yet to what or not.
    Consent,
    /// Asked what to go on with.
    Welcome(Vec<Begun>),
    /// At the search, whether the session is open yet or not.
    Search,
    /// Naming an institution that is not in the list.
    NotListed(NotListed),
    /// At one institution.
    Linking(Box<Linking>),
    /// At one account that deposits are to prove.
    Deposit(Box<Depositing>),
    /// Looking after what the person has.
    Manage(Place),
    /// At the end of the session.
    SessionOver(Code),
    /// Gone. Nothing moves from here.
    Ended,
}

impl Default for Flow {
    fn default() -> Self {
        Self::new()
    }
}

impl Flow {
    /// The search screen, as the static page paints it.
    pub fn new() -> Self {
        Self {
            numbers: Numbers::default(),
            session: None,
            at: At::Search,
            search: Search::default(),
            reading: None,
            changing: None,
            online: true,
            asked_to_leave: false,
            life: Life::default(),
            results: Vec::new(),
            manage: Manage::default(),
            held: None,
            part_missing: false,
        }
    }

    /// The consent screen, where the static page paints that one.
    pub fn asking_for_consent() -> Self {
        Self { at: At::Consent, ..Self::new() }
    }

    /// What the words on the screens rest on; absent until the session is open.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// What was linked so far.
    pub fn results(&self) -> &[LinkedResult] {
        &self.results
    }

    /// Whether the host page was told of the end.
    pub fn ended(&self) -> bool {
        matches!(self.at, At::Ended)
    }

    /// What is laid over the screen.
    pub fn cover(&self) -> Option<Cover> {
        if self.ended() || matches!(self.at, At::SessionOver(_)) {
            return None;
        }
        if self.asked_to_leave {
            return Some(Cover::Leave);
        }
        if let Some(can_extend) = self.life.warned {
            return Some(Cover::Expiring { can_extend });
        }
        if !self.online {
            return Some(Cover::Offline);
        }
        if self.part_missing {
            return Some(Cover::PartMissing);
        }
        let stuck =
            [&self.changing, &self.reading].into_iter().flatten().find_map(|pending| match pending.phase {
                Phase::Stuck(why) => Some(why),
                Phase::Sent | Phase::Waiting => None,
            });
        match stuck {
            Some(Stuck::NoAnswer) => Some(Cover::Offline),
            Some(Stuck::Refused(code)) => Some(Cover::Trouble(code)),
            None => self.search.stuck_without_answer().then_some(Cover::Offline),
        }
    }

    /// The name of what is to be drawn.
    pub(crate) fn shown(&self) -> ScreenName {
        self.screen().name()
    }

    /// What is to be drawn.
    pub fn screen(&self) -> Screen {
        match &self.at {
            At::Consent => {
                let consent = self.session().and_then(|session| session.consent.clone());
                Screen::Consent(ConsentView { busy: consent.is_none() || self.busy(), consent })
            }
            At::Welcome(begun) => Screen::Welcome(WelcomeView {
                deposits: self.unfinished_deposits().cloned().collect(),
                begun: begun.clone(),
                busy: self.busy(),
            }),
            At::Search => Screen::Search(self.search.view(self.session())),
            At::NotListed(asked) => {
                Screen::NotListed(asked.view(&self.search.query, self.ways().manual, self.busy()))
            }
            At::Linking(linking) => {
                let redirects = self.session().is_some_and(|session| session.can_redirect);
                linking.screen(self.shows_busy(), redirects)
            }
            At::Deposit(deposit) => {
                let repairs = self.session().is_some_and(|session| session.mode == Mode::Link);
                deposit.screen(self.shows_busy(), repairs)
            }
            At::Manage(place) => self.manage.screen(place, self.busy(), self.held.is_some()),
            At::SessionOver(code) => Screen::SessionOver(*code),
            At::Ended => Screen::Ended,
        }
    }

    /// Whether a form is being sent, or it is being found out what became of it.
    pub(crate) fn busy(&self) -> bool {
        let asking = matches!(
            &self.reading,
            Some(Pending {
                request: Request::ReadConnection { wait_s: 0, .. }
                    | Request::ReadDeposit { wait_s: 0, .. }
                    | Request::ResumeSession,
                ..
            })
        );
        asking || self.changing.is_some()
    }

    /// Whether the host page is being told of what was linked, before anything else is done.
    fn is_telling(&self) -> bool {
        let telling =
            |pending: &Pending| pending.request.mints() && !matches!(pending.phase, Phase::Stuck(_));
        self.changing.as_ref().is_some_and(telling)
    }

    /// Whether the person sees that something is being carried out. What was linked stands there as done while the host
    /// page is being told of it; only whoever goes on in that moment has to wait.
    fn shows_busy(&self) -> bool {
        if self.is_telling() { self.held.is_some() } else { self.busy() }
    }

    /// The ways to a proof by deposits that are open to this person.
    pub(crate) fn ways(&self) -> DepositWays {
        let Some(session) = self.session() else { return DepositWays::default() };
        // Deposits go to one account.
        let one = session.account_selection == AccountSelection::One;
        DepositWays { automatic: session.deposits.automatic && one, ..session.deposits }
    }

    /// Moves on, and says what is to be done.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.ended() {
            // Whatever a late click, or a late answer to the opening of the session, put into the vault goes.
            return vec![Effect::ForgetSecrets, Effect::DropSession];
        }
        let (before, covered) = (self.screen(), self.cover());
        self.dispatch(event, &mut effects);
        if self.cover() != covered {
            match self.cover() {
                Some(Cover::Leave) => tell(&mut effects, WidgetEvent::Screen { screen: ScreenName::Leave }),
                Some(Cover::Offline | Cover::PartMissing) => {
                    tell(&mut effects, WidgetEvent::Screen { screen: ScreenName::Offline })
                }
                Some(Cover::Expiring { .. }) => {
                    tell(&mut effects, WidgetEvent::Screen { screen: ScreenName::Expiring });
                }
                Some(Cover::Trouble(code)) => tell(&mut effects, WidgetEvent::Problem { code }),
                None => {}
            }
        }
        let screen = self.screen();
        let is_new = screen.id() != before.id();
        // The same form, with another complaint of the bank.
        let came_back = match &screen {
            Screen::Credentials(view) => {
                !matches!(view.problem, CredentialProblem::None | CredentialProblem::Locked)
                    && !view.same_login.is_linked()
                    && (is_new || view.returned != before.returned())
            }
            Screen::EnterAmounts(view) => view.wrong && (is_new || view.returned != before.returned()),
            // Back from where they are read once more, with what the proxy says of them.
            Screen::BankDetails(view) => is_new && (view.problems.any() || view.trouble.is_some()),
            _ => false,
        };
        if came_back {
            if !effects.contains(&Effect::FocusErrors) {
                effects.push(Effect::FocusErrors);
            }
        } else if is_new && !self.ended() {
            effects.push(Effect::FocusHeading);
        }
        if is_new && !self.ended() {
            tell(&mut effects, WidgetEvent::Screen { screen: screen.name() });
        }
        effects
    }

    pub(crate) fn dispatch(&mut self, event: Event, effects: &mut Vec<Effect>) {
        if self.is_telling() && event.leads_away_from_a_link() {
            self.held = Some(event);
            return;
        }
        match event {
            Event::Start { resumable } => self.start(resumable, effects),
            Event::Shown => {
                tell(effects, WidgetEvent::Opened);
                effects.push(Effect::FocusHeading);
            }
            Event::Replied { seq, result } => self.replied(seq, result, effects),
            Event::Elapsed(Timer::Typing(stroke)) => self.stopped_typing(stroke, effects),
            Event::Elapsed(Timer::Resend(seq)) => self.send_again(seq, effects),
            Event::Elapsed(Timer::Patience(wait)) => self.still_waiting(wait, effects),
            Event::Elapsed(Timer::Expired(countdown)) => self.time_is_up(countdown, effects),
            Event::Elapsed(Timer::Ticket(ticket)) => self.ticket_is_void(ticket),
            Event::Elapsed(Timer::Idle(act)) => self.idle(act, effects),
            Event::Elapsed(Timer::Ending) => self.ending(),
            Event::Extend => self.extend(effects),
            Event::TakenUp(id) => self.taken_up(id, effects),
            Event::DepositTakenUp(id) => self.deposit_taken_up(&id, effects),
            Event::WayChosen(way) => self.way_chosen(way, effects),
            Event::RoutingTyped(text) => self.routing_typed(&text, effects),
            Event::DetailsEntered { routing, number, name } => {
                self.details_entered(&routing, number, &name, effects);
            }
            Event::LinkInstead => self.link_instead(effects),
            Event::SendDetails => self.send_details(effects),
            Event::AmountsEntered { problems } => self.amounts_entered(problems, effects),
            Event::NotArrived => self.not_arrived(effects),
            Event::CorrectNumbers => self.correct_numbers(),
            Event::GiveUp => self.give_up(effects),
            Event::Repair if matches!(self.at, At::Manage(_)) => self.mend(effects),
            Event::Repair => self.repair_connection(effects),
            Event::EnterAgain => self.enter_again(effects),
            Event::ConnectionPicked(id) => self.connection_picked(id, effects),
            Event::Refresh => self.refresh(effects),
            Event::Keep => self.keep(effects),
            Event::DisconnectAsked => self.disconnect_asked(effects),
            Event::Disconnect { erase } => self.disconnect(erase, effects),
            Event::MoveAsked => self.move_asked(effects),
            Event::Move => self.move_connection(effects),
            Event::StartNew => self.start_new(effects),
            Event::UseExisting => self.use_existing(effects),
            Event::AnotherSignIn => self.another_sign_in(effects),
            Event::MethodChosen(method) => self.method_chosen(method, effects),
            Event::BankOpened => self.bank_opened(effects),
            Event::BankInPlace => self.bank_in_place(effects),
            Event::BankCancelled => self.bank_cancelled(effects),
            Event::CheckNow => self.check_now(effects),
            Event::WentOffline => self.online = false,
            Event::PartMissing => self.part_missing = true,
            Event::PartComing => self.part_missing = false,
            Event::CameOnline => {
                self.online = true;
                self.revive(effects);
            }
            Event::Agreed => self.agreed(effects),
            Event::Typed(query) => self.typed(query, effects),
            Event::Picked(id) => self.picked(&id, effects),
            Event::More => self.more(effects),
            Event::NotListed => self.not_listed(),
            Event::BankNamed(text) => self.bank_named(&text, effects),
            Event::CredentialsEntered { empty } => self.credentials_entered(empty, effects),
            Event::AnswersEntered { empty } => self.answers_entered(empty, effects),
            Event::AccountsChosen(ids) => self.accounts_chosen(ids, effects),
            Event::TryAgain => self.try_again(effects),
            Event::Back => self.back(effects),
            Event::AnotherBank => self.another_bank(effects),
            Event::Finish => self.finish(effects),
            Event::CloseAsked => self.close_asked(effects),
            Event::CloseOrdered => self.close_ordered(effects),
            Event::Stay => {
                self.asked_to_leave = false;
                self.extend(effects);
            }
            Event::Leave => self.leave(effects),
        }
    }

    fn start(&mut self, resumable: bool, effects: &mut Vec<Effect>) {
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

    /// Sends a call that only reads; an earlier one is no longer waited for.
    pub(crate) fn read(&mut self, request: Request, effects: &mut Vec<Effect>) {
        self.reading = Some(Pending::send(&mut self.numbers, request, effects));
    }

    /// Sends a call that changes something. What was being read is no longer true then.
    pub(crate) fn change(&mut self, request: Request, effects: &mut Vec<Effect>) {
        self.reading = None;
        self.changing = Some(Pending::send(&mut self.numbers, request, effects));
    }

    fn replied(&mut self, seq: Seq, result: Result<Reply, CallError>, effects: &mut Vec<Effect>) {
        if self.search.awaits(seq) {
            return self.searched(result, effects);
        }
        let slot = match (&self.changing, &self.reading) {
            (Some(pending), _) if pending.awaits(seq) => &mut self.changing,
            (_, Some(pending)) if pending.awaits(seq) => &mut self.reading,
            _ => return,
        };
        let Some(mut pending) = slot.take() else { return };
        match result {
            Ok(reply) => {
                if pending.request.is_a_sign_of_life() {
                    self.lives_on(effects);
                }
                self.arrived(pending.request, reply, effects);
            }
            Err(error) => {
                if matches!(pending.request, Request::SubmitAmounts { .. }) {
                    return self.amounts_not_taken(&error, effects);
                }
                if pending.request.carries_secrets() {
                    return self.secrets_not_taken(error, effects);
                }
                if matches!(pending.request, Request::ReadRouting { .. }) && !session_is_over(code_of(&error))
                {
                    return;
                }
                match worth_another_try(&error) {
                    Some((why, wait)) => {
                        pending.put_off(why, wait, effects);
                        if pending.request.is_unsafe() {
                            self.changing = Some(pending);
                        } else {
                            self.reading = Some(pending);
                        }
                    }
                    None => self.refused(pending.request, error, effects),
                }
            }
        }
    }

    fn arrived(&mut self, request: Request, reply: Reply, effects: &mut Vec<Effect>) {
        match reply {
            Reply::Session(session) => self.opened(session, effects),
            Reply::Institution(detail) => self.institution_read(*detail, effects),
            Reply::Connection(connection) => self.connection_read(*connection, &request, effects),
            Reply::Connections(read) => self.connections_read(read, effects),
            Reply::Deposit(deposit) => self.deposit_read(*deposit, &request, effects),
            Reply::Routing(facts) => self.routing_read(*facts, effects),
            Reply::PublicToken => self.token_minted(effects),
            Reply::Recorded if matches!(request, Request::GiveConsent { .. }) => {
                self.consent_recorded(effects)
            }
            Reply::Recorded => self.name_recorded(),
            Reply::Ticket { seconds } => self.ticket_came(seconds, &request, effects),
            Reply::Life(_) => self.extended(effects),
            Reply::Institutions(_) => {}
        }
    }

    fn opened(&mut self, session: Box<Session>, effects: &mut Vec<Effect>) {
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
    fn agreed(&mut self, effects: &mut Vec<Effect>) {
        let (At::Consent, Some(consent), false) =
            (&self.at, self.session().and_then(|session| session.consent.as_ref()), self.busy())
        else {
            return;
        };
        let version = consent.version.clone();
        let act = self.numbers.act();
        self.change(Request::GiveConsent { act, version }, effects);
    }

    fn consent_recorded(&mut self, effects: &mut Vec<Effect>) {
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

    /// A call came back with a no that another try would not change.
    fn refused(&mut self, request: Request, error: CallError, effects: &mut Vec<Effect>) {
        let code = code_of(&error);
        if request == Request::ResumeSession && self.session.is_none() {
            // The kept session is over; the link token may still be good.
            effects.push(Effect::DropSession);
            let act = self.numbers.act();
            return self.change(Request::OpenSession { act }, effects);
        }
        if matches!(request, Request::OpenSession { .. }) {
            effects.push(Effect::Post(Post::Failed { code }));
            return self.over(code, effects);
        }
        if matches!(request, Request::GiveConsent { .. }) && code == Code::WrongStep {
            // What is to be agreed to has changed since it was shown: it is read and shown anew.
            return self.read(Request::ResumeSession, effects);
        }
        if session_is_over(code) || matches!(self.at, At::Consent) {
            return self.over(code, effects);
        }
        tell(effects, WidgetEvent::Problem { code });
        if matches!(request, Request::AskForInstitution { .. }) {
            return self.name_refused(code, effects);
        }
        if request.is_about_deposits() {
            return self.deposit_call_refused(&request, &error, effects);
        }
        if matches!(self.at, At::Manage(_)) {
            return self.managed_call_refused(&request, &error, effects);
        }
        self.connection_call_refused(request, code, effects);
    }

    /// The session is over: nothing more can be asked.
    pub(crate) fn over(&mut self, code: Code, effects: &mut Vec<Effect>) {
        self.reading = None;
        self.changing = None;
        self.asked_to_leave = false;
        self.life.warned = None;
        effects.push(Effect::ForgetLogin);
        effects.push(Effect::DropSession);
        self.at = At::SessionOver(code);
        if matches!(self.held.take(), Some(Event::Finish | Event::CloseAsked)) {
            self.finish_now(effects);
        }
    }

    fn send_again(&mut self, seq: Seq, effects: &mut Vec<Effect>) {
        let numbers = &mut self.numbers;
        for pending in [&mut self.changing, &mut self.reading, &mut self.search.pending].into_iter().flatten()
        {
            if pending.seq == seq && pending.phase == Phase::Waiting {
                return pending.resend(numbers, effects);
            }
        }
    }

    /// Sends everything again that was put off or given up.
    pub(crate) fn revive(&mut self, effects: &mut Vec<Effect>) {
        let numbers = &mut self.numbers;
        for pending in [&mut self.changing, &mut self.reading, &mut self.search.pending].into_iter().flatten()
        {
            pending.revive(numbers, effects);
        }
    }
}

/// Tells the host page of something.
pub(crate) fn tell(effects: &mut Vec<Effect>, event: WidgetEvent) {
    effects.push(Effect::Post(Post::Event(event)));
}

/// The code of an error, for the host page.
pub(crate) fn code_of(error: &CallError) -> Code {
    match error {
        CallError::Network => Code::ProviderUnavailable,
        CallError::Problem(problem) => problem.code,
    }
}

/// Whether the session cannot be used any more.
pub(crate) fn session_is_over(code: Code) -> bool {
    matches!(code, Code::SessionExpired | Code::Unauthorized | Code::TokenExpired | Code::TokenInvalid)
}

/// Whether the same call may succeed later, and after how many milliseconds.
pub(crate) fn worth_another_try(error: &CallError) -> Option<(Stuck, Option<u32>)> {
    match error {
        CallError::Network => Some((Stuck::NoAnswer, None)),
        CallError::Problem(problem) => {
            let Problem { code, retryable, retry_after_s, .. } = &**problem;
            // That takes minutes: it is told, not waited for.
            let waits = *retryable && *code != Code::RefreshTooSoon;
            waits.then(|| (Stuck::Refused(*code), retry_after_s.map(|s| s.saturating_mul(1000))))
        }
    }
}
