//! One connection: how it stands, what it holds, and what can be done about it.

use super::list::permission;
use super::provider;
use crate::look::{Look, live, nothing};
use crate::parts::{
    Glyph, Lead, LinkButton, Notice, Primary, Tone, Who, ago, date, dotted, in_about, is_past, money, summary,
};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Event, ManagedView, Screen};
use linchpin_protocol::{
    LaterReason, ManagedConnection, MaskedAccount, Next, Parting, Reach, RefreshWay, Standing,
};

/// One connection. It is drawn while it goes on: what changes follows, and the focus stays where it is.
pub fn connection(look: Look, view: ManagedView) -> AnyView {
    let institution = view.managed.connection.institution.clone();
    // Whether something is being carried out changes no word here.
    let seen = Memo::new(move |before: Option<&ManagedView>| match &*look.screen.read() {
        Screen::Connection(view) => ManagedView { busy: false, trouble: None, ..view.clone() },
        _ => before.cloned().unwrap_or_else(|| view.clone()),
    });
    let stands = Memo::new(move |_| standing(look, &seen.read()));
    let first = stands.with_untracked(|(title, _)| title.clone());
    let title = Signal::derive(move || stands.read().0.clone());
    let text = Signal::derive(move || stands.read().1.clone());
    // Nobody looks for words that change elsewhere than where they are reading.
    let news = Signal::derive(move || {
        let title = title.get();
        if title == first { String::new() } else { title }
    });
    let ends = live(move || {
        let seen = seen.read();
        let title = permission(&seen.managed).filter(|_| seen.managed.expires_soon);
        title.map_or_else(nothing, |title| {
            view! { <Notice tone=Tone::Warn glyph=Glyph::Clock title text=String::new() /> }.into_any()
        })
    });
    let known = live(move || facts(&seen.read().managed));
    let accounts = live(move || match &seen.read().managed.connection.next {
        Next::Linked { accounts } if !accounts.is_empty() => held(accounts),
        _ => nothing(),
    });
    let wait = Memo::new(move |_| {
        let seen = seen.read();
        let bank = &seen.managed.connection.institution.name;
        refresh_words(seen.managed.refresh.as_ref(), seen.leads_on(), bank)
    });
    let wait = live(move || wait.get().map_or_else(nothing, told_quietly));
    let ways = Memo::new(move |_| ways_on(&seen.read()));
    let foot = live(move || {
        let ways = ways.read();
        // A button that is gone takes the focus along.
        if look.place.has_focus_within(".foot") {
            look.place.move_focus("h1".to_owned());
        }
        ways.iter()
            .enumerate()
            .map(|(at, (act, key))| button(look, *act, *key, at == 0))
            .collect_view()
            .into_any()
    });
    view! {
        <Who institution />
        {summary(look, |_| None)}
        <Lead title text />
        {ends}
        {known}
        {accounts}
        <div role="status">{wait}</div>
        <p class="aside" role="status">{news}</p>
        <div class="foot">{foot}</div>
    }
    .into_any()
}

fn told_quietly(words: String) -> AnyView {
    view! { <p class="quiet small">{words}</p> }.into_any()
}

/// How it stands, in a sentence, and another where that says more.
fn standing(look: Look, view: &ManagedView) -> (String, String) {
    let managed = &view.managed;
    let facts = look.facts.get_untracked();
    let none = None;
    let (title, text) = match (&managed.connection.next, managed.standing) {
        // What it needs is not known either.
        (_, Standing::Unreadable) => (Key::IsUnknown, Some(Key::IsUnknownHelp)),
        (Next::Interrupted { parting: Parting::Move, .. }, _) => (Key::NotMoved, Some(Key::StoppedUnknown)),
        (Next::Interrupted { .. }, _) => (Key::NotEnded, Some(Key::StoppedUnknown)),
        // It worked before.
        (Next::Failed { .. }, Standing::Later) => (Key::HasStopped, none),
        (Next::NoAccounts {}, Standing::Later) => (Key::NoAccounts, none),
        (Next::OfferDeposits { .. }, _) => (Key::IsUnfinished, Some(Key::FinishElsewhere)),
        (Next::StartAgain {}, Standing::NeedsYou) if !view.leads_on() => (Key::NotUpdated, none),
        (Next::NoAccounts {}, _) => (Key::NoAccounts, Some(Key::NoAccountsHelp)),
        (Next::Failed { .. }, _) if managed.connection.last_success_at.is_some() => (Key::HasStopped, none),
        (Next::Failed { .. }, _) => (Key::CouldNotLink, Some(Key::CouldNotLinkHelp)),
        (Next::Later { reason, .. }, _) => match reason {
            LaterReason::InstitutionUnavailable => (Key::NotReachable, Some(Key::NotReachableHelp)),
            LaterReason::Maintenance => (Key::BeingServiced, Some(Key::BeingServicedHelp)),
            LaterReason::Postponed | LaterReason::Unknown => (Key::Delayed, Some(Key::DelayedHelp)),
        },
        (_, Standing::Working) => (Key::BankConnected, none),
        (_, Standing::Updating) => (Key::IsUpdating, none),
        (_, Standing::NeedsYou) => (Key::IsNeedingYou, Some(Key::IsNeedingYouHelp)),
        (_, Standing::Unfinished) => (Key::IsUnfinished, Some(Key::IsUnfinishedHelp)),
        (_, Standing::Ending) => (Key::IsEnding, none),
        (_, Standing::Later | Standing::Unknown) => (Key::IsUnknown, Some(Key::IsUnknownHelp)),
    };
    let provider = provider(&facts);
    let client = look.client();
    let gaps = [
        ("bank", managed.connection.institution.name.as_str()),
        ("provider", provider.as_str()),
        ("client", client.as_str()),
    ];
    let then = match managed.connection.next {
        Next::Later { retries_itself: true, .. } => Some(Key::RetriesItself),
        // Where it is known when it can be read again, that is said instead.
        Next::Later { .. } if managed.refresh.is_none() => Some(Key::ComeBackLater),
        _ => None,
    };
    let text: Vec<_> = text.into_iter().chain(then).map(|text| fill(text, &gaps)).collect();
    (fill(title, &gaps), text.join(" "))
}

/// What is known of it. What is not, is not said.
fn facts(managed: &ManagedConnection) -> AnyView {
    let connection = &managed.connection;
    let updated = connection.last_success_at.as_ref().and_then(|moment| ago(moment.as_str()));
    let by_itself =
        connection.updates_itself.map(|itself| say(if itself { Key::ByItself } else { Key::ByHand }));
    let until = managed.expires_at.as_ref().map(|moment| moment.as_str());
    let until = until.filter(|moment| !managed.expires_soon && !is_past(moment)).and_then(date);
    let until = until.map(|date| fill(Key::EndsOn, &[("date", &date)]));
    let known = [(Key::UpdatedLabel, updated), (Key::NewDataLabel, by_itself), (Key::PermissionLabel, until)];
    let known = known.into_iter().filter_map(|(label, value)| {
        let value = value?;
        Some(view! { <div><dt>{say(label)}</dt><dd>{value}</dd></div> }.into_any())
    });
    let known: Vec<_> = known.collect();
    view! { <dl class="terms">{known}</dl> }.into_any()
}

/// The accounts that it holds, masked.
fn held(accounts: &[MaskedAccount]) -> AnyView {
    let rows = accounts.iter().map(|account| {
        let dots = dotted(account).unwrap_or_default();
        let digits = account.last_digits.as_deref().unwrap_or_default();
        let ending =
            if digits.is_empty() { String::new() } else { fill(Key::EndingIn, &[("digits", digits)]) };
        let balance = account.balance.as_ref().map(money).unwrap_or_default();
        view! {
            <li>
                <span class="what">
                    <span class="name">{account.name.clone()}</span>
                    <span class="dots quiet small num" aria-hidden="true">{dots}</span>
                    <span class="aside">" " {ending} " "</span>
                </span>
                <span class="end num">{balance}</span>
            </li>
        }
        .into_any()
    });
    let rows: Vec<_> = rows.collect();
    view! {
        <section class="held">
            <h2>{say(Key::AccountsLabel)}</h2>
            <ul class="plain-list">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Why it cannot be refreshed now, and when it can. `mends`: the person can do what has to be done first.
fn refresh_words(way: Option<&RefreshWay>, mends: bool, bank: &str) -> Option<String> {
    let again = |wait_s| match wait_s {
        // Refused without a word about when.
        0 => say(Key::RefreshLater),
        _ => fill(Key::RefreshAgain, &[("when", &in_about(wait_s))]),
    };
    match way? {
        RefreshWay::TooSoon { wait_s } => Some(again(*wait_s)),
        RefreshWay::DailyLimit { wait_s } => {
            let limit = fill(Key::NoMoreToday, &[("bank", bank)]);
            Some(format!("{limit} {}", again(*wait_s)))
        }
        RefreshWay::RepairFirst {} => mends.then(|| say(Key::FixFirst)),
        RefreshWay::Now {} | RefreshWay::Running {} | RefreshWay::Unknown => None,
    }
}

/// What can be done about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Repair,
    Keep,
    Refresh,
    Back,
    Move,
    Disconnect,
}

/// What can be done, and what it is called: what it needs first, and else what is worth most.
fn ways_on(view: &ManagedView) -> Vec<(Act, Key)> {
    let managed = &view.managed;
    let needed = view.leads_on().then(|| match (&managed.connection.next, managed.standing) {
        (Next::Wait { .. }, _) => Key::SeeProgress,
        (Next::Interrupted { .. }, _) | (_, Standing::Unfinished) => Key::Continue,
        _ => Key::FixIt,
    });
    let refresh = (Act::Refresh, Key::Refresh);
    let mut ways = match (needed, view.refreshes()) {
        // Refreshing one that was to be ended keeps it.
        (Some(key), _) if matches!(managed.connection.next, Next::Interrupted { .. }) => {
            let keep = view.can_be_kept().then_some((Act::Keep, Key::KeepConnection));
            [Some((Act::Repair, key)), keep].into_iter().flatten().collect()
        }
        (Some(key), true) => vec![(Act::Repair, key), refresh],
        (Some(key), false) => vec![(Act::Repair, key)],
        (None, true) => vec![refresh],
        (None, false) => vec![(Act::Back, Key::BackToConnections)],
    };
    ways.extend(managed.moves.as_ref().map(|way| {
        let key = match way.to {
            Reach::OpenBanking => Key::MoveToOpen,
            Reach::Web => Key::MoveToWeb,
            Reach::Same | Reach::Unknown => Key::ConnectAnew,
        };
        (Act::Move, key)
    }));
    ways.extend(managed.disconnect.as_ref().map(|_| (Act::Disconnect, Key::Disconnect)));
    ways
}

fn button(look: Look, act: Act, key: Key, main: bool) -> AnyView {
    let event: fn() -> Event = match act {
        Act::Repair => || Event::Repair,
        Act::Keep => || Event::Keep,
        Act::Refresh => || Event::Refresh,
        Act::Back => || Event::Back,
        Act::Move => || Event::MoveAsked,
        Act::Disconnect => || Event::DisconnectAsked,
    };
    if main {
        view! { <Primary label=say(key) look event /> }.into_any()
    } else {
        view! { <LinkButton label=say(key) look event danger=act == Act::Disconnect /> }.into_any()
    }
}
