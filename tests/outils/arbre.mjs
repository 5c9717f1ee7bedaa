// Reads the page of a contract as a screen reader does, and judges its order: the title with whose
// turn it is, the sentence of the pen, then each condition that blocks with who can lift it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser, judge } from "./navigateur.mjs";

const folder = process.argv[2];
const { adresse, cookie, titre, plume, parties } = JSON.parse(
  readFileSync(join(folder, "page.json"), "utf8"),
);
const faults = [];
const chromium = await browser();
const context = await chromium.newContext({ viewport: { width: 1366, height: 900 } });
const [name, value] = cookie.split("=");
await context.addCookies([{ name, value, url: new URL(adresse).origin }]);
const page = await context.newPage();
await page.goto(adresse, { waitUntil: "load" });
const session = await context.newCDPSession(page);
const { nodes } = await session.send("Accessibility.getFullAXTree");
await chromium.close();

const byId = new Map(nodes.map((node) => [node.nodeId, node]));
const role = (node) => node.role?.value ?? "";
const named = (node) => node.name?.value ?? "";
/** What is read of a node and of what it holds, in order. */
function read(node) {
  if (role(node) === "InlineTextBox") return "";
  const inside = (node.childIds ?? []).map((id) => byId.get(id)).filter(Boolean).map(read);
  return role(node) === "StaticText" ? named(node) : inside.join(" ").replace(/\s+/g, " ").trim();
}
/** The nodes, in the order in which they are read. */
function* walk(node) {
  yield node;
  for (const id of node.childIds ?? []) if (byId.has(id)) yield* walk(byId.get(id));
}

const order = [...walk(nodes[0])];
const title = named(order[0]);
if (!title.startsWith(titre)) faults.push(`le titre ne dit pas à qui est le tour : ${title}`);
const pen = order.findIndex((n) => role(n) === "heading" && named(n).startsWith(plume));
if (pen < 0) faults.push(`aucun titre ne dit « ${plume} »`);
const region = order.findIndex((n) => role(n) === "region" && named(n) === "Ce qui bloque");
if (region < pen) faults.push("ce qui bloque est lu avant la plume");
const list = region < 0 ? undefined : [...walk(order[region])].find((n) => role(n) === "list");
const conditions = (list?.childIds ?? []).map((id) => byId.get(id)).filter((n) => n && !n.ignored);
if (conditions.length === 0) faults.push("aucune condition n'est lue");
for (const text of conditions.map(read)) {
  if (!parties.some((party) => text.includes(party))) faults.push(`nul ne lève : ${text}`);
}
const told = [title, order[pen] ? read(order[pen]) : "", ...conditions.map(read)];
writeFileSync(join(folder, "lu.txt"), `${told.join("\n")}\n`);
judge(faults);
