// A host page that is drawn by the real React: its scripts, as a site would serve them.
import { existsSync, readFileSync } from "node:fs";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const cjs = (name) => readFileSync(`${process.env.REACT}/${name}.development.js`, "utf8");

/** React's own files, which are CommonJS, in one script that a browser takes. */
function react() {
  const names = { scheduler: "scheduler/cjs/scheduler", react: "react/cjs/react", "react-dom": "react-dom/cjs/react-dom" };
  const client = "react-dom/cjs/react-dom-client"; // since React 19
  if (existsSync(`${process.env.REACT}/${client}.development.js`)) names["react-dom/client"] = client;
  const modules = Object.entries(names).map(([name, file]) => `${JSON.stringify(name)}(exports, module, require) {${cjs(file)}}`);
  return `
    const modules = {${modules.join(",\n")}};
    const process = { env: {} };
    const made = {};
    const require = (name) => {
      if (!made[name]) modules[name](( made[name] = { exports: {} }).exports, made[name], require);
      return made[name].exports;
    };
    globalThis.React = require("react");
    globalThis.createRoot = require("react-dom/client" in modules ? "react-dom/client" : "react-dom").createRoot;
  `;
}

/** A component with a button, and `draw(token, name, { inline })` to draw it. */
const APP = `
import { useLinchpin } from "/sdk/react.mjs";
const { StrictMode, createElement, useEffect, useRef } = React;
globalThis.asked = 0;
globalThis.effects = 0;
globalThis.told = [];
const widgetUrl = document.querySelector("script[src*='/sdk/linchpin.js']").src.replace("/sdk/linchpin.js", "/widget");

function App({ token, name, inline }) {
  const room = useRef(null);
  const tell = (what) => (value) => told.push([name + " " + what, value]);
  const linchpin = useLinchpin({
    token: token === "function" ? () => Promise.resolve("lt_" + ++asked + ".secret") : token,
    widgetUrl,
    container: inline ? room : undefined,
    onSuccess: tell("success"),
    onExit: tell("exit"),
    onEvent: tell("event"),
  });
  globalThis.state = linchpin;
  useEffect(() => void effects++, []);
  const words = linchpin.error?.code ?? (linchpin.ready ? "ready" : "waiting");
  return createElement("div", null,
    createElement("button", { id: "connect", type: "button", onClick: linchpin.open }, words),
    createElement("div", { id: "room", ref: room }));
}

globalThis.root = createRoot(document.querySelector(".tall").appendChild(document.createElement("div")));
globalThis.draw = (token, name, { inline = false } = {}) =>
  root.render(createElement(StrictMode, null, createElement(App, { token, name, inline })));
`;

/** The text of a script of this page; `undefined` for any other address. */
export function scriptOf(pathname) {
  switch (pathname) {
    case "/react.js":
      return react();
    case "/react-app.js":
      return APP;
    case "/react-shim.js":
      return "export const { useCallback, useEffect, useRef, useState } = globalThis.React;";
    case "/sdk/react.mjs":
      return read("../react.mjs").replace('from "react"', 'from "/react-shim.js"');
    case "/sdk/linchpin.mjs":
      return read("../linchpin.mjs");
  }
  return undefined;
}

export const SCRIPTS = `<script src="/react.js"></script><script type="module" src="/react-app.js"></script>`;
