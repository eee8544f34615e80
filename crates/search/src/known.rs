//! What is found only as a whole: hosts, routing numbers.

use crate::Entry;
use crate::address;

/// Texts and the entries that have them, sorted. An entry goes by its place in the directory.
pub(crate) struct Known(Vec<(String, u32)>);

impl Known {
    fn new(mut pairs: Vec<(String, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        Self(pairs)
    }

    /// Each domain and each alias that reads like one.
    pub(crate) fn hosts(entries: &[Entry]) -> Self {
        let hosts = entries.iter().zip(0..).flat_map(|(entry, at)| {
            let texts = entry.domain.iter().chain(&entry.aliases);
            texts.filter_map(|text| address::host(text)).map(move |host| (host, at))
        });
        Self::new(hosts.collect())
    }

    /// The registered names above these hosts.
    pub(crate) fn registered(hosts: &Self) -> Self {
        Self::new(hosts.0.iter().map(|(host, at)| (address::registered(host).to_owned(), *at)).collect())
    }

    /// All routing numbers.
    pub(crate) fn routing_numbers(entries: &[Entry]) -> Self {
        let all = entries.iter().zip(0..);
        let numbers =
            all.flat_map(|(entry, at)| entry.routing_numbers.iter().map(move |number| (number.clone(), at)));
        Self::new(numbers.collect())
    }

    /// The entries that have this.
    pub(crate) fn entries<'a>(&'a self, text: &'a str) -> impl Iterator<Item = u32> + 'a {
        let from = self.0.partition_point(|(other, _)| other.as_str() < text);
        let found = self.0.iter().skip(from).take_while(move |(other, _)| other == text);
        found.map(|(_, entry)| *entry)
    }

    /// Bytes that this takes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.0) + self.0.iter().map(|(text, _)| text.capacity()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_the_domains_and_the_aliases_that_read_like_one() {
        let entry = |domain: &str, alias: &str| Entry {
            domain: Some(domain.to_owned()),
            aliases: vec![alias.to_owned()],
            ..Entry::default()
        };
        let hosts = Known::hosts(&[entry("www.A.com", "Aye"), entry("secure.b.com", "a.com")]);
        assert_eq!(hosts.entries("a.com").collect::<Vec<_>>(), [0, 1]);
        assert_eq!(hosts.entries("b.com").count(), 0);
        assert_eq!(Known::registered(&hosts).entries("b.com").collect::<Vec<_>>(), [1]);
    }
}
