// What leaves the box that it stands in, and texts that lie on each other. Everything beneath a cover is left out, and
// so is what is only read out.
const TOLERANCE = 1.5;
const faults = [];

const shown = (element) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest("[inert]");
const readOutOnly = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const { width, height } = at.getBoundingClientRect();
    if (width <= 1 || height <= 1) return true;
  }
  return false;
};
const named = (element) => {
  const words = (element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, 40);
  return `${element.tagName.toLowerCase()}${element.className && typeof element.className === "string" ? `.${element.className.replaceAll(" ", ".")}` : ""} “${words}”`;
};
const boxes = (element) => {
  const found = [];
  for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
    if (getComputedStyle(at).display !== "inline" && getComputedStyle(at).display !== "contents") found.push(at);
  }
  return found;
};
const leaves = (rectangle, box) => {
  const around = box.getBoundingClientRect();
  return (
    rectangle.left < around.left - TOLERANCE ||
    rectangle.right > around.right + TOLERANCE ||
    rectangle.top < around.top - TOLERANCE - 4 ||
    rectangle.bottom > around.bottom + TOLERANCE + 4
  );
};

// What sticks to the window's edge lies over what is scrolled behind it, as it should: let it stand where it belongs.
const stuck = [...document.querySelectorAll("body *")].filter((element) => getComputedStyle(element).position === "sticky");
for (const element of stuck) element.style.position = "static";

const lines = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  const element = node.parentElement;
  if (!node.data.trim() || !shown(element) || readOutOnly(element)) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const rectangle of range.getClientRects()) {
    if (rectangle.width < 1) continue;
    const box = boxes(element).find((box) => leaves(rectangle, box));
    if (box) faults.push(`text of ${named(element)} leaves ${named(box)}`);
    lines.push({ node, element, rectangle });
  }
}
for (const element of document.querySelectorAll("button, input, a, svg, img, progress, [role=img]")) {
  if (!shown(element) || readOutOnly(element) || !element.parentElement) continue;
  const box = boxes(element.parentElement).find((box) => leaves(element.getBoundingClientRect(), box));
  if (box) faults.push(`${named(element)} leaves ${named(box)}`);
}
lines.forEach((one, at) => {
  for (const other of lines.slice(at + 1)) {
    if (one.node === other.node) continue;
    const [a, b] = [one.rectangle, other.rectangle];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // Lines of one paragraph touch; a third of a line does not.
    if (across > 2 && down > Math.min(a.height, b.height) / 3) faults.push(`${named(one.element)} lies on ${named(other.element)}`);
  }
});
for (const element of stuck) element.style.position = "";
return [...new Set(faults)];
