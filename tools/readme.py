"""examples/first.py and what `whygrad run` says of it go into the marked blocks of README.md; `--check` only compares."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
EXAMPLE = Path("examples", "first.py")
QUIET = {"COLUMNS": "80", "NO_COLOR": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def report() -> str:
    """The report at 80 columns; SystemExit with the program's output when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "report.txt")
        command = [sys.executable, "-m", "whygrad", "run", "--color", "never", "--output", str(output), str(EXAMPLE)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=300, check=False)
        if not output.exists():
            raise SystemExit(f"no report of {EXAMPLE}, exit status {done.returncode}\n{done.stderr}")
        return output.read_text(encoding="utf-8")


def filled(text: str, block: str, language: str, content: str) -> str:
    """The text with what stands between `<!-- block -->` and `<!-- /block -->` replaced by a fenced block."""
    pattern = re.compile(rf"(<!-- {block} -->\n).*?(<!-- /{block} -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise SystemExit(f"README.md needs one block <!-- {block} --> ... <!-- /{block} -->")
    fence = f"```{language}\n{content.strip()}\n```\n"
    return pattern.sub(lambda m: m[1] + fence + m[2], text)


def main() -> int:
    old = README.read_text(encoding="utf-8")
    new = filled(old, "program", "python", (ROOT / EXAMPLE).read_text(encoding="utf-8"))
    new = filled(new, "report", "text", report())
    if "--check" in sys.argv[1:]:
        print("README.md is up to date" if new == old else "README.md is out of date: make golden")
        return int(new != old)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
