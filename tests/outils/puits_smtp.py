#!/usr/bin/env python3
"""Serveur de courriel qui garde ce qu'il reçoit, sur cette machine (aiosmtpd).

Usage : puits_smtp.py [--destinataire RÉPONSE…] [--message RÉPONSE…] [--lenteur SECONDES]
                      [--certificat PEM --cle PEM]
Écrit un document JSON par ligne : le port d'abord, puis chaque message, lu par le module « email »
de Python. Les réponses données servent dans l'ordre, une par demande ; ensuite tout est accepté.
« --lenteur » retarde la réponse à chaque message, déjà gardé. S'arrête quand son entrée se ferme.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP


def dit(document):
    print(json.dumps(document), flush=True)


def lu(enveloppe, reponse):
    message = email.message_from_bytes(enveloppe.content, policy=email.policy.default)
    corps = {}
    for partie in message.walk():
        if not partie.is_multipart():
            corps[partie.get_content_type()] = partie.get_content()
    return {
        "de": enveloppe.mail_from,
        "a": enveloppe.rcpt_tos,
        "entetes": [[nom, str(valeur)] for nom, valeur in message.items()],
        "genre": message.get_content_type(),
        "corps": corps,
        "defauts": [repr(d) for p in message.walk() for d in p.defects],
        "plus_longue_ligne": max(len(ligne) for ligne in enveloppe.content.split(b"\r\n")),
        "ascii": enveloppe.content.isascii(),
        "reponse": reponse,
    }


class Puits:
    def __init__(self, choix):
        self.destinataire = list(choix.destinataire)
        self.message = list(choix.message)
        self.lenteur = choix.lenteur

    async def handle_RCPT(self, _serveur, _session, enveloppe, adresse, _options):
        if self.destinataire:
            reponse = self.destinataire.pop(0)
            dit({"destinataire": adresse, "reponse": reponse})
            if not reponse.startswith("250"):
                return reponse
        enveloppe.rcpt_tos.append(adresse)
        return "250 OK"

    async def handle_DATA(self, _serveur, _session, enveloppe):
        reponse = self.message.pop(0) if self.message else "250 OK"
        dit(lu(enveloppe, reponse))
        await asyncio.sleep(self.lenteur)
        return reponse


async def sert(choix):
    contexte = None
    if choix.certificat:
        contexte = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        contexte.load_cert_chain(choix.certificat, choix.cle)
    puits = Puits(choix)
    boucle = asyncio.get_running_loop()
    serveur = await boucle.create_server(lambda: SMTP(puits), "127.0.0.1", 0, ssl=contexte)
    dit({"port": serveur.sockets[0].getsockname()[1]})
    await serveur.serve_forever()


def main():
    lecteur = argparse.ArgumentParser()
    lecteur.add_argument("--destinataire", nargs="*", default=[])
    lecteur.add_argument("--message", nargs="*", default=[])
    lecteur.add_argument("--lenteur", type=float, default=0)
    lecteur.add_argument("--certificat")
    lecteur.add_argument("--cle")
    choix = lecteur.parse_args()

    def veille():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=veille, daemon=True).start()
    asyncio.run(sert(choix))


main()
