//! The stories in which the proxy is killed, and what has to be true at their end.

use super::ending::Ending;
use super::person::Person;
use super::plan::Point;
use super::site::{Over, Site};
use super::{deposits, upkeep};
use crate::world::{ACORN, until};
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};

/// One way through the proxy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    pub(super) name: &'static str,
    over: Over,
    bank: &'static str,
    purpose: &'static str,
    login: &'static str,
    /// What is peculiar.
    turn: Turn,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Turn {
    /// Points count from the start of the proxy, and to the end of the session.
    Whole,
    /// Points count from the login form until it is linked.
    Login,
    /// Points count from what the bank says to the first login.
    Reply,
    /// As `Login`, at a bank where the person has linked this login before.
    Again,
    /// As `Login`, but it was begun in another session, and points count from its being taken up.
    TakenUp,
    /// As `Login`, and nobody looks while the numbers are read.
    Unwatched,
    /// As `Login`, and the aggregator has too much to do for the first login.
    Busy,
    /// The bank stands still for a while after the login, and points count from there.
    Still,
    /// It was linked before, and points count while it is looked after: read again, and ended at the second try, which
    /// takes long.
    Ended,
    /// It was linked before, and points count while another is put in its place, until that is linked. The first try to
    /// end it is refused.
    Moved,
    /// No connection at all: deposits. The aggregator has too much to do for the first order, and takes long over the
    /// second.
    Deposits,
}

const fn story(
    name: &'static str,
    bank: &'static str,
    purpose: &'static str,
    login: &'static str,
    turn: Turn,
) -> Story {
    Story { name, over: Over::QuovoV3, bank, purpose, login, turn }
}

/// The same over Basiq. `sign_in`: how people do, as it is configured.
const fn over_basiq(sign_in: &'static str, story: Story) -> Story {
    Story { over: Over::Basiq(sign_in), ..story }
}

pub(super) const STORIES: [Story; 18] = [
    story("verify, the whole way", "harbour", "verify", "practice-good", Turn::Whole),
    story("aggregate", "harbour", "aggregate", "practice-good", Turn::Login),
    story("a question", "cedar", "aggregate", "practice-question", Turn::Reply),
    story("a wrong login", "harbour", "aggregate", "practice-wrong", Turn::Reply),
    story("instructions", "harbour", "aggregate", "practice-config", Turn::Reply),
    story("numbers, unwatched", "harbour", "both", "practice-good", Turn::Unwatched),
    story("linked before", "harbour", "verify", "practice-good", Turn::Again),
    story("a busy aggregator", "harbour", "aggregate", "practice-good", Turn::Busy),
    story("at the bank's own page", "own+page+bank", "verify", "", Turn::Login),
    story("begun before", "cedar", "verify", "practice-good", Turn::TakenUp),
    story("a slow bank", "harbour", "verify", "practice-slow", Turn::Still),
    story("looked after", "harbour", "aggregate", "practice-good", Turn::Ended),
    Story { over: Over::QuovoV2, ..story("deposits", "", "verify", "", Turn::Deposits) },
    over_basiq(
        "credentials",
        story("Basiq, a login and a question", "pied+piper", "verify", "gavinBelson", Turn::Login),
    ),
    over_basiq("credentials", story("Basiq, a wrong login", "hooli", "aggregate", "Whistler", Turn::Reply)),
    over_basiq("consent", story("Basiq, the consent page", "wattle", "verify", "", Turn::Login)),
    over_basiq("credentials", story("Basiq, looked after", "hooli", "aggregate", "jared", Turn::Ended)),
    over_basiq("both", story("Basiq, moved", "hooli", "aggregate", "jared", Turn::Moved)),
];

impl Story {
    /// Whether points count until the client has been told of everything.
    pub(super) fn counts_to_the_end(&self) -> bool {
        self.turn == Turn::Whole
    }

    /// Tells the story. With a point the proxy is killed there.
    pub(super) async fn tell(self, point: Option<&Point>) -> Ending {
        if self.turn == Turn::Deposits {
            return self.tell_of_deposits(point).await;
        }
        if self.ends_connections() {
            return self.tell_of_an_end(point).await;
        }
        let site = Site::over(self.over, (self.turn == Turn::Whole).then_some(point)).await;
        let mut person = Person::new(&site);
        if self.turn == Turn::Again {
            person.open("pat", self.purpose).await;
            let form = person.connect(self.bank).await;
            person.link(form, self.login).await;
        }
        let mut begun = None;
        if self.turn == Turn::TakenUp {
            person.open("pat", self.purpose).await;
            let form = person.connect(self.bank).await;
            begun = Some(person.next(&form, self.login).await);
        }
        let link = person.open("pat", self.purpose).await;
        if self.turn == Turn::Whole {
            person.miss_a_bank("Elm Street Bank").await;
        }
        let form = match begun {
            Some(begun) => {
                site.arm(point);
                person.take_up(&begun).await
            }
            None => person.connect(self.bank).await,
        };
        let linked = match self.turn {
            Turn::Whole => {
                person.ask_too_early(&form).await;
                person.link(form, self.login).await
            }
            Turn::Login | Turn::Again | Turn::Busy => {
                if self.turn == Turn::Busy {
                    site.is_busy_once();
                }
                site.arm(point);
                person.link(form, self.login).await
            }
            Turn::Reply => {
                let reply = person.reply(&form, self.login).await;
                site.arm(point);
                person.link(reply, self.login).await
            }
            Turn::Unwatched => {
                site.arm(point);
                let on = person.next(&form, self.login).await;
                while_nobody_looks(&mut person).await;
                person.link(on, self.login).await
            }
            Turn::TakenUp | Turn::Ended | Turn::Moved | Turn::Deposits => person.link(form, self.login).await,
            Turn::Still => {
                person.bank_goes_on = false;
                let on = person.next(&form, self.login).await;
                site.arm(point);
                while_the_bank_stands_still(&site).await;
                person.bank_goes_on = true;
                person.link(on, self.login).await
            }
        };
        if self.turn != Turn::Whole {
            site.disarm();
        }
        self.finish(&mut person, &linked, &link).await;
        until_the_client_is_told(&mut person).await;
        Ending::of(&site, &person).await
    }

    async fn tell_of_deposits(self, point: Option<&Point>) -> Ending {
        let site = Site::over(self.over, None).await;
        let mut person = Person::new(&site);
        person.open("pat", self.purpose).await;
        site.is_busy_once();
        site.is_slow_once();
        site.arm(point);
        let proved = deposits::prove(&site, &mut person).await;
        deposits::hand_over(&mut person, &proved).await;
        site.disarm();
        Ending::of(&site, &person).await
    }

    async fn tell_of_an_end(self, point: Option<&Point>) -> Ending {
        let site = Site::over(self.over, None).await;
        let mut person = Person::new(&site);
        person.open("pat", self.purpose).await;
        let form = person.connect(self.bank).await;
        let linked = person.link(form, self.login).await;
        site.is_stubborn_once();
        site.is_slow_once();
        // Long enough for the bank to be read again.
        site.pass(20 * 60);
        site.arm(point);
        if self.turn == Turn::Moved {
            upkeep::move_on(&mut person, &linked, self.login).await;
            upkeep::assert_never_beside_each_other(&site);
        } else {
            upkeep::look_after(&mut person, &linked, self.over).await;
        }
        site.disarm();
        until_the_client_is_told(&mut person).await;
        Ending::of(&site, &person).await
    }

    /// Whether the ends of connections are what it is about: in all others they are looked for again and again in vain.
    pub(super) fn ends_connections(&self) -> bool {
        matches!(self.turn, Turn::Ended | Turn::Moved)
    }

    /// The public token, the result, and the end of the session.
    async fn finish(self, person: &mut Person<'_>, linked: &Connection, link: &str) {
        assert!(matches!(linked.next, Next::Linked { .. }), "{linked:?}");
        let (token, id) = (person.session.clone(), &linked.id);
        let path = format!("/v1/connections/{id}/public-token");
        let (status, public) = person.act(Method::POST, &path, &token, Value::Null).await;
        assert_eq!(status, 200, "{public}");
        let body = json!({"public_token": public["public_token"]});
        let result = person.backend(Method::POST, "/v1/public-tokens/exchange", body, 200).await;
        let read = person.read(&format!("/v1/connections/{id}/verification"), ACORN).await;
        assert_eq!(read["accounts"], result["accounts"], "one result, however it is asked for");
        let number = result["accounts"][0]["account_number"].as_str().unwrap_or_default();
        assert!(self.purpose == "aggregate" || !number.is_empty(), "the whole result: {result}");
        let (status, ended) = person.act(Method::DELETE, "/v1/sessions/current", &token, Value::Null).await;
        // Ended by a call whose answer was lost: the token is not known any more.
        assert!(status == 204 || (status == 401 && person.revived > 0), "{status} {ended}");
        person.backend(Method::DELETE, &format!("/v1/link-tokens/{link}"), Value::Null, 204).await;
        let over = person.read(&format!("/v1/link-tokens/{link}"), ACORN).await;
        assert_eq!(over["state"], "over", "{over}");
        assert_eq!(over["results"].as_array().map(Vec::len), Some(1), "one link, one result: {over}");
        let asked = person.read("/v1/institution-requests", ACORN).await;
        let asked = asked["requests"].as_array().unwrap();
        let asked: Vec<_> = asked.iter().map(|one| (&one["text"], &one["link_id"])).collect();
        let missed = (json!("Elm Street Bank"), json!(link));
        let missed = [(&missed.0, &missed.1)];
        assert_eq!(asked, &missed[..usize::from(self.turn == Turn::Whole)], "what was missed is told once");
    }
}

/// The tab is closed: the watcher goes on until the numbers are asked for, in another process if need be.
async fn while_nobody_looks(person: &mut Person<'_>) {
    let site = person.site;
    let mut seconds = 0;
    until("the watcher has read the numbers, or its time is over", async || {
        if site.is_dead() {
            person.revived += 1;
            site.revive().await;
        }
        site.bank_goes_on();
        if person.revived > 0 {
            site.pass(1);
            seconds += 1;
        }
        // A lease of the watcher's lasts a minute.
        (site.count(EventKind::SyncStarted) == 2 || seconds == 80).then_some(())
    })
    .await;
}

/// The bank does not answer for so long that the call under way has to be held.
async fn while_the_bank_stands_still(site: &Site) {
    let held = || site.is_dead() || site.visited().iter().any(|(operation, _)| operation == "hold_attempt");
    until("the call under way is held", async || held().then_some(())).await;
}

/// Every move of every connection is told, and written down as told, whatever was cut off. A lease of a dead proxy's lasts
/// half a minute.
async fn until_the_client_is_told(person: &mut Person<'_>) {
    let site = person.site;
    let mut database = site.database().await;
    let moved: Vec<(String, i64)> = {
        let rows = database.rows("SELECT id, revision FROM connection").await;
        rows.into_iter().map(|row| (row["id"].clone(), row["revision"].parse().unwrap())).collect()
    };
    let open = "SELECT COUNT(*) FROM outbox WHERE delivered_at IS NULL AND given_up_at IS NULL";
    let told = || moved.iter().all(|(id, revision)| site.receiver.knows_all_of(id, revision.unsigned_abs()));
    until(&format!("every move of {moved:?} is told"), async || {
        if site.is_dead() {
            person.revived += 1;
            site.revive().await;
        }
        site.pass(1);
        (told() && database.number(open).await == 0).then_some(())
    })
    .await;
}
