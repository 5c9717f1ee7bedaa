// A program that receives signed messages, on this machine, and checks them with the library of
// Standard Webhooks.
//
// node tests/outils/recepteur.mjs [ANSWER…]
// Each line of its input is a secret, which serves from then on; it says « pret » for each. Writes
// a line of JSON: its port, then each message: whether it checks, its headers, its body, its
// answer. The answers given serve in turn (a code; « muet » for none); then all is received. Stops
// when its input closes.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const MODULES = resolve("target/outils/node/node_modules");
if (!existsSync(join(MODULES, "standardwebhooks"))) {
  console.error("standardwebhooks est absent : lancez « make outils ».");
  process.exit(1);
}
const { Webhook } = createRequire(join(MODULES, "x"))("standardwebhooks");

const answers = process.argv.slice(2);
let secret = "";

function checks(body, headers) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const answer = answers.shift() ?? "200";
  const { method, url, headers } = request;
  const valid = checks(body, headers);
  console.log(JSON.stringify({ valide: valid, methode: method, chemin: url, entetes: headers, corps: body, reponse: answer }));
  if (answer === "muet") return;
  const location = answer.startsWith("3") ? { location: "/ailleurs" } : {};
  response.writeHead(Number(answer), location);
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
createInterface({ input: process.stdin })
  .on("line", (line) => {
    secret = line;
    console.log(JSON.stringify({ pret: true }));
  })
  .on("close", () => process.exit(0));
