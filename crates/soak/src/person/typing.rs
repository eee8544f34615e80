//! What a person types: mostly what is right, now and then what is wrong.

use super::{Deed, Person};
use linchpin_flow::{AskedView, CredentialsView, Event, NumberTrouble};
use linchpin_protocol::{
    Answer, Cents, Challenge, CredentialProblem, CredentialValue, Field, FieldKind, Secret,
};
use linchpin_sandbox::{logins, practice_banks};

impl Person {
    pub(super) fn is_right(&mut self) -> bool {
        self.dice.in_hundred(self.careful)
    }

    pub(super) fn sign_in(&mut self, view: &CredentialsView) -> Deed {
        let Some(fields) = &view.fields else { return Deed::Look };
        if view.problem == CredentialProblem::Locked {
            return Deed::Event(Event::Back);
        }
        if view.same_login.is_linked() {
            return Deed::Event(if view.same_login.is_usable() && self.is_right() {
                Event::UseExisting
            } else {
                Event::EnterAgain
            });
        }
        let right = self.is_right();
        self.type_login(fields, right, &view.institution.name)
    }

    pub(super) fn type_login(&mut self, fields: &[Field], right: bool, bank: &str) -> Deed {
        let wrong = self.dice.below(4);
        let mut values = Vec::new();
        let mut empty = Vec::new();
        for field in fields {
            let value = match (field.kind, right, wrong) {
                (FieldKind::Username, true, _) => self.login.to_owned(),
                (_, true, _) => self.passcode(bank).to_owned(),
                (_, false, 0) => String::new(),
                // A real one, typed into a practice.
                (_, false, 1) => self.secret("real"),
                (FieldKind::Username, false, _) => self.login.to_owned(),
                (_, false, _) => self.secret("practice-"),
            };
            if value.is_empty() {
                empty.push(field.id.clone());
            }
            values.push(CredentialValue { id: field.id.clone(), value: Secret::new(value) });
        }
        Deed::SignIn(values, empty)
    }

    fn passcode(&self, bank: &str) -> &'static str {
        let own = practice_banks().iter().find(|known| known.name == bank);
        match own {
            Some(own) if self.login == "practice-good" => own.passcode,
            _ => "practice",
        }
    }

    /// An account number that ends as it should, or is mistyped.
    pub(super) fn give_numbers(&mut self, last: &str) -> Deed {
        let routing = if self.is_right() { "021000021" } else { "021000012" };
        if !self.is_right() {
            let number =
                Err(if self.dice.in_hundred(50) { NumberTrouble::Empty } else { NumberTrouble::Differs });
            return Deed::GiveNumbers { routing, number };
        }
        let number = format!("{:09}{last}", self.dice.number() % 1_000_000_000);
        self.book.keep_secret(&number);
        Deed::GiveNumbers { routing, number: Ok(Secret::new(number)) }
    }

    pub(super) fn cents(&mut self) -> Cents {
        Cents(i64::try_from(1 + self.dice.below(99)).unwrap_or(1))
    }

    /// Something that must never be seen again.
    fn secret(&mut self, begin: &str) -> String {
        let secret = format!("{begin}canary{:016x}", self.dice.number());
        self.book.keep_secret(&secret);
        secret
    }

    pub(super) fn answer(&mut self, view: &AskedView) -> Deed {
        if view.items.iter().any(|item| matches!(item, Challenge::Unknown)) {
            return Deed::Event(Event::Back);
        }
        let mut values = Vec::new();
        let mut empty = Vec::new();
        for item in &view.items {
            let Some(id) = item.id().filter(|_| item.wants_answer()) else { continue };
            let value = if self.is_right() {
                right_answer(item)
            } else if self.dice.in_hundred(30) {
                String::new()
            } else {
                self.wrong_answer(item)
            };
            if value.is_empty() {
                empty.push(id.clone());
            }
            values.push(Answer { id: id.clone(), value: Secret::new(value) });
        }
        // What is approved elsewhere takes no answer, though somebody may press the button all the same.
        if values.is_empty() && (self.sensible || self.is_right()) {
            return Deed::Look;
        }
        Deed::Answer(values, empty)
    }

    fn wrong_answer(&mut self, item: &Challenge) -> String {
        match item {
            Challenge::Choice { options, .. } => {
                self.dice.pick(options).map(|option| option.key.clone()).unwrap_or_default()
            }
            Challenge::ImageChoice { options, .. } => {
                self.dice.pick(options).map(|option| option.key.clone()).unwrap_or_default()
            }
            Challenge::Text { .. } | Challenge::Code { .. } | Challenge::Image { .. } => {
                self.secret("answer-")
            }
            Challenge::Approve { .. } | Challenge::Unknown => String::new(),
        }
    }
}

/// What the practice banks take for this question.
pub(super) fn right_answer(item: &Challenge) -> String {
    let (Challenge::Text { prompt, .. }
    | Challenge::Code { prompt, .. }
    | Challenge::Choice { prompt, .. }
    | Challenge::Image { prompt, .. }
    | Challenge::ImageChoice { prompt, .. }) = item
    else {
        return String::new();
    };
    let known = practice_banks().iter().flat_map(|bank| bank.answers());
    let mut known = known.chain(logins().iter().flat_map(|login| login.answers()));
    known.find(|answer| answer.question == prompt).map(|answer| answer.send).unwrap_or_default()
}
