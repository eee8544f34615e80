//! What every screen is given: what is to be drawn, what its words rest on, and where intents go.

use crate::driver::{Intent, Intents};
use crate::facts::Facts;
use crate::place::Place;
use crate::text::{Key, say};
use leptos::prelude::*;
use linchpin_flow::{Event, Screen};

/// What a screen sees, and where it hands what the person does.
#[derive(Clone, Copy)]
pub struct Look {
    /// What is to be drawn.
    pub screen: RwSignal<Screen>,
    /// What the words rest on.
    pub facts: RwSignal<Facts>,
    /// Where intents go.
    pub intents: Intents,
    /// Where it is drawn.
    pub place: Place,
}

impl Look {
    /// Hands an event back.
    pub fn happen(self, event: Event) {
        self.intents.run(Intent::Event(event));
    }

    /// Whether what the person did is being carried out.
    pub fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.screen.read().busy())
    }

    /// Words that follow the screen.
    pub fn told(self, words: fn(&Screen) -> String) -> Signal<String> {
        Signal::derive(move || words(&self.screen.read()))
    }

    /// How often the form came back.
    pub fn returned(self) -> Signal<u32> {
        Signal::derive(move || self.screen.read().returned())
    }

    /// One word for a button, and another while what it does is being carried out.
    pub fn label(self, idle: Key, busy: Key) -> Signal<String> {
        Signal::derive(move || say(if self.screen.read().busy() { busy } else { idle }))
    }

    /// What the way away from an institution is called: where there is neither a search nor a list, it leads out.
    pub fn other_way(self) -> String {
        let facts = self.facts.read_untracked();
        say(match (facts.searches, facts.manages) {
            (true, _) => Key::ChooseAnotherBank,
            (false, true) => Key::BackToConnections,
            (false, false) => Key::CloseThis,
        })
    }

    /// The client's name, now.
    pub fn client(self) -> String {
        self.facts.read_untracked().client()
    }
}

/// A part of the view that is drawn anew when what it reads changes.
pub type Live = Box<dyn FnMut() -> AnyView + Send>;

/// Makes a live part. Boxed, so that all of them are one type: each further type costs kilobytes in the module.
pub fn live(draw: impl FnMut() -> AnyView + Send + 'static) -> Live {
    Box::new(draw)
}

/// Nothing, as a view.
pub fn nothing() -> AnyView {
    ().into_any()
}
