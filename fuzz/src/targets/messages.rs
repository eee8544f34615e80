//! What the host page and the frame say to each other.
//!
//! Holds: the two readers of a host's message agree; nothing but version and type is needed to be understood; what is
//! read is written again in the same words; a token never shows in what is printed.

use linchpin_protocol::{Envelope, FrameMessage, FromTree, HostMessage, Json};

pub(crate) fn run(data: &[u8]) {
    let tree: Option<Json> = serde_json::from_slice(data).ok();
    let by_serde: Option<Envelope<HostMessage>> = serde_json::from_slice(data).ok();
    let by_tree = tree.and_then(<Envelope<HostMessage> as FromTree>::from_tree);
    if let Some(read) = &by_serde {
        let other = by_tree.as_ref().expect("the widget's reader must take what serde's takes");
        assert_eq!(written(read), written(other), "the two readers understand something else");
    }
    if let Some(read) = &by_tree {
        shows_no_token(read);
        let written = written(read);
        let again: Json = serde_json::from_str(&written).expect("what is written is JSON");
        let again = <Envelope<HostMessage> as FromTree>::from_tree(again).expect("and reads again");
        assert_eq!(written, self::written(&again), "a message changes on its way");
    }
    if let Ok(read) = serde_json::from_slice::<FrameMessage>(data) {
        let written = serde_json::to_string(&read).expect("a message can be written");
        let again: FrameMessage = serde_json::from_str(&written).expect("and read again");
        assert_eq!(written, serde_json::to_string(&again).expect("and written again"));
    }
}

fn written(message: &Envelope<HostMessage>) -> String {
    serde_json::to_string(message).expect("a message can be written")
}

fn shows_no_token(message: &Envelope<HostMessage>) {
    if let HostMessage::Start { token, origin, .. } = &message.message {
        let shown = format!("{message:?}");
        let without = shown.replacen(&format!("{origin:?}"), "", 1);
        let telling = token.expose().len() > 16;
        assert!(!telling || !without.contains(token.expose()), "a token shows in {without}");
    }
}
