import { useLinchpin } from "@linchpin/loader/react";
import * as Dialog from "@radix-ui/react-dialog";
import { useState } from "react";

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

const mint = async () => (await post("/api/link-token", {})).link_token;

function Connect({ say }) {
  const { open, ready, error } = useLinchpin({
    token: mint,
    widgetUrl: import.meta.env.VITE_WIDGET_URL,
    onSuccess: async ({ publicToken }) => {
      const { institution } = await post("/api/exchange", { public_token: publicToken });
      say(`linked: ${institution}`);
    },
    onExit: ({ reason }) => say(`left: ${reason}`),
  });
  return (
    <>
      <button id="connect" type="button" onClick={open}>
        Connect your bank
      </button>
      <p>{error ? error.code : ready ? "ready" : "waiting"}</p>
    </>
  );
}

/** The button, one that takes it away or brings it back, and what was told. */
function Panel() {
  const [here, setHere] = useState(true);
  const [told, setTold] = useState([]);
  return (
    <>
      {here && <Connect say={(text) => setTold((before) => [...before, text])} />}
      <button id="leave" type="button" onClick={() => setHere(!here)}>
        {here ? "Take it away" : "Bring it back"}
      </button>
      <ol>
        {told.map((text, index) => (
          <li key={index}>{text}</li>
        ))}
      </ol>
    </>
  );
}

/** The panel in the page, or in a modal of Radix's at the address `?dialog`. */
export function App() {
  if (!new URLSearchParams(location.search).has("dialog"))
    return (
      <main>
        <h1>Somebody's page</h1>
        <Panel />
      </main>
    );
  return (
    <main>
      <h1>Somebody's page</h1>
      <input aria-label="Beside the modal" />
      <Dialog.Root defaultOpen>
        <Dialog.Portal>
          <Dialog.Overlay />
          <Dialog.Content>
            <Dialog.Title>Somebody's modal</Dialog.Title>
            <Dialog.Description>It keeps the focus to itself.</Dialog.Description>
            <Panel />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </main>
  );
}
