// Finds things the way a person does: by what can be seen, by role and by name. Prepended to every script of a page
// object, so each name below is a local of that script.

// The widget is the page itself, or an element of it.
const ground = document.querySelector("linchpin-link")?.shadowRoot ?? document;
const shown = () => ground.body ?? ground.firstElementChild ?? document.body;
const focused = () => ground.activeElement ?? document.activeElement;

// Marks of direction are not read.
const tidy = (text) => (text ?? "").replace(/[\u2066-\u2069]/g, "").replace(/\s+/g, " ").trim();

const visible = (element) =>
  element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
  element.getClientRects().length > 0 &&
  !element.closest("[inert], [aria-hidden=true]");

// What lies on top: an open dialog hides the rest.
const stage = () => [...ground.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog]")].filter(visible).at(-1) ?? ground;

const texts = (ids) => tidy(ids.split(/\s+/).map((id) => ground.getElementById(id)?.textContent ?? "").join(" "));

// The name by which assistive technology announces a control (a part of https://www.w3.org/TR/accname-1.2/ that is
// enough for native controls and plain text).
const named = (element) => {
  const labelled = element.getAttribute("aria-labelledby");
  if (labelled) return texts(labelled);
  const label = element.getAttribute("aria-label");
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map(spoken).join(" "));
  return spoken(element);
};

// The text without what is hidden from assistive technology, and with what it says of pictures.
const spoken = (element) => {
  const copy = element.cloneNode(true);
  for (const silent of copy.querySelectorAll("[aria-hidden=true], [hidden], input, select, textarea")) silent.remove();
  const pictures = copy.querySelectorAll("img[alt]");
  for (const picture of pictures) picture.replaceWith(` ${picture.alt} `);
  // Blocks are read apart, inline text is not; a clone has no boxes, so ask the original's.
  const asItIs = pictures.length === 0 && copy.childElementCount === element.childElementCount;
  return tidy(asItIs ? (element.innerText ?? copy.textContent) : copy.textContent);
};

const FIELDS = "input:not([type=radio], [type=checkbox], [type=hidden]), textarea";
const CHOICES = "input[type=radio], input[type=checkbox], [role=radio], [role=checkbox]";
const BUTTONS = "button, a[href], summary, [role=button], [role=option], [role=link]";

// The best match first: the very name, else a name that begins so, else one that contains it.
const find = (selector, name) => {
  const wanted = tidy(name).toLowerCase();
  const all = [...stage().querySelectorAll(selector)].filter((element) => visible(element) || element.labels?.length);
  const names = all.map((element) => named(element).toLowerCase());
  for (const fits of [(n) => n === wanted, (n) => n.startsWith(wanted), (n) => n.includes(wanted)]) {
    const at = names.findIndex(fits);
    if (at >= 0) return all[at];
  }
  return null;
};

const heading = () => {
  const found = [...stage().querySelectorAll("h1, h2")].filter(visible);
  return tidy((found.find((element) => element.tagName === "H1") ?? found[0])?.textContent);
};

// A person scrolls until nothing lies over what they want to use.
const inReach = (element) => {
  element?.scrollIntoView({ block: "center" });
  return element;
};

const usable = (element) => element && !element.disabled && element.getAttribute("aria-disabled") !== "true" ? element : null;
