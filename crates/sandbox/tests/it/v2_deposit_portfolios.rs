//! Auth deposit portfolios: placeholders for accounts that are proven by deposits alone.

use linchpin_sandbox::{ConnectionId, EventKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::start;

const PATH: &str = "/v2/auth_deposit_portfolios";

#[tokio::test]
async fn each_is_made_with_an_account_of_its_own_and_a_name_if_it_is_given_one() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let path = format!("/v2/users/{user}/auth_deposit_portfolios");
    let names = [
        (Value::Null, "Auth Deposit Bank Account"),
        (json!({}), "Auth Deposit Bank Account"),
        (json!({"name": " "}), "Auth Deposit Bank Account"),
        (json!({"name": "House"}), "House"),
    ];
    let mut accounts = Vec::new();
    for (body, expected) in names {
        let (status, made) = practice.call(Method::POST, &path, body.clone()).await;
        assert_eq!(status.as_u16(), 201, "{body}");
        let made = made["auth_deposit_portfolio"].clone();
        assert_eq!(made["portfolio_name"], expected, "{body}");
        assert_eq!(
            (&made["brokerage"], &made["brokerage_name"]),
            (&json!(22_134), &json!("Manual Auth Deposits"))
        );
        assert_eq!(made["last_change"], "2026-03-01T10:00:00.000", "{made}");
        let own = practice.get(&format!("{PATH}/{}", made["id"])).await;
        assert_eq!(own["auth_deposit_portfolio"], made, "the same by its own address");
        accounts.push(made["account"].as_u64().unwrap());
    }
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(accounts.len(), 4, "a fresh account each");
}

#[tokio::test]
async fn they_are_listed_of_all_users_and_of_one_and_are_gone_when_deleted() {
    let practice = start().await;
    let (pat, sam) = (practice.user("pat").await, practice.user("sam").await);
    let (first, account) = practice.deposit_portfolio(pat).await;
    let (second, _) = practice.deposit_portfolio(sam).await;
    let ids = async |path: &str| -> Vec<u64> {
        let listed = practice.get(path).await;
        let listed = listed["auth_deposit_portfolios"].as_array().unwrap().clone();
        listed.iter().map(|one| one["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids(PATH).await, [first, second]);
    assert_eq!(ids(&format!("/v2/users/{pat}/auth_deposit_portfolios")).await, [first]);
    let deposit = practice.deposit(first, "569339485397", "306061549").await;
    let (status, body) = practice.call(Method::DELETE, &format!("{PATH}/{first}"), Value::Null).await;
    assert_eq!((status.as_u16(), body), (204, Value::Null));
    assert_eq!(ids(PATH).await, [second]);
    for path in [
        format!("{PATH}/{first}"),
        format!("/v2/auth_deposits/{deposit}"),
        format!("/v2/accounts/{account}"),
        format!("/v2/accounts/{account}/auth"),
    ] {
        practice.refused(Method::GET, &path, Value::Null, 404, "not_found").await;
    }
    practice.ok(Method::DELETE, &format!("/v2/users/{sam}"), Value::Null).await;
    assert_eq!(ids(PATH).await, [0_u64; 0], "they go with their user");
    let ledger = practice.sandbox.ledger();
    let on = Some(ConnectionId(account));
    assert_eq!(ledger.count(EventKind::DepositPortfolioCreated, on), 1);
    assert_eq!(ledger.count(EventKind::DepositPortfolioDeleted, on), 1);
}

#[tokio::test]
async fn its_account_and_portfolio_are_among_the_others_and_cannot_be_synced() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let (portfolio, account) = practice.deposit_portfolio(user).await;
    let listed = practice.get(&format!("/v2/users/{user}/accounts")).await;
    assert_eq!(listed["accounts"][0]["id"], account);
    let shown = practice.get(&format!("/v2/accounts/{account}")).await;
    assert_eq!(shown["account"], listed["accounts"][0]);
    assert_eq!(shown["account"]["status"], "good", "{shown}");
    for path in [format!("/v2/accounts/{account}/portfolios"), format!("/v2/users/{user}/portfolios")] {
        let found = practice.get(&path).await;
        assert_eq!(found["portfolios"][0]["id"], portfolio, "{path}");
        assert_eq!(found["portfolios"][0]["portfolio_type"], "Unknown", "{path}");
    }
    let sync = format!("/v2/accounts/{account}/sync");
    practice.refused(Method::POST, &sync, json!({}), 404, "not_found").await;
    let v3 = practice.get("/v3/connections").await;
    assert_eq!(v3, json!({"connections": []}), "v3 does not show it as a connection");
}
