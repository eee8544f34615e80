// A page whose policy allows the one script, by its address and hash, and the one origin to frame, and nothing more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, hears, sites } from "./stage.mjs";

const open = async (script) => {
  await browser.open(`${sites.host}/strict?script=${script}`);
  // What a driver runs is not under the page's policy: it only watches, and plays the host's own script.
  await browser.run(() => {
    globalThis.told = [];
    document.addEventListener("securitypolicyviolation", (event) => told.push(["policy", event.effectiveDirective]));
  });
};

test("the loader runs, is styled and opens under the strictest policy", async () => {
  await open("pinned");
  await browser.run(() => {
    globalThis.widget = Linchpin.create({ token: "lt_strict.secret", onSuccess() {} });
    document.querySelector("button").addEventListener("click", () => widget.open());
  });
  await hears("start");
  await browser.click("button");
  await hears("open");
  const [position, width, lock] = await browser.run(() => {
    const dialog = document.querySelector("dialog");
    return [getComputedStyle(dialog).position, dialog.clientWidth, getComputedStyle(document.documentElement).overflowY];
  });
  assert.deepEqual([position, width, lock], ["fixed", 416, "hidden"]);
  assert.deepEqual(await browser.log(), [], "the browser complains of nothing");
});

test("a loader with one byte changed is not run", async () => {
  await open("changed");
  assert.equal(await browser.run(() => typeof globalThis.Linchpin), "undefined");
  const [refused] = await browser.log();
  assert.match(refused.message, /integrity/);
});
