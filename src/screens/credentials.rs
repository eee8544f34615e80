//! Enter the login. What is typed stays in the page's input elements until it is sent, and is emptied then.

use crate::driver::Intent;
use crate::facts::Facts;
use crate::look::{Look, live, nothing};
use crate::parts::{
    Complaint, Glyph, Lead, LinkButton, Notice, Primary, SecretField, Submit, Tone, Typed, Who,
    empty_when_returned, summary, whereabouts,
};
use crate::text::{Key, count, fill, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{CredentialsView, Event, SameLogin, Screen};
use linchpin_protocol::{
    CredentialProblem, CredentialValue, Field, FieldId, FieldKind, InstitutionRef, Place, Secret,
};

/// Enter the login.
#[component]
pub fn Credentials(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: CredentialsView,
    /// The user name of the last try.
    username: Option<Secret>,
) -> impl IntoView {
    if view.problem == CredentialProblem::Locked {
        return locked(look, view);
    }
    if view.same_login.is_linked() {
        return linked_already(look, view);
    }
    let username = StoredValue::new_local(username);
    // The form is drawn once, when its fields are known: never while somebody types.
    let known = Memo::new(move |before: Option<&bool>| match &*look.screen.read() {
        Screen::Credentials(view) => view.fields.is_some(),
        _ => before.copied().unwrap_or_default(),
    });
    // The host may name an institution by its id alone: then its name comes with its fields.
    let at = Memo::new(move |before: Option<&(InstitutionRef, Option<Place>)>| match &*look.screen.read() {
        Screen::Credentials(view) => (view.institution.clone(), view.place.clone()),
        _ => before.cloned().unwrap_or_else(|| (view.institution.clone(), view.place.clone())),
    });
    let title = live(move || {
        let (InstitutionRef { name, domain, .. }, _) = at.get();
        if name.is_empty() {
            return nothing();
        }
        let same = domain.map(|domain| fill(Key::SameAsOn, &[("domain", &domain)]));
        view! { <Lead title=fill(Key::SignInTo, &[("bank", &name)]) text=same.unwrap_or_default() /> }
            .into_any()
    });
    view! {
        {live(move || {
            let (institution, place) = at.get();
            let line = whereabouts(place.as_ref(), institution.domain.as_deref());
            view! { <Who institution line /> }.into_any()
        })}
        {summary(look, complaint)}
        {title}
        {live(move || match (known.get(), look.screen.get_untracked()) {
            (true, Screen::Credentials(CredentialsView { fields: Some(fields), .. })) => form(look, fields, username),
            _ => view! { <div class="bone"></div><div class="bone"></div> }.into_any(),
        })}
    }
    .into_any()
}

/// The bank takes no more tries: what is left is its own site.
fn locked(look: Look, view: CredentialsView) -> AnyView {
    let label = look.other_way();
    let ways = match website(&view, Key::OpenSite, "button") {
        Some(site) => view! {
            {site}
            <LinkButton label look event=|| Event::Back />
        }
        .into_any(),
        None => view! { <Primary label look event=|| Event::Back /> }.into_any(),
    };
    let name = view.institution.name.clone();
    let bank = [("bank", name.as_str())];
    view! {
        <Who institution=view.institution />
        <Lead title=fill(Key::Locked, &bank) text=fill(Key::LockedHelp, &bank) />
        <div class="foot">{ways}</div>
    }
    .into_any()
}

/// The person has linked this very login before: that connection, or the login once more.
fn linked_already(look: Look, view: CredentialsView) -> AnyView {
    let name = view.institution.name.clone();
    let bank = [("bank", name.as_str())];
    let usable = view.same_login.is_usable();
    let text = if usable { Key::SameLoginHelp } else { Key::SameLoginElsewhere };
    let pause = same_pause(&look.facts.read_untracked());
    let ways = if usable {
        view! {
            <Primary label=say(Key::UseTheOne) look event=|| Event::UseExisting />
            <LinkButton label=say(Key::EnterAgain) look event=|| Event::EnterAgain />
        }
        .into_any()
    } else {
        view! {
            <Primary label=look.other_way() look event=|| Event::Back />
            <LinkButton label=say(Key::EnterAgain) look event=|| Event::EnterAgain />
        }
        .into_any()
    };
    view! {
        <Who institution=view.institution />
        <Lead title=fill(Key::AlreadyConnected, &bank) text=fill(text, &bank) />
        <p class="quiet small">{pause.unwrap_or_default()}</p>
        <div class="foot">{ways}</div>
    }
    .into_any()
}

/// How long the provider waits before it tries a login that it has already, where that is known.
pub fn same_pause(facts: &Facts) -> Option<String> {
    let minutes = facts.same_login_pause_s?.div_ceil(60).max(1);
    let time = count(Key::Minutes, minutes, &[]);
    let provider = super::manage::provider(facts);
    Some(fill(Key::SamePause, &[("provider", &provider), ("time", &time)]))
}

/// A link to the bank's own site.
fn website(view: &CredentialsView, words: Key, class: &'static str) -> Option<AnyView> {
    let url = view.website.clone()?;
    let site = view.institution.domain.as_deref().unwrap_or(&view.institution.name);
    let words = fill(words, &[("site", site)]);
    let link = view! {
        <a class=class href=url target="_blank" rel="noopener noreferrer">
            {words}
            <span class="aside">" (" {say(Key::OpensNewTab)} ")"</span>
        </a>
    };
    Some(link.into_any())
}

/// The fields and the button.
fn form(look: Look, fields: Vec<Field>, username: StoredValue<Option<Secret>, LocalStorage>) -> AnyView {
    let (notes, again) = look.screen.with_untracked(|screen| match screen {
        Screen::Credentials(view) => (view.notes.clone(), view.same_login == SameLogin::Again),
        _ => (None, false),
    });
    let busy = look.busy();
    let parts: Vec<(FieldId, bool, Typed)>;
    let boxes: Vec<AnyView>;
    (parts, boxes) = fields
        .iter()
        .map(|field| {
            let (input, secret) = (NodeRef::new(), field.kind != FieldKind::Username);
            if let (false, Some(name)) = (secret, username.get_value()) {
                input.on_load(move |input: web_sys::HtmlInputElement| input.set_value(name.expose()));
            }
            ((field.id.clone(), secret, Typed::new(input, secret)), field_box(look, field, input))
        })
        .unzip();
    username.set_value(None);
    let typed = parts.iter().map(|(.., typed)| *typed).collect();
    empty_when_returned(typed, look.returned());

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.try_get_untracked().unwrap_or(true) {
            return;
        }
        let mut username = None;
        let mut empty = Vec::new();
        let mut values = Vec::new();
        for (id, secret, typed) in &parts {
            let value = typed.read();
            if value.is_empty() {
                empty.push(id.clone());
            }
            if !secret {
                username = Some(value.clone());
            }
            values.push(CredentialValue { id: id.clone(), value });
        }
        if empty.is_empty() {
            parts.iter().for_each(|(.., typed)| typed.empty());
        }
        look.intents.run(Intent::Login { values, username, empty });
    };
    let facts = look.facts.get_untracked();
    let practice = facts.practice.as_ref().map(|(username, passcode)| {
        fill(Key::TryPractice, &[("username", username), ("passcode", passcode)])
    });
    let pause = same_pause(&facts).filter(|_| again);
    let label = look.label(Key::SignIn, Key::SigningIn);
    // Once it was wrong, the way to set it right.
    let forgotten = live(move || match &*look.screen.read() {
        Screen::Credentials(view) if view.problem != CredentialProblem::None => {
            website(view, Key::ForgotAt, "link").unwrap_or_else(nothing)
        }
        _ => nothing(),
    });
    view! {
        <p class="told small">{notes.unwrap_or_default()}</p>
        <form class="form" novalidate on:submit=submit>
            {boxes}
            <p class="quiet small">{pause.unwrap_or_default()}</p>
            <p class="quiet small">{practice.unwrap_or_default()}</p>
            <Notice tone=Tone::Plain glyph=Glyph::Lock title=say(Key::WhereItGoes) text=destination(&facts) />
            <div class="foot">
                <Submit label busy />
                {forgotten}
            </div>
        </form>
    }
    .into_any()
}

/// One field of the form.
fn field_box(look: Look, field: &Field, input: NodeRef<leptos::html::Input>) -> AnyView {
    let (id, words) = (field.id.clone(), please_enter(field));
    let error = Signal::derive(move || match &*look.screen.read() {
        Screen::Credentials(view) if view.empty.contains(&id) => words.clone(),
        _ => String::new(),
    });
    let autocomplete = match field.kind {
        FieldKind::Username => "username",
        FieldKind::Password => "current-password",
        FieldKind::Other => "off",
    };
    let masked = field.kind != FieldKind::Username;
    view! { <SecretField id=element_id(field) label=label(field) input masked autocomplete error /> }
        .into_any()
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

fn please_enter(field: &Field) -> String {
    fill(Key::PleaseEnter, &[("field", &lowered(&label(field)))])
}

/// A label inside a sentence: its first letter small, unless it is an abbreviation such as `PIN`.
fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && second.is_ascii_lowercase() => {
            [first.to_ascii_lowercase(), second].into_iter().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// Where the login goes, as far as it is known, and whether the client could see it.
fn destination(facts: &Facts) -> String {
    let provider = facts.provider.as_deref();
    let key = match (provider, facts.keeps_login) {
        (None, _) => Key::GoesToBank,
        (_, Some(true)) => Key::GoesToProvider,
        (_, Some(false)) => Key::GoesToProviderOnce,
        (_, None) => Key::GoesToProviderOnly,
    };
    let goes = fill(key, &[("provider", provider.unwrap_or_default())]);
    let seen = if facts.in_page { Key::PageCanRead } else { Key::NeverSeesIt };
    [goes, fill(seen, &[("client", &facts.client())])].join(" ")
}

/// What the institution says, and which fields are not filled in.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::Credentials(view) = screen else { return None };
    let empty = view.fields.iter().flatten().filter(|field| view.empty.contains(&field.id));
    let empty = empty.map(|field| (element_id(field), please_enter(field))).collect();
    if let Some(complaint) = Complaint::fields(empty) {
        return Some(complaint);
    }
    let bank = ("bank", view.institution.name.as_str());
    let (title, text) = match (view.problem, view.tries_left) {
        (CredentialProblem::None | CredentialProblem::Locked, _) => return None,
        (CredentialProblem::NearLock, _) => (Key::NotAccepted, fill(Key::NearLock, &[bank])),
        (CredentialProblem::Incorrect | CredentialProblem::Unknown, Some(tries)) => {
            (Key::NotAccepted, count(Key::NotAcceptedTries, tries, &[bank]))
        }
        (CredentialProblem::Incorrect | CredentialProblem::Unknown, None) => {
            (Key::NotAccepted, say(Key::NotAcceptedHelp))
        }
    };
    Some(Complaint { title: fill(title, &[bank]), text, fields: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_label_is_lowered_inside_a_sentence_but_an_abbreviation_is_not() {
        assert_eq!(lowered("Member number"), "member number");
        assert_eq!(lowered("PIN"), "PIN");
        assert_eq!(lowered("X"), "X");
        assert_eq!(lowered(""), "");
    }
}
