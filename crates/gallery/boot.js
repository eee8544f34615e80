// Starts the module. Kept out of the page because the page allows no inline script.
const { js, wasm } = document.querySelector("meta[name=linchpin-module]").dataset;
const { default: init } = await import(js);
await init({ module_or_path: wasm });
