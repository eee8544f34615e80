//! Sign in on the bank's own page: before going there, and while the person is away.
//!
//! The way there is a plain link, opened by the click itself: nothing that a browser would block, and nothing to be
//! learned from the window that opens.

use crate::look::{Look, live};
use crate::parts::{Glyph, Lead, LinkButton, Notice, Primary, Tone, Who, summary};
use crate::screens::Way;
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{BankLoginView, Event, Screen};
use linchpin_protocol::AuthorizeProblem;

/// Sign in on the bank's own page.
#[component]
pub fn BankLogin(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: BankLoginView,
    /// The way there.
    way: Way,
) -> impl IntoView {
    let BankLoginView { institution, away, .. } = view.clone();
    let name = institution.name.clone();
    let bank = [("bank", name.as_str())];
    // Another screen is being drawn: what was shown last stays for that moment.
    let seen = move || match &*look.screen.read() {
        Screen::BankLogin(view) => view.clone(),
        _ => view.clone(),
    };
    let (title, text) =
        if away { (Key::FinishAt, Key::FinishAtHelp) } else { (Key::SignInAt, Key::SignInAtHelp) };
    let told = {
        let seen = seen.clone();
        live(move || told(&seen()))
    };
    let ways = live(move || ways(look, &seen(), way));
    view! {
        <Who institution />
        {summary(look, |_| None)}
        <Lead title=fill(title, &bank) text=say(text) />
        {told}
        <div class="foot">{ways}</div>
    }
}

/// What became of the last visit, and what will happen.
fn told(view: &BankLoginView) -> AnyView {
    let bank = ("bank", view.institution.name.as_str());
    if view.away {
        let digits = view.digits.as_ref().map(|digits| {
            let words = fill(Key::OtherBrowser, &[("digits", &format!("\u{2066}{digits}\u{2069}"))]);
            view! { <p class="told num">{words}</p> }.into_any()
        });
        return view! {
            {digits}
            <Notice tone=Tone::Plain glyph=Glyph::Clock title=say(Key::DidItOpen) text=say(Key::DidItOpenHelp) />
        }
        .into_any();
    }
    let problem = match view.problem {
        AuthorizeProblem::None if view.is_void() => Some((Key::BankLinkOver, Key::BankLinkOverHelp)),
        AuthorizeProblem::None => None,
        AuthorizeProblem::Denied => Some((Key::BankSaidNo, Key::BankSaidNoHelp)),
        AuthorizeProblem::Abandoned | AuthorizeProblem::Unknown => {
            Some((Key::BankGivenUp, Key::BankGivenUpHelp))
        }
        AuthorizeProblem::Expired => Some((Key::BankLinkOver, Key::BankLinkOverHelp)),
        AuthorizeProblem::TimedOut => Some((Key::BankTimedOut, Key::BankTimedOutHelp)),
    };
    let problem = problem.map(|(title, text)| {
        view! { <Notice tone=Tone::Warn glyph=Glyph::Warn title=fill(title, &[bank]) text=fill(text, &[bank]) /> }
    });
    let opens = match &view.host {
        Some(site) => fill(Key::BankStepOpen, &[bank, ("site", site)]),
        None => fill(Key::BankStepOpenPlain, &[bank]),
    };
    let steps = [opens, say(Key::BankStepSignIn), say(Key::BankStepReturn)];
    let steps: Vec<_> = steps.into_iter().map(|step| view! { <li>{step}</li> }.into_any()).collect();
    view! {
        {problem}
        <ol class="todo">{steps}</ol>
    }
    .into_any()
}

/// The ways on: to the bank's page, and others.
fn ways(look: Look, view: &BankLoginView, way: Way) -> AnyView {
    let url = way.run(()).filter(|_| view.ready);
    let url = url.map(|url| url.expose().to_owned());
    let bank = [("bank", view.institution.name.as_str())];
    let opens = |class: &'static str, url: String, words: String| {
        view! {
            <a class=class href=url target="_blank" rel="noopener" on:click=move |_| look.happen(Event::BankOpened)>
                {words}
                <span class="aside">" (" {say(Key::OpensNewTab)} ")"</span>
            </a>
        }
        .into_any()
    };
    if view.away {
        let again = match url {
            Some(url) => opens("button plain", url, say(Key::OpenAgain)),
            None => view! { <LinkButton label=say(Key::NewWay) look event=|| Event::TryAgain /> }.into_any(),
        };
        return view! {
            <Primary label=say(Key::HaveFinished) look event=|| Event::CheckNow />
            {again}
            <LinkButton label=say(Key::CancelThis) look event=|| Event::BankCancelled />
        }
        .into_any();
    }
    let main = match url {
        Some(url) => opens("button", url, fill(Key::ContinueTo, &bank)),
        None if view.busy => view! {
            <button type="button" class="button" aria-disabled="true">{say(Key::GettingReady)}</button>
        }
        .into_any(),
        None => {
            let label = say(if view.is_void() { Key::NewWay } else { Key::TryAgain });
            view! { <Primary label look event=|| Event::TryAgain /> }.into_any()
        }
    };
    // Somebody's page is not left: the widget would not come back with it.
    let stays = look.facts.read_untracked().in_page;
    let in_place = (view.in_place && !stays).then(|| {
        view! { <LinkButton label=say(Key::InThisWindow) look event=|| Event::BankInPlace /> }
    });
    let typed = view.can_type.then(|| {
        let event = || Event::MethodChosen(linchpin_protocol::Method::Credentials);
        view! { <LinkButton label=say(Key::TypeInstead) look event /> }
    });
    view! {
        {main}
        {in_place}
        {typed}
        <LinkButton label=look.other_way() look event=|| Event::Back />
    }
    .into_any()
}
