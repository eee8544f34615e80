//! What is sent for each request of the flow, and how its answer is read.

use super::{Tab, path_of};
use crate::book::ActKind;
use crate::wire::{Call, Patience};
use crate::world::ORIGIN;
use linchpin_flow::{Act, Reply, Request};
use linchpin_protocol::{
    Abandon, Amounts, Authorize, AuthorizeTicket, Cents, ChooseAccounts, ConnectionId, CorrectDeposit,
    CreateConnection, CreateDeposit, CreateInstitutionRequest, CreateSession, DepositId, FromTree,
    GiveConsent, Json, MoveConnection, OpenedSession, PublicToken, RefreshConnection, Retry, Revision,
    Secret, SubmitAmounts, SubmitAnswers, SubmitCredentials, WithdrawDeposit,
};

impl Tab {
    /// Makes the call for a request, and says what its answer is.
    pub(super) fn prepare(&mut self, request: &Request) -> (Call, Answers) {
        let session = self.vault.session.clone();
        match request {
            Request::ResumeSession => {
                (Call::get("/v1/sessions/current".into(), session, Patience::Short), Answers::Session)
            }
            Request::OpenSession { act } => {
                let link_token = self.vault.link_token.clone().unwrap_or_else(|| Secret::new(""));
                let body = CreateSession { link_token, origin: ORIGIN.to_owned() };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/sessions".into(), None, key, &body), Answers::OpenedSession)
            }
            Request::GiveConsent { act, version } => {
                let body = GiveConsent { version: version.clone() };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/sessions/consent".into(), session, key, &body), Answers::Nothing)
            }
            Request::AskForInstitution { act, text } => {
                let body = CreateInstitutionRequest { text: Secret::new(text.as_str()) };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/institution-requests".into(), session, key, &body), Answers::Nothing)
            }
            Request::Search { query, cursor } => {
                let cursor = cursor.iter().map(|cursor| format!("&cursor={}", escaped(cursor)));
                let path = format!("/v1/institutions?query={}{}", escaped(query), cursor.collect::<String>());
                (Call::get(path, session, Patience::Short), Answers::Institutions)
            }
            Request::ReadInstitution { id } => {
                let path = format!("/v1/institutions/{}", escaped(id.as_str()));
                (Call::get(path, session, Patience::Short), Answers::Institution)
            }
            Request::ReadConnection { id, revision, wait_s } => {
                let mut path = format!("{}?wait={wait_s}", path_of(id, ""));
                if let Some(Revision(revision)) = revision {
                    path.push_str(&format!("&revision={revision}"));
                }
                (Call::get(path, session, Patience::Long), Answers::Connection)
            }
            Request::CreateConnection { act, institution_id, method } => {
                let body = CreateConnection { institution_id: institution_id.clone(), method: *method };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/connections".into(), session, key, &body), Answers::Connection)
            }
            Request::TakeUp { act, id } => {
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/take-up"), session, key, &Nothing {}), Answers::Connection)
            }
            Request::Authorize { act, id, revision, in_place } => {
                let body = Authorize { revision: *revision, in_place: *in_place };
                let key = self.send_once(*act, ActKind::Authorize, Some(id));
                (Call::post(path_of(id, "/authorize"), session, key, &body), Answers::Ticket)
            }
            Request::Abandon { act, id, revision } => {
                let body = Abandon { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/abandon"), session, key, &body), Answers::Connection)
            }
            Request::Extend { act } => {
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/sessions/extend".into(), session, key, &Nothing {}), Answers::Life)
            }
            Request::SendCredentials { act, id, revision, again } => {
                let fields = self.vault.take_login();
                let body = SubmitCredentials { revision: *revision, fields, again: *again };
                let key = self.send_once(*act, ActKind::Login, Some(id));
                (Call::post(path_of(id, "/credentials"), session, key, &body), Answers::Connection)
            }
            Request::SendAnswers { act, id, revision } => {
                let answers = self.vault.take_answers();
                let key = self.send_once(*act, ActKind::Answers(answers.len()), Some(id));
                let body = SubmitAnswers { revision: *revision, answers };
                (Call::post(path_of(id, "/answers"), session, key, &body), Answers::Connection)
            }
            Request::Retry { act, id, revision } => {
                let body = Retry { revision: *revision };
                let key = self.send_once(*act, ActKind::Retry, Some(id));
                (Call::post(path_of(id, "/retry"), session, key, &body), Answers::Connection)
            }
            Request::ChooseAccounts { act, id, revision, account_ids } => {
                let body = ChooseAccounts { revision: *revision, account_ids: account_ids.clone() };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/accounts"), session, key, &body), Answers::Connection)
            }
            Request::MintDepositToken { act, id } => {
                let key = self.send_once(*act, ActKind::Other, None);
                (
                    Call::post(deposit_path(id, "/public-token"), session, key, &Nothing {}),
                    Answers::PublicToken,
                )
            }
            Request::ReadRouting { routing } => {
                let path = format!("/v1/routing-numbers/{}", escaped(routing));
                (Call::get(path, session, Patience::Short), Answers::Routing)
            }
            Request::ReadDeposit { id, revision, wait_s } => {
                let mut path = deposit_path(id, &format!("?wait={wait_s}"));
                if let Some(Revision(revision)) = revision {
                    path.push_str(&format!("&revision={revision}"));
                }
                (Call::get(path, session, Patience::Long), Answers::Deposit)
            }
            Request::CreateDeposit { act, account, routing, name } => {
                let (connection_id, account_id) = account.clone().unzip();
                let (routing, name) = (routing.clone(), name.clone());
                let account_number = self.number();
                let body = CreateDeposit { connection_id, account_id, routing, account_number, name };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/deposits".into(), session, key, &body), Answers::Deposit)
            }
            Request::CorrectDeposit { act, id, revision, routing } => {
                let account_number = self.number();
                let body = CorrectDeposit { revision: *revision, routing: routing.clone(), account_number };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post(deposit_path(id, "/correct"), session, key, &body), Answers::Deposit)
            }
            Request::SubmitAmounts { act, id, revision } => {
                let cents = self.vault.take_amounts().unwrap_or(Amounts([Cents(0), Cents(0)]));
                let body = SubmitAmounts { revision: *revision, cents };
                let key = self.send_once(*act, ActKind::Amounts, None);
                (Call::post(deposit_path(id, "/amounts"), session, key, &body), Answers::Deposit)
            }
            Request::WithdrawDeposit { act, id, revision } => {
                let body = WithdrawDeposit { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post(deposit_path(id, "/withdraw"), session, key, &body), Answers::Deposit)
            }
            Request::ReadConnections => {
                (Call::get("/v1/connections".into(), session, Patience::Short), Answers::Connections)
            }
            Request::Refresh { act, id, revision } => {
                let body = RefreshConnection { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/refresh"), session, key, &body), Answers::Connection)
            }
            Request::Disconnect { act, id, revision: Revision(revision), purge } => {
                let path = path_of(id, &format!("?purge={purge}&revision={revision}"));
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::delete(path, session, key), Answers::Connection)
            }
            Request::Move { act, id, revision } => {
                let body = MoveConnection { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/move"), session, key, &body), Answers::Connection)
            }
            Request::MintPublicToken { act, id } => {
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/public-token"), session, key, &Nothing {}), Answers::PublicToken)
            }
        }
    }

    /// The account number that was typed; the flow never sends what needs one without it.
    pub(super) fn number(&mut self) -> Secret {
        self.vault.number().unwrap_or_else(|| {
            self.book.complain("deposits are asked for without an account number".to_owned());
            Secret::new("")
        })
    }

    fn send_once(&mut self, act: Act, kind: ActKind, id: Option<&ConnectionId>) -> String {
        let key = self.key(act);
        self.book.sends(&key, kind, id.map(ConnectionId::as_str));
        key
    }

    /// Reads an answer. Tokens go into the vault and no further.
    pub(super) fn read(&mut self, answer: Answers, json: Json) -> Option<Reply> {
        let reply = match answer {
            Answers::Session => Reply::Session(FromTree::from_tree(json)?),
            Answers::OpenedSession => {
                let OpenedSession { token, session } = FromTree::from_tree(json)?;
                self.book.keep_secret(token.expose());
                self.vault.session = Some(token);
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
                self.book.keep_secret(url.expose());
                self.vault.way = Some(url);
                Reply::Ticket { seconds }
            }
            Answers::PublicToken => {
                let PublicToken { public_token, .. } = FromTree::from_tree(json)?;
                self.book.keep_secret(public_token.expose());
                self.vault.public_token = Some(public_token);
                Reply::PublicToken
            }
        };
        Some(reply)
    }
}

/// What the answer to a call is.
#[derive(Clone, Copy, Debug)]
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

/// The body of a call that says everything in its path.
#[derive(serde::Serialize)]
struct Nothing {}

/// Text as a part of an address.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte))
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn deposit_path(id: &DepositId, tail: &str) -> String {
    format!("/v1/deposits/{}{tail}", escaped(id.as_str()))
}
