//! The stories of connections that are looked after, in which the proxy is killed too: read again, ended, and moved.

use super::person::{ON_ITS_WAY, Person};
use super::site::{Over, Site};
use crate::world::ORIGIN;
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::{BasiqEvent, Event};
use reqwest::Method;
use serde_json::{Value, json};

/// Until it has ended. The first try to end it is refused, and the person keeps it, where nothing is erased; at the second
/// they mean it.
pub(super) async fn look_after(person: &mut Person<'_>, linked: &Connection, over: Over) {
    let on = managed(person, linked).await;
    let mut on = refresh(person, &on).await;
    let erases = matches!(over, Over::Basiq(_));
    let mut kept = erases;
    for _ in 0..30 {
        on = match &on.next {
            Next::Closed { successor: None } => return,
            Next::Linked { .. } => end(person, &on, erases).await,
            Next::Interrupted { .. } if kept => end(person, &on, erases).await,
            Next::Interrupted { .. } => {
                kept = true;
                person.touch(&on, "retry", json!({"revision": on.revision})).await
            }
            Next::Wait { .. } => wait(person, &on).await,
            other => panic!("the story is stuck at {other:?}\n{}", person.site.log()),
        };
    }
    panic!("it goes round in circles: {on:?}\n{}", person.site.log())
}

/// Until another connection is linked in its place. What was interrupted is gone on with.
pub(super) async fn move_on(person: &mut Person<'_>, linked: &Connection, login: &str) {
    let mut on = managed(person, linked).await;
    for _ in 0..30 {
        on = match &on.next {
            Next::Closed { successor: Some(successor) } => {
                let successor = person.look(successor.as_str()).await;
                person.link(successor, login).await;
                return;
            }
            Next::Linked { .. } | Next::Interrupted { .. } => {
                person.touch(&on, "move", json!({"revision": on.revision})).await
            }
            Next::Wait { .. } => wait(person, &on).await,
            other => panic!("the story is stuck at {other:?}\n{}", person.site.log()),
        };
    }
    panic!("it goes round in circles: {on:?}\n{}", person.site.log())
}

/// None was made before the one whose place it takes had ended.
pub(super) fn assert_never_beside_each_other(site: &Site) {
    let mut live = 0;
    for entry in site.sandbox.ledger().entries() {
        match entry.event {
            Event::Basiq(BasiqEvent::ConnectionCreated { .. }) => live += 1,
            Event::Basiq(BasiqEvent::ConnectionDeleted { .. }) => live -= 1,
            _ => {}
        }
        assert!(live <= 1, "{live} connections at once");
    }
    assert_eq!(live, 1, "the one that took its place");
}

/// A dead proxy is taken to be alive for a while.
async fn wait(person: &mut Person<'_>, on: &Connection) -> Connection {
    if person.revived > 0 && !person.was_patient {
        person.was_patient = true;
        person.wait(ON_ITS_WAY);
    }
    person.follow(on).await
}

/// As it stands in a session in which people look after what they have.
async fn managed(person: &mut Person<'_>, linked: &Connection) -> Connection {
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "manage", "purpose": "aggregate"});
    person.open_for(wish).await;
    listed(person, linked).await
}

/// The one connection that the list has.
async fn listed(person: &mut Person<'_>, linked: &Connection) -> Connection {
    let token = person.session.clone();
    let list = person.read("/v1/connections", &token).await;
    let only: Connection = serde_json::from_value(list["connections"][0]["connection"].clone()).unwrap();
    assert_eq!(only.id, linked.id, "{list}");
    only
}

async fn refresh(person: &mut Person<'_>, on: &Connection) -> Connection {
    let (token, path) = (person.session.clone(), format!("/v1/connections/{}/refresh", on.id));
    match person.act(Method::POST, &path, &token, json!({"revision": on.revision})).await {
        (200, answer) => {
            let now = serde_json::from_value(answer).unwrap();
            person.follow(&now).await
        }
        (409, _) => person.look(on.id.as_str()).await,
        (status, answer) => panic!("{status} {answer}\n{}", person.site.log()),
    }
}

async fn end(person: &mut Person<'_>, on: &Connection, erases: bool) -> Connection {
    let (token, revision) = (person.session.clone(), on.revision.0);
    let path = format!("/v1/connections/{}?purge={erases}&revision={revision}", on.id);
    match person.act(Method::DELETE, &path, &token, Value::Null).await {
        (200, answer) => serde_json::from_value(answer).unwrap(),
        (409, _) => person.look(on.id.as_str()).await,
        (status, answer) => panic!("{status} {answer}\n{}", person.site.log()),
    }
}
