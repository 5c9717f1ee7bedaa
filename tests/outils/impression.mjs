// Prints the page that `page.json` names on A4, and judges it: no menu, nothing cut, few sheets.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser, judge } from "./navigateur.mjs";

// Sheets of a contract of five establishments, and the printable width in pixels: 182 mm.
const SHEETS = 8;
const WIDTH = 688;

const folder = process.argv[2];
const { adresse, cookie } = JSON.parse(readFileSync(join(folder, "page.json"), "utf8"));
const chromium = await browser();
const context = await chromium.newContext({ viewport: { width: WIDTH, height: 1000 } });
const [name, value] = cookie.split("=");
await context.addCookies([{ name, value, url: new URL(adresse).origin }]);
const page = await context.newPage();
await page.goto(adresse, { waitUntil: "load" });
await page.emulateMedia({ media: "print" });
const faults = await page.evaluate(() => {
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const menus = ".nav-laterale, .evitement, .fil, .cherche, .pied, button, .bouton";
  const shown = [...document.querySelectorAll(menus)].filter(seen);
  const cut = [...document.querySelectorAll("main *")].filter((e) => {
    const style = getComputedStyle(e);
    const hides = style.overflowX !== "visible" && !e.closest(".hors-vue, svg, .trace");
    return seen(e) && hides && e.scrollWidth > e.clientWidth + 1;
  });
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const told = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""}`;
  return [
    ...shown.map((e) => `imprimé : ${told(e)}`),
    ...cut.map((e) => `coupé : ${told(e)}`),
    ...(wide > 1 ? [`déborde de ${wide} px`] : []),
  ];
});
const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
writeFileSync(join(folder, "contrat.pdf"), pdf);
const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
if (sheets < 1 || sheets > SHEETS) faults.push(`${sheets} feuilles, au plus ${SHEETS} attendues`);
await chromium.close();
judge(faults);
