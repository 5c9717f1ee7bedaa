"""Bearings for schemathesis: most of what it sends is about the contract that is there and about
acts that are open, so that answers have content and acts are done for real."""

import json
import os
import random
import urllib.request

import schemathesis

CONTRAT = os.environ["CONTRAT"]


def actes():
    adresse = f"{os.environ['ENTENTE']}/api/v1/contrats/{CONTRAT}/actes"
    entetes = {"Authorization": f"Bearer {os.environ['CLE']}"}
    with urllib.request.urlopen(urllib.request.Request(adresse, headers=entetes)) as lue:
        return json.load(lue)["elements"]


ACTES = actes()


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters and "id" in path_parameters and random.random() < 0.8:
        path_parameters["id"] = CONTRAT
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and ACTES and random.random() < 0.8:
        acte = random.choice(ACTES)
        for nom in ("flux", "lieu", "acte", "empreinte"):
            if isinstance(body.get(nom), str):
                body[nom] = acte[nom] or body[nom]
    return body
