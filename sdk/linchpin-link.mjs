/*! Linchpin element 0.1.0 | MIT OR Apache-2.0 */
// `<linchpin-link>`: the widget as a part of the host page, in a shadow tree of its own. Works under a policy of `script-src
// <this file> <widget> 'wasm-unsafe-eval'; connect-src <widget>`: its style sheet is a constructed one.
//
// Importing this does nothing, also where there is no page. `node sdk/classic.mjs` makes the classic script from it.

const ANSWER_MS = 3_000;
// After the end the widget may still have to close its session.
const FAREWELL_MS = 5_000;

// Takes over what is flat, in the host's spelling; whatever else a newer widget may say is dropped.
const flat = (value) =>
  Object.fromEntries(
    Object.entries(value ?? {})
      .filter(([, v]) => [].concat(v).every((x) => Object(x) !== x))
      .map(([key, v]) => [key.replace(/_./g, (part) => part[1].toUpperCase()), v]),
  );

const fetched = async (url, signal) => {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw Error(`${url} answered ${answer.status}`);
  return answer;
};
const text = async (url) => (await fetched(url)).text();

// What the elements of a page share: the module, its rest, the style sheet, and the words. What could not be had is asked for
// again by the next.
const shared = {};
const arrived = new Set();
const once = (name, get) =>
  (shared[name] ??= get().catch((error) => {
    delete shared[name];
    throw error;
  }));

// One opening in an element, from its token to its end.
const begin = (element, source) => {
  const emit = (name, detail) => element.dispatchEvent(new CustomEvent("linchpin-" + name, { detail }));
  const stop = new AbortController();
  const timers = [];
  const after = (ms, act) => timers.push(setTimeout(act, ms));
  const root = document.createElement("div");
  const linked = [];
  let page, link, module, mounted, publicToken, renewed, failure, corrected;
  let over = false; // the one terminal event was sent, or the element is gone

  const away = () => {
    if (mounted) module.unmount(mounted);
    mounted = 0;
    root.remove();
  };
  const leave = () => {
    over = true;
    source = undefined;
    stop.abort();
    timers.forEach(clearTimeout);
    away();
  };

  // The one terminal event. What was linked is never lost to a late failure: it ends as a success.
  const finish = (reason, eventId = "evt_" + (link ?? "none"), results = linked, changes) => {
    if (over) return;
    over = root.hidden = true;
    after(FAREWELL_MS, leave);
    if (changes) emit("done", { changes, eventId });
    else if (publicToken) emit("success", { publicToken, results, eventId });
    else emit("exit", { reason, eventId, ...(failure && { error: failure }) });
  };
  const fail = (code, message, details) => {
    failure = Object.assign(Error(message), { name: "LinchpinError", code, ...details });
    console.error("[Linchpin] " + message);
  };
  const refuse = (...why) => {
    if (over) return;
    fail(...why);
    finish("problem");
  };
  const gone = (cause) =>
    refuse(
      "unreachable",
      `The widget could not be loaded: was the link token minted for this element on ${location.origin}, does your ` +
        `page's policy allow script-src ${page.origin} 'wasm-unsafe-eval' and connect-src ${page.origin}?`,
      { cause },
    );

  const say = (message) => mounted && module.hear(mounted, { linchpin: 1, ...message });

  const hear = (data) => {
    if (over) return;
    switch (data.type) {
      case "ready":
        failure = 0;
        emit("ready");
        for (const { event } of corrected) emit("event", flat(event));
        corrected = [];
        break;
      case "failed": {
        const code = String(data.code);
        if (/^token_(expired|used)$/.test(code) && !renewed && typeof source == "function") {
          renewed = true;
          away();
          load();
        } else fail("session_failed", `The widget could not open its session (${code}).`, { problem: code });
        break;
      }
      case "linked":
        publicToken = data.public_token;
        linked.push(flat(data.result));
        emit("linked", { publicToken, result: linked.at(-1) });
        break;
      case "success":
        finish("problem", data.event_id, data.results.map(flat));
        break;
      case "done":
        finish("problem", data.event_id, undefined, data.changes.map(flat));
        break;
      case "exit":
        finish(data.reason, data.event_id);
        break;
      case "event":
        emit("event", flat(data.event));
    }
  };

  // The host page's own root may have any text size, and the style sheet's lengths are meant in the person's.
  const sheetAt = async (url) => {
    const css = await text(url);
    root.style.font = "medium serif";
    const rem = parseFloat(getComputedStyle(root).fontSize);
    root.style.font = "";
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css.replace(/(\d*\.?\d+)rem\b/g, (_, n) => n * rem + "px"));
    return sheet;
  };

  // What comes behind the first screen: as long as the root is marked, the widget keeps what needs it.
  const bring = async (url, integrity) => {
    const tell = (name) => root.dispatchEvent(new Event("linchpin-rest-" + name));
    for (let pause = 500; !over && root.dataset.rest; pause = Math.min(2 * pause, 4_000)) {
      try {
        await once(url, () => module.rest(url, integrity));
        arrived.add(url);
        delete root.dataset.rest;
        tell("came");
      } catch {
        tell("failed");
        await new Promise((resolve) => {
          after(pause, resolve);
          root.addEventListener("linchpin-rest-again", resolve, { once: true });
        });
      }
    }
  };

  const load = async () => {
    let token, cause;
    try {
      token = typeof source == "function" ? await source() : source;
    } catch (error) {
      cause = error;
    }
    if (over) return;
    const id = /^lt_([\w-]+)\.[\w-]+$/.exec(token)?.[1];
    if (!id) return refuse("token_unavailable", "token gave no link token.", { cause });
    link = "lnk_" + id;
    try {
      const at = (path) => new URL(path, page).href;
      const about = new URLSearchParams({ link });
      // What the page's style says of the look goes before what the token does.
      const style = getComputedStyle(element);
      for (const name of ["theme", "accent", "accent-dark", "radius", "font"])
        about.set(name.replace("-d", "D"), style.getPropertyValue("--linchpin-" + name).trim().replace(/px$/, ""));
      const facts = await (await fetched(at(`${page.pathname}/element?${about}`), stop.signal)).json();
      if (over) return;
      corrected = facts.corrected ?? [];
      const tree = element.shadowRoot ?? element.attachShadow({ mode: "open" });
      root.dataset.surface = "element";
      tree.replaceChildren(root);
      const wasm = async () => {
        const module = await import(at(facts.module));
        await module.default({ module_or_path: at(facts.wasm) });
        return module;
      };
      // The module speaks one language: that of the first element.
      const words = async () => ({ ...facts, said: await text(at(facts.words)) });
      const [name, rest] = [facts.module, facts.rest ?? ""].map(at);
      // The look comes after the widget's own style.
      const sheets = [facts.style, facts.look ?? []].flat().map((path) => once(at(path), () => sheetAt(at(path))));
      const all = [once(name, wasm), once(name + " words", words), ...sheets];
      const [one, { language, direction, said }, ...styles] = await Promise.all(all);
      if (over) return;
      module = one;
      tree.adoptedStyleSheets = styles;
      Object.assign(root, { lang: language, dir: direction });
      Object.assign(root.dataset, { theme: facts.theme, practice: facts.practice ? "yes" : "no" });
      if (facts.rest && !arrived.has(rest)) root.dataset.rest = "coming";
      const told = { ...facts, language, direction, host: location.origin, home: page.origin };
      // Heard when the widget has done what it was at: the host page may then do anything, as taking it away.
      mounted = module.mount(root, told, said, (message) => queueMicrotask(() => hear(message)));
      if (!mounted) throw Error("the words are another version's");
      bring(rest, facts.rest_integrity);
      say({ type: "start", token, origin: location.origin, inline: true });
      say({ type: "open" });
    } catch (error) {
      gone(error);
    }
  };

  const exit = ({ force } = {}) => {
    if (over) return;
    if (force || !mounted) return finish("closed_by_host");
    say({ type: "close" });
    after(ANSWER_MS, () => finish("closed_by_host"));
  };

  try {
    page = new URL(element.widgetUrl, location);
  } catch {}
  // Once those who listen had the time to.
  queueMicrotask(() => {
    if (over) return;
    if (!/^http/.test(page?.protocol)) return refuse("invalid_options", "widget-url must be http(s).");
    addEventListener("linchpin-rest-gone", () => gone(), { signal: stop.signal });
    load();
  });
  return { exit, leave, isOver: () => over };
};

/** Makes the element known to the page, once. */
export const define = (name = "linchpin-link") => {
  if (!globalThis.customElements || customElements.get(name)) return;
  customElements.define(
    name,
    class extends HTMLElement {
      #token;
      #opening;

      get token() {
        return this.#token;
      }
      set token(token) {
        this.#token = token;
        if (!this.#opening) this.open();
      }
      get widgetUrl() {
        return this.getAttribute("widget-url") ?? "";
      }
      set widgetUrl(url) {
        this.setAttribute("widget-url", url);
      }

      connectedCallback() {
        for (const name of ["widgetUrl", "token"]) {
          // Set before the element was known.
          if (!Object.hasOwn(this, name)) continue;
          const value = this[name];
          delete this[name];
          this[name] = value;
        }
        if (!this.#opening) this.open();
      }
      // Who moves it takes it out and puts it in again at once.
      async disconnectedCallback() {
        await null;
        if (this.isConnected) return;
        this.#opening?.leave();
        this.#opening = undefined;
      }

      open() {
        if (!this.isConnected || !this.#token || (this.#opening && !this.#opening.isOver())) return;
        this.#opening?.leave();
        this.#opening = begin(this, this.#token);
      }
      exit(how) {
        this.#opening?.exit(how);
      }
      focus(how) {
        this.shadowRoot?.querySelector("h1")?.focus(how);
      }
    },
  );
};
