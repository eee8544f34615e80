// The element in a page that allows it and nothing more, against a widget that the tests speak for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, names, sites, tells, told } from "./stage.mjs";

const KINDS = ["ready", "linked", "event", "success", "done", "exit"];

/** Opens the page, and keeps all that its element tells. */
const open = async (query = "") => {
  await browser.open(`${sites.host}/element${query}`);
  await browser.run((kinds, widget) => {
    globalThis.told = [];
    document.addEventListener("securitypolicyviolation", (event) => told.push(["policy", event.effectiveDirective]));
    addEventListener("error", (event) => told.push(["page error", event.message]));
    addEventListener("unhandledrejection", () => told.push(["unhandled rejection"]));
    globalThis.put = (token) => {
      const element = Object.assign(document.createElement("linchpin-link"), { widgetUrl: widget + "/widget", token });
      for (const kind of kinds)
        element.addEventListener("linchpin-" + kind, ({ detail }) =>
          told.push([kind, detail && { ...detail, ...(detail.error && { error: detail.error.code }) }]),
        );
      document.body.append(element);
      return element;
    };
  }, KINDS, sites.widget);
};
const put = (link) => browser.run((link) => void (globalThis.element = put(`lt_${link}.secret`)), link);
const fake = () => browser.run(() => globalThis.fake && { ...fake, tells: undefined });
const mounted = (count = 1) =>
  browser.sees((count) => globalThis.fake?.mounts.length === count, `${count} mounted`, count);
const say = (message, number = 1) => browser.run((number, message) => fake.tells[number](message), number, message);

test("it stands in a shadow tree of its own, in its own style, under the strictest policy", async () => {
  await open();
  await browser.run(() => document.documentElement.style.setProperty("font-size", "10px"));
  await put("strict");
  await mounted();
  const { loads, mounts, heard } = await fake();
  assert.deepEqual(loads, [{ module_or_path: `${sites.widget}/widget/module.wasm` }]);
  const [{ facts, words, marks, lang, dir }] = mounts;
  assert.deepEqual([facts.link_id, facts.host, facts.home, words], ["lnk_strict", sites.host, sites.widget, "edition\nwords"]);
  assert.deepEqual([marks, lang, dir], [{ surface: "element", theme: "dark", practice: "yes", rest: "coming" }, "en", "ltr"]);
  const start = { linchpin: 1, type: "start", token: "lt_strict.secret", origin: sites.host, inline: true };
  assert.deepEqual(heard.slice(0, 2), [[1, start], [1, { linchpin: 1, type: "open" }]]);
  const [width, inPage, storage] = await browser.run(() => {
    const root = element.shadowRoot.querySelector("[data-surface]");
    return [getComputedStyle(root).width, document.querySelector("h1"), sessionStorage.length + localStorage.length];
  });
  assert.equal(width, "32px", "the page's own text size is not the element's");
  assert.deepEqual([inPage, storage], [null, 0]);
  assert.deepEqual((await browser.log()).filter(({ message }) => !message.includes("rest.wasm")), []);
});

test("the page's own style says how it looks, and hears what was corrected", async () => {
  await open();
  await browser.run(() => {
    const rules = { "--linchpin-accent": " #ffcc00", "--linchpin-radius": "4px", "--linchpin-accent-dark": "#88bbff" };
    for (const name in rules) document.documentElement.style.setProperty(name, rules[name]);
  });
  await put("looks");
  await mounted();
  const [{ facts }] = (await fake()).mounts;
  assert.deepEqual(facts.asked, {
    link: "lnk_looks", theme: "", accent: "#ffcc00", accentDark: "#88bbff", radius: "4", font: "",
  });
  await say({ type: "ready" });
  await say({ type: "ready" });
  const corrected = { name: "appearance_corrected", property: "accent", asked: "#ffcc00", used: "#8a6d00" };
  assert.deepEqual(await told(), [["ready", null], ["event", corrected], ["ready", null]]);
});

test("what the widget says comes as events, in the loader's spelling, and one end comes once", async () => {
  await open();
  await put("tells");
  await mounted();
  await say({ type: "ready" });
  await say({ type: "event", event: { name: "searched", count: 3, odd: { deep: 1 } } });
  const result = { status: "linked", connection_id: "con_1", account_ids: ["acc_1"] };
  await say({ type: "linked", public_token: "pt_1", result });
  await say({ type: "success", event_id: "evt_1", results: [result] });
  await say({ type: "exit", event_id: "evt_2", reason: "closed_by_person" });
  const flat = { status: "linked", connectionId: "con_1", accountIds: ["acc_1"] };
  assert.deepEqual(await told(), [
    ["ready", null],
    ["event", { name: "searched", count: 3 }],
    ["linked", { publicToken: "pt_1", result: flat }],
    ["success", { publicToken: "pt_1", results: [flat], eventId: "evt_1" }],
  ]);
  assert.equal(await browser.run(() => element.shadowRoot.querySelector("h1").checkVisibility()), false);
});

test("the end of looking after connections names what changed, and what fails late is no failure", async () => {
  await open();
  await put("manages");
  await mounted();
  await say({ type: "done", event_id: "evt_1", changes: [{ kind: "repaired", connection_id: "con_1" }] });
  assert.deepEqual(await told(), [["done", { changes: [{ kind: "repaired", connectionId: "con_1" }], eventId: "evt_1" }]]);
  await put("late");
  await mounted(2);
  await say({ type: "linked", public_token: "pt_2", result: { status: "linked" } }, 2);
  await browser.run(() => element.exit({ force: true }));
  assert.equal((await names()).at(-1), "success");
});

test("who moves it keeps what it shows, and who takes it away takes all of it", async () => {
  await open();
  await put("moved");
  await mounted();
  await browser.run(() => {
    const room = document.createElement("section");
    document.body.prepend(room);
    room.append(element);
  });
  await say({ type: "ready" });
  await tells("ready");
  assert.deepEqual((await fake()).unmounted, []);
  await browser.run(() => element.remove());
  await browser.sees(() => fake.unmounted.join() === "1", "it is unmounted");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  assert.deepEqual(await names(), ["ready"], "nothing is told any more");
  assert.equal(await browser.run(() => element.shadowRoot.childElementCount), 0);
  await browser.run(() => document.body.append(element));
  await mounted(2);
});

test("a token that was used is asked for once more, and one that cannot be had ends it", async () => {
  await open();
  await browser.run(() => {
    let asked = 0;
    globalThis.element = put(async () => `lt_asked${++asked}.secret`);
  });
  await mounted();
  await say({ type: "failed", code: "token_used" });
  await mounted(2);
  assert.deepEqual((await fake()).unmounted, [1]);
  assert.equal((await fake()).mounts[1].facts.link_id, "lnk_asked2");
  await say({ type: "failed", code: "token_used" }, 2);
  await say({ type: "exit", event_id: "evt_1", reason: "session_over" }, 2);
  assert.deepEqual((await told()).at(-1), ["exit", { reason: "session_over", eventId: "evt_1", error: "session_failed" }]);
  await browser.run(() => void put(() => Promise.reject(Error("no"))));
  await browser.sees(() => told.at(-1)[1].error === "token_unavailable", "it says that there is no token");
});

test("what is refused or set up wrongly ends with what to change", async () => {
  await open();
  await put("foreign");
  await tells("exit");
  assert.deepEqual(await told(), [["exit", { reason: "problem", eventId: "evt_lnk_foreign", error: "unreachable" }]]);
  await browser.run(() => {
    const element = document.createElement("linchpin-link");
    element.addEventListener("linchpin-exit", ({ detail }) => told.push(["wrong", detail.error.code]));
    element.setAttribute("widget-url", "javascript:alert(1)");
    element.token = "lt_a.b";
    document.body.append(element);
  });
  await tells("wrong");
  assert.deepEqual((await told()).at(-1), ["wrong", "invalid_options"]);
});

test("its rest is fetched until it comes, once for all, and what waits is told each time", async () => {
  await open();
  await put("rest");
  await browser.sees(() => globalThis.fake?.heard.some(([, what]) => what === "came"), "it came");
  const { heard, rest, rests } = await fake();
  assert.deepEqual(heard.map(([, what]) => what).filter((what) => typeof what === "string"), ["failed", "came"]);
  assert.deepEqual([rest, rests], [[`${sites.widget}/widget/rest.wasm`, "sha384-x"], 2]);
  assert.equal(await browser.run(() => element.shadowRoot.querySelector("[data-rest]")), null);
  await put("second");
  await mounted(2);
  const after = await fake();
  assert.deepEqual([after.loads.length, after.rests, after.mounts[1].marks.rest], [1, 2, undefined], "one module for all");
});

test("loaded twice it is known once, and what was set before it was known counts", async () => {
  await open("?twice");
  await browser.run((widget) => {
    const early = Object.assign(document.createElement("linchpin-later"), { token: "lt_early.b", widgetUrl: widget + "/widget" });
    document.body.append(early);
    import(widget + "/sdk/linchpin-link.mjs").then(({ define }) => define("linchpin-later"));
  }, sites.widget);
  await mounted();
  assert.equal((await fake()).mounts[0].facts.link_id, "lnk_early");
});

test("the focus is given to its heading where the page asks for that, and nowhere else", async () => {
  await open();
  await browser.run(() => document.querySelector("button").focus());
  await put("focus");
  await mounted();
  assert.equal(await browser.run(() => document.activeElement.localName), "button");
  await browser.run(() => element.focus());
  assert.equal(await browser.run(() => element.shadowRoot.activeElement?.localName), "h1");
});
