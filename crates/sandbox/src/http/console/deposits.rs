//! The console's sections about micro-deposits: where they stand, what the bank's statement shows, the practice numbers.

use maud::{Markup, html};

use super::lines;
use super::page::{table, time_of};
use crate::aggregator::{Deposit, World};
use crate::catalogue::{DepositStatus, NumberField, PracticeNumber, forced_outcomes, practice_numbers};
use crate::ledger::DepositWay;

/// Every pair of deposits, newest first, with a choice of what to bring about.
pub(super) fn section(world: &World) -> Markup {
    let deposits: Vec<&Deposit> = world.deposits().collect();
    html! {
        section aria-labelledby="deposits" {
            h2 id="deposits" { "Micro-deposits" }
            @if deposits.is_empty() {
                p.empty { "None yet. They appear when somebody gives an account number." }
            } @else {
                (table(&["Deposits", "To account", "Confirmed", "Status", "Updated", "Bring about"], html! {
                    @for deposit in deposits.iter().rev() {
                        tr {
                            td data-label="Deposits" { (deposit.id) }
                            td data-label="To account" { (target(deposit)) }
                            td data-label="Confirmed" { (way(deposit.way)) }
                            td data-label="Status" { (status(deposit)) }
                            td data-label="Updated" { (time_of(deposit.updated)) }
                            td data-label="Bring about" { (outcomes(deposit)) }
                        }
                    }
                }))
            }
        }
    }
}

/// What the person would see at the bank.
pub(super) fn statement(world: &World) -> Markup {
    let lines = lines(world);
    html! {
        section aria-labelledby="statement" {
            h2 id="statement" { "The practice bank’s statement" }
            @if lines.is_empty() {
                p.empty { "Nothing yet. Deposits appear two hours after they were asked for, and are there two days later." }
            } @else {
                p.quiet { a href="/console/statement.json" { "All as JSON" } }
                (table(&["Since", "To account", "Amount", "Deposits"], html! {
                    @for line in lines.iter().rev() {
                        tr {
                            td data-label="Since" { (time_of(line.since)) @if line.is_pending { " (on the way)" } }
                            td data-label="To account" { (masked(&line.number_ends)) }
                            td data-label="Amount" { (format!("$0.{:02}", line.amount.0)) }
                            td data-label="Deposits" { (line.deposit) }
                        }
                    }
                }))
            }
        }
    }
}

/// The numbers that lead to an outcome.
pub(super) fn number_list() -> Markup {
    html! {
        section aria-labelledby="numbers" {
            h2 id="numbers" { "Practice numbers for micro-deposits" }
            p.quiet { "Every other account number, and every well-formed routing number, takes them." }
            (table(&["Field", "Number", "What happens"], html! {
                @for number in practice_numbers() {
                    tr {
                        td data-label="Field" { (field(number)) }
                        td data-label="Number" { code { (number.digits) @if number.is_beginning { "…" } } }
                        td data-label="What happens" { (number.outcome.replace('`', "")) }
                    }
                }
            }))
        }
    }
}

fn field(number: &PracticeNumber) -> &'static str {
    match number.field {
        NumberField::Account => "Account",
        NumberField::Routing => "Routing",
    }
}

fn target(deposit: &Deposit) -> Markup {
    html! {
        div {
            (masked(deposit.end_of_number()))
            div.quiet { "portfolio " (deposit.account) }
        }
    }
}

fn masked(end: &str) -> String {
    format!("••••{end}")
}

fn way(way: DepositWay) -> &'static str {
    match way {
        DepositWay::Automatic => "by the aggregator",
        DepositWay::Manual => "by the person",
    }
}

/// A word for the eye as well as a colour.
fn status(deposit: &Deposit) -> Markup {
    let class = match deposit.status() {
        DepositStatus::Verified => "good",
        DepositStatus::Requested | DepositStatus::Submitted | DepositStatus::Transferred => "busy",
        DepositStatus::Failed(_) | DepositStatus::VerificationFailed => "bad",
    };
    html! {
        div {
            span class=(format!("status {class}")) { (deposit.status_word()) }
            @if let Some(error) = deposit.error() { div { code { (error.id()) } } }
        }
    }
}

fn outcomes(deposit: &Deposit) -> Markup {
    html! {
        form.outcome method="post" action=(format!("/console/deposits/{}/outcome", deposit.id)) {
            select name="outcome" aria-label=(format!("What becomes of deposits {}", deposit.id)) {
                @for outcome in forced_outcomes() {
                    option value=(outcome) { (outcome.replace('_', " ")) }
                }
            }
            button.small type="submit" { "Go" }
        }
    }
}
