//! Bodies as Basiq documents them, and as it may send them.

use super::accounts;
use super::causes::Cause;
use super::jobs::{self, Limit, Progress};
use super::listing::{Offered, listings, readable};
use super::login;
use super::place::{Method, Place, Way};
use super::statuses::{Seen, left_alone_until, observation, remember};
use super::upkeep::care;
use super::wire;
use super::wire_accounts::Account;
use crate::aggregators::{AccountNames, Channel, Listing, Observation, Step};
use crate::config::SignIn;
use crate::store::UpstreamUser;
use crate::tokens::Key;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{
    AccountKind, Answer, Challenge, ChallengeId, ConnectionId, CredentialProblem, FailureReason,
    InstitutionId, LaterReason, NotVerifiable, Purpose, Secret, Stage,
};

fn place(way: Way) -> Place {
    let (user, institution) = (UpstreamUser("usr-01".to_owned()), InstitutionId::new("ins_AU00000"));
    Place::new(&user, &institution, Purpose::Verify, way).unwrap()
}

fn job(steps: &str) -> wire::Job {
    let json = format!(
        r#"{{"type":"job","id":"job-01","jobType":"connection","created":"2025-03-01T01:00:00Z",
            "updated":"2025-03-01T01:00:20Z","steps":[{steps}],
            "links":{{"self":"https://au-api.basiq.io/jobs/job-01",
                      "source":"https://au-api.basiq.io/users/usr-01/connections/con-01"}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

fn step(title: &str, status: &str, result: &str) -> String {
    format!(r#"{{"title":"{title}","status":"{status}","result":{result}}}"#)
}

fn connection(status: &str, method: &str) -> wire::Connection {
    let json = format!(
        r#"{{"type":"connection","id":"con-01","method":"{method}","status":"{status}",
            "createdDate":"2025-03-01T01:00:00Z","lastUsed":"2025-03-04T02:15:00Z","expiryDate":"",
            "institution":{{"type":"institution","id":"AU00000"}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// Looks, and remembers.
fn look(place: &mut Place, job: Option<&wire::Job>, connection: Option<&wire::Connection>) -> Observation {
    let seen = Seen { job: job.map(|job| (job, jobs::progress(job))), connection };
    remember(place, &seen, Timestamp::UNIX_EPOCH);
    observation(place, &seen, Some(true))
}

const VERIFIED: &str = r#"{"type":"link","url":"/users/usr-01/connections/con-01"}"#;

#[test]
fn a_failure_comes_before_the_steps_that_stay_pending_behind_it() {
    let wrong = r#"{"code":"invalid-credentials","title":"...","detail":"..."}"#;
    let steps = [
        step("verify-credentials", "failed", wrong),
        step("mfa-challenge", "pending", "null"),
        step("retrieve-accounts", "pending", "null"),
    ];
    let progress = jobs::progress(&job(&steps.join(",")));
    assert!(matches!(progress, Progress::Failed { cause: Cause::Login, .. }), "{progress:?}");
}

#[test]
fn a_question_that_was_not_asked_is_no_obstacle() {
    let steps = |mfa: &str, accounts: &str| {
        [
            step("verify-credentials", "success", VERIFIED),
            step("mfa-challenge", mfa, "null"),
            step("retrieve-accounts", accounts, "null"),
            step("something-new", accounts, "7"),
        ]
        .join(",")
    };
    let progress = |mfa, accounts| jobs::progress(&job(&steps(mfa, accounts)));
    assert_eq!(progress("skipped", "success"), Progress::Done);
    assert_eq!(progress("skipped", "in-progress"), Progress::Running(Stage::Reading));
    assert_eq!(progress("pending", "pending"), Progress::Running(Stage::SigningIn));
    assert_eq!(progress("in-progress", "pending"), Progress::Running(Stage::SigningIn), "answered");
    let failed = progress("failed", "pending");
    assert_eq!(failed, Progress::Failed { cause: Cause::Unanswered, told: None });
}

#[test]
fn a_job_without_steps_is_not_done() {
    assert_eq!(jobs::progress(&job("")), Progress::Running(Stage::SigningIn));
}

fn asked(result: &str) -> (Vec<Challenge>, Limit) {
    let steps = [
        step("verify-credentials", "in-progress", "null"),
        step("mfa-challenege", "in-progress", result),
        step("retrieve-accounts", "pending", "null"),
    ];
    match jobs::progress(&job(&steps.join(","))) {
        Progress::Asking { items, limit } => (items, limit),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_is_asked_for_as_documented() {
    let (items, limit) = asked(
        r#"{"type":"mfa","method":"token","description":"shown to the user","input":["OTP Password"],
            "expiryMs":120000,"links":{"response":"/jobs/job-02/mfa"}}"#,
    );
    let code = Challenge::Code { id: ChallengeId::new("chl_0"), prompt: "shown to the user".to_owned() };
    assert_eq!(items, [code]);
    assert_eq!(limit, Limit::For(SignedDuration::from_secs(120)));
}

#[test]
fn a_limit_that_nobody_could_keep_is_no_countdown() {
    let limit =
        |ms: &str| asked(&format!(r#"{{"type":"mfa","method":"token","input":["Code"],"expiryMs":{ms}}}"#)).1;
    assert_eq!(limit("3600"), Limit::Soon);
    assert_eq!(limit("-1"), Limit::Soon);
    assert_eq!(limit("null"), Limit::None);
    assert_eq!(limit("1e300"), Limit::For(SignedDuration::from_hours(1)));
}

#[test]
fn questions_keep_their_order_and_unknown_methods_are_questions() {
    let prompts = |result: &str| {
        let (items, _) = asked(result);
        assert!(items.iter().all(|item| matches!(item, Challenge::Text { .. })), "{items:?}");
        items.iter().map(|item| item.prompt().to_owned()).collect::<Vec<_>>()
    };
    let several =
        r#"[{"type":"mfa","method":"security-questions","description":"","input":["Company?","Bank?"]}]"#;
    assert_eq!(prompts(several), ["Company?", "Bank?"], "also as a list of results");
    let new = r#"{"type":"mfa","method":"palm-reading","description":"Your palm:","input":["Left","Right"]}"#;
    assert_eq!(prompts(new), ["Your palm: Left", "Your palm: Right"]);
}

#[test]
fn a_question_is_asked_also_where_something_beside_it_is_odd() {
    let (items, limit) = asked(
        r#"{"type":"mfa","method":"token","description":7,"input":["Code"],"expiryMs":"120000","code":[]}"#,
    );
    let code = Challenge::Code { id: ChallengeId::new("chl_0"), prompt: "Code".to_owned() };
    assert_eq!((items.as_slice(), limit), ([code].as_slice(), Limit::None));
    let (items, _) = asked(r#"{"type":"mfa","method":"token","description":"Open the app","input":null}"#);
    assert!(matches!(items.as_slice(), [Challenge::Approve { .. }]), "{items:?}");
    for unreadable in [r#""Code""#, "[1]", r#"[["Code"]]"#, "{}"] {
        let (items, _) = asked(&format!(r#"{{"type":"mfa","method":"token","input":{unreadable}}}"#));
        assert_eq!(items, [Challenge::Unknown], "{unreadable}: nothing is confirmed that cannot be read");
    }
    for soon in ["0", "-1", "3600", "1e-9"] {
        let (_, limit) =
            asked(&format!(r#"{{"type":"mfa","method":"token","input":["C"],"expiryMs":{soon}}}"#));
        assert_eq!(limit, Limit::Soon, "{soon}");
    }
    let (_, limit) = asked(r#"{"type":"mfa","method":"token","input":["C"],"expiryMs":1e300}"#);
    assert_eq!(limit, Limit::For(SignedDuration::from_hours(1)), "nobody waits longer");
}

#[test]
fn without_anything_to_type_it_is_approved_elsewhere_and_said() {
    let (items, _) = asked(r#"{"type":"mfa","method":"token","description":"Open the app","input":[]}"#);
    let [approve @ Challenge::Approve { id, prompt, confirm: true }] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert!(approve.wants_answer());
    assert_eq!(prompt, "Open the app");
    let answer = Answer { id: id.clone(), value: Secret::new("") };
    assert_eq!(jobs::in_order(&[answer]), Some(vec!["confirmed"]));
}

#[test]
fn answers_go_back_in_the_order_of_the_questions_and_none_is_left_out() {
    let answer = |id: &str, value: &str| Answer { id: ChallengeId::new(id), value: Secret::new(value) };
    let both = [answer("chl_1", "b"), answer("chl_0", "a")];
    assert_eq!(jobs::in_order(&both), Some(vec!["a", "b"]));
    assert_eq!(jobs::in_order(&[answer("chl_1", "b")]), None);
    assert_eq!(jobs::in_order(&[answer("chl_0", "a"), answer("chl_0", "b")]), None);
    assert_eq!(jobs::in_order(&[answer("70031", "a")]), None);
}

#[test]
fn a_job_tells_of_its_connection_by_link_or_by_its_first_result() {
    assert_eq!(jobs::connection(&job(""), "usr-01").as_deref(), Some("con-01"));
    let mut unlinked = job(&step("verify-credentials", "success", VERIFIED));
    unlinked.links = None;
    assert_eq!(jobs::connection(&unlinked, "usr-01").as_deref(), Some("con-01"), "relative, too");
    assert_eq!(jobs::connection(&unlinked, "usr-02"), None, "it is somebody else's");
    unlinked.links = Some(wire::JobLinks { source: Some("/users/usr-01/connections/../x".to_owned()) });
    assert_eq!(jobs::connection(&unlinked, "usr-01").as_deref(), Some("con-01"), "that is no name");
    unlinked.steps.clear();
    assert_eq!(jobs::connection(&unlinked, "usr-01"), None);
}

#[test]
fn each_status_has_its_step() {
    let seen = |way, status: &str| look(&mut place(way), None, Some(&connection(status, "web"))).step;
    for way in [Way::Login, Way::Consent] {
        assert_eq!(seen(way, "pending"), Step::Wait { stage: Stage::SigningIn, percent: None });
        assert_eq!(seen(way, "pre-init"), Step::SIGN_IN_AGAIN);
        assert_eq!(seen(way, "init"), Step::Wait { stage: Stage::Reading, percent: None });
        assert_eq!(seen(way, "active"), Step::Ready);
        for gone in ["deleted", "revoked"] {
            assert_eq!(seen(way, gone), Step::Closed, "{gone}");
        }
        assert_eq!(seen(way, "under-review"), Step::Failed { reason: FailureReason::Unknown });
    }
    for invalid in ["invalid", "invalid-connection"] {
        assert_eq!(seen(Way::Login, invalid), Step::StartAgain, "it may be refreshed by hand");
    }
    assert_eq!(
        look(&mut place(Way::Login), None, None).step,
        Step::Credentials { problem: CredentialProblem::None }
    );
    assert_eq!(
        look(&mut place(Way::Consent), None, None).step,
        Step::Authorize { untried: true, left: false }
    );
}

#[test]
fn why_it_failed_outlives_the_job_that_told() {
    let mut place = place(Way::Login);
    let wrong = r#"{"code":"invalid-credentials","title":"...","detail":"account locked"}"#;
    let failed = job(&step("verify-credentials", "failed", wrong));
    let broken = connection("invalid", "web");
    let locked = Step::Credentials { problem: CredentialProblem::Locked };
    assert_eq!(look(&mut place, Some(&failed), Some(&broken)).step, locked);
    assert_eq!(look(&mut place, None, Some(&broken)).step, locked, "after a week");
    let works = connection("active", "web");
    assert_eq!(look(&mut place, None, Some(&works)).step, Step::Ready);
    assert_eq!((place.cause, place.good), (None, true), "that is over");
}

#[test]
fn trouble_at_the_bank_is_not_tried_again_by_itself() {
    let down = r#"{"code":"service-unavailable","title":"...","detail":"..."}"#;
    let failed = job(&step("retrieve-accounts", "failed", down));
    let seen = look(&mut place(Way::Login), Some(&failed), Some(&connection("invalid", "web")));
    let later = Step::Later { reason: LaterReason::InstitutionUnavailable, retries_itself: false };
    assert_eq!(seen.step, later);
}

#[test]
fn trouble_is_counted_once_a_job_and_forgotten_when_it_is_over() {
    let mut place = place(Way::Login);
    let broken = connection("invalid", "web");
    let down = r#"{"code":"service-unavailable","title":"...","detail":"..."}"#;
    let failed = job(&step("verify-credentials", "failed", down));
    let until = |minutes| Some(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes));
    for (tries, minutes) in [(1, 10), (2, 10), (3, 24 * 60), (4, 24 * 60)] {
        look(&mut place, Some(&failed), Some(&broken));
        look(&mut place, Some(&failed), Some(&broken));
        look(&mut place, None, Some(&broken));
        assert_eq!(
            (place.troubles, left_alone_until(&place)),
            (tries, until(minutes)),
            "its clock runs ahead"
        );
        place.begin("job-02".to_owned());
        assert_eq!(left_alone_until(&place), None, "it runs");
    }
    let wrong = job(&step("verify-credentials", "failed", r#"{"code":"invalid-credentials"}"#));
    look(&mut place, Some(&wrong), Some(&broken));
    assert_eq!((place.troubles, left_alone_until(&place)), (0, None), "the bank was there");
    place.begin("job-03".to_owned());
    look(&mut place, Some(&failed), Some(&broken));
    look(&mut place, None, Some(&connection("active", "web")));
    assert_eq!((place.troubles, left_alone_until(&place)), (0, None));
}

#[test]
fn another_login_that_meets_an_outage_is_retried_by_basiq_for_a_week() {
    let mut place = place(Way::Login);
    place.persists = true;
    let broken = connection("invalid", "web");
    let failed = |code: &str| job(&step("verify-credentials", "failed", &format!(r#"{{"code":"{code}"}}"#)));
    let retries = |place: &mut Place, code: &str| match look(place, Some(&failed(code)), Some(&broken)).step {
        Step::Later { retries_itself, .. } => retries_itself,
        other => panic!("{other:?}"),
    };
    assert!(retries(&mut place, "service-unavailable"));
    let seen = Seen { job: None, connection: Some(&broken) };
    remember(&mut place, &seen, Timestamp::UNIX_EPOCH + SignedDuration::from_hours(7 * 24));
    assert!(!place.persists, "a week later it is given up");
    place.begin("job-02".to_owned());
    place.persists = true;
    assert!(!retries(&mut place, "connector-error"), "only an outage is waited out");
}

#[test]
fn what_works_all_the_same_works() {
    let failed = job(&step("retrieve-transactions", "failed", r#"{"code":"unknown-error"}"#));
    let seen = look(&mut place(Way::Login), Some(&failed), Some(&connection("active", "web")));
    assert_eq!(seen.step, Step::Ready);
}

#[test]
fn a_countdown_starts_when_it_is_first_seen_and_does_not_start_over() {
    let mut place = place(Way::Login);
    let asked = r#"{"type":"mfa","method":"token","input":["Code"],"expiryMs":120000}"#;
    let asking = job(&step("mfa-challenge", "in-progress", asked));
    let seen = Seen { job: Some((&asking, jobs::progress(&asking))), connection: None };
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    for now in [at(100), at(130)] {
        remember(&mut place, &seen, now);
        let Step::Challenges { expires_at, soon, .. } = observation(&place, &seen, None).step else {
            panic!()
        };
        assert_eq!((expires_at, soon), (Some(at(220)), false));
    }
    assert!(place.asks, "from now on it is known that the person has to be there");
    look(&mut place, Some(&job("")), None);
    assert_eq!(place.asked_at, None);
}

#[test]
fn facts_are_those_of_the_connection() {
    let mut at = place(Way::Consent);
    let mut bank = connection("active", "open-banking");
    bank.expiry_date = Some("2025-09-01T00:00:00Z".to_owned());
    let seen = look(&mut at, None, Some(&bank));
    assert_eq!(seen.expires_at.unwrap().to_string(), "2025-09-01T00:00:00Z");
    assert_eq!(seen.last_success_at.unwrap().to_string(), "2025-03-04T02:15:00Z");
    assert_eq!((seen.updates_itself, seen.provider_status.as_deref()), (Some(true), Some("active")));
    assert_eq!(at.method, Some(Method::OpenBanking));
    let mut web = connection("pre-init", "web");
    web.mfa_enabled = Some(true);
    let seen = look(&mut place(Way::Login), None, Some(&web));
    assert_eq!(seen.updates_itself, Some(false), "the person has to be there");
    assert_eq!((seen.expires_at, seen.last_success_at), (None, None));
    assert_eq!(seen.provider_status.as_deref(), Some("pre-init"));
}

#[test]
fn what_can_be_done_follows_the_status() {
    let offered = Some(Offered { web: true, open_banking: true });
    let of = |status: &str, method: &str, cause: Option<Cause>| {
        let mut place = place(Way::Login);
        place.connection = Some("con-01".to_owned());
        place.cause = cause;
        let seen = look(&mut place, None, Some(&connection(status, method)));
        care(&place, &seen, offered)
    };
    let active = of("active", "web", None);
    assert!(active.refresh && active.purge && active.delete);
    assert_eq!((active.most_refreshes_a_day, active.keeps_data), (None, Some(true)));
    assert_eq!((active.channel, active.moves_to), (Some(Channel::Web), Some(Channel::OpenBanking)));
    let by_consent = of("active", "openbanking", None);
    assert_eq!(by_consent.most_refreshes_a_day, Some(20));
    let invalid = of("invalid", "web", None);
    assert!(invalid.refresh && !invalid.purge && invalid.delete, "only an active one can be purged");
    let wrong_login = of("invalid", "web", Some(Cause::Login));
    assert!(!wrong_login.refresh && wrong_login.delete);
    for status in ["pending", "pre-init", "init", "under-review"] {
        let care = of(status, "web", None);
        assert!(!care.refresh && !care.purge && care.delete, "{status}");
    }
    let gone = of("revoked", "web", None);
    assert!(!gone.refresh && !gone.purge && !gone.delete && gone.moves_to.is_none());
}

fn listed(connectors: &str, sign_in: SignIn, practice: bool) -> Vec<Listing> {
    let list: wire::List<wire::Entry<wire::Connector>> =
        serde_json::from_str(&format!(r#"{{"type":"list","totalCount":1,"data":[{connectors}]}}"#)).unwrap();
    listings(readable(list.data).unwrap(), sign_in, practice).0
}

fn connector(method: &str, kind: &str, more: &str) -> String {
    format!(
        r#"{{"type":"connector","id":"AU00101","method":"{method}","stage":"live","status":"operational",
            "institution":{{"type":"Bank","name":"Bank of Placeholders","shortName":"BoP","country":"Australia",
                            "tier":"2"}},
            "authorization":{{"type":"{kind}","meta":{{"login_id_caption":"Client number",
                              "password_caption":"Password","secondary_login_id_caption":null,
                              "security_code_caption":"Security code","forgotten_password_url":null}}}},
            "stats":{{"averageDurationMs":null}}{more}}}"#
    )
}

#[test]
fn several_connectors_of_one_institution_are_one_listing() {
    let both = [connector("web", "user", ""), connector("openbanking", "other", "")].join(",");
    let offers = |sign_in| {
        let listed = listed(&both, sign_in, false);
        let [only] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((only.id.as_str(), only.popularity), ("ins_AU00101", 300));
        (only.credentials, only.bank_login)
    };
    assert_eq!(offers(SignIn::Credentials), (true, false));
    assert_eq!(offers(SignIn::Consent), (false, true));
    assert_eq!(offers(SignIn::Both), (true, true));
}

#[test]
fn a_field_is_asked_for_where_it_has_a_caption() {
    let form = |connectors: &str| {
        let listed = listed(connectors, SignIn::Credentials, false);
        let fields = login::form(&listed[0]).into_iter();
        fields.map(|field| (field.id.to_string(), field.label)).collect::<Vec<_>>()
    };
    let labelled = |id: &str, label: &str| (id.to_owned(), Some(label.to_owned()));
    let expected = [
        labelled("username", "Client number"),
        labelled("password", "Password"),
        labelled("security_code", "Security code"),
    ];
    assert_eq!(form(&connector("web", "user-mfa", "")), expected);
    assert_eq!(form(&connector("web", "token", "")), [labelled("user_token", "Password")]);
}

#[test]
fn captions_and_names_are_short_lines_without_tricks() {
    let tricky = connector("web", "user", "")
        .replace("Client number", "Client\\u202e number\\u0007\\nhere")
        .replace("Security code", &"x".repeat(10_000))
        .replace("Bank of Placeholders", "Bank\\u2066 of\\u2028 Placeholders");
    let listed = listed(&tricky, SignIn::Credentials, false);
    assert_eq!(listed[0].name, "Bank of Placeholders");
    let labels: Vec<_> = login::form(&listed[0]).into_iter().filter_map(|field| field.label).collect();
    assert_eq!(labels[0], "Client number here");
    assert_eq!(labels[2].len(), 100);
    let token = connector("web", "token", "").replace("Password", "\\u202eToken");
    let token = self::listed(&token, SignIn::Credentials, false);
    assert_eq!(login::form(&token[0])[0].label.as_deref(), Some("Token"));
}

#[test]
fn one_entry_that_does_not_read_does_not_hide_the_others() {
    let good = connector("web", "user", "");
    for bad in ["7", "null", r#"{"id":7}"#, r#"{"id":"AU00102","institution":[]}"#] {
        assert_eq!(listed(&format!("{bad},{good}"), SignIn::Credentials, false).len(), 1, "{bad}");
        let all: wire::List<wire::Entry<wire::Connector>> =
            serde_json::from_str(&format!(r#"{{"data":[{bad}]}}"#)).unwrap();
        assert!(readable(all.data).is_none(), "{bad}: that is no directory");
    }
}

#[test]
fn what_cannot_be_linked_is_not_listed() {
    let listed = |connectors: &str| listed(connectors, SignIn::Credentials, false);
    assert_eq!(listed(&connector("web", "other", "")), []);
    assert_eq!(listed(&connector("csv", "user", "")), []);
    assert_eq!(listed(&connector("openbanking", "user", "")), [], "there is no page to go to");
    assert_eq!(listed(&connector("web", "user", "").replace("live", "alpha")), []);
    assert_eq!(listed(&connector("web", "user", "").replace("AU00101", "../x")), []);
    assert_eq!(listed(&connector("web", "user", "").replace("\"Bank\"", "\"Test Bank\"")), []);
    let down = connector("web", "user", "").replace("operational", "major-outage");
    assert!(!listed(&down)[0].available, "found, and not to be linked now");
    let mended = connector("web", "user", "").replace("operational", "under-maintenance");
    assert!(listed(&mended)[0].available);
}

fn accounts_of(accounts: &str) -> Vec<Account> {
    let list: wire::List<Account> =
        serde_json::from_str(&format!(r#"{{"type":"list","data":[{accounts}]}}"#)).unwrap();
    accounts::of(list.data, "AU00000", "8fce3b")
}

fn names() -> AccountNames {
    AccountNames::new(Key::new(&Secret::new("key")), ConnectionId::new("con_1"))
}

const ACCOUNT: &str = r#"{"type":"account","id":"s55bf3","name":"","displayName":"Everyday","accountHolder":"GAVIN BELSON",
    "accountNo":"600000157441965","availableFunds":"420.28","balance":"356.50","creditLimit":null,
    "class":{"type":"transaction","product":"Hooli Transaction"},"connection":"8fce3b","currency":"AUD",
    "institution":"AU00000","lastUpdated":"2019-09-28T13:39:33Z","status":"available","isOwned":true}"#;

#[test]
fn an_account_is_read_as_documented() {
    let verified = accounts::verified(accounts_of(ACCOUNT), &names());
    let account = &verified[0];
    assert_eq!((account.name.as_str(), account.kind), ("Everyday", AccountKind::Checking));
    let number = account.account_number.as_ref().map(Secret::expose);
    assert_eq!((account.bsb.as_deref(), number), (Some("600000"), Some("157441965")));
    assert_eq!((&account.routing, &account.wire_routing), (&None, &None));
    assert_eq!(account.present_balance.as_ref().unwrap().cents.0, 35_650);
    assert_eq!(account.available_balance.as_ref().unwrap().cents.0, 42_028);
    assert_eq!(account.owner_names.as_deref(), Some(["GAVIN BELSON".to_owned()].as_slice()));
    let masked = accounts::masked(&accounts_of(ACCOUNT), true, &names());
    assert_eq!(masked.accounts[0].last_digits.as_deref(), Some("1965"));
    assert_eq!(masked.accounts[0].not_verifiable, None);
}

#[test]
fn a_bsb_is_six_digits_however_it_is_written_and_nothing_else_is_one() {
    let read = |number: &str, more: &str| {
        let json = ACCOUNT.replace("\"600000157441965\"", &format!("{number}{more}"));
        let account = accounts::verified(accounts_of(&json), &names()).remove(0);
        account.bsb.zip(account.account_number.map(|number| number.expose().to_owned()))
    };
    let found = |bsb: &str, number: &str| Some((bsb.to_owned(), number.to_owned()));
    for number in ["\"062000123456\"", "\"062000-123456\"", "\"062-000 123456\"", "\"062 000 123 456\""] {
        assert_eq!(read(number, ""), found("062000", "123456"), "{number}");
    }
    assert_eq!(
        read("null", r#","bsb":"062000","unmaskedAccNum":"00123456""#),
        found("062000", "00123456"),
        "leading zeros stay"
    );
    for bad in ["\"123456\"", "\"06200012\"", "\"xxxxxx123456\"", "\"\"", "null", "\"062000x12345\""] {
        assert_eq!(read(bad, ""), None, "{bad}");
    }
    assert_eq!(read("\"062000123456\"", r#","bsb":"062001""#), None, "they contradict each other");
}

#[test]
fn the_number_of_a_card_is_not_handed_on() {
    let card =
        ACCOUNT.replace("\"transaction\"", "\"credit-card\"").replace("600000157441965", "4111111111111111");
    let card = card.replace("\"status\"", r#""maskedNumber":"xxxx xxxx xxxx 1111","status""#);
    let verified = accounts::verified(accounts_of(&card), &names());
    assert!(verified[0].account_number.is_none() && verified[0].bsb.is_none());
    let masked = accounts::masked(&accounts_of(&card), true, &names());
    assert_eq!(masked.accounts[0].last_digits.as_deref(), Some("1111"));
    assert_eq!(masked.accounts[0].not_verifiable, Some(NotVerifiable::NoTransfers));
}

#[test]
fn accounts_of_other_connections_are_not_this_ones() {
    let other = ACCOUNT.replace("8fce3b", "another");
    let gone = ACCOUNT.replace("\"available\"", "\"unavailable\"");
    let elsewhere = ACCOUNT.replace("AU00000", "AU00001");
    assert!(accounts_of(&[other, gone, elsewhere].join(",")).is_empty());
    let odd = ACCOUNT.replace("\"AUD\"", "\"\u{202e}\"");
    let money = accounts::verified(accounts_of(&odd), &names()).remove(0).present_balance.unwrap();
    assert_eq!(money.currency.as_str(), "AUD", "three letters, or none");
}
