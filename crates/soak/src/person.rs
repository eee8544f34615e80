//! A random person: somebody who mostly does what the screen asks for, and sometimes anything.

mod typing;
mod whims;

use crate::book::Book;
use crate::dice::Dice;
use crate::tab::Tab;
use crate::window::Visit;
use linchpin_flow::{BankLoginView, Cover, DepositWay, Event, NumberTrouble, OfferView, Screen, SearchView};
use linchpin_protocol::{
    AccountId, AmountProblem, Amounts, Answer, ChallengeId, CredentialValue, FieldId, Method, Secret,
};
use linchpin_sandbox::{logins, practice_banks};
use std::time::Duration;

/// What a person does next.
#[derive(Debug)]
pub enum Deed {
    /// Something that the flow decides.
    Event(Event),
    /// Submits a login.
    SignIn(Vec<CredentialValue>, Vec<FieldId>),
    /// Submits answers.
    Answer(Vec<Answer>, Vec<ChallengeId>),
    /// Types the numbers of an account.
    GiveNumbers {
        /// The routing number.
        routing: &'static str,
        /// The account number, if it is one.
        number: Result<Secret, NumberTrouble>,
    },
    /// Tells the amounts of two deposits, if they can be read.
    TellAmounts(Result<Amounts, AmountProblem>),
    /// Takes the way to the bank's own page, and does this there after a while.
    VisitBank(Visit, Duration),
    /// Loads the page anew.
    Reload,
    /// Opens the same page in another tab, or turns to the other one.
    OtherTab,
    /// Opens the widget anew from the company's page.
    OpenAnew,
    /// Goes into a tunnel, or comes out of it.
    Tunnel,
    /// Shuts the laptop for a while.
    ShutLaptop(Duration),
    /// Only looks.
    Look,
}

/// Who they are.
pub struct Person {
    dice: Dice,
    book: Book,
    /// Where they bank.
    bank: String,
    /// As whom they sign in.
    login: &'static str,
    /// Of a hundred logins and answers, so many are right.
    careful: usize,
    /// Of a hundred deeds, so many have nothing to do with the screen.
    wild: usize,
    /// Whether they do nothing but what the screen asks for.
    sensible: bool,
}

impl Person {
    /// Who comes with this seed.
    pub fn of(seed: u64, book: Book) -> Self {
        let mut dice = Dice::keyed(seed, "person");
        let banks = practice_banks();
        let bank = dice.pick(banks).map_or("Harbour Savings", |bank| bank.name).to_owned();
        // At a practice bank of its own each bank shows what it shows; other logins do so everywhere.
        let login = if dice.in_hundred(50) {
            "practice-good"
        } else {
            dice.pick(logins()).map_or("practice-good", |login| login.user_name)
        };
        let careful = [98, 90, 70].get(dice.below(3)).copied().unwrap_or(90);
        let wild = [0, 4, 15].get(dice.below(3)).copied().unwrap_or(4);
        book.note(format!("banks at {bank} as {login}; careful {careful} %, wild {wild} %"));
        Self { dice, book, bank, login, careful, wild, sensible: false }
    }

    /// Somebody who does everything right, from wherever things stand.
    pub fn sensible(mut self) -> Self {
        "Harbour Savings".clone_into(&mut self.bank);
        self.login = "practice-good";
        self.careful = 100;
        self.sensible = true;
        self
    }

    /// What the company wants of them.
    pub fn purpose(&mut self) -> &'static str {
        match self.dice.below(10) {
            0..5 => "verify",
            5..8 => "aggregate",
            _ => "both",
        }
    }

    /// How the company opens the widget for them, beside what for.
    pub fn opening(&mut self) -> (bool, Option<u64>, bool) {
        let own_consent = self.dice.in_hundred(30);
        let institution = self.dice.in_hundred(15).then(|| {
            practice_banks().iter().find(|bank| bank.name == self.bank).map_or(900_001, |bank| bank.id.0)
        });
        (own_consent, institution, self.dice.in_hundred(25))
    }

    /// How long they think before the next deed.
    pub fn pause(&mut self) -> Duration {
        let usual = [0, 0, 60, 60, 300, 300, 1_000, 1_000, 2_500, 4_000];
        let millis = match self.dice.below(200) {
            // Beyond the life of every one-time code.
            0 => 130_000,
            1 => 62_000,
            2..10 => 15_000,
            _ => self.dice.pick(&usual).copied().unwrap_or(300),
        };
        Duration::from_millis(millis)
    }

    /// What they do now.
    pub fn decide(&mut self, tab: &Tab) -> Deed {
        if self.sensible {
            return self.do_as_asked(tab);
        }
        if self.dice.in_hundred(self.wild) {
            return self.anything(tab);
        }
        match self.dice.below(1000) {
            0..25 => return Deed::Reload,
            25..40 => return Deed::OtherTab,
            40..55 => return Deed::Tunnel,
            55..57 => return Deed::ShutLaptop(Duration::from_secs(60 * (1 + self.dice.number() % 45))),
            60..90 => return Deed::Event(Event::CloseAsked),
            90..120 => return Deed::Event(Event::Back),
            _ => {}
        }
        self.do_as_asked(tab)
    }

    fn do_as_asked(&mut self, tab: &Tab) -> Deed {
        match tab.flow.cover() {
            Some(Cover::Leave) if self.sensible => Deed::Event(Event::Stay),
            Some(Cover::Leave) => {
                Deed::Event(if self.dice.in_hundred(70) { Event::Stay } else { Event::Leave })
            }
            Some(Cover::Offline) if !self.sensible => match self.dice.below(4) {
                0 => Deed::Tunnel,
                1 => Deed::Look,
                _ => Deed::Event(Event::TryAgain),
            },
            Some(Cover::Offline | Cover::PartMissing | Cover::Trouble(_)) => Deed::Event(Event::TryAgain),
            Some(Cover::Expiring { .. }) => Deed::Event(Event::Extend),
            None => self.answer_screen(&tab.flow.screen()),
        }
    }

    /// What the screen asks for. A screen that is not here yet does not compile: what would a person do there?
    fn answer_screen(&mut self, screen: &Screen) -> Deed {
        match screen {
            Screen::Consent(view) if view.busy => Deed::Look,
            Screen::Consent(_) => Deed::Event(Event::Agreed),
            Screen::Welcome(view) if view.busy => Deed::Look,
            Screen::Welcome(view) if !view.deposits.is_empty() && self.dice.in_hundred(50) => {
                match view.deposits.first() {
                    Some(deposit) => Deed::Event(Event::DepositTakenUp(deposit.id.clone())),
                    None => Deed::Look,
                }
            }
            Screen::Welcome(view) => match view.begun.first() {
                Some(begun) if self.is_right() => Deed::Event(Event::TakenUp(begun.id.clone())),
                _ => Deed::Event(Event::StartNew),
            },
            Screen::Search(view) => self.find(view),
            Screen::NotListed(view) if view.busy => Deed::Look,
            Screen::NotListed(view) if view.sent || view.trouble.is_some() || self.is_right() => {
                Deed::Event(Event::Back)
            }
            Screen::NotListed(_) => {
                let names = ["Elm Street Bank", "", "12345678901", "Bank 4711"];
                Deed::Event(Event::BankNamed(self.dice.pick(&names).copied().unwrap_or_default().to_owned()))
            }
            Screen::AlreadyConnected(view) if view.busy => Deed::Look,
            Screen::AlreadyConnected(_) => {
                Deed::Event(if self.is_right() { Event::UseExisting } else { Event::AnotherSignIn })
            }
            Screen::ChooseMethod(view) => match self.dice.pick(&view.methods) {
                Some(method) => Deed::Event(Event::MethodChosen(*method)),
                None => Deed::Event(Event::Back),
            },
            Screen::BankLogin(view) => self.visit_bank(view),
            Screen::Credentials(view) => self.sign_in(view),
            Screen::Progress(_) => Deed::Look,
            Screen::Challenges(view) => self.answer(view),
            Screen::ChooseAccount(view) => {
                let offered = view.accounts.iter().filter(|account| account.not_verifiable.is_none());
                let mut ids: Vec<AccountId> = offered.map(|account| account.id.clone()).collect();
                if !self.is_right() {
                    ids.clear();
                } else if !view.many {
                    let at = self.dice.below(ids.len());
                    ids = ids.get(at).cloned().into_iter().collect();
                }
                Deed::Event(Event::AccountsChosen(ids))
            }
            Screen::OfferDeposits(view) => self.choose_way(view),
            Screen::BankDetails(view) if view.busy => Deed::Look,
            Screen::BankDetails(view) => {
                let last = view.account.as_ref().and_then(|account| account.last_digits.clone());
                self.give_numbers(last.as_deref().unwrap_or("4411"))
            }
            Screen::ReviewDetails(view) if view.busy => Deed::Look,
            Screen::ReviewDetails(_) => {
                Deed::Event(if self.is_right() { Event::SendDetails } else { Event::Back })
            }
            Screen::EnterAmounts(view) if view.busy => Deed::Look,
            // Nobody has told them what arrived: they guess.
            Screen::EnterAmounts(_) => match self.dice.below(6) {
                _ if self.sensible => Deed::Event(Event::Finish),
                0 => Deed::TellAmounts(Err(AmountProblem::Format)),
                1 => Deed::Event(Event::NotArrived),
                2 | 3 => Deed::Event(Event::Finish),
                _ => Deed::TellAmounts(Ok(Amounts([self.cents(), self.cents()]))),
            },
            Screen::DepositWait(_) => Deed::Look,
            Screen::NotArrived(_) => Deed::Event(match self.dice.below(4) {
                _ if self.sensible => Event::Finish,
                0 => Event::CorrectNumbers,
                1 => Event::GiveUp,
                2 => Event::Back,
                _ => Event::Finish,
            }),
            Screen::DepositsOnTheirWay(_) | Screen::DepositDone(_) => Deed::Event(match self.dice.below(6) {
                _ if self.sensible => Event::Finish,
                0 => Event::NotArrived,
                1 => Event::GiveUp,
                2 => Event::AnotherBank,
                3 => Event::Back,
                _ => Event::Finish,
            }),
            Screen::DepositProblem(_) => Deed::Event(match self.dice.below(5) {
                _ if self.sensible => Event::Back,
                0 => Event::CorrectNumbers,
                1 => Event::WayChosen(DepositWay::Manual),
                2 => Event::GiveUp,
                3 => Event::Repair,
                _ => Event::Back,
            }),
            Screen::Done(_) => Deed::Event(match self.dice.below(4) {
                0 if !self.sensible => Event::AnotherBank,
                1 if !self.sensible => Event::CloseAsked,
                _ => Event::Finish,
            }),
            Screen::Instructions(_) | Screen::StartAgain(_) => Deed::Event(Event::TryAgain),
            // Nobody here has come to look after what they have.
            Screen::Connections(_)
            | Screen::Connection(_)
            | Screen::Disconnect(_)
            | Screen::Move(_)
            | Screen::Interrupted(_) => Deed::Event(Event::CloseAsked),
            Screen::Later(..) | Screen::NoAccounts(_) | Screen::Failed(_) => match self.dice.below(4) {
                0 => Deed::Event(Event::CloseAsked),
                1 => Deed::Look,
                _ => Deed::Event(Event::Back),
            },
            Screen::SessionOver(_) => match self.dice.below(4) {
                0 => Deed::Reload,
                1 => Deed::Event(Event::CloseAsked),
                _ => Deed::OpenAnew,
            },
            Screen::Ended => Deed::OpenAnew,
        }
    }

    fn visit_bank(&mut self, view: &BankLoginView) -> Deed {
        if view.away {
            return Deed::Event(match self.dice.below(4) {
                _ if self.sensible => Event::BankCancelled,
                0 => Event::BankCancelled,
                1 => Event::TryAgain,
                _ => Event::CheckNow,
            });
        }
        if view.busy {
            return Deed::Look;
        }
        if !self.sensible {
            match self.dice.below(8) {
                0 if view.can_type => return Deed::Event(Event::MethodChosen(Method::Credentials)),
                1 | 2 if view.in_place => return Deed::Event(Event::BankInPlace),
                3 => return Deed::Event(Event::Back),
                _ => {}
            }
        }
        if !view.ready {
            return Deed::Event(Event::TryAgain);
        }
        let (visit, thinks) = self.visit();
        Deed::VisitBank(visit, thinks)
    }

    /// What they do at the bank, and how long they take.
    pub fn visit(&mut self) -> (Visit, Duration) {
        let visit = match self.dice.below(12) {
            _ if self.sensible => Visit::Allows,
            0 => Visit::Refuses,
            1 => Visit::Closes,
            2 => Visit::ClosesOnTheWayBack,
            _ => Visit::Allows,
        };
        // Now and then longer than anybody is waited for.
        let seconds = match self.dice.below(40) {
            _ if self.sensible => 2,
            0 => 700,
            1..5 => 40,
            5..15 => 10,
            _ => 2,
        };
        (visit, Duration::from_secs(seconds))
    }

    fn find(&mut self, view: &SearchView) -> Deed {
        let found = view.found.iter().flat_map(|found| &found.institutions);
        let mut listed = found.chain(view.popular.iter().flatten());
        if let Some(bank) = listed.find(|institution| institution.name == self.bank)
            && (self.sensible || self.dice.in_hundred(90))
        {
            return Deed::Event(Event::Picked(bank.id.clone()));
        }
        if view.found.is_some() && self.dice.in_hundred(10) {
            return Deed::Event(if self.dice.in_hundred(50) { Event::More } else { Event::NotListed });
        }
        let typed = if self.is_right() {
            let letters = 3 + self.dice.below(self.bank.len());
            self.bank.chars().take(letters).collect()
        } else {
            let odd = ["zzz", "12345678901", " ", "ha", "bank", "hrabour", "öß"];
            self.dice.pick(&odd).copied().unwrap_or_default().to_owned()
        };
        if typed == view.query && view.found.is_none() && !view.busy {
            return Deed::Event(Event::TryAgain);
        }
        Deed::Event(Event::Typed(typed))
    }

    fn choose_way(&mut self, view: &OfferView) -> Deed {
        let way = if view.ways.automatic && (self.sensible || !view.ways.manual || self.dice.in_hundred(60)) {
            DepositWay::Automatic
        } else {
            DepositWay::Manual
        };
        if view.ways.is_none() || !self.is_right() {
            return Deed::Event(Event::Back);
        }
        Deed::Event(Event::WayChosen(way))
    }
}
