// A real browser for the tests: Debian's chromium, driven by playwright-core. What is missing is
// said in one sentence.
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const MODULES = resolve("target/outils/node/node_modules");
const CHROMIUM = "/usr/bin/chromium";

function missing(what) {
  console.error(`${what} est absent : lancez « make outils ».`);
  process.exit(1);
}

/** Opens the browser. */
export async function browser() {
  if (!existsSync(join(MODULES, "playwright-core"))) missing("playwright-core");
  if (!existsSync(CHROMIUM)) missing(CHROMIUM);
  const { chromium } = createRequire(join(MODULES, "x"))("playwright-core");
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

let validator;

/** What judges HTML: its rules are read once. */
function html_validator() {
  if (!existsSync(join(MODULES, "html-validate"))) missing("html-validate");
  const { HtmlValidate, StaticConfigLoader } = createRequire(join(MODULES, "x"))("html-validate");
  const loader = new StaticConfigLoader({
    extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
    // Titles that tell whose turn it is are long; no file comes from elsewhere; some tools that
    // read aloud know the label of a field by its "for" alone, even around the field.
    rules: { "long-title": "off", "require-sri": "off", "no-redundant-for": "off" },
  });
  return new HtmlValidate(loader);
}

/** What html-validate finds wrong in a page. */
export async function invalid(html, name) {
  validator ??= html_validator();
  const { results } = await validator.validateString(html, name);
  const messages = results.flatMap(({ messages }) => messages);
  return messages.map((m) => `html ${m.ruleId} ligne ${m.line} : ${m.message}`);
}

/** The path of a file of a package. */
export function packaged(file) {
  const path = join(MODULES, file);
  if (!existsSync(path)) missing(file);
  return path;
}

/** The files of a folder that end so, sorted; none is a fault. */
export function files(folder, extension) {
  const names = readdirSync(folder).filter((name) => name.endsWith(extension)).sort();
  if (names.length === 0) {
    console.error(`${folder} ne contient aucun fichier ${extension}.`);
    process.exit(1);
  }
  return names.map((name) => ({
    path: join(folder, name),
    picture: join(folder, name.slice(0, -extension.length)),
  }));
}

/** Ends with the faults found, one per line. */
export function judge(faults) {
  for (const fault of faults) console.error(fault);
  process.exit(faults.length === 0 ? 0 : 1);
}
