/*! Linchpin loader 0.1.0 | MIT OR Apache-2.0 */
// Frames the widget over the host page or in a box of it, hands the link token to it and its outcome to the page. Works
// under a policy of `script-src <this file>; frame-src <widget>`: styles go in through the CSSOM, never as text in the page.
//
// Importing this does nothing, also where there is no page. `node sdk/classic.mjs` makes the classic script from it.

const HANDSHAKE_MS = 10_000;
const ANSWER_MS = 3_000;
// After the end the frame may still have to close its session.
const FAREWELL_MS = 5_000;

const problem = (code, message, details) => Object.assign(Error(message), { name: "LinchpinError", code, ...details });

// Takes over what is flat, in the host's spelling; whatever else a newer widget may say is dropped.
const flat = (value) =>
  Object.fromEntries(
    Object.entries(value ?? {})
      .filter(([, v]) => [].concat(v).every((x) => Object(x) !== x))
      .map(([key, v]) => [key.replace(/_./g, (part) => part[1].toUpperCase()), v]),
  );

// A host's callback that throws is the host's error: reported, and nothing of ours stops.
const call = (callback, ...values) => {
  try {
    callback?.(...values);
  } catch (error) {
    reportError(error);
  }
};

// `!important`, so that no rule of the host page bends what is ours.
const style = (element, rules) => {
  for (const name in rules) element.style.setProperty(name, rules[name], "important");
};

const isFunction = (value) => typeof value == "function";

const linkOf = (token) => {
  const id = /^lt_([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  return id && "lnk_" + id;
};

// The options made ready, or what is wrong with them.
const read = (options, home) => {
  const { token, widgetUrl = home && new URL("/widget", home), container } = options;
  if (!isFunction(token) && !linkOf(token))
    return "token must be a link token or a function";
  let page, room;
  try {
    page = widgetUrl && new URL(widgetUrl, location);
    room = typeof container == "string" ? document.querySelector(container) : container;
  } catch {}
  if (!/^http/.test(page?.protocol)) return "widgetUrl must be http(s)";
  if (container && !room?.append) return "container must be an element";
  if (!options.onSuccess && !options.onDone) return "onSuccess or onDone must be a function";
  for (const name in options)
    if (/^on/.test(name) && options[name] && !isFunction(options[name])) return name + " must be a function";
  return { page, room };
};

// `home`: where a classic script came from. `back`: the opening that the page's address names.
const begin = (options, home, back) => {
  options ??= {};
  let resolve, reject;
  const ready = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  ready.catch(() => {}); // Hosts that do not ask for `ready` see no unhandled rejection.

  let token, link, frame; // once the token is there
  let renewed = false; // the token was asked for once more
  let failure; // why the last attempt failed
  let over = false; // the one terminal callback was called, or destroy()
  let shown = false;
  let opener;
  let hellos = 0;
  let loads = 0;
  let publicToken;
  const linked = [];
  const timers = {};
  const after = (name, ms, act) => {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(act, ms);
  };

  const fail = (code, message, details) => {
    failure = problem(code, message, details);
    console.error("[Linchpin] " + message);
    reject(failure);
  };

  const given = read(options, home);
  if (!given.page) fail("invalid_options", given + ".");
  const { page, room } = given;
  const { onSuccess, onDone, onExit, onEvent, onLinked, label = "Your bank accounts" } = options;

  const stop = new AbortController();
  const listen = (target, names, act) => {
    for (const name of names.split(" ")) target.addEventListener(name, act, { signal: stop.signal });
  };
  const box = document.createElement(room ? "div" : "dialog");
  let sheet;

  // The page's own modal may shut out everything beside it; what lies above it is not meant. Never at once, so that two
  // who insist do not stop the page.
  const shut = ["inert", "aria-hidden"];
  const admit = () => shut.forEach((name) => box.removeAttribute(name));
  const watch = new MutationObserver(() => after("admit", 0, admit));

  const post = (message) => frame?.contentWindow?.postMessage({ linchpin: 1, ...message }, page.origin);

  // Chromium can lose the keys of a frame that took the focus while its page was still coming: given anew, they come.
  // In a box of the page the focus stays where the person has it.
  const enter = () => {
    if (!room) {
      frame.blur();
      frame.focus();
    }
    post({ type: "open" });
  };

  const close = () => {
    over = true;
    for (const name in timers) clearTimeout(timers[name]);
    const inside = room && box.matches(":focus-within");
    if (box.open) box.close(); // gives the focus back to whatever opened it
    style(box, { display: "none" });
    if (inside) opener?.focus();
    reject(problem("destroyed", "Ended."));
  };

  const destroy = () => {
    close();
    stop.abort();
    watch.disconnect();
    box.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };

  // The one terminal callback. What was linked is never lost to a late failure: it ends as a success, and where the
  // host has none, as the end of looking after connections.
  const finish = (reason, eventId = "evt_" + (link ?? "none"), results = linked, changes) => {
    if (over) return;
    close();
    after("farewell", FAREWELL_MS, destroy);
    if (changes && onDone) call(onDone, { changes, eventId });
    else if (publicToken && onSuccess) call(onSuccess, { publicToken, results, eventId });
    else if (publicToken && onDone) call(onDone, { changes: [], eventId });
    else call(onExit, { reason, eventId, ...(failure && { error: failure }) });
  };

  const unreachable = (code, message, details) => {
    if (over) return;
    fail(code, message, details);
    hellos = 0;
    if (shown) finish("problem");
  };

  const noToken = (details) => unreachable("token_unavailable", "token() gave no link token.", details);

  const expectHello = () =>
    after("hello", HANDSHAKE_MS, () => {
      if (!frame) noToken();
      else if (hellos < (loads || 1))
        unreachable(
          "handshake_timeout",
          `The widget's page did not answer: is ${location.origin} registered for this client, ` +
            `does your page's policy allow frame-src ${page.origin}, is the token fresh?`,
        );
    });

  // Gets the token, and frames the widget with it. A late token is used all the same.
  const load = async () => {
    expectHello();
    await null; // Whoever destroys at once, as React's strict mode does, has asked for nothing and used no token.
    let cause;
    try {
      token = over || (isFunction(options.token) ? await options.token(back) : options.token);
    } catch (error) {
      cause = error;
    }
    if (over) return;
    link = linkOf(token);
    if (cause || !link) return noToken({ cause });
    if ((back ?? link) != link)
      return unreachable("invalid_options", "linchpin=… in the address must name the token's opening.");
    hellos = loads = failure = 0;
    for (const pair of Object.entries({ ...options.appearance, link })) page.searchParams.set(...pair);
    frame = Object.assign(document.createElement("iframe"), {
      title: label,
      referrerPolicy: "no-referrer",
      src: page,
      // A refused frame loads too, as the browser's error page: only a hello counts, and each load owes one.
      onload: () => loads++ && expectHello(),
    });
    style(frame, { all: "initial", display: "block", width: "100%", height: room ? "30em" : "100%" });
    box.append(frame);
    expectHello();
  };

  const refused = (code) => {
    const stale = /^token_(expired|used)$/.test(code);
    if (stale && !renewed && isFunction(options.token)) {
      renewed = true;
      back = undefined; // A fresh token is for another opening.
      frame.remove();
      frame = undefined;
      return load();
    }
    const remedy = stale
      ? ": pass a function as token, or mint one for each create()"
      : code == "origin_not_allowed"
        ? ": mint the link token for " + location.origin
        : "";
    fail("session_failed", `The widget could not open its session (${code})${remedy}.`, { problem: code });
  };

  const hear = ({ origin, source, data }) => {
    if (over || origin !== page.origin || source !== frame?.contentWindow || data?.linchpin !== 1) return;
    switch (data.type) {
      case "hello": // again after a reload of the frame
        if (data.link_id !== link) return;
        hellos = Math.max(hellos + 1, loads);
        post({ type: "start", token, origin: location.origin, inline: !!room });
        if (shown) enter();
        break;
      case "ready":
        failure = 0;
        resolve();
        break;
      case "failed":
        refused(String(data.code));
        break;
      case "resized":
        if (room && data.height > 0)
          style(frame, { height: `clamp(200px, ${data.height}px, 20000px)` });
        break;
      case "linked":
        if (typeof data.public_token != "string") return;
        publicToken = data.public_token;
        linked.push(flat(data.result));
        call(onLinked, publicToken, linked.at(-1));
        break;
      case "success":
        if (Array.isArray(data.results)) finish("problem", String(data.event_id), data.results.map(flat));
        break;
      case "done":
        if (Array.isArray(data.changes)) finish("problem", String(data.event_id), undefined, data.changes.map(flat));
        break;
      case "exit":
        finish(String(data.reason), String(data.event_id));
        break;
      case "navigate":
        // To the bank and back to this page; only by way of the widget's own origin.
        if (String(data.url).startsWith(`${page.origin}/go/`)) location.assign(data.url);
        break;
      case "event":
        if (typeof data.event?.name == "string") call(onEvent, flat(data.event));
    }
  };

  // Follows the part of the page that a keyboard leaves free; a pinch only magnifies.
  const fit = () => {
    const { width, height, offsetLeft: x, offsetTop: y, scale } = visualViewport;
    if (scale > 1.01 && box.style.inset) return;
    style(box, { inset: `${y}px calc(100% - ${x + width}px) calc(100% - ${y + height}px) ${x}px` });
  };

  const place = () => (room ?? document.body ?? document.documentElement).append(box);

  // At once, also before the token is there: a button that seems dead is pressed again.
  const open = () => {
    if (over) return console.error("[Linchpin] Ended: create another.");
    if (failure && !hellos) return finish("problem");
    if (!box.isConnected) {
      shown = box.open = false; // a page that rewrote its body took it away
      place();
    }
    if (shown) return;
    shown = true;
    style(box, { display: "block" });
    if (room) {
      opener = document.activeElement;
      while (opener?.shadowRoot?.activeElement) opener = opener.shadowRoot.activeElement;
    } else {
      admit();
      // What cannot be set on the element. The page's scroll position stays; its scrollbar's room is kept.
      const root = document.documentElement;
      const gutter = innerWidth > root.clientWidth ? "stable" : getComputedStyle(root).scrollbarGutter;
      sheet.replaceSync(
        "[data-linchpin]::backdrop{background:#10181480}" +
          `html:has([data-linchpin][open]){overflow:hidden!important;scrollbar-gutter:${gutter}!important}`,
      );
      box.showModal();
      fit();
    }
    if (hellos) enter();
  };

  const exit = ({ force } = {}) => {
    if (over) return;
    post({ type: "close" });
    if (force || !hellos) finish("closed_by_host");
    else after("answer", ANSWER_MS, () => finish("closed_by_host"));
  };

  if (page) {
    style(box, { all: "initial", display: "none" });
    listen(window, "message", hear);
    listen(document, "securitypolicyviolation", ({ effectiveDirective, blockedURI, disposition }) => {
      if (effectiveDirective == "frame-src" && disposition == "enforce" && blockedURI.startsWith(page.origin))
        unreachable("blocked_by_policy", `Your page's policy blocks the widget: add frame-src ${page.origin}.`);
    });
    // Back out of the browser's cache the frame lives, but has lost the focus.
    listen(window, "pageshow", ({ persisted }) => {
      if (persisted && shown && hellos) enter();
    });

    if (!room) {
      box.setAttribute("aria-label", label);
      style(box, {
        position: "fixed",
        // A card on wide pages, everything on narrow ones. `em` is the person's own text size, since nothing of the host
        // page is inherited.
        margin: "auto",
        "max-width": "max(26em, (30em - 100vw) * 99)",
        "max-height": "max(46em, (30em - 100vw) * 99)",
        "border-radius": "min(1.25em, (100vw - 30em) * 99)",
        overflow: "hidden",
        background: "Canvas",
        "color-scheme": "light dark",
        "box-shadow": "0 0 3em #0006",
      });

      box.dataset.linchpin = "";
      sheet = new CSSStyleSheet();
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

      watch.observe(box, { attributeFilter: shut });
      listen(visualViewport, "resize scroll", fit);
      // What happens in it is nothing to a modal of the page: no click beside that, no focus to fetch back.
      listen(box, "pointerdown mousedown click keydown focusin", (event) => event.stopPropagation());
      // Escape outside the frame asks; a browser that insists (a second Escape, the back gesture) closes.
      listen(box, "cancel", (event) => {
        event.preventDefault();
        if (hellos) post({ type: "escape" });
        else finish("closed_by_person");
      });
      listen(box, "close", () => finish("closed_by_person"));
    }

    place();
    load();
  }

  return { ready, open, exit, destroy };
};

const at = (home) => ({
  create: (options) => begin(options, home),
  resume: (options) => {
    const url = new URL(location);
    const instance = begin(options, home, url.searchParams.get("linchpin") ?? "");
    url.searchParams.delete("linchpin");
    history.replaceState(history.state, "", url);
    queueMicrotask(instance.open); // the caller has it first
    return instance;
  },
});

// A module does not know where it came from: `create()` and `resume()` are told by `widgetUrl`.
export const Linchpin = /* @__PURE__ */ at();
export default Linchpin;
