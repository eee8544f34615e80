//! The filters of lists (basiq.md 2.3): `field.op('value')`, more than one with a comma between, which means *and*.
//!
//! Of the documented operators, those are here that lists of connectors, connections, jobs and accounts take: `eq`, `ne`
//! and `in`.

use super::error::BasiqError;

/// A filter that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    clauses: Vec<Clause>,
}

#[derive(Debug, PartialEq, Eq)]
struct Clause {
    field: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    In,
}

const UNREADABLE: BasiqError = BasiqError::not_valid("filter", "the filter cannot be read");

impl Filter {
    /// Reads a filter of these fields. A field may have the name of what is listed in front.
    pub(super) fn read(text: Option<&str>, of: &str, fields: &[&str]) -> Result<Self, BasiqError> {
        let mut rest = text.unwrap_or_default().trim();
        let mut clauses = Vec::new();
        while !rest.is_empty() {
            let (clause, after) = clause(rest).ok_or(UNREADABLE)?;
            let short = clause.field.strip_prefix(of).and_then(|field| field.strip_prefix('.'));
            let known = [Some(clause.field.as_str()), short];
            let field = known.into_iter().flatten().find(|name| fields.contains(name)).map(str::to_owned);
            let unknown = BasiqError::not_valid("filter", "this list has no such field");
            clauses.push(Clause { field: field.ok_or(unknown)?, ..clause });
            rest = match after.trim_start().strip_prefix(',') {
                Some(more) if !more.trim().is_empty() => more.trim_start(),
                None if after.trim().is_empty() => "",
                _ => return Err(UNREADABLE),
            };
        }
        Ok(Self { clauses })
    }

    /// Whether something with these values of its fields is wanted.
    pub(super) fn takes(&self, values_of: impl Fn(&str) -> Vec<String>) -> bool {
        self.clauses.iter().all(|clause| {
            let values = values_of(&clause.field);
            let is_among = values.iter().any(|value| clause.values.contains(value));
            match clause.operator {
                Operator::Equal | Operator::In => is_among,
                Operator::NotEqual => !is_among,
            }
        })
    }
}

/// The clause at the beginning, and what follows it.
fn clause(text: &str) -> Option<(Clause, &str)> {
    let (head, rest) = text.split_once('(')?;
    let (field, operator) = head.rsplit_once('.')?;
    let operator = match operator {
        "eq" => Operator::Equal,
        "ne" => Operator::NotEqual,
        "in" => Operator::In,
        _ => return None,
    };
    let (mut values, mut rest) = (Vec::new(), rest);
    loop {
        let (value, after) = rest.trim_start().strip_prefix('\'')?.split_once('\'')?;
        values.push(value.to_owned());
        let after = after.trim_start();
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => {
                rest = after.strip_prefix(')')?;
                break;
            }
        }
    }
    let is_plain = field.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let is_one = operator == Operator::In || values.len() == 1;
    (is_plain && is_one).then(|| (Clause { field: field.to_owned(), operator, values }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[&str] = &["id", "stage", "institution.tier"];

    fn takes(filter: &str) -> bool {
        let filter = Filter::read(Some(filter), "connector", FIELDS).expect(filter);
        filter.takes(|field| {
            let value = match field {
                "id" => "AU00000",
                "stage" => "live",
                _ => "2",
            };
            vec![value.to_owned()]
        })
    }

    #[test]
    fn clauses_are_read_and_all_have_to_hold() {
        assert!(takes(""));
        assert!(takes("connector.stage.eq('live'),connector.institution.tier.in('1','2')"));
        assert!(takes("id.eq('AU00000'), stage.ne('alpha')"));
        assert!(!takes("stage.eq('live'),institution.tier.eq('1')"));
        assert!(!takes("institution.tier.in('1','3')"));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for wrong in [
            "stage",
            "stage.eq(live)",
            "stage.eq('live'",
            "stage.eq('a','b')",
            "stage.like('live')",
            "stage.eq('live'),",
            "stage.eq('live') id.eq('x')",
            "colour.eq('red')",
            "eq('live')",
            "(",
        ] {
            assert!(Filter::read(Some(wrong), "connector", FIELDS).is_err(), "{wrong}");
        }
    }
}
