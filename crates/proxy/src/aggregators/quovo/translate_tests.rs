use super::challenges::challenge_id;
use super::translate::*;
use super::wire;
use crate::aggregators::Step;
use linchpin_protocol::{
    Challenge, ChallengeId, ChoiceOption, CredentialProblem, FailureReason, LaterReason, PictureOption, Stage,
};

fn read(phase: Phase, json: &str) -> crate::aggregators::Observation {
    let reply: wire::SyncReply = serde_json::from_str(json).unwrap();
    observation(phase, &reply.sync, reply.challenges.as_deref().unwrap_or_default(), None)
}

fn status(phase: Phase, status: &str) -> Step {
    read(phase, &format!(r#"{{"sync":{{"connection_id":70031,"config_instructions":null,"status":{status},"progress":null}}}}"#))
        .step
}

fn challenges(items: &str) -> Step {
    let json = format!(
        r#"{{"sync":{{"connection_id":70031,"config_instructions":null,"status":"challenges","progress":null}},
            "challenges":[{items}]}}"#
    );
    read(Phase::Aggregate, &json).step
}

#[test]
fn every_status_has_its_step() {
    let later = |reason| Step::Later { reason, retries_itself: true };
    for (word, expected) in [
        ("null", Step::Credentials { problem: CredentialProblem::None }),
        ("\"syncing\"", Step::Wait { stage: Stage::SigningIn, percent: None }),
        ("\"good\"", Step::Ready),
        ("\"incorrect_credentials\"", Step::Credentials { problem: CredentialProblem::Incorrect }),
        ("\"challenges\"", Step::Challenges { items: vec![], expires_at: None, soon: false }),
        ("\"user_config\"", Step::Instructions { text: String::new() }),
        ("\"resync\"", Step::StartAgain),
        ("\"postponed\"", later(LaterReason::Postponed)),
        ("\"maintenance\"", later(LaterReason::Maintenance)),
        ("\"institution_unavailable\"", later(LaterReason::InstitutionUnavailable)),
        ("\"no_accounts\"", Step::NoAccounts),
        ("\"deleted\"", Step::Closed),
        ("\"on_holiday\"", Step::Failed { reason: FailureReason::Unknown }),
        ("\"GOOD\"", Step::Failed { reason: FailureReason::Unknown }),
    ] {
        assert_eq!(status(Phase::Aggregate, word), expected, "status {word}");
    }
}

#[test]
fn what_good_means_depends_on_what_was_asked() {
    assert_eq!(
        status(Phase::AggregateFirst, "\"good\""),
        Step::NumbersDue,
        "the numbers are still to be read"
    );
    assert_eq!(status(Phase::Auth, "\"good\""), Step::Ready, "an auth sync has read them");
    assert_eq!(
        status(Phase::Auth, "\"syncing\""),
        Step::Wait { stage: Stage::Verifying, percent: None },
        "an auth sync gives no progress"
    );
}

#[test]
fn progress_is_read_as_a_share_or_as_percent() {
    for (progress, stage, percent) in [
        (r#"{"message":"queued","percent":0.0,"state":"queued"}"#, Stage::SigningIn, Some(0)),
        (r#"{"message":"x","percent":0.5,"state":"syncing"}"#, Stage::Reading, Some(50)),
        (r#"{"message":"x","percent":1.0,"state":"finished"}"#, Stage::Reading, Some(100)),
        (r#"{"message":"x","percent":72,"state":"syncing"}"#, Stage::Reading, Some(72)),
        (r#"{"message":"x","percent":720.5,"state":"syncing"}"#, Stage::Reading, Some(100)),
        (r#"{"message":"x","percent":-3,"state":"syncing"}"#, Stage::SigningIn, None),
        (r#"{"message":"x","percent":null}"#, Stage::SigningIn, None),
        ("null", Stage::SigningIn, None),
    ] {
        let json = format!(r#"{{"sync":{{"connection_id":1,"status":"syncing","progress":{progress}}}}}"#);
        assert_eq!(read(Phase::Aggregate, &json).step, Step::Wait { stage, percent }, "{progress}");
    }
}

#[test]
fn a_question_is_a_text_challenge() {
    let step = challenges(
        r#"{"type":"question","id":811,"connection_id":70031,"expires":null,"should_answer":true,
            "question":"Name of your first pet?"}"#,
    );
    let prompt = "Name of your first pet?".to_owned();
    let items = vec![Challenge::Text { id: challenge_id(811, false), prompt }];
    assert_eq!(step, Step::Challenges { items, expires_at: None, soon: false });
}

/// The one challenge that comes of a payload, under the type word `question`.
fn carrying(payload: &str) -> Challenge {
    let json = format!(
        r#"{{"type":"question","id":812,"expires":null,"should_answer":true,"question":"Which?",{payload}}}"#
    );
    match challenges(&json) {
        Step::Challenges { mut items, .. } if items.len() == 1 => items.remove(0),
        other => panic!("{other:?}"),
    }
}

const PICTURE: &str = "data:image/png;base64,AA==";

#[test]
fn what_a_question_carries_decides_its_kind() {
    let prompt = || "Which?".to_owned();
    let option = |key: &str, label: &str, category: Option<&str>| ChoiceOption {
        key: key.to_owned(),
        label: label.to_owned(),
        category: category.map(str::to_owned),
    };
    assert_eq!(
        carrying(
            r#""choices":[{"key":4,"value":"Elm","category":"Voice"},{"key":7,"value":"Oak","category":null}]"#
        ),
        Challenge::Choice {
            id: challenge_id(812, true),
            prompt: prompt(),
            options: vec![option("4", "Elm", Some("Voice")), option("7", "Oak", None)],
        }
    );
    assert_eq!(
        carrying(r#""choices":[{"value":"Elm"},"Oak"]"#),
        Challenge::Choice {
            id: challenge_id(812, true),
            prompt: prompt(),
            options: vec![option("0", "Elm", None), option("1", "Oak", None)],
        },
        "without a key, by its place"
    );
    assert_eq!(
        carrying(r#""choices":[{"key":"sms","value":"Elm"}]"#),
        Challenge::Choice {
            id: challenge_id(812, false),
            prompt: prompt(),
            options: vec![option("sms", "Elm", None)],
        }
    );
    assert_eq!(
        carrying(&format!(r#""image":{{"html":"<img onerror=x>","source":"{PICTURE}"}}"#)),
        Challenge::Image { id: challenge_id(812, false), prompt: prompt(), picture: PICTURE.to_owned() }
    );
    let pictures =
        format!(r#""image_choices":[{{"html":"","source":"{PICTURE}"}},{{"source":"{PICTURE}"}}]"#);
    let shown = |key: &str| PictureOption { key: key.to_owned(), picture: PICTURE.to_owned() };
    assert_eq!(
        carrying(&pictures),
        Challenge::ImageChoice {
            id: challenge_id(812, true),
            prompt: prompt(),
            options: vec![shown("0"), shown("1")],
        }
    );
}

#[test]
fn a_challenge_that_cannot_be_shown_whole_is_not_guessed_at() {
    let large = format!(r#""image":{{"source":"data:image/png;base64,{}"}}"#, "A".repeat(400_000));
    for payload in [
        r#""choices":[]"#,
        r#""choices":"Elm""#,
        r#""choices":[{"key":1,"value":"Elm"},{"key":1,"value":"Oak"}]"#,
        r#""choices":[{"key":1,"value":"Elm"},{"key":"b","value":"Oak"}]"#,
        r#""choices":[{"key":1}]"#,
        r#""image":{"source":"https://tracker.example/pixel.png"}"#,
        r#""image":{"source":"data:image/svg+xml;base64,AA=="}"#,
        r#""image":{"source":"data:image/png;base64,<script>"}"#,
        r#""image":{"html":"<img src=x>"}"#,
        r#""image_choices":[{"source":"data:image/png;base64,AA=="},{"source":"javascript:alert(1)"}]"#,
        large.as_str(),
    ] {
        assert_eq!(carrying(payload), Challenge::Unknown, "{payload:.80}");
    }
}

#[test]
fn what_is_wanted_in_time_is_a_code_and_what_is_approved_takes_no_answer() {
    let kind = |json: &str| match challenges(json) {
        Step::Challenges { mut items, .. } => items.remove(0),
        other => panic!("{other:?}"),
    };
    let code = kind(r#"{"type":"question","id":1,"expires":"soon","should_answer":true,"question":"Code?"}"#);
    assert_eq!(code, Challenge::Code { id: challenge_id(1, false), prompt: "Code?".to_owned() });
    let approval = kind(r#"{"type":"approval","id":2,"should_answer":false,"question":"In the app."}"#);
    assert_eq!(
        approval,
        Challenge::Approve { id: challenge_id(2, false), prompt: "In the app.".to_owned(), confirm: false }
    );
}

#[test]
fn an_answer_goes_out_as_what_its_challenge_takes() {
    let sent = |id: &str, value: &str| {
        let answer = super::challenges::answer(&ChallengeId::new(id), value)?;
        Some(serde_json::to_string(&answer).unwrap())
    };
    assert_eq!(sent("chl_811", "7").as_deref(), Some(r#"[811,"7"]"#));
    assert_eq!(sent("chl_812n", "7").as_deref(), Some("[812,7]"));
    for (id, value) in [("chl_812n", "Elm"), ("chl_", "x"), ("812", "x"), ("chl_8x", "x")] {
        assert_eq!(sent(id, value), None, "{id} {value}");
    }
}

#[test]
fn a_lock_is_told_from_a_wrong_login() {
    let json = r#"{"sync":{"status":"incorrect_credentials","error":{"id":"account_locked","message":"x"}}}"#;
    assert_eq!(read(Phase::Auth, json).step, Step::Credentials { problem: CredentialProblem::Locked });
    let json = r#"{"sync":{"status":"incorrect_credentials","error":{"id":"other","message":"x"}}}"#;
    assert_eq!(read(Phase::Auth, json).step, Step::Credentials { problem: CredentialProblem::Incorrect });
}

#[test]
fn an_empty_payload_of_another_kind_does_not_hide_a_text_question() {
    let step = challenges(
        r#"{"type":"question","id":1,"should_answer":true,"question":"Pet?","choices":null,"image":null,
            "image_choices":null}"#,
    );
    assert!(
        matches!(&step, Step::Challenges { items, .. } if matches!(items[..], [Challenge::Text { .. }])),
        "{step:?}"
    );
}

#[test]
fn only_what_should_be_answered_is_asked_with_two_ways_to_fall_back() {
    let ids = |items: &str| match challenges(items) {
        Step::Challenges { items, .. } => items
            .into_iter()
            .map(|item| item.id().map_or("unknown", |id| id.as_str()).to_owned())
            .collect::<Vec<_>>(),
        other => vec![format!("{other:?}")],
    };
    let marked = r#"{"id":1,"question":"a","should_answer":false,"last_asked":true,"is_answered":false},
                    {"id":2,"question":"b","should_answer":true}"#;
    assert_eq!(ids(marked), ["chl_2"], "the mark decides");
    let last = r#"{"id":1,"question":"a","should_answer":false,"last_asked":true,"is_answered":false},
                  {"id":2,"question":"b","should_answer":false,"last_asked":false,"is_answered":false}"#;
    assert_eq!(ids(last), ["chl_1"], "without a mark, what was asked last");
    let neither = r#"{"id":1,"question":"a","is_answered":true},{"id":2,"question":"b"}"#;
    assert_eq!(ids(neither), ["chl_2"], "without either, what is unanswered");
}

#[test]
fn a_time_limit_is_read_in_every_form_it_may_come_in() {
    let limit = |expires: &str| match challenges(&format!(
        r#"{{"id":1,"question":"Code?","should_answer":true,"expires":{expires}}}"#
    )) {
        Step::Challenges { expires_at, soon, .. } => (expires_at.map(|moment| moment.as_second()), soon),
        other => panic!("{other:?}"),
    };
    for (expires, expected) in [
        ("null", (None, false)),
        ("\"2024-03-01T10:00:00Z\"", (Some(1_709_287_200), false)),
        ("\"2024-03-01T10:00:00\"", (Some(1_709_287_200), false)),
        ("\"2024-03-01T10:00:00.250\"", (Some(1_709_287_200), false)),
        ("1709287200", (Some(1_709_287_200), false)),
        ("1709287200000", (Some(1_709_287_200), false)),
        ("\"1709287200\"", (Some(1_709_287_200), false)),
        ("\"in a minute\"", (None, true)),
        ("90", (None, true)),
        ("{}", (None, true)),
    ] {
        assert_eq!(limit(expires), expected, "{expires}");
    }
}

#[test]
fn of_several_limits_the_first_counts() {
    let step = challenges(
        r#"{"id":1,"question":"a","should_answer":true,"expires":1709287260},
           {"id":2,"question":"b","should_answer":true,"expires":1709287200}"#,
    );
    let Step::Challenges { expires_at, .. } = step else { panic!("{step:?}") };
    assert_eq!(expires_at.map(|moment| moment.as_second()), Some(1_709_287_200));
}

#[test]
fn times_and_facts_come_from_the_connection() {
    let connection: wire::Connection = serde_json::from_str(
        r#"{"id": 70031, "user_id": 501, "username": "host_user_501", "institution_id": 4101,
            "institution_name": "Harbour Savings", "status": "good", "config_instructions": null, "is_oauth": false,
            "is_disabled": false, "auto_updates": true, "created": "2024-03-01T10:00:00",
            "last_sync": "2024-03-01T10:00:00", "last_good_sync": null, "value": null}"#,
    )
    .unwrap();
    let sync = wire::Sync { status: Some("good".into()), ..wire::Sync::default() };
    let seen = observation(Phase::Aggregate, &sync, &[], Some(&connection));
    assert_eq!(seen.updates_itself, Some(true));
    assert_eq!(seen.last_attempt_at.map(|moment| moment.as_second()), Some(1_709_287_200));
    assert_eq!(seen.last_success_at, None);
}

#[test]
fn instructions_come_as_plain_text() {
    let json = r#"{"sync":{"status":"user_config","config_instructions":" Accept\u0000 the \u202eterms.\n2. Come back "}}"#;
    assert_eq!(
        read(Phase::Aggregate, json).step,
        Step::Instructions { text: "Accept the terms.\n2. Come back".to_owned() }
    );
}

#[test]
fn an_unknown_status_reaches_support_as_a_word_and_nothing_else() {
    let json = r#"{"sync":{"status":"weird <b>status</b> 4711"}}"#;
    let seen = read(Phase::Aggregate, json);
    assert_eq!(seen.status, "other");
    assert_eq!(seen.provider_status.as_deref(), Some("weirdbstatusb4711"));
}
