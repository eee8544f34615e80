//! What the page and the loader may weigh. The one place for these numbers.

use anyhow::bail;

/// A limit in bytes of brotli, quality 11. Sizes are said in kB of 1000 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// What is limited, for the message.
    pub(crate) what: &'static str,
    /// The most it may weigh.
    pub(crate) bytes: u64,
}

/// Everything a person waits for before the first screen works: page, style, scripts and module.
/// The final budget is 150 kB; the difference is kept for the screens to come.
pub(crate) const FIRST_SCREEN: Budget = Budget { what: "first screen", bytes: 148_000 };

/// What every host page loads, whether the widget is opened or not.
pub(crate) const LOADER: Budget = Budget { what: "loader", bytes: 3_000 };

/// What a host page loads instead to have the widget as an element of its own.
pub(crate) const ELEMENT: Budget = Budget { what: "element", bytes: 2_400 };

/// The hook for React, which comes on top of the loader.
pub(crate) const HOOK: Budget = Budget { what: "hook", bytes: 1_000 };

/// All that can be loaded: the loader, the first screen, and whatever comes after it.
pub(crate) const WHOLE: Budget = Budget { what: "whole download", bytes: 230_000 };

/// The most requests that the first screen may take, the page's own included.
pub(crate) const REQUESTS: usize = 6;

impl Budget {
    /// # Errors
    /// `bytes` is more than the budget; the message says by how much.
    pub(crate) fn check(self, bytes: u64) -> anyhow::Result<()> {
        if bytes > self.bytes {
            bail!(
                "the {} weighs {}, {} bytes over its budget of {}",
                self.what,
                kilobytes(bytes),
                bytes - self.bytes,
                kilobytes(self.bytes)
            );
        }
        Ok(())
    }
}

/// `87.2 kB`, rounded up so that what is over a budget never looks as if it were within.
pub(crate) fn kilobytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_may_be_spent_to_the_last_byte() {
        let budget = Budget { what: "page", bytes: 1_000 };
        assert!(budget.check(1_000).is_ok(), "the limit itself is within");
        let error = budget.check(1_001).unwrap_err().to_string();
        assert!(
            error.contains("1 bytes over") && error.contains("page"),
            "it should say what and by how much: {error}"
        );
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(kilobytes(125_000), "125.0 kB", "an even size stays");
        assert_eq!(kilobytes(125_001), "125.1 kB", "one byte more must show");
        assert_eq!(kilobytes(0), "0.0 kB", "nothing weighs nothing");
    }
}
