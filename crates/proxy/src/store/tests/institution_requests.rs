//! What people asked their clients for.

use super::*;
use linchpin_protocol::MaskedText;

on_every_store!(
    a_request_is_kept_once_and_no_more_than_a_link_may_make,
    requests_are_read_newest_first_in_pages_and_by_their_own_client,
    requests_are_forgotten_by_their_age,
);

/// The nth request under a link.
pub(super) fn asked(link: &NewLink, nth: i64) -> InstitutionRequestRecord {
    InstitutionRequestRecord {
        id: InstitutionRequestId::new(format!("irq_{}_{nth}", link.record.id)),
        client: link.record.client.clone(),
        user_id: link.record.user_id.clone(),
        link_id: link.record.id.clone(),
        text: MaskedText::of(&format!("Elm Street Bank {nth}")),
        created_at: at(nth),
    }
}

async fn with_link(store: &dyn Store, id: &str, client: &str) -> NewLink {
    let mut link = new_link(id);
    link.record.client = ClientId(client.into());
    assert!(store.create_link(&link).await.unwrap());
    link
}

async fn keep(store: &dyn Store, request: &InstitutionRequestRecord) -> bool {
    store.keep_institution_request(request, 2).await.unwrap()
}

/// All of a client's.
async fn all(store: &dyn Store, client: &str) -> Vec<InstitutionRequestRecord> {
    store.institution_requests(&ClientId(client.into()), None, 100).await.unwrap().unwrap()
}

async fn a_request_is_kept_once_and_no_more_than_a_link_may_make(store: &dyn Store) {
    let (link, other) = (with_link(store, "lnk_1", "acorn").await, with_link(store, "lnk_2", "acorn").await);
    let (first, second) = (asked(&link, 1), asked(&link, 2));
    assert!(keep(store, &first).await);
    assert!(keep(store, &second).await);
    assert!(!keep(store, &asked(&link, 3)).await, "two are the most");
    let again =
        InstitutionRequestRecord { text: MaskedText::of("Another"), created_at: at(9), ..first.clone() };
    assert!(keep(store, &again).await, "what is kept is kept, also when there is no room for more");
    assert_eq!(all(store, "acorn").await, [second, first]);
    assert!(keep(store, &asked(&other, 1)).await, "another link has its own measure");
}

async fn requests_are_read_newest_first_in_pages_and_by_their_own_client(store: &dyn Store) {
    let (acorn, birch) = (with_link(store, "lnk_1", "acorn").await, with_link(store, "lnk_2", "birch").await);
    let mut expected = Vec::new();
    for nth in 1..=5 {
        // Two in one moment: the later one is the newer.
        let request = InstitutionRequestRecord { created_at: at(nth / 2), ..asked(&acorn, nth) };
        assert!(store.keep_institution_request(&request, 9).await.unwrap());
        expected.insert(0, request);
    }
    let strange = asked(&birch, 1);
    assert!(keep(store, &strange).await);
    let client = ClientId("acorn".into());
    let mut read = Vec::new();
    let mut after: Option<InstitutionRequestId> = None;
    for size in [2, 2, 1, 0] {
        let page = store.institution_requests(&client, after.as_ref(), 2).await.unwrap().unwrap();
        assert_eq!(page.len(), size);
        after = page.last().map(|last| last.id.clone()).or(after);
        read.extend(page);
    }
    assert_eq!(read, expected);
    assert_eq!(all(store, "birch").await, std::slice::from_ref(&strange));
    for unknown in [strange.id, InstitutionRequestId::new("irq_0")] {
        let page = store.institution_requests(&client, Some(&unknown), 2).await.unwrap();
        assert_eq!(page, None, "{unknown} is none of this client's");
    }
}

async fn requests_are_forgotten_by_their_age(store: &dyn Store) {
    let link = with_link(store, "lnk_1", "acorn").await;
    let (old, young) = (asked(&link, 1), asked(&link, 2));
    assert!(keep(store, &old).await && keep(store, &young).await);
    assert_eq!(store.forget_institution_requests(at(1)).await.unwrap(), 0);
    assert_eq!(store.forget_institution_requests(at(2)).await.unwrap(), 1);
    assert_eq!(all(store, "acorn").await, [young]);
}
