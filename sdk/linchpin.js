/*! Linchpin loader 0.1.0 | MIT OR Apache-2.0 */
// Frames the widget in a modal dialog, hands the link token to it and its outcome to the host page. Works under a
// policy of `script-src <this file>; frame-src <widget>`: styles go in through the CSSOM, never as text in the page.
(() => {
  "use strict";
  if (globalThis.Linchpin) {
    console.warn("[Linchpin] The loader was loaded twice. The first copy stays: remove one of the script tags.");
    return;
  }

  // Only known while a classic script runs; a module or a bundle names `widgetUrl` itself.
  const script = globalThis.document?.currentScript?.src;
  const HANDSHAKE_MS = 10_000;
  const ANSWER_MS = 3_000;
  // After the end the frame may still have to close its session.
  const FAREWELL_MS = 5_000;

  // What to change, by the problem code that the frame reports.
  const REMEDIES = {
    token_expired: "The link token has expired. Mint one shortly before you call create().",
    token_used: "The link token was used before. Mint a fresh one for each create().",
    token_invalid: "The link token was revoked or is not known here. Pass it unchanged, to the widget that minted it.",
    origin_not_allowed: `The link token was minted for another origin. Mint it for ${globalThis.location?.origin}.`,
  };

  class LinchpinError extends Error {
    constructor(code, message, problem) {
      super(message);
      this.name = "LinchpinError";
      this.code = code;
      if (problem) this.problem = problem;
    }
  }

  // Takes over what is flat, in the host's spelling; whatever else a newer widget may say is dropped.
  const flat = (value) =>
    Object.fromEntries(
      Object.entries(value ?? {})
        .filter(([, v]) => (Array.isArray(v) ? v : [v]).every((x) => /string|number|boolean/.test(typeof x)))
        .map(([key, v]) => [key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), v]),
    );

  // A host's callback that throws is the host's error: reported, and nothing of ours stops.
  const call = (callback, ...values) => {
    try {
      callback?.(...values);
    } catch (error) {
      reportError(error);
    }
  };

  // `!important`, so that no rule of the host page bends the overlay.
  const style = (element, rules) => {
    for (const name in rules) element.style.setProperty(name, rules[name], "important");
  };

  // The options made ready, or what is wrong with them.
  const read = ({ token, widgetUrl = script && new URL("/widget", script), ...callbacks }, back) => {
    const id = /^lt_([\w-]+)\.[\w-]+$/.exec(token)?.[1];
    if (!id) return `token must be a link token (lt_….…), unchanged; this is ${typeof token == "string" ? "another text" : "of type " + typeof token}`;
    if (!widgetUrl) return "widgetUrl is needed where the loader is not a classic script";
    let url;
    try {
      url = new URL(widgetUrl, location.href);
    } catch {}
    if (!/^https?:$/.test(url?.protocol)) return "widgetUrl must be an http(s) address";
    if (!callbacks.onSuccess && !callbacks.onDone) return "onSuccess must be a function; in mode manage, onDone";
    for (const name of ["onSuccess", "onDone", "onExit", "onEvent", "onLinked"])
      if (callbacks[name] && typeof callbacks[name] != "function") return name + " must be a function";
    const link = "lnk_" + id;
    if ((back ?? link) != link) return "the page's address must name the token's opening (linchpin=lnk_…)";
    url.searchParams.set("link", link);
    return { token, url, link, ...callbacks };
  };

  // `back`: the opening that the page's address names.
  const begin = (options, back) => {
    let resolve, reject;
    const ready = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
    ready.catch(() => {}); // Hosts that do not ask for `ready` see no unhandled rejection.

    let failure; // why the last attempt failed
    let over = false; // the one terminal callback was called, or destroy()
    let hellos = 0;
    let loads = 0;
    let publicToken;
    const linked = [];
    const timers = {};
    const after = (name, ms, act) => {
      clearTimeout(timers[name]);
      timers[name] = setTimeout(act, ms);
    };

    const fail = (code, message, problem) => {
      failure = new LinchpinError(code, message, problem);
      console.error("[Linchpin] " + message);
      reject(failure);
    };

    const given = read(options ?? {}, back);
    const usable = typeof given == "object";
    if (!usable) fail("invalid_options", `Linchpin: ${given}.`);
    const { token, url, link, onSuccess, onDone, onExit, onEvent, onLinked } = usable ? given : (options ?? {});

    const stop = new AbortController();
    const listen = (target, names, act) => {
      for (const name of names.split(" ")) target.addEventListener(name, act, { signal: stop.signal });
    };
    const dialog = document.createElement("dialog");
    const frame = document.createElement("iframe");
    let sheet;

    const post = (message) => frame.contentWindow?.postMessage({ linchpin: 1, ...message }, url.origin);

    // Chromium can lose the keys of a frame that took the focus while its page was still coming: given anew, they come.
    const enter = () => {
      frame.blur();
      frame.focus();
      post({ type: "open" });
    };

    const close = () => {
      over = true;
      Object.values(timers).forEach(clearTimeout);
      if (dialog.open) dialog.close(); // gives the focus back to whatever opened it
      style(dialog, { display: "none" });
      reject(new LinchpinError("destroyed", "Ended before the widget was ready."));
    };

    const destroy = () => {
      close();
      stop.abort();
      dialog.remove();
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };

    // The one terminal callback. What was linked is never lost to a late failure: it ends as a success, and where the
    // host has none, as the end of looking after connections.
    const finish = (reason, eventId, results, changes) => {
      if (over) return;
      close();
      eventId ??= "evt_" + (link ?? "none");
      if (changes && onDone) call(onDone, { changes, eventId });
      else if (publicToken && onSuccess) call(onSuccess, { publicToken, results: results ?? linked, eventId });
      else if (publicToken && onDone) call(onDone, { changes: [], eventId });
      else call(onExit, { reason, eventId, ...(failure && { error: failure }) });
      after("farewell", FAREWELL_MS, destroy);
    };

    const unreachable = (code, message) => {
      if (over) return;
      fail(code, message);
      hellos = 0;
      if (dialog.open) finish("problem");
    };

    const expectHello = () =>
      after("hello", HANDSHAKE_MS, () => {
        if (hellos < (loads || 1))
          unreachable(
            "handshake_timeout",
            `The widget's page was refused or is unreachable: is ${location.origin} registered as an origin of ` +
              `this client, does your page's policy allow frame-src ${url.origin}, is the link token fresh?`,
          );
      });

    const hear = ({ origin, source, data }) => {
      if (over || origin !== url.origin || source !== frame.contentWindow || data?.linchpin !== 1) return;
      switch (data.type) {
        case "hello": // again after a reload of the frame
          if (data.link_id !== link) return;
          hellos = Math.max(hellos + 1, loads);
          post({ type: "start", token, origin: location.origin });
          if (dialog.open) enter();
          break;
        case "ready":
          failure = undefined;
          resolve();
          break;
        case "failed": {
          const code = String(data.code);
          fail("session_failed", REMEDIES[code] ?? `The widget could not open its session (${code}).`, code);
          break;
        }
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
          if (String(data.url).startsWith(`${url.origin}/go/`)) location.assign(data.url);
          break;
        case "event":
          if (typeof data.event?.name == "string") call(onEvent, flat(data.event));
      }
    };

    // Follows the part of the page that a keyboard leaves free; a pinch only magnifies. `em` is the person's own
    // text size, since nothing of the host page is inherited.
    const fit = () => {
      const { width, height, offsetLeft, offsetTop, scale } = visualViewport;
      if (!dialog.open || (scale > 1.01 && dialog.style.width)) return;
      const wide = matchMedia("(min-width: 30em)").matches;
      const w = wide ? `min(26em, ${width}px)` : width + "px";
      const h = wide ? `min(46em, ${height}px)` : height + "px";
      style(dialog, {
        width: w,
        height: h,
        left: `calc(${offsetLeft}px + (${width}px - ${w}) / 2)`,
        top: `calc(${offsetTop}px + (${height}px - ${h}) / 2)`,
        "border-radius": wide ? "1.25em" : "0",
      });
    };

    const open = () => {
      if (over) return console.error("[Linchpin] This instance has ended. Create another with a fresh link token.");
      if (failure && !hellos) return finish("problem");
      if (!dialog.isConnected) {
        dialog.open = false; // a page that rewrote its body took it away
        document.body.append(dialog);
      }
      if (dialog.open) return;
      const gutter = innerWidth > document.documentElement.clientWidth;
      dialog.dataset.linchpin = gutter ? "gutter" : "";
      style(dialog, { display: "block" });
      dialog.showModal();
      fit();
      if (hellos) enter();
    };

    const exit = () => {
      if (over) return;
      if (!hellos) return finish("closed_by_host");
      post({ type: "close" });
      after("answer", ANSWER_MS, () => finish("closed_by_host"));
    };

    if (usable) {
      frame.title = "Your bank accounts";
      frame.referrerPolicy = "no-referrer";
      frame.src = url;
      style(frame, { all: "initial", display: "block", width: "100%", height: "100%" });
      dialog.setAttribute("aria-label", frame.title);
      style(dialog, {
        all: "initial",
        display: "none",
        position: "fixed",
        overflow: "hidden",
        "overscroll-behavior": "contain",
        background: "Canvas",
        "color-scheme": "light dark",
        "box-shadow": "0 16px 48px -12px rgb(0 0 0 / .4)",
      });
      dialog.append(frame);

      // What cannot be set on the element. The page's scroll position stays; its scrollbar's room is kept.
      sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "[data-linchpin]::backdrop{background:rgb(16 24 20/.5)}" +
          "html:has([data-linchpin][open]){overflow:hidden!important}" +
          "html:has([data-linchpin=gutter][open]){scrollbar-gutter:stable!important}",
      );
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

      listen(window, "message", hear);
      listen(visualViewport, "resize scroll", fit);
      listen(document, "securitypolicyviolation", ({ effectiveDirective, blockedURI, disposition }) => {
        if (effectiveDirective == "frame-src" && disposition == "enforce" && blockedURI.startsWith(url.origin))
          unreachable(
            "blocked_by_policy",
            `Your page's Content-Security-Policy blocks the widget: add frame-src ${url.origin}.`,
          );
      });
      // Escape outside the frame asks; a browser that insists (a second Escape, the back gesture) closes.
      listen(dialog, "cancel", (event) => {
        event.preventDefault();
        if (hellos) post({ type: "escape" });
        else finish("closed_by_person");
      });
      listen(dialog, "close", () => finish("closed_by_person"));
      // A refused frame loads too, as the browser's error page: only a hello counts, and each load owes one.
      listen(frame, "load", () => {
        if (loads++) expectHello();
      });

      (document.body ?? document.documentElement).append(dialog);
      expectHello();
    }

    return { ready, open, exit, destroy };
  };

  const create = (options) => begin(options);

  const resume = (options) => {
    const url = new URL(location.href);
    const instance = begin(options, url.searchParams.get("linchpin") ?? "");
    url.searchParams.delete("linchpin");
    history.replaceState(history.state, "", url);
    queueMicrotask(instance.open); // the caller has it first
    return instance;
  };

  globalThis.Linchpin = Object.freeze({ create, resume });
})();
