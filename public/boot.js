// Starts the module. Kept out of the page because the page allows no inline script.
const { js, wasm, rest, restIntegrity } = document.querySelector("meta[name=linchpin-module]").dataset;
const notice = document.getElementById("not-loaded");
const page = document.documentElement;
// In an app's web view this page stands alone. The token comes behind `#`, which no server sees, and goes out of the address
// at once; what a host page would be told, the app is told over its bridge.
const inApp = page.dataset.surface === "web_view";
const stand = () => {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  const told = ["ready", "failed", "linked", "success", "done", "exit", "event"];
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || source !== window || data?.linchpin !== 1) return;
    const say = (message) => postMessage({ linchpin: 1, ...message }, origin);
    if (data.type === "hello") {
      say({ type: "start", token, origin, inline: false });
      say({ type: "open" });
    } else if (data.type === "navigate") {
      if (data.url.startsWith(`${origin}/go/`)) location.assign(data.url);
    } else if (told.includes(data.type)) {
      const text = JSON.stringify(data);
      window.ReactNativeWebView?.postMessage(text);
      window.webkit?.messageHandlers?.linchpin?.postMessage(text);
      window.LinchpinApp?.postMessage(text);
    }
  });
};
// The program called for something that cannot be fetched, and cannot go on from there.
addEventListener("linchpin-rest-gone", () => {
  const body = document.createElement("main");
  body.className = "body";
  body.append(notice);
  notice.hidden = false;
  document.getElementById("linchpin").replaceChildren(body);
});
try {
  if (inApp) stand();
  if (window.parent === window && !inApp) {
    document.getElementById("not-framed").hidden = false;
  } else {
    // What comes behind the first screen: as long as the root is marked, src/rest.rs keeps what needs it.
    if (rest) page.dataset.rest = "coming";
    const words = document.querySelector("meta[name=linchpin-words]");
    // Fetched beside the module, which finds them in the page.
    const [module, said] = await Promise.all([import(js), fetch(words.dataset.src)]);
    if (!said.ok) throw new Error(`the words answered ${said.status}`);
    words.content = await said.text();
    await module.default({ module_or_path: wasm });
    for (let pause = 500; page.dataset.rest; pause = Math.min(2 * pause, 4000)) {
      try {
        await module.rest(rest, restIntegrity);
        delete page.dataset.rest;
        dispatchEvent(new Event("linchpin-rest-came"));
      } catch {
        dispatchEvent(new Event("linchpin-rest-failed"));
        await new Promise((resolve) => {
          setTimeout(resolve, pause);
          addEventListener("linchpin-rest-again", resolve, { once: true });
        });
      }
    }
  }
} catch (error) {
  notice.hidden = false;
  console.error("Linchpin: the widget's module could not be loaded.", error);
}
