// Where the link token comes from, and what becomes of one that is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, ends, heard, hears, make, overlay, say, sites, tells, told } from "./stage.mjs";

/** Makes `widget` with a function that gets these tokens, one a call; `null` rejects, `0` never comes. */
const getting = (tokens, how = "create") =>
  browser.run(
    (tokens, how) => {
      globalThis.asked = [];
      globalThis.widget = make("unused", {
        token: (...given) => {
          asked.push(given);
          const next = tokens[asked.length - 1];
          if (next === 0) return new Promise((resolve) => (globalThis.deliver = resolve));
          return next === null ? Promise.reject(new Error("the host's own")) : Promise.resolve(next);
        },
      }, how);
    },
    tokens,
    how,
  );
const asked = () => browser.run(() => globalThis.asked);
/** The openings that are framed. */
const framed = () => browser.run(() => [...document.querySelectorAll("iframe")].map((frame) => new URL(frame.src).searchParams.get("link")));

test("a function gets the token, once", async () => {
  await getting(["lt_first.secret", "lt_second.secret"]);
  await hears("start");
  assert.equal((await heard())[0].token, "lt_first.secret");
  await say({ type: "ready" });
  await tells("ready");
  assert.equal((await asked()).length, 1);
});

test("a function may give the token itself, not a promise of it", async () => {
  await browser.run(() => void (globalThis.widget = make("unused", { token: () => "lt_plain.secret" })));
  await hears("start");
  assert.equal((await heard())[0].token, "lt_plain.secret");
});

for (const code of ["token_expired", "token_used"])
  test(`when the session cannot be opened for ${code}, the function is asked once more, and the person sees no failure`, async () => {
    await getting(["lt_first.secret", "lt_second.secret", "lt_third.secret"]);
    await browser.click("button");
    await hears("start");
    await say({ type: "failed", code });
    await browser.sees(() => document.querySelector("iframe")?.src.includes("lnk_second"), "the second opening is framed");
    await hears("open");
    assert.equal((await heard())[0].token, "lt_second.secret");
    assert.deepEqual(await told(), [], "nothing is told of the first");
    assert.deepEqual(await framed(), ["lnk_second"]);
    assert.equal((await overlay()).open, true);
    assert.equal(await browser.run(() => document.activeElement.localName), "iframe");

    await say({ type: "failed", code });
    await tells("refused");
    assert.deepEqual(await told(), [["refused", "session_failed", code]]);
    assert.equal((await asked()).length, 2, "it is not asked a third time");
  });

test("for any other problem, and for a token that was given as text, nothing is asked again", async () => {
  await getting(["lt_first.secret", "lt_second.secret"]);
  await hears("start");
  await say({ type: "failed", code: "origin_not_allowed" });
  await tells("refused");
  assert.equal((await asked()).length, 1);
  assert.match(await browser.run(() => why), new RegExp(`mint the link token for ${sites.host}`));
});

test("a function that fails rejects ready with the host's own error as its cause", async () => {
  await getting([null]);
  await tells("refused");
  assert.deepEqual(await told(), [["refused", "token_unavailable", null]]);
  const cause = await browser.run(() => widget.ready.catch((error) => error.cause.message));
  assert.equal(cause, "the host's own");
  await browser.click("button");
  await tells("exit");
  assert.deepEqual((await told())[1].slice(0, 2), ["exit", "problem"], "the button is not dead");
});

test("where the overlay is open already, a function that fails ends it", async () => {
  await browser.run(() => {
    globalThis.widget = make("unused", { token: () => Promise.reject(new Error("no")) });
    widget.open();
  });
  await tells("exit");
  assert.deepEqual((await told())[0].filter((_, part) => part !== 2), ["exit", "problem", "token_unavailable"]);
  assert.equal((await overlay()).open, false);
  assert.equal(await browser.run(() => document.activeElement.localName), "body");
});

test("what is no link token is as good as none, and is not repeated in the console", async () => {
  await getting(["not-a-token"]);
  await tells("refused");
  assert.equal((await told())[0][1], "token_unavailable");
  const log = await browser.log();
  assert.equal(log.length, 1);
  assert.ok(!log[0].message.includes("not-a-token"));
});

test("open() before the token is there shows a labelled overlay at once, and gives the frame the focus when it comes", async () => {
  await getting([0]);
  await browser.click("button");
  const { open, width } = await overlay();
  assert.ok(open && width > 300, "it is to be seen");
  const label = await browser.run(() => document.querySelector("dialog[open]").getAttribute("aria-label"));
  assert.equal(label, "Your bank accounts");
  assert.deepEqual(await framed(), []);
  await browser.run(() => deliver("lt_late.secret"));
  await hears("open");
  assert.equal(await browser.run(() => document.activeElement.localName), "iframe");
});

test("who closes before the token is there is let go, and a late token is not used", async () => {
  await getting([0]);
  await browser.click("button");
  await browser.press("\uE00C");
  await tells("exit");
  assert.deepEqual((await told())[0].slice(0, 2), ["exit", "closed_by_person"]);
  await browser.run(() => deliver("lt_late.secret"));
  await browser.run(() => new Promise((done) => setTimeout(done)));
  assert.deepEqual(await framed(), []);
});

test("a token that comes after destroy() is not used, and nothing is told", async () => {
  await getting([0]);
  await browser.run(async () => {
    widget.open();
    await null;
    widget.destroy();
    deliver("lt_late.secret");
    await new Promise((done) => setTimeout(done));
  });
  assert.deepEqual(await framed(), []);
  assert.deepEqual(await ends(), []);
});

test("who creates and destroys at once has asked for no token and framed nothing", async () => {
  await getting(["lt_first.secret"]);
  await hears("start");
  const count = await browser.run(async () => {
    let count = 0;
    const token = () => `lt_${++count}.secret`;
    make("unused", { token }).destroy();
    make("strict").destroy();
    await new Promise((done) => setTimeout(done));
    return count;
  });
  assert.equal(count, 0);
  assert.deepEqual(await framed(), ["lnk_first"]);
});

test("a function that never answers gives up after 10 s, and is heard all the same when it does", async () => {
  await getting([0]);
  await tells("refused");
  assert.equal((await told())[0][1], "token_unavailable");
  await browser.run(() => deliver("lt_late.secret"));
  await hears("start");
  await browser.click("button");
  await hears("open");
  assert.deepEqual(await ends(), []);
});

test("back from a bank, the function is told which opening to get the token of", async () => {
  await browser.open(`${sites.host}/?linchpin=lnk_back`);
  await getting(["lt_back.secret"], "resume");
  await hears("open");
  assert.deepEqual(await asked(), [["lnk_back"]]);
});

test("back from a bank, a token of another opening is not gone on with", async () => {
  await browser.open(`${sites.host}/?linchpin=lnk_back`);
  await getting(["lt_other.secret"], "resume");
  await tells("exit");
  assert.equal((await told()).find(([name]) => name === "refused")[1], "invalid_options");
  assert.deepEqual(await framed(), []);
});

test("exit() asks the widget; exit({ force: true }) ends at once, and what was linked is not lost", async () => {
  await make("forced");
  await hears("start");
  await browser.run(() => widget.exit({ force: true }));
  assert.deepEqual((await told())[0].slice(0, 2), ["exit", "closed_by_host"], "at once");
  await hears("close");
  await browser.open(sites.host);
  await make("linked");
  await hears("start");
  await say({ type: "linked", public_token: "pt_1", result: { status: "linked" } });
  await tells("linked");
  await browser.run(() => widget.exit({ force: true }));
  assert.deepEqual(await ends(), ["success"]);
});
