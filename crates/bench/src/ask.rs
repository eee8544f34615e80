//! Whoever can be asked: the search itself, or the endpoint that stands before it.

use std::collections::HashMap;

use anyhow::{Context as _, bail};
use axum::http::{HeaderValue, StatusCode};
use linchpin_protocol::InstitutionPage;
use linchpin_search::Index;
use tokio::runtime::Runtime;
use url::form_urlencoded;

use crate::site::{Site, runtime_of_one};
use crate::table::Institution;
use crate::wire::Connection;

/// How far down an answer is read: the largest page that the endpoint gives.
pub(crate) const DEPTH: usize = 50;

/// Something that answers queries.
pub(crate) trait Search {
    /// What it is, for the report.
    fn name(&self) -> &'static str;

    /// The ids of the first [`DEPTH`] institutions found, best first.
    ///
    /// # Errors
    /// It could not be asked.
    fn ask(&mut self, query: &str) -> anyhow::Result<Vec<String>>;
}

/// The search, asked without anything between.
pub(crate) struct Direct<'a> {
    pub(crate) index: &'a Index,
    pub(crate) institutions: &'a [Institution],
}

impl Search for Direct<'_> {
    fn name(&self) -> &'static str {
        "the crate, asked directly"
    }

    fn ask(&mut self, query: &str) -> anyhow::Result<Vec<String>> {
        let hits = self.index.search(query, DEPTH, 0).hits;
        Ok(hits.iter().filter_map(|hit| Some(self.institutions.get(hit.entry)?.id.clone())).collect())
    }
}

/// `GET /v1/institutions` of a proxy, asked over a socket with a session's token.
pub(crate) struct Endpoint<'a> {
    register_ids: &'a HashMap<String, String>,
    bearer: HeaderValue,
    connection: Connection,
    /// Drives the connection. The last to be dropped.
    runtime: Runtime,
}

impl<'a> Endpoint<'a> {
    /// Opens a session.
    ///
    /// # Errors
    /// The proxy refuses.
    pub(crate) fn of(site: &'a Site) -> anyhow::Result<Self> {
        let runtime = runtime_of_one()?;
        let bearer = runtime.block_on(site.session("whoever-judges"))?;
        let connection = runtime.block_on(Connection::open(site.address))?;
        Ok(Self { register_ids: &site.register_ids, bearer, connection, runtime })
    }
}

impl Search for Endpoint<'_> {
    fn name(&self) -> &'static str {
        "GET /v1/institutions, over the practice aggregator and the supplement"
    }

    fn ask(&mut self, query: &str) -> anyhow::Result<Vec<String>> {
        if query.trim().is_empty() {
            // Not a question: the endpoint tells what is popular then, which nobody takes for what was found.
            return Ok(Vec::new());
        }
        let target = format!("{}&limit={DEPTH}", target(query));
        let (status, answer) = self.runtime.block_on(self.connection.get(&target, Some(&self.bearer)))?;
        if is_refused_query(status, &answer) {
            return Ok(Vec::new());
        }
        if status != StatusCode::OK {
            bail!("`{query}` was answered with {status}");
        }
        let page: InstitutionPage = serde_json::from_slice(&answer)?;
        let register_id = |id: &str| self.register_ids.get(id).cloned();
        let ids = page.institutions.iter().map(|one| register_id(one.id.as_str()).context("an unknown id"));
        ids.collect()
    }
}

/// Where the answer to a query is.
pub(crate) fn target(query: &str) -> String {
    let path = "/v1/institutions?";
    form_urlencoded::Serializer::for_suffix(path.to_owned(), path.len()).append_pair("query", query).finish()
}

/// Whether the query itself was refused, as one that is too long is: so nothing was found.
fn is_refused_query(status: StatusCode, answer: &[u8]) -> bool {
    let Ok(problem) = serde_json::from_slice::<serde_json::Value>(answer) else { return false };
    status.is_client_error() && problem["fields"][0]["field"] == "query"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_written_so_that_nothing_of_it_is_lost() {
        assert_eq!(target("a&b=c d+#é"), "/v1/institutions?query=a%26b%3Dc+d%2B%23%C3%A9");
    }

    #[test]
    fn only_a_problem_of_the_query_stands_for_nothing() {
        let refused = |status, body: &str| is_refused_query(status, body.as_bytes());
        let problem = r#"{"code": "invalid_request", "fields": [{"field": "query", "problem": "too_long"}]}"#;
        assert!(refused(StatusCode::BAD_REQUEST, problem));
        assert!(!refused(StatusCode::OK, problem));
        assert!(!refused(StatusCode::UNAUTHORIZED, r#"{"code": "session_expired"}"#));
        assert!(!refused(StatusCode::BAD_GATEWAY, "nothing that can be read"));
    }
}
