// Opens every page that `pages.json` lists, sends its form if one is named, light and dark, wide and narrow, and judges it: its
// code, its console, its width, and all that axe finds. Writes a picture of each.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser, invalid, judge, packaged } from "./navigateur.mjs";

const folder = process.argv[2];
const pages = JSON.parse(readFileSync(join(folder, "pages.json"), "utf8"));
const axe = readFileSync(packaged("axe-core/axe.min.js"), "utf8");
const rules = {
  runOnly: ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "color-contrast-enhanced": { enabled: true }, "target-size": { enabled: true } },
};

const chromium = await browser();
const faults = [];
// What axe found, by page and rule.
const broken = new Set();
for (const width of [1366, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    const viewport = { width, height: width === 390 ? 844 : 900 };
    const context = await chromium.newContext({ viewport, colorScheme });
    for (const { nom, adresse, envoi, code, cookie } of pages) {
      const dark = colorScheme === "dark" ? "-sombre" : "";
      const name = `${nom}-${width}${dark}`;
      const [jeton, valeur] = cookie.split("=");
      await context.addCookies([{ name: jeton, value: valeur, url: new URL(adresse).origin }]);
      const page = await context.newPage();
      const tell = (text) => faults.push(`${name} : ${text}`);
      page.on("console", (message) => {
        // The browser itself says that an error page is one.
        const expected = code >= 400 && message.text().includes(`status of ${code}`);
        if (!expected && ["error", "warning"].includes(message.type())) tell(message.text());
      });
      page.on("pageerror", (error) => tell(String(error)));
      let response = await page.goto(adresse, { waitUntil: "load" });
      if (envoi) {
        // Sent as it is, past what the browser itself would ask to mend.
        const answer = page.waitForNavigation({ waitUntil: "load" });
        await page.$eval(envoi, (form) => form.submit());
        response = await answer;
      }
      if (response.status() !== code) tell(`code ${response.status()}, attendu ${code}.`);
      if (width === 1366 && !dark) {
        for (const fault of await invalid(await response.text(), nom)) tell(fault);
      }
      const { wide, high } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        high: document.documentElement.scrollHeight,
      }));
      if (wide > 0) tell(`déborde de ${wide} px.`);
      await page.evaluate(axe);
      // The structure does not depend on colours: dark pages are judged on these alone.
      const judged = dark ? { runOnly: ["color-contrast", "color-contrast-enhanced"] } : rules;
      const { violations } = await page.evaluate((options) => globalThis.axe.run(options), judged);
      for (const { id, nodes } of violations) {
        broken.add(`${nom} : ${id}`);
        tell(`${id} : ${nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
      }
      await page.setViewportSize({ width, height: Math.min(high, 6000) });
      const unread = await page.evaluate(async () => {
        const images = [...document.images];
        for (const image of images) image.loading = "eager";
        const lost = images.map((i) => i.decode().then(() => null, () => i.src));
        return (await Promise.all(lost)).filter(Boolean);
      });
      for (const image of unread) tell(`image illisible : ${image}`);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await page.close();
    }
    await context.close();
  }
}
await chromium.close();
// What the declaration of accessibility is made from: it says what was seen, no more.
const seen = new Set(pages.map(({ nom }) => nom));
const found = [...broken];
const file = "docs/accessibilite.json";
const before = JSON.parse(readFileSync(file, "utf8"));
const now = {
  le: new Date().toISOString().slice(0, 10),
  outil: `axe-core ${JSON.parse(readFileSync(packaged("axe-core/package.json"), "utf8")).version}`,
  largeurs: [390, 1366],
  palettes: ["claire", "sombre"],
  pages: [...seen].sort(),
  fautes: found,
};
const said = ({ le, ...rest }) => JSON.stringify(rest);
// The day changes with what was seen: a file that says the same is left as it is.
if (said(before) !== said(now)) writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
judge(faults);
