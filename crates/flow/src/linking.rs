//! At one institution: what is known of it, and what is drawn. What happens there is in `steps`.

mod bank;
mod steps;

pub(crate) use steps::{LONG_POLL_S, needs_the_person};

use bank::Bank;

use crate::deposits::{Depositing, offer};
use crate::manage::{Errand, InterruptedView, Work};
use crate::screen::{
    AccountsView, AskedView, BankLoginView, CredentialsView, DoneView, ExistingView, InstructionsView, Limit,
    MethodsView, NoticeView, Patience, ProgressView, SameLogin, Screen, Trouble,
};
use crate::{Effect, Timer};
use linchpin_protocol::{
    AuthorizeProblem, Challenge, ChallengeId, Connection, ConnectionId, CredentialProblem, DepositWays,
    FieldId, Institution, InstitutionDetail, InstitutionRef, Method, Next, Place, RefreshWay, Revision,
    Stage, Way,
};

/// When a word of reassurance is due, in milliseconds.
const REASSURE_MS: u32 = 4_000;

/// One institution and the connection to it, if there is one yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Linking {
    institution: InstitutionRef,
    place: Option<Place>,
    detail: Option<InstitutionDetail>,
    /// The list says that this user has a connection here.
    connected: bool,
    /// Another sign-in is wanted all the same.
    another: bool,
    /// The quickest way to what the session needs, as the list says.
    way: Way,
    /// The ways to a proof by deposits that are open to this person.
    ways: DepositWays,
    /// The deposits that a repair is for: the person goes back to them.
    pub(crate) repairs: Option<Box<Depositing>>,
    /// What a connection that is looked after is taken up for.
    pub(crate) errand: Option<Errand>,
    /// When that connection can be read again: one that can be read can be kept, should ending it stop on the way.
    refresh: Option<RefreshWay>,
    /// What was read through it is erased, and not read again yet.
    pub(crate) erased: bool,
    /// The connection that has the login that was sent, and whether it can be gone on with here.
    same_login: Option<(ConnectionId, bool)>,
    /// The login is sent although it is linked already.
    again: bool,
    /// Deposits were offered, and it is linked for them first.
    pub(crate) signs_in_first: bool,
    /// How to sign in, once it is chosen.
    method: Option<Method>,
    bank: Bank,
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
    /// How often the login was wrong; 2 stands for more too.
    wrong: u32,
    /// How many milliseconds were left when it was last told.
    left: Option<u64>,
    /// Numbers the countdowns, so that the timer of an earlier one does nothing.
    countdown: u32,
    /// The countdown came to its end.
    checked: bool,
    /// The proxy says that the institution, or the connection, is not there.
    gone: bool,
}

impl Linking {
    fn at(institution: InstitutionRef, place: Option<Place>) -> Self {
        Self {
            institution,
            place,
            detail: None,
            connected: false,
            another: false,
            way: Way::Unknown,
            ways: DepositWays::default(),
            repairs: None,
            errand: None,
            refresh: None,
            erased: false,
            same_login: None,
            again: false,
            signs_in_first: false,
            method: None,
            bank: Bank::default(),
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
            wrong: 0,
            left: None,
            countdown: 0,
            checked: false,
            gone: false,
        }
    }

    pub(crate) fn picked(institution: &Institution, ways: DepositWays) -> Self {
        let Institution { id, name, domain, place, connected, way, .. } = institution.clone();
        Self { connected, way, ways, ..Self::at(InstitutionRef { id, name, domain }, place) }
    }

    pub(crate) fn named(institution: InstitutionRef, ways: DepositWays) -> Self {
        Self { ways, ..Self::at(institution, None) }
    }

    /// Where.
    pub(crate) fn institution(&self) -> &InstitutionRef {
        &self.institution
    }

    /// The deposits that are offered before anybody signs in, where that alone would prove nothing.
    fn offered_first(&self) -> Option<DepositWays> {
        let automatic = self.ways.automatic && self.way == Way::Days;
        let ways = DepositWays { automatic, manual: self.ways.manual };
        let needed = matches!(self.way, Way::Days | Way::None) && self.connection.is_none();
        (needed && !self.signs_in_first && !ways.is_none()).then_some(ways)
    }

    pub(crate) fn resumed(connection: &Connection) -> Self {
        Self::at(connection.institution.clone(), None)
    }

    /// For a connection that is looked after, and when it can be read again.
    pub(crate) fn errand(connection: &Connection, errand: Errand, refresh: Option<RefreshWay>) -> Self {
        Self { errand: Some(errand), refresh, ..Self::resumed(connection) }
    }

    pub(crate) fn reference(&self) -> Option<(ConnectionId, Revision)> {
        self.connection.as_ref().map(|connection| (connection.id.clone(), connection.revision))
    }

    pub(crate) fn forget_complaints(&mut self) {
        self.empty_fields.clear();
        self.empty_answers.clear();
        self.nothing_chosen = false;
        self.trouble = None;
    }

    /// The connection that this user has here, as far as it is known.
    pub(crate) fn existing(&self) -> Option<ConnectionId> {
        self.detail.as_ref()?.existing.clone()
    }

    /// The connection that has the login that was sent.
    pub(crate) fn same_login(&self) -> Option<&ConnectionId> {
        self.same_login.as_ref().map(|(id, _)| id)
    }

    /// The ways to sign in that this widget knows.
    fn methods(&self) -> Vec<Method> {
        let methods = self.detail.iter().flat_map(|detail| &detail.methods).copied();
        methods.filter(|method| *method != Method::Unknown).collect()
    }

    /// How to sign in: as chosen, or the only way there is.
    fn chosen_method(&self) -> Option<Method> {
        self.method.or(match self.methods().as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }

    /// Whether the next step may come without the person's doing anything here.
    fn goes_on_by_itself(&self) -> bool {
        match self.connection.as_ref().map(|connection| &connection.next) {
            Some(Next::Wait { .. }) => true,
            Some(Next::Authorize { .. }) => self.bank.away,
            Some(Next::Challenges { items, .. }) => elsewhere(items),
            _ => false,
        }
    }

    /// Whether a wait is drawn.
    pub(crate) fn waits(&self) -> bool {
        matches!(&self.connection, Some(Connection { next: Next::Wait { .. }, .. }))
    }

    /// Whether leaving would lose something that was done here.
    pub(crate) fn would_be_lost(&self) -> bool {
        match self.connection.as_ref().map(|connection| &connection.next) {
            _ if self.gone => false,
            None => matches!(
                self.before_connecting(false, false),
                Screen::Credentials(CredentialsView { fields: Some(_), .. })
            ),
            // It was said that one may close.
            Some(Next::Wait { .. }) => {
                let alone = self.errand.is_some_and(Errand::goes_on_alone);
                !alone && self.stage != Stage::Paused && self.patience != Patience::MayClose
            }
            Some(Next::Credentials { problem: CredentialProblem::Locked, .. }) => false,
            Some(Next::Authorize { .. }) => self.bank.away,
            Some(
                Next::Credentials { .. }
                | Next::Challenges { .. }
                | Next::Instructions { .. }
                | Next::StartAgain {}
                | Next::ChooseAccounts { .. }
                | Next::OfferDeposits { .. },
            ) => true,
            Some(
                Next::Later { .. }
                | Next::NoAccounts {}
                | Next::Linked { .. }
                | Next::Interrupted { .. }
                | Next::Closed { .. }
                | Next::Failed { .. }
                | Next::Unknown,
            ) => false,
        }
    }

    pub(crate) fn screen(&self, busy: bool, redirects: bool) -> Screen {
        let institution = self.institution.clone();
        let notice = |retries_itself, can_retry| NoticeView {
            institution: self.institution.clone(),
            retries_itself,
            can_retry,
            no_way: false,
            busy,
        };
        if self.gone {
            return Screen::Failed(notice(false, false));
        }
        let Some(connection) = &self.connection else {
            return self.before_connecting(busy, redirects);
        };
        match &connection.next {
            Next::Credentials { fields, problem, tries_left } => {
                Screen::Credentials(self.form(Some(fields.clone()), *problem, *tries_left, busy))
            }
            Next::Wait { .. } => Screen::Progress(ProgressView {
                institution,
                work: self.work(),
                stage: self.stage,
                percent: self.percent,
                patience: self.patience,
            }),
            Next::Authorize { host, problem, digits, .. } => Screen::BankLogin(BankLoginView {
                digits: digits.clone().filter(|_| self.bank.away),
                ..self.bank_login(host.clone(), *problem, busy, redirects)
            }),
            // The time was over, and no answer came in time.
            Next::Challenges { .. } if self.left == Some(0) => Screen::StartAgain(notice(false, true)),
            Next::Challenges { items, soon, .. } => Screen::Challenges(AskedView {
                institution,
                revision: connection.revision,
                items: items.clone(),
                limit: match self.left {
                    Some(ms) => {
                        let ms = if self.checked { 0 } else { ms };
                        Some(Limit::Left { ms, countdown: self.countdown })
                    }
                    None => soon.then_some(Limit::Soon),
                },
                elsewhere: elsewhere(items),
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
            Next::OfferDeposits { account, ways } => offer(institution, account.clone(), *ways, busy),
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
            Next::Interrupted { parting, erases, erased, reason } if self.errand.is_some() => {
                Screen::Interrupted(InterruptedView {
                    institution,
                    revision: connection.revision,
                    parting: *parting,
                    erases: *erases,
                    erased: *erased,
                    reason: *reason,
                    refresh: self.refresh.clone(),
                    trouble: self.trouble,
                    busy,
                })
            }
            // What takes its place is being read.
            Next::Closed { successor: Some(_) } if self.errand.is_some() => Screen::Progress(ProgressView {
                institution,
                work: self.work(),
                stage: Stage::Disconnecting,
                percent: None,
                patience: Patience::Fresh,
            }),
            Next::Interrupted { .. } | Next::Closed { .. } | Next::Failed { .. } | Next::Unknown => {
                Screen::Failed(notice(false, false))
            }
        }
    }

    /// What a wait is for.
    fn work(&self) -> Work {
        self.errand.map_or(Work::Connecting, |errand| errand.work(self.stage))
    }

    fn before_connecting(&self, busy: bool, redirects: bool) -> Screen {
        let institution = self.institution.clone();
        let known = self.detail.as_ref();
        let connected = known.map_or(self.connected, |detail| detail.existing.is_some());
        if connected && !self.another {
            return Screen::AlreadyConnected(ExistingView { institution, busy: busy || known.is_none() });
        }
        if let Some(ways) = self.offered_first() {
            return offer(institution, None, ways, busy);
        }
        let methods = self.methods();
        match self.chosen_method() {
            Some(Method::BankLogin) => {
                Screen::BankLogin(self.bank_login(None, AuthorizeProblem::None, busy, redirects))
            }
            None if methods.len() > 1 => Screen::ChooseMethod(MethodsView { institution, methods }),
            None | Some(Method::Unknown) if known.is_some() => Screen::Failed(NoticeView {
                institution,
                retries_itself: false,
                can_retry: false,
                no_way: true,
                busy,
            }),
            None | Some(Method::Unknown | Method::Credentials) => {
                let fields = known.map(|detail| detail.fields.clone());
                Screen::Credentials(self.form(fields, CredentialProblem::None, None, busy))
            }
        }
    }

    fn bank_login(
        &self,
        host: Option<String>,
        problem: AuthorizeProblem,
        busy: bool,
        redirects: bool,
    ) -> BankLoginView {
        BankLoginView {
            institution: self.institution.clone(),
            host,
            problem,
            digits: None,
            away: self.bank.away,
            ready: self.bank.ready,
            ticket: self.bank.ticket,
            in_place: redirects && self.connection.is_some() && !busy,
            can_type: self.methods().contains(&Method::Credentials) && !busy,
            trouble: self.trouble,
            busy,
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
        // A bank locks a login after some wrong ones: the second is the time to say so.
        let problem = match problem {
            CredentialProblem::Incorrect if self.wrong > 1 => CredentialProblem::NearLock,
            other => other,
        };
        CredentialsView {
            institution: self.institution.clone(),
            place: self.place.clone(),
            fields,
            notes: detail.and_then(|detail| detail.notes.clone()),
            website: detail.and_then(|detail| detail.website.clone()),
            problem,
            tries_left,
            same_login: match &self.same_login {
                Some((_, usable)) => SameLogin::Linked { usable: *usable },
                None if self.again => SameLogin::Again,
                None => SameLogin::New,
            },
            empty: self.empty_fields.clone(),
            trouble: self.trouble,
            busy,
            returned: self.returned,
        }
    }
}

/// Whether all that is asked is done elsewhere.
fn elsewhere(items: &[Challenge]) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item, Challenge::Approve { confirm: false, .. }))
}

impl Linking {
    fn begin_waiting(&mut self, effects: &mut Vec<Effect>) {
        self.wait += 1;
        effects.push(Effect::After { ms: REASSURE_MS, timer: Timer::Patience(self.wait) });
    }

    /// The wait is over: the next one starts afresh.
    fn end_waiting(&mut self) {
        self.stage = Stage::Unknown;
        self.percent = None;
        self.patience = Patience::Fresh;
    }

    /// Takes in how long there is to answer.
    fn count_down(&mut self, next: &Next, same_step: bool, effects: &mut Vec<Effect>) {
        if !same_step {
            self.checked = false;
        }
        let Next::Challenges { remaining_ms, .. } = next else {
            self.left = None;
            return;
        };
        self.left = *remaining_ms;
        if let Some(ms) = remaining_ms.filter(|ms| *ms > 0) {
            self.countdown += 1;
            // Longer than a timer can be: then it does not matter.
            let ms = u32::try_from(ms).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs());
            effects.push(Effect::After { ms, timer: Timer::Expired(self.countdown) });
        }
    }

    /// Progress never goes backwards.
    fn advance(&mut self, stage: Stage, percent: Option<u8>) {
        if stage != Stage::Unknown && (self.stage == Stage::Unknown || stage > self.stage) {
            self.stage = stage;
        }
        self.percent = self.percent.max(percent.map(|percent| percent.min(100)));
    }
}
