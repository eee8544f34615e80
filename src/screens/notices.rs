//! Screens that say one thing: what happened, why, one main way on, and another bank.

use crate::look::Look;
use crate::parts::{Glyph, Icon, Lead, LinkButton, Primary, Who};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Event, InstructionsView, Screen};
use linchpin_protocol::{Code, InstitutionRef, LaterReason};

/// What a screen that says one thing says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    institution: InstitutionRef,
    title: String,
    text: String,
    retry: Option<Key>,
    may_close: bool,
}

/// The words for a screen that says one thing; none for any other screen.
pub fn words(screen: &Screen) -> Option<Words> {
    let mut may_close = false;
    let (view, title, text, retry) = match screen {
        Screen::StartAgain(view) => (view, Key::TimeRanOut, vec![Key::TimeRanOutHelp], Some(Key::StartAgain)),
        Screen::Later(view, reason) => {
            let (title, text) = match reason {
                LaterReason::InstitutionUnavailable => (Key::NotReachable, Key::NotReachableHelp),
                LaterReason::Maintenance => (Key::BeingServiced, Key::BeingServicedHelp),
                LaterReason::Postponed | LaterReason::Unknown => (Key::Delayed, Key::DelayedHelp),
            };
            may_close = view.retries_itself;
            let then = if may_close { Key::RetriesItself } else { Key::ComeBackLater };
            (view, title, vec![text, then], None)
        }
        Screen::NoAccounts(view) => (view, Key::NoAccounts, vec![Key::NoAccountsHelp], None),
        Screen::Failed(view) if view.no_way => (view, Key::NoWay, vec![], None),
        Screen::Failed(view) => (view, Key::CouldNotLink, vec![Key::CouldNotLinkHelp], None),
        Screen::Consent(_)
        | Screen::Welcome(_)
        | Screen::Search(_)
        | Screen::NotListed(_)
        | Screen::AlreadyConnected(_)
        | Screen::ChooseMethod(_)
        | Screen::BankLogin(_)
        | Screen::Credentials(_)
        | Screen::Progress(_)
        | Screen::Challenges(_)
        | Screen::ChooseAccount(_)
        | Screen::Done(_)
        | Screen::Instructions(_)
        | Screen::OfferDeposits(_)
        | Screen::BankDetails(_)
        | Screen::ReviewDetails(_)
        | Screen::DepositWait(_)
        | Screen::DepositsOnTheirWay(_)
        | Screen::EnterAmounts(_)
        | Screen::NotArrived(_)
        | Screen::DepositProblem(_)
        | Screen::DepositDone(_)
        | Screen::Connections(_)
        | Screen::Connection(_)
        | Screen::Disconnect(_)
        | Screen::Move(_)
        | Screen::Interrupted(_)
        | Screen::SessionOver(_)
        | Screen::Ended => return None,
    };
    let bank = [("bank", view.institution.name.as_str())];
    let text = text.into_iter().map(|key| fill(key, &bank)).collect::<Vec<_>>().join(" ");
    Some(Words { institution: view.institution.clone(), title: fill(title, &bank), text, retry, may_close })
}

/// A screen that says one thing.
#[component]
pub fn Plain(
    /// Where intents go.
    look: Look,
    /// What it says.
    words: Words,
) -> impl IntoView {
    let Words { institution, title, text, retry, may_close } = words;
    let another = look.other_way();
    let main: Option<(Key, fn() -> Event)> = match retry {
        Some(key) => Some((key, || Event::TryAgain)),
        // Where there is no search, the other way closes it too.
        None if may_close && look.facts.read_untracked().searches => {
            Some((Key::CloseThis, || Event::CloseAsked))
        }
        None => None,
    };
    let foot = match main {
        Some((key, event)) => view! {
            <Primary label=say(key) look event />
            <LinkButton label=another look event=|| Event::Back />
        }
        .into_any(),
        None => view! { <Primary label=another look event=|| Event::Back /> }.into_any(),
    };
    view! {
        <Who institution />
        <Lead title text />
        <div class="foot">{foot}</div>
    }
}

/// Visit the institution's own page first.
#[component]
pub fn Instructions(
    /// Where intents go.
    look: Look,
    /// What it shows.
    view: InstructionsView,
) -> impl IntoView {
    let InstructionsView { institution, text, website, .. } = view;
    let title = fill(Key::DoFirst, &[("bank", &institution.name)]);
    let site = website.map(|url| {
        let words =
            fill(Key::OpenSite, &[("site", institution.domain.as_deref().unwrap_or(&institution.name))]);
        view! {
            <a class="button plain" href=url target="_blank" rel="noopener noreferrer">
                {words}
                <span class="aside">" (" {say(Key::OpensNewTab)} ")"</span>
            </a>
        }
    });
    view! {
        <Who institution />
        <Lead title />
        <p class="told">{text}</p>
        <div class="foot">
            <Primary label=say(Key::HaveDoneThis) look event=|| Event::TryAgain />
            {site}
            <LinkButton label=look.other_way() look event=|| Event::Back />
        </div>
    }
}

/// The session is over, or could not be opened.
#[component]
pub fn SessionOver(
    /// Where intents go.
    look: Look,
    /// Why.
    code: Code,
) -> impl IntoView {
    let (title, text) = match code {
        Code::SessionExpired | Code::Unauthorized => (Key::SessionOver, Key::SessionOverHelp),
        Code::TokenExpired | Code::TokenUsed => (Key::LinkOver, Key::LinkOverHelp),
        _ => (Key::CannotOpen, Key::CannotOpenHelp),
    };
    view! {
        <div class="seal quiet"><Icon glyph=Glyph::Clock /></div>
        <Lead title=say(title) text=fill(text, &[("client", &look.client())]) />
        <div class="foot">
            <Primary label=say(Key::CloseThis) look event=|| Event::CloseAsked />
        </div>
    }
}
