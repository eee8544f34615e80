//! What is asked before a connection is ended or another takes its place, and where that stopped on the way.

use super::{provider, provider_inside, which};
use crate::look::{Look, nothing};
use crate::parts::{
    Complaint, Glyph, Lead, LinkButton, Notice, Primary, Submit, Tone, Who, in_about, summary,
};
use crate::text::{Key, count, fill, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{Event, InterruptedView, ManagedView, Screen};
use linchpin_protocol::{Erase, ManagedConnection, Parting, PartingProblem, Reach, RefreshWay};

/// Whether to end it.
pub fn disconnect(look: Look, view: ManagedView) -> AnyView {
    let facts = look.facts.get_untracked();
    let (client, provider) = (facts.client(), provider_inside(&facts));
    let institution = view.managed.connection.institution.clone();
    let bank = institution.name.clone();
    let gaps = [("bank", bank.as_str()), ("client", client.as_str()), ("provider", provider.as_str())];
    let way = view.managed.disconnect.clone().unwrap_or_default();
    let chosen = RwSignal::new(None::<bool>);
    let asks = view.asks_about_data();
    let data = if asks {
        data_question(look, &gaps, way.keeps_data == Some(true), way.others, chosen)
    } else if view.is_erased() {
        remark(say(Key::DataGone))
    } else if !view.has_data() {
        nothing()
    } else if way.keeps_data == Some(false) {
        remark(say(Key::DataGoes))
    } else if way.keeps_data == Some(true) && way.erase == Erase::WhenWorking {
        let text = fill(Key::EraseLaterHelp, &gaps);
        view! { <Notice tone=Tone::Warn glyph=Glyph::Warn title=say(Key::EraseLater) text /> }.into_any()
    } else if way.keeps_data == Some(true) {
        remark(fill(Key::DataStays, &gaps))
    } else {
        nothing()
    };
    let refresh = (!asks && way.erase == Erase::WhenWorking && view.refreshes())
        .then(|| view! { <LinkButton label=say(Key::RefreshFirst) look event=|| Event::Refresh /> });
    let busy = look.busy();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.try_get_untracked().unwrap_or(true) {
            look.happen(Event::Disconnect { erase: chosen.get_untracked() });
        }
    };
    let label = look.label(Key::Disconnect, Key::Sending);
    let line = line(&view.managed);
    view! {
        <Who institution line />
        {summary(look, complaint)}
        <Lead title=fill(Key::DisconnectQuestion, &gaps) text=fill(Key::DisconnectHelp, &gaps) />
        <form class="form" novalidate on:submit=submit>
            {data}
            <div class="foot last">
                <Submit label busy danger=true />
                {refresh}
                <LinkButton label=say(Key::KeepConnection) look event=|| Event::Back />
            </div>
        </form>
    }
    .into_any()
}

/// Below the bank's name: which of perhaps several connections it is about.
fn line(managed: &ManagedConnection) -> String {
    which(managed, true).or_else(|| managed.connection.institution.domain.clone()).unwrap_or_default()
}

fn remark(words: String) -> AnyView {
    view! { <p>{words}</p> }.into_any()
}

/// What should happen to the data. Neither is chosen for the person.
fn data_question(
    look: Look,
    gaps: &[(&str, &str)],
    kept: bool,
    others: u32,
    chosen: RwSignal<Option<bool>>,
) -> AnyView {
    let stays = fill(if kept { Key::DataIsKept } else { Key::DataIsNotErased }, gaps);
    let more = others_too(others, gaps).map(|words| format!(" {words}")).unwrap_or_default();
    let options = [
        (false, stays, String::new()),
        (true, say(Key::DataIsErased), format!("{}{more}", say(Key::DataIsErasedHelp))),
    ];
    let options = options.map(|(erase, title, line)| {
        let id = if erase { "data-erased" } else { "data-kept" };
        let checked = Signal::derive(move || chosen.get() == Some(erase));
        view! {
            <label class="option">
                <input
                    id=id
                    type="radio"
                    name="data"
                    prop:checked=checked
                    on:change=move |_| chosen.set(Some(erase))
                />
                <span class="what">
                    <span class="name">{title}</span>
                    <span class="dots quiet small">{line}</span>
                </span>
            </label>
        }
        .into_any()
    });
    let wrong = look.told(|screen| complaint(screen).map(|_| say(Key::SayWhatOfData)).unwrap_or_default());
    view! {
        <fieldset class="options" aria-describedby="data-error">
            <legend>{say(Key::DataQuestion)}</legend>
            {Vec::from(options)}
            <div class="field-error" id="data-error">{wrong}</div>
        </fieldset>
    }
    .into_any()
}

/// Nothing was chosen.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::Disconnect(view) = screen else { return None };
    let first = view.nothing_chosen.then(|| ("data-kept".to_owned(), say(Key::SayWhatOfData)));
    Complaint::fields(first.into_iter().collect())
}

/// Whose data is erased, too.
fn others_too(others: u32, gaps: &[(&str, &str)]) -> Option<String> {
    (others > 0).then(|| count(Key::OthersErased, others, gaps))
}

/// Whether to put another in its place.
pub fn move_it(look: Look, view: ManagedView) -> AnyView {
    let client = look.client();
    let institution = view.managed.connection.institution.clone();
    let bank = institution.name.clone();
    let gaps = [("bank", bank.as_str()), ("client", client.as_str())];
    let Some(way) = view.managed.moves.clone() else { return nothing() };
    let (title, last, now) = match way.to {
        Reach::OpenBanking => (Key::MoveQuestionOpen, Key::StepOpen, Key::MoveNow),
        Reach::Web => (Key::MoveQuestionWeb, Key::StepWeb, Key::MoveNow),
        Reach::Same | Reach::Unknown => (Key::MoveQuestionAnew, Key::StepAnew, Key::ConnectAnew),
    };
    let erase = (way.erase != Erase::Never).then(|| {
        let more = others_too(way.others, &gaps).map(|words| format!(" {words}")).unwrap_or_default();
        format!("{}{more}", say(Key::StepErase))
    });
    let steps = erase.into_iter().chain([say(Key::StepEnd), fill(last, &gaps)]);
    let steps: Vec<_> = steps.map(|step| view! { <li>{step}</li> }.into_any()).collect();
    let (remark, remark_help) = match view.moves_now() {
        true => (Key::MoveGap, Key::MoveGapHelp),
        false => (Key::MoveNotYet, Key::MoveNotYetHelp),
    };
    let remark_help = fill(remark_help, &gaps);
    let keep = move || view! { <LinkButton label=say(Key::KeepConnection) look event=|| Event::Back /> };
    let foot = match (view.moves_now(), view.refreshes()) {
        (true, _) => view! {
            <Primary label=say(now) look event=|| Event::Move />
            {keep()}
        }
        .into_any(),
        (false, true) => view! {
            <Primary label=say(Key::RefreshFirst) look event=|| Event::Refresh />
            {keep()}
        }
        .into_any(),
        (false, false) => view! { <Primary label=say(Key::Back) look event=|| Event::Back /> }.into_any(),
    };
    let line = line(&view.managed);
    view! {
        <Who institution line />
        {summary(look, |_| None)}
        <Lead title=fill(title, &gaps) text=say(Key::MoveHelp) />
        <ol class="todo">{steps}</ol>
        <Notice tone=Tone::Warn glyph=Glyph::Warn title=say(remark) text=remark_help />
        <div class="foot last">{foot}</div>
    }
    .into_any()
}

/// What becomes of a connection that is kept after its data was erased.
fn keeping(way: &RefreshWay) -> String {
    match way {
        RefreshWay::Now {} => say(Key::KeepHelp),
        RefreshWay::TooSoon { wait_s } | RefreshWay::DailyLimit { wait_s } if *wait_s > 0 => {
            fill(Key::KeepHelpLater, &[("when", &in_about(*wait_s))])
        }
        RefreshWay::TooSoon { .. }
        | RefreshWay::DailyLimit { .. }
        | RefreshWay::Running {}
        | RefreshWay::RepairFirst {}
        | RefreshWay::Unknown => say(Key::KeepHelpErased),
    }
}

/// It was to be ended, and is not yet: what is done, what is not, and both ways on.
pub fn interrupted(look: Look, view: InterruptedView) -> AnyView {
    let facts = look.facts.get_untracked();
    let (bank, provider) = (view.institution.name.clone(), provider(&facts));
    let gaps = [("bank", bank.as_str()), ("provider", provider.as_str())];
    let title = if view.parting == Parting::Move { Key::NotMoved } else { Key::NotEnded };
    let why = match view.reason {
        PartingProblem::NotWorking => Key::StoppedNotWorking,
        PartingProblem::ProviderUnavailable => Key::StoppedUnavailable,
        PartingProblem::ProviderRejected => Key::StoppedRejected,
        PartingProblem::Unknown => Key::StoppedUnknown,
    };
    let erased = view.erases.then_some((Key::DataErased, view.erased));
    let steps = erased.into_iter().chain([(Key::ConnectionEnded, false)]);
    let steps: Vec<_> = steps
        .map(|(step, done)| {
            let (class, state) = if done { ("done", Key::PhaseDone) } else { ("", Key::PhaseOpen) };
            view! {
                <li class=class>
                    <span>{say(step)} <span class="quiet">" – " {say(state)}</span></span>
                </li>
            }
            .into_any()
        })
        .collect();
    let again = view.parting != Parting::Unknown;
    let main = again.then(|| view! { <Primary label=say(Key::TryAgain) look event=|| Event::TryAgain /> });
    let keep = match (view.can_keep(), again) {
        (false, _) => nothing(),
        (true, true) => {
            view! { <LinkButton label=say(Key::KeepConnection) look event=|| Event::Keep /> }.into_any()
        }
        (true, false) => {
            view! { <Primary label=say(Key::KeepConnection) look event=|| Event::Keep /> }.into_any()
        }
    };
    let keeping = view.refresh.as_ref().filter(|_| view.erased).map(|way| remark(keeping(way)));
    view! {
        <Who institution=view.institution />
        {summary(look, |_| None)}
        <Lead title=fill(title, &gaps) text=fill(why, &gaps) />
        <ul class="phases">{steps}</ul>
        {keeping}
        <div class="foot">
            {main}
            {keep}
            <LinkButton label=look.other_way() look event=|| Event::Back />
        </div>
    }
    .into_any()
}
