/** The loader: frames the Linchpin widget and hands its outcome to your page. See README.md. */
export const Linchpin: LinchpinLoader;
export default Linchpin;

export interface LinchpinLoader {
  /**
   * Prepares one opening of the widget, hidden, and loads it. Never throws: what is wrong with the options rejects
   * `ready` and is written to the console.
   */
  create(options: LinchpinOptions): LinchpinInstance;
  /**
   * Goes on where a person was led away to their bank, on the page that the link token named as `redirect_uri`. Takes
   * the same options, with the token that the opening was begun with, and opens at once. `linchpin=…` goes out of the
   * page's address; when it names no opening, or another than the token's, `ready` rejects with `invalid_options`.
   */
  resume(options: LinchpinOptions): LinchpinInstance;
}

/** What every opening takes, and what is called in the end: `onDone` in mode `manage`, else `onSuccess`. */
export type LinchpinOptions = LinchpinSettings &
  (
    | { onSuccess(success: Success): void; onDone?: (done: Done) => void }
    | { onSuccess?: (success: Success) => void; onDone(done: Done): void }
  );

export interface LinchpinSettings {
  /** The link token, or what gets one. One opening each. */
  token: TokenSource;
  /** The widget's page. Default: `/widget` on the origin that the script was loaded from; a module has none. */
  widgetUrl?: string | URL;
  /**
   * Where in the page it stands: an element, or a selector that finds one. It fills the width, and its height follows what
   * is shown; nothing else of the page changes. Default: over the page.
   */
  container?: Element | string;
  /** What assistive technology calls the frame, in the page's language. Default: "Your bank accounts". */
  label?: string;
  /** The end, with nothing linked, or nothing looked after. Either this or another of the ends is called, once. */
  onExit?: (exit: Exit) => void;
  /** Something happened in the widget. Names are added over time: ignore what you do not know. */
  onEvent?: (event: WidgetEvent) => void;
  /**
   * Each time something is linked, at once. Needed where a person may link more than one connection, and in mode
   * `manage`: no other callback brings a public token there.
   */
  onLinked?: (publicToken: string, result: LinkResult) => void;
}

/**
 * The link token (`lt_…`) that your server minted for this person and this page's origin; or a function that asks your
 * server for one. The function is called soon after `create()`, and once more where the session could not be opened because
 * the token had expired or was used; after `resume()` it is first told which opening's token is wanted (`lnk_…`).
 */
export type TokenSource = string | ((linkId?: string) => string | PromiseLike<string>);

export interface LinchpinInstance {
  /** Resolves when the first screen can be used; rejects when it never will, with what to change. */
  readonly ready: Promise<void>;
  /** Shows the widget; before it is ready, too, and before there is a token. Calling it again is harmless. */
  open(): void;
  /**
   * Closes the widget, without asking the person. One of the ends follows, `onExit` if nothing was done: as soon as the
   * widget says so, after 3 s in any case; with `force` before this returns.
   */
  exit(how?: { readonly force?: boolean }): void;
  /** Takes everything away at once. No callback is called after it. Calling it again is harmless. */
  destroy(): void;
}

export interface Success {
  /** Send it to your server, which exchanges it once, within 30 minutes. With several results, that of the last. */
  readonly publicToken: string;
  /** Everything that was linked, at least one. */
  readonly results: readonly LinkResult[];
  /** Names this outcome, so that your server can tell a repetition. */
  readonly eventId: string;
}

/** The end of mode `manage`. */
export interface Done {
  /**
   * What this opening saw become of connections, in order; may be nothing. What was begun goes on without it, and a
   * reload of the page forgets what came before: the truth is how each connection stands when your server reads it.
   */
  readonly changes: readonly Change[];
  /** Names this outcome, so that your server can tell a repetition. */
  readonly eventId: string;
}

export interface Exit {
  readonly reason: ExitReason;
  /** Names this outcome. */
  readonly eventId: string;
  /** What the loader knows of the fault, if there was one; the same as `ready` rejected with. */
  readonly error?: LinchpinError;
}

export interface LinkResult {
  readonly status: LinkStatus;
  /** The connection, where there is one. */
  readonly connectionId?: string;
  /** The deposits, where the account is proved by some. */
  readonly depositId?: string;
  /** Absent where the bank is known by its numbers alone. */
  readonly institutionId?: string;
  readonly institutionName?: string;
  readonly accountIds?: readonly string[];
}

/** Rejects `ready`. The message says what to change. */
export interface LinchpinError extends Error {
  readonly name: "LinchpinError";
  readonly code: LinchpinErrorCode;
  /** With `session_failed`: why the widget could not open its session. */
  readonly problem?: ProblemCode;
  /** With `token_unavailable`: what your function rejected with. */
  readonly cause?: unknown;
}

/** A closed list. */
export type LinchpinErrorCode =
  | "invalid_options"
  | "token_unavailable"
  | "blocked_by_policy"
  | "handshake_timeout"
  | "session_failed"
  | "destroyed";

/** A word that may come from a newer widget than these types. */
type Later = string & {};

/** `deposit_pending`: two small deposits are on their way; `deposit_verified`: they have proved the account. */
export type LinkStatus = "linked" | "deposit_pending" | "deposit_verified" | Later;

export type ExitReason = "closed_by_person" | "closed_by_host" | "session_over" | "problem" | Later;

/** What became of a connection that was looked after. */
export type Change = KnownChange | { readonly kind: Later; readonly [detail: string]: unknown };

export type KnownChange =
  | { readonly kind: "refreshed"; readonly connectionId: string }
  | { readonly kind: "repaired"; readonly connectionId: string }
  /** `erased`: what was read through it does not stay with the provider. */
  | { readonly kind: "disconnected"; readonly connectionId: string; readonly erased: boolean }
  /** `successor`: the connection in its place. `onLinked` is called for it as soon as it works. */
  | { readonly kind: "moved"; readonly connectionId: string; readonly successor: string };

/** Something that happened, without any of the person's data. */
export type WidgetEvent = KnownEvent | { readonly name: Later; readonly [detail: string]: unknown };

export type KnownEvent =
  | { readonly name: "opened" }
  | { readonly name: "screen"; readonly screen: ScreenName }
  /** `length`: characters typed; `count`: institutions on the first page. */
  | { readonly name: "searched"; readonly length: number; readonly count: number }
  | { readonly name: "institution_selected"; readonly institutionId: string }
  | { readonly name: "credentials_submitted"; readonly connectionId: string }
  | {
      readonly name: "challenge_shown";
      readonly connectionId: string;
      readonly kinds: readonly ChallengeKind[];
    }
  | { readonly name: "challenge_answered"; readonly connectionId: string }
  | { readonly name: "bank_login_opened"; readonly connectionId: string }
  | { readonly name: "bank_login_returned"; readonly connectionId: string }
  | { readonly name: "bank_login_abandoned"; readonly connectionId: string }
  | { readonly name: "deposit_started"; readonly depositId: string }
  | { readonly name: "status_changed"; readonly connectionId: string; readonly status: string }
  | { readonly name: "problem"; readonly code: ProblemCode };

export type ChallengeKind =
  | "text"
  | "code"
  | "choice"
  | "image"
  | "image_choice"
  | "approve"
  | "unknown"
  | Later;

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
  | "unknown"
  | Later;
