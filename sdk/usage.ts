// A host page in TypeScript, checked by the compiler so that the types and this sample stay true.
import type { KnownChange, KnownEvent, LinchpinError, LinchpinInstance, Success } from "./linchpin.js";
import type { FrameMessage } from "./messages.js";

/** Your server: mints a link token, and exchanges a public token for the result. */
interface Server {
  mint(): Promise<string>;
  exchange(publicToken: string): Promise<void>;
}

export async function connect(server: Server, button: HTMLButtonElement): Promise<LinchpinInstance> {
  const widget = Linchpin.create({
    token: await server.mint(),
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

/** The page at `redirect_uri`: goes on with the token that this opening was begun with. */
export function comeBack(token: string): LinchpinInstance | undefined {
  if (!new URL(location.href).searchParams.has("linchpin")) return undefined;
  return Linchpin.resume({ token, onSuccess: ({ publicToken }) => console.info(publicToken.length) });
}

/** A web view without the loader reads the messages itself. */
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

// @ts-expect-error: without onSuccess nothing would ever arrive.
Linchpin.create({ token: "lt_a.b" });
