//! Why a connection failed, and what the person can do about it (basiq.md 6). Pure.

use super::place::{Method, Place, Way};
use super::wire;
use crate::aggregators::Step;
use crate::aggregators::text::plain_text;
use linchpin_protocol::{CredentialProblem, FailureReason, LaterReason};
use serde::{Deserialize, Serialize};

/// Why a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cause {
    /// The login is wrong.
    Login,
    /// The bank has locked the login.
    Locked,
    /// The bank wants something done on its own site.
    UserAction,
    /// The bank, or the person there, has said no.
    NotAllowed,
    /// A question was answered wrongly, too late, or by nobody.
    Unanswered,
    /// The bank is in trouble. After a change of login Basiq tries again by itself.
    Unavailable,
    /// The bank or the way to it is in trouble.
    Outage,
    /// The bank is being worked on.
    Maintenance,
    /// The institution cannot be reached this way any more.
    Off,
    /// No reason that is known here.
    Unknown,
}

impl Cause {
    /// A failed step's reason. A question that failed has none.
    pub(super) fn of_step(step: &wire::Step) -> Self {
        let told = step.results().iter().find(|result| result.code.is_some());
        match told {
            Some(result) => {
                Self::of_code(result.code.as_deref(), [result.title.as_deref(), result.detail.as_deref()])
            }
            None if is_question(step) => Self::Unanswered,
            None => Self::Unknown,
        }
    }

    /// What a refusal says.
    pub(super) fn of_error(error: &wire::Error) -> Self {
        Self::of_code(error.code.as_deref(), [error.title.as_deref(), error.detail.as_deref()])
    }

    fn of_code(code: Option<&str>, texts: [Option<&str>; 2]) -> Self {
        match code.unwrap_or_default() {
            // The flavours of this code are told apart by its texts alone.
            "invalid-credentials" if texts.into_iter().flatten().any(tells_of_a_lock) => Self::Locked,
            "invalid-credentials" | "invalid-username-or-password" | "invalid-connection" => Self::Login,
            "locked-account" => Self::Locked,
            "account-not-accessible-requires-user-action" | "user-action-required" => Self::UserAction,
            "authorization-failed" => Self::NotAllowed,
            "multifactor-required" => Self::Unanswered,
            "service-unavailable" => Self::Unavailable,
            "system-unavailable"
            | "connector-error"
            | "unknown-error"
            | "job-timed-out"
            | "too-many-requests"
            | "internal-server-error" => Self::Outage,
            "maintenance" | "maintenance-error" => Self::Maintenance,
            "institution-not-available"
            | "institution-disabled"
            | "institution-not-found"
            | "institution-not-supported" => Self::Off,
            _ => Self::Unknown,
        }
    }

    /// Whether a second try with the same login would be the same mistake.
    pub(super) fn is_the_login(self) -> bool {
        matches!(self, Self::Login | Self::Locked)
    }

    /// Whether it is nobody's turn but the bank's.
    pub(super) fn is_trouble(self) -> bool {
        matches!(self, Self::Unavailable | Self::Outage | Self::Maintenance)
    }

    /// What has to happen now. `told`: the institution's words, where they are there.
    pub(super) fn step(self, place: &Place, told: Option<&str>) -> Step {
        let later = |reason| Step::Later { reason, retries_itself: false };
        let by_consent = place.way == Way::Consent;
        match self {
            // Where there is no form, these lead to the consent page, which has one.
            Self::Login => Step::Credentials { problem: CredentialProblem::Incorrect },
            Self::Locked if by_consent => Step::SIGN_IN_AGAIN,
            Self::Locked => Step::Credentials { problem: CredentialProblem::Locked },
            Self::UserAction => Step::Instructions { text: told.map(plain_text).unwrap_or_default() },
            Self::NotAllowed if by_consent => Step::SIGN_IN_AGAIN,
            Self::Unknown if by_consent && place.method == Some(Method::OpenBanking) => Step::SIGN_IN_AGAIN,
            Self::NotAllowed | Self::Unanswered | Self::Unknown => Step::StartAgain,
            Self::Unavailable => {
                let reason = LaterReason::InstitutionUnavailable;
                Step::Later { reason, retries_itself: place.persists }
            }
            Self::Outage => later(LaterReason::InstitutionUnavailable),
            Self::Maintenance => later(LaterReason::Maintenance),
            Self::Off => Step::Failed { reason: FailureReason::ProviderRejected },
        }
    }
}

/// The step's title was misspelt once (basiq.md 11.10).
pub(super) fn is_question(step: &wire::Step) -> bool {
    step.title.starts_with("mfa-")
}

fn tells_of_a_lock(text: &str) -> bool {
    text.to_lowercase().contains("lock")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::UpstreamUser;
    use linchpin_protocol::{InstitutionId, Purpose};

    fn of(result: &str) -> Cause {
        let json = format!(r#"{{"title":"verify-credentials","status":"failed","result":{result}}}"#);
        Cause::of_step(&serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn the_flavours_of_a_wrong_login_are_told_apart_by_their_texts() {
        let wrong = r#"{"code":"invalid-credentials","title":"Invalid","detail":"Username or password"}"#;
        assert_eq!(of(wrong), Cause::Login);
        let locked = r#"{"code":"invalid-credentials","title":"Invalid","detail":"The account is LOCKED."}"#;
        assert_eq!(of(locked), Cause::Locked);
        let details = r#"{"code":"invalid-credentials","details":"locked"}"#;
        assert_eq!(of(details), Cause::Locked, "one schema spells it details");
        assert_eq!(of(r#"{"code":"unblocked-by-mistake"}"#), Cause::Unknown);
    }

    #[test]
    fn what_nobody_has_told_us_of_is_unknown_and_a_question_without_a_reason_is_unanswered() {
        for result in ["null", "[]", "7", "\"x\"", r#"{"code":7}"#, r#"{"code":"csv-too-large"}"#] {
            assert_eq!(of(result), Cause::Unknown, "{result}");
        }
        let question = r#"{"title":"mfa-challenege","status":"failed","result":null}"#;
        assert_eq!(Cause::of_step(&serde_json::from_str(question).unwrap()), Cause::Unanswered);
    }

    fn place(way: Way) -> Place {
        let (user, institution) = (UpstreamUser("usr-1".to_owned()), InstitutionId::new("ins_AU00000"));
        Place::new(&user, &institution, Purpose::Verify, way).unwrap()
    }

    #[test]
    fn a_person_is_asked_for_what_they_can_do() {
        let of = |cause: Cause, way| cause.step(&place(way), Some("Accept the\u{202e} terms"));
        assert_eq!(
            of(Cause::UserAction, Way::Login),
            Step::Instructions { text: "Accept the terms".to_owned() }
        );
        assert_eq!(of(Cause::NotAllowed, Way::Consent), Step::SIGN_IN_AGAIN);
        assert_eq!(of(Cause::NotAllowed, Way::Login), Step::StartAgain);
        assert_eq!(of(Cause::Unknown, Way::Login), Step::StartAgain, "it may be refreshed by hand");
        let mut at_the_bank = place(Way::Consent);
        at_the_bank.method = Some(Method::OpenBanking);
        assert_eq!(Cause::Unknown.step(&at_the_bank, None), Step::SIGN_IN_AGAIN);
        let wrong = Step::Credentials { problem: CredentialProblem::Incorrect };
        assert_eq!(of(Cause::Login, Way::Login), wrong);
    }
}
