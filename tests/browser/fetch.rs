//! Stands in for `fetch`: answers what was prepared, records every request, and lists those nobody prepared for.
//!
//! A rule answers one request and is used up; rules for the same call are used in order. What no rule fits is
//! refused like a dead network, and listed by [`Stub::unmatched`]. The real `fetch` comes back on drop.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
const real = window.fetch;
let rules = [], calls = [], unmatched = [];
export function install() {
  rules = []; calls = []; unmatched = [];
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname, search } = new URL(request.url);
    const path = pathname + search;
    const headers = Object.fromEntries(request.headers);
    const call = { method: request.method, path, body: await request.text(), key: headers["idempotency-key"] ?? null,
      authorization: headers["authorization"] ?? null, origin, aborted: false };
    request.signal.addEventListener("abort", () => { call.aborted = true; });
    calls.push(call);
    const at = rules.findIndex(rule => rule.method === call.method && (path === rule.path || path.startsWith(rule.path + "?")));
    if (at < 0) { unmatched.push(call.method + " " + path); throw new TypeError("no rule"); }
    const [rule] = rules.splice(at, 1);
    if (rule.status === 0) throw new TypeError("no network");
    if (rule.status === 1) return new Promise((_, refuse) => request.signal.addEventListener("abort", refuse));
    const type = rule.status < 400 ? "application/json" : "application/problem+json";
    return new Response(rule.body, { status: rule.status, headers: { "content-type": type } });
  };
}
export function rule(method, path, status, body) { rules.push({ method, path, status, body }); }
export function read() { return JSON.stringify({ calls, unmatched, left: rules.map(rule => rule.method + " " + rule.path) }); }
export function restore() { window.fetch = real; }
"#)]
extern "C" {
    fn install();
    fn rule(method: &str, path: &str, status: u16, body: &str);
    fn read() -> String;
    fn restore();
}

/// A request as it was made.
#[derive(Deserialize, Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) key: Option<String>,
    pub(crate) authorization: Option<String>,
    /// Whom it was sent to.
    pub(crate) origin: String,
    /// Whether it was given up.
    pub(crate) aborted: bool,
}

#[derive(Deserialize, Debug)]
struct Log {
    calls: Vec<Recorded>,
    unmatched: Vec<String>,
    left: Vec<String>,
}

/// The stand-in, as long as it lives.
pub(crate) struct Stub;

impl Stub {
    pub(crate) fn install() -> Self {
        install();
        Self
    }

    /// Prepares one answer. Status 0 is a network that fails.
    pub(crate) fn on(&self, method: &str, path: &str, status: u16, body: &impl serde::Serialize) {
        rule(method, path, status, &serde_json::to_string(body).unwrap());
    }

    /// Prepares a call that is not answered as long as it is waited for.
    pub(crate) fn hang(&self, method: &str, path: &str) {
        rule(method, path, 1, "");
    }

    /// Prepares a network that fails once.
    pub(crate) fn fail(&self, method: &str, path: &str) {
        rule(method, path, 0, "");
    }

    pub(crate) fn calls(&self) -> Vec<Recorded> {
        self.log().calls
    }

    /// Calls of one kind.
    pub(crate) fn calls_to(&self, method: &str, path: &str) -> Vec<Recorded> {
        self.calls().into_iter().filter(|call| call.method == method && call.path.starts_with(path)).collect()
    }

    /// Requests that nobody prepared for.
    pub(crate) fn unmatched(&self) -> Vec<String> {
        self.log().unmatched
    }

    /// Answers that nobody asked for.
    pub(crate) fn left(&self) -> Vec<String> {
        self.log().left
    }

    fn log(&self) -> Log {
        serde_json::from_str(&read()).unwrap()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        restore();
    }
}
