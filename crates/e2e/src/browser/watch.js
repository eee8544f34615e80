// Runs in every document before the document's own scripts.
(() => {
  const watch = { violations: [], headings: [] };
  Object.defineProperty(window, "__linchpinWatch", { value: watch });

  document.addEventListener("securitypolicyviolation", (event) => {
    const place = event.sourceFile ? ` at ${event.sourceFile}:${event.lineNumber}` : "";
    watch.violations.push(`${event.effectiveDirective} forbids ${event.blockedURI}${place}`);
  });

  // When a heading changes, and when that change is on the screen: the first task after the frame that drew it.
  let shown = null;
  const look = () => {
    const text = document.querySelector("h1")?.textContent.trim() ?? "";
    if (text === shown) return;
    shown = text;
    const heading = { text, changed: performance.now(), painted: null };
    watch.headings.push(heading);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (heading.painted = performance.now());
      port2.postMessage(null);
    });
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
})();
