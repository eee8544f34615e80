//! What was pressed and what was said, kept in the repository and compared.

use anyhow::{Context as _, Result, bail};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// With this variable set to `write`, transcripts are written anew instead of compared.
const VARIABLE: &str = "LINCHPIN_TRANSCRIPTS";
/// The parts of a page that are the same on most screens: said again only where they have changed.
const SAME: [&str; 2] = ["banner", "contentinfo"];

/// How many digits are typed in another browser.
const CODE: usize = 6;

/// A transcript in the making.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    text: String,
    /// What stood in the parts of [`SAME`] last.
    before: [String; 2],
}

impl Transcript {
    /// A person does something.
    pub(super) fn does(&mut self, what: &str) {
        self.line("", what);
    }

    /// Something is said to them.
    pub(super) fn hears(&mut self, said: &[String]) {
        let mut last = "";
        for phrase in said {
            // What changes twice at once is heard once.
            if phrase != last {
                self.line("    ", phrase);
            }
            last = phrase;
        }
    }

    /// They have everything read to them.
    pub(super) fn reads(&mut self, said: &[String]) {
        for lines in laid_out(inner(said)) {
            let text = lines.join("\n");
            let part = SAME.iter().position(|name| text.starts_with(name));
            if let Some(before) = part.and_then(|part| self.before.get_mut(part)) {
                if *before == text {
                    continue;
                }
                before.clone_from(&text);
            }
            for line in lines {
                self.line("  | ", &line);
            }
        }
    }

    fn line(&mut self, before: &str, text: &str) {
        // Marks of direction are not said.
        let said: String =
            text.chars().filter(|letter| !('\u{2066}'..='\u{2069}').contains(letter)).collect();
        let said = steady(&said.replace('\u{a0}', " "));
        let _ = writeln!(self.text, "{before}{}", said.trim_end());
    }

    /// Leaves it in a folder.
    pub(super) fn leave(&self, folder: &Path, name: &str) {
        // It is there to be looked at; whoever cannot write it has other troubles.
        let _ = fs::write(folder.join(format!("{name}.txt")), &self.text);
    }

    /// Compares it with the one that is kept under this name.
    ///
    /// # Errors
    /// They differ; the message shows where, and how to keep the new one.
    pub(super) fn compare(&self, name: &str) -> Result<()> {
        let kept = kept(name);
        if env::var_os(VARIABLE).is_some_and(|value| value == "write") {
            return fs::write(&kept, &self.text).with_context(|| format!("writing {}", kept.display()));
        }
        let before = fs::read_to_string(&kept).with_context(|| {
            format!("there is no {}; {VARIABLE}=write writes it, and then it is to be read", kept.display())
        })?;
        if before != self.text {
            bail!(
                "what is said is not what {} holds. If it is better, {VARIABLE}=write keeps it:\n{}",
                kept.display(),
                difference(&before, &self.text)
            );
        }
        Ok(())
    }
}

/// The text without what each telling has of its own: every day of the calendar, such as “June 3, 2027”, is `<day>`, the time
/// that is left `<time>`, the practice bank’s address `<address>`, and what is to be typed in another browser `<code>`.
fn steady(text: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut told: Vec<&str> = Vec::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        let day =
            MONTHS.contains(&word) && words.next_if(|day| is_number(day.trim_end_matches(','))).is_some();
        let year = day.then(|| words.next_if(|year| year.get(..4).is_some_and(is_number))).flatten();
        let is_time =
            word.split_once(':').is_some_and(|(minutes, seconds)| is_number(minutes) && is_number(seconds));
        told.push(match word {
            _ if day => "<day>",
            _ if is_time => "<time>",
            _ if word.starts_with("127.0.0.") => "<address>",
            _ if word.len() == CODE && is_number(word) => "<code>",
            _ => word,
        });
        // What ends the sentence stays.
        told.extend(year.and_then(|year| year.get(4..)).filter(|rest| !rest.is_empty()));
    }
    told.join(" ").replace("<day> .", "<day>.").replace("<day> ,", "<day>,")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The file of a kept transcript.
fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(format!("{name}.txt"))
}

/// Without the document itself, which is around everything but what is modal.
fn inner(said: &[String]) -> &[String] {
    let said = said.strip_prefix(&["document".to_owned()]).unwrap_or(said);
    said.strip_suffix(&["end of document".to_owned()]).unwrap_or(said)
}

/// Phrases as a tree, each part of it in lines of its own: what is inside stands further in, and a single thing on the same
/// line. The reader's own “end of …” is in the indentation.
fn laid_out(said: &[String]) -> Vec<Vec<String>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(phrase) = said.get(at) {
        let rest = said.get(at + 1..).unwrap_or_default();
        let Some(length) = length_of(phrase, rest) else {
            parts.push(vec![phrase.clone()]);
            at += 1;
            continue;
        };
        let inside: Vec<_> = laid_out(rest.get(..length).unwrap_or_default()).into_iter().flatten().collect();
        let words = |text: &str| text.split_whitespace().collect::<String>();
        // A link is called what stands in it.
        let said_already =
            phrase.split_once(", ").is_some_and(|(_, name)| words(name) == words(&inside.concat()));
        let mut inside = inside.into_iter().filter(|_| !said_already);
        parts.push(match (inside.next(), inside.next()) {
            (None, _) => vec![phrase.clone()],
            (Some(only), None) => vec![format!("{phrase}: {only}")],
            (Some(first), Some(second)) => [phrase.clone()]
                .into_iter()
                .chain([first, second].into_iter().chain(inside).map(|line| format!("  {line}")))
                .collect(),
        });
        at += length + 2;
    }
    parts
}

/// How many phrases stand between this one and its end. None: it has no end.
fn length_of(phrase: &str, rest: &[String]) -> Option<usize> {
    let end = format!("end of {phrase}");
    let mut depth = 0_usize;
    for (at, other) in rest.iter().enumerate() {
        if other == phrase {
            depth += 1;
        } else if *other == end {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}

/// The lines between what is the same at the beginning and what is the same at the end.
fn difference(before: &str, now: &str) -> String {
    const AROUND: usize = 3;
    let (before, now): (Vec<_>, Vec<_>) = (before.lines().collect(), now.lines().collect());
    let same = before.iter().zip(&now).take_while(|(one, other)| one == other).count();
    let most = before.len().min(now.len()) - same;
    let after =
        before.iter().rev().zip(now.iter().rev()).take(most).take_while(|(one, other)| one == other).count();
    let mut told = String::new();
    let mut tell = |mark: &str, lines: &[&str], from: usize, to: usize| {
        for line in lines.get(from..to).unwrap_or_default() {
            let _ = writeln!(told, "{mark} {line}");
        }
    };
    tell(" ", &before, same.saturating_sub(AROUND), same);
    tell("-", &before, same, before.len() - after);
    tell("+", &now, same, now.len() - after);
    tell(" ", &now, now.len() - after, (now.len() - after + AROUND).min(now.len()));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(text: &str) -> Vec<String> {
        text.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_inside_stands_further_in_and_a_single_thing_on_the_same_line() {
        let said = phrases(
            "document/main/heading, Sure?, level 1/paragraph/Go on./end of paragraph/end of main/end of document",
        );
        assert_eq!(
            laid_out(inner(&said)),
            [["main", "  heading, Sure?, level 1", "  paragraph: Go on."].map(str::to_owned)]
        );
        let link = phrases(
            "link, Help (opens a new tab)/Help/ (/opens a new tab/)/end of link, Help (opens a new tab)",
        );
        assert_eq!(
            laid_out(&link),
            [["link, Help (opens a new tab)"]],
            "what is in its name is not said twice"
        );
        let nested = phrases("list/listitem/list/one/end of list/end of listitem/end of list");
        assert_eq!(
            laid_out(&nested),
            [["list: listitem: list: one"]],
            "each end belongs to its own beginning"
        );
    }

    #[test]
    fn parts_that_have_not_changed_are_said_once() {
        let mut transcript = Transcript::default();
        for main in ["one", "two"] {
            transcript
                .reads(&phrases(&format!("banner/button, Close/end of banner/main/{main}/end of main")));
        }
        assert_eq!(transcript.text, "  | banner: button, Close\n  | main: one\n  | main: two\n");
    }

    #[test]
    fn what_each_telling_has_of_its_own_is_left_out() {
        assert_eq!(steady("Until June 3, 2027."), "Until <day>.");
        assert_eq!(steady("June 30, 2027 is late"), "<day> is late");
        assert_eq!(steady("You may go on in 3 days"), "You may go on in 3 days", "no month is meant");
        assert_eq!(steady("Time left: 1:52"), "Time left: <time>");
        assert_eq!(steady("Type 480586 there."), "Type <code> there.");
        assert_eq!(steady("306061549"), "306061549", "a bank’s number is the same each time");
        assert_eq!(steady("Its address: 127.0.0.2:46347"), "Its address: <address>");
    }

    #[test]
    fn a_difference_shows_the_lines_that_changed_with_those_around() {
        let shown = difference("a\nb\nc\nd\ne\nf", "a\nb\nc\nd\nx\ny\nf");
        assert_eq!(shown, "  b\n  c\n  d\n- e\n+ x\n+ y\n  f\n");
        assert_eq!(difference("a", "a\nb"), "  a\n+ b\n", "what only follows");
    }
}
