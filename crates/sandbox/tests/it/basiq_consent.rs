//! Basiq's consent page and what comes of it: open banking, logins typed there, renewals (basiq.md 2.10, 4 and 9).

use std::time::Duration;

use linchpin_sandbox::{BasiqEventKind, BasiqRules};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::basiq_support::{GOOD, Speaker, refused_with, speak, statuses};

const WATTLE: &str = "AU90001";
const HOOLI: &str = "AU00000";
const ALWAYS_ASKS: &str = "AU00002";
const BACK: &str = "https://link.example/return";

async fn speak_with_way_back() -> Speaker {
    let speaker = speak().await;
    speaker.practice.sandbox.set_basiq_redirect(BACK);
    speaker
}

impl Speaker {
    /// Opens the consent page; the address that the person is led to.
    async fn visit(&self, query: &str) -> String {
        let token = self.client_token("3.0").await;
        let url = format!("{}/consent/home?token={token}&{query}", self.practice.base);
        let answer = self.practice.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{query}");
        let place = answer.headers()["location"].to_str().unwrap();
        assert!(!place.contains(&token), "the token is left behind: {place}");
        format!("{}{place}", self.practice.base)
    }

    /// What the page shows.
    async fn page(&self, address: &str) -> String {
        let shown = self.practice.http.get(address).send().await.unwrap();
        assert_eq!(shown.status(), StatusCode::OK, "{address}");
        shown.text().await.unwrap()
    }

    /// Sends a form of the page; where that leads, without this service's own address.
    async fn fill(&self, address: &str, form: &str) -> String {
        let request = self.practice.http.post(address).body(form.to_owned());
        let sent = request.header("content-type", "application/x-www-form-urlencoded").send();
        tokio::pin!(sent);
        // A page that waits for a job does so by the clock.
        let answer = loop {
            tokio::select! {
                answer = &mut sent => break answer.unwrap(),
                () = tokio::time::sleep(Duration::from_millis(50)) => self.practice.pass(1_000),
            }
        };
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// A person agrees to everything at Wattle Bank; the job.
    async fn agreed(&self) -> String {
        let page = self.visit(&format!("state=s&institutionId={WATTLE}")).await;
        self.fill(&page, "choice=agree").await;
        job_of(&self.fill(&page, "choice=agree").await)
    }

    /// The id of a connection to Wattle Bank that is active.
    async fn connected_by_open_banking(&self) -> String {
        self.agreed().await;
        self.practice.pass(60_000);
        let connection = self.newest_connection().await;
        assert_eq!(connection["status"], "active", "{connection}");
        connection["id"].as_str().unwrap().to_owned()
    }

    fn minus_base<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(self.practice.base.as_str()).unwrap()
    }
}

/// The job in the address that people are led back to.
fn job_of(back: &str) -> String {
    let query = back.strip_prefix("https://link.example/return?").unwrap_or_else(|| panic!("{back}"));
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("jobIds="))
        .unwrap_or_else(|| panic!("{back}"))
        .to_owned()
}

#[tokio::test]
async fn a_person_agrees_here_and_at_the_bank_and_comes_back_with_a_job() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("action=null&state=a%26b&institutionId={WATTLE}")).await;
    let shown = speaker.practice.http.get(&page).send().await.unwrap();
    let policy = shown.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("form-action 'self' https://link.example;") && !policy.contains("unsafe"),
        "{policy}"
    );
    let text = shown.text().await.unwrap();
    assert!(text.contains("Practice") && !text.contains("<script"), "{text}");
    assert!(speaker.connections().await.is_empty(), "nothing before the consent");

    assert_eq!(speaker.fill(&page, "choice=agree").await, speaker.minus_base(&page));
    assert!(speaker.page(&page).await.contains("Wattle Bank"), "at the bank");
    let left = speaker.newest_connection().await;
    assert_eq!((&left["status"], &left["method"]), (&json!("pre-init"), &json!("open-banking")));
    assert_eq!(left["expiryDate"], "");

    let back = speaker.fill(&page, "choice=agree").await;
    let job = job_of(&back);
    assert_eq!(back, format!("{BACK}?jobIds={job}&state=a%26b"));
    assert_eq!(speaker.newest_connection().await["status"], "init", "agreed, and not yet read");
    assert_eq!(statuses(&speaker.job(&job).await), ["success", "in-progress", "pending"]);
    speaker.practice.pass(60_000);
    let active = speaker.newest_connection().await;
    assert_eq!(
        (&active["status"], &active["expiryDate"]),
        (&json!("active"), &json!("2027-03-01T10:00:00Z"))
    );
    let account = &speaker.accounts(WATTLE).await[0];
    assert_eq!(account["accountNo"], "600000-230145678");
    assert_eq!((&account["bsb"], &account["unmaskedAccNum"]), (&json!("600000"), &json!("230145678")));
    assert_eq!(account["maskedNumber"], "xxxxx5678");
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, None), 0);
    assert_eq!(speaker.practice.http.get(&page).send().await.unwrap().status(), 404, "a visit ends once");
}

#[tokio::test]
async fn who_says_no_comes_back_with_the_state_alone() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("state=s&institutionId={WATTLE}")).await;
    assert_eq!(speaker.fill(&page, "choice=cancel").await, format!("{BACK}?state=s"));
    assert!(speaker.connections().await.is_empty());

    let page = speaker.visit(&format!("state=t&institutionId={WATTLE}")).await;
    speaker.fill(&page, "choice=agree").await;
    assert_eq!(speaker.fill(&page, "choice=cancel").await, format!("{BACK}?state=t"));
    let connection = speaker.newest_connection().await;
    assert_eq!(connection["status"], "invalid");
    let jobs = speaker.get(&format!("/users/{}/jobs", speaker.user)).await;
    let step = &jobs["data"][0]["steps"][0];
    assert_eq!(
        (&step["status"], &step["result"]["code"]),
        (&json!("failed"), &json!("authorization-failed"))
    );
    assert_eq!(step["result"]["detail"], "access_denied");
}

#[tokio::test]
async fn who_leaves_stays_in_pre_init_until_a_new_run_has_come_further() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("state=s&institutionId={WATTLE}")).await;
    speaker.fill(&page, "choice=agree").await;
    let left = speaker.newest_connection().await["id"].as_str().unwrap().to_owned();
    speaker.practice.pass(10 * 60 * 1_000);
    assert_eq!(speaker.connection(&left).await["status"], "pre-init", "for as long as nobody decides");

    let page = speaker.visit(&format!("action=connect&state=s&institutionId={WATTLE}")).await;
    assert_eq!(speaker.connections().await.len(), 2, "consent was given: the bank is next");
    speaker.fill(&page, "choice=agree").await;
    let listed = speaker.connections().await;
    assert_eq!(listed.len(), 1, "the one that was left is listed no more: {listed:?}");
    assert_ne!(listed[0]["id"], left.as_str(), "a new run makes a new one");
}

#[tokio::test]
async fn a_yes_at_the_bank_can_be_heard_of_late() {
    let speaker = speak_with_way_back().await;
    let hears_after = Duration::from_secs(30);
    speaker.practice.sandbox.set_basiq_rules(BasiqRules { hears_after, ..BasiqRules::default() });
    let job = speaker.agreed().await;
    speaker.practice.pass(20_000);
    assert_eq!(speaker.newest_connection().await["status"], "pre-init");
    assert_eq!(statuses(&speaker.job(&job).await), ["in-progress", "pending", "pending"]);
    speaker.practice.pass(11_000);
    assert_eq!(speaker.newest_connection().await["status"], "init");
    speaker.practice.pass(60_000);
    assert_eq!(speaker.newest_connection().await["status"], "active");
}

#[tokio::test]
async fn who_goes_back_without_deciding_leaves_the_job_at_the_bank() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("state=s&institutionId={WATTLE}")).await;
    speaker.fill(&page, "choice=agree").await;
    assert_eq!(speaker.fill(&page, "choice=leave").await, format!("{BACK}?state=s"), "no job is named");
    speaker.practice.pass(1_800_000);
    assert_eq!(speaker.newest_connection().await["status"], "pre-init");
}

#[tokio::test]
async fn an_abandoned_page_can_be_brought_about() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("state=s&institutionId={WATTLE}")).await;
    speaker.fill(&page, "choice=agree").await;
    let left = speaker.newest_connection().await["id"].as_str().unwrap().to_owned();
    assert_eq!(speaker.force(&left, "abandon", json!({})).await, StatusCode::OK);
    assert_eq!(speaker.connection(&left).await["status"], "pre-init");
    let answer = speaker.practice.http.post(&page).body("choice=agree");
    let answer = answer.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "nobody decides there any more");
    let refresh = speaker.call(Method::POST, &format!("{}/refresh", speaker.path(&left)), Value::Null).await;
    refused_with(refresh, 400, "parameter-not-valid", "it has never been active");
}

#[tokio::test]
async fn a_login_is_typed_and_a_challenge_answered_on_the_page() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("state=s&institutionId={ALWAYS_ASKS}")).await;
    speaker.fill(&page, "choice=agree").await;
    let shown = speaker.page(&page).await;
    assert!(shown.contains("Login ID") && shown.contains("type=\"password\""), "{shown}");
    speaker.fill(&page, "choice=log-in&login-id=gavinBelson&password=canary").await;
    assert!(speaker.page(&page).await.contains("role=\"alert\""), "what went wrong is told");
    let form = format!("choice=log-in&login-id={}&password={}", GOOD.0, GOOD.1);
    speaker.fill(&page, &form).await;
    assert!(speaker.page(&page).await.contains("What was your first company?"));
    let back = speaker.fill(&page, "choice=answer&first-answer=Hooli").await;
    let job = job_of(&back);
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&job).await), ["success"; 4]);
    let connections = speaker.connections().await;
    assert_eq!(connections.len(), 1, "the second try is at the same connection: {connections:?}");
    assert_eq!((&connections[0]["status"], &connections[0]["method"]), (&json!("active"), &json!("web")));
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, None), 2);
}

#[tokio::test]
async fn an_institution_and_its_method_are_chosen_where_the_link_leaves_them_open() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit("state=s").await;
    speaker.fill(&page, "choice=agree").await;
    let all = speaker.page(&page).await;
    for name in ["Hooli", "Wattle Bank", "Four Fields Credit Union", "Pied Piper Bank"] {
        assert!(all.contains(name), "{name} in {all}");
    }
    for name in ["Early Bank", "No Login Bank"] {
        assert!(!all.contains(name), "{name} is not for people");
    }
    assert_eq!(speaker.fill(&page, "choice=cancel").await, format!("{BACK}?state=s"), "nothing is chosen");
    let page = speaker.visit(&format!("action=connect&institutionId={HOOLI}")).await;
    let both = speaker.page(&page).await;
    assert!(both.contains("AU00000 web") && both.contains("AU00000 open-banking"), "{both}");
    assert!(!both.contains("Wattle Bank"), "{both}");
    speaker.fill(&page, "choice=choose&institution=AU00000+open-banking").await;
    let back = speaker.fill(&page, "choice=agree").await;
    assert_eq!(back, format!("{BACK}?jobIds={}", job_of(&back)), "no state was given");
}

#[tokio::test]
async fn two_methods_are_never_connected_at_one_institution() {
    let speaker = speak_with_way_back().await;
    let by_login = speaker.connected(HOOLI, GOOD).await;
    let page = speaker.visit(&format!("state=s&institutionId={HOOLI}")).await;
    speaker.fill(&page, "choice=agree").await;
    speaker.fill(&page, "choice=choose&institution=AU00000+open-banking").await;
    assert!(speaker.page(&page).await.contains("connected in another way"), "told on the page");
    assert_eq!(speaker.connections().await.len(), 1, "and nothing was made");

    speaker.ok(Method::DELETE, &speaker.path(&by_login), Value::Null).await;
    speaker.fill(&page, "choice=choose&institution=AU00000+open-banking").await;
    speaker.fill(&page, "choice=agree").await;
    speaker.practice.pass(60_000);
    assert_eq!(speaker.newest_connection().await["status"], "active");
    let answer = speaker.create(HOOLI, GOOD).await;
    refused_with(answer, 400, "parameter-not-valid", "a login beside open banking");
}

#[tokio::test]
async fn who_agrees_at_the_bank_while_a_login_was_connected_elsewhere_is_refused() {
    let speaker = speak_with_way_back().await;
    let page = speaker.visit(&format!("state=s&institutionId={HOOLI}")).await;
    speaker.fill(&page, "choice=agree").await;
    speaker.fill(&page, "choice=choose&institution=AU00000+open-banking").await;
    speaker.connected(HOOLI, GOOD).await;
    speaker.fill(&page, "choice=agree").await;
    assert!(speaker.page(&page).await.contains("connected in another way"));
    let active =
        speaker.get(&format!("/users/{}/connections?filter=status.eq('active')", speaker.user)).await;
    assert_eq!(active["data"].as_array().unwrap().len(), 1, "never both: {active}");
}

#[tokio::test]
async fn a_consent_at_the_bank_is_renewed_with_connection_and_accounts_the_same() {
    let speaker = speak_with_way_back().await;
    let id = speaker.connected_by_open_banking().await;
    let accounts = speaker.accounts(WATTLE).await;
    assert_eq!(speaker.force(&id, "expiry", json!({"at": "2026-03-06T10:00:00Z"})).await, StatusCode::OK);
    assert_eq!(speaker.connection(&id).await["expiryDate"], "2026-03-06T10:00:00Z");
    let page = speaker.visit("action=reauthorise&state=s").await;
    assert!(speaker.page(&page).await.contains("Renew Wattle Bank"));
    speaker.fill(&page, &format!("choice=renew&connection={id}")).await;
    let job = job_of(&speaker.fill(&page, "choice=agree").await);
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&job).await), ["success"; 3]);
    let renewed = speaker.connection(&id).await;
    assert!(renewed["expiryDate"].as_str().unwrap().starts_with("2027-03-01"), "{renewed}");
    let ids = |accounts: &[Value]| accounts.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&speaker.accounts(WATTLE).await), ids(&accounts));
}

#[tokio::test]
async fn a_consent_that_has_ended_makes_it_invalid_until_it_is_renewed() {
    let mut speaker = speak_with_way_back().await;
    let id = speaker.connected_by_open_banking().await;
    speaker.force(&id, "expiry", json!({"at": "2026-03-02T10:00:00Z"})).await;
    speaker.pass_hours(25).await;
    assert_eq!(speaker.connection(&id).await["status"], "invalid");
    let path = format!("{}/refresh", speaker.path(&id));
    let job = speaker.ok(Method::POST, &path, Value::Null).await;
    speaker.practice.pass(60_000);
    let failed = speaker.job(job["id"].as_str().unwrap()).await;
    assert_eq!(failed["steps"][0]["result"]["code"], "authorization-failed");
    let page = speaker.visit(&format!("connectionId={id}&action=reauthorise&state=s")).await;
    assert_eq!(speaker.fill(&page, "choice=cancel").await, format!("{BACK}?state=s"));
    assert_eq!(speaker.connection(&id).await["status"], "invalid", "as it was");
    let page = speaker.visit(&format!("connectionId={id}&state=s")).await;
    speaker.fill(&page, "choice=agree").await;
    speaker.practice.pass(60_000);
    assert_eq!(speaker.connection(&id).await["status"], "active");
}

#[tokio::test]
async fn a_link_that_names_a_connection_by_login_asks_for_consent_and_its_password_only() {
    let speaker = speak_with_way_back().await;
    speaker.connecting(HOOLI, (GOOD.0, "wrong")).await;
    speaker.practice.pass(60_000);
    let id = speaker.newest_connection().await["id"].as_str().unwrap().to_owned();
    let page = speaker.visit(&format!("connectionId={id}&action=connect&state=s")).await;
    speaker.fill(&page, "choice=agree").await;
    let shown = speaker.page(&page).await;
    assert!(!shown.contains("Login ID") && shown.contains("Password"), "{shown}");
    let back = speaker.fill(&page, &format!("choice=log-in&password={}", GOOD.1)).await;
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&job_of(&back)).await), ["success"; 3]);
    assert_eq!(speaker.connection(&id).await["status"], "active");
}

#[tokio::test]
async fn open_banking_is_refreshed_twenty_times_in_any_day() {
    let mut speaker = speak_with_way_back().await;
    let id = speaker.connected_by_open_banking().await;
    let path = format!("{}/refresh", speaker.path(&id));
    let older = speaker.call_with(&speaker.older, Method::POST, &path, Value::Null).await;
    refused_with(older, 400, "parameter-not-valid", "2.1 knows no open banking");
    for time in 1..=20 {
        let (status, answer) = speaker.call(Method::POST, &path, Value::Null).await;
        assert_eq!(status, StatusCode::ACCEPTED, "the {time}th: {answer}");
        speaker.practice.pass(60_000);
    }
    speaker.refused(Method::POST, &path, Value::Null, 429, "too-many-requests").await;
    assert_eq!(speaker.count(BasiqEventKind::RefreshStarted, Some(&id)), 20);
    speaker.pass_hours(23).await;
    speaker.refused(Method::POST, &path, Value::Null, 429, "too-many-requests").await;
    speaker.pass_hours(1).await;
    assert_eq!(speaker.call(Method::POST, &path, Value::Null).await.0, StatusCode::ACCEPTED, "a day later");
}

#[tokio::test]
async fn a_consent_is_listed_and_taken_back_with_all_data() {
    let mut speaker = speak_with_way_back().await;
    let id = speaker.connected_by_open_banking().await;
    let path = format!("/users/{}/consents", speaker.user);
    let listed = speaker.get(&path).await;
    let consent = &listed["data"][0];
    assert_eq!((&listed["size"], &consent["status"]), (&json!(1), &json!("active")));
    assert_eq!(
        (&consent["type"], &consent["expiryDate"]),
        (&json!("consent"), &json!("2027-03-01T10:00:00Z"))
    );
    assert!(consent["data"]["permissions"].as_array().is_some_and(|list| !list.is_empty()));
    let one = format!("{path}/{}", consent["id"].as_str().unwrap());
    assert_eq!(speaker.call(Method::DELETE, &one, Value::Null).await, (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(speaker.get(&path).await["data"][0]["status"], "revoked");
    speaker.refused(Method::GET, &speaker.path(&id), Value::Null, 404, "resource-not-found").await;
    assert!(speaker.accounts(WATTLE).await.is_empty());
    speaker.refused(Method::DELETE, &one, Value::Null, 404, "resource-not-found").await;

    let id = speaker.connected_by_open_banking().await;
    speaker.pass_hours(366 * 24).await;
    assert_eq!(speaker.get(&path).await["data"][1]["status"], "expired");
    speaker.refused(Method::GET, &speaker.path(&id), Value::Null, 404, "resource-not-found").await;
}

#[tokio::test]
async fn a_bad_link_leads_nowhere() {
    let speaker = speak().await;
    let token = speaker.client_token("3.0").await;
    let home = |query: &str| {
        speaker.practice.http.get(format!("{}/consent/home{query}", speaker.practice.base)).send()
    };
    assert_eq!(home(&format!("?token={token}")).await.unwrap().status(), 400, "no address to go back to");
    speaker.practice.sandbox.set_basiq_redirect(BACK);
    for (query, what) in [
        (String::new(), "no token"),
        ("?token=deadbeef".to_owned(), "an unknown token"),
        (format!("?token={}", speaker.server), "a server's token"),
        (format!("?token={token}&action=manage"), "an action that is not here"),
        (format!("?token={token}&connectionId=con-1"), "an unknown connection"),
    ] {
        let answer = home(&query).await.unwrap();
        assert_eq!(answer.status(), 400, "{what}");
        assert!(!answer.text().await.unwrap().contains(&token), "{what}: the token is not repeated");
    }
    let page = speaker.visit("state=s").await;
    let foreign = speaker.practice.http.post(&page).header("sec-fetch-site", "cross-site");
    let foreign = foreign.header("content-type", "application/x-www-form-urlencoded").body("choice=agree");
    assert_eq!(foreign.send().await.unwrap().status(), 403, "another site's form");
    speaker.practice.pass(31 * 60 * 1_000);
    assert_eq!(speaker.practice.http.get(&page).send().await.unwrap().status(), 404, "after half an hour");
}
