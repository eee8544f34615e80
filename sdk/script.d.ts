import type { LinchpinLoader } from "./linchpin.js";

/** For pages that load the script: `import type {} from "@linchpin/loader/linchpin.js"` makes its global known. */
declare global {
  /** Set by the script `linchpin.js`. */
  // eslint-disable-next-line no-var
  var Linchpin: LinchpinLoader;
}

export {};
