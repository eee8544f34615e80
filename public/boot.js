// Starts the module. Kept out of the page because the page allows no inline script.
const { js, wasm, rest, restIntegrity } = document.querySelector("meta[name=linchpin-module]").dataset;
const notice = document.getElementById("not-loaded");
const page = document.documentElement;
// The program called for something that cannot be fetched, and cannot go on from there.
addEventListener("linchpin-rest-gone", () => {
  const body = document.createElement("main");
  body.className = "body";
  body.append(notice);
  notice.hidden = false;
  document.getElementById("linchpin").replaceChildren(body);
});
try {
  if (window.parent === window) {
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
