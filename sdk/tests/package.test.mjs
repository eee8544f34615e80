// The package as people get it: packed, installed into a fresh project without a network, imported and compiled there.
// REACT names the folder that holds React and its types, TSC the TypeScript compiler.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { classic, classicElement } from "../classic.mjs";

const { REACT, TSC } = process.env;
const skip = !(REACT && TSC) && "REACT or TSC is not set; `cargo xtask test --only loader` does";
const sdk = (name) => new URL(`../${name}`, import.meta.url);
const read = (name) => readFileSync(sdk(name), "utf8");

const project = mkdtempSync(join(tmpdir(), "linchpin-package-"));
after(() => rmSync(project, { recursive: true, force: true }));
/** Runs a program in the project; what it prints, or what it complains of. */
function run(program, ...args) {
  try {
    return execFileSync(program, args, { cwd: project, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}\n${error.stdout}${error.stderr}`);
  }
}
/** Runs a module in the project. */
const evaluate = (text) => run(process.execPath, "--input-type=module", "--eval", text).trim();

before(() => {
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "fresh", version: "1.0.0", type: "module", private: true }));
  const [packed] = JSON.parse(run("npm", "pack", "--json", "--pack-destination", project, sdk(".").pathname));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", join(project, packed.filename));
});

test("the classic scripts are made from the modules", () => {
  assert.equal(read("linchpin.js"), classic(read("linchpin.mjs")), "run `node sdk/classic.mjs`");
  assert.equal(read("linchpin-link.js"), classicElement(read("linchpin-link.mjs")), "run `node sdk/classic.mjs`");
});

test("the package holds what it exports, and no more", () => {
  const { exports, version } = JSON.parse(read("package.json"));
  const here = join(project, "node_modules/@linchpin/loader");
  const named = Object.values(exports).flatMap((entry) => Object.values(entry));
  for (const file of named) assert.ok(existsSync(join(here, file)), `${file} is exported and not there`);
  assert.deepEqual(readdirSync(here).sort(), [...new Set([...named.map((file) => file.slice(2)), "README.md", "package.json"])].sort());
  for (const file of ["linchpin.mjs", "linchpin-link.mjs", "react.mjs"]) assert.match(read(file), new RegExp(` ${version} \\|`), `${file} names the version`);
});

test("without React everything but the hook can be imported where there is no page, and sets nothing", () => {
  const said = evaluate(`
    const before = Object.keys(globalThis).join();
    const { Linchpin, default: same } = await import("@linchpin/loader");
    const clean = Object.keys(globalThis).join() === before;
    const { define } = await import("@linchpin/loader/link");
    define();
    await import("@linchpin/loader/linchpin-link.js");
    const stays = Object.keys(globalThis).join() === before;
    await import("@linchpin/loader/linchpin.js");
    console.log(Linchpin === same, clean && stays, typeof Linchpin.create, typeof globalThis.Linchpin.resume);
  `);
  assert.equal(said, "true true function function");
});

test("a page is drawn on a server with the hook", { skip }, () => {
  for (const name of readdirSync(REACT).filter((name) => !name.startsWith(".")))
    cpSync(join(REACT, name), join(project, "node_modules", name), { recursive: true });
  const html = evaluate(`
    import { createElement } from "react";
    import { renderToString } from "react-dom/server";
    import { useLinchpin } from "@linchpin/loader/react";
    function Page() {
      const { ready, error, open } = useLinchpin({ token: () => { throw new Error("asked on a server"); }, onSuccess() {} });
      return createElement("button", { onClick: open }, ready ? "ready" : error ? "error" : "waiting");
    }
    console.log(renderToString(createElement(Page)));
  `);
  assert.equal(html, "<button>waiting</button>");
});

for (const [resolution, module] of [["bundler", "esnext"], ["node16", "node16"]])
  test(`the samples compile against the package, resolved as for ${resolution}`, { skip }, () => {
    const samples = join(project, "samples");
    mkdirSync(samples, { recursive: true });
    for (const name of ["usage.ts", "usage.tsx"]) {
      const text = read(name)
        .replaceAll('"./linchpin.js"', '"@linchpin/loader"')
        .replaceAll('"./script.js"', '"@linchpin/loader/linchpin.js"')
        .replaceAll('"./link.js"', '"@linchpin/loader/link"')
        .replaceAll('"./react.js"', '"@linchpin/loader/react"')
        .replaceAll('"./messages.js"', '"@linchpin/loader/messages"');
      assert.doesNotMatch(text, /from "\.\//);
      writeFileSync(join(samples, name.replace("usage.tsx", "component.tsx")), text);
    }
    const options = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022", "--lib", "es2022,dom", "--jsx", "react-jsx", "--types", ""];
    run(TSC, ...options, "--module", module, "--moduleResolution", resolution, "samples/usage.ts", "samples/component.tsx");
    // And refuse what they should refuse.
    writeFileSync(join(samples, "wrong.ts"), 'import { Linchpin } from "@linchpin/loader";\nLinchpin.create({ token: 7, onSuccess() {} });\n');
    assert.throws(() => run(TSC, ...options, "--module", module, "--moduleResolution", resolution, "samples/wrong.ts"), /TS\d+/);
  });

test("a bundler may drop the module, and not the script", () => {
  const { sideEffects, peerDependencies, peerDependenciesMeta } = JSON.parse(read("package.json"));
  assert.deepEqual(sideEffects, ["./linchpin.js", "./linchpin-link.js"]);
  assert.deepEqual(peerDependencies, { react: ">=18" });
  assert.equal(peerDependenciesMeta.react.optional, true);
});
