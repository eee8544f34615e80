// Makes the classic script, linchpin.js, from the module, linchpin.mjs: `node sdk/classic.mjs`. A test holds the one
// against the other.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BANNER = /^\/\*!.*\*\/\n/;
/** What only a module can say. */
const EXPORTS = /\n\/\/ A module does not know[\s\S]*$/;

const OPENING = `// Made from linchpin.mjs by \`node sdk/classic.mjs\`: change that.
(() => {
  if (globalThis.Linchpin) {
    console.warn("[Linchpin] Loaded twice: the first copy stays.");
    return;
  }
`;
const CLOSING = `
  // Only known while it runs.
  globalThis.Linchpin = at(globalThis.document?.currentScript?.src);
})();
`;

/** The text of the classic script for the text of the module. */
export function classic(module) {
  const [banner] = BANNER.exec(module) ?? [];
  if (!banner || !EXPORTS.test(module)) throw new Error("linchpin.mjs does not begin or end as it should");
  const body = module.replace(BANNER, "").replace(EXPORTS, "");
  return banner + OPENING + body.replace(/^(?=.)/gm, "  ") + CLOSING;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = (name) => new URL(name, import.meta.url);
  writeFileSync(file("linchpin.js"), classic(readFileSync(file("linchpin.mjs"), "utf8")));
}
