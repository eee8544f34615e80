//! Institutions and the ways to their data (basiq.md 2.3 and 10).

/// A way to the data of an institution, as `GET /connectors` lists it.
#[derive(Debug)]
pub struct BasiqConnector {
    /// The institution's id, such as `AU00000`. Two connectors of one institution share it.
    pub id: &'static str,
    /// The institution's name.
    pub name: &'static str,
    /// What happens there.
    pub shows: &'static str,
    /// Whether Basiq documents it; the others are made up.
    pub is_documented: bool,
    pub(crate) method: Method,
    pub(crate) authorization: Authorization,
    pub(crate) captions: Captions,
    pub(crate) place: Place,
    pub(crate) tier: &'static str,
    pub(crate) stage: &'static str,
    pub(crate) status: &'static str,
}

/// How data is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// By the person's login.
    Web,
    /// By the person's consent at the bank.
    OpenBanking,
}

/// What a connector wants (`authorization.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authorization {
    User,
    UserToken,
    /// Asks each time.
    UserMfa,
    /// Asks every other time, beginning with a question: Basiq says about half the time.
    UserMfaIntermittent,
    /// Nothing that a login leads to.
    Other,
}

/// The labels of a login's fields. A field without a label is not there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Captions {
    pub(crate) login_id: Option<&'static str>,
    pub(crate) password: Option<&'static str>,
    pub(crate) secondary_login_id: Option<&'static str>,
    pub(crate) security_code: Option<&'static str>,
}

/// Where a challenge is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the fields of the challenge.
    Here,
    /// In the bank's app; here there is only `confirmed` to say.
    InTheApp,
}

/// What [`Authorization::UserToken`] takes. Made up.
pub(crate) const USER_TOKEN: &str = "practice-user-token";
/// What a second login id and a security code have to be, where they are wanted. Made up.
pub(crate) const SECOND_SECRETS: [&str; 2] = ["9876", "112233"];

const LOGIN: Captions = Captions {
    login_id: Some("Login ID"),
    password: Some("Password"),
    secondary_login_id: None,
    security_code: None,
};

const PLAIN: BasiqConnector = BasiqConnector {
    id: "",
    name: "",
    shows: "",
    is_documented: false,
    method: Method::Web,
    authorization: Authorization::User,
    captions: LOGIN,
    place: Place::Here,
    tier: "1",
    stage: "live",
    status: "operational",
};

const OPEN_BANKING: BasiqConnector = BasiqConnector {
    method: Method::OpenBanking,
    authorization: Authorization::Other,
    captions: Captions { login_id: None, password: None, secondary_login_id: None, security_code: None },
    ..PLAIN
};

/// Every connector.
#[must_use]
pub fn basiq_connectors() -> &'static [BasiqConnector] {
    CONNECTORS
}

static CONNECTORS: &[BasiqConnector] = &[
    BasiqConnector {
        id: "AU00000",
        name: "Hooli",
        shows: "Asks nothing beyond the login.",
        is_documented: true,
        ..PLAIN
    },
    BasiqConnector {
        id: "AU00000",
        name: "Hooli",
        shows: "Consent at the bank; cannot be active beside the login.",
        ..OPEN_BANKING
    },
    BasiqConnector {
        id: "AU00001",
        name: "Basiq",
        shows: "Asks nothing beyond the login; beta.",
        is_documented: true,
        stage: "beta",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU00002",
        name: "Pied Piper Bank",
        shows: "Always asks.",
        is_documented: true,
        authorization: Authorization::UserMfa,
        ..PLAIN
    },
    BasiqConnector {
        id: "AU00003",
        name: "Nucleus Bank",
        shows: "Asks every other time.",
        is_documented: true,
        authorization: Authorization::UserMfaIntermittent,
        ..PLAIN
    },
    BasiqConnector {
        id: "AU00004",
        name: "HooliGov Bank",
        shows: "Takes `gavinBelson` only.",
        is_documented: true,
        tier: "2",
        ..PLAIN
    },
    BasiqConnector { id: "AU90001", name: "Wattle Bank", shows: "Consent at the bank.", ..OPEN_BANKING },
    BasiqConnector {
        id: "AU90002",
        name: "Four Fields Credit Union",
        shows: "Wants a second login id (`9876`) and a security code (`112233`), too.",
        captions: Captions {
            login_id: Some("Member number"),
            password: Some("Web password"),
            secondary_login_id: Some("Access number"),
            security_code: Some("Security code"),
        },
        tier: "3",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU90003",
        name: "User Token Bank",
        shows: "Takes the token `practice-user-token` instead of a login.",
        authorization: Authorization::UserToken,
        captions: Captions { login_id: Some("Token"), ..OPEN_BANKING.captions },
        tier: "4",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU90004",
        name: "Approve In App Bank",
        shows: "Asks to approve in its app: nothing to type, `confirmed` is the answer.",
        authorization: Authorization::UserMfa,
        place: Place::InTheApp,
        tier: "2",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU90005",
        name: "Outage Bank",
        shows: "Cannot be reached (`major-outage`).",
        status: "major-outage",
        tier: "2",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU90006",
        name: "Maintenance Bank",
        shows: "Is being looked after (`under-maintenance`), and works.",
        status: "under-maintenance",
        tier: "2",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU90007",
        name: "Early Bank",
        shows: "Not ready for people (`alpha`).",
        stage: "alpha",
        tier: "4",
        ..PLAIN
    },
    BasiqConnector {
        id: "AU90008",
        name: "No Login Bank",
        shows: "Cannot be connected by a login (`other`).",
        authorization: Authorization::Other,
        captions: OPEN_BANKING.captions,
        tier: "4",
        ..PLAIN
    },
];

impl BasiqConnector {
    /// The word for its method in a connector (`openbanking`; a connection says `open-banking`, basiq.md 11.5).
    #[must_use]
    pub fn method_word(&self) -> &'static str {
        match self.method {
            Method::Web => "web",
            Method::OpenBanking => "openbanking",
        }
    }

    /// Whether its jobs have a step for a challenge.
    pub(crate) fn may_ask(&self) -> bool {
        matches!(self.authorization, Authorization::UserMfa | Authorization::UserMfaIntermittent)
    }
}

impl Method {
    /// The word for it in a connection.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::OpenBanking => "open-banking",
        }
    }

    /// The one meant: both spellings of open banking are about (basiq.md 11.5).
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "web" => Some(Self::Web),
            "openbanking" | "open-banking" => Some(Self::OpenBanking),
            _ => None,
        }
    }
}

impl Authorization {
    /// `authorization.type`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::UserToken => "token",
            Self::UserMfa => "user-mfa",
            Self::UserMfaIntermittent => "user-mfa-intermittent",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_institution_has_a_connector_for_each_method_at_most() {
        let ways: BTreeSet<_> = basiq_connectors().iter().map(|one| (one.id, one.method_word())).collect();
        assert_eq!(ways.len(), basiq_connectors().len());
    }

    #[test]
    fn ids_are_two_letters_and_five_digits() {
        for connector in basiq_connectors() {
            let (country, number) = connector.id.split_at(2);
            assert_eq!((country, number.len()), ("AU", 5), "{}", connector.name);
            assert!(number.bytes().all(|digit| digit.is_ascii_digit()), "{}", connector.id);
        }
    }

    #[test]
    fn both_spellings_of_open_banking_are_read() {
        assert_eq!(Method::read("openbanking"), Method::read("open-banking"));
        assert_eq!(Method::read("csv"), None);
    }
}
