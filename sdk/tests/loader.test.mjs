// The loader in a real browser, against a frame that the test speaks for. `node --test sdk/tests/`
// needs chromium and chromedriver (CHROMIUM and CHROMEDRIVER name others).
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RESULT, allow, browser, heard, hears, make, names, opened, overlay, say, sites, tells, told,
} from "./stage.mjs";

const ESCAPE = "\uE00C";

test("the handshake carries the token and the page's origin, and makes it ready", async () => {
  await opened("good");
  const [start, open] = await heard();
  assert.equal(start.token, "lt_good.secret");
  assert.equal(start.origin, sites.host);
  assert.equal(start.from, sites.host);
  assert.equal(open.type, "open", "the frame is told once that it is seen");
});

test("what the page says of its look stands in the frame's address, and names no other opening", async () => {
  await make("looks", { appearance: { accent: "#ffcc00", radius: 0, link: "lnk_other" } });
  await hears("start");
  const asked = await browser.run(() => [...new URL(document.querySelector("iframe").src).searchParams]);
  assert.deepEqual(Object.fromEntries(asked), { accent: "#ffcc00", radius: "0", link: "lnk_looks" });
});

test("success is told once, with the public token of the last link, and the overlay is gone", async () => {
  await opened("success");
  await say({ type: "linked", public_token: "pt_1", result: RESULT });
  await tells("linked");
  await say({ type: "success", event_id: "evt_9", results: [RESULT] });
  await tells("success");
  await say({ type: "exit", event_id: "evt_10", reason: "closed_by_person" });
  await browser.run(() => widget.exit());
  const result = {
    status: "linked",
    connectionId: "con_1",
    institutionId: "ins_1",
    institutionName: "Harbour Savings",
    accountIds: ["acc_1"],
  };
  assert.deepEqual((await told()).slice(1), [
    ["linked", "pt_1", result],
    ["success", { publicToken: "pt_1", results: [result], eventId: "evt_9" }],
  ]);
  assert.equal((await overlay()).open, false);
});

test("what was linked is a success, even if the frame then dies", async () => {
  await opened("late");
  await say({ type: "linked", public_token: "pt_1", result: RESULT });
  await tells("linked");
  await browser.run(() => widget.exit());
  await tells("success");
  assert.deepEqual(await names(), ["ready", "linked", "success"]);
});

test("the end of looking after connections is told once, with what changed", async () => {
  await opened("done");
  const changes = [
    { kind: "disconnected", connection_id: "con_1", erased: true },
    { kind: "moved", connection_id: "con_2", successor: "con_3" },
  ];
  await say({ type: "linked", public_token: "pt_1", result: RESULT });
  await tells("linked");
  await say({ type: "done", event_id: "evt_9", changes });
  await tells("done");
  await say({ type: "success", event_id: "evt_10", results: [RESULT] });
  await browser.run(() => widget.exit());
  const told_changes = [
    { kind: "disconnected", connectionId: "con_1", erased: true },
    { kind: "moved", connectionId: "con_2", successor: "con_3" },
  ];
  assert.deepEqual((await told()).slice(2), [["done", { changes: told_changes, eventId: "evt_9" }]]);
  assert.equal((await overlay()).open, false);
});

test("where nothing is told of success, a link that the frame did not outlive ends the looking after", async () => {
  await browser.run(() => void (globalThis.widget = make("only_done", { onSuccess: undefined })));
  await hears("start");
  await browser.click("button");
  await hears("open");
  await say({ type: "linked", public_token: "pt_1", result: RESULT });
  await tells("linked");
  await browser.run(() => widget.exit());
  await tells("done");
  const [done] = (await told()).filter(([name]) => name === "done");
  assert.deepEqual(done[1].changes, []);
  assert.match(done[1].eventId, /^evt_/);
  assert.deepEqual((await names()).filter((name) => /success|done|exit/.test(name)), ["done"], "one end");
});

test("a host that takes no end of looking after is told of another end all the same", async () => {
  for (const [link, linked, expected] of [["no_done", false, "exit"], ["no_done_linked", true, "success"]]) {
    await browser.open(sites.host);
    await browser.run((link) => void (globalThis.widget = make(link, { onDone: undefined })), link);
    await hears("start");
    if (linked) await say({ type: "linked", public_token: "pt_1", result: RESULT });
    await say({ type: "done", event_id: "evt_9", changes: [] });
    await tells(expected);
    assert.deepEqual((await names()).filter((name) => /success|done|exit/.test(name)), [expected]);
  }
});

test("exit() ends after 3 s without an answer", async () => {
  await opened("dead");
  await browser.run(() => widget.exit());
  await hears("close");
  await tells("exit");
  assert.deepEqual((await told()).at(-1).slice(0, 2), ["exit", "closed_by_host"]);
});

test("Escape outside the frame asks the widget, which decides", async () => {
  await opened("escape");
  await browser.run(() => document.querySelector("dialog").dispatchEvent(new Event("cancel", { cancelable: true })));
  await hears("escape");
  assert.equal((await overlay()).open, true, "the overlay stays until the widget answers");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  assert.deepEqual((await told()).at(-1), ["exit", "closed_by_person", "evt_1", null]);
});

test("a page that the frame refuses rejects ready within 10 s, says what to change, and lets the person go", async () => {
  await make("foreign");
  await browser.click("button");
  const began = Date.now();
  await tells("exit");
  assert.ok(Date.now() - began < 11_500, "it takes 10 s");
  assert.deepEqual((await told()).map(([name, what]) => [name, what]), [["exit", "problem"], ["refused", "handshake_timeout"]].sort());
  assert.equal((await overlay()).open, false);
  const ours = (await browser.log()).filter(({ message }) => message.includes("[Linchpin]"));
  assert.equal(ours.length, 1, "one message");
  assert.match(ours[0].message, /registered for this client/);
  assert.ok(!ours[0].message.includes("secret"), "no token in the console");
});

test("a frame that is late is used all the same", async () => {
  await make("quiet");
  await tells("refused");
  await say({ type: "hello", link_id: "lnk_quiet" });
  await browser.click("button");
  await hears("open");
  assert.equal((await overlay()).open, true);
});

test("a policy without the frame is named at once", async () => {
  await browser.open(`${sites.host}/?shut`);
  allow(["policy", "frame-src"]);
  await make("good");
  await tells("refused");
  assert.ok((await told()).some(([name, code]) => name === "refused" && code === "blocked_by_policy"));
  const ours = (await browser.log()).filter(({ message }) => message.includes("[Linchpin]"));
  assert.equal(ours.length, 1, "one message");
  assert.ok(ours[0].message.includes(`frame-src ${sites.widget}`), ours[0].message);
});

test("a session that could not be opened rejects ready with the problem", async () => {
  await make("stale");
  await hears("start");
  await say({ type: "failed", code: "token_expired" });
  await tells("refused");
  assert.deepEqual(await told(), [["refused", "session_failed", "token_expired"]]);
  await browser.click("button");
  await hears("open");
  assert.equal((await overlay()).open, true, "the widget's own screen explains it to the person");
});

test("wrong options reject ready and never throw", async () => {
  const wrong = [{}, { token: "nonsense" }, { widgetUrl: "javascript:alert(1)" }, { onSuccess: 1 }, { onExit: "x" }];
  for (const extra of wrong) {
    const code = await browser.run(
      (extra) => Linchpin.create("token" in extra || Object.keys(extra).length ? { token: "lt_a.b", onSuccess() {}, ...extra } : undefined)
        .ready.then(() => "ready", (error) => error.code + ": " + error.message), extra);
    assert.match(code, /^invalid_options: \w+ .*must/, JSON.stringify(extra));
  }
  assert.equal(await browser.run(() => document.querySelectorAll("dialog, iframe").length), 0);
});

test("messages from elsewhere, in another version or of unknown kinds change nothing", async () => {
  await opened("strict");
  await browser.run(() => {
    // The page itself: right shape, wrong origin and source.
    postMessage({ linchpin: 1, type: "success", event_id: "evt_1", results: [] }, "*");
  });
  await say({ linchpin: 2, type: "exit", event_id: "evt_1", reason: "problem" });
  await say({ type: "dance" });
  await say({ type: "success", event_id: "evt_1" });
  await say({ type: "hello", link_id: "lnk_other" });
  await say({ type: "event", event: "opened" });
  await say({ type: "event", event: { name: "brand_new", nested: { secret: 1 }, some_count: 2 } });
  await tells("event");
  assert.deepEqual(await told(), [["ready"], ["event", { name: "brand_new", someCount: 2 }]]);
  assert.equal((await heard()).filter(({ type }) => type === "start").length, 1, "another link's hello starts nothing");
});

test("a frame that reloads is started again, with the same token, and told that it is seen", async () => {
  await opened("reload");
  await browser.inFrame(0, () => browser.run(() => location.reload()));
  await hears("open");
  const [start] = await heard();
  assert.equal(start.token, "lt_reload.secret");
});

test("the overlay fits: a card on wide screens, everything on narrow ones, whatever the host's rules", async () => {
  await opened("fit");
  const card = await overlay();
  assert.deepEqual([card.width, card.height], [416, 736]);
  assert.deepEqual(card.frame, [416, 736], "the host's rules for iframes do not reach it");
  assert.ok(Math.abs(card.x * 2 + card.width - (await browser.run(() => visualViewport.width))) < 2, "centred");
  await browser.command("Emulation.setDeviceMetricsOverride", { width: 320, height: 560, deviceScaleFactor: 2, mobile: true });
  await browser.sees(() => document.querySelector("dialog").getBoundingClientRect().width === 320, "it follows the screen");
  const full = await overlay();
  assert.deepEqual([full.x, full.y, full.height], [0, 0, 560]);
  await browser.command("Emulation.clearDeviceMetricsOverride", {});
});

test("the page behind keeps still and its place, and gets the focus back", async () => {
  const behind = () =>
    browser.run(() => [getComputedStyle(document.documentElement).overflowY, scrollY, document.activeElement.localName, document.body.getBoundingClientRect().width]);
  await browser.run(() => scrollTo(0, 6));
  const [, , , width] = await behind();
  await opened("focus");
  assert.deepEqual(await behind(), ["hidden", 6, "iframe", width], "nothing behind moves");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  assert.deepEqual(await behind(), ["visible", 6, "button", width]);
});

test("two widgets on one page do not hear each other", async () => {
  await browser.run(() => void (globalThis.widgets = [make("one"), make("two")]));
  await hears("start", 0);
  await hears("start", 1);
  await say({ type: "ready" }, 0);
  await tells("ready");
  await browser.run(() => widgets.forEach((widget) => widget.open()));
  await hears("open", 1);
  await say({ type: "exit", event_id: "evt_2", reason: "closed_by_person" }, 1);
  await tells("exit");
  const exits = (await told()).filter(([name]) => name === "exit");
  assert.deepEqual(exits, [["exit", "closed_by_person", "evt_2", null]]);
  const open = () => browser.run(() => [...document.querySelectorAll("dialog")].map((dialog) => dialog.open));
  assert.deepEqual(await open(), [true, false]);
  assert.equal(await browser.run(() => getComputedStyle(document.documentElement).overflowY), "hidden");
});

test("destroy() leaves nothing behind and silences everything", async () => {
  await opened("gone");
  await browser.run(() => {
    widget.open();
    widget.destroy();
    widget.destroy();
    widget.exit();
  });
  const left = await browser.run(() => [
    document.querySelectorAll("dialog, iframe").length,
    document.adoptedStyleSheets.length,
    getComputedStyle(document.documentElement).overflowY,
    document.activeElement.localName,
  ]);
  assert.deepEqual(left, [0, 0, "visible", "button"]);
  assert.deepEqual(await names(), ["ready"]);
});

test("an ended widget takes itself away", async () => {
  await opened("tidy");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
  await browser.sees(() => !document.querySelector("iframe") && !document.adoptedStyleSheets.length, "it is gone");
});

test("a callback that throws is reported as the page's own error and stops nothing", async () => {
  await make("throws");
  await hears("start");
  await say({ type: "event", event: { name: "throw" } });
  await say({ type: "exit", event_id: "evt_1", reason: "problem" });
  await tells("exit");
  await tells("page error");
  allow(["page error", "Uncaught Error: host's own"]);
});

test("a real second Escape always leads out", async () => {
  await make("quiet_escape");
  await browser.click("button");
  await browser.run(() => document.querySelector("dialog").focus());
  await browser.press(ESCAPE);
  await tells("exit");
  assert.deepEqual((await told())[0].slice(0, 2), ["exit", "closed_by_person"]);
});

test("a loader that is loaded twice says so and stays one", async () => {
  await browser.open(`${sites.host}/?twice`);
  await opened("good");
  const warnings = (await browser.log()).filter(({ message }) => message.includes("Loaded twice"));
  assert.equal(warnings.length, 1);
});

const resume = (link) => make(link, {}, "resume");
const address = () => browser.run(() => location.href);

test("back from a bank it opens at once, and the address forgets where it came from", async () => {
  await browser.open(`${sites.host}/?a=1&linchpin=lnk_back&b=2#part`);
  await resume("back");
  await hears("open");
  const [start] = await heard();
  assert.equal(start.token, "lt_back.secret");
  assert.equal((await overlay()).open, true);
  assert.equal(await address(), `${sites.host}/?a=1&b=2#part`, "the rest stays");
  await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
  await tells("exit");
});

test("an address that names another opening, or none, is not gone on with", async () => {
  for (const query of ["?linchpin=lnk_other", "?linchpin=", ""]) {
    await browser.open(`${sites.host}/${query}`);
    await resume("back");
    await tells("refused");
    await tells("exit");
    const log = await browser.log();
    const [exit, refused] = (await told()).sort();
    assert.deepEqual([exit[1], exit[3]], ["problem", "invalid_options"]);
    assert.equal(refused[1], "invalid_options");
    assert.match(await browser.run(() => why), /must name the token's opening/);
    assert.equal(log.length, 1, "it is written to the console once");
    assert.equal(await address(), `${sites.host}/`);
    assert.equal(await browser.run(() => document.querySelectorAll("iframe").length), 0, "nothing is framed");
  }
});

test("what create() is given beside its options is not heeded", async () => {
  await browser.run(() => {
    const tell = (name) => () => told.push([name]);
    Linchpin.create({ token: "lt_one.secret", onSuccess: tell("success") }, "lnk_two").ready.then(tell("ready"), tell("refused"));
  });
  await hears("start");
  await say({ type: "ready" });
  await tells("ready");
});
