//! Being asked to stop: at once, in order, with nothing lost that was acknowledged.

use super::restart::Process;
use super::world::{ACORN, ORIGIN, practice, until};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn terminate(process: &Process) {
    let done = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_asked_to_stop_answers_waits_at_once_and_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, url, _serving) = practice().await;
    let mut process = Process::start(&folder, &url, "1.log").await;
    let (token, _, connection) = process.begin("aggregate").await;
    let path = format!("/v1/connections/{}?wait=25&revision={}", connection.id, connection.revision.0);
    let waiting = tokio::spawn(process.request(Method::GET, &path, &token).send());
    // The wait has begun when the proxy has answered something that came after it.
    process.look(&token, &connection).await;
    let asked = Instant::now();
    terminate(&process);
    let answer = waiting.await.unwrap().expect("the wait is answered, not cut off");
    assert_eq!(answer.status(), 200);
    let status = until("it ends", async || process.child.try_wait().unwrap()).await;
    assert!(status.success(), "it ends well: {status}");
    assert!(asked.elapsed() < Duration::from_secs(25), "within the time that operators are told");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_under_load_is_lost_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, url, _serving) = practice().await;
    let mut process = Process::start(&folder, &url, "1.log").await;
    let wish = json!({"user_id": "pat", "origin": ORIGIN});
    let mint = |process: &Process, key: &str| {
        let request = process.http.post(format!("{}/v1/link-tokens", process.base)).bearer_auth(ACORN);
        request.header("idempotency-key", key).json(&wish).send()
    };
    let acknowledged = Arc::new(std::sync::Mutex::new(Vec::<(String, Value)>::new()));
    let mut callers = Vec::new();
    for caller in 0..8 {
        let (base, http) = (process.base.clone(), process.http.clone());
        let (kept, wish) = (Arc::clone(&acknowledged), wish.clone());
        callers.push(tokio::spawn(async move {
            for number in 0..500 {
                let key = format!("load-{caller}-{number}");
                let request = http.post(format!("{base}/v1/link-tokens")).bearer_auth(ACORN);
                let Ok(response) = request.header("idempotency-key", &key).json(&wish).send().await else {
                    return;
                };
                if response.status() != 201 {
                    return;
                }
                let Ok(body) = response.json::<Value>().await else { return };
                kept.lock().unwrap().push((key, body["link_id"].clone()));
            }
        }));
    }
    until("some are acknowledged", async || (acknowledged.lock().unwrap().len() > 40).then_some(())).await;
    terminate(&process);
    let status = until("it ends", async || process.child.try_wait().unwrap()).await;
    assert!(status.success(), "{status}");
    for caller in callers {
        caller.await.unwrap();
    }
    let process = Process::start(&folder, &url, "2.log").await;
    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    for (key, link_id) in &acknowledged {
        let again: Value = mint(&process, key).await.unwrap().json().await.unwrap();
        assert_eq!(again["link_id"], *link_id, "{key} was acknowledged, and is another act now");
    }
}
