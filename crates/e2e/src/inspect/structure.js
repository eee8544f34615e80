// What somebody who goes by headings and landmarks would stumble over. Returns what is wrong.
const faults = [];
const shown = (element) => element.checkVisibility({ visibilityProperty: true });
const words = (element) => `“${(element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, 40)}”`;

const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown);
const first = headings.filter(({ tagName }) => tagName === "H1");
if (first.length !== 1) faults.push(`${first.length} headings of the first level: ${first.map(words).join(", ")}`);
headings.reduce((before, heading) => {
  const level = Number(heading.tagName[1]);
  if (level > before + 1) faults.push(`heading ${words(heading)} is of level ${level} after ${before}`);
  return level;
}, 0);
for (const heading of headings) if (!heading.textContent.trim()) faults.push("a heading is empty");

for (const landmark of ["main", "header", "footer"]) {
  const there = [...document.querySelectorAll(landmark)].filter(shown).length;
  if (there > 1 || (landmark === "main" && there === 0)) faults.push(`${there} of <${landmark}>`);
}
if (first.length && !first[0].closest("main")) faults.push("the first heading is outside of <main>");
return faults;
