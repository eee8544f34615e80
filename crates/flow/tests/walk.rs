//! Visits every state that the flow can reach, by every event that can come, and checks what must always hold.

mod support;

use linchpin_flow::{
    Cover, DepositWay, Effect, Event, Flow, NumberTrouble, Post, Request, Screen, Seq, Timer,
};
use linchpin_protocol::{
    AccountId, AmountProblem, ChallengeId, ConnectionId, DepositId, FieldId, InstitutionId, Method, Mode,
    ResultStatus, ScreenName,
};
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use support::{Ground, canonical, replies_on, without};

/// A flow with what surrounds it: calls and timers that are under way, what the driver's vault holds, what the host
/// page was told.
#[derive(Clone, PartialEq, Debug)]
struct World {
    flow: Flow,
    calls: Vec<(Seq, Request)>,
    timers: Vec<Timer>,
    vault_full: bool,
    ends_told: u8,
    links_told: u8,
    ground: Ground,
}

impl World {
    fn new() -> Self {
        Self {
            flow: Flow::new(),
            calls: vec![],
            timers: vec![],
            vault_full: false,
            ends_told: 0,
            links_told: 0,
            ground: Ground::Forms,
        }
    }

    fn at_consent() -> Self {
        Self { flow: Flow::asking_for_consent(), ..Self::new() }
    }

    fn key(&self) -> u128 {
        let mut text = format!("{self:?}");
        if !matches!(self.flow.screen(), Screen::Search(_)) {
            // What was searched before has no part in what follows an institution's being picked.
            text = without(&text, "search: Search {", "reading:");
        }
        let past_the_start =
            |at: &str| ["Linking", "Deposit", "Manage"].iter().any(|name| at.starts_with(name));
        if matches!(text.split_once("at: "), Some((_, at)) if past_the_start(at)) {
            // Nor has what the session offered at first.
            text = without(&text, "popular: ", "can_redirect: ");
            text = without(&text, "unfinished: ", "at: ");
        }
        if self.ground == Ground::Managed {
            // In which order what changed, and how often, has no part in what can be done next.
            let unchanged = text.contains("changes: []");
            text = without(&text, "changes: ", "list: ");
            text.push_str(if unchanged { "unchanged" } else { "changed" });
        }
        let text = canonical(&text);
        // Two hashes with different starts: a collision would hide a state.
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, &text).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        half(0) << 64 | half(1)
    }

    /// Lets an event happen, and does what the driver would do.
    fn after(&self, event: &Event) -> World {
        let mut next = self.clone();
        match event {
            Event::Replied { seq, .. } => next.calls.retain(|(known, _)| known != seq),
            Event::Elapsed(timer) => next.timers.retain(|known| known != timer),
            Event::CredentialsEntered { .. }
            | Event::AnswersEntered { .. }
            | Event::DetailsEntered { .. }
            | Event::AmountsEntered { .. } => next.vault_full = true,
            _ => {}
        }
        for effect in next.flow.handle(event.clone()) {
            match effect {
                Effect::Call { seq, request } => {
                    if request.carries_secrets() {
                        assert!(
                            std::mem::take(&mut next.vault_full),
                            "{request:?} is sent although the vault is empty: a login was sent twice\n{self:#?}\n{event:?}"
                        );
                    }
                    if request.needs_number() {
                        assert!(next.vault_full, "{request:?} without its number\n{self:#?}\n{event:?}");
                    }
                    next.check_call(&request);
                    check_who_asks(&request, event);
                    next.calls.push((seq, request));
                }
                Effect::After { timer, .. } => next.timers.push(timer),
                Effect::ForgetSecrets | Effect::ForgetLogin => next.vault_full = false,
                Effect::Post(Post::Success { results }) => {
                    assert!(!results.is_empty(), "a success with nothing linked\n{self:#?}\n{event:?}");
                    next.ends_told += 1;
                }
                Effect::Post(Post::Done { .. }) => {
                    let mode = self.flow.session().map(|session| session.mode);
                    assert_eq!(mode, Some(Mode::Manage), "done with nothing to look after\n{self:#?}");
                    next.ends_told += 1;
                }
                Effect::Post(Post::Exit { .. }) => {
                    assert!(
                        next.flow.results().is_empty(),
                        "an exit although something is linked\n{self:#?}"
                    );
                    next.ends_told += 1;
                }
                Effect::Post(Post::Linked { .. }) => next.links_told = (next.links_told + 1).min(2),
                Effect::Post(_) | Effect::KeepSession | Effect::DropSession => {}
                Effect::FocusHeading | Effect::FocusErrors => {}
            }
        }
        next.drop_stale();
        next
    }

    /// What may be asked before the person has agreed, and in a session that is for one connection.
    fn check_call(&self, request: &Request) {
        let Some(session) = self.flow.session() else { return };
        let session_call = matches!(
            request,
            Request::ResumeSession
                | Request::OpenSession { .. }
                | Request::GiveConsent { .. }
                | Request::Extend { .. }
        );
        assert!(session.consent.is_none() || session_call, "{request:?} before consent\n{self:#?}");
        let search = matches!(
            request,
            Request::Search { .. }
                | Request::CreateConnection { .. }
                | Request::TakeUp { .. }
                | Request::CreateDeposit { .. }
        );
        assert!(session.mode == Mode::Link || !search, "{request:?} in a repair\n{self:#?}");
        let manages = matches!(request, Request::ReadConnections) || parts_or_refreshes(request);
        assert!(session.mode == Mode::Manage || !manages, "{request:?} elsewhere\n{self:#?}");
    }

    /// Forgets calls and timers that the flow does not wait for, after checking that it does not.
    fn drop_stale(&mut self) {
        let flow = &self.flow;
        let heeds = |event: &Event| {
            let mut moved = flow.clone();
            let effects = moved.handle(event.clone());
            moved != *flow || !effects.iter().all(forgets)
        };
        let ground = self.ground;
        self.calls.retain(|(seq, request)| {
            replies_on(ground, request).into_iter().any(|result| heeds(&Event::Replied { seq: *seq, result }))
        });
        self.timers.retain(|timer| heeds(&Event::Elapsed(*timer)));
    }

    fn person() -> Vec<Event> {
        vec![
            Event::Agreed,
            Event::Typed("chase".into()),
            Event::Typed(String::new()),
            Event::Picked(InstitutionId::new("ins_1")),
            Event::More,
            Event::NotListed,
            Event::BankNamed("Harbour".into()),
            Event::BankNamed(String::new()),
            Event::CredentialsEntered { empty: vec![] },
            Event::CredentialsEntered { empty: vec![FieldId::new("password")] },
            Event::AnswersEntered { empty: vec![] },
            Event::AnswersEntered { empty: vec![ChallengeId::new("chl_1")] },
            Event::AccountsChosen(vec![AccountId::new("acc_1")]),
            Event::AccountsChosen(vec![]),
            Event::TakenUp(ConnectionId::new("con_1")),
            Event::StartNew,
            Event::UseExisting,
            Event::AnotherSignIn,
            Event::EnterAgain,
            Event::MethodChosen(Method::BankLogin),
            Event::MethodChosen(Method::Credentials),
            Event::BankOpened,
            Event::BankInPlace,
            Event::BankCancelled,
            Event::CheckNow,
            Event::Extend,
            Event::TryAgain,
            Event::Back,
            Event::AnotherBank,
            Event::Finish,
        ]
    }

    /// What a person does about deposits.
    fn depositor() -> Vec<Event> {
        let details = |routing: &str, number| Event::DetailsEntered {
            routing: routing.to_owned(),
            number,
            name: String::new(),
        };
        vec![
            Event::WayChosen(DepositWay::Automatic),
            Event::WayChosen(DepositWay::Manual),
            Event::DepositTakenUp(DepositId::new("dep_1")),
            Event::RoutingTyped("021000021".into()),
            details("021000021", Ok("4411".into())),
            details("021000012", Err(NumberTrouble::Differs)),
            Event::LinkInstead,
            Event::SendDetails,
            Event::AmountsEntered { problems: [None; 2] },
            Event::AmountsEntered { problems: [Some(AmountProblem::Empty), None] },
            Event::NotArrived,
            Event::CorrectNumbers,
            Event::GiveUp,
            Event::Repair,
        ]
    }

    /// What a person does about connections that are there.
    fn manager() -> Vec<Event> {
        vec![
            Event::ConnectionPicked(ConnectionId::new("con_1")),
            Event::Repair,
            Event::Refresh,
            Event::Keep,
            Event::DisconnectAsked,
            Event::Disconnect { erase: None },
            Event::Disconnect { erase: Some(true) },
            Event::Disconnect { erase: Some(false) },
            Event::MoveAsked,
            Event::Move,
        ]
    }

    fn surroundings() -> Vec<Event> {
        vec![
            Event::Start { resumable: false },
            Event::Start { resumable: true },
            Event::WentOffline,
            Event::CameOnline,
            Event::CloseAsked,
            Event::CloseOrdered,
            Event::Stay,
            Event::Leave,
        ]
    }

    fn possible(&self) -> Vec<Event> {
        let mut events = Self::surroundings();
        if matches!(self.ground, Ground::Deposits | Ground::SlowBanks | Ground::Managed) {
            // What the network and another start do is the same everywhere, and walked with the rest.
            events.retain(|event| !matches!(event, Event::WentOffline | Event::Start { resumable: true }));
        }
        match self.flow.cover() {
            // What lies beneath cannot be reached.
            Some(_) => events.extend([Event::Extend, Event::TryAgain]),
            None if matches!(self.ground, Ground::Deposits | Ground::SlowBanks) => {
                events.extend(Self::depositor());
                events.extend([Event::Back, Event::Finish, Event::TryAgain, Event::StartNew]);
                events.extend(match self.ground {
                    Ground::Deposits => [Event::NotListed, Event::AnotherBank],
                    _ => {
                        let ins_1 = InstitutionId::new("ins_1");
                        [Event::Picked(ins_1), Event::CredentialsEntered { empty: vec![] }]
                    }
                });
            }
            None if self.ground == Ground::Managed => {
                events.extend(Self::manager());
                events.extend([Event::Back, Event::Finish, Event::TryAgain, Event::UseExisting]);
                events.extend([Event::EnterAgain, Event::CredentialsEntered { empty: vec![] }]);
                events.extend([Event::BankOpened, Event::BankCancelled]);
            }
            // The search is the same on every ground: its further ways are walked on one.
            None if self.ground != Ground::Forms => events.extend(
                Self::person()
                    .into_iter()
                    .filter(|event| !matches!(event, Event::More | Event::NotListed | Event::BankNamed(_))),
            ),
            None => events.extend(Self::person()),
        }
        for (seq, request) in &self.calls {
            events.extend(
                replies_on(self.ground, request)
                    .into_iter()
                    .map(|result| Event::Replied { seq: *seq, result }),
            );
        }
        events.extend(self.timers.iter().map(|timer| Event::Elapsed(*timer)));
        events
    }

    fn check(&self) {
        let screen = self.flow.screen();
        let under_way = self.calls.iter().filter(|(_, request)| request.is_unsafe()).count();
        assert!(under_way <= 1, "two unsafe calls at once\n{self:#?}");
        assert_eq!(
            self.ends_told,
            u8::from(self.flow.ended()),
            "the host is told of the end exactly once\n{self:#?}"
        );
        let typed_here = Screen::busy(&screen) || matches!(screen, Screen::ReviewDetails(_));
        if !matches!(screen, Screen::Credentials(_) | Screen::Challenges(_)) && !typed_here {
            assert!(!self.vault_full, "secrets outlive the screen they were typed into\n{self:#?}");
        }
        if self.flow.ended() {
            assert!(
                self.calls.is_empty() && self.timers.is_empty(),
                "something goes on after the end\n{self:#?}"
            );
            return;
        }
        self.check_way_out();
        self.check_way_on(&screen);
    }

    /// Closing, and leaving where asked, ends it, at the latest when the host page has the result.
    fn check_way_out(&self) {
        let mut world = self.after(&Event::CloseAsked);
        if world.flow.cover() == Some(Cover::Leave) {
            world = world.after(&Event::Leave);
        }
        let telling = world.calls.iter().any(|(_, request)| request.mints())
            || world.timers.iter().any(|timer| matches!(timer, Timer::Resend(_)));
        assert!(world.flow.ended() || telling || world.flow.cover().is_some(), "no way out\n{self:#?}");
        assert!(self.after(&Event::CloseOrdered).flow.ended(), "the host cannot close\n{self:#?}");
    }

    /// Something is under way, or the person can do something other than close.
    fn check_way_on(&self, screen: &Screen) {
        if matches!(screen, Screen::SessionOver(_)) || self.flow.session().is_none() && self.calls.is_empty()
        {
            return;
        }
        let goes_on = !self.calls.is_empty()
            || !self.timers.is_empty()
            || World::person()
                .iter()
                .chain(&World::depositor())
                .chain(&World::manager())
                .chain(&[Event::Stay, Event::CameOnline])
                .any(|event| {
                    let mut moved = self.flow.clone();
                    moved.handle(event.clone());
                    moved != self.flow
                });
        assert!(goes_on, "no way on from {screen:?}\n{self:#?}");
    }
}

/// Whether a call reads a connection again, or ends it.
fn parts_or_refreshes(request: &Request) -> bool {
    matches!(request, Request::Refresh { .. } | Request::Disconnect { .. } | Request::Move { .. })
}

/// Nothing is refreshed, ended or moved unless the person asks for it, or its call has to be sent again.
fn check_who_asks(request: &Request, event: &Event) {
    let asked = matches!(
        event,
        Event::Refresh | Event::Keep | Event::Disconnect { .. } | Event::Move | Event::TryAgain
    );
    let again = matches!(event, Event::Elapsed(Timer::Resend(_)) | Event::CameOnline);
    assert!(asked || again || !parts_or_refreshes(request), "{request:?} by {event:?}");
}

/// Whether an effect only forgets, as after the end.
fn forgets(effect: &Effect) -> bool {
    matches!(effect, Effect::ForgetSecrets | Effect::DropSession)
}

#[test]
fn every_reachable_state_has_a_way_on_and_out_and_does_nothing_twice() {
    let (screens, count) = walk([World::new(), World::at_consent()]);
    println!("{count}");
    assert!(screens.len() >= 15, "the walk reached too few screens: {screens:?}");
}

#[test]
fn so_has_every_state_on_the_way_to_a_banks_own_page_and_back() {
    let (screens, count) = walk([World { ground: Ground::OwnPages, ..World::new() }]);
    println!("{count}");
    for screen in [ScreenName::BankLogin, ScreenName::ChooseMethod, ScreenName::Credentials] {
        assert!(screens.contains(&screen), "the walk never came to {screen:?}: {screens:?}");
    }
}

#[test]
fn a_session_that_comes_to_its_end_says_so_wherever_the_person_is() {
    let covers = std::cell::RefCell::new(HashSet::new());
    let in_time = World { ground: Ground::InTime, ..World::new() };
    let (_, count) = walk_and([in_time], |world| {
        if let Some(cover @ Cover::Expiring { .. }) = world.flow.cover() {
            covers.borrow_mut().insert((format!("{cover:?}"), world.flow.screen().name()));
            let stays = world.after(&Event::Stay);
            assert!(!matches!(stays.flow.cover(), Some(Cover::Expiring { .. })), "it cannot be put away");
        }
    });
    println!("{count}");
    assert!(covers.borrow().len() >= 10, "it is told at too few places: {covers:?}");
}

#[test]
fn so_has_every_state_on_the_way_to_deposits_and_to_their_end() {
    let statuses = std::cell::RefCell::new(HashSet::new());
    let grounds = [Ground::Deposits, Ground::SlowBanks].map(|ground| World { ground, ..World::new() });
    let (screens, count) = walk_and(grounds, |world| {
        statuses
            .borrow_mut()
            .extend(world.flow.results().iter().map(|result| format!("{:?}", result.status)));
    });
    println!("{count}");
    for screen in [
        ScreenName::OfferDeposits,
        ScreenName::BankDetails,
        ScreenName::ReviewDetails,
        ScreenName::DepositsOnTheirWay,
        ScreenName::EnterAmounts,
        ScreenName::NotArrived,
        ScreenName::DepositProblem,
        ScreenName::Done,
    ] {
        assert!(screens.contains(&screen), "the walk never came to {screen:?}: {screens:?}");
    }
    for status in [ResultStatus::DepositPending, ResultStatus::DepositVerified] {
        let statuses = statuses.borrow();
        assert!(statuses.contains(&format!("{status:?}")), "nothing ended as {status:?}: {statuses:?}");
    }
}

#[test]
fn so_has_every_state_of_looking_after_connections() {
    let changes = std::cell::RefCell::new(HashSet::new());
    let managed = World { ground: Ground::Managed, ..World::new() };
    let (screens, count) = walk_and([managed], |world| {
        let end = world.flow.clone().handle(Event::CloseOrdered);
        for effect in end {
            if let Effect::Post(Post::Done { changes: told }) = effect {
                changes.borrow_mut().extend(told.iter().map(|change| format!("{change:?}")));
            }
        }
    });
    println!("{count}");
    for screen in [
        ScreenName::Connections,
        ScreenName::Connection,
        ScreenName::Disconnect,
        ScreenName::Move,
        ScreenName::Interrupted,
        ScreenName::Progress,
        ScreenName::Credentials,
        ScreenName::BankLogin,
    ] {
        assert!(screens.contains(&screen), "the walk never came to {screen:?}: {screens:?}");
    }
    for change in ["Refreshed", "Repaired", "Disconnected", "erased: true", "erased: false", "Moved"] {
        let changes = changes.borrow();
        assert!(changes.iter().any(|told| told.contains(change)), "nothing was {change}: {changes:?}");
    }
}

fn walk(starts: impl IntoIterator<Item = World>) -> (HashSet<ScreenName>, String) {
    walk_and(starts, |_| {})
}

/// The screens that were reached, and how much was walked.
fn walk_and(starts: impl IntoIterator<Item = World>, look: impl Fn(&World)) -> (HashSet<ScreenName>, String) {
    let mut seen = HashSet::new();
    let mut queue: VecDeque<World> = starts.into_iter().collect();
    let mut screens = HashSet::new();
    let mut transitions = 0_u64;
    seen.extend(queue.iter().map(World::key));
    while let Some(world) = queue.pop_front() {
        world.check();
        look(&world);
        screens.insert(world.flow.screen().name());
        for event in world.possible() {
            transitions += 1;
            let next = world.after(&event);
            if let Event::Replied { .. } = event {
                // The same answer once more must change nothing.
                let mut again = next.flow.clone();
                let effects = again.handle(event.clone());
                let nothing = effects.iter().all(forgets);
                assert!(again == next.flow && nothing, "a doubled answer counts twice\n{event:?}");
            }
            // Most events change nothing, which is quicker seen than named.
            if next != world && seen.insert(next.key()) {
                queue.push_back(next);
            }
        }
        assert!(seen.len() < 400_000, "the state space grew without bound");
    }
    let count = format!("{} states, {transitions} transitions, {} screens", seen.len(), screens.len());
    (screens, count)
}

#[test]
fn no_part_of_the_flow_can_hold_a_secret() {
    let sources = ["/src", "/src/linking", "/src/deposits", "/src/manage", "/src/screen", "/src/flow"]
        .map(|folder| format!("{}{folder}", env!("CARGO_MANIFEST_DIR")));
    let sources = sources.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    for file in sources {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("Secret,") && !text.contains("Secret>"), "{} uses Secret", path.display());
        assert!(!text.contains("OpenedSession"), "{} uses a type with a token", path.display());
    }
}
