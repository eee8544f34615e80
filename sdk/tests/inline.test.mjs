// The widget in a box of the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, ends, heard, hears, make, say, sites, tells, told } from "./stage.mjs";

/** Makes `widget` in a new box of the page, 500 px wide, after 100 px of something else. */
const inBox = (link, how = "element") =>
  browser.run(
    (link, how) => {
      const room = document.createElement("section");
      room.id = "room";
      room.style.width = "500px";
      document.querySelector("input").after(room);
      globalThis.widget = make(link, { container: how === "selector" ? "#room" : room });
    },
    link,
    how,
  );
const box = () =>
  browser.run(() => {
    const frame = document.querySelector("#room iframe");
    const { width, height } = frame.getBoundingClientRect();
    return { width, height, title: frame.title };
  });
const shown = async (link) => {
  await inBox(link);
  await hears("start");
  await say({ type: "ready" });
  await tells("ready");
  await browser.click("button");
  await hears("open");
};

test("it says in the handshake that it is in a box, and the overlay says that it is not", async () => {
  await inBox("inline", "selector");
  await hears("start");
  assert.equal((await heard())[0].inline, true);
  assert.equal(await browser.run(() => document.querySelector("#room iframe").getClientRects().length), 0, "hidden until open()");
  await browser.open(sites.host);
  await make("over");
  await hears("start");
  assert.equal((await heard())[0].inline, false);
});

test("it fills the box's width, and its height follows what the frame says", async () => {
  await shown("fits");
  assert.equal((await box()).width, 500);
  for (const [said, height] of [[640, 640], [1234, 1234], [3, 200], [10_000_000, 20_000]]) {
    await say({ type: "resized", height: said });
    await browser.sees((height) => document.querySelector("#room iframe").clientHeight === height, `${said} px`, height);
  }
  for (const nonsense of [-5, "9px);position:fixed", null, {}, undefined]) await say({ type: "resized", height: nonsense });
  await say({ type: "event", event: { name: "after" } });
  await tells("event");
  assert.equal((await box()).height, 20_000, "nonsense changes nothing");
  await browser.run(() => (document.querySelector("#room").style.width = "320px"));
  assert.equal((await box()).width, 320);
});

test("an overlay keeps its size, whatever its frame says", async () => {
  await make("over");
  await hears("start");
  await browser.click("button");
  await hears("open");
  const before = await browser.run(() => document.querySelector("iframe").clientHeight);
  await say({ type: "resized", height: 300 });
  await say({ type: "event", event: { name: "after" } });
  await tells("event");
  assert.equal(await browser.run(() => document.querySelector("iframe").clientHeight), before);
});

test("nothing else of the page changes: no dialog, no lock, no focus taken, and Escape is the page's", async () => {
  const page = () =>
    browser.run(() => ({
      overflow: getComputedStyle(document.documentElement).overflowY,
      dialogs: document.querySelectorAll("dialog").length,
      sheets: document.adoptedStyleSheets.length,
      focus: document.activeElement.localName,
    }));
  await browser.run(() => document.querySelector("input").focus());
  const before = await page();
  await inBox("calmly");
  await hears("start");
  await browser.run(() => widget.open());
  await hears("open");
  assert.deepEqual(await page(), before);
  await browser.press("\uE00C");
  await say({ type: "event", event: { name: "after" } });
  await tells("event");
  assert.deepEqual((await heard()).map(({ type }) => type), ["start", "open"]);
  await browser.press("a");
  assert.equal(await browser.run(() => document.querySelector("input").value), "a", "who types goes on typing");
});

test("the end hides it, gives the focus back to what opened it, and takes it away", async () => {
  await shown("ends");
  await browser.run(() => document.querySelector("#room iframe").focus());
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  assert.equal(await browser.run(() => document.querySelector("#room iframe").getClientRects().length), 0);
  assert.equal(await browser.run(() => document.activeElement.localName), "button");
  await browser.sees(() => !document.querySelector("#room").hasChildNodes(), "the box is empty again");
});

test("who has moved on in the page keeps the focus at the end", async () => {
  await shown("moved_on");
  await browser.run(() => document.querySelector("input").focus());
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  assert.equal(await browser.run(() => document.activeElement.localName), "input");
});

test("an opener in a shadow root gets the focus back", async () => {
  await browser.run(() => {
    const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    globalThis.inner = root.appendChild(document.createElement("button"));
    inner.addEventListener("click", () => widget.open());
  });
  await inBox("shadow");
  await hears("start");
  await browser.run(() => (inner.focus(), inner.click(), document.querySelector("#room iframe").focus()));
  await browser.run(() => widget.destroy());
  assert.equal(await browser.run(() => inner.getRootNode().activeElement === inner), true);
});

test("a box in a shadow root works", async () => {
  await browser.run(() => {
    const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    const room = root.appendChild(document.createElement("div"));
    globalThis.widget = make("in_shadow", { container: room });
    widget.open();
    globalThis.frameOf = () => room.querySelector("iframe");
  });
  await browser.sees(() => frameOf()?.clientHeight > 100, "the frame is there");
  await browser.run(() => void (globalThis.heardOne = new Promise((heard) => addEventListener("message", heard, { once: true }))));
  await browser.run(() => widget.destroy());
  assert.equal(await browser.run(() => frameOf()), null);
});

test("a box beside an overlay: each has its own, and the lock goes with the overlay", async () => {
  await shown("beside");
  await browser.run(() => {
    globalThis.other = make("overlay");
    other.open();
  });
  await hears("open", 1);
  assert.equal(await browser.run(() => getComputedStyle(document.documentElement).overflowY), "hidden");
  await browser.run(() => other.exit({ force: true }));
  assert.equal(await browser.run(() => getComputedStyle(document.documentElement).overflowY), "visible");
  assert.deepEqual(await ends(), ["exit"]);
  assert.ok((await box()).height > 100);
});

test("a container that is not there is named", async () => {
  for (const container of ["#nowhere", ":::", 7]) {
    await browser.open(sites.host);
    await make("homeless", { container });
    await tells("refused");
    assert.equal((await told())[0][1], "invalid_options");
    assert.match(await browser.run(() => why), /^container must be/);
  }
});
