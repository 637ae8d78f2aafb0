"""One process that measures: names of targets on standard input, one JSON line per answer on standard output. It may be killed at any time."""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what functions print belongs to nobody
    warnings.simplefilter("ignore")
    from tools.catalogue.harvest import Harvest
    from tools.catalogue.one import after_a_crash, measure_one
    from tools.catalogue.surface import targets

    known = {t.name: t for t in targets()}
    harvest = Harvest()
    answers.write(json.dumps({"ready": sorted(known)}) + "\n")
    answers.flush()
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        target = known[request["name"]]
        answer = after_a_crash(target, request["died"]) if "died" in request else measure_one(target, request.get("spec"), harvest)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
