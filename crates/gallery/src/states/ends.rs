//! Screens that say one thing: detours, dead ends, and the end of the session.

use super::{State, every, facts};
use linchpin_flow::{InstructionsView, NoticeView, Screen};
use linchpin_protocol::{Code, LaterReason};

pub(super) fn states() -> Vec<State> {
    let mut states = vec![
        State::new("instructions", Screen::Instructions(visit())),
        State::new(
            "instructions-without-site",
            Screen::Instructions(InstructionsView { website: None, ..visit() }),
        ),
        State::new("instructions-sending", Screen::Instructions(InstructionsView { busy: true, ..visit() })),
        State::new("instructions-long", Screen::Instructions(long())).with_facts(facts::long()),
        State::new("start-again", Screen::StartAgain(notice())),
        State::new("start-again-sending", Screen::StartAgain(NoticeView { busy: true, ..notice() })),
        State::new("start-again-repair", Screen::StartAgain(notice())).with_facts(facts::repair()),
        State::new("no-accounts", Screen::NoAccounts(notice())),
        State::new("failed", Screen::Failed(notice())),
        State::new("no-way", Screen::Failed(NoticeView { no_way: true, ..notice() })),
        State::new("failed-long", Screen::Failed(NoticeView { institution: facts::long_bank(), ..notice() })),
    ];
    let reasons = every!(LaterReason: Postponed => "later-postponed", Maintenance => "later-maintenance",
        InstitutionUnavailable => "later-unavailable", Unknown => "later-unknown");
    for (reason, name) in reasons {
        let by_itself = NoticeView { retries_itself: true, ..notice() };
        states.push(State::new(name, Screen::Later(notice(), reason)));
        states.push(State::new(format!("{name}-by-itself"), Screen::Later(by_itself, reason)));
    }
    let ends = [
        (Code::SessionExpired, "session-over"),
        (Code::TokenUsed, "link-over"),
        (Code::Internal, "not-opened"),
    ];
    states.extend(ends.map(|(code, name)| State::new(name, Screen::SessionOver(code))));
    states.push(
        State::new("session-over-long", Screen::SessionOver(Code::SessionExpired)).with_facts(facts::long()),
    );
    states
}

fn notice() -> NoticeView {
    NoticeView {
        institution: facts::bank(),
        retries_itself: false,
        can_retry: false,
        no_way: false,
        busy: false,
    }
}

fn visit() -> InstructionsView {
    InstructionsView {
        institution: facts::bank(),
        text: "Sign in at harbour.example.\nAccept the new terms of use.\nThen come back here.".into(),
        website: Some("https://harbour.example".into()),
        busy: false,
    }
}

fn long() -> InstructionsView {
    InstructionsView {
        institution: facts::long_bank(),
        text: "Your online access has been restricted because the address that we have on file could not be \
               confirmed.\n\nPlease visit https://onlinebanking.firstcommonwealthagriculturalandmechanical.example/\
               profile/address/confirm?step=1 and follow the steps there. It may take up to one hour until this is \
               known everywhere."
            .into(),
        ..visit()
    }
}
