// Two sites: a host page under the policy that the README asks for, and a frame that says what a test tells it to.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { SCRIPTS, scriptOf } from "./react-host.mjs";

/** The script as it is published, where LOADER names that; else as it is made. */
const LOADER = readFileSync(process.env.LOADER ?? new URL("../linchpin.js", import.meta.url));
const MODULE = readFileSync(new URL("../linchpin.mjs", import.meta.url));
const ELEMENT = readFileSync(new URL("../linchpin-link.js", import.meta.url));
const ELEMENT_MODULE = readFileSync(new URL("../linchpin-link.mjs", import.meta.url));

/** The host page's own script: one button, and a record of everything that the loader tells. */
const HOST = `
globalThis.told = [];
globalThis.make = (link, extra = {}, how = "create") => {
  const tell = (name) => (...values) => told.push([name, ...values]);
  const widget = Linchpin[how]({
    token: "lt_" + link + ".secret", onSuccess: tell("success"), onDone: tell("done"), onExit: (exit) =>
      told.push(["exit", exit.reason, exit.eventId, exit.error?.code]), onEvent: (event) => {
      if (event.name === "throw") throw new Error("host's own");
      told.push(["event", event]);
    }, onLinked: tell("linked"), ...extra,
  });
  widget.ready.then(() => told.push(["ready"]), (error) => {
    told.push(["refused", error.code, error.problem]);
    globalThis.why = error.message;
  });
  return widget;
};
addEventListener("error", (event) => told.push(["page error", event.message]));
addEventListener("unhandledrejection", () => told.push(["unhandled rejection"]));
document.addEventListener("securitypolicyviolation", (event) => told.push(["policy", event.effectiveDirective]));
document.querySelector("button").addEventListener("click", () => globalThis.widget?.open());
`;

/** The frame: says hello, records what it hears, and passes on what a test tells it. */
const FRAME = `
const link_id = new URL(location).searchParams.get("link");
globalThis.heard = [];
globalThis.say = (message) => parent.postMessage({ linchpin: 1, ...message }, "*");
addEventListener("message", ({ data, origin }) => heard.push({ ...data, from: origin }));
if (!link_id.includes("quiet")) say({ type: "hello", link_id });
`;

/** What the element imports and fetches, in the place of the widget's own: it keeps what it is told, and says what a test says. */
const WIDGET = `
globalThis.fake = { loads: [], mounts: [], heard: [], unmounted: [], tells: {}, rests: 0 };
const roots = {};
export default async (what) => void fake.loads.push(what);
export const mount = (root, facts, words, tell) => {
  const number = fake.mounts.push({ facts, words, marks: { ...root.dataset }, lang: root.lang, dir: root.dir });
  roots[number] = root;
  fake.tells[number] = (message) => tell({ linchpin: 1, ...message });
  const heading = document.createElement("h1");
  heading.tabIndex = -1;
  heading.textContent = "Find your bank";
  root.append(heading);
  for (const name of ["came", "failed"]) root.addEventListener("linchpin-rest-" + name, () => fake.heard.push([number, name]));
  return number;
};
export const hear = (number, message) => void fake.heard.push([number, message]);
export const unmount = (number) => {
  fake.unmounted.push(number);
  roots[number].replaceChildren();
};
export const rest = async (...what) => {
  fake.rest = what;
  if (fake.rests++ === 0) throw Error("lost on its way");
};
`;
const STYLE = "[data-surface=element]{all:initial;display:block;width:2rem}[hidden]{display:none}@media (max-width:1rem){h1{color:red}}";
const FACTS = {
  client: "Acorn", practice: true, first: "search", language: "en", direction: "ltr", theme: "dark", module: "/widget/module.js",
  wasm: "/widget/module.wasm", rest: "/widget/rest.wasm", rest_integrity: "sha384-x", style: "/widget/style.css", words: "/widget/words/en",
};

const page = (script) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>Test</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">` +
  `<body><button type="button">Open</button><input aria-label="Field"><div class="tall"></div>${script}</body>`;

/** Serves what a function answers to an address, and to the request where that matters. */
export async function serve(host, answer) {
  const server = createServer((request, response) => {
    const { status = 200, type = "text/html", headers = {}, body = "" } = answer(new URL(request.url, "http://x"), request);
    response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store", ...headers });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, host, done));
  return { server, port: server.address().port };
}

/** Starts both sites; `host` and `widget` are their origins. */
export async function startSites() {
  const frame = await serve("127.0.0.1", ({ pathname, searchParams }) => {
    if (pathname === "/sdk/linchpin.js" || pathname === "/sdk/pinned.js")
      return { type: "text/javascript", headers: { "access-control-allow-origin": "*" }, body: LOADER };
    // One byte more than what was published.
    if (pathname === "/sdk/changed.js")
      return { type: "text/javascript", headers: { "access-control-allow-origin": "*" }, body: LOADER + " " };
    if (pathname === "/sdk/linchpin.mjs")
      return { type: "text/javascript", headers: { "access-control-allow-origin": "*" }, body: MODULE };
    const open = { "access-control-allow-origin": "*" };
    if (pathname === "/sdk/linchpin-link.js") return { type: "text/javascript", headers: open, body: ELEMENT };
    if (pathname === "/sdk/linchpin-link.mjs") return { type: "text/javascript", headers: open, body: ELEMENT_MODULE };
    if (pathname === "/widget/module.js") return { type: "text/javascript", headers: open, body: WIDGET };
    if (pathname === "/widget/style.css") return { type: "text/css", headers: open, body: STYLE };
    if (pathname === "/widget/words/en") return { type: "text/plain", headers: open, body: "edition\nwords" };
    if (pathname === "/widget/element") {
      const link_id = searchParams.get("link");
      // As the proxy refuses what is not for this page.
      if (link_id.includes("foreign")) return { status: 403 };
      const asked = Object.fromEntries(searchParams);
      const event = { name: "appearance_corrected", property: "accent", asked: "#ffcc00", used: "#8a6d00" };
      const corrected = asked.accent === event.asked ? [{ linchpin: 1, type: "event", event }] : undefined;
      return { type: "application/json", headers: open, body: JSON.stringify({ link_id, asked, corrected, ...FACTS }) };
    }
    if (pathname === "/frame.js") return { type: "text/javascript", body: FRAME };
    if (pathname !== "/widget") return { status: 404 };
    const ancestors = searchParams.get("link").includes("foreign") ? "'none'" : "*";
    const policy = `default-src 'none'; script-src 'self'; frame-ancestors ${ancestors}`;
    return { headers: { "content-security-policy": policy }, body: `<script src="/frame.js"></script>` };
  });
  const widget = `http://127.0.0.1:${frame.port}`;
  const site = await serve("localhost", ({ pathname, searchParams }) => {
    if (pathname === "/host.js") return { type: "text/javascript", body: HOST };
    // A host whose own rules would spoil a dialog that let itself be styled.
    if (pathname === "/page.css")
      return { type: "text/css", body: "html{font-size:10px} dialog{padding:9px;max-width:50px} iframe{max-width:50px;border:9px solid} .tall{height:300vh}" };
    const script = scriptOf(pathname);
    if (script) return { type: "text/javascript", body: script };
    // The strictest page: one script, by its very address and hash, and one origin to frame.
    if (pathname === "/strict") {
      const src = `${widget}/sdk/${searchParams.get("script")}.js`;
      const integrity = `sha384-${createHash("sha384").update(LOADER).digest("base64")}`;
      const policy = `default-src 'none'; script-src ${src}; frame-src ${widget}; require-trusted-types-for 'script'`;
      const body = `<!doctype html><title>Strict</title><body><button>Open</button>
        <script src="${src}" integrity="${integrity}" crossorigin="anonymous"></script></body>`;
      return { headers: { "content-security-policy": policy, "cross-origin-opener-policy": "same-origin" }, body };
    }
    // As strict as the README allows for the element: not even a style of its own.
    if (pathname === "/element") {
      const policy = `default-src 'none'; script-src ${widget} 'wasm-unsafe-eval'; connect-src ${widget}; img-src data:`;
      const script = `<script src="${widget}/sdk/linchpin-link.js"></script>`;
      const body = `<!doctype html><html lang="en"><title>Element</title><link rel="icon" href="data:,"><body><button>Own</button>
        ${script}${searchParams.has("twice") ? script : ""}</body></html>`;
      return { headers: { "content-security-policy": policy }, body };
    }
    if (pathname !== "/") return { status: 404 };
    const frames = searchParams.has("shut") ? "'none'" : widget;
    const policy = `default-src 'none'; script-src 'self' ${widget}; style-src 'self'; frame-src ${frames}; img-src data:`;
    const loader = `<script src="${widget}/sdk/linchpin.js" crossorigin="anonymous"></script>`;
    const scripts = `${loader}${searchParams.has("twice") ? loader : ""}<script src="/host.js"></script>${searchParams.has("react") ? SCRIPTS : ""}`;
    // A page that may be kept for when somebody comes back.
    const kept = searchParams.has("kept") && { "cache-control": "no-cache" };
    return { headers: { "content-security-policy": policy, ...kept }, body: page(scripts) };
  });
  return {
    widget,
    host: `http://localhost:${site.port}`,
    stop: () => [frame.server, site.server].forEach((server) => (server.closeAllConnections(), server.close())),
  };
}
