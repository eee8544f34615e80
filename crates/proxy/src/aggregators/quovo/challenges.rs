//! Quovo's challenges into ours, decided by what they carry (quovo.md 5, 9.6, 9.8, 9.29). Pure.

use super::text::{Limit, limit};
use super::wire;
use crate::aggregators::Step;
use crate::aggregators::text::plain_text;
use linchpin_protocol::{Challenge, ChallengeId, ChoiceOption, PictureOption};
use serde_json::Value;

/// The largest picture, in the letters of its `data:` URI: 256 kB of raster.
const LARGEST_PICTURE: usize = 350_000;
/// More options than anybody would read.
const MOST_OPTIONS: usize = 50;
/// Raster pictures only: other kinds can carry script.
const PICTURES: [&str; 4] = ["png", "jpeg", "gif", "webp"];
/// The kind that is approved elsewhere; the word is ours (docs/quovo.md).
const APPROVAL: &str = "approval";
/// Marks our name of a challenge whose answer is the number of an option.
const BY_NUMBER: char = 'n';

/// By payload, not by type word: a question with choices or pictures is not a text question.
pub(in crate::aggregators) fn challenge(wire: &wire::Challenge) -> Challenge {
    let prompt = wire.question.as_deref().map(plain_text).unwrap_or_default();
    let by_text = challenge_id(wire.id, false);
    if let Some(choices) = &wire.choices {
        return choice(wire.id, prompt, choices).unwrap_or(Challenge::Unknown);
    }
    if let Some(pictures) = &wire.image_choices {
        return image_choice(wire.id, prompt, pictures).unwrap_or(Challenge::Unknown);
    }
    if let Some(image) = &wire.image {
        return match picture(image) {
            Some(picture) => Challenge::Image { id: by_text, prompt, picture },
            None => Challenge::Unknown,
        };
    }
    if wire.kind.as_deref() == Some(APPROVAL) {
        return Challenge::Approve { id: by_text, prompt, confirm: false };
    }
    if prompt.is_empty() {
        return Challenge::Unknown;
    }
    // What has to be typed in time is a code that was sent, or that a device shows.
    if wire.expires.as_ref().and_then(limit).is_some() {
        Challenge::Code { id: by_text, prompt }
    } else {
        Challenge::Text { id: by_text, prompt }
    }
}

fn choice(id: u64, prompt: String, choices: &Value) -> Option<Challenge> {
    let choices = choices.as_array().filter(|choices| (1..=MOST_OPTIONS).contains(&choices.len()))?;
    let (keys, by_number) = keys(choices)?;
    let option = |(choice, key): (&Value, String)| {
        let text = |value: &Value| value.as_str().map(plain_text).filter(|text| !text.is_empty());
        let label = text(choice).or_else(|| text(choice.get("value")?))?;
        Some(ChoiceOption { key, label, category: choice.get("category").and_then(text) })
    };
    let options = choices.iter().zip(keys).map(option).collect::<Option<_>>()?;
    Some(Challenge::Choice { id: challenge_id(id, by_number), prompt, options })
}

fn image_choice(id: u64, prompt: String, pictures: &Value) -> Option<Challenge> {
    let pictures = pictures.as_array().filter(|pictures| (1..=MOST_OPTIONS).contains(&pictures.len()))?;
    let (keys, by_number) = keys(pictures)?;
    let option = |(image, key)| Some(PictureOption { key, picture: picture(image)? });
    let options = pictures.iter().zip(keys).map(option).collect::<Option<_>>()?;
    Some(Challenge::ImageChoice { id: challenge_id(id, by_number), prompt, options })
}

/// What is sent for each option: its key, or else its place, counted from 0. All of one sort, and no two alike.
fn keys(options: &[Value]) -> Option<(Vec<String>, bool)> {
    let stated = |option: &Value| match option.get("key") {
        None | Some(Value::Null) => None,
        Some(key) => Some(key.clone()),
    };
    let keys = options.iter().enumerate().map(|(at, option)| stated(option).unwrap_or_else(|| at.into()));
    let keys: Vec<Value> = keys.collect();
    let numbers: Option<Vec<String>> = keys.iter().map(|key| Some(key.as_u64()?.to_string())).collect();
    let by_number = numbers.is_some();
    let texts = || keys.iter().map(|key| key.as_str().map(str::to_owned)).collect();
    let keys: Vec<String> = numbers.or_else(texts)?;
    let distinct: std::collections::HashSet<&String> = keys.iter().collect();
    (distinct.len() == keys.len()).then_some((keys, by_number))
}

/// A raster picture that came along whole; an address would be a request to somebody else, and markup is not looked at.
fn picture(image: &Value) -> Option<String> {
    let source = image.as_str().or_else(|| image.get("source")?.as_str())?.trim();
    let (kind, data) = source.strip_prefix("data:image/")?.split_once(";base64,")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let sound = PICTURES.contains(&kind) && !data.is_empty() && data.chars().all(plain);
    (sound && source.len() <= LARGEST_PICTURE).then(|| source.to_owned())
}

/// Our name for a challenge.
pub(in crate::aggregators) fn challenge_id(upstream: u64, by_number: bool) -> ChallengeId {
    let mark = if by_number { BY_NUMBER.to_string() } else { String::new() };
    ChallengeId::new(format!("chl_{upstream}{mark}"))
}

/// The answer to one of our challenges, with the number by which Quovo knows it.
pub(in crate::aggregators) fn answer<'a>(
    id: &ChallengeId,
    answer: &'a str,
) -> Option<(u64, wire::AnswerValue<'a>)> {
    let name = id.as_str().strip_prefix("chl_")?;
    let (number, answer) = match name.strip_suffix(BY_NUMBER) {
        Some(number) => (number, wire::AnswerValue::Number(answer.parse().ok()?)),
        None => (name, wire::AnswerValue::Text(answer)),
    };
    Some((number.parse().ok()?, answer))
}

/// The challenges that want an answer (quovo.md 9.9): those marked so; else those asked last; else all unanswered.
pub(super) fn asked(challenges: &[wire::Challenge]) -> Step {
    let unanswered = |challenge: &&wire::Challenge| challenge.is_answered != Some(true);
    let mut open: Vec<&wire::Challenge> =
        challenges.iter().filter(|challenge| challenge.should_answer == Some(true)).collect();
    if open.is_empty() {
        open = challenges
            .iter()
            .filter(unanswered)
            .filter(|challenge| challenge.last_asked == Some(true))
            .collect();
    }
    if open.is_empty() {
        open = challenges.iter().filter(unanswered).collect();
    }
    let limits: Vec<Limit> = open.iter().filter_map(|challenge| limit(challenge.expires.as_ref()?)).collect();
    let expires_at = limits.iter().filter_map(|limit| match limit {
        Limit::At(moment) => Some(*moment),
        Limit::Unreadable => None,
    });
    let expires_at = expires_at.min();
    Step::Challenges {
        items: open.into_iter().map(challenge).collect(),
        expires_at,
        soon: expires_at.is_none() && !limits.is_empty(),
    }
}
