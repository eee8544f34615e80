//! Web addresses: the host of what was pasted, and the telling part of a domain.

/// The host of something that reads like a web address: `https://www.chase.com/login` gives `chase.com`.
pub(crate) fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let named = authority.rsplit('@').next()?;
    let host = named.split(':').next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let fits = |label: &str| {
        !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let (_, last) = host.rsplit_once('.')?;
    let reads_like_a_domain = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    (reads_like_a_domain && host.split('.').all(fits)).then(|| host.to_owned())
}

/// The part of a host that somebody registered: `chase.com` of `secure.chase.com`, `nab.com.au` of `www.nab.com.au`.
pub(crate) fn registered(host: &str) -> &str {
    let ending = ending(host);
    let before = host.len() - ending.len();
    match host.get(..before).and_then(|rest| rest.trim_end_matches('.').rfind('.')) {
        Some(dot) => host.get(dot + 1..).unwrap_or(host),
        None => host,
    }
}

/// The telling part of a domain: `chase` of `chase.com`, of `secure.chase.com` and of `chase.com.au`.
pub(crate) fn stem(host: &str) -> &str {
    registered(host).split('.').next().unwrap_or(host)
}

/// What registries hand out names under: `com` of `chase.com`, `com.au` of `nab.com.au`.
fn ending(host: &str) -> &str {
    let Some((rest, last)) = host.rsplit_once('.') else { return "" };
    match rest.rsplit_once('.') {
        Some((_, second @ ("co" | "com" | "net" | "org" | "gov" | "edu"))) if last.len() == 2 => {
            host.get(host.len() - last.len() - 1 - second.len()..).unwrap_or(last)
        }
        _ => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_is_read_as_its_host() {
        for (text, expected) in [
            ("https://www.Chase.com/login?next=1", Some("chase.com")),
            ("secure.chase.com", Some("secure.chase.com")),
            ("http://me@chase.com:443/", Some("chase.com")),
            ("//", None),
            ("u.s", None),
            ("St. Mary's Bank", None),
            ("10.00", None),
            ("...", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_stem_is_the_telling_part_of_a_domain() {
        for (domain, whole, telling) in [
            ("chase.com", "chase.com", "chase"),
            ("a.chase.com", "chase.com", "chase"),
            ("nab.com.au", "nab.com.au", "nab"),
            ("www.nab.com.au", "nab.com.au", "nab"),
            ("about.us.hsbc.com", "hsbc.com", "hsbc"),
            ("com.au", "com.au", "com"),
            ("localhost", "localhost", "localhost"),
        ] {
            assert_eq!((registered(domain), stem(domain)), (whole, telling), "{domain}");
        }
    }
}
