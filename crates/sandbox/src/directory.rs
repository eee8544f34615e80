//! The institutions: the register's, and the practice banks.
//!
//! How a row of a register, such as `data/institutions.tsv`, becomes an institution:
//!
//! | field | rule |
//! | --- | --- |
//! | `id` | 1,000,000 + FDIC certificate, or 2,000,000 + NCUA charter, or 3,000,000 + the line of any other: stable, and far from every id Quovo's pages name (21700, 21534, 22134, 21639, 19815) |
//! | `name`, `website` | `name`, `domain` (`null` where the register has none) |
//! | `country_code`, `is_test`, `is_available`, `is_oauth` | `USA`, `false`, `true`, `false` |
//! | `access_info` | all `null`: the register knows no labels, and nothing is guessed |
//! | `details.auth_type` | `instant` with a domain; without one `avm` for a bank, `null` for a credit union |
//! | `details.popularity_score` | digits of `assets_usd` minus 3, held within 1–10: 10 from a trillion dollars, 1 below 10,000 or where unknown |
//!
//! City and state stay out: Quovo gives none.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::catalogue::{
    GOOD, HangUp, OwnerDetails, PASSCODE, PracticeBank, Script, SignIn, practice_banks, v2_practice_banks,
};
use crate::id::InstitutionId;
use crate::register::{self, Register, Row};

/// The institutions a practice aggregator knows. Clones share one list.
#[derive(Debug, Clone)]
pub struct Directory {
    institutions: Arc<[Institution]>,
    /// Those that only v2 lists.
    of_v2: Arc<[Institution]>,
}

/// One institution, in Quovo v3's fields.
#[derive(Debug, Serialize)]
pub(crate) struct Institution {
    pub(crate) id: InstitutionId,
    pub(crate) name: Cow<'static, str>,
    pub(crate) website: Option<Cow<'static, str>>,
    pub(crate) country_code: &'static str,
    pub(crate) is_test: bool,
    pub(crate) is_available: bool,
    pub(crate) is_oauth: bool,
    pub(crate) access_info: AccessInfo,
    pub(crate) details: Details,
    #[serde(skip)]
    pub(crate) passcode: &'static str,
    #[serde(skip)]
    pub(crate) script: &'static Script,
    #[serde(skip)]
    pub(crate) sign_in: SignIn,
    #[serde(skip)]
    pub(crate) page_takes: Duration,
    #[serde(skip)]
    pub(crate) takes_any_login: bool,
    #[serde(skip)]
    pub(crate) owner_details: OwnerDetails,
    #[serde(skip)]
    pub(crate) hang_up: HangUp,
}

#[derive(Debug, Serialize)]
pub(crate) struct AccessInfo {
    pub(crate) username_description: Option<&'static str>,
    pub(crate) passcode_description: Option<&'static str>,
    pub(crate) sync_notes: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Details {
    auth_type: Option<AuthType>,
    pub(crate) popularity_score: u8,
}

/// How accounts at an institution can be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuthType {
    /// With the login, at once.
    Instant,
    /// With micro-deposits that the aggregator finds by itself.
    Avm,
}

impl AuthType {
    /// Reads the filter `auth_type`.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "instant" => Some(Self::Instant),
            "avm" => Some(Self::Avm),
            _ => None,
        }
    }
}

impl Directory {
    /// The register's 8,669 institutions and the practice banks.
    #[must_use]
    pub fn full() -> Self {
        // A test holds the file to being a register.
        Self::with_register(&Register::parse(register::OWN).unwrap_or_default())
    }

    /// The institutions of another register, and the practice banks.
    #[must_use]
    pub fn with_register(register: &Register) -> Self {
        Self::from_rows(register.rows().iter().map(from_row).chain(test_banks()))
    }

    /// The practice banks alone: quick to make and small to list.
    #[must_use]
    pub fn practice_only() -> Self {
        Self::from_rows(test_banks())
    }

    fn from_rows(rows: impl Iterator<Item = Institution>) -> Self {
        let mut institutions: Vec<_> = rows.collect();
        institutions.sort_by_key(|institution| institution.id);
        let of_v2 = v2_practice_banks().iter().map(from_bank).collect();
        Self { institutions: institutions.into(), of_v2 }
    }

    /// How many there are in v3.
    #[must_use]
    pub fn len(&self) -> usize {
        self.institutions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.institutions.is_empty()
    }

    /// One that v3 lists.
    pub(crate) fn get(&self, id: InstitutionId) -> Option<&Institution> {
        let at = self.institutions.binary_search_by_key(&id, |institution| institution.id).ok()?;
        self.institutions.get(at)
    }

    /// One that either dialect lists.
    pub(crate) fn get_any(&self, id: InstitutionId) -> Option<&Institution> {
        self.get(id).or_else(|| self.of_v2.iter().find(|institution| institution.id == id))
    }

    /// Those whose name or website holds `query`, whatever its case; all for an empty query.
    pub(crate) fn search(&self, query: &str, auth_type: Option<AuthType>) -> Vec<&Institution> {
        let query = query.trim().to_lowercase();
        self.institutions
            .iter()
            .filter(|institution| auth_type.is_none() || institution.details.auth_type == auth_type)
            .filter(|institution| institution.is_called(&query))
            .collect()
    }

    /// The same as v2 asks for it: with its own institutions, and by whether they verify at once.
    pub(crate) fn search_v2(&self, query: &str, can_auth: Option<bool>) -> Vec<&Institution> {
        let query = query.trim().to_lowercase();
        self.of_v2
            .iter()
            .chain(self.institutions.iter())
            .filter(|institution| can_auth.is_none_or(|wanted| institution.is_instant() == wanted))
            .filter(|institution| institution.is_called(&query))
            .collect()
    }
}

impl Default for Directory {
    fn default() -> Self {
        Self::full()
    }
}

impl Institution {
    pub(crate) fn is_instant(&self) -> bool {
        self.details.auth_type == Some(AuthType::Instant)
    }

    /// Whether `query`, in lower case, is in its name or website.
    fn is_called(&self, query: &str) -> bool {
        let website = self.website.as_ref();
        self.name.to_lowercase().contains(query)
            || website.is_some_and(|website| website.to_lowercase().contains(query))
    }
}

fn from_row(row: &Row) -> Institution {
    let instant = row.domain.as_ref().map(|_| AuthType::Instant);
    Institution {
        id: row.id,
        name: row.name.clone().into(),
        website: row.domain.clone().map(Cow::from),
        country_code: "USA",
        is_test: false,
        is_available: true,
        is_oauth: false,
        access_info: AccessInfo { username_description: None, passcode_description: None, sync_notes: None },
        details: Details {
            auth_type: instant.or(row.is_bank.then_some(AuthType::Avm)),
            popularity_score: popularity(row.assets_usd),
        },
        passcode: PASSCODE,
        script: &GOOD,
        sign_in: SignIn::Login,
        page_takes: Duration::ZERO,
        takes_any_login: false,
        owner_details: OwnerDetails::All,
        hang_up: HangUp::GoesOn,
    }
}

fn popularity(assets_usd: u64) -> u8 {
    let digits = assets_usd.checked_ilog10().map_or(1, |log| log + 1);
    u8::try_from(digits.saturating_sub(3).clamp(1, 10)).unwrap_or(10)
}

fn test_banks() -> impl Iterator<Item = Institution> {
    practice_banks().iter().map(from_bank)
}

fn from_bank(bank: &'static PracticeBank) -> Institution {
    Institution {
        id: bank.id,
        name: bank.name.into(),
        website: Some(bank.website.into()),
        country_code: "USA",
        is_test: true,
        is_available: true,
        is_oauth: bank.sign_in.is_oauth(),
        access_info: AccessInfo {
            username_description: bank.username_label,
            passcode_description: bank.passcode_label,
            sync_notes: bank.notes,
        },
        details: Details { auth_type: bank.instant.then_some(AuthType::Instant), popularity_score: 5 },
        passcode: bank.passcode,
        script: bank.script,
        sign_in: bank.sign_in,
        page_takes: bank.page_takes,
        takes_any_login: bank.takes_any_login,
        owner_details: bank.owner_details,
        hang_up: bank.hang_up,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_register_becomes_an_institution_with_an_id_of_its_own() {
        let directory = Directory::full();
        assert_eq!(directory.len(), 8_669 + practice_banks().len(), "a row was dropped");
        let ids: BTreeSet<_> = directory.institutions.iter().map(|institution| institution.id).collect();
        assert_eq!(ids.len(), directory.len(), "an id is used twice");
        for taken in [21_700, 21_534, 22_134, 21_639, 19_815] {
            assert!(!ids.contains(&InstitutionId(taken)), "{taken} means something else at Quovo");
        }
    }

    #[test]
    fn popularity_follows_the_digits_of_the_assets() {
        for (assets, score) in
            [(0, 1), (99_999, 2), (1_000_000, 4), (3_813_431_000_000, 10), (u64::MAX, 10), (9_999, 1)]
        {
            assert_eq!(popularity(assets), score, "{assets}");
        }
    }

    #[test]
    fn a_search_looks_into_names_and_websites_whatever_the_case() {
        let directory = Directory::full();
        let names = |query| -> Vec<&str> {
            directory.search(query, None).iter().map(|institution| institution.name.as_ref()).collect()
        };
        assert!(names("jpmorgan CHASE").contains(&"JPMorgan Chase Bank"), "by name");
        assert!(names("jpmorganchase.com").contains(&"JPMorgan Chase Bank"), "by website");
        assert_eq!(names("  ").len(), directory.len(), "an empty query finds all");
        assert!(names("no such bank anywhere").is_empty(), "nothing matches nonsense");
    }

    #[test]
    fn the_auth_type_filter_keeps_only_that_type() {
        let directory = Directory::full();
        let avm = directory.search("", Some(AuthType::Avm));
        assert!(!avm.is_empty(), "banks without a domain are avm");
        assert!(
            avm.iter().all(|institution| institution.details.auth_type == Some(AuthType::Avm)),
            "only avm"
        );
    }
}
