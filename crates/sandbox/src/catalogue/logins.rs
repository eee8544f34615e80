//! The practice logins: one for each outcome, good at every institution.

use crate::directory::Institution;
use crate::secret::Secret;

use super::script::{Form, Pick, Prompt, Script, Step};
use super::{PASSCODE, scripts};

/// A login that every institution takes.
#[derive(Debug)]
pub struct PracticeLogin {
    /// What to type as user name.
    pub user_name: &'static str,
    /// What to type as passcode (a practice bank may ask for its own with `practice-good`, see [`super::PracticeBank`]).
    pub passcode: &'static str,
    /// What happens then, for people.
    pub outcome: &'static str,
    runs: Runs,
}

#[derive(Debug)]
enum Runs {
    /// The script of the institution: plain good at a real one, its own at a practice bank.
    TheInstitutions,
    This(&'static Script),
}

/// The right answer to one question of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeAnswer {
    /// The question as it is asked.
    pub question: &'static str,
    /// What goes into `answer` on the wire: text, or the number of the option.
    pub send: String,
    /// What a person types or picks.
    pub shown: String,
}

impl PracticeLogin {
    /// The right answers, in the order they are asked for; empty where nothing is asked.
    #[must_use]
    pub fn answers(&self) -> Vec<PracticeAnswer> {
        match self.runs {
            Runs::TheInstitutions => Vec::new(),
            Runs::This(script) => answers_of(script),
        }
    }

    pub(crate) fn script_at(&self, institution: &Institution) -> &'static Script {
        match self.runs {
            Runs::TheInstitutions => institution.script,
            Runs::This(script) => script,
        }
    }

    fn passcode_at(&self, institution: &Institution) -> &'static str {
        match self.runs {
            Runs::TheInstitutions => institution.passcode,
            Runs::This(_) => self.passcode,
        }
    }
}

/// What a login leads to at an institution. Whatever is not a practice login is refused.
pub(crate) fn script_for(institution: &Institution, username: &Secret, passcode: &Secret) -> &'static Script {
    logins()
        .iter()
        .find(|login| username.expose().trim() == login.user_name)
        .filter(|login| passcode.matches(login.passcode_at(institution)))
        .map_or_else(|| unknown_at(institution, username, passcode), |login| login.script_at(institution))
}

/// What a login that is no practice login leads to.
fn unknown_at(institution: &Institution, username: &Secret, passcode: &Secret) -> &'static Script {
    let is_empty = username.expose().trim().is_empty() || passcode.expose().is_empty();
    if institution.takes_any_login && !is_empty { institution.script } else { &scripts::REFUSED }
}

/// The right answers of a script.
pub(crate) fn answers_of(script: &Script) -> Vec<PracticeAnswer> {
    let mut answers: Vec<PracticeAnswer> = Vec::new();
    for step in script.acts.iter().flat_map(|act| act.steps) {
        match step {
            Step::Progress { .. } => {}
            Step::Ask(prompts) => {
                let asked = prompts.iter().filter(|prompt| !matches!(prompt.form, Form::Approval { .. }));
                answers.extend(asked.map(right_answer));
            }
        }
    }
    answers
}

fn right_answer(prompt: &Prompt) -> PracticeAnswer {
    let (send, shown) = match prompt.form {
        Form::Text { right } | Form::Image { right, .. } => (right.to_owned(), right.to_owned()),
        Form::Choices { right: Pick::Any, .. } => ("0".to_owned(), "any of them".to_owned()),
        Form::Choices { options, right: Pick::Only(at), .. } => {
            (at.to_string(), options.get(at).map_or("", |option| option.value).to_owned())
        }
        Form::ImageChoices { pictures, right } => {
            (right.to_string(), pictures.get(right).map_or("", |picture| picture.shows).to_owned())
        }
        Form::Approval { .. } => (String::new(), String::new()),
    };
    PracticeAnswer { question: prompt.question, send, shown }
}

/// Every practice login, in the order in which to show them.
#[must_use]
pub fn logins() -> &'static [PracticeLogin] {
    LOGINS
}

const fn login(user_name: &'static str, outcome: &'static str, script: &'static Script) -> PracticeLogin {
    PracticeLogin { user_name, passcode: PASSCODE, outcome, runs: Runs::This(script) }
}

static LOGINS: &[PracticeLogin] = &[
    PracticeLogin {
        user_name: "practice-good",
        passcode: PASSCODE,
        outcome: "Progress, then linked. At a practice bank: what that bank shows.",
        runs: Runs::TheInstitutions,
    },
    login("practice-question", "One question, then linked.", &scripts::QUESTION),
    login("practice-two-questions", "Two questions at once, then linked.", &scripts::TWO_QUESTIONS),
    login("practice-wrong", "User name or passcode wrong.", &scripts::REFUSED),
    login("practice-slow", "About 17 seconds in many steps, then linked.", &scripts::SLOW),
    login(
        "practice-config",
        "Something to do on the bank's own site; linked on the second try.",
        &scripts::USER_CONFIG,
    ),
    login("practice-unavailable", "The bank cannot be reached.", &scripts::UNAVAILABLE),
    login("practice-maintenance", "The aggregator is being repaired.", &scripts::MAINTENANCE),
    login("practice-postponed", "Put off until later; nothing for the person to do.", &scripts::POSTPONED),
    login("practice-resync", "Has to be started again; linked on the second try.", &scripts::RESYNC),
    login("practice-no-accounts", "Logged in, but no account found.", &scripts::NO_ACCOUNTS),
    login("practice-choices", "A question with options, then linked.", &scripts::CHOICES),
    login(
        "practice-code",
        "Choose where a code is sent, then type it within two minutes.",
        &scripts::ONE_TIME_CODE,
    ),
    login("practice-image", "Characters in a picture to type, then linked.", &scripts::IMAGE),
    login("practice-image-choice", "A picture to pick, then linked.", &scripts::IMAGE_CHOICES),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{practice_banks, v2_practice_banks};

    fn all_scripts() -> Vec<&'static Script> {
        let of_logins = logins().iter().filter_map(|login| match login.runs {
            Runs::TheInstitutions => None,
            Runs::This(script) => Some(script),
        });
        of_logins
            .chain(practice_banks().iter().map(|bank| bank.script))
            .chain(v2_practice_banks().iter().map(|bank| bank.script))
            .chain([&scripts::REFUSED])
            .collect()
    }

    #[test]
    fn every_script_has_an_act_and_its_percent_never_falls() {
        for script in all_scripts() {
            assert!(!script.acts.is_empty(), "a script without acts could not be played");
            for act in script.acts {
                let mut last = 0;
                for step in act.steps {
                    if let Step::Progress { hundredths, message, .. } = step {
                        assert!((last..100).contains(hundredths), "{message}: {hundredths} after {last}");
                        last = *hundredths;
                    }
                }
            }
        }
    }

    #[test]
    fn every_stated_answer_is_taken_and_others_are_not() {
        let prompts = all_scripts().into_iter().flat_map(|script| script.acts).flat_map(|act| act.steps);
        let mut seen = 0;
        for prompt in prompts.flat_map(|step| match step {
            Step::Ask(prompts) => *prompts,
            Step::Progress { .. } => &[],
        }) {
            if matches!(prompt.form, Form::Approval { .. }) {
                continue;
            }
            seen += 1;
            let right = right_answer(prompt).send;
            assert!(prompt.takes(&right), "{}: {right}", prompt.question);
            assert!(prompt.takes(&format!("  {} ", right.to_uppercase())), "case and spaces do not count");
            for wrong in ["", "no", "17", "-1"] {
                assert!(!prompt.takes(wrong), "{}: {wrong:?} is wrong", prompt.question);
            }
        }
        assert!(seen >= 10, "only {seen} prompts were looked at");
    }

    #[test]
    fn user_names_are_all_different_and_begin_alike() {
        let mut names: Vec<_> = logins().iter().map(|login| login.user_name).collect();
        assert!(names.iter().all(|name| name.starts_with("practice-")), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), logins().len(), "a user name is used twice");
    }
}
