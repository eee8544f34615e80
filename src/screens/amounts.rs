//! Type the amounts of two deposits. What is understood of them is said beside them, before they are sent.

use super::deposits::{account_of, look_for};
use crate::driver::Intent;
use crate::look::Look;
use crate::parts::{
    Complaint, Lead, LinkButton, Submit, Typed, digits_field, empty_when_returned, page_can_read, summary,
};
use crate::text::{Key, count, fill, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{AmountsView, Event, Screen};
use linchpin_protocol::{AmountProblem, Cents, deposit_amount};

/// The id of what was understood.
const ECHO: &str = "understood";
/// Finds it.
const ECHOED: &str = "#understood";
/// The ids of the two fields.
const FIELDS: [&str; 2] = ["amount-1", "amount-2"];

/// Type the amounts that arrived.
pub fn draw(look: Look, view: AmountsView) -> AnyView {
    let facts = look.facts.get_untracked();
    let busy = look.busy();
    let inputs = [NodeRef::new(), NodeRef::new()];
    let typed = inputs.map(|input| Typed::new(input, true));
    let read = move || typed.map(|typed| deposit_amount(typed.read().expose()));
    let returned = look.returned();
    empty_when_returned(typed.to_vec(), returned);
    let hear = move |_| look.place.put_words(ECHOED, &understood(read()));
    // Emptied with the fields.
    Effect::new(move |_| {
        returned.track();
        look.place.put_words(ECHOED, "");
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.try_get_untracked().unwrap_or(true) {
            look.intents.run(Intent::Amounts(read()));
        }
    };
    let [first, second] = inputs;
    let first_error = look.told(|screen| problem(screen, 0));
    let second_error = look.told(|screen| problem(screen, 1));
    let tries = look.told(|screen| match screen {
        Screen::EnterAmounts(view) if !tells_tries(view) => tries_left(view.tries_left),
        _ => String::new(),
    });
    let label = look.label(Key::CheckAmounts, Key::Sending);
    let text = [fill(Key::InAccount, &[("account", &account_of(&view.deposit))]), look_for(&facts)].join(" ");
    let finish = fill(Key::FinishTo, &[("client", &facts.client())]);
    view! {
        {summary(look, complaint)}
        <Lead title=say(Key::WhichAmounts) text />
        <form class="form" novalidate on:submit=submit>
            // How they are written is said before they are (WCAG 2.2, 3.3.2).
            <p class="quiet small">{say(Key::AmountsHelp)} " " {tries}</p>
            <div class="pair" on:input=hear>
                {digits_field(FIELDS[0], say(Key::OneAmount), first, false, "decimal", first_error)}
                {digits_field(FIELDS[1], say(Key::OtherAmount), second, false, "decimal", second_error)}
            </div>
            <p class="quiet small" id=ECHO role="status"></p>
            {page_can_read(look)}
            <div class="foot">
                <Submit label busy />
                <LinkButton label=say(Key::NotArrived) look event=|| Event::NotArrived />
                <LinkButton label=finish look event=|| Event::Finish />
            </div>
        </form>
    }
    .into_any()
}

/// What is wrong with one of the fields; empty when nothing is.
fn problem(screen: &Screen, at: usize) -> String {
    match screen {
        Screen::EnterAmounts(view) => {
            view.problems.get(at).copied().flatten().map(|problem| words(problem, at)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// What is wrong with the first or the second of them.
fn words(problem: AmountProblem, at: usize) -> String {
    say(match problem {
        AmountProblem::Empty if at == 0 => Key::AmountMissing,
        AmountProblem::Empty => Key::OtherAmountMissing,
        AmountProblem::Format => Key::AmountUnread,
        AmountProblem::Range => Key::AmountTooLarge,
    })
}

fn tries_left(tries: u32) -> String {
    count(Key::TriesLeft, tries, &[])
}

/// What was understood of the amounts, as far as they can be read.
fn understood(read: [Result<Cents, AmountProblem>; 2]) -> String {
    let cents = |Cents(cents): Cents| count(Key::Cents, cents, &[]);
    let words: Vec<_> = read.into_iter().flatten().map(cents).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => fill(Key::UnderstoodOne, &[("amount", one)]),
        [one, other, ..] => fill(Key::UnderstoodBoth, &[("amount", one), ("other", other)]),
    }
}

/// Whether what is wrong is the pair, so that the tries that are left are told with it.
fn tells_tries(view: &AmountsView) -> bool {
    view.wrong && view.problems == [None; 2]
}

/// What is wrong with the fields, or with the pair: never with one of the two.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::EnterAmounts(view) = screen else { return None };
    let fields = FIELDS.iter().zip(view.problems).enumerate();
    let fields = fields.filter_map(|(at, (id, problem))| Some(((*id).to_owned(), words(problem?, at))));
    Complaint::fields(fields.collect()).or_else(|| {
        let title = say(Key::NotTheAmounts);
        let complain = || Complaint { title, text: tries_left(view.tries_left), fields: Vec::new() };
        tells_tries(view).then(complain)
    })
}
