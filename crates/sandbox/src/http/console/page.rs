//! The console's page. maud escapes every value that is put in.

use std::borrow::Cow;

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::{basiq, basiq_words, deposits};
use crate::aggregator::{Connection, World};
use crate::catalogue::{PracticeAnswer, logins, practice_banks, v2_practice_banks};
use crate::ledger::{DepositWay, Entry, Event, LoginOutcome, SyncKind};

/// How many ledger entries are shown; all are in the JSON.
const SHOWN: usize = 200;

pub(super) fn render(world: &World, now: Timestamp, entries: &[Entry]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Practice aggregator" }
                link rel="icon" href="/console/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/console/console.css";
            }
            body {
                header.top {
                    div {
                        h1 { "Practice aggregator" }
                        p.quiet { "Speaks Quovo v3 and v2, and Basiq. No bank is asked, no money moves." }
                    }
                    (clock(now))
                }
                main {
                    (connections(world))
                    (basiq::section(world))
                    (deposits::section(world))
                    (deposits::statement(world))
                    (ledger(entries))
                    (login_list())
                    (bank_list())
                    (basiq::login_list())
                    (deposits::number_list())
                }
            }
        }
    }
}

fn clock(now: Timestamp) -> Markup {
    html! {
        section.clock aria-label="Clock" {
            p.time { time datetime=(now.strftime("%Y-%m-%dT%H:%M:%SZ")) { (now.strftime("%Y-%m-%d %H:%M:%S")) " UTC" } }
            div.buttons {
                @for (seconds, label) in [(60, "+1 min"), (3_600, "+1 hour"), (86_400, "+1 day")] {
                    form method="post" action="/console/clock/advance" {
                        button type="submit" name="seconds" value=(seconds) { (label) }
                    }
                }
            }
        }
    }
}

fn connections(world: &World) -> Markup {
    let rows: Vec<&Connection> = world.connections().collect();
    html! {
        section aria-labelledby="connections" {
            h2 id="connections" { "Connections" }
            @if rows.is_empty() {
                p.empty { "None yet. They appear when somebody picks a bank." }
            } @else {
                (table(&["Connection", "User", "Institution", "Status", "Last good sync", "Bring about"], html! {
                    @for connection in rows.iter().rev() {
                        tr {
                            td data-label="Connection" { (connection.id) }
                            td data-label="User" { (user_name(world, connection)) }
                            td data-label="Institution" { (institution_name(world, connection)) }
                            td data-label="Status" { (status(connection.status())) }
                            td data-label="Last good sync" { (connection.last_good_sync.map_or_else(|| "–".to_owned(), time_of)) }
                            td data-label="Bring about" { (refusal(connection)) }
                        }
                    }
                }))
            }
        }
    }
}

/// A button by which the bank takes a good login no more.
fn refusal(connection: &Connection) -> Markup {
    let is_good = connection.status() == Some("good");
    html! {
        @if is_good {
            form method="post" action=(format!("/console/connections/{}/refuse-login", connection.id)) {
                button.small type="submit" { "Login refused" }
            }
        } @else { "–" }
    }
}

fn ledger(entries: &[Entry]) -> Markup {
    html! {
        section aria-labelledby="ledger" {
            h2 id="ledger" { "Ledger" }
            @if entries.is_empty() {
                p.empty { "Nothing has happened yet." }
            } @else {
                p.quiet { "What callers caused, newest first. " a href="/console/ledger.json" { "All as JSON" } }
                (table(&["No.", "Time", "What happened"], html! {
                    @for entry in entries.iter().rev().take(SHOWN) {
                        tr {
                            td data-label="No." { (entry.seq) }
                            td data-label="Time" { (time_of(entry.at)) }
                            td data-label="What happened" { (sentence(&entry.event)) }
                        }
                    }
                }))
            }
        }
    }
}

fn login_list() -> Markup {
    html! {
        section aria-labelledby="logins" {
            h2 id="logins" { "Practice logins" }
            p.quiet { "Every institution takes these. Any other login is refused." }
            (table(&["User name", "Passcode", "What happens", "Right answers"], html! {
                @for login in logins() {
                    tr {
                        td data-label="User name" { code { (login.user_name) } }
                        td data-label="Passcode" { code { (login.passcode) } }
                        td data-label="What happens" { (login.outcome) }
                        td data-label="Right answers" { (answers(&login.answers())) }
                    }
                }
            }))
        }
    }
}

fn bank_list() -> Markup {
    html! {
        section aria-labelledby="banks" {
            h2 id="banks" { "Practice banks" }
            p.quiet { "Log in with " code { "practice-good" } " and the passcode shown." }
            (table(&["Bank", "Passcode", "What it shows", "Right answers"], html! {
                @for bank in practice_banks().iter().chain(v2_practice_banks()) {
                    tr {
                        td data-label="Bank" { (bank.name) }
                        td data-label="Passcode" { code { (bank.passcode) } }
                        td data-label="What it shows" { (bank.shows) }
                        td data-label="Right answers" { (answers(&bank.answers())) }
                    }
                }
            }))
        }
    }
}

pub(super) fn table(heads: &[&str], rows: Markup) -> Markup {
    html! {
        table {
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody { (rows) }
        }
    }
}

fn answers(answers: &[PracticeAnswer]) -> Markup {
    html! {
        @if answers.is_empty() { "–" } @else {
            ul.answers { @for answer in answers { li { (answer.question) " " code { (answer.shown) } } } }
        }
    }
}

/// A word for the eye as well as a colour: colour alone would tell some people nothing.
fn status(status: Option<&'static str>) -> Markup {
    let (class, word) = match status {
        None => ("idle", "not synced"),
        Some("good") => ("good", "good"),
        Some(word @ ("syncing" | "challenges")) => ("busy", word),
        Some(word) => ("bad", word),
    };
    html! { span class=(format!("status {class}")) { (word) } }
}

fn user_name(world: &World, connection: &Connection) -> String {
    world.user(connection.user).map(|user| user.username.clone()).unwrap_or_default()
}

fn institution_name(world: &World, connection: &Connection) -> Cow<'static, str> {
    world.institution_of(connection.id).map(|institution| institution.name.clone()).unwrap_or_default()
}

pub(super) fn time_of(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn sentence(event: &Event) -> String {
    match event {
        Event::TokenMinted { name } => format!("Access token “{name}” made"),
        Event::TokenRevoked { name } => format!("Access token “{name}” taken back"),
        Event::UserCreated { user } => format!("User {user} made"),
        Event::UserDeleted { user } => format!("User {user} removed"),
        Event::ConnectionCreated { user, connection, institution } => {
            format!("Connection {connection} made for user {user} at institution {institution}")
        }
        Event::ConnectionDeleted { connection, .. } => format!("Connection {connection} removed"),
        Event::LoginTried { connection, institution, username, outcome, .. } => {
            let outcome = match outcome {
                LoginOutcome::Accepted => "accepted",
                LoginOutcome::Refused => "refused",
            };
            let name = username.as_str();
            format!("Login {name} tried at institution {institution} for connection {connection}: {outcome}")
        }
        Event::ConsentAsked { connection } => {
            format!("The bank’s own page asked for, for connection {connection}")
        }
        Event::ConsentDecided { connection, agreed } => {
            let verdict = if *agreed { "agreed" } else { "refused" };
            format!("On the bank’s own page, for connection {connection}: {verdict}")
        }
        Event::SyncStarted { connection, sync } => {
            let kind = match sync {
                SyncKind::Agg => "Aggregation",
                SyncKind::Auth => "Verification",
                SyncKind::Both => "Aggregation and verification",
            };
            format!("{kind} sync started on connection {connection}")
        }
        Event::SyncAbandoned { connection } => {
            format!("Sync on connection {connection} given up: its caller hung up")
        }
        Event::AnswerGiven { connection, challenge, right } => {
            let verdict = if *right { "right" } else { "wrong" };
            format!("Challenge {challenge} of connection {connection} answered: {verdict}")
        }
        Event::NumbersRead { connection, account: None } => {
            format!("Account numbers of connection {connection} read")
        }
        Event::NumbersRead { connection, account: Some(account) } => {
            format!("Number of account {account} of connection {connection} read")
        }
        Event::DepositPortfolioCreated { user, account, .. } => {
            format!("Deposit portfolio {account} made for user {user}")
        }
        Event::DepositPortfolioDeleted { account, .. } => format!("Deposit portfolio {account} removed"),
        Event::DepositCreated { account, deposit, way, .. } => {
            let way = match way {
                DepositWay::Automatic => "automatic",
                DepositWay::Manual => "manual",
            };
            format!("Deposits {deposit} to account {account} asked for ({way})")
        }
        Event::AmountsTried { deposit, right, .. } => {
            let verdict = if *right { "right" } else { "wrong" };
            format!("Amounts of deposits {deposit} tried: {verdict}")
        }
        Event::DepositForced { deposit, outcome, .. } => format!("Deposits {deposit} forced to {outcome}"),
        Event::LoginForced { connection } => {
            format!("The bank made to refuse the login of connection {connection}")
        }
        Event::Basiq(event) => basiq_words::sentence(event),
    }
}
