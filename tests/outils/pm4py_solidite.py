#!/usr/bin/env python3
"""Juge des réseaux PNML avec pm4py, pour comparer avec notre juge.

Usage : pm4py_solidite.py [--delai SECONDES] FICHIER.pnml…
Écrit sur la sortie un document JSON : {fichier: {"verdict": …, "seconds": …}}, où le verdict est
« sound », « unsound », « timeout » ou « error : … ». Les secondes ne comptent que le jugement,
ni le démarrage de Python ni la lecture du fichier.
"""

import argparse
import contextlib
import json
import signal
import sys
import time
import warnings


class TooLong(Exception):
    """Le délai d’un réseau est passé."""


def _stop(_signal, _frame):
    raise TooLong


def judge(pm4py, path, delay):
    """Le verdict de pm4py sur un fichier, et le temps pris."""
    started = time.perf_counter()
    signal.alarm(delay)
    try:
        net, initial, final = pm4py.read_pnml(path, auto_guess_final_marking=True)
        started = time.perf_counter()
        sound, _ = pm4py.check_soundness(net, initial, final)
        verdict = "sound" if sound else "unsound"
    except TooLong:
        verdict = "timeout"
    except Exception as error:  # un réseau qui fait échouer pm4py ne doit pas taire les autres
        verdict = f"error : {type(error).__name__} : {error}"
    finally:
        signal.alarm(0)
    return {"verdict": verdict, "seconds": round(time.perf_counter() - started, 6)}


def main():
    """Juge les fichiers donnés, l’un après l’autre."""
    parser = argparse.ArgumentParser(description="Solidité de réseaux PNML selon pm4py.")
    parser.add_argument("--delai", type=int, default=60, help="secondes par réseau")
    parser.add_argument("fichiers", nargs="+")
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, _stop)
    warnings.simplefilter("ignore")
    # pm4py raconte ce qu’il fait sur la sortie ; elle est gardée pour le JSON.
    with contextlib.redirect_stdout(sys.stderr):
        import pm4py

        answers = {path: judge(pm4py, path, asked.delai) for path in asked.fichiers}
    json.dump(answers, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
