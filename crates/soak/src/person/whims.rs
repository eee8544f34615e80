//! What a person does who does not do what the screen asks for.

use super::typing::right_answer;
use super::{Deed, Person};
use crate::tab::Tab;
use linchpin_flow::{DepositWay, Event, Timer};
use linchpin_protocol::{AccountId, Amounts, Answer, Method, Secret};

impl Person {
    /// Something that may have nothing to do with what is on the screen: a stale click, a host page that acts up.
    pub(super) fn anything(&mut self, tab: &Tab) -> Deed {
        let memory = &tab.memory;
        match self.dice.below(42) {
            0 => Deed::Event(Event::Agreed),
            1 => Deed::Event(Event::Typed("harb".to_owned())),
            2 => match self.dice.pick(&memory.institutions) {
                Some(id) => Deed::Event(Event::Picked(id.clone())),
                None => Deed::Look,
            },
            3 => Deed::Event(Event::AccountsChosen(memory.accounts.iter().take(1).cloned().collect())),
            4 => Deed::Event(Event::AccountsChosen(vec![AccountId::new("acc_of_nobody")])),
            5 => Deed::Event(Event::TryAgain),
            6 => Deed::Event(Event::Back),
            7 => Deed::Event(Event::AnotherBank),
            8 => Deed::Event(Event::Finish),
            9 => Deed::Event(Event::CloseAsked),
            10 => Deed::Event(Event::Stay),
            11 => Deed::Event(Event::Leave),
            12 => Deed::Event(Event::CameOnline),
            13 => Deed::Event(Event::Shown),
            14 => Deed::Event(Event::Start { resumable: self.dice.in_hundred(50) }),
            15 => Deed::Event(Event::Elapsed(Timer::Patience(1))),
            16 => {
                let fields = memory.fields.clone();
                if fields.is_empty() { Deed::Look } else { self.type_login(&fields, true, "") }
            }
            17 => {
                let ask = memory
                    .challenges
                    .iter()
                    .filter_map(|item| Some((item.id()?.clone(), right_answer(item))));
                let values = ask.map(|(id, value)| Answer { id, value: Secret::new(value) }).collect();
                Deed::Answer(values, Vec::new())
            }
            18 => Deed::OtherTab,
            19 => Deed::Reload,
            20 if self.dice.in_hundred(20) => Deed::Event(Event::CloseOrdered),
            20 => Deed::Tunnel,
            21 => Deed::OpenAnew,
            22 => Deed::Event(Event::StartNew),
            23 => Deed::Event(Event::UseExisting),
            24 => Deed::Event(Event::AnotherSignIn),
            25 => Deed::Event(Event::MethodChosen(Method::BankLogin)),
            26 => Deed::Event(Event::MethodChosen(Method::Credentials)),
            27 => Deed::Event(Event::BankOpened),
            28 => Deed::Event(Event::BankInPlace),
            29 => Deed::Event(Event::BankCancelled),
            30 => Deed::Event(Event::CheckNow),
            31 => Deed::Event(Event::Extend),
            32 => Deed::Event(Event::WayChosen(DepositWay::Automatic)),
            33 => Deed::Event(Event::WayChosen(DepositWay::Manual)),
            34 => Deed::Event(Event::RoutingTyped("021000021".to_owned())),
            35 => self.give_numbers("4411"),
            36 => Deed::Event(Event::SendDetails),
            37 => Deed::TellAmounts(Ok(Amounts([self.cents(), self.cents()]))),
            38 => Deed::Event(Event::NotArrived),
            39 => Deed::Event(Event::CorrectNumbers),
            40 => Deed::Event(Event::GiveUp),
            _ => match &tab.connection {
                Some((id, _)) => Deed::Event(Event::TakenUp(id.clone())),
                None => Deed::Look,
            },
        }
    }
}
