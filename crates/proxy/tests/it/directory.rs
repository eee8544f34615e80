//! The list of institutions: kept, and served while the aggregator is away.

use crate::browser::Browser;
use crate::world::{World, read, until};
use linchpin_protocol::InstitutionPage;
use linchpin_proxy::store::Store as _;

#[tokio::test(flavor = "multi_thread")]
async fn the_last_copy_is_served_while_the_aggregator_is_away() {
    let mut world = World::new().await;
    let token = {
        let browser = Browser::open(&world, "pat", "verify").await;
        let page = browser.search("chase").await;
        assert_eq!(page.institutions[0].name, "JPMorgan Chase Bank");
        browser.token
    };
    let store = world.store().await;
    until("the list is kept", async || store.kept_directory(&world.source()).await.unwrap()).await;
    world.aggregator_goes_away().await;
    let twin = world.twin().await;
    let answer = until("a proxy that never saw the aggregator answers", async || {
        let ask = world.http.get(format!("{twin}/v1/institutions?query=chase")).bearer_auth(token.expose());
        let answer = ask.send().await.unwrap();
        answer.status().is_success().then_some(answer)
    })
    .await;
    let page: InstitutionPage = read(answer, 200).await;
    assert_eq!(page.institutions[0].name, "JPMorgan Chase Bank");
}
