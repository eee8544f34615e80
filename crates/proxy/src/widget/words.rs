//! The words of the widget, each language a file of its own that never changes under its name.

use super::{FOREVER, File, served, shared, takes_brotli};
use crate::app::AppState;
use crate::config::Config;
use crate::problem::ApiResult;
use crate::store::ClientId;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use linchpin_protocol::Code;
use linchpin_words::Language;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// What clients say in their own words.
#[derive(Debug, Default)]
pub(crate) struct OwnWords(BTreeMap<(ClientId, &'static str), Own>);

/// One client's, in one language.
#[derive(Debug)]
struct Own {
    /// All of the widget's words, with the client's own among them.
    words: String,
    /// Below `/widget/words/`.
    name: String,
}

impl OwnWords {
    /// Those of a configuration. It was checked before: what does not fit is left out.
    pub(crate) fn of(config: &Config) -> Self {
        let all = config.clients.iter().flat_map(|(id, client)| {
            client.texts.iter().filter_map(move |(tag, own)| {
                let language = Language::of_tag(tag)?;
                let own = own.iter().map(|(name, words)| (name.as_str(), words.as_str()));
                let words = language.widget_with(own).ok()?;
                let hash = Sha256::digest(words.as_bytes());
                let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                let name = format!("{}-{hash}.txt", language.tag());
                Some(((ClientId(id.clone()), language.tag()), Own { words, name }))
            })
        });
        Self(all.collect())
    }

    fn of_client(&self, client: &ClientId, language: Language) -> Option<&Own> {
        self.0.get(&(client.clone(), language.tag()))
    }

    fn named(&self, name: &str) -> Option<&Own> {
        self.0.values().find(|own| own.name == name)
    }
}

/// What the widget says to a client's customers in a language, and where a browser gets it.
pub(super) fn for_client<'a>(
    state: &'a AppState,
    client: &ClientId,
    language: Language,
) -> (&'a str, String) {
    let own = state.own_words.of_client(client, language);
    let (words, name) = match own {
        Some(own) => (own.words.as_str(), own.name.clone()),
        None => (language.widget(), language.file_name()),
    };
    (words, format!("/widget/words/{name}"))
}

/// `GET /widget/words/{name}`: the words of a language. The build that ships has ours compressed.
pub(crate) async fn words(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> ApiResult<Response> {
    let plain = |words: String| File { bytes: words.into_bytes(), brotli: false };
    if let Some(own) = state.own_words.named(&name) {
        return Ok(shared(served(plain(Language::file_of(&own.words)), &name, FOREVER)));
    }
    let language = Language::ALL.into_iter().find(|language| language.file_name() == name);
    let language = language.ok_or(Code::NotFound)?;
    let built = state.widget.read(&format!("words/{name}"), takes_brotli(&request)).await;
    Ok(shared(served(built.unwrap_or_else(|| plain(language.file())), &name, FOREVER)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_words::Key;

    #[test]
    fn a_clients_own_words_are_under_a_name_of_their_own_and_nobody_elses() {
        let own = BTreeMap::from([("FindYourBank".to_owned(), "Where do you bank?".to_owned())]);
        let mut config = Config::load(crate::config::tests::variables(&[])).unwrap();
        config.clients.get_mut("acorn").unwrap().texts = BTreeMap::from([("en".to_owned(), own)]);
        let all = OwnWords::of(&config);
        let (acorn, birch) = (ClientId("acorn".into()), ClientId("birch".into()));
        let own = all.of_client(&acorn, Language::English).expect("they are there");
        assert_eq!(linchpin_words::at(&own.words, Key::FindYourBank as usize), "Where do you bank?");
        assert_ne!(own.name, Language::English.file_name());
        assert_eq!(all.named(&own.name).map(|own| &own.words), Some(&own.words));
        assert!(
            all.of_client(&acorn, Language::Spanish).is_none()
                && all.of_client(&birch, Language::English).is_none()
        );
    }
}
