// Carries a contract through its forms in a real browser, by keyboard alone: signs in, opens a
// contract (refused once), writes its perimeter, leaves a form and finds its draft, suspends,
// resumes. No mouse, no script of ours fills a field.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browser, judge } from "./navigateur.mjs";
import { keyboard } from "./touches.mjs";

const folder = process.argv[2];
const { adresse, courriel, passe } = JSON.parse(readFileSync(join(folder, "clavier.json"), "utf8"));
const faults = [];
const chromium = await browser();
const context = await chromium.newContext({ viewport: { width: 1366, height: 900 } });
const page = await context.newPage();
page.on("pageerror", (error) => faults.push(String(error)));
page.on("console", (message) => {
  const expected = message.text().includes("status of 422");
  if (!expected && ["error", "warning"].includes(message.type())) faults.push(message.text());
});

const { reach, enter, type, choose } = keyboard(page);

async function expect(what, seen) {
  if (!(await seen)) faults.push(`${what}, sur ${page.url()}.`);
}

const says = (text) => page.evaluate((t) => document.body.innerText.includes(t), text);
const send = async () => {
  await reach("main form:not([aria-label]) button.bouton");
  await enter();
};

/** From the contract to one of the forms of what may be written. */
async function open(title) {
  await reach(".nav-laterale a", "Écrire");
  await enter();
  await reach("main a", title);
  await enter();
}

try {
  await page.goto(`${adresse}/connexion?retour=/contrats/nouveau`, { waitUntil: "load" });
  await type("courriel", courriel);
  await type("passe", passe);
  await enter();

  // Refused: the summary has the focus, its link leads to the field, what was typed is there.
  await choose("workflow", "cpom-ph");
  await type("gestionnaire.nom", "Les Rives Claires");
  await type("gestionnaire.ej", "990001019");
  await send();
  const focused = () => page.evaluate(() => document.activeElement?.className ?? "");
  await expect("le résumé d'erreurs n'a pas le focus", focused().then((c) => c.includes("erreurs")));
  await reach(".erreurs a");
  await page.keyboard.press("Enter");
  const value = (id) => page.evaluate((i) => document.getElementById(i)?.value, id);
  await expect("le nom saisi est perdu", value("gestionnaire.nom").then((v) => v === "Les Rives Claires"));
  await type("gestionnaire.ej", "990001018");
  await send();
  await expect("le contrat n'est pas ouvert", says("C’est enregistré"));

  await open("Faire entrer un ESMS");
  await type("cle", "990002024");
  await type("element.nom", "SESSAD Les Passerelles");
  await choose("element.competence.autorite", "ars");
  await send();
  await expect("l'ESMS n'est pas entré", says("SESSAD Les Passerelles"));

  // A form left without being sent is found again, and can be thrown away.
  await open("Désigner votre référent");
  await type("personne", "karim");
  const kept = page.waitForResponse((r) => r.url().endsWith("/brouillon") && r.status() === 204);
  await kept;
  await reach(".nav-laterale a", "Vue d’ensemble");
  await enter();
  await open("Désigner votre référent");
  await expect("le brouillon n'est pas repris", says("Un brouillon du"));
  await expect("le brouillon est vide", value("personne").then((v) => v === "karim"));
  await send();
  await expect("le référent n'est pas désigné", says("C’est enregistré"));

  await open("Suspendre");
  await type("saisie.motif", "Crise sanitaire");
  await reach("#confirme");
  await page.keyboard.press("Space");
  await send();
  await expect("la suspension n'est pas enregistrée", says("C’est enregistré"));
  await open("Reprendre");
  await reach("#confirme");
  await page.keyboard.press("Space");
  await send();
  await expect("la reprise n'est pas enregistrée", says("C’est enregistré"));
  await page.screenshot({ path: join(folder, "fin.png"), fullPage: true });
} catch (error) {
  faults.push(String(error));
  await page.screenshot({ path: join(folder, "arret.png"), fullPage: true });
}
await chromium.close();
judge(faults);
