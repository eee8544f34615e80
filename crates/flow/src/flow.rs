//! The machine: where the person is, and how an event moves it.

mod opening;
mod replies;

pub(crate) use replies::{code_of, session_is_over, worth_another_try};

use crate::calls::{Numbers, Pending, Phase, Stuck};
use crate::deposits::Depositing;
use crate::life::Life;
use crate::linking::Linking;
use crate::manage::{Manage, Place};
use crate::not_listed::NotListed;
use crate::screen::{Begun, ConsentView, Cover, Screen, WelcomeView};
use crate::search::Search;
use crate::{Effect, Event, Post, Request, Seq, Timer};
use linchpin_protocol::{
    AccountSelection, Code, CredentialProblem, DepositWays, LinkedResult, Mode, ScreenName, Session,
    WidgetEvent,
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

    /// Whether the answer to this call is still waited for. Nothing becomes of any other.
    pub fn awaits(&self, seq: Seq) -> bool {
        self.search.awaits(seq)
            || [&self.changing, &self.reading].into_iter().flatten().any(|pending| pending.awaits(seq))
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
            Event::Elapsed(Timer::Listed(listed)) => self.list_aged(listed, effects),
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
}

/// Tells the host page of something.
pub(crate) fn tell(effects: &mut Vec<Effect>, event: WidgetEvent) {
    effects.push(Effect::Post(Post::Event(event)));
}
