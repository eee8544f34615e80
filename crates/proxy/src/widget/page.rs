//! The widget's page: filled from the link record, framed by one origin or by nobody, under a strict policy.

use super::{CORP, looks, words};
use crate::app::AppState;
use crate::appearance::Opening;
use crate::consent;
use crate::extract::Parameters;
use crate::language::Tongue;
use crate::pages::escaped;
use crate::problem::ApiResult;
use crate::store::LinkRecord;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linchpin_protocol::{Code, LinkId, Surface};
use linchpin_words::{Key, Language, PageKey, fill};

const COEP: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// The widget asks the device for nothing.
const NO_PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
     geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
     xr-spatial-tracking=()";

/// `GET /widget?link=<id>`: the page, for the one origin that may frame it; in a web view it stands by itself.
pub(crate) async fn page(
    State(state): State<AppState>,
    headers: HeaderMap,
    parameters: Parameters,
) -> ApiResult<Response> {
    let id = LinkId::new(parameters.text("link").unwrap_or_default());
    // One that is over is served too, to the page that it was for: there the widget says what happened, and tells the
    // host, where a refused frame could only be silent.
    let unknown = || unknown_link(&Tongue::wished(None, &headers));
    let Some(link) = state.store.link(&id).await? else { return Ok(unknown()) };
    let framed_by = match link.surface {
        Surface::Frame => link.origin.as_str(),
        Surface::WebView => "'none'",
        // What stands in the client's own page has none of ours.
        Surface::Element => return Ok(unknown()),
    };
    let Some(file) = state.widget.read("index.html", false).await else {
        tracing::error!(
            "index.html is not in the widget's folder: build the widget, or set LINCHPIN_WIDGET_DIR"
        );
        return Err(Code::Internal.into());
    };
    let client = state.clients.get(&link.client).map_or("", |client| client.config.name.as_str());
    let page = String::from_utf8(file.bytes).ok();
    let first = first_screen(&state, &link).await?;
    let tongue = Tongue::wished(link.language.as_deref(), &headers);
    let (words, source) = words::for_client(&state, &link.client, tongue.language);
    let practice = state.config.is_practice();
    let opening = Opening::of(&link.appearance, &parameters);
    let facts = Facts { client, practice, first, tongue: &tongue, words, source: &source, opening: &opening };
    let Some(page) = page.and_then(|page| filled(&page, &link, &facts)) else {
        tracing::error!(
            "index.html does not hold each marker once, as it was written: build it without minifying"
        );
        return Err(Code::Internal.into());
    };
    Ok(html(StatusCode::OK, page, &policy(framed_by)))
}

/// Which screen comes first.
pub(super) async fn first_screen(state: &AppState, link: &LinkRecord) -> ApiResult<&'static str> {
    let agreed = state.store.consent(&link.id).await?.is_some();
    Ok(if agreed || consent::to_ask(state, link).is_none() { "search" } else { "consent" })
}

/// What the page is to say, beside the link record.
struct Facts<'a> {
    /// The client's name.
    client: &'a str,
    /// Whether no real bank is reached.
    practice: bool,
    /// Which screen comes first: painted before the module is there, so that nothing flashes.
    first: &'static str,
    /// The language, for words and for what the browser formats.
    tongue: &'a Tongue,
    /// What the widget says.
    words: &'a str,
    /// Where a browser gets that.
    source: &'a str,
    /// How it looks.
    opening: &'a Opening,
}

/// Fills the page's markers from the link record. Values are escaped, although ids, origins and themes need none.
///
/// `None`: a marker is not there exactly once. Such a page would not know its host, or would hide that it is practice.
fn filled(page: &str, link: &LinkRecord, facts: &Facts<'_>) -> Option<String> {
    let Facts { client, practice, first, tongue, words, source, opening } = *facts;
    let meta = |name: &str, content: &str| format!(r#"<meta name="{name}" content="{}">"#, escaped(content));
    let practice = if practice { "yes" } else { "no" };
    let mut markers = vec![
        (
            r#"<html lang="en" dir="ltr""#.to_owned(),
            format!(r#"<html lang="{}" dir="{}""#, tongue.tag, tongue.language.direction().as_str()),
        ),
        (
            r#"data-theme="system""#.to_owned(),
            format!(r#"data-theme="{}""#, opening.appearance.theme.as_str()),
        ),
        (r#"data-practice="no""#.to_owned(), format!(r#"data-practice="{practice}""#)),
        (r#"data-first="search""#.to_owned(), format!(r#"data-first="{first}""#)),
        (r#"data-surface="frame""#.to_owned(), format!(r#"data-surface="{}""#, link.surface.as_str())),
        (meta("linchpin-host", ""), meta("linchpin-host", link.origin.as_str())),
        (meta("linchpin-link", ""), meta("linchpin-link", link.id.as_str())),
        (meta("linchpin-client", ""), meta("linchpin-client", client)),
        (meta("linchpin-words", ""), words_from(source)),
        ("</head>".to_owned(), format!("{}</head>", looks::in_head(opening))),
    ];
    let english = wordings(Language::English, Language::English.widget(), None);
    markers.extend(english.into_iter().zip(wordings(tongue.language, words, Some(client))));
    // All are looked for before any is filled, so that no value can pass for a marker.
    if markers.iter().any(|(marker, _)| page.matches(marker).count() != 1) {
        return None;
    }
    Some(markers.iter().fold(page.to_owned(), |page, (marker, value)| page.replacen(marker, value, 1)))
}

/// Where the page's script finds the words, and has them fetched at once.
fn words_from(address: &str) -> String {
    format!(
        "<meta name=\"linchpin-words\" content=\"\" data-src=\"{address}\">\n  \
         <link rel=\"preload\" href=\"{address}\" as=\"fetch\" crossorigin>"
    )
}

/// What the page itself says, with the markup around it by which it is found. The client's name where it is known.
fn wordings(language: Language, words: &str, client: Option<&str>) -> [String; 10] {
    let page = |key: PageKey| escaped(linchpin_words::at(language.pages(), key as usize));
    let word = |key: Key| escaped(linchpin_words::at(words, key as usize));
    let this_company = word(Key::ThisCompany);
    let client = client.map(escaped).unwrap_or(this_company);
    let client = format!("<span class=\"client\">{client}</span>");
    let steps = fill(&word(Key::StepOf), &[("step", "1"), ("steps", "4")], false);
    let not_loaded = page(PageKey::NotLoaded).replacen('[', "<a href=\"\">", 1).replacen(']', "</a>", 1);
    [
        format!("<title>{}</title>", page(PageKey::PageTitle)),
        format!("<p class=\"practice\">{}</p>", word(Key::Practice)),
        format!("aria-label=\"{steps}\""),
        format!("<h1 tabindex=\"-1\">{}</h1>", fill(&word(Key::ShareWith), &[("client", &client)], false)),
        format!("aria-disabled=\"true\">{}</button>", word(Key::Continue)),
        format!("<h1 tabindex=\"-1\">{}</h1>", word(Key::FindYourBank)),
        format!("<label for=\"search\">{}</label>", word(Key::NameOrWebsite)),
        format!("role=\"alert\" hidden>{not_loaded}</p>"),
        format!("role=\"alert\" hidden>{}</p>", page(PageKey::NotFramed)),
        format!("<noscript><p class=\"notice danger\">{}</p></noscript>", page(PageKey::NeedsScript)),
    ]
}

/// The frame is refused, which the loader turns into a clear reason; opened by itself, the page says what is wrong.
fn unknown_link(tongue: &Tongue) -> Response {
    let says = |key: PageKey| linchpin_words::at(tongue.language.pages(), key as usize);
    let (title, text) = (says(PageKey::LinkUnknownTitle), says(PageKey::LinkUnknown));
    let page = format!(
        "<!doctype html><html lang=\"{}\" dir=\"{}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>{text}</p></html>",
        tongue.tag,
        tongue.language.direction().as_str()
    );
    html(StatusCode::NOT_FOUND, page, &policy("'none'"))
}

/// The gallery's page, which shows its screens in frames of its own.
pub(super) fn gallery(page: &str, opening: &Opening) -> Response {
    let page = page.replacen("</head>", &format!("{}</head>", looks::in_head(opening)), 1);
    html(StatusCode::OK, page, &format!("{}; frame-src 'self'", policy("'self'")))
}

/// The policy of standards S3: nothing inline, nothing from elsewhere, framed by exactly one origin.
fn policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; form-action 'none'; base-uri 'none'; object-src 'none'; \
         frame-ancestors {frame_ancestors}; report-uri /csp-reports"
    )
}

fn html(status: StatusCode, page: String, policy: &str) -> Response {
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // An origin was parsed before it was stored, so this is always a header value.
    let policy = HeaderValue::from_str(policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Pages that isolate themselves (COEP) may frame it too; who may is said by frame-ancestors. Such a page loads a frame
    // only if that asks the same of what it loads itself, and all of that is of this origin.
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    headers.insert(COEP, HeaderValue::from_static("require-corp"));
    headers.insert(COOP, HeaderValue::from_static("same-origin-allow-popups"));
    headers.insert(PERMISSIONS, HeaderValue::from_static(NO_PERMISSIONS));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;
    use crate::store::ClientId;
    use crate::tokens::Hash;
    use jiff::Timestamp;
    use linchpin_protocol::{AccountSelection, Appearance, Colour, Mode, Purpose, Radius, Theme, UserId};

    const SOURCE: &str = include_str!("../../../../index.html");

    fn link() -> LinkRecord {
        LinkRecord {
            id: LinkId::new("lnk_1"),
            client: ClientId("acorn".into()),
            user_id: UserId::new("pat"),
            secret_hash: Hash::stored(String::new()),
            origin: Origin::parse("https://app.example").unwrap(),
            surface: Surface::Frame,
            mode: Mode::Link,
            purpose: Purpose::Verify,
            account_selection: AccountSelection::One,
            connection_id: None,
            deposit_id: None,
            consent: Default::default(),
            institution_id: None,
            language: None,
            redirect_uri: None,
            appearance: Appearance { theme: Theme::Dark, ..Appearance::default() },
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
            spent_at: None,
            revoked_at: None,
        }
    }

    fn opening(asked: &Appearance, address: &'static str) -> Opening {
        Opening::of(asked, &Parameters::of(&axum::http::Uri::from_static(address)).unwrap())
    }

    fn facts(client: &str) -> Facts<'_> {
        static ENGLISH: std::sync::LazyLock<Tongue> =
            std::sync::LazyLock::new(|| Tongue::wished(Some("en"), &HeaderMap::new()));
        static DARK: std::sync::LazyLock<Opening> =
            std::sync::LazyLock::new(|| opening(&link().appearance, "/widget"));
        let (words, source) = (Language::English.widget(), "/widget/words/en-1f.txt");
        Facts { client, practice: true, first: "consent", tongue: &ENGLISH, words, source, opening: &DARK }
    }

    #[test]
    fn the_page_speaks_each_language_before_its_program_is_there() {
        for tag in ["en-GB", "es-MX", "fr", "ar-EG"] {
            let tongue = Tongue::wished(Some(tag), &HeaderMap::new());
            let words = tongue.language.widget();
            let page = filled(SOURCE, &link(), &Facts { tongue: &tongue, words, ..facts("Acorn") }).unwrap();
            let dir = tongue.language.direction().as_str();
            assert!(page.contains(&format!(r#"<html lang="{tag}" dir="{dir}""#)), "{page:.200}");
            let says = |key: Key| linchpin_words::at(tongue.language.widget(), key as usize);
            for key in [Key::FindYourBank, Key::Continue, Key::NameOrWebsite, Key::Practice] {
                assert!(page.contains(says(key)), "{tag} {key:?}: {page}");
            }
            assert!(page.contains(r#"<span class="client">Acorn</span>"#), "{page}");
            assert!(tag == "en-GB" || !page.contains("bank"), "{tag}: nothing is left in English: {page}");
        }
    }

    #[test]
    fn the_widgets_own_page_holds_every_marker() {
        let page = filled(SOURCE, &link(), &facts("Acorn")).expect("index.html must hold each marker once");
        for part in [
            r#"data-practice="yes""#,
            r#"data-theme="dark""#,
            r#"data-first="consent""#,
            r#"<span class="client">Acorn</span>"#,
            r#"<meta name="linchpin-host" content="https://app.example">"#,
            r#"<meta name="linchpin-link" content="lnk_1">"#,
            r#"<meta name="linchpin-client" content="Acorn">"#,
        ] {
            assert!(page.contains(part), "{part} is missing");
        }
    }

    #[test]
    fn a_look_stands_after_the_widgets_own_and_what_was_corrected_beside_it() {
        assert!(!filled(SOURCE, &link(), &facts("Acorn")).unwrap().contains("/widget/looks/"));
        let loud = Appearance {
            accent: Some(Colour::new([255, 204, 0])),
            radius: Radius::new(0),
            ..Appearance::default()
        };
        let loud = opening(&loud, "/widget?font=wingdings");
        let page = filled(SOURCE, &link(), &Facts { opening: &loud, ..facts("Acorn") }).unwrap();
        let (before, look) = page
            .split_once(r#"<link rel="stylesheet" href="/widget/looks/ffcc00-x-0-x.css">"#)
            .expect("the page names its look");
        assert!(before.contains("linchpin.css") && !look.contains("linchpin.css"), "{page}");
        assert!(
            look.contains(r#"<meta name="linchpin-corrected" content="[{&quot;linchpin&quot;:1,"#),
            "{look:.600}"
        );
        assert!(look.contains("&quot;property&quot;:&quot;font&quot;"), "{look:.600}");
        assert!(look.contains("&quot;asked&quot;:&quot;#ffcc00&quot;"), "{look:.600}");
    }

    #[test]
    fn a_page_without_its_markers_is_not_served() {
        let minified = SOURCE.replace(r#"data-practice="no""#, "data-practice=no");
        assert_eq!(filled(&minified, &link(), &facts("Acorn")), None, "practice would be hidden");
    }

    #[test]
    fn a_value_never_passes_for_markup_or_a_marker() {
        let name = r#""><script>"#;
        let page = filled(SOURCE, &link(), &facts(name)).unwrap();
        assert!(page.contains(r#"content="&quot;&gt;&lt;script&gt;""#), "{page:.900}");
        assert!(!page.contains(name), "{page:.900}");
    }
}
