import type { Change, ExitReason, LinkResult, ProblemCode, WidgetEvent } from "./events.js";

export type * from "./events.js";

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
  /**
   * How it looks, where this page is to say so: each property goes before that of the link token. What is none of its values
   * is as if it were not there, and the event `appearance_corrected` tells of it.
   */
  appearance?: Appearance;
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

/** Properties, values and what is corrected: docs/appearance.md. */
export interface Appearance {
  /** Light, dark, or as the device says. Default: `system`. */
  theme?: "system" | "light" | "dark" | undefined;
  /** The colour of buttons, links and whatever is chosen: `#rrggbb`. Moved to the nearest that can be read. */
  accent?: string | undefined;
  /** The same for the dark scheme alone. Default: the hue of `accent`, as light as it has to be. */
  accentDark?: string | undefined;
  /** How round corners are: a whole number of CSS pixels, 0 to 24. Default: 12. */
  radius?: number | undefined;
  /** The letters, of those that devices have; none is fetched. Default: `system`. */
  font?:
    | "system"
    | "humanist"
    | "geometric"
    | "grotesque"
    | "rounded"
    | "serif"
    | "slab"
    | "monospace"
    | undefined;
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
