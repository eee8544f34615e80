//! What the proxy has kept, searched for what it must not.

use anyhow::{Result, ensure};
use linchpin_sandbox::supplement;

use super::ProxySite;

impl ProxySite {
    /// Checks that neither logs nor database hold any of these, each named for the message. The database holds the
    /// list of institutions, too: what stands in one of their names is no secret there.
    ///
    /// # Errors
    /// One does.
    pub fn has_kept_nothing_of(&self, secrets: &[(&str, &str)]) -> Result<()> {
        let mut kept = self.store.contents()?;
        kept.push(("log".to_owned(), self.output().into_bytes()));
        let institutions = supplement();
        for (name, secret) in secrets {
            let public = listed_with(&institutions, secret);
            for (place, bytes) in &kept {
                let mut found =
                    bytes.windows(secret.len()).enumerate().filter(|(_, at)| *at == secret.as_bytes());
                let held = found.any(|(at, _)| !public.iter().any(|text| text.stands_around(bytes, at)));
                ensure!(!held, "the proxy's {place} holds {name}");
            }
        }
        Ok(())
    }
}

/// A name or a domain of the list in which a secret stands by chance: a little of what stands on either side.
struct Listed<'a> {
    before: &'a [u8],
    /// How long the secret is.
    length: usize,
    behind: &'a [u8],
}

impl Listed<'_> {
    /// So much is looked at.
    const MOST: usize = 4;
    /// And less than this tells nothing.
    const LEAST: usize = 2;

    /// Whether what stands there is this name. One side is enough: a page of the database may end within a name.
    fn stands_around(&self, bytes: &[u8], at: usize) -> bool {
        let (head, tail) = bytes.split_at(at);
        let begins = self.before.len() >= Self::LEAST && head.ends_with(self.before);
        let goes_on = self.behind.len() >= Self::LEAST
            && tail.get(self.length..).is_some_and(|rest| rest.starts_with(self.behind));
        begins || goes_on
    }
}

/// All names and domains in which it stands and that are longer than it.
fn listed_with<'a>(institutions: &'a str, secret: &str) -> Vec<Listed<'a>> {
    let headings: Vec<&str> = institutions.lines().next().unwrap_or_default().split('\t').collect();
    let stored = |column: usize| matches!(headings.get(column), Some(&("name" | "domain")));
    let cells = institutions.lines().skip(1).flat_map(|line| line.split('\t').enumerate());
    let cells = cells.filter(|(column, cell)| stored(*column) && cell.len() > secret.len());
    cells
        .flat_map(|(_, cell)| {
            let places: Vec<usize> = cell.match_indices(secret).map(|(at, _)| at).collect();
            let (cell, length) = (cell.as_bytes(), secret.len());
            places.into_iter().map(move |at| {
                let (before, behind) =
                    (cell.get(..at).unwrap_or_default(), cell.get(at + length..).unwrap_or_default());
                let before = before.get(before.len().saturating_sub(Listed::MOST)..).unwrap_or_default();
                Listed { before, length, behind: behind.get(..Listed::MOST).unwrap_or(behind) }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "id\tname\tdomain\tcity\n1\tForex Bank\ttrex.example\tRex\n";

    #[test]
    fn only_a_name_of_the_list_excuses_what_stands_in_it() {
        let public = listed_with(LIST, "rex");
        let excused = |text: &str| {
            text.match_indices("rex")
                .all(|(at, _)| public.iter().any(|one| one.stands_around(text.as_bytes(), at)))
        };
        assert!(excused(r#"{"name":"Forex Bank","domain":"trex.example"}"#));
        assert!(excused("Forex Ba"), "a page of the database ends there");
        for text in [r#"{"answer":"rex"}"#, "rex", "trex", "trex.com", "Forex Bank rex"] {
            assert!(!excused(text), "{text}");
        }
        assert!(listed_with(LIST, "Rex").is_empty(), "a city is not in the database");
    }
}
