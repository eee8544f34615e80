// A React component, checked by the compiler so that the types and this sample stay true.
import { useRef } from "react";
import { Linchpin } from "./linchpin.js";
import type { LinchpinLoader } from "./linchpin.js";
import { useLinchpin } from "./react.js";

/** The module brings the loader itself, too. */
export const loader: LinchpinLoader = Linchpin;

interface Props {
  readonly mint: () => Promise<string>;
  readonly onLinked: (publicToken: string) => void;
}

export function ConnectButton({ mint, onLinked }: Props) {
  const { open, ready, error } = useLinchpin({
    token: mint,
    widgetUrl: "https://link.example/widget",
    onSuccess: ({ publicToken }) => onLinked(publicToken),
    onExit: ({ reason }) => console.info(reason),
  });
  return (
    <>
      <button type="button" onClick={open} aria-busy={!ready && !error}>
        Connect your bank
      </button>
      {error && <p role="alert">That did not work ({error.code}). Please try again.</p>}
    </>
  );
}

/** In a box of the page, as soon as the token is there. */
export function Connections({ token }: { readonly token: string | null }) {
  const room = useRef<HTMLDivElement>(null);
  const { open, exit } = useLinchpin({ token, container: room, widgetUrl: "https://link.example/widget", onDone() {} });
  return (
    <>
      <button type="button" onClick={open}>
        Look after your banks
      </button>
      <button type="button" onClick={() => exit({ force: true })}>
        Leave
      </button>
      <div ref={room} />
    </>
  );
}

/** In the page itself, as a part of it. */
export function InPage({ mint, onLinked }: Props) {
  return (
    <linchpin-link
      widget-url="https://link.example/widget"
      token={mint}
      onlinchpin-success={({ detail }) => onLinked(detail.publicToken)}
    />
  );
}

// @ts-expect-error: without onSuccess or onDone nothing would ever arrive.
export const useNothing = () => useLinchpin({ token: "lt_a.b" });
