#!/usr/bin/env python3
"""Lit un agenda sur son entrée (icalendar) et dit ses événements, en JSON."""

import json
import sys

from icalendar import Calendar

agenda = Calendar.from_ical(sys.stdin.buffer.read())


def evenement(lu):
    return {
        "uid": str(lu["UID"]),
        "etabli": lu["DTSTAMP"].dt.isoformat(),
        "debut": lu["DTSTART"].dt.isoformat(),
        "fin": lu["DTEND"].dt.isoformat(),
        "titre": str(lu["SUMMARY"]),
        "details": str(lu["DESCRIPTION"]),
        "adresse": str(lu["URL"]),
        "alarmes": [
            {"quoi": str(a["ACTION"]), "jours": a["TRIGGER"].dt.days, "dit": str(a["DESCRIPTION"])}
            for a in lu.walk("VALARM")
        ],
        "erreurs": [str(e) for e in lu.errors],
    }


json.dump(
    {
        "entetes": {nom: str(valeur) for nom, valeur in agenda.items()},
        "evenements": [evenement(lu) for lu in agenda.walk("VEVENT")],
        "erreurs": [str(e) for e in agenda.errors],
    },
    sys.stdout,
)
