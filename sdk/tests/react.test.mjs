// The hook with the real React, in strict mode. REACT names the folder that holds `react`, `react-dom` and `scheduler`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, ends, heard, hears, say, sites, tells, told } from "./stage.mjs";

const skip = !process.env.REACT && "REACT does not name React's folder; `cargo xtask test --only loader` does";

/** Draws the component, or draws it again with other options; its callbacks record who was called. */
const render = (token, name = "first", extra = {}) => browser.run((...given) => draw(...given), token, name, extra);
const prepare = async () => {
  await browser.open(`${sites.host}/?react`);
  await browser.sees(() => globalThis.draw, "the page's module has run");
};
const framed = () =>
  browser.run(() => [...document.querySelectorAll("iframe")].map((frame) => new URL(frame.src).searchParams.get("link")));
const drawn = (words) => browser.sees((words) => document.querySelector("#connect")?.textContent === words, words, words);
const asked = () => browser.run(() => asked);

test("strict mode asks for one token and frames one widget, which becomes ready", { skip }, async () => {
  await prepare();
  await render("function");
  await hears("start");
  await say({ type: "ready" });
  await drawn("ready");
  assert.ok((await browser.run(() => effects)) >= 2, "strict mode ran the effects twice");
  assert.equal(await asked(), 1);
  assert.deepEqual(await framed(), ["lnk_1"]);
});

test("callbacks and functions that change make nothing anew, and the latest is called", { skip }, async () => {
  await prepare();
  await render("function");
  await hears("start");
  const before = await browser.run(() => [state.open, state.exit].every((act) => typeof act === "function") && (globalThis.was = state) && 1);
  assert.equal(before, 1);
  await render("function", "second");
  await say({ type: "event", event: { name: "opened" } });
  await tells("second event");
  assert.deepEqual((await told()).map(([name]) => name), ["second event"]);
  assert.equal(await asked(), 1);
  assert.equal(await browser.run(() => was.open === state.open && was.exit === state.exit), true, "open and exit stay the same");
});

test("another token makes it anew", { skip }, async () => {
  await prepare();
  await render("lt_one.secret");
  await hears("start");
  await render("lt_two.secret");
  await browser.sees(() => document.querySelector("iframe")?.src.includes("lnk_two"), "the other is framed");
  assert.deepEqual(await framed(), ["lnk_two"]);
  await hears("start");
  assert.equal((await heard())[0].token, "lt_two.secret");
  assert.deepEqual(await ends(), []);
});

test("open() before there is a token waits for it", { skip }, async () => {
  await prepare();
  await render(null);
  await drawn("waiting");
  await browser.click("#connect");
  assert.deepEqual(await framed(), []);
  await render("lt_late.secret");
  await hears("open");
  assert.equal(await browser.run(() => document.querySelector("dialog").open), true);
});

test("after its end open() opens a fresh one, with a fresh token", { skip }, async () => {
  await prepare();
  await render("function");
  await hears("start");
  await browser.click("#connect");
  await hears("open");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("first exit");
  assert.equal(await asked(), 1, "nothing is asked for that nobody may want");
  await browser.click("#connect");
  await browser.sees(() => document.querySelector("iframe")?.src.includes("lnk_2"), "the second is framed");
  await hears("open");
  assert.deepEqual(await framed(), ["lnk_2"]);
  await say({ type: "exit", event_id: "evt_2", reason: "closed_by_person" });
  await browser.sees(() => told.filter(([name]) => name === "first exit").length === 2, "the second end is told");
});

test("an error is drawn", { skip }, async () => {
  await prepare();
  await render("lt_one.secret");
  await hears("start");
  await say({ type: "failed", code: "origin_not_allowed" });
  await drawn("session_failed");
  await browser.log();
});

test("it stands in the element of a ref", { skip }, async () => {
  await prepare();
  await render("function", "first", { inline: true });
  await hears("start");
  await browser.click("#connect");
  await hears("open");
  assert.equal(await browser.run(() => document.querySelector("#room iframe").clientHeight > 100), true);
});

test("when the component goes, everything goes, and nothing is told", { skip }, async () => {
  await prepare();
  await render("function");
  await hears("start");
  await browser.click("#connect");
  await hears("open");
  await browser.run(() => root.unmount());
  await browser.sees(() => !document.querySelector("iframe, dialog"), "it is gone");
  assert.equal(await browser.run(() => document.adoptedStyleSheets.length), 0);
  assert.deepEqual(await told(), []);
});
