//! Institution search: pure ranking over a directory.
//!
//! No input or output, no clock, no floating point: the same question gives the same order wherever this runs.
//!
//! ```
//! use linchpin_search::{Entry, Index};
//!
//! let index = Index::build(vec![
//!     Entry { name: "Harbour Savings".to_owned(), popularity: 7, ..Entry::default() },
//!     Entry { name: "Old Harbour Bank".to_owned(), popularity: 9, ..Entry::default() },
//! ]);
//! let results = index.search("sav harb", 10, 0);
//! assert_eq!(index.entry(results.hits[0].entry).map(|entry| entry.name.as_str()), Some("Harbour Savings"));
//! ```

mod address;
mod everyday;
mod highlight;
mod index;
mod known;
mod lexicon;
mod name;
mod popularity;
mod query;
mod rank;
mod reading;
mod spelling;
mod text;
mod vocabulary;

pub use everyday::{EverydayNames, EverydayNamesError};
pub use index::Index;

/// A text's words as they are compared. For the fuzzing program.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn normalised(text: &str) -> Vec<String> {
    text::plain_words(text).into_iter().map(|word| word.into_iter().collect()).collect()
}

use std::cmp::Ordering;
use std::ops::Range;

/// One institution, as far as it can be searched for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    /// The name to show, such as `Wells Fargo Bank`.
    pub name: String,
    /// The name in the register, such as `Wells Fargo Bank, National Association`.
    pub legal_name: Option<String>,
    /// Its web domain without scheme and `www.`, such as `wellsfargo.com`.
    pub domain: Option<String>,
    /// Where it is, such as `Sioux Falls`.
    pub city: Option<String>,
    /// Such as `SD`. A code of a state of the United States is found by the state's name, too.
    pub state: Option<String>,
    /// Other names that people use for it, and other domains. [`EverydayNames`] knows some.
    pub aliases: Vec<String>,
    /// Its routing numbers, nine digits each.
    pub routing_numbers: Vec<String>,
    /// How likely it is to be meant: larger is likelier. Only the order counts, so any unit will do.
    pub popularity: u64,
    /// Whether it cannot be used at present. It is found all the same, behind a namesake that can be.
    pub unavailable: bool,
}

impl Entry {
    /// Orders entries by what a person sees, so that an answer does not depend on the order of the directory.
    fn cmp_by_name(&self, other: &Self) -> Ordering {
        let seen = |entry: &Self| {
            (entry.name.clone(), entry.city.clone(), entry.state.clone(), entry.domain.clone())
        };
        self.name.cmp(&other.name).then_with(|| seen(self).cmp(&seen(other)))
    }
}

/// One page of answers, best first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Results {
    /// What stands on this page.
    pub hits: Vec<Hit>,
    /// How many were found, on all pages together.
    pub total: usize,
    /// As what the question was understood.
    pub read_as: ReadAs,
}

/// As what a question was understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReadAs {
    /// A name, a part of one, a place.
    #[default]
    Name,
    /// The address of a website at which entries are known.
    Website,
    /// A routing number, whether or not an entry has it.
    RoutingNumber,
}

/// One institution that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Its place in the list that [`Index::build`] was given.
    pub entry: usize,
    /// The parts of its name that were asked for: byte ranges on character boundaries, in order, apart. Empty when
    /// something other than the name was asked for, such as the domain.
    pub highlights: Vec<Range<usize>>,
}
