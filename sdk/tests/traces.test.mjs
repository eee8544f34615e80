// What stays in a page when a widget is gone: nothing. And what a page that comes back finds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RESULT, browser, ends, heard, hears, make, opened, overlay, say, sites, tells, told } from "./stage.mjs";

/** Counts listeners and timers from here on. */
const count = () =>
  browser.run(() => {
    const listeners = new Set();
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (name, act, options) {
      const one = { target: this, name, act };
      listeners.add(one);
      options?.signal?.addEventListener?.call?.(options.signal, "abort", () => listeners.delete(one));
      return add.call(this, name, act, options);
    };
    // The signals' own listeners are of no weight.
    AbortSignal.prototype.addEventListener = add;
    EventTarget.prototype.removeEventListener = function (name, act, options) {
      for (const one of listeners) if (one.target === this && one.name === name && one.act === act) listeners.delete(one);
      return remove.call(this, name, act, options);
    };
    const timers = new Set();
    const { setTimeout: later, clearTimeout: never } = globalThis;
    globalThis.setTimeout = (act, ms, ...rest) => {
      const id = later(() => (timers.delete(id), act()), ms, ...rest);
      timers.add(id);
      return id;
    };
    globalThis.clearTimeout = (id) => (timers.delete(id), never(id));
    const watching = new Set();
    const { observe, disconnect } = MutationObserver.prototype;
    MutationObserver.prototype.observe = function (...given) {
      watching.add(this);
      return observe.apply(this, given);
    };
    MutationObserver.prototype.disconnect = function () {
      watching.delete(this);
      return disconnect.call(this);
    };
    globalThis.traces = () => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return {
        page: document.documentElement.outerHTML,
        sheets: document.adoptedStyleSheets.length,
        frames: window.length,
        overflow: [document.documentElement, document.body].map((one) => getComputedStyle(one).overflow),
        gutter: getComputedStyle(document.documentElement).scrollbarGutter,
        scroll: scrollY,
        listeners: [...listeners].map(({ name }) => name),
        timers: timers.size,
        watching: watching.size,
        focus: at?.outerHTML.slice(0, 40),
      };
    };
  });
const traces = () => browser.run(() => traces());

const STATES = {
  "before its token is there": () => browser.run(() => void (globalThis.widget = make("x", { token: () => new Promise(() => {}) }))),
  "before the frame answers": () => make("quiet"),
  "when it is ready": async () => {
    await make("ready");
    await hears("start");
    await say({ type: "ready" });
    await tells("ready");
  },
  "when it is open": () => opened("open"),
  "when the host has asked it to close": async () => {
    await opened("closing");
    await browser.run(() => widget.exit());
  },
  "after its end": async () => {
    await opened("ended");
    await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
    await tells("exit");
  },
  "when its options are wrong": () => browser.run(() => void (globalThis.widget = make("x", { widgetUrl: "data:," }))),
  "in a box of the page": async () => {
    await make("boxed", { container: "body" });
    await hears("start");
    await browser.click("button");
    await hears("open");
  },
};
for (const [when, prepare] of Object.entries(STATES))
  test(`destroy() ${when} leaves the page as it was, and twice is harmless`, async () => {
    await browser.run(() => {
      scrollTo(0, 6);
      document.querySelector("button").focus();
    });
    await count();
    const before = await traces();
    await prepare();
    await browser.run(() => {
      widget.destroy();
      widget.destroy();
    });
    assert.deepEqual(await traces(), before);
    await browser.run(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.deepEqual(await traces(), before, "nor does anything come later");
  });

test("destroy() gives the focus back to an opener in a shadow root", async () => {
  await browser.run(() => {
    const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    globalThis.inner = root.appendChild(document.createElement("button"));
    inner.addEventListener("click", () => widget.open());
  });
  await make("shadow");
  await hears("start");
  await browser.run(() => (inner.focus(), inner.click()));
  await hears("open");
  await browser.run(() => widget.destroy());
  assert.equal(await browser.run(() => inner.getRootNode().activeElement === inner), true);
});

test("an ended widget takes itself away, and leaves the page as it was", async () => {
  await browser.run(() => document.querySelector("button").focus());
  await count();
  const before = await traces();
  await opened("tidy");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  await browser.sees(() => !document.querySelector("iframe"), "it is gone");
  assert.deepEqual(await traces(), before);
});

test("destroy() within any callback is harmless, and nothing is told after it", async () => {
  const says = {
    onEvent: { type: "event", event: { name: "opened" } },
    onLinked: { type: "linked", public_token: "pt_1", result: RESULT },
    onExit: { type: "exit", event_id: "evt_1", reason: "closed_by_person" },
    onDone: { type: "done", event_id: "evt_1", changes: [] },
  };
  for (const [name, message] of Object.entries(says)) {
    await browser.open(sites.host);
    await browser.run(() => document.querySelector("button").focus());
    await count();
    const before = await traces();
    await browser.run((name) => {
      globalThis.widget = make("within", {
        [name]: () => {
          told.push(["called", name]);
          widget.destroy();
        },
      });
    }, name);
    await hears("start");
    await browser.click("button");
    await hears("open");
    await say(message);
    await tells("called");
    assert.deepEqual(await traces(), before, name);
    assert.deepEqual(await ends(), [], `${name}: no end is told after it`);
  }
});

test("two overlays on each other: the page keeps still until the last is closed, and its place and width", async () => {
  const page = () =>
    browser.run(() => [getComputedStyle(document.documentElement).overflowY, scrollY, document.body.getBoundingClientRect().width]);
  await browser.run(() => scrollTo(0, 6));
  const [, , width] = await page();
  await browser.run(() => void (globalThis.widgets = [make("one"), make("two")]));
  await hears("start", 0);
  await hears("start", 1);
  await browser.run(() => widgets.forEach((widget) => widget.open()));
  assert.deepEqual(await page(), ["hidden", 6, width]);
  await browser.run(() => widgets[0].destroy());
  assert.deepEqual(await page(), ["hidden", 6, width], "the other is still open");
  await browser.run(() => widgets[1].destroy());
  assert.deepEqual(await page(), ["visible", 6, width]);
});

test("script and module on one page do not disturb each other", async () => {
  const module = await browser.run(async () => {
    const src = document.querySelector("script[src*=linchpin]").src.replace(".js", ".mjs");
    const before = Object.keys(globalThis);
    const { Linchpin: module, default: same } = await import(src);
    const set = Object.keys(globalThis).filter((name) => !before.includes(name));
    globalThis.other = make("script");
    const mine = module.create({ token: "lt_module.secret", onSuccess() {}, widgetUrl: new URL("/widget", src) });
    mine.ready.then(() => told.push(["module ready"]), () => {});
    const { code } = await module.create({ token: "lt_module.secret", onSuccess() {} }).ready.catch((error) => error);
    return { same: module === same, apart: module !== Linchpin, code, set };
  });
  assert.deepEqual([module.same, module.apart], [true, true]);
  assert.deepEqual(module.set, [], "the module sets nothing in the page");
  assert.equal(module.code, "invalid_options", "a module does not know where the widget is");
  await browser.log();
  await hears("start", 0);
  await hears("start", 1);
  await say({ type: "ready" }, 1);
  await browser.sees(() => told.some(([name]) => name === "module ready"), "the module's widget is ready");
  assert.ok(!(await told()).some(([name]) => name === "ready"), "the script's is not");
});

test("a page that comes back out of the browser's cache has a living overlay, with the focus in it", async () => {
  await browser.open(`${sites.host}/?kept`);
  await opened("cached");
  await browser.run(() => addEventListener("pageshow", ({ persisted }) => told.push(["shown", persisted])));
  await browser.open(`${sites.widget}/frame.js`);
  await browser.send("POST", "/back", {});
  await tells("shown");
  assert.deepEqual((await told()).at(-1), ["shown", true], "the page came out of the cache");
  await browser.sees(() => document.activeElement.localName === "iframe", "the focus is in it");
  assert.equal((await overlay()).open, true);
  assert.equal((await heard()).filter(({ type }) => type === "open").length, 2, "the frame is told that it is seen again");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  assert.deepEqual(await ends(), ["exit"]);
});

test("a page that is loaded again has no overlay, no lock and no ends of the one before", async () => {
  await opened("before");
  await browser.send("POST", "/refresh", {});
  assert.deepEqual(await told(), []);
  assert.equal(await browser.run(() => document.querySelectorAll("dialog, iframe").length), 0);
  assert.equal(await browser.run(() => getComputedStyle(document.documentElement).overflowY), "visible");
});

