// Whether what has the focus can be seen to have it, and can be seen at all (WCAG 2.2, 2.4.7 and 2.4.11). Returns what is
// wrong. `arguments[0]`: the colour of the ring as the document's style calls it; without, any ring will do.
const at = document.activeElement;
const faults = [];

// A choice that is drawn by other means shows the focus on its label.
const label = at.labels?.length && at.labels[0].contains(at) ? at.labels[0] : at;
const box = label.getBoundingClientRect();
if (box.top < -1 || box.left < -1 || box.right > innerWidth + 1 || (box.bottom > innerHeight + 1 && box.height <= innerHeight))
  faults.push(`it is outside of what can be seen: ${Math.round(box.top)} to ${Math.round(box.bottom)} of ${innerHeight}`);
const middle = (box.left + box.right) / 2;
for (const height of [box.top + 3, (box.top + box.bottom) / 2, Math.min(box.bottom, innerHeight) - 3]) {
  const there = document.elementFromPoint(middle, height);
  if (there && !label.contains(there) && !there.contains(label)) faults.push(`“${tidy(there.textContent).slice(0, 40)}” lies over it`);
}

// What takes the focus only to be read out cannot be used, and shows nothing.
if (at.tabIndex >= 0) {
  const colour = new Option().style;
  colour.color = arguments[0] ? getComputedStyle(document.documentElement).getPropertyValue(arguments[0]).trim() : "";
  const rings = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
    if (!colour.color) return outlined;
    return (outlined && parseFloat(outlineWidth) >= 2 && outlineColor === colour.color) || boxShadow.includes(colour.color);
  };
  // The ring of a field is around its box, in which a button may stand, too.
  const around = [at, label, at.parentElement].filter((element) => element.matches(":focus-within"));
  if (!around.some(rings)) faults.push("nothing around it shows that it has the focus");
}
return faults;
