// Draws every BPMN file of a folder with bpmn-js, and judges the drawing: no import warning, no
// empty shape, nothing that overlaps, no name cut. Writes a picture beside each file.
import { readFileSync } from "node:fs";
import { browser, files, judge, packaged } from "./navigateur.mjs";

const folder = process.argv[2];
const chromium = await browser();
const faults = [];
for (const { path, picture } of files(folder, ".bpmn")) {
  const page = await chromium.newPage();
  page.on("pageerror", (error) => faults.push(`${path} : ${error.message}`));
  await page.setContent('<body style="margin:0"><div id="toile"></div>');
  await page.addStyleTag({ path: packaged("bpmn-js/dist/assets/diagram-js.css") });
  await page.addStyleTag({ path: packaged("bpmn-js/dist/assets/bpmn-js.css") });
  await page.addScriptTag({ path: packaged("bpmn-js/dist/bpmn-viewer.production.min.js") });
  const found = await page.evaluate(draw, readFileSync(path, "utf8"));
  faults.push(...found.faults.map((fault) => `${path} : ${fault}`));
  await page.setViewportSize({ width: found.width, height: found.height });
  await page.screenshot({ path: `${picture}.png` });
  await page.close();
}
await chromium.close();
judge(faults);

/** Runs in the page. */
async function draw(text) {
  const viewer = new BpmnJS({ container: "#toile" });
  const faults = [];
  const { warnings } = await viewer.importXML(text);
  for (const warning of warnings) faults.push(`avertissement : ${warning.message}`);
  const inner = viewer.get("canvas").viewbox().inner;
  const width = Math.ceil(inner.x + inner.width + 40);
  const height = Math.ceil(inner.y + inner.height + 40);
  const area = document.querySelector("#toile");
  area.style.width = `${width}px`;
  area.style.height = `${height}px`;
  viewer.get("canvas").resized();
  viewer.get("canvas").viewbox({ x: 0, y: 0, width, height });

  const elements = viewer.get("elementRegistry").getAll();
  const named = (e) => `« ${e.businessObject.name || e.id} »`;
  const shapes = elements.filter((e) => !e.waypoints && e.parent && !e.labelTarget);
  for (const e of shapes) {
    if (!(e.width > 0 && e.height > 0)) faults.push(`${named(e)} est vide.`);
  }
  const box = (e) => {
    // What is drawn of a label may be larger than its bounds.
    const drawn = viewer.get("elementRegistry").getGraphics(e).querySelector("text");
    const around = e.labelTarget && drawn ? drawn.getBBox() : { x: 0, y: 0, width: e.width, height: e.height };
    return { x: e.x + around.x, y: e.y + around.y, width: around.width, height: around.height };
  };
  const boxes = elements
    .filter((e) => !e.waypoints && e.parent && !(e.labelTarget && !e.businessObject.name))
    .map((e) => ({ e, ...box(e) }));
  const meet = (a, b) =>
    a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 1 < b.y + b.height && b.y + 1 < a.y + a.height;
  const holds = (a, b) => {
    for (let up = b.parent; up; up = up.parent) if (up === a) return true;
    return false;
  };
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) {
      const linked = a.e.host === b.e || b.e.host === a.e || holds(a.e, b.e) || holds(b.e, a.e);
      if (!linked && meet(a, b)) faults.push(`${named(a.e)} recouvre ${named(b.e)}.`);
    }
  }
  for (const e of shapes) {
    const name = viewer.get("elementRegistry").getGraphics(e).querySelector("text");
    const drawn = name?.getBBox();
    if (drawn && (drawn.width > e.width || drawn.height > e.height)) faults.push(`${named(e)} déborde.`);
  }
  const labels = boxes.filter(({ e }) => e.labelTarget);
  for (const flow of elements.filter((e) => e.waypoints)) {
    for (const [i, end] of flow.waypoints.entries()) {
      if (i === 0) continue;
      const start = flow.waypoints[i - 1];
      const line = {
        x: Math.min(start.x, end.x),
        y: Math.min(start.y, end.y),
        width: Math.abs(start.x - end.x) + 2,
        height: Math.abs(start.y - end.y) + 2,
      };
      const met = labels.find((label) => meet(label, line));
      if (met) faults.push(`${flow.id} traverse ${named(met.e)}.`);
    }
  }
  return { width, height, faults };
}
