//! A server lives as long as whoever started it.

use linchpin_practice_postgres::{Server, Writes};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Waits until nobody answers at the port any more.
fn ends(port: u16) -> bool {
    let started = Instant::now();
    while answers(port) {
        if started.elapsed() > Duration::from_secs(20) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

#[test]
fn a_server_has_databases_and_ends_when_it_is_dropped() {
    let server = Server::start(Writes::InMemory).unwrap();
    let address = server.database("one").unwrap();
    assert!(address.ends_with(&format!("@127.0.0.1:{}/one", server.port())), "{address}");
    assert!(server.database("one").is_err(), "there is one");
    server.forget("one").unwrap();
    server.database("one").unwrap();
    let port = server.port();
    assert!(answers(port));
    drop(server);
    assert!(ends(port));
}

/// Not a test of its own: the process that the test below kills.
#[test]
fn a_process_with_a_server() {
    if std::env::var_os("KILL_ME").is_none() {
        return;
    }
    let server = Server::start(Writes::InMemory).unwrap();
    std::fs::write(std::env::var("KILL_ME").unwrap(), server.port().to_string()).unwrap();
    std::thread::sleep(Duration::from_secs(600));
}

#[test]
fn a_server_ends_with_a_process_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("port");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "a_process_with_a_server"]).env("KILL_ME", &told);
    let mut child = child.stdout(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    let port: u16 = loop {
        if let Some(port) = std::fs::read_to_string(&told).ok().and_then(|text| text.parse().ok()) {
            break port;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the server did not start");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(answers(port));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ends(port));
}
