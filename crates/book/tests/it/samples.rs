//! Every sample is of a sort that something checks; shell, policies and Python are checked here.

use super::{every_sample, file};
use linchpin_book::{FOLDER, Mark, SUMMARY};
use std::process::Command;

/// Pages that show what aggregators say, in their words: the tests of `crates/sandbox` and of the proxy's adapters hold
/// that.
const THEIRS: [&str; 2] = ["docs/quovo.md:", "docs/basiq.md:"];

#[test]
fn every_sample_is_of_a_sort_that_is_checked() {
    let mut excerpts = 0;
    for sample in every_sample() {
        match (sample.language.as_str(), &sample.mark) {
            (_, Some(Mark::Excerpt(why))) => {
                assert!(why.len() > 10, "{}: say why it is not checked", sample.place);
                excerpts += 1;
            }
            // Compiled by `cargo xtask docs`; read by the other files here.
            ("ts" | "tsx" | "js" | "html" | "toml" | "sh" | "http" | "python", _) => {}
            ("json", mark) => {
                let theirs = THEIRS.iter().any(|page| sample.place.starts_with(page));
                assert!(theirs || mark.is_some(), "{}: say of which call it is", sample.place);
            }
            // Properties that the element reads.
            ("css", _) => {
                let element = file("sdk/linchpin-link.mjs");
                for property in sample.text.split("--linchpin-").skip(1) {
                    let name = property.split(':').next().unwrap_or_default();
                    assert!(element.contains(&format!("\"{name}\"")), "{}: there is no {name}", sample.place);
                }
            }
            // Drawings.
            ("" | "text", _) => {}
            (other, _) => panic!("{}: nothing checks a sample in `{other}`", sample.place),
        }
    }
    assert!(excerpts <= 3, "{excerpts} samples are not checked");
}

#[test]
fn the_scripts_that_are_shown_are_of_the_present_version() {
    let present = format!("-{}.js", env!("CARGO_PKG_VERSION"));
    let mut shown = 0;
    for sample in every_sample() {
        for name in sample.text.split("/sdk/").skip(1).filter(|rest| rest.starts_with("linchpin-")) {
            let name = name.split('"').next().unwrap_or_default();
            assert!(name.ends_with(&present), "{}: {name} is not of this version", sample.place);
            shown += 1;
        }
    }
    assert!(shown > 2, "only {shown} were found");
}

#[test]
fn every_page_of_the_folder_is_a_chapter() {
    let summary = file(SUMMARY);
    for entry in std::fs::read_dir(linchpin_book::root().join(FOLDER)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let chapter = name.ends_with(".md") && name != "SUMMARY.md";
        assert!(!chapter || summary.contains(&format!("]({name})")), "{SUMMARY} does not list {name}");
    }
}

#[test]
fn shell_is_shell() {
    for sample in every_sample().iter().filter(|sample| sample.language == "sh") {
        let shell = Command::new("sh").args(["-n", "-c", &sample.text]).output().unwrap();
        assert!(shell.status.success(), "{}: {}", sample.place, String::from_utf8_lossy(&shell.stderr));
    }
}

#[test]
fn policies_are_strict_and_those_of_the_code() {
    // A text of the code goes over several lines.
    let flat = |path: &str| file(path).replace("\\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let code = flat("crates/proxy/src/widget/page.rs") + &flat("examples/host/src/policy.rs");
    let mut found = 0;
    for sample in every_sample().iter().filter(|sample| sample.language == "http") {
        let policy = sample.text.trim().strip_prefix("Content-Security-Policy: ").expect(&sample.place);
        for directive in policy.split(';') {
            let (name, sources) = directive.trim().split_once(' ').expect(&sample.place);
            assert!(name.ends_with("-src") || POLICY.contains(&name), "{}: `{name}`", sample.place);
            let loose = ["'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data"];
            let words: Vec<&str> = sources.split_whitespace().collect();
            assert!(!words.iter().any(|word| loose.contains(word)), "{}: {sources}", sample.place);
        }
        // The shortest says what has to be added, and is nobody's whole policy.
        if policy.starts_with("default-src") {
            let as_written = policy
                .replace("https://app.acorn.example", "{frame_ancestors}")
                .replace("https://link.example", "{linchpin}");
            assert!(code.contains(&as_written), "{}: no code says {as_written}", sample.place);
            found += 1;
        }
    }
    assert_eq!(found, 2, "the widget's policy and the example's");
}

/// Directives that do not end in `-src`.
const POLICY: [&str; 4] = ["form-action", "base-uri", "frame-ancestors", "report-uri"];

/// The vector that Standard Webhooks publishes.
#[test]
fn the_receiver_in_python_takes_what_is_signed_and_nothing_else() {
    let samples = every_sample();
    let python: Vec<_> = samples.iter().filter(|sample| sample.language == "python").collect();
    assert_eq!(python.len(), 1, "one sample is in Python");
    let program = format!(
        r#"{}
time.time = lambda: 1614265330 + 299
headers = {{"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}}
secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{{"test": 2432232314}}'
assert is_linchpins(headers, body, secret), "what is signed"
assert not is_linchpins(headers, body + b" ", secret), "another body"
time.time = lambda: 1614265330 + 301
assert not is_linchpins(headers, body, secret), "an old one"
"#,
        python[0].text
    );
    let run = Command::new("python3").args(["-c", &program]).output().unwrap();
    assert!(run.status.success(), "{}: {}", python[0].place, String::from_utf8_lossy(&run.stderr));
}
