//! How a connection at Basiq is found again, and what has to be remembered of it because Basiq forgets it.

use super::causes::Cause;
use crate::aggregators::{Channel, Reference, UpstreamError};
use crate::store::UpstreamUser;
use jiff::Timestamp;
use linchpin_protocol::{InstitutionId, Purpose};
use serde::{Deserialize, Serialize};

/// How a connection is found again. Stored as JSON; `v` moves when the meaning of a field does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    v: u8,
    pub(super) user: String,
    pub(super) institution: String,
    pub(super) way: Way,
    /// Whether account numbers are wanted.
    pub(super) numbers: bool,
    /// What was begun last, until it is known how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<String>,
    /// Told by the job, some time after it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) connection: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<Method>,
    /// It was active once: its accounts are in use, so it must not be replaced by another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) good: bool,
    /// The institution has asked for more than the login, so the person has to be there when it is read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) asks: bool,
    /// Since when it asks what it asks now: Basiq does not say.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "milliseconds")]
    pub(super) asked_at: Option<Timestamp>,
    /// Why it failed last. Jobs vanish after a week, and with them the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<Cause>,
    /// When it failed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "milliseconds")]
    pub(super) failed_at: Option<Timestamp>,
    /// So many tries in a row have met trouble at the bank.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub(super) troubles: u8,
    /// What was begun last is another login for a connection that has worked: met with trouble, Basiq tries it again by
    /// itself for some days.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) persists: bool,
    /// The person was sent to the consent page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) visit: Option<Visit>,
}

/// A visit to the consent page. Until the person is back, nothing is read: what was done there by somebody else must not
/// count as theirs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Visit {
    /// The jobs at the institution that there were when they left.
    pub(super) jobs: Vec<String>,
    /// And the connections.
    pub(super) connections: Vec<String>,
    /// Since when they are back, while it is not seen yet what they have done there.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "milliseconds")]
    pub(super) back_at: Option<Timestamp>,
    /// They came back, and nothing was allowed there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) left: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_none_yet(count: &u8) -> bool {
    *count == 0
}

/// A moment as milliseconds since 1970.
mod milliseconds {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it with a reference")]
    pub(super) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(Timestamp::as_millisecond).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let milliseconds = Option::<i64>::deserialize(deserializer)?;
        milliseconds.map(|at| Timestamp::from_millisecond(at).map_err(serde::de::Error::custom)).transpose()
    }
}

/// How the person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// With a login that we pass on.
    Login,
    /// On Basiq's consent page.
    Consent,
}

/// How Basiq reaches the institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    Web,
    OpenBanking,
}

impl Method {
    /// Spelled in more than one way (basiq.md 11.5).
    pub(super) fn read(word: &str) -> Option<Self> {
        match word {
            "web" => Some(Self::Web),
            "openbanking" | "open-banking" => Some(Self::OpenBanking),
            _ => None,
        }
    }

    /// As a connector spells it.
    pub(super) fn as_connector(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::OpenBanking => "openbanking",
        }
    }

    pub(super) fn channel(self) -> Channel {
        match self {
            Self::Web => Channel::Web,
            Self::OpenBanking => Channel::OpenBanking,
        }
    }
}

impl Place {
    /// Nothing is there yet.
    pub(super) fn new(
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        way: Way,
    ) -> Result<Self, UpstreamError> {
        let numbers = match purpose {
            Purpose::Verify | Purpose::Both => true,
            Purpose::Aggregate => false,
        };
        let institution = upstream_institution(institution).ok_or(UpstreamError::Gone)?.to_owned();
        Ok(Self {
            v: 1,
            user: user.0.clone(),
            institution,
            way,
            numbers,
            job: None,
            connection: None,
            method: None,
            good: false,
            asks: false,
            asked_at: None,
            cause: None,
            failed_at: None,
            troubles: 0,
            persists: false,
            visit: None,
        })
    }

    /// Reads a stored reference.
    pub(super) fn read(reference: &Reference) -> Result<Self, UpstreamError> {
        serde_json::from_str::<Self>(&reference.0)
            .ok()
            .filter(|place| place.v == 1)
            .ok_or(UpstreamError::BadReference)
    }

    /// As it is stored.
    pub(super) fn write(&self) -> Result<Reference, UpstreamError> {
        serde_json::to_string(self).map(Reference).map_err(|_| UpstreamError::BadReference)
    }

    /// Something new has begun there.
    pub(super) fn begin(&mut self, job: String) {
        self.job = Some(job);
        self.cause = None;
        self.failed_at = None;
        self.asked_at = None;
        self.persists = false;
        self.visit = None;
    }

    /// Where its connection is, once it has one.
    pub(super) fn connection_path(&self) -> Option<String> {
        Some(format!("/users/{}/connections/{}", self.user, self.connection.as_ref()?))
    }
}

/// Basiq's name for one of our institutions: two letters of a country and five digits.
pub(super) fn upstream_institution(id: &InstitutionId) -> Option<&str> {
    id.as_str().strip_prefix("ins_").filter(|name| is_institution(name))
}

pub(super) fn is_institution(name: &str) -> bool {
    let (country, number) = (name.get(..2), name.get(2..));
    name.len() == 7
        && country.is_some_and(|country| country.bytes().all(|byte| byte.is_ascii_uppercase()))
        && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A name that may stand in a path.
pub(super) fn plain_name(name: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ((1..=100).contains(&name.len()) && name.bytes().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_of_another_version_is_refused() {
        let user = UpstreamUser("usr-1".to_owned());
        let institution = InstitutionId::new("ins_AU00000");
        let mut place = Place::new(&user, &institution, Purpose::Verify, Way::Login).unwrap();
        place.asked_at = Timestamp::from_millisecond(1_700_000_000_123).ok();
        let reference = place.write().unwrap();
        assert_eq!(Place::read(&reference), Ok(place));
        let newer = Reference(reference.0.replace("\"v\":1", "\"v\":2"));
        assert_eq!(Place::read(&newer), Err(UpstreamError::BadReference));
    }

    #[test]
    fn nothing_but_an_institutions_name_is_one() {
        for bad in ["ins_AU0000", "ins_au00000", "ins_AU0000/", "AU00000", "ins_AU000000", "ins_4101"] {
            assert_eq!(upstream_institution(&InstitutionId::new(bad)), None, "{bad}");
        }
        assert_eq!(upstream_institution(&InstitutionId::new("ins_AU00000")), Some("AU00000"));
    }

    #[test]
    fn a_name_that_would_change_a_path_is_not_taken() {
        for bad in ["", "..", "a/b", "a?b", "a%2f", "é"] {
            assert_eq!(plain_name(bad), None, "{bad}");
        }
    }
}
