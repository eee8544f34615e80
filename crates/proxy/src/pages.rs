//! The few pages that the proxy itself has for people: plain text, no script, framed by nobody.

use crate::language::Tongue;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linchpin_words::{Direction, PageKey, fill};

const STYLE: &str = include_str!("pages/page.css");
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
const POLICY_WITH_FORM: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// What a page says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Page<'a> {
    /// The bank has said yes.
    Allowed {
        /// Where to go back to.
        client: &'a str,
    },
    /// Back from the bank, and it is not known yet what was decided there.
    Back {
        /// Where to go back to.
        client: &'a str,
    },
    /// The bank, or the person there, has said no.
    Denied {
        /// Where to go back to.
        client: &'a str,
    },
    /// On to the client's own page.
    Onward {
        /// Whose page.
        client: &'a str,
        /// Its address.
        to: &'a str,
    },
    /// A way to the bank that does not lead there any more.
    OpenAgain,
    /// A way to the bank that was not opened where it was made.
    PassedOn,
    /// A way to the bank that was not used in time.
    TooLate,
    /// The bank's page cannot be had now.
    BankAway,
    /// Back in another browser than the one that left.
    AnotherBrowser,
    /// Back in another browser than the one that left, where the digits that the widget shows are asked for.
    Match {
        /// Who gets the data.
        client: &'a str,
        /// Whose data.
        bank: &'a str,
        /// What came back from the bank.
        state: &'a str,
        /// What was typed does not match.
        mismatch: bool,
    },
    /// Nobody is expected back.
    Nobody,
    /// Back, and it cannot be gone on now.
    ReloadThis,
}

impl Page<'_> {
    /// What is the matter, and what to do; as markup.
    fn words(self, tongue: &Tongue) -> (&'static str, String) {
        let says = |key: PageKey| linchpin_words::at(tongue.language.pages(), key as usize);
        let with = |key: PageKey, gaps: &[(&str, &str)]| {
            let gaps: Vec<_> = gaps.iter().map(|(gap, value)| (*gap, escaped(value))).collect();
            let gaps: Vec<_> = gaps.iter().map(|(gap, value)| (*gap, value.as_str())).collect();
            fill(says(key), &gaps, tongue.language.direction() == Direction::Rtl)
        };
        let (title, text) = match self {
            Page::Allowed { client } => {
                (PageKey::AllowedTitle, with(PageKey::CloseWindow, &[("client", client)]))
            }
            Page::Back { client } => (PageKey::BackTitle, with(PageKey::BackText, &[("client", client)])),
            Page::Denied { client } => {
                (PageKey::DeniedTitle, with(PageKey::CloseWindow, &[("client", client)]))
            }
            Page::Onward { client, to } => {
                let words = with(PageKey::OnwardLink, &[("client", client)]);
                (PageKey::OnwardTitle, format!("<a href=\"{}\">{words}</a>", escaped(to)))
            }
            Page::OpenAgain => (PageKey::UsedTitle, with(PageKey::OpenItAgain, &[])),
            Page::PassedOn => (PageKey::PassedOnTitle, with(PageKey::PassedOn, &[])),
            Page::TooLate => (PageKey::TooLateTitle, with(PageKey::OpenItAgain, &[])),
            Page::BankAway => (PageKey::BankAwayTitle, with(PageKey::BankAway, &[])),
            Page::AnotherBrowser => (PageKey::AnotherBrowserTitle, with(PageKey::AnotherBrowser, &[])),
            Page::Match { client, bank, .. } => {
                (PageKey::MatchTitle, with(PageKey::Match, &[("bank", bank), ("client", client)]))
            }
            Page::Nobody => (PageKey::NobodyTitle, with(PageKey::Nobody, &[])),
            Page::ReloadThis => (PageKey::ReloadTitle, with(PageKey::Reload, &[])),
        };
        (says(title), text)
    }
}

/// Where the digits are typed.
fn form(state: &str, mismatch: bool, tongue: &Tongue) -> String {
    let says = |key: PageKey| linchpin_words::at(tongue.language.pages(), key as usize);
    let (error, invalid) = if mismatch {
        (
            format!("<p id=\"error\" class=\"error\" role=\"alert\">{}</p>\n", says(PageKey::MatchWrong)),
            " aria-invalid=\"true\" aria-describedby=\"error\"",
        )
    } else {
        (String::new(), "")
    };
    format!(
        "<form method=\"post\" action=\"/return\">\n<input type=\"hidden\" name=\"state\" value=\"{}\">\n\
         <label for=\"digits\">{}</label>\n{error}\
         <input id=\"digits\" name=\"digits\" inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"12\" dir=\"ltr\" required\
         {invalid}>\n<button>{}</button>\n</form>\n",
        escaped(state),
        says(PageKey::MatchLabel),
        says(PageKey::MatchButton)
    )
}

/// A page, as an answer.
pub(crate) fn answer(status: StatusCode, page: Page<'_>, tongue: &Tongue) -> Response {
    let (title, text) = page.words(tongue);
    // At once, and by the page instead of a redirect: a bank's policy for its forms (`form-action`) holds for every
    // redirect behind them, and names us but not the client.
    let onward = match page {
        Page::Onward { to, .. } => {
            format!("<meta http-equiv=\"refresh\" content=\"0;url={}\">\n", escaped(to))
        }
        _ => String::new(),
    };
    let (form, policy) = match page {
        Page::Match { state, mismatch, .. } => (form(state, mismatch, tongue), POLICY_WITH_FORM),
        _ => (String::new(), POLICY),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{onward}<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/return/page.css\">\n\
         <main>\n<h1>{title}</h1>\n<p>{text}</p>\n{form}</main>\n</html>\n",
        tongue.tag,
        tongue.language.direction().as_str()
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (ROBOTS, HeaderValue::from_static("noindex")),
    ];
    (status, headers, html).into_response()
}

/// `GET /return/page.css`.
pub(crate) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// Text that is safe in markup and inside a double-quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderMap;

    fn english() -> Tongue {
        Tongue::wished(None, &HeaderMap::new())
    }

    #[test]
    fn a_clients_name_is_text_and_never_markup() {
        let (_, text) = Page::Allowed { client: "<img src=x> & \"Co\"" }.words(&english());
        assert!(text.contains("&lt;img src=x&gt; &amp; &quot;Co&quot;"), "{text}");
    }
}
