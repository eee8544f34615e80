// Makes the classic scripts, linchpin.js and linchpin-link.js, from the modules of these names: `node sdk/classic.mjs`. A test
// holds the ones against the others.
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

/** The same for the element, which the script makes known at once. Loaded twice, it is known once. */
export function classicElement(module) {
  const [banner] = BANNER.exec(module) ?? [];
  if (!banner || !module.includes("\nexport const define = ")) throw new Error("linchpin-link.mjs is not as it should be");
  const body = module.replace(BANNER, "").replace("\nexport const", "\nconst").replace(/^(?=.)/gm, "  ");
  return `${banner}// Made from linchpin-link.mjs by \`node sdk/classic.mjs\`: change that.\n(() => {\n${body}\n  define();\n})();\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = (name) => new URL(name, import.meta.url);
  const made = (name, make) => writeFileSync(file(`${name}.js`), make(readFileSync(file(`${name}.mjs`), "utf8")));
  made("linchpin", classic);
  made("linchpin-link", classicElement);
}
