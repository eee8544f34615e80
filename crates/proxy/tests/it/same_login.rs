//! Logins that are known again: by the name of the one that works, and told of only to whom it concerns.

use super::basiq;
use super::browser::Browser;
use super::world::{ACORN, ORIGIN, World, problem, read};
use linchpin_protocol::{Connection, CredentialProblem, LinkToken, Next, Problem};
use linchpin_proxy::store::Store as _;
use linchpin_proxy::tokens::Hash;
use linchpin_sandbox::EventKind;
use reqwest::{Method, Response};
use serde_json::json;

/// Opens a session in which a connection of pat's is repaired.
async fn repairing<'a>(world: &'a World, connection: &Connection) -> Browser<'a> {
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "repair", "purpose": "aggregate",
        "connection_id": connection.id});
    let link: LinkToken = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    Browser::with(world, &link).await
}

/// A connection of pat's to Harbour Savings.
async fn linked(world: &World, login: &str) -> Connection {
    let browser = Browser::open(world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    works(&browser, &form, login).await
}

/// Signs in with a login that is good, and chooses.
async fn works(browser: &Browser<'_>, form: &Connection, login: &str) -> Connection {
    let mut now = browser.follow(&browser.sign_in(form, login).await).await;
    if matches!(now.next, Next::Challenges { .. }) {
        now = browser.follow(&browser.answer(&now, "rex").await).await;
    }
    if matches!(now.next, Next::ChooseAccounts { .. }) {
        now = browser.choose(&now).await;
    }
    assert!(matches!(now.next, Next::Linked { .. }), "{now:?}");
    now
}

async fn send(browser: &Browser<'_>, form: &Connection, login: (&str, &str)) -> Response {
    let path = format!("/v1/connections/{}/credentials", form.id);
    browser.post(&path, Browser::login(form, login.0, login.1)).await
}

/// By what the connection is known again.
async fn mark(world: &World, connection: &Connection) -> Option<Hash> {
    world.store().await.connection(&connection.id).await.unwrap().unwrap().login
}

/// Whether pat is told that a login is linked already, who enters it for another connection.
async fn is_known(world: &World, bank: &str, login: (&str, &str)) -> bool {
    let browser = Browser::open(world, "pat", "aggregate").await;
    let form = browser.connect(bank).await;
    let answer = send(&browser, &form, login).await;
    if answer.status() == 200 {
        return false;
    }
    assert_eq!(problem(answer).await.1, "already_connected");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_login_does_not_take_the_place_of_the_one_that_works() {
    let world = World::eager().await;
    let connection = linked(&world, "practice-good").await;
    let good = mark(&world, &connection).await;
    assert!(good.is_some());
    world.refuse_login(&connection).await;
    let browser = repairing(&world, &connection).await;
    let broken = browser.now(&connection).await;
    let wrong = browser.follow(&browser.sign_in(&broken, "practice-wrong").await).await;
    let problem = CredentialProblem::Incorrect;
    assert!(matches!(&wrong.next, Next::Credentials { problem: p, .. } if *p == problem), "{wrong:?}");
    assert_eq!(mark(&world, &connection).await, good);
    assert!(is_known(&world, "harbour", ("practice-good", "practice")).await);
    works(&browser, &wrong, "practice-question").await;
    assert_ne!(mark(&world, &connection).await, good, "another that works does");
    assert!(is_known(&world, "harbour", ("practice-question", "practice")).await);
}

/// Basiq updates a login and leaves it its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_whose_name_the_provider_passes_over_is_known_by_the_name_that_it_has() {
    let world = World::over_basiq_with("credentials", &[("REFRESH_EVERY", "0")]).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let found = basiq::follow(&browser, &browser.sign_in_as(&form, ("gavinBelson", "hooli2016")).await).await;
    let connection = browser.choose(&found).await;
    let good = mark(&world, &connection).await;
    let refused = json!({"step": "verify-credentials", "code": "invalid-credentials"});
    world.force_basiq(basiq::made(&world)[0], "failure", refused).await;
    let manage = Browser::managing(&world, "pat").await;
    let begun: Connection = read(manage.refresh(&manage.now(&connection).await).await, 200).await;
    let broken = basiq::follow(&manage, &begun).await;
    assert!(matches!(broken.next, Next::Credentials { .. }), "{broken:?}");
    world.later(jiff::SignedDuration::from_mins(7));
    world.bank_goes_on(7 * 60);
    let mended = manage.sign_in_as(&broken, ("jared", "hooli2016")).await;
    world.bank_goes_on(7 * 60);
    let mended = basiq::follow(&manage, &mended).await;
    assert!(matches!(mended.next, Next::Linked { .. }), "{mended:?}");
    assert_eq!(mark(&world, &connection).await, good);
    assert!(is_known(&world, "hooli", ("gavinBelson", "hooli2016")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_saw_something_else_or_typed_what_does_not_fit_learns_nothing_of_what_is_linked() {
    let world = World::new().await;
    linked(&world, "practice-good").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let stale = Connection { revision: linchpin_protocol::Revision(form.revision.0 + 1), ..form.clone() };
    for login in ["practice-good", "practice-question"] {
        assert_eq!(
            problem(send(&browser, &stale, (login, "practice")).await).await.1,
            "wrong_step",
            "{login}"
        );
        let misfit = problem(send(&browser, &form, (login, "")).await).await.1;
        assert_eq!(misfit, "invalid_input fields.1.value empty", "{login}");
    }
    assert_eq!(world.count(EventKind::LoginTried), 1, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_is_told_of_no_other_connection() {
    let world = World::eager().await;
    let other = linked(&world, "practice-good").await;
    let connection = linked(&world, "practice-question").await;
    world.refuse_login(&connection).await;
    let browser = repairing(&world, &connection).await;
    let broken = browser.now(&connection).await;
    let tried = world.count(EventKind::LoginTried);
    let told = async |browser: &Browser<'_>| {
        let answer = send(browser, &broken, ("practice-good", "practice")).await;
        let told: Problem = read(answer, 409).await;
        (told.code.as_str(), told.connection.unwrap().id)
    };
    assert_eq!(
        told(&browser).await,
        ("already_connected", connection.id.clone()),
        "and of its own as it stands"
    );
    let manage = Browser::managing(&world, "pat").await;
    assert_eq!(told(&manage).await, ("already_connected", other.id), "who looks after both sees both");
    assert_eq!(world.count(EventKind::LoginTried), tried, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_login_of_a_connection_mends_it_though_another_has_it_too() {
    let world = World::eager().await;
    linked(&world, "practice-good").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let mut login = Browser::login(&form, "practice-good", "practice");
    login["again"] = true.into();
    let path = format!("/v1/connections/{}/credentials", form.id);
    let taken: Connection = read(browser.post(&path, login).await, 200).await;
    let connection = browser.choose(&browser.follow(&taken).await).await;
    world.refuse_login(&connection).await;
    let browser = repairing(&world, &connection).await;
    works(&browser, &browser.now(&connection).await, "practice-good").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_gone_at_the_provider_is_not_linked_any_more() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let found = basiq::follow(&browser, &browser.sign_in_as(&form, ("gavinBelson", "hooli2016")).await).await;
    let connection = browser.choose(&found).await;
    world.force_basiq(basiq::made(&world)[0], "status", json!({"status": "revoked"})).await;
    assert!(!is_known(&world, "hooli", ("gavinBelson", "hooli2016")).await, "nobody has looked at it since");
    assert_eq!(mark(&world, &connection).await, None);
}
