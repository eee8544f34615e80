//! The practice logins as a table of plain text.

use std::fmt::Write;

use crate::catalogue::{basiq_logins, logins};

/// The practice logins with their right answers, aligned for a terminal; ends with a line break.
#[must_use]
pub fn login_table() -> String {
    let rows = logins().iter().map(|login| {
        let answers: Vec<_> = login.answers().into_iter().map(|answer| answer.shown).collect();
        let answers = if answers.is_empty() { "-".to_owned() } else { answers.join(", ") };
        [login.user_name.to_owned(), login.passcode.to_owned(), login.outcome.to_owned(), answers]
    });
    aligned(["user name", "passcode", "what happens", "right answers"], rows)
}

/// The same for the test logins in Basiq's dialect.
#[must_use]
pub fn basiq_login_table() -> String {
    let plain = |text: &str| text.replace('`', "");
    let rows = basiq_logins().iter().map(|login| {
        let (id, password) = (login.login_id.to_owned(), login.password.to_owned());
        [id, password, plain(login.outcome), plain(&login.answers())]
    });
    aligned(["login id", "password", "what happens", "right answers where a bank asks"], rows)
}

fn aligned(head: [&str; 4], rows: impl Iterator<Item = [String; 4]>) -> String {
    let rows: Vec<[String; 4]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    rows.iter().fold(String::new(), |mut table, [user, passcode, outcome, answers]| {
        let [a, b, c] = widths;
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{user:a$}  {passcode:b$}  {outcome:c$}  {answers}");
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_login_of_basiqs_has_a_line_with_its_password() {
        let table = basiq_login_table();
        assert_eq!(table.lines().count(), basiq_logins().len() + 1, "{table}");
        for login in basiq_logins() {
            let line = table.lines().find(|line| line.starts_with(login.login_id)).expect(login.login_id);
            assert!(line.contains(login.password) && !line.contains('`'), "{line}");
        }
    }

    #[test]
    fn every_login_has_a_line_with_its_passcode_and_answers() {
        let table = login_table();
        assert_eq!(table.lines().count(), logins().len() + 1, "a head and a line for each:\n{table}");
        for login in logins() {
            let line = table.lines().find(|line| line.split_whitespace().next() == Some(login.user_name));
            let line = line.expect(login.user_name);
            assert!(line.contains(login.passcode), "no passcode in {line}");
            for answer in login.answers() {
                assert!(line.contains(&answer.shown), "{} is missing in {line}", answer.shown);
            }
        }
    }
}
