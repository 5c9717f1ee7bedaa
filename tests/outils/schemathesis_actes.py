"""Bearings for schemathesis: most of what it sends is about the contract that is there and about
acts that are open, so that answers have content and acts are done for real. What the document
allows is replaced by what it allows too; what it refuses is left as it is."""

import json
import os
import random
import urllib.request

import schemathesis

CONTRAT = os.environ["CONTRAT"]
HASARD = random.Random(1)


def actes():
    adresse = f"{os.environ['ENTENTE']}/api/v1/contrats/{CONTRAT}/actes"
    entetes = {"Authorization": f"Bearer {os.environ['CLE']}"}
    with urllib.request.urlopen(urllib.request.Request(adresse, headers=entetes)) as lue:
        tous = json.load(lue)["elements"]
    return [acte for acte in tous if acte["permis"]] or tous


def valeur(schema):
    if "enum" in schema:
        return HASARD.choice(schema["enum"] or [None])
    if schema["type"] == "array":
        return [valeur(schema["items"])]
    if schema.get("format") == "date":
        return "2026-11-20"
    return {"integer": 12, "boolean": True, "string": "Texte d'essai"}[schema["type"]]


def acte_ouvert(corps):
    acte = HASARD.choice(actes())
    for nom in ("flux", "lieu", "acte", "empreinte"):
        if isinstance(corps.get(nom), str):
            corps[nom] = acte[nom] or corps[nom]
    if isinstance(corps.get("saisies"), dict) and acte["saisies"] and HASARD.random() < 0.7:
        proprietes = acte["saisies"]["properties"].items()
        corps["saisies"] = {nom: valeur(schema) for nom, schema in proprietes}
        corps["empreinte"] = acte["empreinte"]


@schemathesis.hook
def before_call(context, case, kwargs):
    if HASARD.random() < 0.2:
        return
    parametres = case.path_parameters
    if parametres and 0 < len(str(parametres.get("id") or "")) <= 200:
        parametres["id"] = CONTRAT
    if isinstance(case.body, dict) and case.body.get("geste") in ("faire", "refuser"):
        acte_ouvert(case.body)
