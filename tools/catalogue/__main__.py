"""`python -m tools.catalogue measure`: run every public function of the installed TensorFlow and write its data file.

`--only WORD` measures anew what has the word in its name (or whose last answer has it, with `--failed`); the rest is taken from the last run.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

from tools.catalogue.running import Worker, answers
from tools.catalogue.store import append_state, pair, read_state, write_data

from whygrad.catalogue import Entry, Status
from whygrad.catalogue.lines import entry_of, line_of

RAW = "tensorflow.raw_ops."


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.catalogue", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    measuring = verbs.add_parser("measure", help="measure the installed TensorFlow and Keras")
    measuring.add_argument("--only", default="", metavar="PATTERN", help="a regular expression for names")
    measuring.add_argument("--failed", action="store_true", help="what could not be measured the last time")
    measuring.add_argument("--resume", action="store_true", help="what has no answer yet")
    verbs.add_parser("page", help="write docs/ops.md, docs/ops.html and the page of differences")
    words = parser.parse_args()
    if words.verb == "page":
        from tools.catalogue.pages import write_pages

        sys.exit(write_pages())
    _measure(words)


def _measure(words: argparse.Namespace) -> None:
    name, began = pair(), time.monotonic()
    state, worker = read_state(name), Worker()
    chosen = [n for n in worker.names if _wanted(n, words, state)]
    chosen.sort(key=lambda n: n.startswith(RAW))  # raw ops last: they take over the calls seen inside functions
    for number, answer in enumerate(answers(_requests(chosen, state), worker), 1):
        state[answer["name"]] = answer
        append_state(name, answer)
        if number % 100 == 0:
            print(f"{number} of {len(chosen)}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    known = set(worker.names)
    worker.close()
    file = write_data(name, (_line(a) for a in state.values() if a["name"] in known))
    print(f"{file}: {len(known)} functions, {time.monotonic() - began:.0f} s")


def _wanted(name: str, words: argparse.Namespace, state: dict[str, dict[str, Any]]) -> bool:
    if not re.search(words.only, name):
        return False
    if words.failed:
        return name not in state or entry_of(_line(state[name])).status is Status.NOT_MEASURED
    return not (words.resume and name in state)


def _requests(names: list[str], state: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for name in names:
        op = name.removeprefix(RAW)
        seen = (a.get("harvest", {}).get(op) for a in sorted(state.values(), key=lambda a: str(a["name"]))) if op != name else ()
        yield {"name": name, "spec": next(filter(None, seen), None)}


def _line(answer: dict[str, Any]) -> str:
    line = str(answer["line"]) if "line" in answer else line_of(Entry(answer["name"], reason=answer["died"]))
    names, tab, rest = line.partition("\t")
    return f"{' '.join(_needed(names.split(' ')))}{tab}{rest}"


def _needed(names: list[str]) -> list[str]:
    """Without the names in tf.compat.v1 of what is the same function today: the look-up goes there by itself."""
    return [n for n in names if n.replace("tensorflow.compat.v1.", "tensorflow.", 1) not in set(names) - {n}]


if __name__ == "__main__":
    main()
