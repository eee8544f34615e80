//! Tables of the documentation have what the code has, no more and no less.

use super::{document, file};
use linchpin_protocol::Code;

/// The rows of the first table of a page whose heading row begins so, cell by cell.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let text = file(page);
    let start = text.find(heading).unwrap_or_else(|| panic!("{page} has no table `{heading}`"));
    let lines = text.get(start..).unwrap_or_default().lines().skip(2);
    let lines = lines.map_while(|line| line.strip_prefix('|')?.strip_suffix('|'));
    lines.map(|line| line.split('|').map(|cell| cell.trim().replace('`', "")).collect()).collect()
}

fn first_cells(page: &str, heading: &str) -> Vec<String> {
    rows(page, heading).into_iter().filter_map(|cells| cells.into_iter().next()).collect()
}

#[test]
fn errors_has_every_code_of_the_proxy_with_its_facts() {
    let page = rows("docs/errors.md", "| code | status |");
    let listed: Vec<[&str; 4]> =
        page.iter().map(|cells| [&cells[0], &cells[1], &cells[2], &cells[3]].map(String::as_str)).collect();
    let facts: Vec<(String, Code)> =
        Code::ALL.iter().map(|code| (code.status().to_string(), *code)).collect();
    let expected: Vec<[&str; 4]> = facts
        .iter()
        .map(|(status, code)| {
            let retryable = if code.retryable() { "yes" } else { "no" };
            [code.as_str(), status, retryable, code.title()]
        })
        .collect();
    assert_eq!(listed, expected);
    assert!(page.iter().all(|cells| cells[4].len() > 5), "what to do is said for every code");
}

#[test]
fn errors_has_every_problem_of_a_field() {
    let document = document();
    let kinds = document["components"]["schemas"]["FieldProblemKind"]["enum"].as_array().unwrap();
    let kinds: Vec<&str> = kinds.iter().filter_map(|kind| kind.as_str()).collect();
    assert_eq!(first_cells("docs/errors.md", "| problem | means |"), kinds);
}

/// The texts of a union of types, from where it begins to its end.
fn union(path: &str, start: &str) -> Vec<String> {
    let types = file(path);
    let (_, rest) = types.split_once(start).unwrap_or_else(|| panic!("{path} has no `{start}`"));
    rest.split(';').next().unwrap().split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn errors_has_every_code_of_the_loader() {
    let codes = union("sdk/linchpin.d.ts", "type LinchpinErrorCode =");
    // An element has some of its own.
    let elements = union("sdk/link.d.ts", "readonly code:");
    let listed = first_cells("docs/errors.md", "| code | means |");
    assert!(codes.len() > 3 && elements.len() > 3, "{codes:?} {elements:?}");
    for code in &codes {
        assert!(listed.contains(code), "docs/errors.md lacks `{code}`");
    }
    for code in &listed {
        assert!(
            codes.contains(code) || elements.contains(code),
            "docs/errors.md has `{code}`, which nobody says"
        );
    }
}

/// The members that an interface of the loader's types names, in order, each once.
fn members(path: &str, interface: &str) -> Vec<String> {
    let types = file(path);
    let start = format!("export interface {interface} ");
    let (_, rest) = types.split_once(&start).unwrap_or_else(|| panic!("{path} has no {interface}"));
    let own = rest.lines().take_while(|line| *line != "}").filter_map(|line| line.strip_prefix("  "));
    let mut names: Vec<String> = own
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .map(|line| line.trim_start_matches("readonly "))
        .filter_map(|line| line.split(|other: char| !other.is_ascii_alphabetic()).next().map(str::to_owned))
        .collect();
    names.dedup();
    names
}

/// The names with which the first cells of a table begin, in alphabetical order, each once.
fn names(page: &str, heading: &str) -> Vec<String> {
    let first = first_cells(page, heading).into_iter();
    let mut names: Vec<String> =
        first.map(|cell| cell.chars().take_while(char::is_ascii_alphabetic).collect()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn embedding_has_every_option_and_every_member_of_the_loader_and_the_element() {
    let types = "sdk/linchpin.d.ts";
    // Either of them is needed, so that they stand apart.
    let ends = ["onSuccess".to_owned(), "onDone".to_owned()];
    let settings = [members(types, "LinchpinSettings"), ends.into()].concat();
    // Every element has these two. Of the second it is told what this one's does.
    let (listeners, focus) = ("addEventListener".to_owned(), "focus".to_owned());
    let element = [members("sdk/link.d.ts", "LinchpinLinkElement"), vec![focus]].concat();
    for (heading, mut members) in [
        ("| option | means |", settings),
        ("| member | does |", members(types, "LinchpinInstance")),
        ("| member | is |", element),
    ] {
        members.retain(|member| *member != listeners);
        members.sort_unstable();
        assert_eq!(names("docs/embedding.md", heading), members, "{heading}");
    }
}

#[test]
fn tokens_has_every_member_of_a_link_token() {
    let document = document();
    let members = document["components"]["schemas"]["CreateLinkToken"]["properties"].as_object().unwrap();
    let mut members: Vec<&str> = members.keys().map(String::as_str).collect();
    // They stand with the modes that they belong to.
    members.retain(|member| !["connection_id", "deposit_id"].contains(member));
    let mut listed = first_cells("docs/tokens.md", "| member | means |");
    listed.sort_unstable();
    members.sort_unstable();
    assert_eq!(listed, members);
}

#[test]
fn appearance_has_every_property_and_every_font() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let mut properties: Vec<String> =
        schemas["Appearance"]["properties"].as_object().unwrap().keys().cloned().collect();
    let mut listed = first_cells("docs/appearance.md", "| in the API |");
    properties.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, properties);
    let page = file("docs/appearance.md");
    let fonts: Vec<&str> =
        schemas["Font"]["enum"].as_array().unwrap().iter().filter_map(|font| font.as_str()).collect();
    let cell = fonts.iter().map(|font| format!("`{font}`")).collect::<Vec<_>>().join(", ");
    assert!(page.contains(&format!("| {cell} |")), "docs/appearance.md lists other fonts than {cell}");
    let radius = format!("{} to {}", schemas["Radius"]["minimum"], schemas["Radius"]["maximum"]);
    assert!(page.contains(&radius), "{radius}");
}

/// A constant of the proxy's, as people say it: `30 minutes`.
fn spoken(path: &str, name: &str) -> String {
    let code = file(&format!("crates/proxy/src/{path}"));
    let start = format!("const {name}: SignedDuration = SignedDuration::");
    let value = code.split(&start).nth(1).and_then(|rest| rest.split(");").next());
    let value = value.unwrap_or_else(|| panic!("{path} has no {name}"));
    let (unit, number) = value.split_once('(').unwrap();
    let unit = match unit {
        "from_mins" => "minutes",
        "from_hours" => "hours",
        other => panic!("{name}: {other}"),
    };
    format!("{number} {unit}")
}

#[test]
fn tokens_tells_the_life_times_of_the_code() {
    let lives = first_and_last("docs/tokens.md", "| token | looks like |");
    let (idle, longest) = (spoken("extract.rs", "IDLE"), spoken("routes/sessions.rs", "LONGEST"));
    let expected = [
        ("client secret", "until you rotate it".to_owned()),
        ("link token", spoken("routes/client.rs", "LINK_LIFE")),
        ("session token", format!("{idle} without them, {longest} at most")),
        ("public token", spoken("connections/outcome.rs", "PUBLIC_TOKEN_LIFE")),
    ];
    assert_eq!(lives, expected.map(|(token, life)| (token.to_owned(), life)));
    let kept = format!("for {};", spoken("watch.rs", "KEYS_KEPT"));
    assert!(file("docs/tokens.md").contains(&kept), "how long keys are known: {kept}");
}

fn first_and_last(page: &str, heading: &str) -> Vec<(String, String)> {
    rows(page, heading).into_iter().map(|cells| (cells[0].clone(), cells[cells.len() - 1].clone())).collect()
}
