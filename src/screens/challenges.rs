//! Answer what the institution asks. Each question has its own label, field and complaint.

use crate::driver::Intent;
use crate::look::Look;
use crate::parts::{
    Complaint, Lead, LinkButton, SecretField, Submit, Typed, Who, empty_when_returned, summary,
};
use crate::text::{Key, fill, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{AskedView, Event, Screen};
use linchpin_protocol::{Answer, Challenge, ChallengeId};

/// Answer what the institution asks.
#[component]
pub fn Challenges(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: AskedView,
) -> impl IntoView {
    let AskedView { institution, items, .. } = view;
    let bank = [("bank", institution.name.as_str())];
    if items.iter().any(|item| matches!(item, Challenge::Unknown)) {
        let title = fill(Key::CannotAsk, &bank);
        return view! {
            <Who institution />
            <Lead title text=say(Key::CannotAskHelp) />
            <div class="foot">
                <LinkButton label=look.other_way() look event=|| Event::Back />
            </div>
        }
        .into_any();
    }
    let title = fill(if items.len() > 1 { Key::BankAsksMany } else { Key::BankAsks }, &bank);
    let busy = look.busy();
    let mut questions: Vec<(ChallengeId, Typed)> = Vec::new();
    let mut boxes: Vec<AnyView> = Vec::new();
    for item in items {
        let Challenge::Text { id, prompt } = item else { continue };
        let input = NodeRef::new();
        questions.push((id.clone(), Typed::new(input, true)));
        let element = element_id(&id);
        let error = Signal::derive(move || match &*look.screen.read() {
            Screen::Challenges(view) if view.empty.contains(&id) => say(Key::PleaseAnswer),
            _ => String::new(),
        });
        let field =
            view! { <SecretField id=element label=prompt input masked=false autocomplete="off" error /> };
        boxes.push(field.into_any());
    }
    let typed = questions.iter().map(|(_, typed)| *typed).collect();
    empty_when_returned(typed, Signal::derive(move || look.screen.read().returned()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.try_get_untracked().unwrap_or(true) {
            return;
        }
        let mut empty = Vec::new();
        let mut values = Vec::new();
        for (id, typed) in &questions {
            let value = typed.read();
            if value.is_empty() {
                empty.push(id.clone());
            }
            values.push(Answer { id: id.clone(), value });
        }
        if empty.is_empty() {
            questions.iter().for_each(|(_, typed)| typed.empty());
        }
        look.intents.run(Intent::Answers { values, empty });
    };
    let label = Signal::derive(move || say(if busy.get() { Key::Sending } else { Key::Continue }));
    view! {
        <Who institution />
        {summary(look, complaint)}
        <Lead title text=say(Key::BankAsksHelp) />
        <form class="form" novalidate autocomplete="off" on:submit=submit>
            {boxes}
            <div class="foot">
                <Submit label busy />
            </div>
        </form>
    }
    .into_any()
}

/// Which questions have no answer.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::Challenges(view) = screen else { return None };
    Complaint::fields(view.empty.iter().map(|id| (element_id(id), say(Key::PleaseAnswer))).collect())
}

fn element_id(id: &ChallengeId) -> String {
    format!("answer-{id}")
}
