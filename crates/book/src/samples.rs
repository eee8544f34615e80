//! The samples of a page: fenced blocks, each with its language and what a comment before it says.

use crate::Page;

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The page, and the line of its fence, counted from 1: `docs/tokens.md:12`.
    pub place: String,
    /// What stands behind the fence, such as `toml`; empty without.
    pub language: String,
    /// What the comment before it says.
    pub mark: Option<Mark>,
    /// What stands between the fences.
    pub text: String,
}

/// What a comment says of the sample that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is the body of this call: `POST /v1/link-tokens`.
    Body(String),
    /// It is such an answer: `POST /v1/link-tokens 201`.
    Answer(String),
    /// It is not whole, or not ours: why.
    Excerpt(String),
}

impl Mark {
    fn read(line: &str) -> Option<Self> {
        let comment = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
        let (kind, rest) = comment.trim().split_once(':')?;
        let rest = rest.trim().to_owned();
        match kind {
            "body" => Some(Self::Body(rest)),
            "answer" => Some(Self::Answer(rest)),
            "excerpt" => Some(Self::Excerpt(rest)),
            _ => None,
        }
    }
}

/// The samples of a page, in order. An unclosed fence ends with the page, as Markdown has it.
pub(crate) fn of(page: &Page) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut open: Option<Sample> = None;
    let mut before = "";
    for (number, line) in page.text.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(language)) => {
                open = Some(Sample {
                    place: format!("{}:{}", page.path, number + 1),
                    language: language.trim().to_owned(),
                    mark: Mark::read(before),
                    text: String::new(),
                });
            }
            (Some(sample), None) => {
                sample.text.push_str(line);
                sample.text.push('\n');
            }
            (Some(_), Some(_)) => samples.extend(open.take()),
            (None, None) => {}
        }
        if !line.trim().is_empty() {
            before = line;
        }
    }
    samples.extend(open);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(text: &str) -> Vec<Sample> {
        of(&Page { path: "docs/a.md".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn a_sample_has_its_place_its_language_and_its_mark() {
        let found = samples(
            "# A\n\n<!-- body: POST /v1/link-tokens -->\n\n```json\n{\n}\n```\n\ntext\n```\ndrawing\n```\n",
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].place, "docs/a.md:5");
        assert_eq!((found[0].language.as_str(), found[0].text.as_str()), ("json", "{\n}\n"));
        assert_eq!(found[0].mark, Some(Mark::Body("POST /v1/link-tokens".to_owned())));
        assert_eq!(
            (found[1].language.as_str(), &found[1].mark),
            ("", &None),
            "the mark is not the next one's"
        );
    }

    #[test]
    fn other_comments_are_no_marks() {
        for comment in ["<!-- logins -->", "<!-- note: x -->", "body: POST /x"] {
            assert_eq!(samples(&format!("{comment}\n```json\n{{}}\n```\n"))[0].mark, None, "{comment}");
        }
    }
}
