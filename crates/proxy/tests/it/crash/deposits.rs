//! The story of deposits, in which the proxy is killed too: ordered, waited for, tried wrongly, tried rightly.

use super::person::{ON_ITS_WAY, Person};
use super::site::Site;
use crate::world::until;
use linchpin_protocol::{Deposit, DepositFailure, DepositNext};
use linchpin_sandbox::DepositRules;
use reqwest::Method;
use serde_json::{Value, json};

/// The two that the practice bank sends.
const SENT: [u8; 2] = [9, 2];
const WRONG: [u8; 2] = [1, 2];

/// All the way to the proof; the deposit that has it.
pub(super) async fn prove(site: &Site, person: &mut Person<'_>) -> Deposit {
    site.sandbox.set_deposit_rules(DepositRules { cents: Some(SENT), ..DepositRules::default() });
    let mut deposit = order(person).await;
    let mut tried = false;
    for _ in 0..30 {
        deposit = match &deposit.next {
            DepositNext::Verified {} => return deposit,
            // It was cut off before anything was ordered, and says so.
            DepositNext::Failed { reason: DepositFailure::NotSent } => order(person).await,
            DepositNext::WaitForDeposit { .. } => {
                site.hours_go_by(3);
                look(site, person, &deposit).await
            }
            DepositNext::EnterAmounts { .. } => {
                let cents = if tried { SENT } else { WRONG };
                tried = true;
                try_amounts(person, &deposit, cents).await
            }
            DepositNext::Wait { .. } => {
                // What a dead proxy may have sent has arrived by then, or never will.
                if person.revived > 0 && !person.was_patient {
                    person.was_patient = true;
                    person.wait(ON_ITS_WAY);
                }
                look(site, person, &deposit).await
            }
            other => panic!("the story is stuck at {other:?}\n{}", site.log()),
        };
    }
    panic!("it goes round in circles: {deposit:?}\n{}", site.log())
}

async fn order(person: &mut Person<'_>) -> Deposit {
    let (token, body) =
        (person.session.clone(), json!({"routing": "306061549", "account_number": "400123456789"}));
    for _ in 0..3 {
        match person.act(Method::POST, "/v1/deposits", &token, body.clone()).await {
            (201, deposit) => return serde_json::from_value(deposit).unwrap(),
            // Cut off before it was written down: whoever sent it does so anew.
            (404, _) => {}
            (status, answer) => panic!("{status} {answer}\n{}", person.site.log()),
        }
    }
    panic!("nothing is ever ordered\n{}", person.site.log())
}

async fn read(person: &mut Person<'_>, deposit: &Deposit) -> Deposit {
    let token = person.session.clone();
    serde_json::from_value(person.read(&format!("/v1/deposits/{}", deposit.id), &token).await).unwrap()
}

/// What has become of it, as soon as something has.
async fn look(site: &Site, person: &mut Person<'_>, deposit: &Deposit) -> Deposit {
    until("the deposit moves on", async || {
        // Whoever looks again at once is told what was known a moment ago.
        site.pass(6);
        let now = read(person, deposit).await;
        (now.revision != deposit.revision).then_some(now)
    })
    .await
}

async fn try_amounts(person: &mut Person<'_>, deposit: &Deposit, cents: [u8; 2]) -> Deposit {
    let body = json!({"revision": deposit.revision, "cents": cents});
    let path = format!("/v1/deposits/{}/amounts", deposit.id);
    match person.confided(&path, body).await {
        Some(answer) => serde_json::from_value(answer).unwrap(),
        None => read(person, deposit).await,
    }
}

/// Public token and result.
pub(super) async fn hand_over(person: &mut Person<'_>, deposit: &Deposit) {
    let (token, path) = (person.session.clone(), format!("/v1/deposits/{}/public-token", deposit.id));
    let (status, public) = person.act(Method::POST, &path, &token, Value::Null).await;
    assert_eq!(status, 200, "{public}");
    let body = json!({"public_token": public["public_token"]});
    let result = person.backend(Method::POST, "/v1/public-tokens/exchange", body, 200).await;
    assert_eq!(result["verification"], "verified", "{result}");
    assert_eq!(result["accounts"][0]["account_number"], "400123456789", "the whole result: {result}");
}
