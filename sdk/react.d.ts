import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { LinchpinLinkElement, LinchpinLinkEvents } from "./link.js";
import type { LinchpinError, LinchpinInstance, LinchpinOptions, LinchpinSettings, TokenSource } from "./linchpin.js";

/**
 * Makes an instance of the widget for as long as the component is there. It is made anew where `token` becomes another
 * text, or `widgetUrl`, `container` or `label` another; callbacks and a token's function may change with every render, and
 * the latest is called; `appearance` counts as it is when the instance is made. Safe in strict mode (no token is asked for or
 * used twice) and where pages are rendered on a server.
 *
 * After its end `open()` opens a fresh one where `token` is a function; with a text, give another.
 */
export function useLinchpin(options: UseLinchpinOptions): UseLinchpin;

export type UseLinchpinOptions = DistributiveOmit<LinchpinOptions, "token" | "container"> & {
  /** As in `Linchpin.create()`. Nothing happens as long as there is none; `open()` is remembered until there is. */
  token: TokenSource | null | undefined;
  /** As in `Linchpin.create()`, or a ref to the element. */
  container?: LinchpinSettings["container"] | { readonly current: Element | null };
};

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export interface UseLinchpin {
  /** Shows the widget. The same function at every render. */
  readonly open: LinchpinInstance["open"];
  /** Closes it. The same function at every render. */
  readonly exit: LinchpinInstance["exit"];
  /** Whether the first screen can be used. */
  readonly ready: boolean;
  /** Why it never will be, with what to change. */
  readonly error: LinchpinError | undefined;
}

/** `<linchpin-link>` as React 19 takes it; earlier ones set no properties and hear no events of such elements. */
type LinchpinLinkProps = DetailedHTMLProps<HTMLAttributes<LinchpinLinkElement>, LinchpinLinkElement> & {
  token?: LinchpinLinkElement["token"];
  "widget-url"?: string;
} & { [K in Extract<keyof LinchpinLinkEvents, `linchpin-${string}`> as `on${K}`]?: (event: LinchpinLinkEvents[K]) => void };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "linchpin-link": LinchpinLinkProps;
    }
  }
}
