//! Answer what the institution asks. Each question has its own label, field and complaint.

use super::credentials::trouble_words;
use crate::driver::{Intent, Intents};
use crate::facts::Facts;
use crate::parts::{Lead, LinkButton, SecretField, Submit, Summary, Who};
use crate::text::{Key, fill, say};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use linchpin_flow::{AskedView, Event};
use linchpin_protocol::{Answer, Challenge, ChallengeId, Secret};

/// Answer what the institution asks.
#[component]
pub fn Challenges(
    /// What it shows.
    view: Signal<AskedView>,
    /// Where intents go.
    intents: Intents,
) -> impl IntoView {
    let AskedView { institution, items, .. } = view.get_untracked();
    let bank = [("bank", institution.name.as_str())];
    if items.iter().any(|item| matches!(item, Challenge::Unknown)) {
        let title = fill(Key::CannotAsk, &bank);
        return view! {
            <Who institution />
            <Lead title=title text=say(Key::CannotAskHelp) />
            <div class="foot">
                <LinkButton label=say(Key::ChooseAnotherBank) press=move || intents.run(Intent::Event(Event::Back)) />
            </div>
        }
        .into_any();
    }
    let title = fill(if items.len() > 1 { Key::BankAsksMany } else { Key::BankAsks }, &bank);
    let busy = Signal::derive(move || view.read().busy);
    let questions: Vec<(ChallengeId, String, NodeRef<Input>)> = items
        .into_iter()
        .filter_map(|item| match item {
            Challenge::Text { id, prompt } => Some((id, prompt, NodeRef::new())),
            Challenge::Unknown => None,
        })
        .collect();
    let problem = {
        let questions = questions.clone();
        move || {
            let view = view.read();
            if let Some(trouble) = view.trouble {
                let (title, text) = trouble_words(trouble, &Facts::default());
                return Some(view! { <Summary title text /> });
            }
            let missing = questions.iter().filter(|(id, ..)| view.empty.contains(id));
            let fields: Vec<_> = missing.map(|(id, ..)| (element_id(id), say(Key::PleaseAnswer))).collect();
            (!fields.is_empty()).then(|| view! { <Summary title=say(Key::ThereIsAProblem) text="" fields /> })
        }
    };
    let boxes = questions.iter().map(|(id, prompt, input)| {
        let element = element_id(id);
        let id = id.clone();
        let error = Signal::derive(move || match view.read().empty.contains(&id) {
            true => say(Key::PleaseAnswer),
            false => String::new(),
        });
        view! { <SecretField id=element label=prompt.clone() input=*input masked=false autocomplete="off" error /> }
    });
    let boxes = boxes.collect_view();
    let inputs: Vec<NodeRef<Input>> = questions.iter().map(|(_, _, input)| *input).collect();
    let empty = move || {
        for input in &inputs {
            if let Some(input) = input.get_untracked() {
                input.set_value("");
            }
        }
    };
    let emptied = empty.clone();
    Effect::new(move |before: Option<u32>| {
        let returned = view.read().returned;
        if before.is_some_and(|before| before != returned) {
            emptied();
        }
        returned
    });
    on_cleanup(empty.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let values = questions.iter().map(|(id, _, input)| {
            let value = input.get_untracked().map(|input| input.value()).unwrap_or_default();
            Answer { id: id.clone(), value: Secret::new(value) }
        });
        let values: Vec<Answer> = values.collect();
        let missing: Vec<ChallengeId> =
            values.iter().filter(|answer| answer.value.is_empty()).map(|answer| answer.id.clone()).collect();
        if missing.is_empty() {
            empty();
        }
        intents.run(Intent::Answers { values, empty: missing });
    };
    view! {
        <Who institution />
        {problem}
        <Lead title=title text=say(Key::BankAsksHelp) />
        <form class="form" novalidate autocomplete="off" on:submit=submit>
            {boxes}
            <div class="foot">
                <Submit label=Signal::derive(move || say(if busy.get() { Key::Sending } else { Key::Continue })) busy />
            </div>
        </form>
    }
    .into_any()
}

fn element_id(id: &ChallengeId) -> String {
    format!("answer-{id}")
}
