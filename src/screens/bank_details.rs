//! The numbers of an account: typed, and read once more before they are sent. The account number stays in the page's
//! input element until then; what is read once more shows its last digits only.

use crate::driver::Intent;
use crate::look::{Look, live, nothing};
use crate::parts::{
    Complaint, Glyph, Lead, LinkButton, Notice, Primary, Submit, Tone, Typed, Who, account_name,
    digits_field, dots_before, empty_when_returned, page_can_read, summary,
};
use crate::text::{Key, count, fill, say};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;
use linchpin_flow::{
    DetailProblems, DetailsView, Event, NameTrouble, NumberTrouble, ReviewView, RoutingTrouble, Screen,
};
use linchpin_protocol::{RoutingState, Secret, account_number};

/// The ids of the fields.
const ROUTING: &str = "routing";
const NUMBER: &str = "number";
const AGAIN: &str = "number-again";
const NAME: &str = "account-name";

/// Type routing and account number.
pub fn draw(look: Look, view: DetailsView) -> AnyView {
    let busy = look.busy();
    let (title, named) = (title(&view), view.corrects.is_none() && view.account.is_none());
    let [routing, number, again, name]: [NodeRef<Input>; 4] = std::array::from_fn(|_| NodeRef::new());
    // What stood there before the person read the numbers once more.
    for (input, text) in [(routing, view.routing), (name, view.name)] {
        input.on_load(move |input: web_sys::HtmlInputElement| input.set_value(&text));
    }
    let secrets = vec![Typed::new(number, true), Typed::new(again, true)];
    empty_when_returned(secrets, look.returned());
    // Who pastes the number has not mistyped it.
    let pasted = RwSignal::new(false);
    let by_hand = move |event: KeyboardEvent| {
        let types = event.key().chars().count() == 1 && !event.ctrl_key() && !event.meta_key();
        if types || event.key() == "Backspace" {
            pasted.set(false);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.try_get_untracked().unwrap_or(true) {
            return;
        }
        let [routing, number, again, name] =
            [routing, number, again, name].map(|input| Typed::new(input, false).read());
        let number = read_number(&number, (!pasted.get_untracked()).then_some(&again));
        let (routing, name) = (routing.expose().to_owned(), name.expose().to_owned());
        look.intents.run(Intent::Numbers { routing, number, name });
    };
    let known = live(move || match &*look.screen.read() {
        Screen::BankDetails(view) => of_routing(look, view, routing),
        _ => nothing(),
    });
    let twice = live(move || {
        if pasted.get() {
            return nothing();
        }
        let error = look.told(|screen| number_error(screen, true));
        digits_field(AGAIN, say(Key::AccountNumberAgain), again, true, "numeric", error)
    });
    let number_error = look.told(|screen| number_error(screen, false));
    let routing_error = look.told(|screen| problems(screen).routing.map(routing_words).unwrap_or_default());
    let name_error = look.told(|screen| problems(screen).name.map(name_words).unwrap_or_default());
    let name = named.then(|| digits_field(NAME, say(Key::AccountName), name, false, "text", name_error));
    let label = look.label(Key::Continue, Key::Continue);
    view! {
        {view.institution.map(|institution| view! { <Who institution /> }.into_any())}
        {summary(look, complaint)}
        <Lead title text=say(Key::WhereNumbersAre) />
        <form class="form" novalidate on:submit=submit>
            <div on:input=move |_| {
                let text = Typed::new(routing, false).read();
                look.happen(Event::RoutingTyped(text.expose().to_owned()));
            }>
                {digits_field(ROUTING, say(Key::RoutingNumber), routing, false, "numeric", routing_error)}
            </div>
            <div role="status" class="known">{known}</div>
            <div on:paste=move |_| pasted.set(true) on:keydown=by_hand>
                {digits_field(NUMBER, say(Key::AccountNumber), number, true, "numeric", number_error)}
            </div>
            {twice}
            {name}
            {page_can_read(look)}
            <div class="foot">
                <Submit label busy />
                <LinkButton label=look.other_way() look event=|| Event::Back />
            </div>
        </form>
    }
    .into_any()
}

fn title(view: &DetailsView) -> String {
    match &view.account {
        _ if view.corrects.is_some() => say(Key::CorrectTitle),
        Some(account) => fill(Key::NumbersOf, &[("account", &account_name(account))]),
        None => say(Key::NumbersTitle),
    }
}

/// The account number, if it is one and, where it was typed, was typed twice.
fn read_number(number: &Secret, again: Option<&Secret>) -> Result<Secret, NumberTrouble> {
    if number.is_empty() {
        return Err(NumberTrouble::Empty);
    }
    let number = account_number(number).ok_or(NumberTrouble::Format)?;
    let same = |again: &Secret| account_number(again).is_some_and(|again| again.expose() == number.expose());
    if again.is_none_or(same) { Ok(number) } else { Err(NumberTrouble::Differs) }
}

/// What is known of the routing number that stands there.
fn of_routing(look: Look, view: &DetailsView, input: NodeRef<Input>) -> AnyView {
    let Some(facts) = &view.facts else { return nothing() };
    let bank = facts.bank.clone().unwrap_or_default();
    let gap = [("bank", bank.as_str())];
    if let Some(institution) = view.offers_link().filter(|_| look.facts.read_untracked().searches) {
        let name = [("bank", institution.name.as_str())];
        return view! {
            <p>{fill(Key::IsThisYourBank, &gap)}</p>
            <Notice tone=Tone::Good glyph=Glyph::Check title=fill(Key::LinkAtOnce, &name) text=say(Key::LinkAtOnceHelp) />
            <LinkButton label=fill(Key::LinkInstead, &name) look event=|| Event::LinkInstead />
        }
        .into_any();
    }
    match facts.state {
        RoutingState::Known if bank.is_empty() => nothing(),
        RoutingState::Known => view! { <p>{fill(Key::IsThisYourBank, &gap)}</p> }.into_any(),
        RoutingState::Unlisted => view! { <p class="quiet small">{say(Key::RoutingUnlisted)}</p> }.into_any(),
        // It stands beside the field.
        RoutingState::NotForCustomers if view.problems.routing.is_some() => nothing(),
        RoutingState::NotForCustomers => {
            view! { <p class="field-error">{say(Key::NotForCustomers)}</p> }.into_any()
        }
        RoutingState::Replaced => {
            let text = match &facts.replaced_by {
                Some(number) => fill(Key::RoutingReplacedBy, &[gap[0], ("number", number)]),
                None => fill(Key::RoutingReplaced, &gap),
            };
            let new = facts.replaced_by.clone().map(|number| {
                let label = fill(Key::UseNumber, &[("number", &number)]);
                let take = move |_| {
                    if let Some(input) = input.get_untracked() {
                        input.set_value(&number);
                    }
                    look.happen(Event::RoutingTyped(number.clone()));
                };
                view! { <button type="button" class="link" on:click=take>{label}</button> }.into_any()
            });
            view! { <p>{text}</p>{new} }.into_any()
        }
    }
}

/// What is wrong with the fields, as long as they are shown.
fn problems(screen: &Screen) -> DetailProblems {
    match screen {
        Screen::BankDetails(view) => view.problems,
        _ => DetailProblems::default(),
    }
}

/// What is wrong with the account number: beside the second field if it is not the same there, else beside the first.
fn number_error(screen: &Screen, again: bool) -> String {
    let trouble = problems(screen).number;
    let here = trouble.filter(|trouble| (*trouble == NumberTrouble::Differs) == again);
    here.map(number_words).unwrap_or_default()
}

fn routing_words(trouble: RoutingTrouble) -> String {
    match trouble {
        RoutingTrouble::Empty => say(Key::RoutingMissing),
        RoutingTrouble::Format { digits } => count(Key::RoutingFormat, digits, &[]),
        RoutingTrouble::Checksum => say(Key::RoutingChecksum),
        RoutingTrouble::Range => say(Key::RoutingRange),
        RoutingTrouble::NotForCustomers => say(Key::NotForCustomers),
    }
}

fn number_words(trouble: NumberTrouble) -> String {
    say(match trouble {
        NumberTrouble::Empty => Key::NumberEmpty,
        NumberTrouble::Format => Key::NumberFormat,
        NumberTrouble::Differs => Key::NumberDiffers,
        NumberTrouble::OtherAccount => Key::OtherAccount,
    })
}

fn name_words(trouble: NameTrouble) -> String {
    say(match trouble {
        NameTrouble::Digits => Key::DigitsInName,
        NameTrouble::TooLong => Key::NameTooLong,
    })
}

/// What is wrong with the fields.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::BankDetails(DetailsView { problems, .. }) = screen else { return None };
    let number_id = if problems.number == Some(NumberTrouble::Differs) { AGAIN } else { NUMBER };
    let fields = [
        (ROUTING, problems.routing.map(routing_words)),
        (number_id, problems.number.map(number_words)),
        (NAME, problems.name.map(name_words)),
    ];
    let fields = fields.into_iter().filter_map(|(id, words)| Some((id.to_owned(), words?)));
    Complaint::fields(fields.collect())
}

/// Read the numbers once more before they are sent.
pub fn review(look: Look, view: ReviewView) -> AnyView {
    let bank = live(move || match &*look.screen.read() {
        Screen::ReviewDetails(view) => view.bank.clone().unwrap_or_else(|| say(Key::BankUnknown)).into_any(),
        _ => nothing(),
    });
    let mut rows = Vec::new();
    let mut row = |name: Key, value: AnyView| {
        rows.push(view! { <div><dt>{say(name)}</dt><dd class="num">{value}</dd></div> }.into_any());
    };
    row(Key::BankLabel, bank.into_any());
    row(Key::RoutingNumber, view.routing.into_any());
    row(Key::AccountNumber, dots_before(&view.last_digits).into_any());
    if !view.name.is_empty() {
        row(Key::NameLabel, view.name.into_any());
    }
    let text = if view.automatic { Key::SendsAutomatic } else { Key::SendsManual };
    let label = look.label(Key::SendDeposits, Key::Sending);
    view! {
        <Lead title=say(Key::ReviewTitle) text=say(text) />
        <dl class="terms">{rows}</dl>
        <div class="foot">
            <Primary label look event=|| Event::SendDetails />
            <LinkButton label=say(Key::ChangeNumbers) look event=|| Event::Back />
        </div>
    }
    .into_any()
}
