//! What is drawn of two small deposits.

use super::Trouble;
use linchpin_protocol::{
    AccountField, AmountProblem, Deposit, DepositFailure, DepositMethod, DepositNext, DepositWays,
    InstitutionRef, MaskedAccount, RoutingNumberFacts,
};
use std::sync::Arc;

/// Two small deposits are offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferView {
    /// Where.
    pub institution: InstitutionRef,
    /// The linked account; absent as long as none is linked.
    pub account: Option<MaskedAccount>,
    /// What is open to the person; nothing says that the account cannot be proved.
    pub ways: DepositWays,
    /// Whether something is being carried out.
    pub busy: bool,
}

/// Type routing and account number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DetailsView {
    /// The institution that the person came from.
    pub institution: Option<InstitutionRef>,
    /// The linked account, where the provider looks for the deposits itself.
    pub account: Option<MaskedAccount>,
    /// The routing number as it stands.
    pub routing: String,
    /// What the person calls the account.
    pub name: String,
    /// What is known of the routing number.
    pub facts: Option<Arc<RoutingNumberFacts>>,
    /// Deposits were sent to other numbers before; which of them was wrong.
    pub corrects: Option<AccountField>,
    /// What is wrong with the fields.
    pub problems: DetailProblems,
    /// Why the numbers were not taken.
    pub trouble: Option<Trouble>,
    /// Whether something is being carried out.
    pub busy: bool,
    /// How many times the form came back. The account number is emptied when this moves.
    pub returned: u32,
}

impl DetailsView {
    /// The bank of the routing number, where it can be linked at once instead.
    pub fn offers_link(&self) -> Option<&InstitutionRef> {
        let linked_already = self.account.is_some() || self.corrects.is_some();
        self.facts.as_ref()?.institution.as_ref().filter(|_| !linked_already)
    }
}

/// What is wrong with the numbers of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DetailProblems {
    /// With the routing number.
    pub routing: Option<RoutingTrouble>,
    /// With the account number.
    pub number: Option<NumberTrouble>,
    /// With the name.
    pub name: Option<NameTrouble>,
}

impl DetailProblems {
    /// Whether anything is.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// What is wrong with a routing number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoutingTrouble {
    /// There is none.
    Empty,
    /// It is not nine digits.
    Format {
        /// How many there are.
        digits: usize,
    },
    /// Its digits do not fit together.
    Checksum,
    /// No bank has it.
    Range,
    /// A central bank's or a clearing house's.
    NotForCustomers,
}

/// What is wrong with an account number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberTrouble {
    /// There is none.
    Empty,
    /// It is not 4 to 17 digits.
    Format,
    /// It was typed twice, and not the same.
    Differs,
    /// It is not that of the account that was chosen.
    OtherAccount,
}

/// What is wrong with the name of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameTrouble {
    /// It has so many digits that it may be an account number.
    Digits,
    /// It is too long.
    TooLong,
}

/// Read the numbers once more before they are sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewView {
    /// The bank, as far as it is known.
    pub bank: Option<String>,
    /// Nine digits.
    pub routing: String,
    /// The last digits of the account number.
    pub last_digits: String,
    /// What the person calls the account; may be empty.
    pub name: String,
    /// Whether the provider looks for the deposits itself.
    pub automatic: bool,
    /// Whether they are being sent.
    pub busy: bool,
}

/// Deposits, as they stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepositView {
    /// As it was read last.
    pub deposit: Arc<Deposit>,
    /// Whether it is asked whether to give them up.
    pub gives_up: bool,
    /// Whether the connection that they need can be repaired here.
    pub repairs: bool,
    /// They cannot be read any more.
    pub gone: bool,
    /// Why something about them was not taken.
    pub trouble: Option<Trouble>,
    /// Whether something is being carried out.
    pub busy: bool,
}

impl DepositView {
    /// Whether other deposits can be sent in place of these, to the same account.
    pub fn may_correct(&self) -> bool {
        let may = match self.deposit.next {
            DepositNext::CorrectAccount { .. } => true,
            // They have not arrived: the number may be another's. The numbers of a linked account are known to fit.
            DepositNext::WaitForDeposit { .. } | DepositNext::EnterAmounts { .. } => {
                self.deposit.method == DepositMethod::Manual
            }
            DepositNext::Failed { reason } => reason != DepositFailure::TooManyTries,
            DepositNext::Wait { .. }
            | DepositNext::WaitForProvider { .. }
            | DepositNext::RepairConnection { .. }
            | DepositNext::UseAnotherAccount {}
            | DepositNext::ProviderRetries {}
            | DepositNext::Verified {}
            | DepositNext::Replaced { .. }
            | DepositNext::Withdrawn {}
            | DepositNext::Unknown => false,
        };
        may && !self.gone
    }
}

/// Type the amounts that arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmountsView {
    /// As it was read last.
    pub deposit: Arc<Deposit>,
    /// How often it can still be tried.
    pub tries_left: u32,
    /// The last pair was not the one that was sent.
    pub wrong: bool,
    /// Which of them cannot be read, and why.
    pub problems: [Option<AmountProblem>; 2],
    /// Why they were not taken.
    pub trouble: Option<Trouble>,
    /// Whether they are being compared.
    pub busy: bool,
    /// How many times the form came back. The amounts are emptied when this moves.
    pub returned: u32,
}
