//! Name the institution that is not in the list.

use crate::look::Look;
use crate::parts::{Complaint, Lead, LinkButton, Primary, SecretField, Submit, summary};
use crate::text::{Key, fill, say};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use linchpin_flow::{DepositWay, Event, NotListedView, NotNamed, Screen};

/// The id of the field.
const FIELD: &str = "missing";

/// Name the institution that is not in the list.
#[component]
pub fn NotListed(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: NotListedView,
) -> impl IntoView {
    let client = look.client();
    let client = [("client", client.as_str())];
    let deposits = view.deposits.then(|| {
        let event = || Event::WayChosen(DepositWay::Manual);
        view! { <LinkButton label=say(Key::ProveByDeposits) look event /> }.into_any()
    });
    if view.sent {
        return view! {
            <Lead title=say(Key::NameSent) text=fill(Key::NameSentHelp, &client) />
            <div class="foot"><Primary label=say(Key::LookForAnother) look event=|| Event::Back />{deposits}</div>
        }
        .into_any();
    }
    let input = NodeRef::<Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            input.set_value(&view.sought);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        look.happen(Event::BankNamed(text));
    };
    let error = look.told(|screen| match screen {
        Screen::NotListed(view) => view.problem.map(words).unwrap_or_default(),
        _ => String::new(),
    });
    let label = fill(Key::SendName, &client);
    view! {
        {summary(look, complaint)}
        <Lead title=say(Key::WhichIsMissing) text=fill(Key::ClientWillSee, &client) />
        <form class="form" novalidate on:submit=submit>
            <SecretField
                id=FIELD.to_owned()
                label=say(Key::NameOrWebsite)
                input
                masked=false
                autocomplete="off"
                error
            />
            <div class="foot">
                <Submit label=Signal::derive(move || label.clone()) busy=look.busy() />
                {deposits}
            </div>
        </form>
    }
    .into_any()
}

fn words(problem: NotNamed) -> String {
    say(match problem {
        NotNamed::Empty => Key::NameMissing,
        NotNamed::Digits => Key::DigitsInName,
        NotNamed::Enough => Key::EnoughNames,
    })
}

fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::NotListed(NotListedView { problem: Some(problem), .. }) = screen else { return None };
    Complaint::fields(vec![(FIELD.to_owned(), words(*problem))])
}
