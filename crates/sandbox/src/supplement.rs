//! What a register knows of institutions beyond what the aggregator tells: a table for the proxy.

use crate::catalogue::{ROUTING, practice_banks};
use crate::register::OWN;

/// The table that the proxy takes as its supplement: the register with city, state and size of each institution, and
/// the first practice bank, to which the routing number of practice accounts belongs. Routing numbers of real banks are not
/// in it: the list of them may not be passed on.
#[must_use]
pub fn supplement() -> String {
    let mut lines = OWN.lines();
    let headings = lines.next().unwrap_or_default();
    let register = lines.map(|line| format!("{line}\t\n"));
    let banks = practice_banks().iter().take(1);
    let practice = banks.map(|bank| {
        let cells = headings.split('\t').map(|heading| match heading {
            "name" => bank.name,
            "domain" => bank.website,
            _ => "",
        });
        format!("{}\t{ROUTING}\n", cells.collect::<Vec<_>>().join("\t"))
    });
    let head = format!("{headings}\trouting_numbers\n");
    std::iter::once(head).chain(register).chain(practice).collect()
}

/// The routing number of all practice accounts.
#[must_use]
pub fn routing_number() -> &'static str {
    ROUTING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_cell_for_each_heading() {
        let table = supplement();
        let headings = table.lines().next().map(|line| line.split('\t').count());
        assert!(table.lines().all(|line| Some(line.split('\t').count()) == headings));
        let last = table.lines().last().unwrap_or_default();
        assert!(last.contains(practice_banks()[0].website) && last.ends_with(ROUTING), "{last}");
        assert_eq!(table.lines().count(), OWN.lines().count() + 1);
    }
}
