// Opens every SVG of a folder, in light and dark, and judges it: no text that leaves its frame,
// meets another text or a line; a name and a description. Writes two pictures beside each file.
import { readFileSync } from "node:fs";
import { browser, files, judge } from "./navigateur.mjs";

const folder = process.argv[2];
const chromium = await browser();
const faults = [];
for (const { path, picture } of files(folder, ".svg")) {
  const page = await chromium.newPage();
  await page.setContent(`<body style="margin:0">${readFileSync(path, "utf8")}`);
  const found = await page.evaluate(inspect);
  faults.push(...found.faults.map((fault) => `${path} : ${fault}`));
  await page.setViewportSize({ width: found.width, height: found.height });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const dark = colorScheme === "dark" ? "-sombre" : "";
    await page.screenshot({ path: `${picture}${dark}.png` });
  }
  await page.close();
}
await chromium.close();
judge(faults);

/** Runs in the page. */
function inspect() {
  const svg = document.querySelector("svg");
  const faults = [];
  if (svg.getAttribute("role") !== "img") faults.push("le rôle n'est pas img.");
  for (const id of svg.getAttribute("aria-labelledby").split(" ")) {
    const text = svg.querySelector(`#${id}`)?.textContent ?? "";
    if (text.length < 10) faults.push(`${id} manque.`);
  }
  const { width, height } = svg.viewBox.baseVal;
  const texts = [...svg.querySelectorAll("text")].map((e) => ({ said: e.textContent, box: e.getBBox() }));
  const rects = [...svg.querySelectorAll("rect:not(.pile)")].map((e) => e.getBBox());
  const apart = (a, b) =>
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  const inside = (a, b) =>
    a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
  for (const [i, { said, box }] of texts.entries()) {
    if (!inside(box, { x: 0, y: 0, width, height })) faults.push(`« ${said} » sort du dessin.`);
    for (const other of texts.slice(i + 1)) {
      if (!apart(box, other.box)) faults.push(`« ${said} » touche « ${other.said} ».`);
    }
    for (const rect of rects) {
      if (!apart(box, rect) && !inside(box, rect)) faults.push(`« ${said} » déborde.`);
    }
  }
  for (const line of svg.querySelectorAll(".lien, .retour")) {
    const length = line.getTotalLength();
    for (let at = 0; at <= length; at += 3) {
      const { x, y } = line.getPointAtLength(at);
      const met = texts.find(({ box }) => !apart(box, { x, y, width: 0.1, height: 0.1 }));
      if (met) {
        faults.push(`une ligne traverse « ${met.said} ».`);
        break;
      }
    }
  }
  return { width: Math.ceil(width), height: Math.ceil(height), faults };
}
