//! Two small deposits: the offer, the wait, what to do when nothing arrives, how they ended.

use crate::facts::Facts;
use crate::look::{Look, nothing};
use crate::parts::{
    Glyph, Icon, Lead, LinkButton, Primary, Who, account_name, date, dots_before, is_past, row, summary,
};
use crate::text::{Key, count, fill, say};
use leptos::prelude::*;
use linchpin_flow::{DepositView, DepositWay, Event, OfferView, Screen};
use linchpin_protocol::{
    AccountField, Deposit, DepositFailure, DepositMethod, DepositNext, DepositWork, Timestamp,
};

/// A way on: what it says, and what it hands back.
type WayOn = (String, fn() -> Event);

/// Two small deposits are offered; or it is said that the account cannot be proved.
pub fn offer(look: Look, view: OfferView) -> AnyView {
    let OfferView { institution, account, ways, .. } = view;
    let name = institution.name.clone();
    let bank = [("bank", name.as_str())];
    let none = ways.is_none();
    let (title, text) = match &account {
        _ if none => (fill(Key::CannotProve, &bank), fill(Key::CannotProveHelp, &bank)),
        Some(account) => (
            fill(Key::ProveAccount, &[("account", &account_name(account))]),
            fill(Key::NoNumbersAtOnce, &bank),
        ),
        None => (fill(Key::ProveAt, &bank), fill(Key::NoNumbersAtOnce, &bank)),
    };
    let way = |way: DepositWay, title: Key, text: String| {
        row(None, say(title), text, Box::new(move || look.happen(Event::WayChosen(way))))
    };
    let facts = look.facts.get_untracked();
    let linked = account.is_some();
    let automatic = ways.automatic.then(|| {
        let key = if linked { Key::AutomaticLinkedHelp } else { Key::AutomaticHelp };
        way(DepositWay::Automatic, Key::Automatic, say(key))
    });
    let manual = ways.manual.then(|| {
        let text = [say(Key::ManualHelp), usual_days(&facts).unwrap_or_default()].join(" ");
        way(DepositWay::Manual, Key::Manual, text)
    });
    let other = look.other_way();
    let other = if none {
        view! { <Primary label=other look event=|| Event::Back /> }.into_any()
    } else {
        view! { <LinkButton label=other look event=|| Event::Back /> }.into_any()
    };
    view! {
        <Who institution />
        <Lead title text />
        <ul class="options plain-list">{automatic}{manual}</ul>
        <div class="foot">{other}</div>
    }
    .into_any()
}

/// What a screen about deposits says.
struct Told {
    glyph: Option<Glyph>,
    title: String,
    text: String,
    /// What to look for, or to do.
    points: Vec<String>,
    /// The main way on, and then quiet others.
    ways: Vec<WayOn>,
}

/// Deposits as they stand: on their way, not arrived, in need of something, at their end.
pub fn draw(look: Look, screen: Screen) -> AnyView {
    let facts = look.facts.get_untracked();
    let told = match screen {
        Screen::DepositWait(view) => return wait(&view.deposit),
        Screen::DepositsOnTheirWay(view) => on_their_way(&view.deposit, &facts),
        Screen::NotArrived(view) => not_arrived(&view, &facts),
        Screen::DepositDone(view) => done(&view.deposit, &facts),
        Screen::DepositProblem(view) => problem(&view, &facts),
        _ => return nothing(),
    };
    let Told { glyph, title, text, points, ways } = told;
    let seal = glyph.map(|glyph| {
        let class = if glyph == Glyph::Check { "seal" } else { "seal quiet" };
        view! { <div class=class><Icon glyph /></div> }.into_any()
    });
    let points: Vec<_> = points.into_iter().map(|point| view! { <li>{point}</li> }.into_any()).collect();
    let mut ways = ways.into_iter();
    let main = ways.next().map(|(label, event)| view! { <Primary label look event /> }.into_any());
    let others: Vec<_> =
        ways.map(|(label, event)| view! { <LinkButton label look event /> }.into_any()).collect();
    view! {
        {seal}
        {summary(look, |_| None)}
        <Lead title text />
        <ul class="todo">{points}</ul>
        <div class="foot">{main}{others}</div>
    }
    .into_any()
}

/// Bank and last digits of an account, as far as they are known.
pub fn account_of(deposit: &Deposit) -> String {
    let dots = deposit.last_digits.as_deref().map(dots_before);
    let name = deposit.name.clone().or_else(|| deposit.bank.clone());
    [name, dots].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The bank's name, or a word that stands for it.
fn bank_of(deposit: &Deposit) -> String {
    deposit.bank.clone().unwrap_or_else(|| say(Key::TheBank))
}

/// What stands beside the deposits on a statement, where that is known.
pub fn look_for(facts: &Facts) -> String {
    match &facts.deposits.descriptor {
        Some(words) => fill(Key::LookForNamed, &[("words", words)]),
        None => say(Key::LookFor),
    }
}

/// How long deposits usually take, where that is known.
fn usual_days(facts: &Facts) -> Option<String> {
    facts.deposits.usual_days.map(|days| count(Key::UsuallyDays, days, &[]))
}

/// By when they have usually arrived: a day where it is known, else how long they take, else nothing.
fn by_when(expected_by: Option<&Timestamp>, facts: &Facts) -> Option<String> {
    let day = expected_by.and_then(|moment| date(moment.as_str()));
    day.map(|day| fill(Key::ExpectedBy, &[("date", &day)])).or_else(|| usual_days(facts))
}

fn back_to_client(facts: &Facts) -> WayOn {
    (fill(Key::FinishTo, &[("client", &facts.client())]), || Event::Finish)
}

/// After deposits that were stopped, of which nothing is left to tell: another account, another bank, or back.
fn given_up(facts: &Facts) -> Vec<WayOn> {
    let mut ways = Vec::new();
    if facts.by_numbers {
        ways.push(way(Key::UseOtherNumbers, || Event::WayChosen(DepositWay::Manual)));
    }
    if facts.searches {
        ways.push(way(Key::ChooseAnotherBank, || Event::Back));
    }
    ways.push((fill(Key::FinishTo, &[("client", &facts.client())]), || Event::CloseAsked));
    ways
}

fn way(key: Key, event: fn() -> Event) -> WayOn {
    (say(key), event)
}

/// The way away from this account: to the search, or out.
fn other_way(facts: &Facts) -> WayOn {
    way(if facts.searches { Key::ChooseAnotherBank } else { Key::CloseThis }, || Event::Back)
}

/// Something is being done, and nobody knows the outcome yet.
fn wait(deposit: &Deposit) -> AnyView {
    let title = match deposit.next {
        DepositNext::Wait { work: DepositWork::Checking } => Key::Checking,
        _ => Key::BeingSent,
    };
    view! {
        <Lead title=say(title) text=account_of(deposit) />
        <progress class="meter" aria-label=say(Key::ProgressLabel) max="100"></progress>
    }
    .into_any()
}

fn on_their_way(deposit: &Deposit, facts: &Facts) -> Told {
    let text = fill(Key::OnTheirWayTo, &[("account", &account_of(deposit))]);
    let mut points = Vec::new();
    let mut ways = vec![back_to_client(facts)];
    if let DepositNext::WaitForProvider { expected_by } = &deposit.next {
        points.push(match &facts.provider {
            Some(provider) => fill(Key::FoundByProvider, &[("provider", provider)]),
            None => say(Key::FoundByItself),
        });
        points.extend(expected_by.as_ref().and_then(|_| by_when(expected_by.as_ref(), facts)));
    } else if let DepositNext::WaitForDeposit { expected_by } = &deposit.next {
        points.push(look_for(facts));
        points.extend(by_when(expected_by.as_ref(), facts));
        points.push(say(Key::ComeBackWithBoth));
        ways.push(way(Key::NotArrived, || Event::NotArrived));
    }
    if facts.searches {
        ways.push(way(Key::AnotherBank, || Event::AnotherBank));
    }
    ways.push(way(Key::GiveUp, || Event::GiveUp));
    Told { glyph: Some(Glyph::Clock), title: say(Key::OnTheirWay), text, points, ways }
}

fn not_arrived(view: &DepositView, facts: &Facts) -> Told {
    let deposit = &view.deposit;
    let expected_by = match &deposit.next {
        DepositNext::WaitForDeposit { expected_by } | DepositNext::EnterAmounts { expected_by, .. } => {
            expected_by.as_ref()
        }
        _ => None,
    };
    let day = expected_by.and_then(|moment| date(moment.as_str()));
    let late = expected_by.is_some_and(|moment| is_past(moment.as_str()));
    let text = match day {
        Some(day) => fill(if late { Key::TheyAreLate } else { Key::LateFrom }, &[("date", &day)]),
        None => usual_days(facts).unwrap_or_default(),
    };
    let mut points = vec![fill(Key::CheckAccount, &[("account", &account_of(deposit))]), look_for(facts)];
    let mut ways = vec![back_to_client(facts)];
    if view.may_correct() {
        points.push(say(Key::CheckNumbers));
        ways.insert(usize::from(!late), way(Key::CorrectNumbers, || Event::CorrectNumbers));
    }
    ways.push(way(Key::GiveUp, || Event::GiveUp));
    Told { glyph: None, title: say(Key::NotArrivedTitle), text, points, ways }
}

fn done(deposit: &Deposit, facts: &Facts) -> Told {
    let title = fill(Key::ProvedTitle, &[("bank", &bank_of(deposit))]);
    let text = fill(Key::AccountVerified, &[("account", &account_of(deposit))]);
    let mut ways = vec![back_to_client(facts)];
    if facts.searches {
        ways.push(way(Key::AnotherBank, || Event::AnotherBank));
    }
    Told { glyph: Some(Glyph::Check), title, text, points: Vec::new(), ways }
}

fn problem(view: &DepositView, facts: &Facts) -> Told {
    let deposit = &view.deposit;
    // A deposit of the person's own, or another account where there is a search to come back to.
    let anew = || {
        let mut ways = Vec::new();
        if facts.by_numbers {
            ways.push(way(Key::UseOtherNumbers, || Event::WayChosen(DepositWay::Manual)));
        }
        ways.push(other_way(facts));
        ways
    };
    let wait_and_see = || vec![back_to_client(facts)];
    let (title, text, ways) = match &deposit.next {
        _ if view.gone => (Key::CannotReadDeposit, Key::ComeBackLater, vec![other_way(facts)]),
        _ if view.gives_up => {
            let ways = vec![way(Key::GiveUpNow, || Event::GiveUp), way(Key::KeepThem, || Event::Back)];
            (Key::GiveUpQuestion, Key::GiveUpHelp, ways)
        }
        DepositNext::RepairConnection { .. } => {
            let mut ways = wait_and_see();
            if view.repairs {
                ways.insert(0, way(Key::SignInAgain, || Event::Repair));
            }
            (Key::NotSeen, Key::NotSeenHelp, ways)
        }
        DepositNext::CorrectAccount { field } => {
            let title = match field {
                AccountField::AccountNumber => Key::WrongAccountNumber,
                AccountField::RoutingNumber => Key::WrongRoutingNumber,
                AccountField::Unknown => Key::WrongNumbers,
            };
            let ways = vec![way(Key::CorrectNumbers, || Event::CorrectNumbers), other_way(facts)];
            (title, Key::WrongNumbersHelp, ways)
        }
        DepositNext::UseAnotherAccount {} => (Key::TakesNoDeposits, Key::TakesNoDepositsHelp, anew()),
        DepositNext::ProviderRetries {} => (Key::NotSentYet, Key::NotSentYetHelp, wait_and_see()),
        DepositNext::Failed { reason } => {
            let (title, text) = match reason {
                DepositFailure::TooManyTries => (Key::AmountsTooOften, Key::AmountsTooOftenHelp),
                DepositFailure::NotConfirmedInTime if deposit.method == DepositMethod::Automatic => {
                    (Key::NotFoundInTime, Key::NotFoundInTimeHelp)
                }
                DepositFailure::NotConfirmedInTime => (Key::NotConfirmedInTime, Key::NotConfirmedInTimeHelp),
                DepositFailure::NotSent => (Key::NeverSent, Key::NeverSentHelp),
                DepositFailure::Unknown => (Key::DepositsFailed, Key::DepositsFailedHelp),
            };
            let mut ways = anew();
            if view.may_correct() {
                ways.insert(0, way(Key::SendAnew, || Event::CorrectNumbers));
            }
            (title, text, ways)
        }
        DepositNext::Replaced { .. } => {
            (Key::DepositsReplaced, Key::DepositsReplacedHelp, vec![other_way(facts)])
        }
        DepositNext::Withdrawn {} => (Key::GivenUp, Key::GivenUpHelp, given_up(facts)),
        _ => (Key::DepositsFailed, Key::ComeBackLater, vec![other_way(facts)]),
    };
    let gaps = [("bank", bank_of(deposit)), ("account", account_of(deposit)), ("client", facts.client())];
    let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
    Told { glyph: None, title: fill(title, &gaps), text: fill(text, &gaps), points: Vec::new(), ways }
}
