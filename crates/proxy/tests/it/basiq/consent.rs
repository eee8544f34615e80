//! Sign-in on the consent page, which leads on to the bank's own.

use super::moves::settled;
use super::{follow, made};
use crate::bank_login::visitor::Visitor;
use crate::browser::Browser;
use crate::world::{World, read};
use jiff::SignedDuration;
use linchpin_protocol::{
    AuthorizeProblem, Connection, DisconnectWay, Erase, InstitutionDetail, Method, Next, Reach, Standing,
};
use linchpin_sandbox::{BasiqEventKind, BasiqRules};
use reqwest::header::LOCATION;
use std::time::Duration;

/// The consent page as a person goes through it.
pub(super) struct Page {
    world_http: reqwest::Client,
    address: String,
}

impl Page {
    /// Arrives at the page, which leaves its token behind.
    pub(super) async fn open(there: &str) -> Self {
        let http = Visitor::raw();
        let answer = http.get(there).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        let to = answer.headers()[LOCATION].to_str().unwrap();
        let address = reqwest::Url::parse(there).unwrap().join(to).unwrap().to_string();
        Self { world_http: http, address }
    }

    /// Fills in what is asked. Where that leads.
    pub(super) async fn fill(&self, world: &World, form: &str) -> String {
        let request = self.world_http.post(&self.address).body(form.to_owned());
        let sent = request.header("content-type", "application/x-www-form-urlencoded").send();
        tokio::pin!(sent);
        let answer = loop {
            tokio::select! {
                answer = &mut sent => break answer.unwrap(),
                () = tokio::time::sleep(Duration::from_millis(50)) => world.bank_goes_on(1),
            }
        };
        assert_eq!(answer.status(), 303, "{form}");
        answer.headers()[LOCATION].to_str().unwrap().to_owned()
    }
}

fn seen(connection: &Connection) -> (AuthorizeProblem, bool) {
    match &connection.next {
        Next::Authorize { problem, opened, .. } => (*problem, *opened),
        other => panic!("not a visit: {other:?}"),
    }
}

/// The same where there is a login, too.
pub(super) async fn at_open_banking(
    world: &World,
    visitor: &Visitor<'_>,
    browser: &Browser<'_>,
    at: &Connection,
) -> Page {
    let page = at_the_bank(world, visitor, browser, at).await;
    let Next::Authorize { .. } = &at.next else { panic!("{at:?}") };
    page.fill(world, "choice=choose&institution=AU00000+open-banking").await;
    page
}

/// To the page, and as far as the bank.
async fn at_the_bank(world: &World, visitor: &Visitor<'_>, browser: &Browser<'_>, at: &Connection) -> Page {
    let page = Page::open(&visitor.go(&browser.ticket(at).await).await).await;
    if made(world).is_empty() {
        page.fill(world, "choice=agree").await;
    }
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_agrees_at_the_bank_and_comes_back_linked() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let bank = browser.search("wattle").await.institutions.remove(0);
    let detail: InstitutionDetail =
        read(browser.get(&format!("/v1/institutions/{}", bank.id)).await, 200).await;
    assert_eq!((detail.methods, detail.fields.len()), (vec![Method::BankLogin], 0), "there is no form");
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    let opened = browser.now(&connection).await;
    assert_eq!(seen(&opened), (AuthorizeProblem::None, true));
    assert!(!page.address.contains("token="), "the token is left behind: {}", page.address);
    let back = page.fill(&world, "choice=agree").await;
    assert!(back.starts_with(&format!("{}/return?", world.base)), "{back}");
    let arrived = visitor.come_back(&back).await;
    assert_eq!(arrived.status, 200, "{arrived:?}");
    let choose = follow(&browser, &browser.now(&opened).await).await;
    let linked = browser.choose(&choose).await;
    assert!(matches!(linked.next, Next::Linked { .. }), "{linked:?}");
    assert_eq!((made(&world).len(), world.count_basiq(BasiqEventKind::LoginTried)), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_here_or_at_the_bank_is_told_and_may_go_again() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let mut connection = browser.connect_at_the_bank("wattle").await;
    for at_the_bank in [false, true] {
        let visitor = Visitor::new(&world);
        let page = Page::open(&visitor.go(&browser.ticket(&connection).await).await).await;
        if at_the_bank {
            page.fill(&world, "choice=agree").await;
        }
        let back = page.fill(&world, "choice=cancel").await;
        let arrived = visitor.come_back(&back).await;
        // The bank's no is seen at once; that nothing was begun is certain a little later.
        let said = if at_the_bank { "Nothing was linked" } else { "back from your bank" };
        assert!(arrived.text.contains(said), "{at_the_bank}: {arrived:?}");
        world.later(SignedDuration::from_secs(6));
        connection = settled(&browser, connection).await;
        assert_eq!(seen(&connection), (AuthorizeProblem::Denied, false), "{at_the_bank}");
    }
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    let arrived = visitor.come_back(&page.fill(&world, "choice=agree").await).await;
    assert_eq!(arrived.status, 200);
    let done = follow(&browser, &browser.now(&connection).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_the_bank_half_way_goes_through_it_all_again() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    at_the_bank(&world, &visitor, &browser, &connection).await;
    world.later(SignedDuration::from_mins(11));
    let left = browser.now(&connection).await;
    assert_eq!(seen(&left), (AuthorizeProblem::TimedOut, false));
    let again = Visitor::new(&world);
    let page = at_the_bank(&world, &again, &browser, &left).await;
    let back = page.fill(&world, "choice=agree").await;
    again.come_back(&back).await;
    let done = follow(&browser, &browser.now(&left).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert_eq!(made(&world).len(), 2, "the first was left where it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_does_on_the_page_is_not_the_persons() {
    let mut world = World::over_basiq("consent").await;
    let twin = world.twin().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    // Somebody who was given the address agrees there, and never comes back here with the cookie.
    page.fill(&world, "choice=agree").await;
    world.bank_goes_on(60);
    let path = format!("{twin}/v1/connections/{}", connection.id);
    let fresh = world.http.get(path).bearer_auth(browser.token.expose()).send().await.unwrap();
    let fresh: Connection = read(fresh, 200).await;
    assert_eq!(seen(&fresh).0, AuthorizeProblem::None, "another proxy, which looks anew");
    // Nor is it taken for the person's when they have been there themselves, and said no.
    world.later(SignedDuration::from_mins(11));
    let left = browser.now(&connection).await;
    let page = Page::open(&visitor.go(&browser.ticket(&left).await).await).await;
    let arrived = visitor.come_back(&page.fill(&world, "choice=cancel").await).await;
    assert!(arrived.text.contains("Nothing was linked"), "{arrived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_the_aggregator_hears_of_late_is_not_taken_for_a_no() {
    let world = World::over_basiq("consent").await;
    let hears_after = Duration::from_secs(40);
    world.sandbox.set_basiq_rules(BasiqRules { hears_after, ..BasiqRules::default() });
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    let arrived = visitor.come_back(&page.fill(&world, "choice=agree").await).await;
    assert!(arrived.text.contains("back from your bank"), "neither a yes nor a no: {arrived:?}");
    let waiting = browser.now(&connection).await;
    assert!(matches!(waiting.next, Next::Wait { .. }), "{waiting:?}");
    world.later(SignedDuration::from_secs(40));
    world.bank_goes_on(40);
    let done = follow(&browser, &waiting).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_without_having_decided_is_told_in_the_end_and_it_stays_so() {
    let mut world = World::over_basiq("consent").await;
    let twin = world.twin().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    let arrived = visitor.come_back(&page.fill(&world, "choice=leave").await).await;
    assert!(arrived.text.contains("back from your bank"), "{arrived:?}");
    let waiting = browser.now(&connection).await;
    world.later(SignedDuration::from_secs(50));
    assert!(matches!(browser.poll(&waiting, 1).await.next, Next::Wait { .. }), "it may still come");
    world.later(SignedDuration::from_secs(11));
    let left = settled(&browser, waiting).await;
    assert_eq!(seen(&left), (AuthorizeProblem::Denied, false), "{left:?}");
    let path = format!("{twin}/v1/connections/{}", connection.id);
    let anew = world.http.get(path).bearer_auth(browser.token.expose()).send().await.unwrap();
    assert_eq!(seen(&read(anew, 200).await), (AuthorizeProblem::Denied, false), "it is written down");
    let page = at_the_bank(&world, &visitor, &browser, &left).await;
    visitor.come_back(&page.fill(&world, "choice=agree").await).await;
    let done = follow(&browser, &browser.now(&left).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "and they may go again: {done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_the_address_is_believed_of_what_was_decided() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    let back = page.fill(&world, "choice=agree").await;
    let state = back.split_once("state=").unwrap().1;
    let lie = format!("{}/return?jobIds=job-1,job-2&error=access_denied&state={state}", world.base);
    assert_eq!(visitor.come_back(&lie).await.status, 200);
    let done = follow(&browser, &browser.now(&connection).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    // Nor does a job that somebody names make a yes of a no.
    let other = browser.connect_at_the_bank("hooli").await;
    let page = Page::open(&visitor.go(&browser.ticket(&other).await).await).await;
    let back = page.fill(&world, "choice=cancel").await;
    visitor.come_back(&format!("{back}&jobIds=job-9001")).await;
    world.later(SignedDuration::from_secs(6));
    let left = settled(&browser, other).await;
    assert_eq!(seen(&left), (AuthorizeProblem::Denied, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_and_an_answer_may_be_typed_on_the_page_instead_of_here() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("pied+piper").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    page.fill(&world, "choice=log-in&login-id=gavinBelson&password=hooli2016").await;
    let back = page.fill(&world, "choice=answer&first-answer=Hooli").await;
    visitor.come_back(&back).await;
    let done = follow(&browser, &browser.now(&connection).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_both_are_configured_each_bank_offers_what_it_has() {
    let world = World::over_basiq("both").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    for (bank, expected) in [
        ("wattle", vec![Method::BankLogin]),
        ("nucleus", vec![Method::Credentials]),
        ("hooli", vec![Method::BankLogin, Method::Credentials]),
    ] {
        let id = browser.search(bank).await.institutions.remove(0).id;
        let detail: InstitutionDetail = read(browser.get(&format!("/v1/institutions/{id}")).await, 200).await;
        assert_eq!(detail.methods, expected, "{bank}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_at_and_left_can_be_taken_off_the_list() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    Page::open(&Visitor::new(&world).go(&browser.ticket(&connection).await).await).await;
    let browser = Browser::managing(&world, "pat").await;
    let [there] = browser.list().await.try_into().expect("one is listed");
    let ends = DisconnectWay { keeps_data: None, erase: Erase::Never, others: 0 };
    assert_eq!((there.standing, there.disconnect), (Standing::Unfinished, Some(ends)), "it has no data");
    let gone: Connection = read(browser.disconnect(&there.connection, false).await, 200).await;
    assert_eq!(gone.next, Next::Closed { successor: None });
    assert!(browser.list().await.is_empty());
}

/// By the same way anew is what can be done about one that is reached the best way already.
#[tokio::test(flavor = "multi_thread")]
async fn one_by_open_banking_is_moved_to_another_of_its_kind() {
    let world = World::over_basiq("consent").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("wattle").await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &browser, &connection).await;
    visitor.come_back(&page.fill(&world, "choice=agree").await).await;
    let found = follow(&browser, &browser.now(&connection).await).await;
    browser.choose(&found).await;
    let [there] = Browser::managing(&world, "pat").await.list().await.try_into().expect("one is listed");
    assert_eq!(there.moves.map(|moves| moves.to), Some(Reach::Same));
}
