use super::*;

/// The variables of a proxy for practice, whose one client is `acorn`.
pub(crate) fn variables(extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let base = [
        ("LINCHPIN_ENVIRONMENT", "practice"),
        ("LINCHPIN_PUBLIC_URL", "http://127.0.0.1:4200"),
        ("LINCHPIN_DATABASE", "linchpin.sqlite"),
        ("LINCHPIN_WIDGET_DIR", "dist"),
        ("LINCHPIN_KEY", "0123456789012345678901234567890123456789"),
        ("LINCHPIN_AGGREGATOR__KIND", "quovo_v3"),
        ("LINCHPIN_AGGREGATOR__URL", "http://127.0.0.1:4300/v3"),
        ("LINCHPIN_AGGREGATOR__NAME", "linchpin"),
        ("LINCHPIN_AGGREGATOR__PASSWORD", "000123"),
        ("LINCHPIN_CLIENTS__ACORN__NAME", "Acorn Budget"),
        ("LINCHPIN_CLIENTS__ACORN__SECRET", "00112233445566778899aabbccddeeff0011"),
        ("LINCHPIN_CLIENTS__ACORN__ORIGINS", r#"["http://localhost:4100", "https://app.acorn.example"]"#),
    ];
    let mut all: BTreeMap<String, String> = base.map(|(name, value)| (name.into(), value.into())).into();
    for (name, value) in extra {
        if value.is_empty() {
            all.remove(*name);
        } else {
            all.insert((*name).to_owned(), (*value).to_owned());
        }
    }
    all.into_iter().collect()
}

fn refusal(extra: &[(&str, &str)]) -> String {
    Config::load(variables(extra)).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn variables_are_enough_and_secrets_of_digits_stay_text() {
    let config = Config::load(variables(&[("LINCHPIN_AGGREGATOR__USUAL_SECONDS", "45")])).unwrap();
    assert_eq!(config.aggregator.password.expose(), "000123", "leading zeros must survive");
    assert_eq!(config.aggregator.usual_seconds, Some(45));
    assert_eq!(config.listen.to_string(), "127.0.0.1:4200", "the default address");
    let origins: Vec<_> = config.clients["acorn"].origins.iter().map(Origin::as_str).collect();
    assert_eq!(origins, ["http://localhost:4100", "https://app.acorn.example"]);
}

#[test]
fn variables_win_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("linchpin.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\n[aggregator]\nname = \"file\"\nusual_seconds = 9\n")
        .unwrap();
    let path = file.to_str().unwrap();
    let config = Config::load(variables(&[("LINCHPIN_CONFIG", path)])).unwrap();
    assert_eq!(config.listen.port(), 1, "the file wins over defaults");
    assert_eq!(config.aggregator.name, "linchpin", "a variable wins over the file");
    assert_eq!(config.aggregator.usual_seconds, Some(9), "the file fills what no variable says");
}

#[test]
fn what_is_missing_is_named() {
    let text = refusal(&[("LINCHPIN_KEY", "")]);
    assert!(text.contains("LINCHPIN_KEY is missing"), "{text}");
    let text = refusal(&[("LINCHPIN_CLIENTS__ACORN__SECRET", "")]);
    assert!(text.contains("LINCHPIN_CLIENTS__ACORN__SECRET is missing"), "{text}");
    let text = refusal(&[("LINCHPIN_CONFIG", "/nowhere/linchpin.toml")]);
    assert!(text.contains("not a file"), "{text}");
}

#[test]
fn a_short_key_is_refused_everywhere() {
    let text = refusal(&[("LINCHPIN_KEY", "short")]);
    assert!(text.contains("LINCHPIN_KEY") && !text.contains("\"short\""), "{text}");
}

#[test]
fn an_aggregator_without_its_version_is_refused() {
    let text = refusal(&[("LINCHPIN_AGGREGATOR__URL", "http://127.0.0.1:4300")]);
    assert!(text.contains("LINCHPIN_AGGREGATOR__URL lacks the version"), "{text}");
}

#[test]
fn a_loose_origin_is_refused() {
    let text = refusal(&[("LINCHPIN_CLIENTS__ACORN__ORIGINS", "https://app.acorn.example/")]);
    assert!(text.contains("LINCHPIN_CLIENTS__ACORN__ORIGINS"), "{text}");
}

#[test]
fn production_refuses_what_practice_allows() {
    let text =
        refusal(&[("LINCHPIN_ENVIRONMENT", "production"), ("LINCHPIN_CLIENTS__ACORN__SECRET", "weak")]);
    for part in [
        "LINCHPIN_PUBLIC_URL must be https",
        "LINCHPIN_AGGREGATOR__URL must be https",
        "names this machine",
        "LINCHPIN_CLIENTS__ACORN__SECRET is shorter",
        "LINCHPIN_CLIENTS__ACORN__ORIGINS must be https",
    ] {
        assert!(text.contains(part), "{part:?} is not said in: {text}");
    }
    assert!(!text.contains("weak"), "a secret was repeated: {text}");
}

#[test]
fn an_empty_list_of_origins_is_refused() {
    let text = refusal(&[("LINCHPIN_CLIENTS__ACORN__ORIGINS", "[]")]);
    assert!(text.contains("LINCHPIN_CLIENTS__ACORN__ORIGINS is empty"), "{text}");
}

/// What production takes, as far as variables go.
fn production(extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = vec![
        ("LINCHPIN_ENVIRONMENT", "production"),
        ("LINCHPIN_PUBLIC_URL", "https://link.example"),
        ("LINCHPIN_AGGREGATOR__URL", "https://api.quovo.com/v3"),
        ("LINCHPIN_AGGREGATOR__PASSWORD", "9f2c7a51d0e84b36"),
        ("LINCHPIN_KEY", "3b0c6e51f7a24d98b1e05c7d9a6f2e840d57c3b1"),
        ("LINCHPIN_CLIENTS__ACORN__SECRET", "c81d2f6a90b3e745d12c8f0a7b6e593d4f1a0c28"),
        ("LINCHPIN_CLIENTS__ACORN__ORIGINS", "https://app.acorn.example"),
    ];
    all.extend(extra);
    variables(&all)
}

fn refused_in_production(extra: &[(&str, &str)]) -> String {
    Config::load(production(extra)).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_sound_production_is_taken_and_secrets_that_can_be_guessed_are_not() {
    Config::load(production(&[])).unwrap();
    for (variable, weak) in [
        ("LINCHPIN_KEY", "0000000000000000000000000000000000000000"),
        ("LINCHPIN_KEY", "please-changeme-please-changeme-please"),
        ("LINCHPIN_CLIENTS__ACORN__SECRET", "acorn-secret-0123456789-0123456789"),
        ("LINCHPIN_CLIENTS__ACORN__SECRET", "3b0c6e51f7a24d98b1e05c7d9a6f2e840d57c3b1"),
        ("LINCHPIN_AGGREGATOR__PASSWORD", "password1"),
    ] {
        let text = refused_in_production(&[(variable, weak)]);
        assert!(text.contains(variable) && !text.contains(weak), "{weak}: {text}");
    }
}

#[test]
fn the_widgets_own_origin_must_not_be_a_clients() {
    let text = refused_in_production(&[("LINCHPIN_CLIENTS__ACORN__ORIGINS", "https://link.example")]);
    assert!(text.contains("an origin of its own"), "{text}");
}

#[test]
fn secrets_come_from_files_that_only_the_proxy_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "5d1f0b7c93e2a846c0d9e1f5b3a7284690fe1c2d\n").unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    let path = file.to_str().unwrap().to_owned();
    let with_file = [("LINCHPIN_KEY", ""), ("LINCHPIN_KEY_FILE", path.as_str())];
    let config = Config::load(production(&with_file)).unwrap();
    assert_eq!(config.key.expose(), "5d1f0b7c93e2a846c0d9e1f5b3a7284690fe1c2d", "without the line's end");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let text = refused_in_production(&with_file);
    assert!(text.contains("LINCHPIN_KEY_FILE") && text.contains("chmod 600"), "{text}");
    let text = refused_in_production(&[("LINCHPIN_KEY", ""), ("LINCHPIN_KEY_FILE", "/nowhere/key")]);
    assert!(text.contains("LINCHPIN_KEY_FILE names /nowhere/key"), "{text}");
}

#[test]
fn the_example_file_is_one_that_production_takes() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/linchpin.example.toml");
    let secrets = production(&[]);
    let secrets = secrets.into_iter().filter(|(name, _)| {
        ["LINCHPIN_KEY", "LINCHPIN_AGGREGATOR__PASSWORD", "LINCHPIN_CLIENTS__ACORN__SECRET"]
            .contains(&name.as_str())
    });
    let with_file = secrets.chain([("LINCHPIN_CONFIG".to_owned(), file.to_owned())]);
    let config = Config::load(with_file).unwrap();
    assert_eq!(config.trusted_proxies.len(), 1);
    assert!(config.metrics_listen.is_some());
}

#[test]
fn the_gallery_is_for_practice_and_absent_unless_asked_for() {
    assert_eq!(Config::load(variables(&[])).unwrap().gallery_dir, None);
    let wanted = ("LINCHPIN_GALLERY_DIR", "target/gallery");
    let config = Config::load(variables(&[wanted])).unwrap();
    assert_eq!(config.gallery_dir.as_deref(), Some(std::path::Path::new("target/gallery")));
    let text = refusal(&[wanted, ("LINCHPIN_ENVIRONMENT", "production")]);
    assert!(text.contains("LINCHPIN_GALLERY_DIR is set"), "{text}");
}

#[test]
fn redirect_uris_are_pages_of_the_clients_own() {
    let with = |uris: &str| Config::load(variables(&[("LINCHPIN_CLIENTS__ACORN__REDIRECT_URIS", uris)]));
    let good = with("http://localhost:4100/return, https://app.acorn.example/linked?x=1").unwrap();
    assert_eq!(good.clients["acorn"].redirect_uris.len(), 2);
    for bad in [
        "https://elsewhere.example/return",
        "https://app.acorn.example.evil.example/return",
        "https://app.acorn.example",
        "https://app.acorn.example/#x",
        "https://app.acorn.example/@evil.example",
        "/return",
        "javascript:alert(1)",
    ] {
        let refused = with(bad).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("LINCHPIN_CLIENTS__ACORN__REDIRECT_URIS"), "{bad}: {refused}");
    }
}

const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn logins_are_typed_into_a_clients_own_page_only_where_that_is_said_in_so_many_words() {
    const SETTING: &str = "LINCHPIN_CLIENTS__ACORN__IN_PAGE_CREDENTIALS";
    let allowed =
        |extra: &[(&str, &str)]| Config::load(variables(extra)).unwrap().clients["acorn"].in_page_credentials;
    assert!(!allowed(&[]), "by default not");
    assert!(allowed(&[(SETTING, "true")]) && !allowed(&[(SETTING, "false")]));
    for bad in ["yes", "1", "TRUE"] {
        let text = refusal(&[(SETTING, bad)]);
        assert!(text.contains(SETTING) && text.contains("must be true or false"), "{text}");
    }
}

#[test]
fn a_webhook_goes_by_https_to_a_public_address() {
    let with = |url| {
        Config::load(production(&[
            ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", url),
            ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET", SIGNING),
        ]))
    };
    let taken = with("https://hooks.acorn.example/linchpin?site=1").unwrap();
    assert_eq!(taken.clients["acorn"].webhook.as_ref().unwrap().secret.expose(), SIGNING);
    for bad in [
        "http://hooks.acorn.example/linchpin",
        "http://localhost:4100/linchpin",
        "https://127.0.0.1/linchpin",
        "https://10.1.2.3/",
        "https://[::ffff:169.254.169.254]/latest",
        "https://user@hooks.acorn.example/",
        "https://hooks.acorn.example/#x",
        "hooks.acorn.example",
        "file:///etc/passwd",
    ] {
        let refused = with(bad).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL must be"), "{bad}: {refused}");
    }
}

#[test]
fn a_webhook_may_stay_on_this_machine_in_practice_and_goes_nowhere_else_without_tls() {
    let with = |url| {
        let secret = ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET", SIGNING);
        Config::load(variables(&[("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", url), secret]))
    };
    for good in ["http://localhost:4100/hooks", "http://127.0.0.1:4100/hooks", "https://hooks.acorn.example/"]
    {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in
        ["http://hooks.acorn.example/", "http://10.0.0.1/", "https://10.0.0.1/", "http://0.0.0.0:4100/"]
    {
        assert!(with(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_webhooks_secret_is_a_key_that_cannot_be_guessed_and_is_never_repeated() {
    let url = ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", "https://hooks.acorn.example/");
    let guessable = format!("whsec_{}", "A".repeat(32));
    for weak in ["c81d2f6a90b3e745d12c8f0a7b6e593d4f1a0c28", "whsec_c2hvcnQ=", &guessable] {
        for (name, other) in [("SECRET", "SECRET_NEXT"), ("SECRET_NEXT", "SECRET")] {
            let variable = format!("LINCHPIN_CLIENTS__ACORN__WEBHOOK__{name}");
            let other = format!("LINCHPIN_CLIENTS__ACORN__WEBHOOK__{other}");
            let text = refused_in_production(&[url, (&variable, weak), (&other, SIGNING)]);
            assert!(text.contains(&variable) && !text.contains(weak), "{weak}: {text}");
        }
    }
    let missing = refused_in_production(&[url]);
    assert!(missing.contains("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET is missing"), "{missing}");
}

#[test]
fn a_webhooks_secret_comes_from_a_file_too() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("signing");
    std::fs::write(&file, format!("{SIGNING}\n")).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    let config = Config::load(production(&[
        ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", "https://hooks.acorn.example/"),
        ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET_FILE", file.to_str().unwrap()),
    ]));
    assert_eq!(config.unwrap().clients["acorn"].webhook.as_ref().unwrap().secret.expose(), SIGNING);
}

/// What practice takes over Basiq, as far as variables go.
fn over_basiq(extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = vec![
        ("LINCHPIN_AGGREGATOR__KIND", "basiq"),
        ("LINCHPIN_AGGREGATOR__URL", "http://127.0.0.1:4300/basiq"),
        ("LINCHPIN_AGGREGATOR__NAME", ""),
        ("LINCHPIN_AGGREGATOR__SIGN_IN", "both"),
        ("LINCHPIN_AGGREGATOR__CONSENT_URL", "http://127.0.0.1:4300/consent/home"),
    ];
    all.extend(extra);
    variables(&all)
}

fn refused_over_basiq(extra: &[(&str, &str)]) -> String {
    Config::load(over_basiq(extra)).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn basiq_is_told_how_people_sign_in_and_needs_no_name() {
    for (word, sign_in) in
        [("credentials", SignIn::Credentials), ("consent", SignIn::Consent), ("both", SignIn::Both)]
    {
        let config = Config::load(over_basiq(&[("LINCHPIN_AGGREGATOR__SIGN_IN", word)])).unwrap();
        assert_eq!((config.aggregator.sign_in, config.aggregator.name.as_str()), (Some(sign_in), ""));
        assert_eq!(config.aggregator.smart_cache, None, "what nobody has said is not known");
    }
    let text = refused_over_basiq(&[("LINCHPIN_AGGREGATOR__SIGN_IN", "")]);
    assert!(text.contains("LINCHPIN_AGGREGATOR__SIGN_IN is missing: set it to credentials"), "{text}");
    let text = refused_over_basiq(&[("LINCHPIN_AGGREGATOR__SIGN_IN", "password")]);
    assert!(text.contains("SIGN_IN must be one of credentials, consent, both"), "{text}");
    let text = refusal(&[("LINCHPIN_AGGREGATOR__KIND", "yodlee")]);
    assert!(text.contains("KIND must be one of") && text.contains("basiq"), "{text}");
}

#[test]
fn the_consent_page_is_wanted_where_people_are_sent_there_and_only_there() {
    let without = ("LINCHPIN_AGGREGATOR__CONSENT_URL", "");
    for word in ["consent", "both"] {
        let text = refused_over_basiq(&[("LINCHPIN_AGGREGATOR__SIGN_IN", word), without]);
        assert!(text.contains("LINCHPIN_AGGREGATOR__CONSENT_URL is missing"), "{word}: {text}");
    }
    Config::load(over_basiq(&[("LINCHPIN_AGGREGATOR__SIGN_IN", "credentials"), without])).unwrap();
}

#[test]
fn people_are_sent_to_the_consent_page_by_https_and_with_nothing_but_what_we_add() {
    let page = "LINCHPIN_AGGREGATOR__CONSENT_URL";
    for bad in [
        "http://consent.basiq.io/home",
        "https://consent.basiq.io/home?token=x",
        "https://consent.basiq.io/home#x",
        "https://consent.basiq.io@evil.example/home",
        "consent.basiq.io/home",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ] {
        let text = refused_over_basiq(&[(page, bad)]);
        assert!(text.contains("CONSENT_URL must be an https address without a query"), "{bad}: {text}");
    }
    let at_basiq = [
        ("LINCHPIN_AGGREGATOR__KIND", "basiq"),
        ("LINCHPIN_AGGREGATOR__URL", "https://au-api.basiq.io"),
        ("LINCHPIN_AGGREGATOR__NAME", ""),
        ("LINCHPIN_AGGREGATOR__SIGN_IN", "consent"),
    ];
    let with = |url| production(&[&at_basiq[..], &[(page, url)]].concat());
    Config::load(with("https://consent.basiq.io/home")).unwrap();
    let local = Config::load(with("http://127.0.0.1:4300/consent/home")).map(|_| ()).unwrap_err().to_string();
    assert!(local.contains("CONSENT_URL must be an https address"), "not even on this machine: {local}");
}

#[test]
fn smart_cache_is_yes_no_or_not_known() {
    let with = |word| Config::load(over_basiq(&[("LINCHPIN_AGGREGATOR__SMART_CACHE", word)]));
    for (word, told) in [("true", true), ("false", false)] {
        assert_eq!(with(word).unwrap().aggregator.smart_cache, Some(told));
    }
    for bad in ["yes", "1", "maybe"] {
        let text = with(bad).map(|_| ()).unwrap_err().to_string();
        assert!(text.contains("LINCHPIN_AGGREGATOR__SMART_CACHE"), "{bad}: {text}");
    }
}

#[test]
fn what_only_basiq_knows_is_refused_elsewhere_and_each_address_has_its_form() {
    for kind in ["quovo_v3", "quovo_v2"] {
        for (name, value) in [
            ("SIGN_IN", "credentials"),
            ("CONSENT_URL", "https://consent.basiq.io/home"),
            ("SMART_CACHE", "true"),
        ] {
            let variable = format!("LINCHPIN_AGGREGATOR__{name}");
            let text = refusal(&[("LINCHPIN_AGGREGATOR__KIND", kind), (&variable, value)]);
            assert!(text.contains(&format!("{variable} is set: only Basiq knows it")), "{kind}: {text}");
        }
    }
    let text = refusal(&[("LINCHPIN_AGGREGATOR__NAME", "")]);
    assert!(text.contains("LINCHPIN_AGGREGATOR__NAME is missing"), "Quovo has a name: {text}");
    Config::load(over_basiq(&[("LINCHPIN_AGGREGATOR__URL", "http://127.0.0.1:4300")])).unwrap();
    let text = refused_over_basiq(&[("LINCHPIN_AGGREGATOR__URL", "au-api.basiq.io")]);
    assert!(
        text.contains("LINCHPIN_AGGREGATOR__URL must be a URL such as https://au-api.basiq.io"),
        "{text}"
    );
}

#[test]
fn a_clients_own_words_fit_where_they_are_to_stand() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("linchpin.toml");
    let own = |language: &str, line: &str| {
        std::fs::write(&file, format!("[clients.acorn.texts.{language}]\n{line}\n")).unwrap();
        Config::load(variables(&[("LINCHPIN_CONFIG", file.to_str().unwrap())]))
            .map_err(|error| error.to_string())
    };
    let config = own("es", "FindYourBank = \"¿Dónde tiene su cuenta?\"").unwrap();
    assert_eq!(config.clients["acorn"].texts["es"]["FindYourBank"], "¿Dónde tiene su cuenta?");
    for (language, line, why) in [
        ("de", "Back = \"Zurück\"", "there are en, es, fr, ar"),
        ("en", "FindBank = \"x\"", "FindBank: there is no text of this name"),
        ("en", "GoesToProvider = \"All is well\"", "GoesToProvider: it tells people a fact"),
        ("en", "SignInTo = \"Sign in\"", "SignInTo: it has to hold {bank}"),
        ("en", "FoundBanks = \"Some\"", "FoundBanks: it has a form for each number"),
    ] {
        let refusal = own(language, line).unwrap_err();
        assert!(refusal.contains("LINCHPIN_CLIENTS__ACORN__TEXTS") && refusal.contains(why), "{refusal}");
    }
}
