//! The few pages that the proxy itself has for people: plain text, no script, framed by nobody.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

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
    fn words(self) -> (&'static str, String) {
        let back = |client: &str| format!("You can close this window and go back to {}.", escaped(client));
        match self {
            Page::Allowed { client } => ("Your bank has said yes", back(client)),
            Page::Back { client } => (
                "You’re back from your bank",
                format!("{} It shows how things stand.", back(client)),
            ),
            Page::Denied { client } => ("Nothing was linked", back(client)),
            Page::Onward { client, to } => {
                ("Going back", format!("<a href=\"{}\">Go on to {}</a>", escaped(to), escaped(client)))
            }
            Page::OpenAgain => {
                ("This link was used already", "Go back to the page you came from and open it again.".to_owned())
            }
            Page::PassedOn => (
                "This link can’t be opened like this",
                "Go back to the page you came from and use its button. If somebody sent you this link, don’t follow it."
                    .to_owned(),
            ),
            Page::TooLate => (
                "This link was open for too long",
                "Go back to the page you came from and open it again.".to_owned(),
            ),
            Page::BankAway => (
                "Your bank’s page can’t be reached right now",
                "Close this window, go back to the page you came from and try again in a moment.".to_owned(),
            ),
            Page::AnotherBrowser => (
                "Finish in the browser where you began",
                "You came back from your bank in another browser, or one that keeps no cookies. Nothing was linked \
                 here. Go back to the page you came from and open your bank’s page from there again."
                    .to_owned(),
            ),
            Page::Match { client, bank, .. } => (
                "Finish in this browser",
                format!(
                    "You came back from {} in another browser than the one where you began. To link it to {}, type \
                     the six digits that its window shows. If you didn’t begin this, close this page.",
                    escaped(bank),
                    escaped(client)
                ),
            ),
            Page::Nobody => (
                "This page is no longer valid",
                "Go back to the page you came from. It shows how things stand.".to_owned(),
            ),
            Page::ReloadThis => (
                "We couldn’t finish just now",
                "Reload this page in a moment. If that doesn’t help, go back to the page you came from and open your \
                 bank’s page again."
                    .to_owned(),
            ),
        }
    }
}

/// Where the digits are typed.
fn form(state: &str, mismatch: bool) -> String {
    let (error, invalid) = if mismatch {
        let words = "These are not the digits that the window shows. Look again.";
        (
            format!("<p id=\"error\" class=\"error\" role=\"alert\">{words}</p>\n"),
            " aria-invalid=\"true\" aria-describedby=\"error\"",
        )
    } else {
        (String::new(), "")
    };
    format!(
        "<form method=\"post\" action=\"/return\">\n<input type=\"hidden\" name=\"state\" value=\"{}\">\n\
         <label for=\"digits\">Six digits</label>\n{error}\
         <input id=\"digits\" name=\"digits\" inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"12\" required\
         {invalid}>\n<button>Go on</button>\n</form>\n",
        escaped(state)
    )
}

/// A page, as an answer.
pub(crate) fn answer(status: StatusCode, page: Page<'_>) -> Response {
    let (title, text) = page.words();
    // At once, and by the page instead of a redirect: a bank's policy for its forms (`form-action`) holds for every
    // redirect behind them, and names us but not the client.
    let onward = match page {
        Page::Onward { to, .. } => {
            format!("<meta http-equiv=\"refresh\" content=\"0;url={}\">\n", escaped(to))
        }
        _ => String::new(),
    };
    let (form, policy) = match page {
        Page::Match { state, mismatch, .. } => (form(state, mismatch), POLICY_WITH_FORM),
        _ => (String::new(), POLICY),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{onward}<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/return/page.css\">\n\
         <main>\n<h1>{title}</h1>\n<p>{text}</p>\n{form}</main>\n</html>\n"
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

    #[test]
    fn a_clients_name_is_text_and_never_markup() {
        let (_, text) = Page::Allowed { client: "<img src=x> & \"Co\"" }.words();
        assert!(text.contains("&lt;img src=x&gt; &amp; &quot;Co&quot;"), "{text}");
    }
}
