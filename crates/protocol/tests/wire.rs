//! The shapes on the wire, and how readers bear what they do not know.
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure message")]

use linchpin_protocol::*;
use serde_json::{Value, json};

fn there_and_back<T: serde::Serialize + for<'de> serde::Deserialize<'de> + PartialEq + std::fmt::Debug>(
    value: T,
    wire: Value,
) {
    assert_eq!(serde_json::to_value(&value).unwrap(), wire);
    assert_eq!(serde_json::from_value::<T>(wire.clone()).unwrap(), value);
    let text = wire.to_string();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), value, "read from text");
    let tree: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(tree.read::<T>().unwrap(), value, "read from a tree, as the widget does");
}

fn field(id: &str, kind: FieldKind) -> Field {
    Field { id: FieldId::new(id), label: Some("Member number".into()), kind }
}

#[test]
fn next_is_one_object_with_its_step_beside_its_content() {
    there_and_back(
        Next::Wait { stage: Stage::SigningIn, percent: Some(40), since: None },
        json!({"step": "wait", "stage": "signing_in", "percent": 40}),
    );
    there_and_back(
        Next::Credentials {
            fields: vec![field("username", FieldKind::Username)],
            problem: CredentialProblem::Incorrect,
            tries_left: Some(2),
        },
        json!({"step": "credentials", "problem": "incorrect", "tries_left": 2,
            "fields": [{"id": "username", "label": "Member number", "kind": "username"}]}),
    );
    there_and_back(Next::StartAgain {}, json!({"step": "start_again"}));
    there_and_back(
        Next::Later { reason: LaterReason::Maintenance, retries_itself: true },
        json!({"step": "later", "reason": "maintenance", "retries_itself": true}),
    );
    there_and_back(
        Next::Challenges {
            items: vec![Challenge::Text { id: ChallengeId::new("chl_1"), prompt: "Pet?".into() }],
            expires_at: None,
            soon: false,
        },
        json!({"step": "challenges", "items": [{"kind": "text", "id": "chl_1", "prompt": "Pet?"}]}),
    );
}

#[test]
fn values_that_this_reader_does_not_know_read_as_unknown() {
    let cases = [
        (json!({"step": "hologram", "angle": 4, "parts": [{"x": null}]}), Next::Unknown),
        (json!({"step": "hologram"}), Next::Unknown),
        (
            json!({"step": "wait", "stage": "meditating"}),
            Next::Wait { stage: Stage::Unknown, percent: None, since: None },
        ),
        (json!({"step": "failed", "reason": "gremlins"}), Next::Failed { reason: FailureReason::Unknown }),
    ];
    for (wire, expected) in cases {
        assert_eq!(serde_json::from_value::<Next>(wire.clone()).unwrap(), expected, "{wire}");
    }
    let item: Challenge =
        serde_json::from_value(json!({"kind": "smell", "id": "chl_1", "scent": "rose"})).unwrap();
    assert_eq!(item, Challenge::Unknown);
    let code: Code = serde_json::from_value(json!("brand_new")).unwrap();
    assert_eq!(code, Code::Unknown);
    let way: Way = serde_json::from_value(json!("telepathy")).unwrap();
    assert_eq!(way, Way::Unknown);
}

#[test]
fn members_that_this_reader_does_not_know_are_passed_over() {
    let wire = json!({"id": "con_7", "revision": 4, "institution": {"id": "ins_1", "name": "Harbour", "mood": "sunny"},
        "method": "credentials", "status": "syncing", "shiny": {"deep": [1, 2]},
        "next": {"step": "wait", "hue": "blue"}});
    let connection: Connection = serde_json::from_value(wire).unwrap();
    assert_eq!(connection.revision, Revision(4));
    assert_eq!(connection.next, Next::Wait { stage: Stage::Unknown, percent: None, since: None });
}

#[test]
fn a_known_step_with_missing_content_is_an_error_and_not_unknown() {
    for wire in
        [json!({"step": "challenges"}), json!({"step": "credentials", "fields": 4}), json!({"percent": 4})]
    {
        assert!(serde_json::from_value::<Next>(wire.clone()).is_err(), "{wire}");
    }
}

#[test]
fn errors_name_what_was_expected_and_never_what_was_there() {
    let tree: Json = serde_json::from_value(json!({"link_token": {"hunter2": true}, "origin": "x"})).unwrap();
    let error = tree.read::<CreateSession>().unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
    let error = serde_json::from_value::<Next>(json!({"step": "linked", "accounts": "hunter2"})).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn requests_refuse_members_that_do_not_exist() {
    let wire = json!({"institution_id": "ins_1", "method": "credentials", "passwrod": "x"});
    assert!(
        serde_json::from_value::<CreateConnection>(wire).is_err(),
        "a slip of the pen must not pass in silence"
    );
}

#[test]
fn a_tree_holds_whole_numbers_only() {
    assert_eq!(serde_json::from_str::<Json>("-7").unwrap(), Json::Int(-7));
    assert!(serde_json::from_str::<Json>("1.5").is_err(), "there are no fractions in the protocol");
    assert!(serde_json::from_str::<Json>("18446744073709551615").is_err());
    let nested: Json = serde_json::from_str(r#"{"a":[null,true,"x",{"b":-1}]}"#).unwrap();
    let list = Json::List(vec![
        Json::Null,
        Json::Bool(true),
        Json::Text("x".into()),
        Json::Map(vec![("b".into(), Json::Int(-1))]),
    ]);
    assert_eq!(nested, Json::Map(vec![("a".into(), list)]));
}

#[test]
fn messages_carry_their_version_beside_their_content() {
    let wire = serde_json::to_value(Envelope::new(FrameMessage::Event {
        event: WidgetEvent::Searched { length: 3, count: 5 },
    }))
    .unwrap();
    assert_eq!(
        wire,
        json!({"linchpin": 1, "type": "event", "event": {"name": "searched", "length": 3, "count": 5}})
    );
    let start = json!({"linchpin": 1, "type": "start", "token": "lt_1.x", "origin": "https://app.example"});
    let read: Envelope<HostMessage> = serde_json::from_value(start).unwrap();
    assert!(matches!(read.message, HostMessage::Start { .. }));
    let newer: Envelope<HostMessage> =
        serde_json::from_value(json!({"linchpin": 1, "type": "dance", "tempo": 3})).unwrap();
    assert!(matches!(newer.message, HostMessage::Unknown));
    assert!(
        serde_json::from_value::<Envelope<HostMessage>>(json!({"type": "open"})).is_err(),
        "not one of ours"
    );
}

#[test]
fn every_code_has_its_own_word_and_reads_back() {
    let mut words = std::collections::HashSet::new();
    for code in Code::ALL {
        assert!(words.insert(code.as_str()), "{code:?} shares its word");
        assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
        assert_eq!(serde_json::from_value::<Code>(json!(code.as_str())).unwrap(), *code);
        assert!((400..600).contains(&code.status()), "{code:?}");
    }
}

#[test]
fn a_session_holds_its_token_apart_from_what_is_shown() {
    let opened = json!({
        "token": "st_secret",
        "session": {"link_id": "lnk_1", "mode": "link", "purpose": "both", "account_selection": "one",
            "origin": "https://app.example", "client": {"name": "Acorn"}, "provider": {"name": "Quovo"},
            "expires_at": "2026-11-20T10:00:00Z",
            "unfinished": [{"kind": "cloud"}, {"kind": "connection", "connection": {"id": "con_1", "revision": 1,
                "institution": {"id": "ins_1", "name": "Harbour"}, "method": "credentials", "status": "null",
                "next": {"step": "start_again"}}}]}
    });
    let read: OpenedSession = serde_json::from_value(opened).unwrap();
    assert!(!format!("{read:?}").contains("st_secret"), "a token must not be printed");
    assert_eq!(read.session.unfinished.len(), 2);
    assert_eq!(read.session.unfinished[0], Unfinished::Unknown);
}
