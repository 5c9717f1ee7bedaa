#!/usr/bin/env python3
"""Lit des pages HTML (liste JSON sur l'entrée) avec lxml : leurs éléments, et leur texte, en JSON."""

import json
import sys

from lxml import html


def lue(texte):
    page = html.document_fromstring(texte)
    elements = [
        [e.tag if isinstance(e.tag, str) else repr(e.tag), sorted(e.attrib.items())]
        for e in page.iter()
    ]
    return {"elements": elements, "texte": page.text_content()}


json.dump([lue(texte) for texte in json.load(sys.stdin)], sys.stdout)
