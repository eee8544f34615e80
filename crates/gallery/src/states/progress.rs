//! Wait.

use super::{State, every, facts};
use linchpin::facts::Facts;
use linchpin_flow::{Patience, ProgressView, Screen};
use linchpin_protocol::{Purpose, Stage};

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, view: ProgressView| State::new(name, Screen::Progress(view));
    let stages = every!(Stage: Unknown => "progress", Paused => "progress-paused", SigningIn => "progress-signing-in", Reading => "progress-reading",
        Verifying => "progress-verifying", Erasing => "progress-erasing",
        Disconnecting => "progress-disconnecting");
    let mut states: Vec<State> =
        stages.map(|(stage, name)| state(name, ProgressView { stage, ..waiting() })).into();
    let patience = every!(Patience: Fresh => "progress-percent", Reassure => "progress-reassure",
        MayClose => "progress-may-close");
    states.extend(patience.map(|(patience, name)| {
        state(name, ProgressView { patience, stage: Stage::Reading, percent: Some(40), ..waiting() })
    }));
    let aggregate = Facts { purpose: Some(Purpose::Aggregate), ..facts::usual() };
    let usual = Facts { usual_seconds: Some(45), ..facts::usual() };
    let long = ProgressView { institution: facts::long_bank(), patience: Patience::MayClose, ..waiting() };
    states.extend([
        state("progress-without-numbers", waiting()).with_facts(aggregate),
        state("progress-usual-time", waiting()).with_facts(usual),
        state("progress-long", long).with_facts(facts::long()),
    ]);
    states
}

fn waiting() -> ProgressView {
    ProgressView {
        institution: facts::bank(),
        stage: Stage::Unknown,
        percent: None,
        patience: Patience::Fresh,
    }
}
