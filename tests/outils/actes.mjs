// Does acts through their forms in a real browser, by keyboard alone: one request per line on the
// standard input, one answer per line. From the page of the contract to the link of the act, its
// form sent once so that it is refused, then filled and sent.
import { createInterface } from "node:readline";
import { browser } from "./navigateur.mjs";
import { keyboard } from "./touches.mjs";

const [address] = process.argv.slice(2);
const chromium = await browser();
const pages = new Map();
let console_faults = [];

/** The page of a person, signed in. */
async function page_of(cookie) {
  const known = pages.get(cookie);
  if (known) return known;
  const context = await chromium.newContext({ viewport: { width: 1366, height: 900 } });
  const [name, value] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: address }]);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => console_faults.push(String(error)));
  page.on("console", (message) => {
    const expected = /status of (422|403|409)/.test(message.text());
    if (!expected && ["error", "warning"].includes(message.type())) console_faults.push(message.text());
  });
  const held = { page, ...keyboard(page) };
  pages.set(cookie, held);
  return held;
}

/** Opens the form of an act by its link on the page of the contract. */
async function open({ page, reach, enter }, { contrat, flux, lieu, acte }) {
  await page.goto(`${address}/contrats/${contrat}`, { waitUntil: "load" });
  const marked = await page.evaluate(([flux, lieu, acte]) => {
    const link = [...document.querySelectorAll("main a[href]")].find((a) => {
      const url = new URL(a.href);
      const said = (name) => url.searchParams.get(name);
      return url.pathname.endsWith("/acte") && said("flux") === flux && said("lieu") === lieu && said("acte") === acte;
    });
    if (!link) return null;
    link.setAttribute("data-voulu", "");
    const folded = link.closest("details:not([open])");
    folded?.querySelector("summary").setAttribute("data-voulu", "");
    return { folded: folded !== null };
  }, [flux, lieu, acte]);
  if (!marked) throw new Error(`la page du contrat ne mène pas à l'acte`);
  // The first thing that Tab reaches leads past the menu.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  if (marked.folded) {
    await reach("summary[data-voulu]");
    await page.keyboard.press("Space");
  }
  await reach("a[data-voulu]");
  await enter();
}

const fields = (page) => page.evaluate(() => [...document.querySelectorAll("main form[data-formulaire=acte] [name^='saisie.']")]
  .map((f) => ({ name: f.name, type: f.type, tag: f.tagName, optional: f.closest(".champ").querySelector("label, legend").textContent.includes("(facultatif)") })));

async function fill(held, name, values) {
  const { page, type, date, choose, tick } = held;
  const kind = await page.evaluate((n) => document.getElementsByName(n)[0]?.type, name);
  if (kind === undefined) return;
  if (kind === "radio") await choose(name, values[0]);
  else if (kind === "checkbox") for (const value of values) await tick(name, value);
  else if (kind === "date") await date(name, values[0]);
  else await type(name, values.join("\n"));
}

async function send({ reach, enter }) {
  await reach("main form[data-formulaire=acte] button[value=faire]");
  await enter();
}

/** What the summary of errors says, once it has the focus. */
async function summary(page) {
  const seen = await page.evaluate(() => ({
    focused: document.activeElement?.classList.contains("erreurs") ?? false,
    said: [...document.querySelectorAll(".erreurs li")].map((li) => li.innerText.trim()),
    title: document.title,
  }));
  if (seen.said.length === 0) throw new Error(`rien n'est refusé sur ${page.url()}`);
  if (!seen.focused) throw new Error("le résumé d'erreurs n'a pas le focus");
  if (!seen.title.startsWith("Erreur")) throw new Error(`le titre ne dit pas l'erreur : ${seen.title}`);
  return seen.said;
}

/** Refused: nothing typed but one answer, which is kept when others miss. */
async function refused(held, { champs }, asked) {
  const { page } = held;
  const required = [...new Set(asked.filter((f) => !f.optional).map((f) => f.name))];
  const typed = asked.find((f) => ["text", "textarea"].includes(f.type) && required.length > 1 && champs[f.name]);
  if (typed) await fill(held, typed.name, champs[typed.name]);
  await send(held);
  const said = await summary(page);
  if (typed) {
    const kept = await page.evaluate((n) => document.getElementsByName(n)[0].value, typed.name);
    if (kept !== champs[typed.name].join("\n")) throw new Error(`${typed.name} n'est pas gardé : « ${kept} »`);
  }
  return said;
}

/** Someone of the same party who may only read sends the same form. */
async function refused_to_reader(request, form) {
  const held = await page_of(request.lecteur);
  await held.page.goto(form, { waitUntil: "load" });
  await send(held);
  return summary(held.page);
}

async function done(request) {
  console_faults = [];
  const held = await page_of(request.cookie);
  await open(held, request);
  const asked = await fields(held.page);
  let said;
  if (asked.some((f) => !f.optional)) {
    said = await refused(held, request, asked);
  } else {
    said = await refused_to_reader(request, held.page.url());
  }
  for (const [name, values] of Object.entries(request.champs)) await fill(held, name, values);
  await send(held);
  const written = await held.page.evaluate(() => document.querySelector("[role=status]")?.innerText ?? "");
  if (!written.includes("C’est enregistré")) {
    const errors = await held.page.evaluate(() => document.querySelector(".erreurs")?.innerText ?? document.title);
    throw new Error(`l'acte n'est pas enregistré : ${errors}`);
  }
  if (console_faults.length > 0) throw new Error(console_faults.join(" ; "));
  return said;
}

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    answer({ phrases: await done(request) });
  } catch (error) {
    const held = pages.get(request.cookie);
    await held?.page.screenshot({ path: request.image, fullPage: true }).catch(() => {});
    answer({ faute: String(error.message ?? error) });
  }
}
await chromium.close();
