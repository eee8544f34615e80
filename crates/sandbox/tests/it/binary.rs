//! The program itself.

use std::process::{Command, Stdio};

use linchpin_sandbox::{login_table, logins};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::support::client;

const PROGRAM: &str = env!("CARGO_BIN_EXE_linchpin-sandbox");

#[test]
fn logins_prints_the_table_and_exits() {
    let output = Command::new(PROGRAM).arg("--logins").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, login_table(), "the table and nothing else");
    for login in logins() {
        assert!(printed.contains(login.user_name), "{} is missing:\n{printed}", login.user_name);
    }
}

#[test]
fn a_misspelt_argument_is_told_and_fails() {
    let output = Command::new(PROGRAM).arg("--login").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--login") && said.contains("--help"), "{said}");
}

#[test]
fn a_number_of_tries_that_is_none_is_told_and_fails() {
    let program = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0"])
        .env("LINCHPIN_SANDBOX_DEPOSIT_TRIES", "many")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert_eq!(program.status.code(), Some(1), "{program:?}");
    let said = String::from_utf8(program.stderr).unwrap();
    assert!(said.contains("LINCHPIN_SANDBOX_DEPOSIT_TRIES"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn it_says_where_it_serves_takes_its_api_user_from_the_environment_and_stops_on_sigterm() {
    let mut program = tokio::process::Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0"])
        .env("LINCHPIN_SANDBOX_API_NAME", "another")
        .env("LINCHPIN_SANDBOX_API_PASSWORD", "canary-password")
        .env("RUST_LOG", "trace")
        .env("NO_COLOR", "1")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    let mut log = String::new();
    let base = loop {
        let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("it ended early:\n{log}"));
        log.push_str(&line);
        if let Some((_, address)) = line.split_once("practice aggregator on ") {
            break address.trim_end_matches('/').to_owned();
        }
    };
    let http = client();
    for (password, code) in [("practice-password", 401), ("canary-password", 201)] {
        let request = http.post(format!("{base}/v3/tokens")).basic_auth("another", Some(password));
        let response = request.json(&serde_json::json!({"name": "t"})).send().await.unwrap();
        assert_eq!(response.status().as_u16(), code, "with {password}");
    }
    drop(http);
    let id = program.id().expect("it is running").to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success(), "the signal is sent");
    while let Some(line) = lines.next_line().await.unwrap() {
        log.push_str(&line);
    }
    let status = program.wait().await.unwrap();
    assert!(status.success(), "{status}:\n{log}");
    assert!(!log.contains("canary"), "the password is in the log:\n{log}");
}
