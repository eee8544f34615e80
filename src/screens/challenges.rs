//! Answer what the institution asks. Each question has its own label, control and complaint.

use super::countdown::countdown;
use crate::driver::Intent;
use crate::look::Look;
use crate::parts::{
    Complaint, Lead, LinkButton, Primary, SecretField, Submit, Typed, Who, empty_when_returned,
    page_can_read, summary,
};
use crate::text::{Key, fill, number, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{AskedView, Event, Screen};
use linchpin_protocol::{Answer, Challenge, ChallengeId, ChoiceOption, PictureOption, Secret};

/// Where the answer to a question stands.
#[derive(Clone, Copy)]
enum Given {
    /// In a field.
    Typed(Typed),
    /// Picked: the place of the option.
    Picked(RwSignal<Option<usize>>),
    /// Said by sending it: there is nothing to enter.
    Confirmed,
}

/// A question with where its answer stands, and what is sent for each option.
struct Question {
    id: ChallengeId,
    given: Given,
    keys: Vec<String>,
}

impl Question {
    fn read(&self) -> Secret {
        match self.given {
            Given::Typed(typed) => typed.read(),
            Given::Picked(at) => {
                let key = at.try_get_untracked().flatten().and_then(|at| self.keys.get(at));
                Secret::new(key.cloned().unwrap_or_default())
            }
            Given::Confirmed => Secret::new(""),
        }
    }
}

/// Answer what the institution asks.
#[component]
pub fn Challenges(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: AskedView,
) -> impl IntoView {
    let AskedView { institution, items, elsewhere, .. } = view;
    let name = institution.name.clone();
    let bank = [("bank", name.as_str())];
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
    if elsewhere {
        let prompts: Vec<_> = items.into_iter().map(|item| approval(item.prompt().to_owned())).collect();
        return view! {
            <Who institution />
            <Lead title=fill(Key::ApproveAt, &bank) text=say(Key::ApproveHelp) />
            {prompts}
            {countdown(look, &name)}
            <div class="foot">
                <Primary label=say(Key::HaveApproved) look event=|| Event::CheckNow />
                <LinkButton label=look.other_way() look event=|| Event::Back />
            </div>
        }
        .into_any();
    }
    let approving = items.iter().all(|item| matches!(item, Challenge::Approve { .. }));
    let (title, help, done) = match items.len() {
        _ if approving => (Key::ApproveAt, Key::ApproveThenSay, Key::HaveApproved),
        1 => (Key::BankAsks, Key::BankAsksHelp, Key::Continue),
        _ => (Key::BankAsksMany, Key::BankAsksHelp, Key::Continue),
    };
    let title = fill(title, &bank);
    let busy = look.busy();
    let mut questions: Vec<Question> = Vec::new();
    let boxes: Vec<AnyView> =
        items.into_iter().map(|item| control(look, item, &name, &mut questions)).collect();
    let typed = questions.iter().filter_map(|question| match question.given {
        Given::Typed(typed) => Some(typed),
        Given::Picked(_) | Given::Confirmed => None,
    });
    empty_when_returned(typed.collect(), look.returned());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.try_get_untracked().unwrap_or(true) {
            return;
        }
        let mut empty = Vec::new();
        let mut values = Vec::new();
        for question in &questions {
            let value = question.read();
            if value.is_empty() && !matches!(question.given, Given::Confirmed) {
                empty.push(question.id.clone());
            }
            values.push(Answer { id: question.id.clone(), value });
        }
        if empty.is_empty() {
            for question in &questions {
                if let Given::Typed(typed) = question.given {
                    typed.empty();
                }
            }
        }
        look.intents.run(Intent::Answers { values, empty });
    };
    let label = look.label(done, Key::Sending);
    view! {
        <Who institution />
        {summary(look, complaint)}
        <Lead title text=say(help) />
        {countdown(look, &name)}
        <form class="form" novalidate autocomplete="off" on:submit=submit>
            {boxes}
            {page_can_read(look)}
            <div class="foot">
                <Submit label busy />
            </div>
        </form>
    }
    .into_any()
}

fn approval(prompt: String) -> AnyView {
    view! { <p class="told">{prompt}</p> }.into_any()
}

/// The control for one question.
fn control(look: Look, item: Challenge, bank: &str, questions: &mut Vec<Question>) -> AnyView {
    match item {
        Challenge::Text { id, prompt } => typed(look, id, prompt, "off", questions),
        Challenge::Code { id, prompt } => typed(look, id, prompt, "one-time-code", questions),
        Challenge::Image { id, prompt, picture } => {
            let alt = fill(Key::PictureAlt, &[("bank", bank)]);
            let field = typed(look, id, prompt, "off", questions);
            view! {
                <img class="puzzle" src=picture alt=alt />
                {field}
            }
            .into_any()
        }
        Challenge::Choice { id, prompt, options } => {
            let keys = options.iter().map(|option| option.key.clone()).collect();
            let picked = pick(id.clone(), keys, questions);
            choices(look, &id, prompt, worded(&id, options, picked))
        }
        Challenge::ImageChoice { id, prompt, options } => {
            let keys = options.iter().map(|option| option.key.clone()).collect();
            let picked = pick(id.clone(), keys, questions);
            choices(look, &id, prompt, pictured(&id, options, picked))
        }
        Challenge::Approve { id, prompt, confirm } => {
            if confirm {
                questions.push(Question { id, given: Given::Confirmed, keys: Vec::new() });
            }
            approval(prompt)
        }
        // Never among those of a form.
        Challenge::Unknown => ().into_any(),
    }
}

fn typed(
    look: Look,
    id: ChallengeId,
    prompt: String,
    autocomplete: &'static str,
    questions: &mut Vec<Question>,
) -> AnyView {
    let input = NodeRef::new();
    let element = element_id(&id);
    questions.push(Question {
        id: id.clone(),
        given: Given::Typed(Typed::new(input, true)),
        keys: Vec::new(),
    });
    let error = unanswered(look, id, Key::PleaseAnswer);
    view! { <SecretField id=element label=prompt input masked=false autocomplete error /> }.into_any()
}

fn pick(id: ChallengeId, keys: Vec<String>, questions: &mut Vec<Question>) -> RwSignal<Option<usize>> {
    let picked = RwSignal::new(None);
    questions.push(Question { id, given: Given::Picked(picked), keys });
    picked
}

/// What is said of a question that was left without an answer.
fn unanswered(look: Look, id: ChallengeId, words: Key) -> Signal<String> {
    Signal::derive(move || match &*look.screen.read() {
        Screen::Challenges(view) if view.empty.contains(&id) => say(words),
        _ => String::new(),
    })
}

/// A question with options.
fn choices(look: Look, id: &ChallengeId, prompt: String, options: Vec<AnyView>) -> AnyView {
    let error = unanswered(look, id.clone(), Key::PleasePick);
    let error_id = format!("{}-error", element_id(id));
    let described = error_id.clone();
    view! {
        <fieldset class="options" aria-describedby=described>
            <legend>{prompt}</legend>
            <div class="field-error" id=error_id>{error}</div>
            {options}
        </fieldset>
    }
    .into_any()
}

/// Options in words, under their categories in the order in which these come first.
fn worded(id: &ChallengeId, options: Vec<ChoiceOption>, picked: RwSignal<Option<usize>>) -> Vec<AnyView> {
    let mut categories: Vec<Option<String>> = Vec::new();
    for option in &options {
        if !categories.contains(&option.category) {
            categories.push(option.category.clone());
        }
    }
    let mut views = Vec::new();
    for category in categories {
        if let Some(words) = category.clone() {
            views.push(view! { <p class="category">{words}</p> }.into_any());
        }
        for (at, option) in options.iter().enumerate().filter(|(_, option)| option.category == category) {
            let name = option.label.clone();
            // Two numbers alike may stand under "Text" and under "Voice": those who do not see the groups hear them.
            let group = category
                .as_ref()
                .map(|category| format!("{} {category}", say(Key::Comma)))
                .unwrap_or_default();
            let words = view! {
                <span class="what"><span class="name">{name}</span><span class="aside">{group}</span></span>
            };
            views.push(option_box(id, at, picked, words.into_any()));
        }
    }
    views
}

fn pictured(id: &ChallengeId, options: Vec<PictureOption>, picked: RwSignal<Option<usize>>) -> Vec<AnyView> {
    let count = number(options.len());
    let picture = |(at, option): (usize, PictureOption)| {
        let alt = fill(Key::PictureNumber, &[("number", &number(at + 1)), ("count", &count)]);
        let picture = view! { <img class="puzzle" src=option.picture alt=alt /> };
        option_box(id, at, picked, picture.into_any())
    };
    let boxes: Vec<_> = options.into_iter().enumerate().map(picture).collect();
    vec![view! { <div class="pictures">{boxes}</div> }.into_any()]
}

fn option_box(id: &ChallengeId, at: usize, picked: RwSignal<Option<usize>>, what: AnyView) -> AnyView {
    let name = element_id(id);
    let element = if at == 0 { name.clone() } else { format!("{name}-{at}") };
    view! {
        <label class="option">
            <input id=element type="radio" name=name on:change=move |_| picked.set(Some(at)) />
            {what}
        </label>
    }
    .into_any()
}

/// Which questions have no answer.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::Challenges(view) = screen else { return None };
    let open = view.items.iter().filter_map(|item| {
        let id = item.id().filter(|id| view.empty.contains(id))?;
        Some((element_id(id), item.prompt().to_owned()))
    });
    Complaint::fields(open.collect())
}

fn element_id(id: &ChallengeId) -> String {
    format!("answer-{id}")
}
