"""Names of targets come in; answers of worker processes go out. A function that crashes or hangs its process is answered with that reason."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_SECONDS = 240.0
SECONDS = 240.0
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


class Worker:
    """One process of worker.py. `names` are the targets it knows."""

    def __init__(self) -> None:
        paths = [str(ROOT), str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.catalogue.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self._rest = b""
        ready = self._answer(START_SECONDS)
        if not isinstance(ready, dict):
            raise RuntimeError(f"the worker did not start ({ready}): python -m tools.catalogue.worker")
        self.names: list[str] = ready["ready"]

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any] | str:
        """The answer, or why there is none; then this worker is dead."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            return self.ended()
        return self._answer(SECONDS)

    def _answer(self, seconds: float) -> dict[str, Any] | str:
        assert self._process.stdout is not None
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._process.stdout], [], [], seconds)
            if not ready:
                self.close()
                return f"it hangs: no answer after {seconds:.0f} s"
            piece = os.read(self._process.stdout.fileno(), 1 << 16)
            if not piece:
                return self.ended()
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return dict(json.loads(line))

    def ended(self) -> str:
        status = self._process.wait()
        return f"it ends the process ({signal.Signals(-status).name if status < 0 else f'status {status}'})"

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def answers(requests: Iterator[Mapping[str, Any]], worker: Worker) -> Iterator[dict[str, Any]]:
    """One answer per request, in order; {"name", "died"} where the worker died of it."""
    for request in requests:
        answer = worker.ask(request)
        if isinstance(answer, str):
            worker.__init__()  # type: ignore[misc]
            again = worker.ask({"name": request["name"], "died": answer})
            yield again if isinstance(again, dict) else {"name": request["name"], "died": answer}
        else:
            yield answer
