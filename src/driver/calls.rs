//! What is sent for each request of the flow, and how its answer is read.

use super::Driver;
use crate::backend::{Call, Patience, json};
use crate::rest::{self, member};
use linchpin_flow::{Act, Reply, Request};
use linchpin_protocol::{
    Abandon, Amounts, Authorize, AuthorizeTicket, Cents, ChooseAccounts, ConnectionId, CorrectDeposit,
    CreateConnection, CreateDeposit, CreateInstitutionRequest, CreateSession, DepositId, FromTree,
    GiveConsent, Json, MoveConnection, OpenedSession, PublicToken, RefreshConnection, Retry, Revision,
    Secret, SubmitAmounts, SubmitAnswers, SubmitCredentials, WithdrawDeposit,
};

impl Driver {
    /// The account number that was typed. Without one the proxy refuses what it is sent with.
    fn number(&self) -> Secret {
        self.vault.borrow().number().unwrap_or_else(|| Secret::new(""))
    }

    /// Makes the call for a request, and says what its answer is.
    pub(super) fn prepare(&self, request: Request) -> (Call, Answers) {
        let session = self.vault.borrow().session.clone();
        let (act, path, body, answer): (Act, String, _, _) = match request {
            Request::ResumeSession => {
                return (
                    Call::get("/v1/sessions/current".into(), session, Patience::Short),
                    Answers::Session,
                );
            }
            Request::OpenSession { act } => {
                let link_token = self.vault.borrow().link_token.clone().unwrap_or_else(|| Secret::new(""));
                let body = CreateSession { link_token, origin: self.page.host.clone() };
                (act, "/v1/sessions".into(), json(&body), Answers::OpenedSession)
            }
            Request::GiveConsent { act, version } => {
                let body = GiveConsent { version };
                (act, "/v1/sessions/consent".into(), json(&body), Answers::Nothing)
            }
            Request::Search { query, cursor } => {
                let mut path = format!("/v1/institutions?query={}", escaped(&query));
                if let Some(cursor) = cursor {
                    path.push_str("&cursor=");
                    path.push_str(&escaped(&cursor));
                }
                return (Call::get(path, session, Patience::Short), Answers::Institutions);
            }
            Request::AskForInstitution { act, text } => {
                let path = "/v1/institution-requests".into();
                let body = CreateInstitutionRequest { text: Secret::new(text) };
                (act, path, json(&body), Answers::Nothing)
            }
            Request::ReadInstitution { id } => {
                let path = format!("/v1/institutions/{}", escaped(id.as_str()));
                return (Call::get(path, session, Patience::Short), Answers::Institution);
            }
            Request::ReadConnection { id, revision, wait_s } => {
                let path = path_of(&id, &waiting(revision, wait_s));
                return (Call::get(path, session, Patience::Long), Answers::Connection);
            }
            Request::CreateConnection { act, institution_id, method } => {
                let body = CreateConnection { institution_id, method };
                (act, "/v1/connections".into(), json(&body), Answers::Connection)
            }
            Request::TakeUp { act, id } => {
                let path = path_of(&id, "/take-up");
                (act, path, json(&Nothing {}), Answers::Connection)
            }
            Request::Authorize { act, id, revision, in_place } => {
                let body = Authorize { revision, in_place };
                (act, path_of(&id, "/authorize"), json(&body), Answers::Ticket)
            }
            Request::Abandon { act, id, revision } => {
                let body = Abandon { revision };
                (act, path_of(&id, "/abandon"), json(&body), Answers::Connection)
            }
            Request::Extend { act } => {
                let path = "/v1/sessions/extend".into();
                (act, path, json(&Nothing {}), Answers::Life)
            }
            Request::SendCredentials { act, id, revision, again } => {
                let fields = self.vault.borrow_mut().take_login();
                let body = SubmitCredentials { revision, fields, again };
                (act, path_of(&id, "/credentials"), json(&body), Answers::Connection)
            }
            Request::SendAnswers { act, id, revision } => {
                let answers = self.vault.borrow_mut().take_answers();
                let body = SubmitAnswers { revision, answers };
                (act, path_of(&id, "/answers"), json(&body), Answers::Connection)
            }
            Request::Retry { act, id, revision } => {
                let body = Retry { revision };
                (act, path_of(&id, "/retry"), json(&body), Answers::Connection)
            }
            Request::ChooseAccounts { act, id, revision, account_ids } => {
                let body = ChooseAccounts { revision, account_ids };
                (act, path_of(&id, "/accounts"), json(&body), Answers::Connection)
            }
            Request::ReadConnections => {
                return (Call::get("/v1/connections".into(), session, Patience::Short), Answers::Connections);
            }
            Request::Refresh { act, id, revision } => {
                let body = RefreshConnection { revision };
                (act, path_of(&id, "/refresh"), json(&body), Answers::Connection)
            }
            Request::Disconnect { act, id, revision: Revision(revision), purge } => {
                let path = path_of(&id, &format!("?purge={purge}&revision={revision}"));
                return (Call::delete(path, session, self.key(act)), Answers::Connection);
            }
            Request::Move { act, id, revision } => {
                let body = MoveConnection { revision };
                (act, path_of(&id, "/move"), json(&body), Answers::Connection)
            }
            Request::MintPublicToken { act, id } => {
                let path = path_of(&id, "/public-token");
                (act, path, json(&Nothing {}), Answers::PublicToken)
            }
            Request::MintDepositToken { act, id } => {
                let path = deposit_path(&id, "/public-token");
                (act, path, json(&Nothing {}), Answers::PublicToken)
            }
            Request::ReadRouting { routing } => {
                let path = format!("/v1/routing-numbers/{}", escaped(&routing));
                return (Call::get(path, session, Patience::Short), Answers::Routing);
            }
            Request::ReadDeposit { id, revision, wait_s } => {
                let path = deposit_path(&id, &waiting(revision, wait_s));
                return (Call::get(path, session, Patience::Long), Answers::Deposit);
            }
            Request::CreateDeposit { act, account, routing, name } => {
                let (connection_id, account_id) = account.unzip();
                let body =
                    CreateDeposit { connection_id, account_id, routing, account_number: self.number(), name };
                (act, "/v1/deposits".into(), json(&body), Answers::Deposit)
            }
            Request::CorrectDeposit { act, id, revision, routing } => {
                let body = CorrectDeposit { revision, routing, account_number: self.number() };
                (act, deposit_path(&id, "/correct"), json(&body), Answers::Deposit)
            }
            Request::SubmitAmounts { act, id, revision } => {
                let none = || Amounts([Cents(0), Cents(0)]);
                let cents = self.vault.borrow_mut().take_amounts().unwrap_or_else(none);
                let body = SubmitAmounts { revision, cents };
                (act, deposit_path(&id, "/amounts"), json(&body), Answers::Deposit)
            }
            Request::WithdrawDeposit { act, id, revision } => {
                let body = WithdrawDeposit { revision };
                (act, deposit_path(&id, "/withdraw"), json(&body), Answers::Deposit)
            }
        };
        (Call::post(path, session, self.key(act), body), answer)
    }

    /// Reads an answer. Tokens go into the vault and no further.
    pub(super) fn read(&self, answer: Answers, json: Json) -> Option<Reply> {
        let reply = match answer {
            Answers::Session => Reply::Session(FromTree::from_tree(json)?),
            Answers::OpenedSession => {
                let OpenedSession { token, session } = FromTree::from_tree(json)?;
                self.vault.borrow_mut().session = Some(token);
                Reply::Session(Box::new(session))
            }
            Answers::Institutions => Reply::Institutions(FromTree::from_tree(json)?),
            Answers::Institution => Reply::Institution(FromTree::from_tree(json)?),
            Answers::Connection => Reply::Connection(FromTree::from_tree(json)?),
            Answers::Connections => Reply::Connections(FromTree::from_tree(json)?),
            Answers::Deposit => Reply::Deposit(FromTree::from_tree(json)?),
            Answers::Routing => Reply::Routing(FromTree::from_tree(json)?),
            Answers::Nothing => Reply::Recorded,
            Answers::Life => Reply::Life(FromTree::from_tree(json)?),
            Answers::Ticket => {
                let AuthorizeTicket { url, seconds } = FromTree::from_tree(json)?;
                self.vault.borrow_mut().way = Some(url);
                Reply::Ticket { seconds }
            }
            Answers::PublicToken => {
                let PublicToken { public_token, .. } = FromTree::from_tree(json)?;
                self.vault.borrow_mut().public_token = Some(public_token);
                Reply::PublicToken
            }
        };
        Some(reply)
    }
}

/// What the answer to a call is.
#[derive(Clone, Copy)]
pub(super) enum Answers {
    Session,
    OpenedSession,
    Institutions,
    Institution,
    Connection,
    Connections,
    Deposit,
    Routing,
    PublicToken,
    Ticket,
    Life,
    Nothing,
}

impl Answers {
    /// Whether such an answer may lead behind the first screens, and hence takes the rest of the module.
    pub(super) fn leads_on(self, json: &Json) -> bool {
        match self {
            Answers::Institutions | Answers::Life | Answers::Nothing => false,
            Answers::Session => rest::is_begun(json),
            Answers::OpenedSession => member(json, "session").is_none_or(rest::is_begun),
            Answers::Institution
            | Answers::Connection
            | Answers::Connections
            | Answers::Deposit
            | Answers::Routing
            | Answers::PublicToken
            | Answers::Ticket => true,
        }
    }
}

/// The body of a call that says everything in its path.
#[derive(serde::Serialize)]
struct Nothing {}

/// Text as a part of an address.
fn escaped(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text))
}

/// How long a read waits for what is newer than the revision that is known.
fn waiting(revision: Option<Revision>, wait_s: u32) -> String {
    let mut query = format!("?wait={wait_s}");
    if let Some(Revision(revision)) = revision {
        query.push_str(&format!("&revision={revision}"));
    }
    query
}

fn deposit_path(id: &DepositId, tail: &str) -> String {
    format!("/v1/deposits/{}{tail}", escaped(id.as_str()))
}

fn path_of(id: &ConnectionId, tail: &str) -> String {
    format!("/v1/connections/{}{tail}", escaped(id.as_str()))
}
