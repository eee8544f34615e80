// Made by `cargo xtask messages` out of crates/protocol: change that.
/**
 * What the frame and the host page say to each other, exactly as it travels. The loader speaks this for you; it is
 * written down for those who embed the widget without it.
 *
 * Posted as objects. Each side compares `event.origin` and `event.source` and drops what it does not know.
 */

import type { LinkStatus, ExitReason, ChallengeKind, AppearanceProperty, ScreenName, ProblemCode } from "./events.js";

/** Stands on every message: the version of this schema. */
export interface Envelope {
  readonly linchpin: 1;
}

/** From the host page to the frame, posted to the widget's origin and no other. */
export type HostMessage = Envelope &
  (
    /** Answers `hello`: begin. */
    | {
        readonly type: "start";
        /** The page's own origin; must equal the session's. */
        readonly origin: string;
        /** The link token, to be spent once. */
        readonly token: string;
        /** The frame stands in a box of the page, which is as high as `resized` says. */
        readonly inline?: boolean;
      }
    /** The frame is now visible. */
    | { readonly type: "open" }
    /** Escape was pressed outside the frame: the person asks to close, and may be asked back. */
    | { readonly type: "escape" }
    /** The host page closes the widget: answered at once, without asking. */
    | { readonly type: "close" }
  );

/** From the frame to the host page, posted to the origin that the link token was minted for. */
export type FrameMessage = Envelope &
  (
    /** The frame listens; it may be started. */
    | {
        readonly type: "hello";
        /** Which opening this frame was made for. */
        readonly link_id: string;
      }
    /** The session is open; the first screen can be used. */
    | { readonly type: "ready" }
    /** The session could not be opened. */
    | {
        readonly type: "failed";
        /** Why. */
        readonly code: ProblemCode;
      }
    /** How high all of the frame's page is, at the start and whenever that changes. Only said in a box of the host's page. */
    | {
        readonly type: "resized";
        /** In whole CSS pixels. */
        readonly height: number;
      }
    /** Something was linked. Comes at once, and once for each. */
    | {
        readonly type: "linked";
        /** To be handed to the client's server, which exchanges it once. */
        readonly public_token: string;
        /** What was linked. */
        readonly result: WireResult;
      }
    /** The end, with something linked. Comes at most once, and never with `exit`. */
    | {
        readonly type: "success";
        /** Names this message. */
        readonly event_id: string;
        /** Everything that was linked, at least one. */
        readonly results: readonly WireResult[];
      }
    /** The end, with nothing linked. Comes at most once, and never with `success`. */
    | {
        readonly type: "exit";
        /** Names this message. */
        readonly event_id: string;
        /** Why. */
        readonly reason: ExitReason;
      }
    /** The end of looking after connections. Comes at most once, and then neither `success` nor `exit` does. */
    | {
        readonly type: "done";
        /** What became of them, in order; may be nothing. */
        readonly changes: readonly WireChange[];
        /** Names this message. */
        readonly event_id: string;
      }
    /** The whole page is to go to this address, which leads on to the bank; the page named as `redirect_uri` is where the person comes back to. */
    | {
        readonly type: "navigate";
        /** An address on the proxy; good once. */
        readonly url: string;
      }
    /** Something happened that a host may want to know. */
    | {
        readonly type: "event";
        /** What. */
        readonly event: WireEvent;
      }
  );

/** One thing that was linked. */
export interface WireResult {
  /** Whether it can be used now. */
  readonly status: LinkStatus;
  /** The chosen accounts. */
  readonly account_ids?: readonly string[];
  /** The connection, where there is one. */
  readonly connection_id?: string;
  /** The deposit, where the account is proved by one. */
  readonly deposit_id?: string;
  /** Where it is, if that is one of the institutions that can be linked. */
  readonly institution_id?: string;
  /** The institution's name, as far as it is known. */
  readonly institution_name?: string;
}

/** What became of a connection that was looked after. */
export type WireChange =
  /** It was read again. */
  | {
      readonly kind: "refreshed";
      /** Which. */
      readonly connection_id: string;
    }
  /** It works again. */
  | {
      readonly kind: "repaired";
      /** Which. */
      readonly connection_id: string;
    }
  /** It was ended. */
  | {
      readonly kind: "disconnected";
      /** Which. */
      readonly connection_id: string;
      /** What was read through it does not stay with the provider. */
      readonly erased: boolean;
    }
  /** It was ended, and another stands in its place. */
  | {
      readonly kind: "moved";
      /** Which. */
      readonly connection_id: string;
      /** The other one. `linked` comes for it as soon as it works. */
      readonly successor: string;
    };

/** Something that happened, without any of the person's data. */
export type WireEvent =
  /** The frame became visible. */
  | { readonly name: "opened" }
  /** Another screen is shown. */
  | {
      readonly name: "screen";
      /** Which. */
      readonly screen: ScreenName;
    }
  /** A search was answered. */
  | {
      readonly name: "searched";
      /** Institutions found on the first page. */
      readonly count: number;
      /** Characters typed. */
      readonly length: number;
    }
  /** An institution was picked. */
  | {
      readonly name: "institution_selected";
      /** Which. */
      readonly institution_id: string;
    }
  /** The login was sent. */
  | {
      readonly name: "credentials_submitted";
      /** For which connection. */
      readonly connection_id: string;
    }
  /** The institution asks something. */
  | {
      readonly name: "challenge_shown";
      /** For which connection. */
      readonly connection_id: string;
      /** What sorts of questions. */
      readonly kinds: readonly ChallengeKind[];
    }
  /** The answers were sent. */
  | {
      readonly name: "challenge_answered";
      /** For which connection. */
      readonly connection_id: string;
    }
  /** The bank's own page was opened. */
  | {
      readonly name: "bank_login_opened";
      /** For which connection. */
      readonly connection_id: string;
    }
  /** The bank's own page led back. */
  | {
      readonly name: "bank_login_returned";
      /** For which connection. */
      readonly connection_id: string;
    }
  /** The visit to the bank's own page was given up, refused, or took too long. */
  | {
      readonly name: "bank_login_abandoned";
      /** For which connection. */
      readonly connection_id: string;
    }
  /** Deposits were asked for. */
  | {
      readonly name: "deposit_started";
      /** Which. */
      readonly deposit_id: string;
    }
  /** A connection's status changed. */
  | {
      readonly name: "status_changed";
      /** Which. */
      readonly connection_id: string;
      /** The aggregator's own word for how it stands. */
      readonly status: string;
    }
  /** Something of the appearance was not to be had as it was asked for: a colour that could not be read, or, asked for by the page, what is none of the values that there are. Comes with `ready`, once for each. */
  | {
      readonly name: "appearance_corrected";
      /** What of it. */
      readonly property: AppearanceProperty;
      /** What was asked for, if it could be understood. */
      readonly asked?: string;
      /** What is used instead; absent: whatever would have been without asking. */
      readonly used?: string;
    }
  /** Something went wrong and was shown to the person. */
  | {
      readonly name: "problem";
      /** What. */
      readonly code: ProblemCode;
    };
