//! A larger directory than there is.

use crate::table::Institution;

/// Grows the directory to `count` by this rule: the institutions again and again from the largest, the domain gone, a
/// hundredth of the assets, and the first word exchanged for the first word of the one that stands seven further on in
/// the first round, fourteen in the second, and so on. So words are as common as they are, and names as alike.
pub(crate) fn grown(institutions: &[Institution], count: usize) -> Vec<Institution> {
    let first_word = |at: usize| {
        let institution = institutions.get(at % institutions.len())?;
        institution.name.split_whitespace().next()
    };
    let more = (0..count.saturating_sub(institutions.len())).filter_map(|at| {
        let round = at / institutions.len() + 1;
        let institution = institutions.get(at % institutions.len())?;
        let rest = institution.name.split_once(' ').map_or("Bank", |(_, rest)| rest);
        Some(Institution {
            id: format!("{}+{round}", institution.id),
            name: format!("{} {rest}", first_word(at + 7 * round)?),
            legal_name: String::new(),
            domain: String::new(),
            assets: institution.assets / 100,
            ..institution.clone()
        })
    });
    institutions.iter().cloned().chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_the_count_with_other_names() {
        let one = |name: &str| Institution {
            id: name.to_owned(),
            name: format!("{name} State Bank"),
            legal_name: String::new(),
            domain: String::new(),
            city: String::new(),
            state: String::new(),
            assets: 100,
        };
        let names: Vec<String> = ["Ash", "Birch", "Cedar"].iter().map(|name| (*name).to_owned()).collect();
        let grown = grown(&names.iter().map(|name| one(name)).collect::<Vec<_>>(), 7);
        assert_eq!(grown.len(), 7);
        assert_eq!(grown[3].name, "Birch State Bank", "the first with the first word of the eighth");
        assert_eq!(grown[6].assets, 1);
    }
}
