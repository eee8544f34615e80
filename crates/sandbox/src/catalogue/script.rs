//! The form of a script: acts, steps, prompts.

use std::time::Duration;

use super::Picture;

/// What the syncs of one login do.
#[derive(Debug)]
pub(crate) struct Script {
    /// The first sync plays the first act, the second the second; the last act is played from then on.
    pub(crate) acts: &'static [Act],
}

impl Script {
    /// The act of the sync that comes after `done` others. `None` only for a script without acts, which a test rules out.
    pub(crate) fn act(&self, done: usize) -> Option<&'static Act> {
        self.acts.get(done).or(self.acts.last())
    }
}

/// One sync from start to end.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) steps: &'static [Step],
    pub(crate) end: Outcome,
}

/// One thing that happens in a sync.
#[derive(Debug)]
pub(crate) enum Step {
    /// Something is going on for a while.
    Progress { state: &'static str, message: &'static str, hundredths: u8, lasts: Duration },
    /// A round of challenges is asked; the sync waits for all of them. A wrong answer asks the round again.
    Ask(&'static [Prompt]),
}

/// A step at the very start.
pub(crate) const fn queued(millis: u64) -> Step {
    Step::Progress { state: "queued", message: "Queued", hundredths: 0, lasts: Duration::from_millis(millis) }
}

/// A step of progress. `hundredths` never fall within an act (a test holds all scripts to it).
pub(crate) const fn progress(hundredths: u8, millis: u64, message: &'static str) -> Step {
    Step::Progress { state: "syncing", message, hundredths, lasts: Duration::from_millis(millis) }
}

/// How a sync ends (Quovo's v3 connection statuses).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Good,
    IncorrectCredentials,
    /// With what the person has to do on the bank's own site.
    UserConfig(&'static str),
    Resync,
    Postponed,
    Maintenance,
    InstitutionUnavailable,
    NoAccounts,
    /// The bank has locked the login.
    Locked,
    /// The connection is gone.
    Deleted,
    /// A status that nobody has heard of.
    Other(&'static str),
}

impl Outcome {
    /// The word on the wire.
    pub(crate) const fn status(self) -> &'static str {
        match self {
            Self::Good => "good",
            // That a lock shows as this status with an error beside it is our choice: Quovo's pages do not say.
            Self::IncorrectCredentials | Self::Locked => "incorrect_credentials",
            Self::Deleted => "deleted",
            Self::Other(status) => status,
            Self::UserConfig(_) => "user_config",
            Self::Resync => "resync",
            Self::Postponed => "postponed",
            Self::Maintenance => "maintenance",
            Self::InstitutionUnavailable => "institution_unavailable",
            Self::NoAccounts => "no_accounts",
        }
    }

    /// `config_instructions`: only where there is something to do.
    pub(crate) const fn instructions(self) -> Option<&'static str> {
        match self {
            Self::UserConfig(text) => Some(text),
            Self::Good
            | Self::IncorrectCredentials
            | Self::Resync
            | Self::Postponed
            | Self::Maintenance
            | Self::InstitutionUnavailable
            | Self::NoAccounts
            | Self::Locked
            | Self::Deleted
            | Self::Other(_) => None,
        }
    }

    /// The id of the error that comes along, in the nested form of Quovo's envelope.
    pub(crate) const fn error(self) -> Option<&'static str> {
        match self {
            Self::Locked => Some("account_locked"),
            _ => None,
        }
    }
}

/// One challenge.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) question: &'static str,
    pub(crate) form: Form,
    /// How long it may be answered; without it, for ever.
    pub(crate) lapses_after: Option<Duration>,
}

/// How a challenge is asked and what is the right answer.
#[derive(Debug)]
pub(crate) enum Form {
    /// Text is typed.
    Text { right: &'static str },
    /// One option is picked, by its key. `called` is the `type` on the wire: `choices`, or `question` as Quovo's
    /// realtime page prints its first step.
    Choices { called: &'static str, options: &'static [ChoiceOption], right: Pick },
    /// Text is typed about a picture.
    Image { picture: Picture, right: &'static str },
    /// One picture is picked, by its index.
    ImageChoices { pictures: &'static [Picture], right: usize },
    /// Something is approved elsewhere, as if in the bank's app: it happens by itself after a while. No page of Quovo's
    /// shows how that looked; the `type` is our choice.
    Approval { after: Duration },
}

/// One option of a choice. Its key is its index.
#[derive(Debug)]
pub(crate) struct ChoiceOption {
    pub(crate) value: &'static str,
    pub(crate) category: Option<&'static str>,
}

/// Which option is right.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pick {
    Any,
    Only(usize),
}

impl Prompt {
    /// `type` on the wire.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self.form {
            Form::Text { .. } => "question",
            Form::Choices { called, .. } => called,
            Form::Image { .. } => "image",
            Form::ImageChoices { .. } => "image_choices",
            Form::Approval { .. } => "approval",
        }
    }

    /// Whether `answer` is right: text without regard to case and outer spaces, a pick by its number.
    pub(crate) fn takes(&self, answer: &str) -> bool {
        let answer = answer.trim();
        let index = || answer.parse::<usize>().ok();
        match self.form {
            Form::Text { right } | Form::Image { right, .. } => answer.to_lowercase() == right.to_lowercase(),
            Form::Choices { options, right: Pick::Any, .. } => index().is_some_and(|at| at < options.len()),
            Form::Choices { right: Pick::Only(right), .. } | Form::ImageChoices { right, .. } => {
                index() == Some(right)
            }
            Form::Approval { .. } => false,
        }
    }
}
