// Two people in two browsers type into the same act and send it at once: one act is done, the
// other is told, loses nothing of what was typed, and both then read the same.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browser, judge } from "./navigateur.mjs";

const folder = process.argv[2];
const { acte, contrat, gens } = JSON.parse(readFileSync(join(folder, "ensemble.json"), "utf8"));
const faults = [];
const chromium = await browser();

/** Someone in a browser of their own, with the act open and something typed into it. */
async function someone({ nom, cookie }) {
  const context = await chromium.newContext({ viewport: { width: 1366, height: 900 } });
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: new URL(acte).origin }]);
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(`${nom} : ${error}`));
  await page.goto(acte, { waitUntil: "load" });
  const text = `Ce que ${nom} avait à en dire.`;
  await page.fill("textarea[name^='saisie.']", text);
  return { nom, page, text };
}

const people = [];
for (const one of gens) people.push(await someone(one));
await Promise.all(
  people.map(({ page }) =>
    Promise.all([page.waitForEvent("load"), page.click("form[data-formulaire=acte] button")]),
  ),
);
const done = [];
for (const { nom, page, text } of people) {
  const seen = await page.evaluate(() => {
    const typed = [...document.querySelectorAll("main textarea")].map((area) => area.value);
    return [document.querySelector("main").innerText, ...typed].join("\n");
  });
  if (seen.includes("C’est enregistré")) {
    done.push(nom);
    continue;
  }
  if (!seen.includes(text)) faults.push(`${nom} a perdu ce qui était écrit :\n${seen}`);
  const role = await page.evaluate(() => document.activeElement?.className ?? "");
  if (!role.includes("erreurs")) faults.push(`${nom} n'est pas mené à ce qui ne va pas.`);
}
if (done.length !== 1) faults.push(`${done.length} acte(s) fait(s), un seul attendu : ${done}`);

// Both read the same: where it stands, who holds the pen, what happened last.
const read = [];
for (const { page } of people) {
  await page.goto(contrat, { waitUntil: "load" });
  read.push(
    await page.evaluate(() => {
      const facts = document.querySelector("#t-actes")?.closest("section")?.innerText;
      return [document.querySelector(".etapes")?.innerText, facts].join("\n");
    }),
  );
}
if (read[0] !== read[1]) faults.push(`ils ne lisent pas la même chose :\n${read.join("\n---\n")}`);
await chromium.close();
judge(faults);
