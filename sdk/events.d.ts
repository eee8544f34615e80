// Made by `cargo xtask messages` out of crates/protocol: change that.
/** What a host is told: results, changes and events. docs/events.md says when, and what can be relied on. */

/** A word that may come from a newer widget than these types. */
export type Later = string & {};

/** One thing that was linked. */
export interface LinkResult {
  /** Whether it can be used now. */
  readonly status: LinkStatus;
  /** The chosen accounts. */
  readonly accountIds?: readonly string[];
  /** The connection, where there is one. */
  readonly connectionId?: string;
  /** The deposit, where the account is proved by one. */
  readonly depositId?: string;
  /** Where it is, if that is one of the institutions that can be linked. */
  readonly institutionId?: string;
  /** The institution's name, as far as it is known. */
  readonly institutionName?: string;
}

/** What became of a connection that was looked after. */
export type Change = KnownChange | { readonly kind: Later; readonly [detail: string]: unknown };

/** What became of a connection that was looked after. */
export type KnownChange =
  /** It was read again. */
  | {
      readonly kind: "refreshed";
      /** Which. */
      readonly connectionId: string;
    }
  /** It works again. */
  | {
      readonly kind: "repaired";
      /** Which. */
      readonly connectionId: string;
    }
  /** It was ended. */
  | {
      readonly kind: "disconnected";
      /** Which. */
      readonly connectionId: string;
      /** What was read through it does not stay with the provider. */
      readonly erased: boolean;
    }
  /** It was ended, and another stands in its place. */
  | {
      readonly kind: "moved";
      /** Which. */
      readonly connectionId: string;
      /** The other one. `linked` comes for it as soon as it works. */
      readonly successor: string;
    };

/** Something that happened, without any of the person's data. */
export type WidgetEvent = KnownEvent | { readonly name: Later; readonly [detail: string]: unknown };

/** Something that happened, without any of the person's data. */
export type KnownEvent =
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
      readonly institutionId: string;
    }
  /** The login was sent. */
  | {
      readonly name: "credentials_submitted";
      /** For which connection. */
      readonly connectionId: string;
    }
  /** The institution asks something. */
  | {
      readonly name: "challenge_shown";
      /** For which connection. */
      readonly connectionId: string;
      /** What sorts of questions. */
      readonly kinds: readonly ChallengeKind[];
    }
  /** The answers were sent. */
  | {
      readonly name: "challenge_answered";
      /** For which connection. */
      readonly connectionId: string;
    }
  /** The bank's own page was opened. */
  | {
      readonly name: "bank_login_opened";
      /** For which connection. */
      readonly connectionId: string;
    }
  /** The bank's own page led back. */
  | {
      readonly name: "bank_login_returned";
      /** For which connection. */
      readonly connectionId: string;
    }
  /** The visit to the bank's own page was given up, refused, or took too long. */
  | {
      readonly name: "bank_login_abandoned";
      /** For which connection. */
      readonly connectionId: string;
    }
  /** Deposits were asked for. */
  | {
      readonly name: "deposit_started";
      /** Which. */
      readonly depositId: string;
    }
  /** A connection's status changed. */
  | {
      readonly name: "status_changed";
      /** Which. */
      readonly connectionId: string;
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

/** Whether a result can be used now. */
export type LinkStatus =
  | "linked"
  | "deposit_pending"
  | "deposit_verified"
  | Later;

/** Why nothing was linked. */
export type ExitReason =
  | "closed_by_person"
  | "closed_by_host"
  | "session_over"
  | "problem"
  | Later;

/** The sort of a challenge, without its text. */
export type ChallengeKind =
  | "text"
  | "code"
  | "choice"
  | "image"
  | "image_choice"
  | "approve"
  | "unknown"
  | Later;

/** What of an [`Appearance`] is meant. */
export type AppearanceProperty =
  | "theme"
  | "accent"
  | "accent_dark"
  | "radius"
  | "font"
  | Later;

/** The screens by name. */
export type ScreenName =
  | "consent"
  | "search"
  | "not_listed"
  | "welcome"
  | "already_connected"
  | "choose_method"
  | "bank_login"
  | "credentials"
  | "progress"
  | "challenges"
  | "choose_account"
  | "done"
  | "leave"
  | "expiring"
  | "session_over"
  | "offline"
  | "instructions"
  | "start_again"
  | "later"
  | "no_accounts"
  | "failed"
  | "offer_deposits"
  | "bank_details"
  | "review_details"
  | "deposits_on_their_way"
  | "enter_amounts"
  | "not_arrived"
  | "deposit_problem"
  | "connections"
  | "connection"
  | "disconnect"
  | "move"
  | "interrupted"
  | Later;

/** Every kind of problem there is. */
export type ProblemCode =
  | "token_expired"
  | "token_used"
  | "token_invalid"
  | "session_expired"
  | "unauthorized"
  | "forbidden_in_mode"
  | "consent_required"
  | "origin_not_allowed"
  | "not_found"
  | "wrong_step"
  | "invalid_input"
  | "idempotency_missing"
  | "idempotency_running"
  | "idempotency_mismatch"
  | "rate_limited"
  | "too_many_tries"
  | "already_connected"
  | "refresh_too_soon"
  | "provider_unavailable"
  | "provider_rejected"
  | "provider_timeout"
  | "internal"
  | Later;
