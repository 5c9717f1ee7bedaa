#!/usr/bin/env python3
"""Ce qu'un lecteur peut déduire de vues partagées (liste JSON sur l'entrée), par programmation
linéaire : pour chaque effectif caché, l'intervalle de ses valeurs possibles. Répond en JSON le
nombre d'effectifs jugés et ceux qui se resserrent."""

import json
import math
import sys

from scipy.optimize import linprog
from scipy.sparse import coo_matrix

PRESQUE = 4
EPS = 1e-6


class Programme:
    """Un seul programme pour toutes les lignes : elles n'ont rien en commun."""

    def __init__(self):
        self.bornes, self.egal, self.moins = [], [], []

    def variable(self, bas, haut):
        self.bornes.append((bas, haut))
        return len(self.bornes) - 1

    def entre(self, somme, bas, haut):
        if bas == haut:
            self.egal.append((somme, bas))
            return
        self.moins.append((somme, haut))
        self.moins.append(([(v, -c) for v, c in somme], -bas))

    def resout(self, objectif):
        def matrice(lignes):
            if not lignes:
                return None, None
            termes = [(r, v, c) for r, (somme, _) in enumerate(lignes) for v, c in somme]
            rangs, places, valeurs = zip(*termes)
            taille = (len(lignes), len(self.bornes))
            return coo_matrix((valeurs, (rangs, places)), shape=taille), [b for _, b in lignes]

        cout = [0.0] * len(self.bornes)
        for variable, signe in objectif:
            cout[variable] = signe
        a_egal, b_egal = matrice(self.egal)
        a_moins, b_moins = matrice(self.moins)
        lu = linprog(cout, a_moins, b_moins, a_egal, b_egal, bounds=self.bornes, method="highs")
        assert lu.status == 0, lu.message
        return lu.x


def besoin(programme, vue, ligne, k):
    """Une ligne de besoins : effectifs, sommes de niveaux, couverts. Rend ce qui est à juger."""
    seuil = vue["seuil"]
    juges, effectifs, sommes, couverts = [], [], [], []
    *cases, total = ligne["cases"]
    for place, case in enumerate(cases):
        evalues = case["evalues"]
        haut = k - 1 if evalues is None else evalues
        if case["besoin"] is not None:
            bas = haut = case["besoin"]
        elif case["presque_tous"]:
            bas = max(evalues - PRESQUE, 0)
        else:
            # Un zéro est toujours montré, sauf où rien ne l'est.
            bas = 0 if evalues is None else 1
        n = programme.variable(bas, haut)
        effectifs.append((n, 1))
        if case["besoin"] is None:
            etendue = (bas, haut) if case["presque_tous"] else None
            juges.append((ligne["code"], place, n, etendue))
        c = programme.variable(0, haut)
        programme.moins.append(([(c, 1), (n, -1)], 0))
        couverts.append((c, 1))
        if case["taux"] is not None and case["besoin"]:
            taux = case["taux"]
            programme.entre([(c, 100)], (taux - 2.5) * case["besoin"], (taux + 2.5) * case["besoin"])
        if seuil is not None:
            # Un niveau va de 0 à 4 ; un besoin commence au seuil.
            parmi = k - 1 if evalues is None else evalues
            s = programme.variable(0, 4 * parmi)
            programme.moins.append(([(n, seuil), (s, -1)], 0))
            programme.moins.append(([(s, 1), (n, -(5 - seuil))], (seuil - 1) * parmi))
            if case["moyenne"] is not None:
                m = case["moyenne"]
                programme.entre([(s, 100)], (m - 0.5) * parmi, (m + 0.5) * parmi)
            sommes.append((s, 1))
    somme_totale(programme, total, effectifs, total["evalues"])
    if total["taux"] is not None and total["besoin"]:
        bas, haut = ((total["taux"] + e) * total["besoin"] / 100 for e in (-2.5, 2.5))
        programme.entre(couverts, bas, haut)
    if total["moyenne"] is not None and total["evalues"] is not None:
        bas, haut = ((total["moyenne"] + e) * total["evalues"] / 100 for e in (-0.5, 0.5))
        programme.entre(sommes, bas, haut)
    return juges


def somme_totale(programme, total, effectifs, parmi):
    nombre = total.get("besoin", total.get("beneficiaires"))
    if nombre is not None:
        programme.entre(effectifs, nombre, nombre)
    elif total["presque_tous"] and parmi is not None:
        programme.entre(effectifs, max(parmi - PRESQUE, 0), parmi)


def prestation(programme, vue, ligne, k):
    juges, effectifs = [], []
    *cases, total = ligne["cases"]
    *ensembles, contrat = vue["ensembles"]
    for place, (case, ensemble) in enumerate(zip(cases, ensembles)):
        parmi = ensemble["accompagnements"]
        haut = k - 1 if parmi is None else parmi
        if case["beneficiaires"] is not None:
            bas = haut = case["beneficiaires"]
        elif case["presque_tous"]:
            bas = max(parmi - PRESQUE, 0)
        else:
            bas = 0 if parmi is None else 1
        n = programme.variable(bas, haut)
        effectifs.append((n, 1))
        if case["beneficiaires"] is None:
            etendue = (bas, haut) if case["presque_tous"] else None
            juges.append((ligne["code"], place, n, etendue))
    somme_totale(programme, total, effectifs, contrat["accompagnements"])
    return juges


def main():
    programme, lignes = Programme(), []
    for rang, vue in enumerate(json.load(sys.stdin)):
        for nature, juge in (("besoins", besoin), ("prestations", prestation)):
            for ligne in vue[nature]:
                juges = juge(programme, vue, ligne, vue["k"])
                lignes.append([(rang, vue["k"], *j) for j in juges])
    jugees, resserrees = 0, []
    for ordre in range(max(map(len, lignes))):
        ici = [ligne[ordre] for ligne in lignes if ordre < len(ligne)]
        bas = programme.resout([(variable, 1) for *_, variable, _ in ici])
        haut = programme.resout([(variable, -1) for *_, variable, _ in ici])
        for rang, k, code, place, variable, etendue in ici:
            jugees += 1
            trouve = (math.ceil(bas[variable] - EPS), math.floor(haut[variable] + EPS))
            if etendue is None:
                tient = trouve[1] - trouve[0] + 1 >= k
            else:
                tient = trouve == etendue
            if not tient:
                resserrees.append([rang, code, place, *trouve])
    json.dump({"jugees": jugees, "resserrees": resserrees}, sys.stdout)


main()
