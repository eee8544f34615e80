//! The shapes on the wire, and how readers bear what they do not know.
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure message")]

use linchpin_protocol::*;
use serde_json::{Value, json};

fn there_and_back<T>(value: T, wire: Value)
where
    T: serde::Serialize + for<'de> serde::Deserialize<'de> + FromTree + PartialEq + std::fmt::Debug,
{
    assert_eq!(serde_json::to_value(&value).unwrap(), wire);
    assert_eq!(serde_json::from_value::<T>(wire.clone()).unwrap(), value);
    let text = wire.to_string();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), value, "read from text");
    let tree: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(tree.clone().read::<T>().unwrap(), value, "read from a tree with serde");
    assert_eq!(T::from_tree(tree).unwrap(), value, "read from a tree as the widget does");
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
            remaining_ms: None,
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
    assert!(
        matches!(read.message, HostMessage::Start { inline: false, .. }),
        "an older loader says nothing of it"
    );
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
            "expires_at": "2026-11-20T10:00:00Z", "idle_s": 1800, "remaining_s": 14400,
            "unfinished": [{"kind": "cloud"}, {"kind": "connection", "connection": {"id": "con_1", "revision": 1,
                "institution": {"id": "ins_1", "name": "Harbour"}, "method": "credentials", "status": "null",
                "next": {"step": "start_again"}}}]}
    });
    let read: OpenedSession = serde_json::from_value(opened).unwrap();
    assert!(!format!("{read:?}").contains("st_secret"), "a token must not be printed");
    assert_eq!(read.session.unfinished.len(), 2);
    assert_eq!(read.session.unfinished[0], Unfinished::Unknown);
}

/// A deposit with all its members.
fn deposit(next: &Value) -> Value {
    json!({"id": "dep_1", "revision": 3, "method": "manual", "bank": "Harbour", "last_digits": "5397", "name": "Mine",
        "connection_id": "con_1", "account_id": "acc_1", "replaces": "dep_0", "status": "submitted",
        "provider_status": "submitted", "created_at": "2026-11-20T09:30:00Z", "next": next})
}

#[test]
fn amounts_travel_as_a_pair_of_cents_and_never_show() {
    let body = SubmitAmounts { revision: Revision(3), cents: Amounts([Cents(12), Cents(7)]) };
    assert_eq!(serde_json::to_value(&body).unwrap(), json!({"revision": 3, "cents": [12, 7]}));
    assert!(!format!("{body:?}").contains("12"), "{body:?}");
    let wire = json!({"routing": "021000021", "account_number": "000123456789"});
    let read: CreateDeposit = serde_json::from_value(wire).unwrap();
    assert!(!format!("{read:?}").contains("123456789"), "an account number must not be printed");
}

/// Both readers take the same and refuse the same.
fn readers_agree<T>(wire: &Value)
where
    T: for<'de> serde::Deserialize<'de> + FromTree + std::fmt::Debug,
{
    let with_serde = serde_json::from_value::<T>(wire.clone()).ok();
    let tree: Json = serde_json::from_value(wire.clone()).unwrap();
    let with_table = T::from_tree(tree);
    assert_eq!(format!("{with_table:?}"), format!("{with_serde:?}"), "{wire}");
}

/// The value, and every variation of it that lacks a member, has one too many, or has a member of another kind.
fn variations(value: &Value) -> Vec<Value> {
    let mut all = vec![value.clone()];
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let mut without = members.clone();
                without.remove(name);
                all.push(Value::Object(without));
                // serde would read an object from a list of its members; nobody writes one so.
                let list = (!inner.is_object()).then(|| json!([]));
                let others = [json!(null), json!(7), json!("odd"), json!({})].into_iter().chain(list);
                for other in variations(inner).into_iter().chain(others) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), other);
                    all.push(Value::Object(changed));
                }
            }
            let mut more = members.clone();
            more.insert("brand_new".into(), json!({"deep": [true]}));
            all.push(Value::Object(more));
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for other in variations(item) {
                    let mut changed = items.clone();
                    changed[at] = other;
                    all.push(Value::Array(changed));
                }
            }
        }
        _ => {}
    }
    all
}

#[test]
fn the_widgets_reader_and_serde_take_the_same_and_refuse_the_same() {
    let account = json!({"id": "acc_1", "name": "Everyday", "last_digits": "4411", "kind": "savings",
        "balance": {"cents": -5, "currency": "USD"}, "not_verifiable": "no_transfers"});
    let steps = [
        json!({"step": "credentials", "problem": "near_lock", "tries_left": 2,
            "fields": [{"id": "username", "label": "Member number", "kind": "username"}, {"id": "pin", "kind": "odd"}]}),
        json!({"step": "wait", "stage": "verifying", "percent": 62, "since": "2026-11-20T09:30:00Z"}),
        json!({"step": "challenges", "items": [{"kind": "text", "id": "chl_1", "prompt": "Pet?"}], "soon": true,
            "expires_at": "2026-11-20T09:30:00Z"}),
        json!({"step": "challenges", "remaining_ms": 118_000, "items": [
            {"kind": "code", "id": "chl_2", "prompt": "Code?"},
            {"kind": "choice", "id": "chl_3", "prompt": "Where to?",
                "options": [{"key": "0", "label": "***-0142", "category": "Text"}, {"key": "1", "label": "***-0177"}]},
            {"kind": "image", "id": "chl_4", "prompt": "Type it", "picture": "data:image/png;base64,AA=="},
            {"kind": "image_choice", "id": "chl_5", "prompt": "Pick one",
                "options": [{"key": "0", "picture": "data:image/png;base64,AA=="}]},
            {"kind": "approve", "id": "chl_6", "prompt": "Approve in the app"},
            {"kind": "approve", "id": "chl_7", "prompt": "Approve, and say so", "confirm": true}]}),
        json!({"step": "authorize", "host": "harbour.example", "problem": "denied", "opened": true}),
        json!({"step": "instructions", "text": "Accept.", "website": "https://harbour.example"}),
        json!({"step": "start_again"}),
        json!({"step": "choose_accounts", "accounts": [account], "many": true}),
        json!({"step": "offer_deposits", "account": account, "ways": {"automatic": true, "manual": true}}),
        json!({"step": "later", "reason": "postponed", "retries_itself": true}),
        json!({"step": "no_accounts"}),
        json!({"step": "linked", "accounts": [account]}),
        json!({"step": "interrupted", "parting": "move", "erased": true, "reason": "not_working"}),
        json!({"step": "closed", "successor": "con_8"}),
        json!({"step": "failed", "reason": "not_verifiable"}),
    ];
    for step in steps {
        let connection = json!({"id": "con_7", "revision": 4, "method": "bank_login", "status": "good",
            "institution": {"id": "ins_1", "name": "Harbour", "domain": "harbour.example"}, "provider_status": "good",
            "last_attempt_at": "2026-11-20T09:30:00Z", "last_success_at": null, "updates_itself": true, "next": step});
        for wire in variations(&connection) {
            readers_agree::<Connection>(&wire);
        }
    }
    let held = json!({"connections": [{"standing": "needs_you", "expires_at": "2026-11-20T09:30:00Z", "expires_soon": true,
        "connection": {"id": "con_1", "revision": 1, "method": "credentials", "status": "null",
            "institution": {"id": "ins_1", "name": "H"}, "next": {"step": "start_again"}},
        "refresh": {"can": "too_soon", "wait_s": 60},
        "disconnect": {"keeps_data": true, "erase": "now", "others": 1},
        "moves": {"to": "open_banking", "erase": "when_working", "others": 0}}]});
    for wire in variations(&held) {
        readers_agree::<ManagedConnections>(&wire);
    }
    for way in ["now", "running", "repair_first"] {
        readers_agree::<RefreshWay>(&json!({"can": way}));
    }
    readers_agree::<RefreshWay>(&json!({"can": "daily_limit", "wait_s": 4}));
    let institution = json!({"id": "ins_1", "name": "Harbour", "domain": "harbour.example", "way": "days",
        "place": {"city": "Salem", "state": "MA"}, "availability": "degraded", "connected": true, "practice": true,
        "highlights": [{"start": 0, "end": 4}]});
    let consent = json!({"version": "1.abc", "data": ["accounts", "account_numbers", "odd"], "reason": "To pay you.",
        "until": "2027-11-20T00:00:00Z", "revoke_url": "https://a.example/revoke"});
    let session = json!({"token": "st_1", "session": {"link_id": "lnk_1", "mode": "link", "purpose": "both",
        "account_selection": "many", "origin": "https://app.example", "institution_id": "ins_1",
        "client": {"name": "Acorn", "help_url": "https://a.example", "privacy_url": "https://b.example"},
        "provider": {"name": "Quovo", "keeps_login": true, "usual_seconds": 20, "same_login_pause_s": 360,
            "deposits": {"usual_days": 2, "descriptor": "ACCTVERIFY"},
            "practice": {"username": "practice-good", "passcode": "practice"}},
        "deposits": {"automatic": true, "manual": true}, "deposit_id": "dep_1",
        "expires_at": "2026-11-20T09:30:00Z", "idle_s": 1800, "remaining_s": 14400, "can_redirect": true, "data": ["accounts"], "consent": consent, "popular": {"institutions": [institution], "total": 31, "read_as": "routing_number", "next_cursor": "abc"},
        "unfinished": [{"kind": "deposit", "deposit": deposit(&json!({"step": "wait_for_deposit"}))},
            {"kind": "connection", "connection": {"id": "con_1", "revision": 1, "method": "credentials",
            "status": "null", "institution": {"id": "ins_1", "name": "H"}, "next": {"step": "start_again"}}},
            {"kind": "earlier", "id": "con_2", "institution": {"id": "ins_1", "name": "H"},
                "begun_at": "2026-11-20T09:30:00Z"}]}});
    for wire in variations(&session) {
        readers_agree::<OpenedSession>(&wire);
    }
    let detail = json!({"institution": institution, "methods": ["credentials", "bank_login", "odd"],
        "fields": [{"id": "username", "kind": "username"}], "notes": "Hi", "website": "https://harbour.example",
        "existing": "con_9"});
    for wire in variations(&detail) {
        readers_agree::<InstitutionDetail>(&wire);
    }
    let problem = json!({"type": "/problems/invalid_input", "title": "x", "status": 422, "code": "invalid_input",
        "retryable": false, "retry_after_s": 3, "request_id": "req_1",
        "fields": [{"field": "fields.0.value", "problem": "not_a_practice_login"}],
        "connection": {"id": "con_1", "revision": 1, "method": "credentials", "status": "null",
            "institution": {"id": "ins_1", "name": "H"}, "next": {"step": "start_again"}}});
    for wire in variations(&problem) {
        readers_agree::<Problem>(&wire);
    }
    for step in [
        json!({"step": "wait", "work": "sending"}),
        json!({"step": "wait_for_deposit", "expected_by": "2026-11-20T09:30:00Z"}),
        json!({"step": "wait_for_provider", "expected_by": "2026-11-20T09:30:00Z"}),
        json!({"step": "enter_amounts", "tries_left": 2, "wrong": true, "expected_by": "2026-11-20T09:30:00Z"}),
        json!({"step": "repair_connection", "connection_id": "con_1"}),
        json!({"step": "correct_account", "field": "routing_number"}),
        json!({"step": "use_another_account"}),
        json!({"step": "provider_retries"}),
        json!({"step": "verified"}),
        json!({"step": "failed", "reason": "not_confirmed_in_time"}),
        json!({"step": "replaced", "by": "dep_2"}),
        json!({"step": "withdrawn"}),
    ] {
        for wire in variations(&deposit(&step)) {
            readers_agree::<Deposit>(&wire);
        }
    }
    let facts = json!({"routing": "021000021", "state": "replaced", "bank": "Harbour", "replaced_by": "011000015",
        "institution": {"id": "ins_1", "name": "Harbour", "domain": "harbour.example"}});
    for wire in variations(&facts) {
        readers_agree::<RoutingNumberFacts>(&wire);
    }
    for message in [
        json!({"linchpin": 1, "type": "start", "token": "lt_1.s", "origin": "https://app.example", "inline": true}),
        json!({"linchpin": 1, "type": "open"}),
        json!({"linchpin": 1, "type": "close"}),
    ] {
        for wire in variations(&message) {
            readers_agree::<Envelope<HostMessage>>(&wire);
        }
    }
    for wire in variations(&json!({"url": "https://link.example/go/t", "seconds": 300})) {
        readers_agree::<AuthorizeTicket>(&wire);
    }
    let life = json!({"idle_expires_at": "2026-11-20T09:30:00Z", "expires_at": "2026-11-20T09:40:00Z", "idle_s": 1800,
        "remaining_s": 2400});
    for wire in variations(&life) {
        readers_agree::<SessionLife>(&wire);
    }
    for wire in variations(&json!({"public_token": "pt_1", "expires_at": "2026-11-20T09:30:00Z"})) {
        readers_agree::<PublicToken>(&wire);
    }
}
