import type { Change, ExitReason, LinkResult, ProblemCode, WidgetEvent } from "./events.js";

export type * from "./events.js";

/**
 * Makes the element known to the page as `<linchpin-link>`, or by another name with a `-` in it. Does nothing where there is no
 * page, or where the name is known already.
 */
export function define(name?: string): void;

/** The widget as a part of the page: docs/embedding.md, "In your page". */
export interface LinchpinLinkElement extends HTMLElement {
  /**
   * The link token (`lt_…`), minted with `surface` `element`, or what gets one. It opens as soon as it has this, a `widgetUrl`
   * and a place in the page. Another token counts for the next opening.
   */
  token?: string | (() => string | PromiseLike<string>);
  /** The widget's page, such as `https://link.example/widget`; the attribute `widget-url`. */
  widgetUrl: string;
  /** Opens it again after its end. Before that, harmless. */
  open(): void;
  /**
   * Closes it, without asking the person. One of the ends follows: as soon as the widget says so, after 3 s in any case; with
   * `force` before this returns.
   */
  exit(how?: { readonly force?: boolean }): void;

  addEventListener<K extends keyof LinchpinLinkEvents>(
    name: K,
    listener: (this: LinchpinLinkElement, event: LinchpinLinkEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(name: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** What it tells, as events that do not bubble. Exactly one of success, done and exit comes, once. */
export interface LinchpinLinkEvents extends HTMLElementEventMap {
  "linchpin-ready": CustomEvent<null>;
  "linchpin-linked": CustomEvent<{ readonly publicToken: string; readonly result: LinkResult }>;
  "linchpin-event": CustomEvent<WidgetEvent>;
  "linchpin-success": CustomEvent<{
    readonly publicToken: string;
    readonly results: readonly LinkResult[];
    readonly eventId: string;
  }>;
  "linchpin-done": CustomEvent<{ readonly changes: readonly Change[]; readonly eventId: string }>;
  "linchpin-exit": CustomEvent<{
    readonly reason: ExitReason;
    readonly eventId: string;
    readonly error?: LinchpinLinkError;
  }>;
}

export interface LinchpinLinkError extends Error {
  readonly name: "LinchpinError";
  readonly code: "invalid_options" | "token_unavailable" | "unreachable" | "session_failed";
  /** With `session_failed`: why. */
  readonly problem?: ProblemCode;
  readonly cause?: unknown;
}

declare global {
  interface HTMLElementTagNameMap {
    "linchpin-link": LinchpinLinkElement;
  }
}
