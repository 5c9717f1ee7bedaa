"""Les mêmes sommes que « entente besoins agreger », par pandas ; répond la durée médiane."""

import sys
import time

import pandas as pd


def somme(fichier, liens):
    lues = pd.read_csv(fichier, sep=";", dtype={"finess_et": str, "code": str})
    cle = ["finess_et", "personne"]
    besoins = lues[(lues.nature == "besoin") & lues.niveau.notna()].copy()
    besoins["besoin"] = besoins.niveau >= 2
    recues = lues[(lues.nature == "prestation") & (lues.statut == "realisee")]
    couvre = recues[[*cle, "code"]].merge(liens, left_on="code", right_on="prestation")
    couvre = couvre[[*cle, "besoin"]].drop_duplicates().rename(columns={"besoin": "code"})
    couvre["couvert"] = True
    besoins = besoins.merge(couvre, how="left", on=[*cle, "code"])
    besoins["couvert"] = besoins.couvert.notna() & besoins.besoin
    par_esms = besoins.groupby(["finess_et", "code"])[["niveau", "besoin", "couvert"]].sum()
    recues.groupby(["finess_et", "code"])["actes_an"].sum()
    return par_esms, lues.groupby("finess_et").personne.nunique()


def main():
    liens = pd.read_csv(sys.argv[2], sep=";", dtype=str)
    liens = liens[liens.force == "principale"][["besoin", "prestation"]]
    durees = []
    for _ in range(3):
        debut = time.perf_counter()
        somme(sys.argv[1], liens)
        durees.append(time.perf_counter() - debut)
    print(sorted(durees)[1])


main()
