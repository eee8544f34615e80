// Acorn Budget's page: asks its own server for a link token, opens Linchpin with it, sends the public token back.
// Everything is put into the page as text.

/** What a person reads when something fails: what happened, and what to do. By the server's problem, or ours. */
const TROUBLE = {
  unavailable: ["We can’t reach our banking service right now", "Nothing was changed. Try again in a minute."],
  token_over: ["That took too long, so we have to start afresh", "Connect your bank again; it starts anew."],
  misconfigured: ["This page is not set up correctly", "It is our fault, not yours. We have been told."],
  no_loader: ["The connection window could not be loaded", "Check your network, then reload this page."],
  not_opened: ["The connection window could not be opened", "Try again. If it keeps happening, come back later."],
  not_fetched: ["Your bank is connected, but its details did not arrive", "Try again: you need not sign in again."],
};
/** What is said, quietly, where nothing was linked. */
const LEFT = {
  closed_by_person: "Nothing was connected. You can do it whenever you like.",
  closed_by_host: "Nothing was connected.",
  session_over: "The window was open for too long, so it was closed. Nothing was connected.",
};

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const button = part("connect");

// ── this site's own server ────────────────────────────────────────────

/** Calls the server; a failure is thrown as the name of a trouble. */
async function ask(path, body) {
  const call = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(path, call).catch(() => null);
  const read = await answer?.json().catch(() => null);
  if (answer?.ok && read) return read;
  throw new Error(read?.problem in TROUBLE ? read.problem : "unavailable");
}

// ── the flow ──────────────────────────────────────────────────────────

/** What the button does next: connect, or fetch what was linked but did not arrive. */
let next = connect;
let busy = false;
button.addEventListener("click", () => next());

async function connect() {
  if (busy) return;
  begin("Opening…");
  try {
    const { link_token: token } = await ask("/api/link-token", {});
    if (!globalThis.Linchpin) throw new Error("no_loader");
    follow(Linchpin.create({ token, ...callbacks })).open();
  } catch (error) {
    fail(error.message);
  }
}

/** A bank has led the whole page back: goes on with the opening that the address names. */
async function comeBack(link_id) {
  begin("Going on…");
  try {
    const [{ link_token: token }] = await Promise.all([ask("/api/resume", { link_id }), loaded()]);
    follow(Linchpin.resume({ token, ...callbacks }));
  } catch (error) {
    history.replaceState(null, "", "/return");
    fail(error.message);
  }
}

/** The loader's script comes when it comes. */
async function loaded() {
  if (globalThis.Linchpin) return;
  const script = document.querySelector("script[crossorigin]");
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("no_loader")));
    // It may have come, or failed, before anybody listened.
    setTimeout(() => (globalThis.Linchpin ? resolve() : reject(new Error("no_loader"))), 10_000);
  });
}

const callbacks = {
  onEvent: note,
  onSuccess: (success) => {
    note({ name: "success", eventId: success.eventId });
    void take(success.publicToken);
  },
  onExit: ({ reason, error }) => {
    note({ name: "exit", reason });
    if (error || !(reason in LEFT)) fail("not_opened");
    else end(LEFT[reason]);
  },
};

function follow(widget) {
  widget.ready.then(
    () => {
      part("status").textContent = "";
      note({ name: "ready" });
    },
    (error) => note({ name: "not ready", code: error.code }),
  );
  return widget;
}

/** Hands the public token to the server. It can be done again: the server gets the same answer for the same token. */
async function take(publicToken) {
  begin("Fetching your account…");
  try {
    const received = await ask("/api/exchange", { public_token: publicToken });
    draw(await ask("/api/received"));
    part("greeting").hidden = true;
    next = connect;
    end(
      received.verification === "pending"
        ? "Two small deposits are on their way. We tell you when there is something to do."
        : `${received.institution} is connected.`,
    );
  } catch (error) {
    const again = error.message === "unavailable";
    next = again ? () => busy || take(publicToken) : connect;
    fail(again ? "not_fetched" : error.message);
  }
}

function begin(status) {
  busy = true;
  // Not `disabled`: the focus has to be able to return here.
  button.setAttribute("aria-disabled", "true");
  part("trouble").replaceChildren();
  part("status").textContent = status;
}

function end(status) {
  busy = false;
  button.removeAttribute("aria-disabled");
  part("status").textContent = status;
  button.textContent = part("accounts").children.length ? "Connect another account" : "Connect your bank";
}

function fail(trouble) {
  end("");
  const [what, remedy] = TROUBLE[trouble] ?? TROUBLE.unavailable;
  const title = document.createElement("strong");
  title.textContent = what;
  part("trouble").replaceChildren(title, remedy);
  button.textContent = trouble === "no_loader" ? "Reload" : "Try again";
  if (trouble === "no_loader") next = () => location.reload();
}

// ── drawing ───────────────────────────────────────────────────────────

/** A copy of a template with its fields filled in. */
function filled(template, fields) {
  const copy = part(template).content.firstElementChild.cloneNode(true);
  for (const [name, text] of Object.entries(fields)) copy.querySelector(`[data-field="${name}"]`).textContent = text;
  return copy;
}

const money = (amount) =>
  amount
    ? new Intl.NumberFormat("en-US", { style: "currency", currency: amount.currency }).format(amount.cents / 100)
    : "Not told";
const moment = (time) => new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
const monogram = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();

/** Draws everything that the server has received, newest first. */
function draw(received) {
  const accounts = received.toReversed().flatMap(({ institution, accounts, received_at }) =>
    accounts.map((account) => ({ institution, received_at, ...account })),
  );
  const some = accounts.length > 0;
  part("empty").hidden = some;
  part("received").hidden = !some;
  if (some) {
    part("question").textContent = "Your bank is connected";
    part("lead").textContent = accounts.some(({ balance }) => balance)
      ? "Acorn Budget now plans with your real balance, and knows that the account is yours."
      : "Acorn Budget now knows that the account is yours.";
    button.classList.add("second");
    button.textContent = "Connect another account";
  }
  part("accounts").replaceChildren(
    ...accounts.map(({ institution, name, number, balance, verified }) =>
      filled("account", {
        monogram: monogram(institution),
        institution,
        name,
        number,
        balance: money(balance),
        verified: verified ? "Verified" : "Not verified",
      }),
    ),
  );
  for (const tag of part("accounts").querySelectorAll(".tag"))
    tag.classList.toggle("good", tag.textContent === "Verified");
  part("records").replaceChildren(
    ...accounts.map(({ institution, name, number, routing, bsb, owners, balance, verified, verified_at, received_at }) =>
      filled("record", {
        number,
        "bank-code": routing ?? bsb ?? "Not told",
        "bank-code-name": bsb ? "BSB" : "Routing number",
        owners: owners.join(", ") || "Not told",
        balance: money(balance),
        account: `${name}, ${institution}`,
        verified: verified ? moment(verified_at ?? received_at) : "Not yet",
      }),
    ),
  );
}

/** A line of a log. */
function lineOf(time, name, details) {
  const line = part("event").content.firstElementChild.cloneNode(true);
  line.querySelector("time").dateTime = time.toISOString();
  line.querySelector("time").textContent = time.toLocaleTimeString("en-US", { hour12: false });
  line.querySelector(".event-name").textContent = name;
  line.querySelector(".event-detail").textContent = Object.entries(details)
    .map(([key, value]) => `${key}: ${value}`)
    .join("  ");
  return line;
}

const events = (count) => (count === 1 ? "1 event" : `${count} events`);

/** Adds a line to the log. Events carry nothing of the person's. */
function note({ name, ...details }) {
  part("events").append(lineOf(new Date(), name, details));
  part("count").textContent = events(part("events").children.length);
}

/** What Linchpin told our server while no page of ours was open, or before it could tell the page. */
function drawTold(told) {
  part("told").replaceChildren(
    ...told.map(({ at, what, object, revision }) => lineOf(new Date(at), what, { object, revision })),
  );
  if (told.length > 0) part("told-count").textContent = events(told.length);
}

/** Says to who comes back what they have begun. */
function greet({ unfinished, deposits, told }) {
  drawTold(told);
  const names = [...new Set(unfinished.map(({ institution }) => institution))];
  const words = deposits.map(({ number, step }) =>
    step === "enter_amounts"
      ? `Two small deposits to ${number} should be there: connect again to enter their amounts.`
      : `Two small deposits to ${number} are on their way.`,
  );
  if (names.length > 0)
    words.push(`You began to connect ${new Intl.ListFormat("en-US").format(names)}; you can go on where you were.`);
  part("greeting").hidden = words.length === 0;
  part("greeting").textContent = `Welcome back. ${words.join(" ")}`;
}

// First what has been proved meanwhile is taken over. Without the greeting the page is as good, so a failure is not told.
ask("/api/greeting")
  .then(greet, () => {})
  .then(() => ask("/api/received"))
  .then(draw, () => fail("unavailable"));
part("news").addEventListener("toggle", () => {
  if (part("news").open) ask("/api/greeting").then(({ told }) => drawTold(told), () => {});
});

const back = new URL(location.href).searchParams.get("linchpin");
if (back) void comeBack(back);
