//! A client's own words in the place of ours.

use crate::{Key, Language, fill};

/// Why words cannot stand in a key's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// There is no such key.
    Unknown,
    /// People rely on what it says: it is no client's to word.
    Fixed,
    /// It has a form for each number.
    Counted,
    /// These have to stand in it, each in braces, and no others.
    Gaps(Vec<String>),
    /// It is empty, or not one line.
    Line,
}

impl Key {
    /// Whether a client may word it: names of screens, fields and buttons. All else tells people what they rely on, such as
    /// who gets what, where a login goes or what cannot be undone; so does a new text, until it is listed here.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Help
                | Self::ChooseAnotherBank
                | Self::FindYourBank
                | Self::NameOrWebsite
                | Self::PopularBanks
                | Self::ShowMore
                | Self::NotListed
                | Self::NothingFoundHelp
                | Self::WhichIsMissing
                | Self::SendName
                | Self::NameSent
                | Self::LookForAnother
                | Self::WelcomeBack
                | Self::WelcomeBackHelp
                | Self::GoOnWith
                | Self::StartNew
                | Self::UseExisting
                | Self::AnotherSignIn
                | Self::HowToSignIn
                | Self::SignInAt
                | Self::SignInTo
                | Self::UserName
                | Self::ConnectingTo
                | Self::WhichAccount
                | Self::WhichAccounts
                | Self::ChooseOne
                | Self::ChooseSome
                | Self::FinishTo
                | Self::AnotherBank
                | Self::ProveByDeposits
                | Self::ProveAt
                | Self::NumbersTitle
                | Self::AccountName
                | Self::ReviewTitle
                | Self::WhichAmounts
                | Self::YourConnections
                | Self::YourConnectionsHelp
                | Self::NothingConnected
                | Self::NothingConnectedHelp
                | Self::BackToConnections
        )
    }

    /// The key of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| format!("{key:?}") == name)
    }
}

impl Language {
    /// The widget's words with a client's own in place of some, each by the name of its key.
    ///
    /// # Errors
    /// The first of them that does not fit, and why.
    pub fn widget_with<'a>(
        self,
        own: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<String, (&'a str, Unfit)> {
        let mut lines: Vec<&str> = self.widget().split('\n').collect();
        for (name, words) in own {
            let unfit = |why| (name, why);
            let key = Key::named(name).ok_or(unfit(Unfit::Unknown))?;
            let Some(line) = lines.get_mut(key as usize) else { return Err(unfit(Unfit::Unknown)) };
            if line.contains('\t') {
                return Err(unfit(Unfit::Counted));
            }
            if !key.is_open() {
                return Err(unfit(Unfit::Fixed));
            }
            if words.trim().is_empty() || words.chars().any(char::is_control) {
                return Err(unfit(Unfit::Line));
            }
            let wanted = gaps(line);
            if gaps(words) != wanted || fill(words, &[], false).contains(['{', '}']) {
                return Err(unfit(Unfit::Gaps(wanted)));
            }
            *line = words;
        }
        Ok(lines.join("\n"))
    }
}

/// The names of what is filled into a text, each once.
fn gaps(text: &str) -> Vec<String> {
    let mut gaps: Vec<_> =
        text.split('{').skip(1).map(|part| part.split('}').next().unwrap_or_default().to_owned()).collect();
    gaps.sort();
    gaps.dedup();
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::at;

    fn with(name: &'static str, words: &'static str) -> Result<String, Unfit> {
        Language::English.widget_with([(name, words)]).map_err(|(_, why)| why)
    }

    #[test]
    fn a_clients_own_words_stand_in_the_place_of_ours() {
        let words = with("FindYourBank", "Where do you bank?").unwrap();
        assert_eq!(at(&words, Key::FindYourBank as usize), "Where do you bank?");
        assert_eq!(at(&words, Key::Back as usize), "Back", "the others stay");
        assert!(with("SignInTo", "Your login at {bank}").is_ok());
    }

    #[test]
    fn words_that_do_not_fit_say_why() {
        assert_eq!(with("FindBank", "x"), Err(Unfit::Unknown));
        assert_eq!(with("SignInTo", "Sign in"), Err(Unfit::Gaps(vec!["bank".into()])));
        assert_eq!(with("SignInTo", "{bank} {client}"), Err(Unfit::Gaps(vec!["bank".into()])));
        assert_eq!(with("SignInTo", "{bank} }"), Err(Unfit::Gaps(vec!["bank".into()])));
        assert_eq!(with("FoundBanks", "Some"), Err(Unfit::Counted));
        assert_eq!(with("FindYourBank", " "), Err(Unfit::Line));
        assert_eq!(with("FindYourBank", "Find\nyour bank"), Err(Unfit::Line));
    }

    #[test]
    fn what_people_rely_on_is_no_clients_to_word() {
        for fact in [
            "GoesToProvider",
            "NeverSeesPassword",
            "Practice",
            "DataIsErasedHelp",
            "MoveGapHelp",
            "OnBanksPageHelp",
            "BankStepOpen",
            "Continue",
            "ShareWith",
        ] {
            assert_eq!(with(fact, "All is well"), Err(Unfit::Fixed), "{fact}");
        }
    }
}
