// The loader as a module. A module does not know where it came from, so pass `widgetUrl` to `create()` and `resume()`.
import "./linchpin.js";

export const Linchpin = globalThis.Linchpin;
export default Linchpin;
