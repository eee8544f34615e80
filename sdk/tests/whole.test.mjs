// The element with the widget itself, as it is built, against a proxy that the tests speak for. DIST names the build.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { serve } from "./sites.mjs";

const { DIST } = process.env;
const skip = !(DIST && existsSync(DIST)) && "DIST is not set; `cargo xtask test --only loader` does";
const KINDS = { js: "text/javascript", css: "text/css", wasm: "application/wasm", txt: "text/plain" };
/** How often it is put into the page and taken out before anything is counted, and how often after that. */
const WARM = 100;
const ROUNDS = 900;

const BANK = { id: "ins_1", name: "Harbour Savings", domain: "harbour.example" };
const session = (origin) => ({
  link_id: "lnk_t", mode: "link", purpose: "both", account_selection: "one", origin, client: { name: "Acorn Budget" },
  provider: { name: "Quovo" }, expires_at: "2027-01-01T00:00:00Z", idle_s: 1800, remaining_s: 14400, popular: { institutions: [BANK] },
});
const FIELDS = [
  { id: "username", label: "Member number", kind: "username" },
  { id: "password", label: "Passcode", kind: "password" },
];

let browser, widget, site;
before(async () => {
  if (skip) return;
  const read = (name) => readFileSync(join(DIST, name));
  const html = read("index.html").toString();
  const named = (name) => new RegExp(` ${name}="([^"]+)"`).exec(html)[1];
  const english = readdirSync(join(DIST, "words")).find((name) => /^en-.*\.txt$/.test(name));
  const [style] = /\/widget\/[^"]+\.css/.exec(html);
  widget = await serve("127.0.0.1", ({ pathname, searchParams }, { method, headers }) => {
    const open = { "access-control-allow-origin": headers.origin ?? "*", "access-control-max-age": "600" };
    if (method === "OPTIONS")
      return { status: 204, headers: { ...open, "access-control-allow-headers": "authorization, content-type, idempotency-key" } };
    const json = (body, status = 200) => ({ status, type: "application/json", headers: open, body: JSON.stringify(body) });
    if (pathname === "/v1/sessions") return json({ token: "st_canary", session: session(headers.origin) }, 201);
    if (pathname === "/v1/institutions/ins_1") return json({ institution: BANK, methods: ["credentials"], fields: FIELDS });
    if (pathname === "/v1/institutions") return json({ institutions: [BANK], total: 1 });
    if (pathname === "/widget/element")
      return json({
        link_id: searchParams.get("link"), client: "Acorn Budget", practice: false, first: "search", language: "en", direction: "ltr",
        theme: "light", module: named("data-js"), wasm: named("data-wasm"), rest: named("data-rest"),
        rest_integrity: named("data-rest-integrity"), style, words: `/widget/words/${english}`,
      });
    const file = pathname.replace(/^\/widget\//, "").replace(/^\/sdk/, "sdk");
    if (!existsSync(join(DIST, file))) return { status: 404, headers: open };
    const kind = { "content-type": KINDS[file.split(".").at(-1)] };
    return { headers: { ...open, ...kind, "cache-control": "max-age=600" }, body: read(file) };
  });
  const origin = `http://127.0.0.1:${widget.port}`;
  site = await serve("localhost", () => ({
    headers: { "content-security-policy": `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}; img-src data:` },
    body: `<!doctype html><html lang="en"><title>Whole</title><link rel="icon" href="data:,"><body>
      <script src="${origin}/sdk/linchpin-link.js"></script></body></html>`,
  }));
  // What runs often is compiled again and again, and what comes of that counts as held by the page.
  const flags = ["--js-flags=--no-opt --no-maglev --no-sparkplug --no-wasm-tier-up --no-wasm-dynamic-tiering --no-flush-bytecode"];
  browser = await Browser.start({ flags });
});
after(async () => {
  await browser?.stop();
  for (const { server } of [widget, site].filter(Boolean)) server.closeAllConnections(), server.close();
});

const open = async () => {
  await browser.open(`http://localhost:${site.port}`);
  await browser.log();
  await browser.run((url) => {
    globalThis.put = (token) => {
      const element = Object.assign(document.createElement("linchpin-link"), { widgetUrl: url, token });
      document.body.append(element);
      return element;
    };
  }, `http://127.0.0.1:${widget.port}/widget`);
};
const sees = (act, what) => browser.sees(act, what);

test("it is drawn, styled, searched and filled in within the page, and the page's policy has nothing to say", { skip }, async () => {
  await open();
  await browser.run(() => void (globalThis.element = put("lt_whole.secret")));
  await sees(() => globalThis.element.shadowRoot?.querySelector("button.tile"), "the tiles");
  const [font, rows, sheets, own] = await browser.run(() => {
    const heading = element.shadowRoot.querySelector("h1");
    return [getComputedStyle(heading).fontSize, heading.textContent, element.shadowRoot.adoptedStyleSheets.length, document.styleSheets.length];
  });
  assert.deepEqual([font, rows, sheets, own], ["24px", "Find your bank", 1, 0]);
  await browser.run(() => element.shadowRoot.querySelector("button.tile").click());
  await sees(() => element.shadowRoot.querySelector("#field-password"), "the form");
  const words = await browser.run(() => element.shadowRoot.textContent);
  assert.match(words, /Acorn Budget’s own page, which could read what you type here/);
  assert.doesNotMatch(words, /never sees/);
  assert.deepEqual(await browser.run(() => [sessionStorage.length, localStorage.length]), [0, 0]);
  assert.deepEqual(await browser.log(), [], "the browser complains of nothing");
});

test("two stand on one page, each its own, and one goes without the other", { skip }, async () => {
  await open();
  await browser.run(() => void (globalThis.all = [put("lt_one.secret"), put("lt_other.secret")]));
  await sees(() => all.every((element) => element.shadowRoot?.querySelector("button.tile")), "both have tiles");
  await browser.run(() => all[0].shadowRoot.querySelector("button.tile").click());
  await sees(() => all[0].shadowRoot.querySelector("#field-password"), "the form");
  assert.ok(await browser.run(() => all[1].shadowRoot.querySelector("button.tile") !== null));
  await browser.run(() => all[0].remove());
  await sees(() => all[0].shadowRoot.childElementCount === 0, "the first is gone");
  await browser.run(() => all[1].shadowRoot.querySelector("button.tile").click());
  await sees(() => all[1].shadowRoot.querySelector("#field-password"), "the second goes on");
});

/** Puts it into the page and takes it out again, so often. */
const rounds = (count) =>
  browser.run(async (count) => {
    for (let round = 0; round < count; round++) {
      const element = put("lt_round.secret");
      await new Promise((resolve) => element.addEventListener("linchpin-ready", resolve, { once: true }));
      element.remove();
      await new Promise((resolve) => setTimeout(resolve));
      if (element.shadowRoot.childElementCount) throw Error("it is still there");
    }
  }, count);

/** What the page holds once what nobody needs is collected. */
const held = async (module) => {
  for (let again = 0; again < 3; again++) await browser.command("HeapProfiler.collectGarbage", {});
  const { usedSize } = await browser.command("Runtime.getHeapUsage", {});
  const { nodes, jsEventListeners } = await browser.command("Memory.getDOMCounters", {});
  const memory = await browser.run(
    (module) => import(module).then((module) => module.default()).then(({ memory }) => memory.buffer.byteLength),
    module,
  );
  return { usedSize, nodes, jsEventListeners, memory };
};

test("a thousand in and out of the page leave nothing", { skip }, async () => {
  await open();
  const html = readFileSync(join(DIST, "index.html"), "utf8");
  const module = `http://127.0.0.1:${widget.port}${/ data-js="([^"]+)"/.exec(html)[1]}`;
  await rounds(WARM);
  const before = await held(module);
  for (let done = 0; done < ROUNDS; done += 100) await rounds(100);
  const after = await held(module);
  for (const what in before)
    assert.ok(after[what] <= before[what] * 1.01, `${what}: ${before[what]}, and ${after[what]} after ${ROUNDS} more`);
});
