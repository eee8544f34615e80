//! The institutions that only v2 lists: Quovo's own test bank, and what belongs to verification there.

use super::banks::{HangUp, OwnerDetails, PracticeBank, SignIn, bank};
use super::{GOOD, scripts};

/// The institutions for practice that v2 lists beside [`super::practice_banks`], and v3 does not.
#[must_use]
pub fn v2_practice_banks() -> &'static [PracticeBank] {
    BANKS
}

static BANKS: &[PracticeBank] = &[
    PracticeBank {
        takes_any_login: true,
        ..bank(
            21_700,
            "Test Bank Institution",
            "test-bank.example",
            "Quovo's own: takes any user name and password.",
            &GOOD,
        )
    },
    bank(
        900_101,
        "Three Minutes Bank",
        "three-minutes.example",
        "A verification that blocks for three minutes; it goes on when the caller hangs up.",
        &scripts::THREE_MINUTES,
    ),
    PracticeBank {
        hang_up: HangUp::GivesUp,
        ..bank(
            900_102,
            "Hang-Up Bank",
            "hang-up.example",
            "A verification that blocks for forty seconds; it is given up when the caller hangs up.",
            &scripts::FORTY_SECONDS,
        )
    },
    PracticeBank {
        owner_details: OwnerDetails::NoEmail,
        ..bank(900_103, "No Email Bank", "no-email.example", "Knows no email address of an owner.", &GOOD)
    },
    PracticeBank {
        owner_details: OwnerDetails::Withheld,
        ..bank(
            900_104,
            "Withheld Details Bank",
            "withheld-details.example",
            "Owner details are not allowed to this API user.",
            &GOOD,
        )
    },
    PracticeBank {
        instant: false,
        sign_in: SignIn::Lapses,
        ..bank(
            900_105,
            "Lapsing Login Bank",
            "lapsing-login.example",
            "No instant verification; a day after the first good sync it wants the login given again.",
            &GOOD,
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::practice_banks;

    #[test]
    fn ids_and_websites_are_of_no_other_bank() {
        let all = || practice_banks().iter().chain(v2_practice_banks());
        for bank in v2_practice_banks() {
            assert!(bank.website.ends_with(".example"), "{} could belong to somebody", bank.website);
            assert_eq!(all().filter(|other| other.id == bank.id).count(), 1, "{}", bank.id);
            assert_eq!(all().filter(|other| other.name == bank.name).count(), 1, "{}", bank.name);
        }
    }
}
