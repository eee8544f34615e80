//! Enter the login. What is typed stays in the page's input elements until it is sent, and is emptied then.

use crate::driver::{Intent, Intents};
use crate::facts::Facts;
use crate::parts::{Lead, LinkButton, Notice, SecretField, Submit, Summary, Tone, Who};
use crate::text::{Key, fill, say};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use linchpin_flow::{CredentialsView, Event, Trouble};
use linchpin_protocol::{Code, CredentialProblem, CredentialValue, Field, FieldKind, Secret};

/// Enter the login.
#[component]
pub fn Credentials(
    /// What it shows.
    view: Signal<CredentialsView>,
    /// What its words rest on.
    facts: Signal<Facts>,
    /// Where intents go.
    intents: Intents,
    /// The user name of the last try.
    username: Option<Secret>,
) -> impl IntoView {
    let username = StoredValue::new_local(username);
    let bank = Memo::new(move |_| view.read().institution.clone());
    let fields = Memo::new(move |_| view.read().fields.clone());
    let problem = Memo::new(move |_| complaint(&view.read(), &facts.read()));
    let locked = move || view.read().problem == CredentialProblem::Locked;

    view! {
        {move || {
            let place = view.with(|view| view.place.clone());
            view! { <Who institution=bank.get() place /> }
        }}
        {move || problem.get().map(|(title, text, fields)| view! { <Summary title text fields /> })}
        <Lead
            title=Signal::derive(move || fill(Key::SignInTo, &[("bank", &bank.read().name)]))
            text=Signal::derive(move || {
                bank.read().domain.as_ref().map(|domain| fill(Key::SameAsOn, &[("domain", domain)])).unwrap_or_default()
            })
        />
        {move || view.read().notes.clone().map(|notes| view! { <p class="told small">{notes}</p> })}
        {move || match fields.get() {
            Some(_) if locked() => {
                let label = say(Key::ChooseAnotherBank);
                view! {
                    <div class="foot">
                        <LinkButton label press=move || intents.run(Intent::Event(Event::Back)) />
                    </div>
                }
                    .into_any()
            }
            Some(fields) => view! { <Form fields view facts intents username /> }.into_any(),
            None => view! { <div class="bone"></div><div class="bone"></div> }.into_any(),
        }}
    }
}

/// The fields and the button.
#[component]
fn Form(
    fields: Vec<Field>,
    view: Signal<CredentialsView>,
    facts: Signal<Facts>,
    intents: Intents,
    username: StoredValue<Option<Secret>, LocalStorage>,
) -> impl IntoView {
    let busy = Signal::derive(move || view.read().busy);
    let inputs: Vec<(Field, NodeRef<Input>)> =
        fields.into_iter().map(|field| (field, NodeRef::new())).collect();
    let boxes = inputs.iter().map(|(field, input)| {
        let (id, masked) = (field.id.clone(), field.kind != FieldKind::Username);
        let error = {
            let label = label(field);
            Signal::derive(move || match view.read().empty.contains(&id) {
                true => fill(Key::PleaseEnter, &[("field", &lowered(&label))]),
                false => String::new(),
            })
        };
        let autocomplete = match field.kind {
            FieldKind::Username => "username",
            FieldKind::Password => "current-password",
            FieldKind::Other => "off",
        };
        view! { <SecretField id=element_id(field) label=label(field) input=*input masked autocomplete error /> }
    });
    let boxes = boxes.collect_view();

    // The user name of a failed try comes back; everything else starts empty.
    let first = inputs.iter().find(|(field, _)| field.kind == FieldKind::Username).map(|(_, input)| *input);
    Effect::new(move |_| {
        if let (Some(input), Some(name)) = (first.and_then(|input| input.get()), username.get_value()) {
            input.set_value(name.expose());
            username.set_value(None);
        }
    });
    let emptied = inputs.clone();
    Effect::new(move |before: Option<u32>| {
        let returned = view.read().returned;
        if before.is_some_and(|before| before != returned) {
            empty(&emptied);
        }
        returned
    });
    let leaving = inputs.clone();
    on_cleanup(move || {
        for (_, input) in &leaving {
            if let Some(input) = input.get_untracked() {
                input.set_value("");
            }
        }
    });

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let read = |input: &NodeRef<Input>| {
            Secret::new(input.get_untracked().map(|input| input.value()).unwrap_or_default())
        };
        let values: Vec<(&Field, Secret)> =
            inputs.iter().map(|(field, input)| (field, read(input))).collect();
        let missing = values
            .iter()
            .filter(|(_, value)| value.is_empty())
            .map(|(field, _)| field.id.clone())
            .collect::<Vec<_>>();
        let username = values
            .iter()
            .find(|(field, _)| field.kind == FieldKind::Username)
            .map(|(_, value)| value.clone());
        let values = values
            .into_iter()
            .map(|(field, value)| CredentialValue { id: field.id.clone(), value })
            .collect();
        if missing.is_empty() {
            empty(&inputs);
        }
        intents.run(Intent::Login { values, username, empty: missing });
    };

    let practice = move || {
        facts.read().practice.clone().map(|(username, passcode)| {
            view! { <p class="quiet small">{fill(Key::TryPractice, &[("username", &username), ("passcode", &passcode)])}</p> }
        })
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            {boxes}
            {practice}
            {move || {
                let facts = facts.read();
                view! { <Notice tone=Tone::Plain title=say(Key::WhereItGoes) text=destination(&facts) /> }
            }}
            <div class="foot">
                <Submit label=Signal::derive(move || say(if busy.get() { Key::SigningIn } else { Key::SignIn })) busy />
            </div>
        </form>
    }
}

/// Empties everything but the user name.
fn empty(inputs: &[(Field, NodeRef<Input>)]) {
    for (_, input) in inputs.iter().filter(|(field, _)| field.kind != FieldKind::Username) {
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    }
}

fn element_id(field: &Field) -> String {
    format!("field-{}", field.id)
}

/// The institution's own label, or the general word.
fn label(field: &Field) -> String {
    field.label.clone().unwrap_or_else(|| {
        say(match field.kind {
            FieldKind::Username => Key::UserName,
            FieldKind::Password | FieldKind::Other => Key::Password,
        })
    })
}

/// A label inside a sentence: its first letter small, unless it is an abbreviation such as `PIN`.
fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// Where the login goes, as far as it is known.
fn destination(facts: &Facts) -> String {
    let client = facts.client();
    let Some(provider) = &facts.provider else { return fill(Key::GoesToBank, &[("client", &client)]) };
    let key = match facts.keeps_login {
        Some(true) => Key::GoesToProvider,
        Some(false) => Key::GoesToProviderOnce,
        None => Key::GoesToProviderOnly,
    };
    fill(key, &[("client", &client), ("provider", provider)])
}

type Complaint = (String, String, Vec<(String, String)>);

/// What is wrong: what happened, what to do, and which fields.
fn complaint(view: &CredentialsView, facts: &Facts) -> Option<Complaint> {
    let bank = [("bank", view.institution.name.as_str())];
    if let Some(trouble) = view.trouble {
        let (title, text) = trouble_words(trouble, facts);
        return Some((title, text, Vec::new()));
    }
    if !view.empty.is_empty() {
        let fields = view.fields.iter().flatten().filter(|field| view.empty.contains(&field.id));
        let fields = fields
            .map(|field| (element_id(field), fill(Key::PleaseEnter, &[("field", &lowered(&label(field)))])));
        return Some((say(Key::ThereIsAProblem), String::new(), fields.collect()));
    }
    let (title, text) = match (view.problem, view.tries_left) {
        (CredentialProblem::None, _) => return None,
        (CredentialProblem::Locked, _) => (Key::Locked, fill(Key::LockedHelp, &bank)),
        (CredentialProblem::NearLock, _) => (Key::NotAccepted, fill(Key::NearLock, &bank)),
        (CredentialProblem::Incorrect | CredentialProblem::Unknown, Some(tries)) => {
            (Key::NotAccepted, fill(Key::NotAcceptedTries, &[bank[0], ("count", &tries.to_string())]))
        }
        (CredentialProblem::Incorrect | CredentialProblem::Unknown, None) => {
            (Key::NotAccepted, say(Key::NotAcceptedHelp))
        }
    };
    Some((fill(title, &bank), text, Vec::new()))
}

/// Why a form was not taken.
pub(super) fn trouble_words(trouble: Trouble, facts: &Facts) -> (String, String) {
    let (title, text) = match trouble {
        Trouble::Unconfirmed => (Key::NotConfirmed, Key::NotConfirmedHelp),
        Trouble::NotAPracticeLogin => match &facts.practice {
            Some((username, passcode)) => {
                let help = fill(Key::OnlyPracticeHelp, &[("username", username), ("passcode", passcode)]);
                return (say(Key::OnlyPractice), help);
            }
            None => (Key::OnlyPractice, Key::OnlyPracticeHelpShort),
        },
        Trouble::Refused(Code::RateLimited | Code::TooManyTries) => {
            (Key::TooManyTries, Key::TooManyTriesHelp)
        }
        Trouble::Refused(Code::AlreadyConnected) => (Key::AlreadyConnected, Key::AlreadyConnectedHelp),
        Trouble::Refused(_) => (Key::NotTaken, Key::NotTakenHelp),
    };
    (say(title), say(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_lowered_inside_a_sentence_but_an_abbreviation_is_not() {
        assert_eq!(lowered("Member number"), "member number");
        assert_eq!(lowered("PIN"), "PIN");
        assert_eq!(lowered("X"), "X");
        assert_eq!(lowered(""), "");
    }
}
