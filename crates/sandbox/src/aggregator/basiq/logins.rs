//! Logins as they are given, and what a bank makes of them.

use super::BasiqRefusal;
use crate::catalogue::basiq::{
    Authorization, BasiqConnector, BasiqLogin, Failure, SECOND_SECRETS, StepTitle, USER_TOKEN, basiq_logins,
    failure,
};
use crate::ledger::{LoginOutcome, ShownName};
use crate::secret::Secret;

/// What somebody typed for a connection. It is compared and let go.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) login_id: Option<Secret>,
    pub(crate) password: Option<Secret>,
    pub(crate) secondary_login_id: Option<Secret>,
    pub(crate) security_code: Option<Secret>,
    pub(crate) user_token: Option<Secret>,
}

/// A login that a connection uses.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    id: Secret,
    /// What it leads to; nothing when it is wrong.
    plays: Option<&'static BasiqLogin>,
}

impl Given {
    /// The login for this connector, right or wrong.
    pub(super) fn read(&self, connector: &BasiqConnector) -> Result<Login, BasiqRefusal> {
        if connector.authorization == Authorization::UserToken {
            let token = present(self.user_token.as_ref(), "userToken")?;
            let plays = basiq_logins().first().filter(|_| token.matches(USER_TOKEN));
            return Ok(Login { id: token.clone(), plays });
        }
        let login_id = present(self.login_id.as_ref(), "loginId")?;
        self.judge(connector, login_id)
    }

    /// The login of this id with what else is given.
    pub(super) fn read_for(&self, connector: &BasiqConnector, login: &Login) -> Result<Login, BasiqRefusal> {
        if connector.authorization == Authorization::UserToken {
            self.read(connector)
        } else {
            self.judge(connector, &login.id)
        }
    }

    fn judge(&self, connector: &BasiqConnector, login_id: &Secret) -> Result<Login, BasiqRefusal> {
        let password = present(self.password.as_ref(), "password")?;
        let captions = connector.captions;
        let more = [
            (captions.secondary_login_id, &self.secondary_login_id, "secondaryLoginId"),
            (captions.security_code, &self.security_code, "securityCode"),
        ];
        let mut is_right = true;
        for ((caption, given, name), right) in more.into_iter().zip(SECOND_SECRETS) {
            if caption.is_some() {
                is_right &= present(given.as_ref(), name)?.matches(right);
            }
        }
        let plays = basiq_logins().iter().find(|login| {
            let takes = connector.id != "AU00004" || login.login_id == "gavinBelson";
            login_id.matches(login.login_id) & password.matches(login.password) && takes
        });
        Ok(Login { id: login_id.clone(), plays: plays.filter(|_| is_right) })
    }
}

impl Login {
    /// Whether this is the same login with the same password, as far as can be told without keeping one: two wrong
    /// passwords are the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id.matches(other.id.expose()) && self.plays.is_some() == other.plays.is_some()
    }

    /// What it leads to; nothing when it is wrong.
    pub(super) fn plays(&self) -> Option<&'static BasiqLogin> {
        self.plays
    }

    /// Where and why a job with it fails, if it does.
    pub(super) fn failure(&self) -> Option<(StepTitle, Failure)> {
        match self.plays {
            Some(login) => login.failure(),
            None => Some((StepTitle::VerifyCredentials, failure("invalid-credentials"))),
        }
    }

    /// What a bank says to it.
    pub(super) fn outcome(&self) -> LoginOutcome {
        match self.failure() {
            Some((StepTitle::VerifyCredentials, why)) if why.code == "invalid-credentials" => {
                LoginOutcome::Refused
            }
            _ => LoginOutcome::Accepted,
        }
    }

    /// Its id, if a page documents it: somebody may type a real one by mistake.
    pub(super) fn shown(&self) -> ShownName {
        let documented = basiq_logins().iter().find(|login| self.id.matches(login.login_id));
        documented.map_or_else(|| ShownName::of(""), |login| ShownName::documented(login.login_id))
    }
}

fn present<'a>(given: Option<&'a Secret>, name: &'static str) -> Result<&'a Secret, BasiqRefusal> {
    given.filter(|secret| !secret.expose().is_empty()).ok_or(BasiqRefusal::Missing(name))
}
