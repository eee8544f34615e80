// What the tests of the loader share: a browser, the two sites, and what is said and heard between them.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { Browser, until } from "./browser.mjs";
import { startSites } from "./sites.mjs";

export const RESULT = {
  status: "linked",
  connection_id: "con_1",
  institution_id: "ins_1",
  institution_name: "Harbour Savings",
  account_ids: ["acc_1"],
};

/** Set before the first test; the host page is opened anew for each. */
export let browser, sites;
before(async () => {
  sites = await startSites();
  browser = await Browser.start();
});
after(async () => {
  await browser?.stop();
  sites?.stop();
});
beforeEach(async () => {
  await browser.open(sites.host);
  await browser.log();
});
afterEach(async () => {
  const broken = (await told()).filter(([name]) => /page error|unhandled|policy/.test(name));
  const expected = allowed;
  allowed = [];
  assert.deepEqual(broken, expected, "the page saw an error, an unhandled rejection or a policy violation");
});

let allowed = [];
/** Names the page errors that the present test causes on purpose. */
export const allow = (...errors) => void (allowed = errors);

/** Everything that the host page was told, in order. */
export const told = () => browser.run(() => globalThis.told);
export const names = async () => (await told()).map(([name]) => name);
/** The ends that it was told. */
export const ends = async () => (await names()).filter((name) => /success|done|exit/.test(name));
export const tells = (name) => browser.sees((name) => told.some(([n]) => n === name), `the host is told ${name}`, name);

/** Makes `widget` with the page's own callbacks. */
export const make = (link, extra = {}, how = "create") =>
  browser.run((link, extra, how) => void (globalThis.widget = make(link, extra, how)), link, extra, how);

/** Has a frame say something. */
export const say = (message, frame = 0) =>
  browser.inFrame(frame, () => browser.run((message) => globalThis.say(message), message));
/** Everything that a frame heard. */
export const heard = (frame = 0) => browser.inFrame(frame, () => browser.run(() => globalThis.heard));
export const hears = (type, frame = 0) =>
  // Entered each time: the frame may not have its page yet, or not be there.
  until(
    () =>
      browser
        .inFrame(frame, () => browser.run((type) => globalThis.heard?.some((m) => m.type === type), type))
        .catch((error) => (/no such frame|stale/.test(error.message) ? false : Promise.reject(error))),
    `the frame hears ${type}`,
  );

export const overlay = () =>
  browser.run(() => {
    const dialog = document.querySelector("dialog");
    const { x, y, width, height } = dialog.getBoundingClientRect();
    const frame = document.querySelector("iframe")?.getBoundingClientRect();
    return { open: dialog.open, x, y, width, height, frame: [frame?.width, frame?.height] };
  });

/** A widget that has shaken hands and is shown. */
export async function opened(link, extra) {
  await make(link, extra);
  await hears("start");
  await say({ type: "ready" });
  await tells("ready");
  await browser.click("button");
  await hears("open");
}
