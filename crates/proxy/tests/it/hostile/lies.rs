//! Answers that read well and are not true, and answers that are more than anybody bargained for.

use super::dialect::{BASIQ, Call, Counted, Dialect};
use super::fault::Lie;
use super::{Stage, end_of, shown};
use crate::browser::Browser;
use crate::world::until;
use jiff::SignedDuration;
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::BasiqEventKind;
use serde_json::{Value, json};

/// A lie at a call.
struct Told {
    what: &'static str,
    call: Call,
    lie: Lie,
    /// Whether what is true all the same may be shown in spite of it.
    is_harmless: bool,
}

/// Those that any aggregator could tell.
fn lies(dialect: &Dialect) -> Vec<Told> {
    let told = |what, call, lie, is_harmless| Told { what, call, lie, is_harmless };
    let mut all = vec![
        told("brackets without end", dialect.accounts, Lie::Instead(deep), false),
        told("a connection that nobody asked for", dialect.standing, Lie::Otherwise(another), false),
        told("more accounts than anybody has", dialect.accounts, Lie::Otherwise(many), true),
        told("names that play tricks", dialect.accounts, Lie::Otherwise(tricky), true),
    ];
    for call in [dialect.look, dialect.standing] {
        all.push(told("brackets without end", call, Lie::Instead(deep), false));
        all.push(told("moments that never come", call, Lie::Otherwise(never), true));
    }
    if dialect.kind == BASIQ.kind {
        all.push(told("another institution", BASIQ.standing, Lie::Otherwise(elsewhere), false));
        all.push(told("a status of many words", BASIQ.standing, Lie::Otherwise(wordy), false));
        all.push(told("somebody else's accounts", BASIQ.accounts, Lie::Otherwise(somebody_elses), false));
        all.push(told("somebody else's connection", BASIQ.look, Lie::Otherwise(of_another_user), true));
        all.push(told("a way to another place", BASIQ.look, Lie::Otherwise(to_another_place), true));
    }
    all
}

pub(super) async fn all_are_got_over(dialect: &'static Dialect) {
    let stage = Stage::over(dialect).await;
    for told in lies(dialect) {
        is_got_over(&stage, &told).await;
    }
}

async fn is_got_over(stage: &Stage, told: &Told) {
    let Stage { dialect, world, faults } = stage;
    let cell = format!("{} at {} {} of {}", told.what, told.call.method, told.call.end, dialect.kind);
    stage.somebody_else_comes();
    let user =
        format!("{}-{}-{}", told.what, told.call.method, told.call.end).replace(['/', '*', ' ', '\''], "-");
    let browser = Browser::open(world, &user, "aggregate").await;
    let [made, logins] = [Counted::Connections, Counted::Logins].map(|what| stage.count(what));
    let mut form = browser.connect(dialect.institution).await;
    faults.lie(told.call, told.lie);
    let mut submits = usize::from(stage.sign_in(&cell, &browser, &form).await.is_some());
    for _ in 0..6 {
        stage.bank_goes_on();
        world.later(SignedDuration::from_secs(2));
        let looked = browser.get(&format!("/v1/connections/{}", form.id)).await;
        let Some(connection) = shown(&cell, looked).await else { continue };
        is_fit_to_show(&cell, &connection);
        let succeeds = matches!(connection.next, Next::ChooseAccounts { .. } | Next::Linked { .. });
        assert!(told.is_harmless || !succeeds, "success out of a lie, {cell}: {connection:?}");
        form = connection;
    }
    faults.heal();
    let (end, more) = end_of(stage, &cell, &browser, &form, false).await;
    submits += more;
    assert!(matches!(end.next, Next::ChooseAccounts { .. }), "{cell}: {end:?}");
    assert_eq!(stage.count(Counted::Connections) - made, 1, "{cell}: two connections for one");
    let tried = stage.count(Counted::Logins) - logins;
    assert!(tried <= submits, "{cell}: {tried} logins at the bank, {submits} were taken from the person");
    assert_eq!(faults.redirected(), 0, "{cell}: somebody else was asked");
}

/// Nothing in it turns text round, hides it or fills a screen.
fn is_fit_to_show(cell: &str, connection: &Connection) {
    let text = serde_json::to_string(connection).unwrap();
    assert!(text.len() < 64 * 1024, "{cell}: {} bytes", text.len());
    let trick =
        text.chars().find(|c| matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    assert_eq!(trick, None, "{cell}: {text}");
    if let Next::ChooseAccounts { accounts, .. } = &connection.next {
        assert!(accounts.len() <= 20, "{cell}: {} accounts", accounts.len());
    }
}

fn deep() -> String {
    "[".repeat(200_000)
}

/// Every object and what is in it, from the outside in.
fn each(value: &mut Value, change: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                change(name, member);
                each(member, change);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Another id in the outermost object that has one.
fn another(value: &mut Value) {
    let of = if value.get("id").is_some() {
        Some(value)
    } else {
        value
            .as_object_mut()
            .and_then(|members| members.values_mut().find(|member| member.get("id").is_some()))
    };
    let id = &mut of.expect("an id")["id"];
    *id = if id.is_number() { json!(1) } else { json!("con-1") };
}

/// The same accounts a hundred times.
fn many(value: &mut Value) {
    for items in value.as_object_mut().into_iter().flatten().filter_map(|(_, member)| member.as_array_mut()) {
        *items = std::iter::repeat_n(items.clone(), 100).flatten().collect();
    }
}

fn tricky(value: &mut Value) {
    each(value, &mut |name, member| {
        if member.is_string()
            && matches!(name, "name" | "nickname" | "displayName" | "product" | "portfolio_name")
        {
            *member = json!(format!("Pay\u{202e}kcab\u{2028}\u{200b}{}", "x".repeat(10_000)));
        }
    });
}

/// What begins like a moment of this century becomes one that no calendar has.
fn never(value: &mut Value) {
    each(value, &mut |_, member| {
        if member.as_str().is_some_and(|text| text.starts_with("20") && text.contains('-')) {
            *member = json!("999999-99-99T99:99:99Z");
        }
    });
}

fn elsewhere(value: &mut Value) {
    value["institution"]["id"] = json!("AU00001");
}

fn wordy(value: &mut Value) {
    value["status"] = json!(format!("\u{202e}active {}", "active ".repeat(2_000)));
}

fn somebody_elses(value: &mut Value) {
    each(value, &mut |name, member| {
        if name == "connection" {
            *member = json!("con-1");
        }
    });
}

/// Where a job leads to.
fn links(value: &mut Value, change: fn(&str) -> String) {
    each(value, &mut |name, member| {
        if let ("source" | "url", Some(text)) = (name, member.as_str()) {
            *member = json!(change(text));
        }
    });
}

fn of_another_user(value: &mut Value) {
    links(value, |_| "/users/usr-1/connections/con-1".to_owned());
}

fn to_another_place(value: &mut Value) {
    links(value, |address| match address.split_once("/users/") {
        Some((host, rest)) => format!("{host}/elsewhere/users/{rest}"),
        None => address.to_owned(),
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_whose_end_is_nonsense_is_used_all_the_same() {
    let ends: [fn(&mut Value); 2] =
        [|token| token["expires_in"] = json!(0), |token| token["expires_in"] = json!(-3_600)];
    for end in ends {
        let stage = Stage::over(&BASIQ).await;
        stage.faults.lie(BASIQ.token, Lie::Otherwise(end));
        stage.linked("pat").await;
        let minted = stage.world.count_basiq(BasiqEventKind::TokenMinted);
        assert_eq!(minted, 2, "one of each version, not one a call");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_connections_are_not_asked_one_by_one() {
    let stage = Stage::over(&BASIQ).await;
    let list = Call { method: "GET", end: "/users/*/connections", ..BASIQ.standing };
    stage.faults.lie(
        list,
        Lie::Otherwise(|list| {
            let more = (0..10_000)
                .map(|n| json!({"type": "connection", "id": format!("con-{n}"), "status": "invalid"}));
            list["data"].as_array_mut().unwrap().extend(more);
        }),
    );
    let browser = Browser::open(&stage.world, "pat", "aggregate").await;
    let form = browser.connect(BASIQ.institution).await;
    let before = stage.faults.served();
    browser.sign_in_as(&form, ("gavinBelson", "django")).await;
    let path = format!("/v1/connections/{}", form.id);
    let now = until("the login is refused", async || {
        stage.bank_goes_on();
        let now = shown("ten thousand", browser.get(&path).await).await?;
        (!matches!(now.next, Next::Wait { .. })).then_some(now)
    })
    .await;
    assert!(matches!(now.next, Next::Credentials { .. }), "{now:?}");
    let asked = stage.faults.served() - before;
    assert!(asked < 200, "{asked} calls");
}
