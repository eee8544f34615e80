//! Links: where they lead, and what becomes in the book of those that lead out of it.

/// A heading as links name it, without its `#`.
pub fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A chapter as the book shows it: links to files of the repository that are not in the book name the file instead,
/// because a book that stands on a server has no repository beside it. Samples stay as they are.
pub fn leaving(chapter: &str) -> String {
    let mut fenced = false;
    let lines = chapter.split_inclusive('\n').map(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if fenced || fence { line.to_owned() } else { of_line(line) }
    });
    lines.collect()
}

fn of_line(line: &str) -> String {
    let mut parts = line.split("](../");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some(((target, rest), (before, label))) = part.split_once(')').zip(said.rsplit_once('[')) else {
            said.push_str("](../");
            said.push_str(part);
            continue;
        };
        let path = target.split('#').next().unwrap_or_default();
        let plain = label.replace('`', "");
        let named = path.ends_with(plain.trim_start_matches("../"));
        said = if named {
            format!("{before}`{path}`{rest}")
        } else {
            format!("{before}{label} (`{path}`){rest}")
        };
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_out_of_the_book_names_the_file() {
        for (written, shown) in [
            ("see [`own.rs`](../crates/words/src/own.rs) for it", "see `crates/words/src/own.rs` for it"),
            ("the [loader](../sdk/README.md#react) and", "the loader (`sdk/README.md`) and"),
            (
                "[a](../a.md), [tokens](tokens.md) and [b](../b.md)",
                "a (`a.md`), [tokens](tokens.md) and b (`b.md`)",
            ),
            ("[the site](https://example.com) stays", "[the site](https://example.com) stays"),
        ] {
            assert_eq!(leaving(written), shown);
        }
    }

    #[test]
    fn samples_stay_as_they_are() {
        let sample = "```md\n[a](../a.md)\n```\n";
        assert_eq!(leaving(sample), sample);
    }

    #[test]
    fn a_heading_is_named_as_code_hosts_name_it() {
        assert_eq!(slug("## `Linchpin.create(options)`"), "linchpincreateoptions");
        assert_eq!(slug("# When it does not work"), "when-it-does-not-work");
    }
}
