//! What the person sees for each answer of the provider: run against every practice bank, and written down in
//! `docs/statuses.md`, which has to say the same.

use super::browser::Browser;
use super::world::{World, read};
use linchpin_flow::{Effect, Event, Flow, Reply, Screen};
use linchpin_protocol::{Challenge, Connection, Next, Session};
use linchpin_sandbox::practice_banks;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Every status that Quovo's third version knows, `null` among them, as its pages state them; and one that nobody knows.
const STATUSES: [&str; 13] = [
    "null",
    "syncing",
    "good",
    "incorrect_credentials",
    "challenges",
    "user_config",
    "resync",
    "postponed",
    "maintenance",
    "institution_unavailable",
    "no_accounts",
    "deleted",
    "under_review",
];

/// Where more banks show the same, a few of them are named.
const MOST_NAMED: usize = 8;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    status: usize,
    step: String,
    screen: String,
}

/// The screen that the widget opens at, when a session stands like this.
fn screen(session: Session) -> Screen {
    let mut flow = Flow::new();
    let effects = flow.handle(Event::Start { resumable: false });
    let Some(Effect::Call { seq, .. }) = effects.first() else { panic!("nothing was asked: {effects:?}") };
    let (seq, result) = (*seq, Ok(Reply::Session(Box::new(session))));
    flow.handle(Event::Replied { seq, result });
    flow.screen()
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// The step as the wire calls it, with what tells it from others of the same name.
fn step(next: &Next) -> String {
    let wire = serde_json::to_value(next).unwrap();
    let detail = match next {
        Next::Challenges { items, .. } => Some(kinds(items)),
        _ => ["problem", "reason"].into_iter().find_map(|name| Some(wire[name].as_str()?.to_owned())),
    };
    let step = wire["step"].as_str().unwrap();
    match detail.filter(|detail| detail != "none") {
        Some(detail) => format!("`{step}`: {detail}"),
        None => format!("`{step}`"),
    }
}

fn kinds(items: &[Challenge]) -> String {
    let kinds =
        items.iter().map(|item| serde_json::to_value(item).unwrap()["kind"].as_str().unwrap().to_owned());
    kinds.collect::<Vec<_>>().join(" and ")
}

struct Table(BTreeMap<Row, Vec<&'static str>>);

impl Table {
    /// Writes down where a connection stands, as another look at its session shows it.
    async fn note(&mut self, browser: &Browser<'_>, at: &Connection, status: &str, bank: &'static str) {
        let session: Session = read(browser.get("/v1/sessions/current").await, 200).await;
        // What is gone is not offered again: the screen is that of somebody who was there.
        let gone = matches!(at.next, Next::Closed { .. });
        let screen = if gone { "failed".to_owned() } else { word(screen(session).name()) };
        let known = STATUSES.iter().position(|known| *known == status);
        let status = known.unwrap_or_else(|| panic!("{bank} shows a status that is not listed: {status}"));
        let row = Row { status, step: step(&at.next), screen };
        let banks = self.0.entry(row).or_default();
        if !banks.contains(&bank) {
            banks.push(bank);
        }
    }

    fn write(&self) -> String {
        let mut text = String::from(
            "# What the person sees for each answer of the provider\n\n\
             Made by `crates/proxy/tests/it/statuses.rs`, which signs in at every practice bank with `practice-good` and \
             the passcode\n`practice`, and notes where that leads; with `LINCHPIN_UPDATE=1` it writes this page anew. What \
             a status means is in\n[quovo.md](quovo.md); what each step carries is in [openapi.json](openapi.json).\n\n\
             | status of the provider | `next` | screen | shown by |\n| --- | --- | --- | --- |\n",
        );
        for (Row { status, step, screen }, banks) in &self.0 {
            let banks = match banks.as_slice() {
                few if few.len() <= MOST_NAMED => few.join(", "),
                many => format!("{} and {} others", many[..3].join(", "), many.len() - 3),
            };
            text.push_str(&format!("| `{}` | {step} | `{screen}` | {banks} |\n", STATUSES[*status]));
        }
        text.push_str(
            "\n`null` is a connection at which nothing was tried. `under_review` stands for every word that is not known: it \
             is a failure,\nnever a success. A bank that people sign in to on its own page shows `authorize` first, whatever \
             the status.\n",
        );
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_status_leads_to_its_screen_and_has_a_practice_bank_that_shows_it() {
    let world = World::new().await;
    let mut table = Table(BTreeMap::new());
    for (at, bank) in practice_banks().iter().enumerate() {
        let browser = Browser::open(&world, &format!("person-{at}"), "aggregate").await;
        let query = bank.name.replace(' ', "+");
        if !bank.takes_logins() {
            let there = browser.connect_at_the_bank(&query).await;
            table.note(&browser, &there, "null", bank.name).await;
            continue;
        }
        let form = browser.connect(&query).await;
        assert_eq!(form.institution.name, bank.name, "the search found another bank");
        let tried = browser.sign_in(&form, "practice-good").await;
        if matches!(tried.next, Next::Wait { .. }) && tried.provider_status.as_deref() == Some("syncing") {
            table.note(&browser, &tried, "syncing", bank.name).await;
        }
        let stands = browser.follow(&tried).await;
        let status = stands.provider_status.clone().unwrap_or_else(|| "null".to_owned());
        table.note(&browser, &stands, &status, bank.name).await;
    }
    // A form that nobody has sent.
    let browser = Browser::open(&world, "nobody", "aggregate").await;
    let form = browser.connect("harbour").await;
    table.note(&browser, &form, "null", "Harbour Savings").await;

    for (at, status) in STATUSES.iter().enumerate() {
        assert!(table.0.keys().any(|row| row.status == at), "no practice bank shows {status}");
    }
    let text = table.write();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/statuses.md");
    if std::env::var_os("LINCHPIN_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, text, "run this test with LINCHPIN_UPDATE=1 and read the difference");
}
