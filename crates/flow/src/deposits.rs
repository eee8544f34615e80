//! At two small deposits: what is known of them, and what is drawn. What happens there is in `steps`.

mod details;
mod steps;

use crate::linking::Linking;
use crate::screen::{
    AmountsView, DepositView, DetailProblems, DetailsView, OfferView, ReviewView, Screen, Trouble,
};
use linchpin_protocol::{
    AccountField, AmountProblem, ConnectionId, Deposit, DepositId, DepositNext, DepositWays, InstitutionRef,
    MaskedAccount, Revision, RoutingNumber, RoutingNumberFacts,
};
use std::sync::Arc;

/// One account that deposits are to prove, and the deposits once there are some.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Depositing {
    /// Where the person came from, to go back to.
    linking: Option<Box<Linking>>,
    /// The linked account, where the provider looks for the deposits itself.
    account: Option<(ConnectionId, MaskedAccount)>,
    pub(crate) deposit: Option<Arc<Deposit>>,
    at: Place,
    routing: String,
    /// What is known of that routing number.
    facts: Option<Arc<RoutingNumberFacts>>,
    /// The account number is in the vault; its last digits are these.
    last_digits: String,
    name: String,
    problems: DetailProblems,
    amounts: [Option<AmountProblem>; 2],
    trouble: Option<Trouble>,
    returned: u32,
    /// They cannot be read any more.
    gone: bool,
}

/// What of it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// The numbers of the account.
    Details,
    /// The same once more, before they are sent.
    Review,
    /// As the deposit stands.
    Deposit,
    /// What to do if nothing has arrived.
    NotArrived,
    /// Whether to give it up.
    GivingUp,
}

impl Depositing {
    fn new() -> Self {
        Self {
            linking: None,
            account: None,
            deposit: None,
            at: Place::Details,
            routing: String::new(),
            facts: None,
            last_digits: String::new(),
            name: String::new(),
            problems: DetailProblems::default(),
            amounts: [None; 2],
            trouble: None,
            returned: 0,
            gone: false,
        }
    }

    /// For an account whose numbers are still to be typed. A routing number that was searched for stands there already.
    fn of_numbers(
        linking: Option<Box<Linking>>,
        account: Option<(ConnectionId, MaskedAccount)>,
        sought: &str,
    ) -> Self {
        let routing = RoutingNumber::typed(sought).map(|number| number.to_string()).unwrap_or_default();
        Self { linking, account, routing, ..Self::new() }
    }

    /// For deposits that are there.
    pub(crate) fn resumed(deposit: Arc<Deposit>) -> Self {
        Self { deposit: Some(deposit), at: Place::Deposit, ..Self::new() }
    }

    /// What happens now.
    fn next(&self) -> Option<&DepositNext> {
        self.deposit.as_ref().map(|deposit| &deposit.next)
    }

    fn reference(&self) -> Option<(DepositId, Revision)> {
        self.deposit.as_ref().map(|deposit| (deposit.id.clone(), deposit.revision))
    }

    fn forget_complaints(&mut self) {
        self.problems = DetailProblems::default();
        self.amounts = [None; 2];
        self.trouble = None;
    }

    /// The bank's name, as far as it is known.
    fn bank(&self) -> Option<String> {
        let listed = self.facts.as_ref().and_then(|facts| facts.bank.clone());
        let linked = || self.linking.as_ref().map(|linking| linking.institution().name.clone());
        listed.or_else(|| self.deposit.as_ref()?.bank.clone()).or_else(linked)
    }

    /// The institution that the person came from, where it is the account's.
    fn institution(&self) -> Option<&InstitutionRef> {
        self.linking.as_ref().map(|linking| linking.institution())
    }

    /// Whether the numbers of deposits that are there are typed anew.
    fn corrects(&self) -> bool {
        self.deposit.is_some()
    }

    /// Whether leaving would lose something that was done here.
    pub(crate) fn would_be_lost(&self) -> bool {
        matches!(self.at, Place::Details | Place::Review) && !self.gone
    }

    /// Whether the next step may come without the person's doing anything here.
    fn goes_on_by_itself(&self) -> bool {
        let next = self.deposit.as_ref().map(|deposit| &deposit.next);
        self.at != Place::Details
            && self.at != Place::Review
            && matches!(
                next,
                Some(
                    DepositNext::Wait { .. }
                        | DepositNext::WaitForDeposit { .. }
                        | DepositNext::WaitForProvider { .. }
                        // The login may be given again elsewhere, and the provider may hear of it late.
                        | DepositNext::RepairConnection { .. }
                        | DepositNext::ProviderRetries {}
                )
            )
    }

    pub(crate) fn screen(&self, busy: bool, repairs: bool) -> Screen {
        let trouble = self.trouble;
        match (self.at, &self.deposit) {
            (Place::Review, _) => Screen::ReviewDetails(ReviewView {
                bank: self.bank(),
                routing: self.routing.clone(),
                last_digits: self.last_digits.clone(),
                name: self.name.clone(),
                automatic: self.automatic(),
                busy,
            }),
            (Place::Details, _) | (_, None) => Screen::BankDetails(self.details(busy)),
            (place, Some(deposit)) => {
                let view = DepositView {
                    deposit: deposit.clone(),
                    gives_up: place == Place::GivingUp,
                    repairs,
                    gone: self.gone,
                    trouble,
                    busy,
                };
                self.of_deposit(place, deposit, view)
            }
        }
    }

    fn details(&self, busy: bool) -> DetailsView {
        let refused = match self.deposit.as_ref().map(|deposit| &deposit.next) {
            Some(DepositNext::CorrectAccount { field }) => Some(*field),
            Some(_) => Some(AccountField::Unknown),
            None => None,
        };
        DetailsView {
            institution: self.institution().cloned(),
            account: self.account.as_ref().map(|(_, account)| account.clone()),
            routing: self.routing.clone(),
            name: self.name.clone(),
            facts: self.facts.clone(),
            corrects: refused,
            problems: self.problems,
            trouble: self.trouble,
            busy,
            returned: self.returned,
        }
    }

    /// Whether the provider looks for the deposits itself.
    fn automatic(&self) -> bool {
        let method = self.deposit.as_ref().map(|deposit| deposit.method);
        self.account.is_some() || method == Some(linchpin_protocol::DepositMethod::Automatic)
    }

    fn of_deposit(&self, place: Place, deposit: &Deposit, view: DepositView) -> Screen {
        if self.gone || place == Place::GivingUp {
            return Screen::DepositProblem(view);
        }
        match deposit.next {
            DepositNext::Verified {} => Screen::DepositDone(view),
            DepositNext::Wait { .. } => Screen::DepositWait(view),
            DepositNext::WaitForDeposit { .. } | DepositNext::EnterAmounts { .. }
                if place == Place::NotArrived =>
            {
                Screen::NotArrived(view)
            }
            DepositNext::WaitForDeposit { .. } | DepositNext::WaitForProvider { .. } => {
                Screen::DepositsOnTheirWay(view)
            }
            DepositNext::EnterAmounts { tries_left, wrong, .. } => Screen::EnterAmounts(AmountsView {
                deposit: view.deposit,
                tries_left,
                wrong,
                problems: self.amounts,
                trouble: view.trouble,
                busy: view.busy,
                returned: self.returned,
            }),
            DepositNext::RepairConnection { .. }
            | DepositNext::CorrectAccount { .. }
            | DepositNext::UseAnotherAccount {}
            | DepositNext::ProviderRetries {}
            | DepositNext::Failed { .. }
            | DepositNext::Replaced { .. }
            | DepositNext::Withdrawn {}
            | DepositNext::Unknown => Screen::DepositProblem(view),
        }
    }
}

/// The offer of deposits at an institution.
pub(crate) fn offer(
    institution: InstitutionRef,
    account: Option<MaskedAccount>,
    ways: DepositWays,
    busy: bool,
) -> Screen {
    Screen::OfferDeposits(OfferView { institution, account, ways, busy })
}
