// Starts the module. Kept out of the page because the page allows no inline script.
const { js, wasm } = document.querySelector("meta[name=linchpin-module]").dataset;
try {
  if (window.parent === window) {
    document.getElementById("not-framed").hidden = false;
  } else {
    const { default: init } = await import(js);
    await init({ module_or_path: wasm });
  }
} catch (error) {
  const notice = document.getElementById("not-loaded");
  if (notice) notice.hidden = false;
  console.error("Linchpin: the widget's module could not be loaded.", error);
}
