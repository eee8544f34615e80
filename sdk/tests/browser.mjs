// A real Chromium over WebDriver, with nothing but fetch.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

/** The key under which WebDriver wraps an element (W3C WebDriver, 12.1). */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits for a condition; its last answer is the result. */
export async function until(condition, what, ms = 20_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

export class Browser {
  /** Starts a driver and a headless browser of the given size. */
  static async start({ width = 1000, height = 900, flags = [] } = {}) {
    const port = await freePort();
    const driver = spawn(process.env.CHROMEDRIVER ?? "chromedriver", [`--port=${port}`], { stdio: "ignore" });
    const browser = new Browser(driver, `http://127.0.0.1:${port}`);
    await until(() => fetch(`${browser.base}/status`).catch(() => null), "chromedriver answers");
    const args = ["--headless=new", "--disable-dev-shm-usage", `--window-size=${width},${height}`, ...flags];
    if (process.getuid?.() === 0) args.push("--no-sandbox");
    const binary = process.env.CHROMIUM && { binary: process.env.CHROMIUM };
    const { sessionId } = await browser.send("POST", "/session", {
      capabilities: {
        alwaysMatch: { "goog:chromeOptions": { args, ...binary }, "goog:loggingPrefs": { browser: "ALL" } },
      },
    });
    browser.base += `/session/${sessionId}`;
    return browser;
  }

  constructor(driver, base) {
    this.driver = driver;
    this.base = base;
  }

  async send(method, path, body) {
    const answer = await fetch(this.base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  }

  async stop() {
    await this.send("DELETE", "").catch(() => {});
    this.driver.kill();
  }

  open(url) {
    return this.send("POST", "/url", { url });
  }

  /** Runs a function in the page or frame that is current. */
  run(act, ...args) {
    const script = `return (${act}).apply(null, arguments)`;
    return this.send("POST", "/execute/sync", { script, args });
  }

  /** Waits until a function in the page gives something true. */
  sees(act, what, ...args) {
    return until(() => this.run(act, ...args), what);
  }

  /** Acts inside the n-th frame of the page, then comes back. */
  async inFrame(id, act) {
    await this.send("POST", "/frame", { id });
    try {
      return await act();
    } finally {
      await this.send("POST", "/frame", { id: null });
    }
  }

  async click(css) {
    const element = await this.send("POST", "/element", { using: "css selector", value: css });
    await this.send("POST", `/element/${element[ELEMENT]}/click`, {});
  }

  async press(key) {
    const actions = [{ type: "keyDown", value: key }, { type: "keyUp", value: key }];
    await this.send("POST", "/actions", { actions: [{ type: "key", id: "keys", actions }] });
  }

  /** What the browser logged since the last call. */
  async log() {
    const entries = await this.send("POST", "/se/log", { type: "browser" });
    return entries.map(({ level, message }) => ({ level, message }));
  }

  command(cmd, params) {
    return this.send("POST", "/goog/cdp/execute", { cmd, params });
  }
}
