//! What several screens are made of.

mod button;
mod field;
mod icon;
mod lead;
mod monogram;
mod notice;
mod row;
mod summary;

pub use button::{LinkButton, Primary, Submit};
pub use field::{SecretField, Typed, digits_field, empty_when_returned, page_can_read};
pub use icon::{Glyph, Icon};
pub use lead::{Lead, Who, whereabouts};
pub use monogram::Monogram;
pub use notice::{Notice, Tone};
pub use row::row;
pub use summary::{Complaint, summary};

use crate::text::{self, locales};
use linchpin_protocol::{MaskedAccount, Money};
use wasm_bindgen::JsValue;

/// The last digits of an account's number behind dots, as they are shown: in this order also among words that are
/// written from right to left.
pub fn dotted(account: &MaskedAccount) -> Option<String> {
    account.last_digits.as_deref().map(dots_before)
}

/// Last digits behind dots.
pub fn dots_before(digits: &str) -> String {
    format!("\u{2066}••••\u{a0}{digits}\u{2069}")
}

/// An account as it is named in a sentence: its label and its last digits.
pub fn account_name(account: &MaskedAccount) -> String {
    match dotted(account) {
        // A bank's own label often ends in the same digits already.
        Some(dots) if !ends_in(&account.name, account.last_digits.as_deref()) => {
            format!("{} {dots}", account.name)
        }
        _ => account.name.clone(),
    }
}

fn ends_in(name: &str, digits: Option<&str>) -> bool {
    digits.is_some_and(|digits| name.ends_with(digits))
}

/// Money in the words of the page's language, without floating point: the engine formats the decimal text.
pub fn money(money: &Money) -> String {
    let cents = money.cents.0;
    let sign = if cents < 0 { "-" } else { "" };
    let decimal = format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let options = js_sys::Object::new();
    let set = |name: &str, value: &str| {
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    };
    set("style", "currency");
    set("currency", money.currency.as_str());
    // Among words from right to left, the dollar of "US$" would fall on the wrong side of its letters.
    if text::is_from_right() {
        set("currencyDisplay", "narrowSymbol");
    }
    let locales = locales();
    let format = js_sys::Intl::NumberFormat::new(&locales, &options).format();
    let shown = format.call1(&JsValue::UNDEFINED, &decimal.clone().into());
    shown.ok().and_then(|text| text.as_string()).unwrap_or(decimal)
}

/// A day in the words of the page's language, from RFC 3339; nothing for a text that is no moment.
pub fn date(moment: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"dateStyle".into(), &"long".into()).ok()?;
    let format = js_sys::Intl::DateTimeFormat::new(&locales(), &options).format();
    // An invalid date throws when it is formatted.
    format.call1(&JsValue::UNDEFINED, &js_sys::Date::new(&moment.into())).ok()?.as_string()
}

/// How long ago a moment in RFC 3339 was, in the words of the page's language; its day where that is more than a week.
/// Nothing for a text that is no moment.
pub fn ago(moment: &str) -> Option<String> {
    const WEEK_S: f64 = 7.0 * 86_400.0;
    let past_s = (js_sys::Date::now() - js_sys::Date::parse(moment)) / 1_000.0;
    match past_s {
        past_s if past_s.is_nan() => None,
        past_s if past_s < WEEK_S => Some(relative(-past_s.max(0.0))),
        _ => date(moment),
    }
}

/// In how long something can be done, such as "in 12 minutes": never less than it takes.
pub fn in_about(seconds: u32) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    // From the second hour on, minutes say nothing.
    let rounded = if minutes < 120 { minutes } else { minutes.div_ceil(60) * 60 };
    relative(f64::from(rounded) * 60.0)
}

/// So many seconds from now, or before, in whole minutes, hours or days.
fn relative(seconds: f64) -> String {
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"numeric".into(), &"auto".into());
    let format = js_sys::Intl::RelativeTimeFormat::new(&locales(), &options);
    let (unit, name) = match seconds.abs() {
        size if size < 60.0 => (f64::INFINITY, "second"),
        size if size < 2.0 * 3_600.0 => (60.0, "minute"),
        size if size < 2.0 * 86_400.0 => (3_600.0, "hour"),
        _ => (86_400.0, "day"),
    };
    format.format((seconds / unit).trunc(), name).into()
}

/// Whether a moment in RFC 3339 is behind us; a text that is no moment is not.
pub fn is_past(moment: &str) -> bool {
    js_sys::Date::parse(moment) < js_sys::Date::now()
}
