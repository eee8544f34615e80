//! Where secrets rest between the form and the call, and nowhere else.
//!
//! Values are taken out once. The types overwrite themselves when they go; copies that the browser itself makes of
//! what is typed are beyond our reach.

use linchpin_protocol::{Amounts, Answer, CredentialValue, Secret};

/// What the widget knows and must not show.
#[derive(Default, Debug)]
pub struct Vault {
    /// The link token, until it is spent.
    pub link_token: Option<Secret>,
    /// The session token.
    pub session: Option<Secret>,
    /// A public token, until the host page has it.
    pub public_token: Option<Secret>,
    /// The user name of the last try, so that a failed one need not be typed again.
    pub username: Option<Secret>,
    /// The way to the bank's own page, until it is used or void.
    pub way: Option<Secret>,
    login: Vec<CredentialValue>,
    answers: Vec<Answer>,
    number: Option<Secret>,
    amounts: Option<Amounts>,
}

impl Vault {
    /// Puts a login in, until it is sent or forgotten.
    pub fn put_login(&mut self, login: Vec<CredentialValue>) {
        self.login = login;
    }

    /// Puts answers in, until they are sent or forgotten.
    pub fn put_answers(&mut self, answers: Vec<Answer>) {
        self.answers = answers;
    }

    /// Puts an account number in, until what it is sent with is answered or forgotten.
    pub fn put_number(&mut self, number: Option<Secret>) {
        self.number = number;
    }

    /// Puts amounts in, until they are sent or forgotten.
    pub fn put_amounts(&mut self, amounts: Option<Amounts>) {
        self.amounts = amounts;
    }

    /// The account number. It stays: the same call may have to be sent again, and is done once.
    pub fn number(&self) -> Option<Secret> {
        self.number.clone()
    }

    /// Takes the amounts out; there are none a second time.
    pub fn take_amounts(&mut self) -> Option<Amounts> {
        self.amounts.take()
    }

    /// Takes the login out; there is none a second time.
    pub fn take_login(&mut self) -> Vec<CredentialValue> {
        std::mem::take(&mut self.login)
    }

    /// Takes the answers out; there are none a second time.
    pub fn take_answers(&mut self) -> Vec<Answer> {
        std::mem::take(&mut self.answers)
    }

    /// Drops what was typed and is not sent.
    pub fn forget_unsent(&mut self) {
        self.login.clear();
        self.answers.clear();
        self.number = None;
        self.amounts = None;
    }

    /// Drops everything that belongs to a login.
    pub fn forget_login(&mut self) {
        self.forget_unsent();
        self.username = None;
        self.way = None;
    }
}
