// What is too small to be hit (WCAG 2.2, 2.5.8), and which of our buttons is smaller than our style says. Returns what is
// wrong.
const LEAST = 24;
const faults = [];
const shown = (element) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest("[inert], [aria-hidden=true]");
const named = (element) => {
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  return `${element.tagName.toLowerCase()} “${(name ?? "").replace(/\s+/g, " ").trim().slice(0, 40)}”`;
};
// A choice is hit by its label, wherever that is around it.
const hit = (element) => [...(element.labels ?? [])].find((label) => label.contains(element)) ?? element;
// A link in the middle of a sentence is as high as its line.
const inSentence = (element) =>
  element.tagName === "A" &&
  getComputedStyle(element).display === "inline" &&
  [...element.parentNode.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=option], [role=button]")]
  .filter((element) => element.type !== "hidden" && shown(element))
  .map((element) => {
    const { left, right, top, bottom, width, height } = hit(element).getBoundingClientRect();
    return { element, left, right, top, bottom, width, height, x: (left + right) / 2, y: (top + bottom) / 2 };
  })
  .filter(({ width, height }) => width > 0 && height > 0);
const isSmall = ({ width, height }) => width < LEAST - 0.5 || height < LEAST - 0.5;

for (const one of all.filter(isSmall)) {
  if (inSentence(one.element)) continue;
  const close = all.find((other) => {
    if (other.element === one.element || hit(other.element) === hit(one.element)) return false;
    const across = Math.max(other.left - one.x, 0, one.x - other.right);
    const down = Math.max(other.top - one.y, 0, one.y - other.bottom);
    const apart = isSmall(other) ? Math.hypot(other.x - one.x, other.y - one.y) >= LEAST : Math.hypot(across, down) >= LEAST / 2;
    return !apart;
  });
  if (close) {
    const size = `${Math.round(one.width)} × ${Math.round(one.height)}`;
    faults.push(`${named(one.element)} is ${size}, and ${named(close.element)} is close to it`);
  }
}

const root = getComputedStyle(document.documentElement);
const target = parseFloat(root.getPropertyValue("--target")) * parseFloat(root.fontSize);
for (const { element, width, height } of all) {
  if (element.tagName !== "BUTTON" || (height >= target - 0.5 && width >= LEAST)) continue;
  faults.push(`${named(element)} is ${Math.round(width)} × ${Math.round(height)}, less than ${target} high`);
}
return faults;
