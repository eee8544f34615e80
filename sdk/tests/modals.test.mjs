// Host pages with modals of their own, in the manner of the libraries that people use, written by hand.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { browser, ends, hears, make, overlay, say, tells } from "./stage.mjs";

/**
 * What such libraries do: `trap` fetches the focus back from wherever it goes, at once and on a timer; `shut` hides everything
 * beside the modal (`inert` and `aria-hidden`), and again whenever the page changes; `outside` closes it at a press, a key or a
 * focus elsewhere; `still` switches the pointer and the scrolling of the body off.
 */
const installModal = () =>
  browser.run(() => {
    globalThis.showModal = ({ native = false, shadow = false } = {}) => {
      const modal = document.createElement(native ? "dialog" : "div");
      if (!native) modal.setAttribute("role", "dialog");
      modal.id = "modal";
      modal.tabIndex = -1;
      for (const [name, value] of [["position", "fixed"], ["inset", "10%"], ["z-index", "2147483647"], ["background", "Canvas"], ["pointer-events", "auto"]])
        modal.style.setProperty(name, value);
      const inner = shadow ? modal.appendChild(document.createElement("div")).attachShadow({ mode: "open" }) : modal;
      const opener = inner.appendChild(document.createElement("button"));
      opener.textContent = "Connect";
      opener.addEventListener("click", () => widget.open());
      inner.append(document.createElement("input"));
      document.body.append(modal);
      globalThis.opener_ = opener;

      const state = { dismissed: 0, stolen: 0 };
      const within = (node) => node === document || modal.contains(node);
      const fetchBack = () => {
        if (!within(document.activeElement)) {
          state.stolen++;
          opener.focus();
        }
      };
      const leave = (event) => within(event.target) || state.dismissed++;
      for (const capture of [true, false]) document.addEventListener("focusin", fetchBack, capture);
      document.addEventListener("focusout", (event) => within(event.relatedTarget) || opener.focus(), true);
      const timer = setInterval(fetchBack, 50);
      for (const name of ["pointerdown", "mousedown", "click", "focusin"]) document.addEventListener(name, leave);
      document.addEventListener("keydown", (event) => event.key === "Escape" && state.dismissed++);
      const shut = () => {
        for (const other of document.body.children)
          if (other !== modal && !other.inert) {
            other.inert = true;
            other.setAttribute("aria-hidden", "true");
          }
      };
      shut();
      const watch = new MutationObserver(shut);
      watch.observe(document.body, { childList: true });
      document.body.style.pointerEvents = "none";
      document.body.style.overflow = "hidden";
      if (native) modal.showModal();
      opener.focus();
      globalThis.modal = state;
      globalThis.insist = shut;
      return void timer;
    };
  });

beforeEach(installModal);

/** Has the frame show a field, with the focus in it, as the widget's first screen does. */
const showField = () =>
  browser.inFrame(0, () => browser.run(() => document.body.appendChild(document.createElement("input")).focus()));

/** Types with real keys, wherever the focus is, and reads what has arrived in the frame's field. */
async function typed(text) {
  for (const letter of text) await browser.press(letter);
  return browser.inFrame(0, () => browser.run(() => document.querySelector("input").value));
}

const focused = () =>
  browser.run(() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at === opener_;
  });
const press = () => browser.run(() => opener_.click());

for (const kind of [{}, { native: true }, { shadow: true }])
  for (const early of [true, false])
    test(`from within ${kind.native ? "a <dialog> of the page" : kind.shadow ? "a modal with a shadow root" : "a modal that traps the focus"} it opens, takes keys, closes and gives the focus back, made ${early ? "before" : "after"} that`, async () => {
      if (early) await make("modal");
      await browser.run((kind) => showModal(kind), kind);
      if (!early) await make("modal");
      await hears("start");
      await say({ type: "ready" });
      await press();
      await hears("open");
      const state = () =>
        browser.run(() => {
          const box = document.querySelector("dialog[data-linchpin]");
          const { x, y, width, height } = box.getBoundingClientRect();
          return {
            shut: box.inert || box.hasAttribute("aria-hidden"),
            above: box.contains(document.elementFromPoint(x + width / 2, y + height / 2)),
            focus: document.activeElement.localName,
            dismissed: modal.dismissed,
          };
        });
      const expected = { shut: false, above: true, focus: "iframe", dismissed: 0 };
      assert.deepEqual(await state(), expected);
      await showField();
      assert.equal(await typed("harbour"), "harbour");
      // The library insists, and something is added to the page.
      await browser.run(() => {
        insist();
        document.body.append(document.createElement("p"));
      });
      await browser.sees(() => !document.querySelector("dialog[data-linchpin]").inert, "it is let in again");
      assert.equal(await typed(" bank"), "harbour bank");
      assert.deepEqual(await state(), expected, "nothing has taken the focus, and the modal has not been left");
      await say({ type: "exit", event_id: "evt_1", reason: "closed_by_person" });
      await tells("exit");
      assert.equal(await focused(), true, "the focus is back on what opened it, in the modal");
      assert.equal(await browser.run(() => modal.dismissed), 0, "the page's modal is still there");
      assert.deepEqual(await ends(), ["exit"]);
      await browser.run(() => widget.destroy());
      assert.equal(await browser.run(() => document.body.style.overflow), "hidden", "the page's own lock is its own");
    });

test("a click beside the card is not taken for one beside the page's modal", async () => {
  await make("beside");
  await browser.run(() => showModal());
  await hears("start");
  await press();
  await hears("open");
  const pointer = [
    { type: "pointerMove", x: 5, y: 5, duration: 0 },
    { type: "pointerDown", button: 0 },
    { type: "pointerUp", button: 0 },
  ];
  await browser.send("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions: pointer }] });
  assert.equal(await browser.run(() => modal.dismissed), 0);
  assert.equal((await browser.run(() => document.querySelector("dialog[data-linchpin]").open)), true);
});

test("a library that shuts it out without end does not stop the page", async () => {
  await make("endless");
  await hears("start");
  await browser.run(() => {
    const box = document.querySelector("dialog");
    new MutationObserver(() => box.inert || (box.inert = true)).observe(box, { attributeFilter: ["inert"] });
    box.inert = true;
    widget.open();
  });
  assert.equal(await browser.run(() => new Promise((done) => setTimeout(() => done("alive"), 100))), "alive");
  assert.equal((await overlay()).open, true);
  await browser.run(() => widget.destroy());
});
