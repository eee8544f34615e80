//! The story of a connection that is looked after, in which the proxy is killed too: read again, and ended.

use super::person::{ON_ITS_WAY, Person};
use crate::world::ORIGIN;
use linchpin_protocol::{Connection, Next};
use reqwest::Method;
use serde_json::{Value, json};

/// Until it has ended. The first try to end it is refused, and the person keeps it; at the second they mean it.
pub(super) async fn look_after(person: &mut Person<'_>, linked: &Connection) {
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "manage", "purpose": "aggregate"});
    person.open_for(wish).await;
    let on = listed(person, linked).await;
    let mut on = refresh(person, &on).await;
    let mut kept = false;
    for _ in 0..30 {
        on = match &on.next {
            Next::Closed { successor: None } => return,
            Next::Linked { .. } => end(person, &on).await,
            Next::Interrupted { .. } if kept => end(person, &on).await,
            Next::Interrupted { .. } => {
                kept = true;
                person.touch(&on, "retry", json!({"revision": on.revision})).await
            }
            Next::Wait { .. } => {
                // A dead proxy is taken to be alive for so long.
                if person.revived > 0 && !person.was_patient {
                    person.was_patient = true;
                    person.wait(ON_ITS_WAY);
                }
                person.follow(&on).await
            }
            other => panic!("the story is stuck at {other:?}\n{}", person.site.log()),
        };
    }
    panic!("it goes round in circles: {on:?}\n{}", person.site.log())
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

async fn end(person: &mut Person<'_>, on: &Connection) -> Connection {
    let (token, revision) = (person.session.clone(), on.revision.0);
    let path = format!("/v1/connections/{}?revision={revision}", on.id);
    match person.act(Method::DELETE, &path, &token, Value::Null).await {
        (200, answer) => serde_json::from_value(answer).unwrap(),
        (409, _) => person.look(on.id.as_str()).await,
        (status, answer) => panic!("{status} {answer}\n{}", person.site.log()),
    }
}
