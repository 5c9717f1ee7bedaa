// A certified provider of identities (oidc-provider), on this machine.
//
// node tests/outils/fournisseur_oidc.mjs SETTINGS
// SETTINGS, in JSON: retour (the exact address to come back to), client, secret, gens (by
// identifier: claims, with amr and acr), methode, alg, jwt (whether identities are signed).
// Writes a line of JSON: its issuer. A page asks who comes. Stops when its input closes.
import { existsSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { join, resolve } from "node:path";

const MODULE = join(resolve("target/outils/node/node_modules"), "oidc-provider/lib/index.js");
if (!existsSync(MODULE)) {
  console.error("oidc-provider est absent : lancez « make outils ».");
  process.exit(1);
}
const { Provider } = await import(MODULE);

const reglages = JSON.parse(process.argv[2]);
const cle = (genre, options, alg) => ({
  ...generateKeyPairSync(genre, options).privateKey.export({ format: "jwk" }),
  kid: alg,
  alg,
  use: "sig",
});

const serveur = createServer();
await new Promise((pret) => serveur.listen(0, "127.0.0.1", pret));
const emetteur = `http://127.0.0.1:${serveur.address().port}`;

const fournisseur = new Provider(emetteur, {
  clients: [
    {
      client_id: reglages.client,
      client_secret: reglages.secret,
      redirect_uris: [reglages.retour],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: reglages.methode,
      id_token_signed_response_alg: reglages.alg,
      ...(reglages.jwt ? { userinfo_signed_response_alg: "RS256" } : {}),
    },
  ],
  clientAuthMethods: [reglages.methode],
  jwks: {
    keys: [
      cle("rsa", { modulusLength: 3072 }, "RS256"),
      cle("ec", { namedCurve: "P-256" }, "ES256"),
    ],
  },
  claims: {
    openid: ["sub", "acr", "amr"],
    email: ["email", "email_verified"],
    profile: ["name", "given_name", "family_name", "usual_name"],
    siret: ["siret"],
  },
  acrValues: ["eidas1", "eidas2"],
  cookies: { keys: ["un essai"] },
  features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
  pkce: { required: () => true },
  interactions: { url: (_contexte, interaction) => `/entrer/${interaction.uid}` },
  findAccount: (_contexte, id) =>
    reglages.gens[id] && {
      accountId: id,
      claims: () => ({ ...reglages.gens[id], sub: id }),
    },
});

async function entre(requete, reponse) {
  if (requete.method === "GET") {
    reponse.setHeader("content-type", "text/html; charset=utf-8");
    reponse.end(`<form action="${requete.url}" method="post"><input name="qui"></form>`);
    return;
  }
  let corps = "";
  for await (const morceau of requete) corps += morceau;
  const qui = new URLSearchParams(corps).get("qui");
  const detail = await fournisseur.interactionDetails(requete, reponse);
  if (!reglages.gens[qui]) {
    const refus = { error: "access_denied", error_description: "personne" };
    await fournisseur.interactionFinished(requete, reponse, refus);
    return;
  }
  const accord = new fournisseur.Grant({ accountId: qui, clientId: detail.params.client_id });
  accord.addOIDCScope(detail.params.scope);
  const { amr, acr } = reglages.gens[qui];
  const resultat = {
    login: { accountId: qui, amr, acr },
    consent: { grantId: await accord.save() },
  };
  await fournisseur.interactionFinished(requete, reponse, resultat);
}

serveur.on("request", (requete, reponse) => {
  if (requete.url.startsWith("/entrer/")) {
    entre(requete, reponse).catch((erreur) => {
      reponse.statusCode = 500;
      reponse.end(String(erreur));
    });
  } else {
    fournisseur.callback()(requete, reponse);
  }
});

console.log(JSON.stringify({ emetteur }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
