//! Reads the catalogues, refuses what does not fit together, and writes them as Rust.
//!
//! A catalogue has one text a line, `Key = text`, or one for each plural category, `Key[one] = text`; `#` begins a comment.
//! English says which keys there are, in which order, and what is filled into each. A language with a key too few or too
//! many, another gap or a missing plural category does not build.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, process};

/// Languages and the plural categories of each, as `Intl.PluralRules` names them (Unicode CLDR, cardinal rules).
const LANGUAGES: [(&str, &[&str]); 4] = [
    ("en", &["one", "other"]),
    ("es", &["one", "many", "other"]),
    ("fr", &["one", "many", "other"]),
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
];
/// What is written, for whom: a folder of `catalogues`, and the name of its keys.
const PARTS: [(&str, &str); 2] = [("widget", "Key"), ("pages", "PageKey")];
/// Categories that stand for one number in these languages, which the words may say by themselves.
const NAMED_NUMBERS: [&str; 3] = ["zero", "one", "two"];

/// What a key says.
enum Text {
    Plain(String),
    /// By category.
    Plural(BTreeMap<String, String>),
}

type Catalogue = Vec<(String, Text)>;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=catalogues");
    let mut faults = Vec::new();
    let mut code = String::new();
    for (part, name) in PARTS {
        let read = |(tag, categories): (&str, &[&str]), faults: &mut Vec<String>| {
            let path = format!("catalogues/{part}/{tag}.txt");
            let source = fs::read_to_string(&path).unwrap_or_else(|error| {
                faults.push(format!("{path}: {error}"));
                String::new()
            });
            let catalogue = parsed(&path, &source, faults);
            check_categories(&path, &catalogue, categories, faults);
            catalogue
        };
        let english = read(LANGUAGES[0], &mut faults);
        write_keys(&mut code, name, &english);
        write_edition(&mut code, part, &english);
        write_words(&mut code, part, "en", &english, &english);
        for (tag, categories) in &LANGUAGES[1..] {
            let catalogue = read((tag, categories), &mut faults);
            compare(&format!("catalogues/{part}/{tag}.txt"), &english, &catalogue, &mut faults);
            write_words(&mut code, part, tag, &english, &catalogue);
        }
    }
    for fault in &faults {
        println!("cargo::error={fault}");
    }
    if !faults.is_empty() {
        process::exit(1);
    }
    let folder = env::var("OUT_DIR").unwrap_or_default();
    if let Err(error) = fs::write(Path::new(&folder).join("catalogues.rs"), code) {
        println!("cargo::error=the catalogues could not be written: {error}");
        process::exit(1);
    }
}

fn parsed(path: &str, source: &str, faults: &mut Vec<String>) -> Catalogue {
    let mut catalogue: Catalogue = Vec::new();
    for (at, line) in source.lines().enumerate() {
        let mut fault = |what: &str| faults.push(format!("{path}:{}: {what}", at + 1));
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, text)) = line.split_once(" = ") else {
            fault("this is no `Key = text`");
            continue;
        };
        if text.trim() != text || text.is_empty() || text.contains('\t') || text.contains("  ") {
            fault("a text is not empty and has no space too many");
        }
        if gaps(text).is_none() {
            fault("a gap `{name}` is not closed");
        }
        let (key, category) = match key.strip_suffix(']').and_then(|key| key.split_once('[')) {
            Some((key, category)) => (key, Some(category)),
            None => (key, None),
        };
        if !key.chars().all(|c| c.is_ascii_alphanumeric())
            || !key.starts_with(|c: char| c.is_ascii_uppercase())
        {
            fault("a key is a word such as `SignIn`");
            continue;
        }
        let known = catalogue.iter_mut().find(|(other, _)| other == key);
        match (known, category) {
            (None, None) => catalogue.push((key.to_owned(), Text::Plain(text.to_owned()))),
            (None, Some(category)) => {
                let forms = BTreeMap::from([(category.to_owned(), text.to_owned())]);
                catalogue.push((key.to_owned(), Text::Plural(forms)));
            }
            (Some((_, Text::Plural(forms))), Some(category)) => {
                if forms.insert(category.to_owned(), text.to_owned()).is_some() {
                    fault("this form is there already");
                }
            }
            (Some(_), _) => fault("this key is there already"),
        }
    }
    catalogue
}

/// The gaps of a text, each once; `None` where one is not closed.
fn gaps(text: &str) -> Option<Vec<String>> {
    let mut gaps = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        if before.contains('}') || !name.chars().all(|c| c.is_ascii_lowercase()) || name.is_empty() {
            return None;
        }
        gaps.push(name.to_owned());
        rest = tail;
    }
    gaps.sort();
    gaps.dedup();
    (!rest.contains('}')).then_some(gaps)
}

fn check_categories(path: &str, catalogue: &Catalogue, categories: &[&str], faults: &mut Vec<String>) {
    for (key, text) in catalogue {
        let Text::Plural(forms) = text else { continue };
        for category in categories.iter().filter(|category| !forms.contains_key(**category)) {
            faults.push(format!("{path}: {key}[{category}] is missing"));
        }
        for form in forms.keys().filter(|form| !categories.contains(&form.as_str())) {
            faults.push(format!("{path}: this language has no {key}[{form}]"));
        }
    }
}

fn compare(path: &str, english: &Catalogue, catalogue: &Catalogue, faults: &mut Vec<String>) {
    for (key, text) in english {
        let Some((_, other)) = catalogue.iter().find(|(known, _)| known == key) else {
            faults.push(format!("{path}: {key} is missing"));
            continue;
        };
        let wanted = all_gaps(text);
        match (text, other) {
            (Text::Plain(_), Text::Plain(other)) => {
                if gaps(other).as_ref() != Some(&wanted) {
                    faults.push(format!("{path}: {key} has to hold {wanted:?}"));
                }
            }
            (Text::Plural(_), Text::Plural(forms)) => {
                for (form, words) in forms {
                    let mut has = gaps(words).unwrap_or_default();
                    if NAMED_NUMBERS.contains(&form.as_str()) && !has.iter().any(|gap| gap == "count") {
                        has.push("count".to_owned());
                        has.sort();
                    }
                    if has != wanted {
                        faults.push(format!("{path}: {key}[{form}] has to hold {wanted:?}"));
                    }
                }
            }
            _ => faults.push(format!(
                "{path}: {key} has plural forms in one of English and this, and not in the other"
            )),
        }
    }
    for (key, _) in catalogue {
        if !english.iter().any(|(known, _)| known == key) {
            faults.push(format!("{path}: English has no {key}"));
        }
    }
}

/// What is filled into a key's words, whichever form is said.
fn all_gaps(text: &Text) -> Vec<String> {
    let mut all: Vec<_> = match text {
        Text::Plain(words) => gaps(words).unwrap_or_default(),
        Text::Plural(forms) => forms.values().flat_map(|words| gaps(words).unwrap_or_default()).collect(),
    };
    all.sort();
    all.dedup();
    all
}

fn write_keys(code: &mut String, name: &str, english: &Catalogue) {
    let keys: Vec<_> = english.iter().map(|(key, _)| key.as_str()).collect();
    let _ = writeln!(
        code,
        "/// Names a text.\n#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\n#[expect(missing_docs, reason = \"each is told by its \
         words in the catalogues\")]\npub enum {name} {{ {} }}",
        keys.join(", ")
    );
    let all: Vec<_> = keys.iter().map(|key| format!("{name}::{key}")).collect();
    let _ = writeln!(
        code,
        "impl {name} {{\n/// Every key, in the order of the words.\npub const ALL: &'static [{name}] = &[{}];\n}}",
        all.join(", ")
    );
}

/// FNV-1a: it only has to tell one text from another.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Which keys in which order: who reads words compares it with what they were written for.
fn write_edition(code: &mut String, part: &str, english: &Catalogue) {
    let names = english.iter().flat_map(|(key, _)| key.bytes().chain([b' ']));
    let edition = hash(names);
    let _ = writeln!(
        code,
        "/// Which keys these are, in which order.\npub const {}_EDITION: &str = \"{edition:016x}\";",
        part.to_uppercase()
    );
}

/// One line a key, in the order of the keys; the forms of a plural behind tabs: category, words, category, words.
fn write_words(code: &mut String, part: &str, tag: &str, english: &Catalogue, catalogue: &Catalogue) {
    let lines: Vec<_> = english
        .iter()
        .map(|(key, _)| match catalogue.iter().find(|(known, _)| known == key) {
            Some((_, Text::Plain(words))) => words.clone(),
            Some((_, Text::Plural(forms))) => {
                forms.iter().map(|(form, words)| format!("{form}\t{words}")).collect::<Vec<_>>().join("\t")
            }
            None => String::new(),
        })
        .collect();
    let (part, language, words) = (part.to_uppercase(), tag.to_uppercase(), lines.join("\n"));
    let _ = writeln!(code, "const {part}_{language}: &str = {words:?};");
    // The proxy's own pages are in no file of their own.
    if part == "WIDGET" {
        let _ = writeln!(code, "const {part}_{language}_HASH: &str = \"{:016x}\";", hash(words.bytes()));
    }
}
