//! The part of the module that comes behind the first screen, and what waits for it.
//!
//! The script around the widget marks its root with [`MARKER`] as long as that part is on its way, and tells by events when it
//! came or could not be fetched. In a build that is not split nothing is marked, and nothing waits.

use crate::driver::{Driver, Intent};
use crate::place::Place;
use linchpin_flow::Event;
use linchpin_protocol::Json;
use std::cell::RefCell;
use std::rc::Rc;

/// Stands at the root until the rest is here.
const MARKER: &str = "data-rest";
/// The event that says that it is.
pub const CAME: &str = "linchpin-rest-came";
/// The event that says that it could not be fetched this time. It is fetched again.
pub const FAILED: &str = "linchpin-rest-failed";
/// The event that says that the widget cannot go on from here: the page says so.
pub const GONE: &str = "linchpin-rest-gone";
/// The event that has it fetched again at once.
const AGAIN: &str = "linchpin-rest-again";

/// A step that takes the rest.
type Step = Box<dyn FnOnce(&Rc<Driver>)>;

/// What waits for the rest, in the order in which it happened.
#[derive(Default)]
pub struct Rest {
    steps: RefCell<Vec<Step>>,
}

impl Rest {
    /// Does a step: at once, or, where it takes the rest, when that is here.
    pub fn before(&self, later: bool, driver: &Rc<Driver>, step: impl FnOnce(&Rc<Driver>) + 'static) {
        if later && driver.place.marker(MARKER).is_some() {
            // Until it comes, the page shows that it is waited for.
            driver.place.mark(MARKER, "awaited");
            self.steps.borrow_mut().push(Box::new(step));
        } else {
            step(driver);
        }
    }

    /// Whether a step waits.
    pub fn is_awaited(&self) -> bool {
        !self.steps.borrow().is_empty()
    }

    /// The steps that waited.
    pub fn take(&self) -> Vec<Step> {
        self.steps.take()
    }
}

/// Has the rest fetched at once, where it is waited for until the next try.
pub fn fetch_now(place: Place) {
    place.tell(AGAIN);
}

/// Whether what a screen hands back may lead behind the first screens.
pub fn is_needed_for(intent: &Intent) -> bool {
    !matches!(
        intent,
        Intent::Event(
            Event::Typed(_)
                | Event::More
                | Event::Agreed
                | Event::Extend
                | Event::CloseAsked
                | Event::Stay
                | Event::Leave
                | Event::Finish
        )
    )
}

/// Whether a session opens behind the first screens.
pub fn is_begun(session: &Json) -> bool {
    let link = matches!(member(session, "mode"), Some(Json::Text(mode)) if mode == "link");
    !link || ["unfinished", "institution_id"].iter().any(|begun| member(session, begun).is_some())
}

/// A member of an object.
pub fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    let Json::Map(members) = json else { return None };
    members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
