/**
 * What the frame and the host page say to each other, exactly as it travels. The loader speaks this for you; it is
 * written down for those who embed the widget without it.
 *
 * Posted as objects. Each side compares `event.origin` and `event.source` and drops what it does not know.
 */

import type { ExitReason, LinkStatus, ProblemCode, ScreenName, ChallengeKind } from "./linchpin.js";

/** Stands on every message: the version of this schema. */
export interface Envelope {
  readonly linchpin: 1;
}

/** From the host page to the frame, posted to the widget's origin and no other. */
export type HostMessage = Envelope &
  (
    /** `inline`: the frame stands in the page, so its page says how high it is and never scrolls itself. */
    | { readonly type: "start"; readonly token: string; readonly origin: string; readonly inline?: boolean }
    | { readonly type: "open" }
    | { readonly type: "escape" }
    | { readonly type: "close" }
  );

/** From the frame to the host page, posted to the origin that the link token was minted for. */
export type FrameMessage = Envelope &
  (
    | { readonly type: "hello"; readonly link_id: string }
    | { readonly type: "ready" }
    | { readonly type: "failed"; readonly code: ProblemCode }
    /** How high all of it is, in whole CSS pixels; only in answer to a `start` with `inline`. */
    | { readonly type: "resized"; readonly height: number }
    | { readonly type: "linked"; readonly public_token: string; readonly result: WireResult }
    | { readonly type: "success"; readonly event_id: string; readonly results: readonly WireResult[] }
    | { readonly type: "done"; readonly event_id: string; readonly changes: readonly WireChange[] }
    | { readonly type: "exit"; readonly event_id: string; readonly reason: ExitReason }
    /** The page goes to this address, on the widget's origin; it leads on to the bank, once. */
    | { readonly type: "navigate"; readonly url: string }
    | { readonly type: "event"; readonly event: WireEvent }
  );

/** One thing that was linked. */
export interface WireResult {
  readonly status: LinkStatus;
  /** The connection, where there is one. */
  readonly connection_id?: string;
  /** The deposits, where the account is proved by some. */
  readonly deposit_id?: string;
  readonly institution_id?: string;
  readonly institution_name?: string;
  readonly account_ids?: readonly string[];
}

/** What became of a connection that was looked after. */
export type WireChange =
  | { readonly kind: "refreshed"; readonly connection_id: string }
  | { readonly kind: "repaired"; readonly connection_id: string }
  | { readonly kind: "disconnected"; readonly connection_id: string; readonly erased: boolean }
  | { readonly kind: "moved"; readonly connection_id: string; readonly successor: string };

/** Something that happened, without any of the person's data. */
export type WireEvent =
  | { readonly name: "opened" }
  | { readonly name: "screen"; readonly screen: ScreenName }
  | { readonly name: "searched"; readonly length: number; readonly count: number }
  | { readonly name: "institution_selected"; readonly institution_id: string }
  | { readonly name: "credentials_submitted"; readonly connection_id: string }
  | {
      readonly name: "challenge_shown";
      readonly connection_id: string;
      readonly kinds: readonly ChallengeKind[];
    }
  | { readonly name: "challenge_answered"; readonly connection_id: string }
  | { readonly name: "bank_login_opened"; readonly connection_id: string }
  | { readonly name: "bank_login_returned"; readonly connection_id: string }
  | { readonly name: "bank_login_abandoned"; readonly connection_id: string }
  | { readonly name: "deposit_started"; readonly deposit_id: string }
  | { readonly name: "status_changed"; readonly connection_id: string; readonly status: string }
  | { readonly name: "problem"; readonly code: ProblemCode };
