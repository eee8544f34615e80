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
const QUOVO_V3: &[&str] = &[
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

/// The same of its second version.
const QUOVO_V2: &[&str] = &[
    "null",
    "syncing",
    "good",
    "login",
    "questions",
    "config",
    "resync",
    "postponed",
    "maintenance",
    "institution_unavailable",
    "no_accounts",
    "deleted",
    "under_review",
];

/// The same of a connection's in Basiq's words.
const BASIQ: &[&str] =
    &["null", "pending", "pre-init", "init", "active", "invalid", "deleted", "revoked", "under-review"];

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

/// What one aggregator's statuses lead to.
struct Table {
    statuses: &'static [&'static str],
    rows: BTreeMap<Row, Vec<String>>,
}

impl Table {
    fn of(statuses: &'static [&'static str]) -> Self {
        Self { statuses, rows: BTreeMap::new() }
    }

    /// Writes down where a connection stands, as another look at its session shows it.
    async fn note(&mut self, browser: &Browser<'_>, at: &Connection, status: &str, bank: &str) {
        let session: Session = read(browser.get("/v1/sessions/current").await, 200).await;
        // What is gone is not offered again: the screen is that of somebody who was there.
        let gone = matches!(at.next, Next::Closed { .. });
        let screen = if gone { "failed".to_owned() } else { word(screen(session).name()) };
        let known = self.statuses.iter().position(|known| *known == status);
        let status = known.unwrap_or_else(|| panic!("{bank} shows a status that is not listed: {status}"));
        let row = Row { status, step: step(&at.next), screen };
        let banks = self.rows.entry(row).or_default();
        if !banks.iter().any(|named| named == bank) {
            banks.push(bank.to_owned());
        }
    }

    fn write(&self, text: &mut String) {
        text.push_str("| status of the provider | `next` | screen | shown by |\n| --- | --- | --- | --- |\n");
        for (Row { status, step, screen }, banks) in &self.rows {
            let banks = match banks.as_slice() {
                few if few.len() <= MOST_NAMED => few.join(", "),
                many => format!("{} and {} others", many[..3].join(", "), many.len() - 3),
            };
            text.push_str(&format!("| `{}` | {step} | `{screen}` | {banks} |\n", self.statuses[*status]));
        }
    }

    fn is_whole(&self) {
        for (at, status) in self.statuses.iter().enumerate() {
            assert!(self.rows.keys().any(|row| row.status == at), "nothing shows {status}");
        }
    }
}

/// Signs in at every practice bank of Quovo's.
async fn over_quovo(world: &World, statuses: &'static [&'static str]) -> Table {
    let mut table = Table::of(statuses);
    let v2 = statuses == QUOVO_V2;
    for (at, bank) in practice_banks().iter().enumerate() {
        let browser = Browser::open(world, &format!("person-{at}"), "aggregate").await;
        let query = bank.name.replace(' ', "+");
        if !bank.takes_logins() {
            // Its second version knows no such pages.
            if !v2 {
                let there = browser.connect_at_the_bank(&query).await;
                table.note(&browser, &there, "null", bank.name).await;
            }
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
        let gone = matches!(stands.next, Next::Closed { .. });
        let status = if gone { "deleted" } else { status.as_str() };
        table.note(&browser, &stands, status, bank.name).await;
    }
    // A form that nobody has sent.
    let browser = Browser::open(world, "nobody", "aggregate").await;
    let form = browser.connect("harbour").await;
    table.note(&browser, &form, "null", "Harbour Savings").await;
    table.is_whole();
    table
}

/// A login of Basiq's own, the institution that it is for, and how both are called in the table.
const BASIQ_LOGINS: [(&str, &str, (&str, &str)); 9] = [
    ("hooli", "Hooli", ("gavinBelson", "hooli2016")),
    ("hooli", "Hooli", ("gavinBelson", "django")),
    ("hooli", "Hooli", ("bighead", "password")),
    ("hooli", "Hooli", ("erlich", "aviato")),
    ("hooli", "Hooli", ("jianYang", "nothotdog")),
    ("pied+piper", "Pied Piper Bank", ("jared", "django")),
    ("pied+piper", "Pied Piper Bank", ("richard", "tabsnotspaces")),
    ("pied+piper", "Pied Piper Bank", ("Wentworth-Smith", "whislter")),
    ("approve+in+app", "Approve In App Bank", ("laurieBream", "business2024")),
];

/// Signs in with Basiq's own logins, and has a connection stand in every other way.
async fn over_basiq() -> Table {
    let world = World::over_basiq("both").await;
    let mut table = Table::of(BASIQ);
    let browser = Browser::open(&world, "nobody", "aggregate").await;
    table.note(&browser, &browser.connect("hooli").await, "null", "Hooli").await;
    let browser = Browser::open(&world, "nobody-at-the-bank", "aggregate").await;
    table.note(&browser, &browser.connect_at_the_bank("wattle").await, "null", "Wattle Bank").await;
    for (at, (query, bank, login)) in BASIQ_LOGINS.into_iter().enumerate() {
        let shown = format!("{bank} as `{}`", login.0);
        let browser = Browser::open(&world, &format!("person-{at}"), "aggregate").await;
        let tried = browser.sign_in_as(&browser.connect(query).await, login).await;
        let status = |at: &Connection| at.provider_status.clone().unwrap_or_else(|| "pending".to_owned());
        table.note(&browser, &tried, &status(&tried), &shown).await;
        let mut stands = super::basiq::follow(&browser, &tried).await;
        table.note(&browser, &stands, &status(&stands), &shown).await;
        if login.0 == "richard" {
            // A code that was not sent.
            stands = super::basiq::follow(&browser, &browser.answer(&stands, "9999").await).await;
            table.note(&browser, &stands, &status(&stands), &format!("{shown}, a wrong code")).await;
        }
    }
    // What a connection that works may turn to.
    let browser = Browser::open(&world, "turning", "aggregate").await;
    let tried = browser.sign_in_as(&browser.connect("hooli").await, ("Whistler", "ShowBox")).await;
    let stands = super::basiq::follow(&browser, &tried).await;
    let id = *super::basiq::made(&world).last().unwrap();
    for status in ["invalid", "pre-init", "init", "under-review", "revoked"] {
        world.force_basiq(id, "status", serde_json::json!({"status": status})).await;
        let path = format!("/v1/connections/{}/take-up", stands.id);
        let seen: Connection = read(browser.post(&path, serde_json::Value::Null).await, 200).await;
        table.note(&browser, &seen, status, "brought about on the console").await;
        if status == "revoked" {
            table.note(&browser, &seen, "deleted", "a connection that was ended").await;
        }
    }
    table.is_whole();
    table
}

#[tokio::test(flavor = "multi_thread")]
async fn every_status_leads_to_its_screen_and_has_a_practice_that_shows_it() {
    let (v3, v2) = (World::new().await, World::over_v2().await);
    let (v3, v2, basiq) = tokio::join!(over_quovo(&v3, QUOVO_V3), over_quovo(&v2, QUOVO_V2), over_basiq());
    let mut text = String::from(
        "# What the person sees for each answer of the provider\n\n\
         Made by `crates/proxy/tests/it/statuses.rs`, which signs in as people do and notes where that leads; with\n\
         `LINCHPIN_UPDATE=1` it writes this page anew. What a status means is in [quovo.md](quovo.md) and\n\
         [basiq.md](basiq.md); what each step carries is in [openapi.json](openapi.json). A word that is not known is a\n\
         failure, never a success.\n\n\
         ## Quovo v3\n\n\
         At every practice bank with `practice-good` and the passcode `practice`. `null` is a connection at which nothing\n\
         was tried; `under_review` stands for every word that is not known. A bank that people sign in to on its own page\n\
         shows `authorize` first, whatever the status.\n\n",
    );
    v3.write(&mut text);
    text.push_str("\n## Quovo v2\n\nThe same.\n\n");
    v2.write(&mut text);
    text.push_str(
        "\n## Basiq\n\n\
         With Basiq's own logins. `null` is a connection at which nothing was tried; `deleted` is what is not found any more;\n\
         `under-review` stands for every word that is not known.\n\n",
    );
    basiq.write(&mut text);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/statuses.md");
    if std::env::var_os("LINCHPIN_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, text, "run this test with LINCHPIN_UPDATE=1 and read the difference");
}
