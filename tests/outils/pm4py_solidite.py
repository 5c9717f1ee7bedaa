#!/usr/bin/env python3
"""Juge des réseaux PNML avec pm4py, pour comparer avec notre juge.

Usage : pm4py_solidite.py [--methode woflan|graphe] [--delai SECONDES] FICHIER.pnml…
Écrit sur la sortie un document JSON : {fichier: {"verdict": …, "seconds": …}}, où le verdict est
« sound », « unsound », « timeout » ou « error : … ». Les secondes ne comptent que le jugement,
ni le démarrage de Python ni la lecture du fichier.

« woflan » est le test de solidité de pm4py ; il devient trop lent au-delà de quelques centaines de
marquages. « graphe » est le graphe des marquages que pm4py construit, où se lit la définition : de
partout la fin peut être atteinte ; rien ne reste à côté d’elle ; chaque transition a lieu.
"""

import argparse
import contextlib
import json
import signal
import sys
import time
import warnings


class TooLong(BaseException):
    """Le délai d’un réseau est passé ; aucun « except Exception » de pm4py ne l’arrête."""


def _stop(_signal, _frame):
    raise TooLong


def woflan(pm4py, net, initial, final):
    """Le test de solidité de pm4py."""
    sound, _ = pm4py.check_soundness(net, initial, final)
    return sound


def graph(pm4py, net, initial, final):
    """La définition, sur le graphe des marquages ; sans fin si le réseau n’est pas borné."""
    from pm4py.objects.petri_net.utils.reachability_graph import marking_flow_petri

    if not pm4py.check_is_workflow_net(net) or len(final) != 1:
        return False
    _, steps, _ = marking_flow_petri(net, initial)
    before = {}
    fired = set()
    for marking, exits in steps.items():
        for transition, after in exits.items():
            fired.add(transition)
            before.setdefault(after, []).append(marking)
    (end,) = final
    if any(marking[end] and marking != final for marking in steps):
        return False
    leads = {final}
    todo = [final]
    while todo:
        for marking in before.get(todo.pop(), ()):
            if marking not in leads:
                leads.add(marking)
                todo.append(marking)
    return leads.issuperset(steps) and fired.issuperset(net.transitions)


METHODS = {"woflan": woflan, "graphe": graph}


def judge(pm4py, method, path, delay):
    """Le verdict de pm4py sur un fichier, et le temps pris."""
    started = time.perf_counter()
    # Sonne encore chaque seconde : une exception levée dans un rappel de pm4py peut se perdre.
    signal.setitimer(signal.ITIMER_REAL, delay, 1)
    try:
        net, initial, final = pm4py.read_pnml(path, auto_guess_final_marking=True)
        started = time.perf_counter()
        verdict = "sound" if method(pm4py, net, initial, final) else "unsound"
    except TooLong:
        verdict = "timeout"
    except Exception as error:  # un réseau qui fait échouer pm4py ne doit pas taire les autres
        verdict = f"error : {type(error).__name__} : {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {"verdict": verdict, "seconds": round(time.perf_counter() - started, 6)}


def main():
    """Juge les fichiers donnés, l’un après l’autre."""
    parser = argparse.ArgumentParser(description="Solidité de réseaux PNML selon pm4py.")
    parser.add_argument("--methode", choices=METHODS, default="woflan")
    parser.add_argument("--delai", type=int, default=60, help="secondes par réseau")
    parser.add_argument("fichiers", nargs="+")
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, _stop)
    warnings.simplefilter("ignore")
    method = METHODS[asked.methode]
    # pm4py raconte ce qu’il fait sur la sortie ; elle est gardée pour le JSON.
    with contextlib.redirect_stdout(sys.stderr):
        import pm4py

        answers = {path: judge(pm4py, method, path, asked.delai) for path in asked.fichiers}
    json.dump(answers, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
