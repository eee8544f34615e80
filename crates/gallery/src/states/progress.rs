//! Wait.

use super::{State, every, facts};
use linchpin::facts::Facts;
use linchpin_flow::{Patience, ProgressView, Screen, Work};
use linchpin_protocol::{Purpose, Stage};

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, view: ProgressView| State::new(name, Screen::Progress(view));
    let stages = every!(Stage: Unknown => "progress", Paused => "progress-paused", SigningIn => "progress-signing-in", Reading => "progress-reading",
        Verifying => "progress-verifying", Erasing => "progress-erasing",
        Disconnecting => "progress-disconnecting");
    let mut states: Vec<State> = stages
        .map(|(stage, name)| state(name, ProgressView { stage, work: work_at(stage), ..waiting() }))
        .into();
    let patience = every!(Patience: Fresh => "progress-percent", Reassure => "progress-reassure",
        MayClose => "progress-may-close");
    states.extend(patience.map(|(patience, name)| {
        state(name, ProgressView { patience, stage: Stage::Reading, percent: Some(40), ..waiting() })
    }));
    let pause = Facts { same_login_pause_s: Some(360), ..facts::usual() };
    let paused = ProgressView { stage: Stage::Paused, ..waiting() };
    let of = |work, stage| ProgressView { work, stage, ..waiting() };
    let moving = of(Work::Moving { erases: true }, Stage::Disconnecting);
    let ending = of(Work::Disconnecting { erases: false }, Stage::Disconnecting);
    let aggregate = Facts { purpose: Some(Purpose::Aggregate), ..facts::usual() };
    let usual = Facts { usual_seconds: Some(45), ..facts::usual() };
    let long = ProgressView { institution: facts::long_bank(), patience: Patience::MayClose, ..waiting() };
    states.extend([
        state("progress-paused-minutes", paused).with_facts(pause),
        state("progress-updating", of(Work::Updating, Stage::Reading)).with_facts(facts::manage()),
        state("progress-moving", moving).with_facts(facts::manage()),
        state("progress-ending-reassure", ProgressView { patience: Patience::Reassure, ..ending.clone() })
            .with_facts(facts::manage()),
        state("progress-ending-may-close", ProgressView { patience: Patience::MayClose, ..ending.clone() })
            .with_facts(facts::manage()),
        state("progress-ending", ending).with_facts(facts::manage()),
        state("progress-without-numbers", waiting()).with_facts(aggregate),
        state("progress-usual-time", waiting()).with_facts(usual),
        state("progress-long", long).with_facts(facts::long()),
    ]);
    states
}

/// What a wait at a stage is for.
fn work_at(stage: Stage) -> Work {
    match stage {
        Stage::Erasing | Stage::Disconnecting => Work::Disconnecting { erases: true },
        Stage::Paused | Stage::SigningIn | Stage::Reading | Stage::Verifying | Stage::Unknown => {
            Work::Connecting
        }
    }
}

fn waiting() -> ProgressView {
    ProgressView {
        institution: facts::bank(),
        work: Work::Connecting,
        stage: Stage::Unknown,
        percent: None,
        patience: Patience::Fresh,
    }
}
