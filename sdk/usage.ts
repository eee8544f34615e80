// A host page in TypeScript, checked by the compiler so that the types and this sample stay true.
import type {} from "./script.js";
import type { LinchpinLinkElement } from "./link.js";
import type { KnownChange, KnownEvent, LinchpinError, LinchpinInstance, Success } from "./linchpin.js";
import type { FrameMessage } from "./messages.js";

/** Your server: mints a link token, and exchanges a public token for the result. */
interface Server {
  mint(): Promise<string>;
  exchange(publicToken: string): Promise<void>;
}

export function connect(server: Server, button: HTMLButtonElement): LinchpinInstance {
  const widget = Linchpin.create({
    token: () => server.mint(),
    widgetUrl: "https://link.example/widget",
    onSuccess: ({ publicToken, results }: Success) => {
      console.info(`linked at ${results.map((result) => result.institutionName).join(", ")}`);
      void server.exchange(publicToken);
    },
    onExit: ({ reason, error }) => {
      if (reason === "closed_by_person") return;
      console.info(error?.code ?? reason);
    },
    onEvent: (event) => {
      const known = event as KnownEvent;
      if (known.name === "searched") console.info(known.length, known.count);
      if (known.name === "challenge_shown") console.info(known.kinds.length);
      if (known.name === "appearance_corrected") console.info(known.property, known.asked, known.used);
    },
    onLinked: (_publicToken, { status, accountIds }) => console.info(status, accountIds?.length ?? 0),
  });

  widget.ready.catch((error: LinchpinError) => {
    button.hidden = error.code !== "destroyed";
    if (error.code === "session_failed") console.info(error.problem);
  });
  button.addEventListener("click", () => widget.open());
  return widget;
}

/** In a box of the page, and gone at once when the person logs out. */
export function connectInline(server: Server, room: HTMLElement, loggedOut: AbortSignal): void {
  const widget = Linchpin.create({
    token: () => server.mint(),
    container: room,
    label: "Deine Bankkonten",
    appearance: { theme: "light", accent: "#0055aa", accentDark: "#88bbff", radius: 4, font: "serif" },
    onSuccess: ({ publicToken }) => void server.exchange(publicToken),
  });
  widget.open();
  loggedOut.addEventListener("abort", () => widget.exit({ force: true }));
}

/** In the page itself, as a part of it. */
export function inPage(server: Server, room: HTMLElement): LinchpinLinkElement {
  const element = document.createElement("linchpin-link");
  element.widgetUrl = "https://link.example/widget";
  element.token = () => server.mint();
  element.addEventListener("linchpin-success", ({ detail }) => void server.exchange(detail.publicToken));
  element.addEventListener("linchpin-exit", ({ detail }) => console.info(detail.reason, detail.error?.code));
  room.append(element);
  return element;
}

/** The page at `redirect_uri`: goes on with the token that this opening was begun with. */
export function comeBack(tokenOf: (linkId?: string) => Promise<string>): LinchpinInstance | undefined {
  if (!new URL(location.href).searchParams.has("linchpin")) return undefined;
  return Linchpin.resume({ token: tokenOf, onSuccess: ({ publicToken }) => console.info(publicToken.length) });
}

/** What an app injects into its web view, by whatever name it has on the platform. */
interface Bridge {
  postMessage(outcome: string): void;
}

/** The page that a native app shows in a web view: the token comes behind `#`, the outcome goes over the bridge. */
export function inApp(bridge: Bridge): LinchpinInstance {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  const tell = (kind: string) => (outcome: object) => bridge.postMessage(JSON.stringify({ kind, ...outcome }));
  const widget = Linchpin.create({
    token,
    onSuccess: tell("success"),
    onDone: tell("done"),
    onExit: ({ reason }) => tell("exit")({ reason }),
  });
  widget.open();
  return widget;
}

/** Whoever embeds the widget without the loader reads the messages itself. */
export function publicTokenOf(message: FrameMessage): string | undefined {
  return message.type === "linked" ? message.public_token : undefined;
}

/** What a person has, looked after: the token is minted with `mode: "manage"`. */
export function lookAfter(server: Server, token: string, refreshList: () => void): LinchpinInstance {
  return Linchpin.create({
    token,
    onDone: ({ changes }) => {
      for (const change of changes as readonly KnownChange[])
        if (change.kind === "disconnected") console.info(change.connectionId, change.erased);
      // Whatever they are: what was begun here goes on, and is read by the server.
      refreshList();
    },
    onLinked: (publicToken) => void server.exchange(publicToken),
    onExit: refreshList,
  });
}

// @ts-expect-error: a token is a text, or a function that gets one.
Linchpin.create({ token: 7, onSuccess() {} });

// @ts-expect-error: without onSuccess nothing would ever arrive.
Linchpin.create({ token: "lt_a.b" });
