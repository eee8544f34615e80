//! What is written as JSON is what the types for hosts say: they are made out of schemas, which know nothing of what serde does.
//!
//! `sdk/messages.d.ts` holds the wire, `sdk/events.d.ts` the host's side. That whoever speaks for a host handles each message
//! is held in `crates/schema`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is its failure message")]

use linchpin_protocol::{
    AccountId, AppearanceProperty, Change, Code, ConnectionId, DepositId, Envelope, EventId, ExitReason,
    FrameMessage, HostMessage, InstitutionId, LinkId, LinkedResult, ResultStatus, ScreenName, Secret,
    WidgetEvent,
};
use serde::Serialize;
use serde_json::Value;

const WIRE: &str = include_str!("../../../sdk/messages.d.ts");
const TYPES: &str = include_str!("../../../sdk/events.d.ts");

fn host_messages() -> Vec<HostMessage> {
    // Without a wildcard: a new message has to be listed here, and so to be written down in sdk/.
    let _complete = |message: &HostMessage| match message {
        HostMessage::Start { .. } | HostMessage::Open | HostMessage::Escape | HostMessage::Close => (),
        HostMessage::Unknown => (),
    };
    vec![
        HostMessage::Start {
            token: Secret::new("lt_1.s"),
            origin: "https://app.example".to_owned(),
            inline: true,
        },
        HostMessage::Open,
        HostMessage::Escape,
        HostMessage::Close,
    ]
}

fn result() -> LinkedResult {
    LinkedResult {
        status: ResultStatus::Linked,
        connection_id: Some(ConnectionId::new("con_1")),
        deposit_id: Some(DepositId::new("dep_1")),
        institution_id: Some(InstitutionId::new("ins_1")),
        institution_name: Some("Harbour Savings".to_owned()),
        account_ids: vec![AccountId::new("acc_1")],
    }
}

fn changes() -> Vec<Change> {
    let _complete = |change: &Change| match change {
        Change::Refreshed { .. } | Change::Repaired { .. } => (),
        Change::Disconnected { .. } | Change::Moved { .. } => (),
    };
    let connection_id = ConnectionId::new("con_1");
    vec![
        Change::Refreshed { connection_id: connection_id.clone() },
        Change::Repaired { connection_id: connection_id.clone() },
        Change::Disconnected { connection_id: connection_id.clone(), erased: true },
        Change::Moved { connection_id, successor: ConnectionId::new("con_2") },
    ]
}

fn frame_messages() -> Vec<FrameMessage> {
    let _complete = |message: &FrameMessage| match message {
        FrameMessage::Hello { .. } | FrameMessage::Ready | FrameMessage::Failed { .. } => (),
        FrameMessage::Resized { .. } => (),
        FrameMessage::Linked { .. } | FrameMessage::Success { .. } | FrameMessage::Exit { .. } => (),
        FrameMessage::Done { .. } | FrameMessage::Navigate { .. } | FrameMessage::Event { .. } => (),
    };
    vec![
        FrameMessage::Hello { link_id: LinkId::new("lnk_1") },
        FrameMessage::Ready,
        FrameMessage::Failed { code: Code::TokenUsed },
        FrameMessage::Resized { height: 640 },
        FrameMessage::Linked { public_token: Secret::new("pt_1"), result: result() },
        FrameMessage::Success { event_id: EventId::new("evt_1"), results: vec![result()] },
        FrameMessage::Exit { event_id: EventId::new("evt_1"), reason: ExitReason::ClosedByPerson },
        FrameMessage::Done { event_id: EventId::new("evt_1"), changes: changes() },
        FrameMessage::Navigate { url: Secret::new("https://link.example/go/t") },
        FrameMessage::Event { event: WidgetEvent::Opened },
    ]
}

fn events() -> Vec<WidgetEvent> {
    let _complete = |event: &WidgetEvent| match event {
        WidgetEvent::Opened | WidgetEvent::Screen { .. } | WidgetEvent::Searched { .. } => (),
        WidgetEvent::InstitutionSelected { .. } | WidgetEvent::CredentialsSubmitted { .. } => (),
        WidgetEvent::ChallengeShown { .. } | WidgetEvent::ChallengeAnswered { .. } => (),
        WidgetEvent::BankLoginOpened { .. } | WidgetEvent::BankLoginReturned { .. } => (),
        WidgetEvent::BankLoginAbandoned { .. } | WidgetEvent::DepositStarted { .. } => (),
        WidgetEvent::StatusChanged { .. } | WidgetEvent::AppearanceCorrected { .. } => (),
        WidgetEvent::Problem { .. } => (),
    };
    let connection_id = ConnectionId::new("con_1");
    vec![
        WidgetEvent::Opened,
        WidgetEvent::Screen { screen: ScreenName::Search },
        WidgetEvent::Searched { length: 5, count: 2 },
        WidgetEvent::InstitutionSelected { institution_id: InstitutionId::new("ins_1") },
        WidgetEvent::CredentialsSubmitted { connection_id: connection_id.clone() },
        WidgetEvent::ChallengeShown { connection_id: connection_id.clone(), kinds: Vec::new() },
        WidgetEvent::ChallengeAnswered { connection_id: connection_id.clone() },
        WidgetEvent::BankLoginOpened { connection_id: connection_id.clone() },
        WidgetEvent::BankLoginReturned { connection_id: connection_id.clone() },
        WidgetEvent::BankLoginAbandoned { connection_id: connection_id.clone() },
        WidgetEvent::DepositStarted { deposit_id: DepositId::new("dep_1") },
        WidgetEvent::StatusChanged { connection_id, status: "syncing".to_owned() },
        WidgetEvent::AppearanceCorrected {
            property: AppearanceProperty::Accent,
            asked: Some("#ffcc00".to_owned()),
            used: Some("#856a00".to_owned()),
        },
        WidgetEvent::Problem { code: Code::Internal },
    ]
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// The declaration in `text` that begins with `start`, up to the next line with nothing on it.
fn declaration<'a>(text: &'a str, start: &str) -> &'a str {
    let rest = text.split_once(start).map(|(_, rest)| rest);
    let rest = rest.unwrap_or_else(|| panic!("sdk/ no longer declares `{start}`"));
    rest.split_once("\n\n").map_or(rest, |(declaration, _)| declaration)
}

/// One alternative of a union: from the word that tells it apart to the end of its braces.
fn alternative<'a>(union: &'a str, tag: &str, word: &str) -> &'a str {
    let start = format!("{tag}: \"{word}\"");
    let rest = union.split_once(&start).map(|(_, rest)| rest);
    let rest = rest.unwrap_or_else(|| panic!("sdk/ does not know `{start}`"));
    rest.split_once('}').map_or(rest, |(fields, _)| fields)
}

fn assert_fields(alternative: &str, value: &Value, tag: &str, spell: fn(&str) -> String) {
    for name in value.as_object().unwrap().keys().filter(|name| *name != tag && *name != "linchpin") {
        let field = format!(" {}", spell(name));
        let known = [":", "?:"].iter().any(|colon| alternative.contains(&format!("{field}{colon}")));
        assert!(known, "sdk/ does not know the field{field} of {value}");
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |done, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        done + &capital.into_iter().chain(letters).collect::<String>()
    })
}

#[test]
fn every_message_with_its_fields_stands_in_the_types_of_the_wire() {
    let host = declaration(WIRE, "export type HostMessage");
    let frame = declaration(WIRE, "export type FrameMessage");
    let messages = host_messages().into_iter().map(|message| (host, json(Envelope::new(message))));
    for (union, message) in
        messages.chain(frame_messages().into_iter().map(|message| (frame, json(Envelope::new(message)))))
    {
        let word = message["type"].as_str().unwrap();
        assert_fields(alternative(union, "type", word), &message, "type", str::to_owned);
    }
}

#[test]
fn every_event_stands_in_the_types_of_the_wire_and_of_the_host() {
    let wire = declaration(WIRE, "export type WireEvent");
    let host = declaration(TYPES, "export type KnownEvent");
    for event in events().into_iter().map(json) {
        let word = event["name"].as_str().unwrap();
        assert_fields(alternative(wire, "name", word), &event, "name", str::to_owned);
        assert_fields(alternative(host, "name", word), &event, "name", camel);
    }
}

#[test]
fn a_result_has_the_same_fields_everywhere() {
    let result = json(result());
    assert_fields(declaration(WIRE, "export interface WireResult"), &result, "", str::to_owned);
    assert_fields(declaration(TYPES, "export interface LinkResult"), &result, "", camel);
}

#[test]
fn every_change_stands_in_the_types_of_the_wire_and_of_the_host() {
    let wire = declaration(WIRE, "export type WireChange");
    let host = declaration(TYPES, "export type KnownChange");
    for change in changes().into_iter().map(json) {
        let word = change["kind"].as_str().unwrap();
        assert_fields(alternative(wire, "kind", word), &change, "kind", str::to_owned);
        assert_fields(alternative(host, "kind", word), &change, "kind", camel);
    }
}
