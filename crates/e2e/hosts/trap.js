// The page's modal: keeps the focus, takes it back from wherever it goes, and shuts out what stands beside it.
(() => {
  const modal = document.querySelector("[role=dialog]");
  const trap = focusTrap.createFocusTrap(modal, { escapeDeactivates: false, isolateSubtrees: "aria-hidden" });
  trap.activate();
  globalThis.trapped = () => trap.active && !trap.paused;
})();
