// Opens every page that `pages.json` lists, sends its form if one is named, wide and narrow, light
// and dark, and judges it: its code, its console, its HTML, its width, and all that axe finds.
// Writes a picture of each.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser, invalid, judge, packaged } from "./navigateur.mjs";

const folder = process.argv[2];
const pages = JSON.parse(readFileSync(join(folder, "pages.json"), "utf8"));
const axe = readFileSync(packaged("axe-core/axe.min.js"), "utf8");
const rules = {
  // What passes is not told: to describe it takes a fifth of the time.
  resultTypes: ["violations"],
  runOnly: ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "color-contrast-enhanced": { enabled: true }, "target-size": { enabled: true } },
};
// The structure does not depend on colours: dark pages are judged on these alone.
const colours = {
  resultTypes: ["violations"],
  runOnly: ["color-contrast", "color-contrast-enhanced"],
};
const WIDTHS = [1366, 390];

const faults = [];
// What axe found, by page and rule.
const broken = new Set();

/** Opens a page, and sends its form as it is, past what the browser itself would ask to mend. */
async function arrive(page, { adresse, envoi }, tell) {
  const response = await page.goto(adresse, { waitUntil: "load" });
  if (!envoi) return response;
  if (!(await page.$(envoi))) {
    tell(`le formulaire ${envoi} manque.`);
    return response;
  }
  const answer = page.waitForNavigation({ waitUntil: "load" });
  await page.$eval(envoi, (form) => {
    form.noValidate = true;
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
  return answer;
}

/** What axe finds with some rules, and pictures that do not read. */
async function look(page, nom, options, tell) {
  const { violations } = await page.evaluate((asked) => globalThis.axe.run(asked), options);
  for (const { id, nodes } of violations) {
    broken.add(`${nom} : ${id}`);
    tell(`${id} : ${nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  }
  const unread = await page.evaluate(async () => {
    const images = [...document.images];
    for (const image of images) image.loading = "eager";
    const lost = images.map((i) => i.decode().then(() => null, () => i.src));
    return (await Promise.all(lost)).filter(Boolean);
  });
  for (const image of unread) tell(`image illisible : ${image}`);
}

/** Judges a page at one width, light then dark. */
async function visit(context, width, one) {
  const { nom, adresse, code, cookie } = one;
  const tell = (text) => faults.push(`${nom}-${width} : ${text}`);
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: new URL(adresse).origin }]);
  const page = await context.newPage();
  page.on("console", (message) => {
    // The browser itself says that an error page is one.
    const expected = code >= 400 && message.text().includes(`status of ${code}`);
    if (!expected && ["error", "warning"].includes(message.type())) tell(message.text());
  });
  page.on("pageerror", (error) => tell(String(error)));
  const response = await arrive(page, one, tell);
  if (response.status() !== code) tell(`code ${response.status()}, attendu ${code}.`);
  if (width === WIDTHS[0]) {
    for (const fault of await invalid(await response.text(), nom)) tell(fault);
  }
  const { wide, high } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    high: document.documentElement.scrollHeight,
  }));
  if (wide > 0) tell(`déborde de ${wide} px.`);
  await page.evaluate(axe);
  await page.setViewportSize({ width, height: Math.min(high, 6000) });
  await look(page, nom, rules, tell);
  await page.screenshot({ path: join(folder, `${nom}-${width}.png`) });
  await page.emulateMedia({ colorScheme: "dark" });
  // Colours that slide from one to the other are judged where they arrive.
  await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished)));
  await look(page, nom, colours, (text) => tell(`en sombre, ${text}`));
  await page.screenshot({ path: join(folder, `${nom}-${width}-sombre.png`) });
  await page.close();
}

const chromium = await browser();
for (const width of WIDTHS) {
  const viewport = { width, height: width === 390 ? 844 : 900 };
  const context = await chromium.newContext({ viewport, colorScheme: "light" });
  for (const one of pages) {
    await visit(context, width, one).catch((error) => faults.push(`${one.nom} : ${error}`));
  }
  await context.close();
}
await chromium.close();

// What the declaration of accessibility is made from: it says what was seen, no more.
const file = "docs/accessibilite.json";
const before = JSON.parse(readFileSync(file, "utf8"));
const now = {
  le: new Date().toISOString().slice(0, 10),
  outil: `axe-core ${JSON.parse(readFileSync(packaged("axe-core/package.json"), "utf8")).version}`,
  largeurs: WIDTHS.toReversed(),
  palettes: ["claire", "sombre"],
  pages: [...new Set(pages.map(({ nom }) => nom))].sort(),
  fautes: [...broken],
};
const said = ({ le, ...rest }) => JSON.stringify(rest);
// The day changes with what was seen: a file that says the same is left as it is.
if (said(before) !== said(now)) {
  if (process.env.ENTENTE_APPROUVER) writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  else faults.push(`${file} ne dit pas ce qui a été vu : relancez avec ENTENTE_APPROUVER=1.`);
}
judge(faults);
