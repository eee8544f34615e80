//! The tables of `docs/practice-banks.md` say what the catalogue says. `LINCHPIN_UPDATE=1` writes them anew.

use std::fs;
use std::path::Path;

use linchpin_sandbox::{
    NumberField, PracticeAnswer, PracticeBank, basiq_connectors, basiq_logins, logins, practice_banks,
    practice_numbers, v2_practice_banks,
};

#[test]
fn the_tables_of_practice_banks_follow_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/practice-banks.md");
    let page = fs::read_to_string(&path).unwrap();
    let blocks = [
        ("logins", login_rows()),
        ("banks", bank_rows(practice_banks())),
        ("v2-banks", bank_rows(v2_practice_banks())),
        ("numbers", number_rows()),
        ("basiq-connectors", connector_rows()),
        ("basiq-logins", basiq_login_rows()),
    ];
    let fresh = blocks.iter().fold(page.clone(), |text, (name, rows)| with_block(&text, name, rows));
    if std::env::var_os("LINCHPIN_UPDATE").is_some() {
        fs::write(&path, &fresh).unwrap();
        return;
    }
    assert_eq!(page, fresh, "run this test with LINCHPIN_UPDATE=1 and read the difference");
}

fn login_rows() -> String {
    let head =
        "| user name | passcode | what happens | right answers |\n| --- | --- | --- | --- |\n".to_owned();
    logins().iter().fold(head, |table, login| {
        let answers = answers(&login.answers());
        table + &format!("| `{}` | `{}` | {} | {answers} |\n", login.user_name, login.passcode, login.outcome)
    })
}

fn bank_rows(banks: &[PracticeBank]) -> String {
    let head = "| bank | id | passcode | what it shows | right answers |\n| --- | --- | --- | --- | --- |\n"
        .to_owned();
    banks.iter().fold(head, |table, bank| {
        let answers = answers(&bank.answers());
        table
            + &format!("| {} | {} | `{}` | {} | {answers} |\n", bank.name, bank.id, bank.passcode, bank.shows)
    })
}

fn number_rows() -> String {
    let head = "| field | number | what happens | whose |\n| --- | --- | --- | --- |\n".to_owned();
    practice_numbers().iter().fold(head, |table, number| {
        let field = match number.field {
            NumberField::Account => "account",
            NumberField::Routing => "routing",
        };
        let ends = if number.is_beginning { "…" } else { "" };
        let whose = if number.is_documented { "Quovo's examples" } else { "made up" };
        table + &format!("| {field} | `{}{ends}` | {} | {whose} |\n", number.digits, number.outcome)
    })
}

fn connector_rows() -> String {
    let head =
        "| institution | id | method | what it shows | whose |\n| --- | --- | --- | --- | --- |\n".to_owned();
    basiq_connectors().iter().fold(head, |table, connector| {
        let whose = if connector.is_documented { "Basiq's" } else { "made up" };
        let (id, method) = (connector.id, connector.method_word());
        table + &format!("| {} | `{id}` | `{method}` | {} | {whose} |\n", connector.name, connector.shows)
    })
}

fn basiq_login_rows() -> String {
    let head = "| login id | password | what happens | right answers where it is asked |\n| --- | --- | --- | --- |\n"
        .to_owned();
    basiq_logins().iter().fold(head, |table, login| {
        let (id, password) = (login.login_id, login.password);
        table + &format!("| `{id}` | `{password}` | {} | {} |\n", login.outcome, login.answers())
    })
}

fn answers(answers: &[PracticeAnswer]) -> String {
    let each: Vec<_> =
        answers.iter().map(|answer| format!("{} → `{}`", answer.question, answer.shown)).collect();
    if each.is_empty() { "–".to_owned() } else { each.join("; ") }
}

/// The text with what stands between a block's marks replaced.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&start).expect(name);
    let (_, after) = rest.split_once(&end).expect(name);
    format!("{before}{start}{block}{end}{after}")
}
