"""`whygrad run --health`: the whole training measured, a table after the report, and the numbers of the program as they are without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import keras
import numpy as np

keras.utils.set_random_seed(0)
x = np.random.randn(64, 3).astype("float32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh", name="hidden"), keras.layers.Dense(1, name="out")])
model.compile("adam", "mse")
history = model.fit(x, x[:, :1], epochs=4, batch_size=16, verbose=0)
print(history.history["loss"], float(abs(model.get_layer("hidden").kernel.numpy()).sum()))
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "train.py").write_text(PROGRAM)
    env = {**os.environ, "WHYGRAD_STRICT": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "COLUMNS": "80"}
    return subprocess.run([sys.executable, *arguments, "train.py"], cwd=folder, env=env, capture_output=True, text=True, timeout=300)


def test_the_table_follows_the_report_and_the_numbers_stay(tmp_path: Path) -> None:
    plain = run(tmp_path)
    healthy = run(tmp_path, "-m", "whygrad", "run", "--health", "--variables")
    assert healthy.returncode == 0
    assert healthy.stdout == plain.stdout
    said = healthy.stderr[healthy.stderr.index("whygrad: ") :]
    assert said.startswith("whygrad: nothing to report: 4 gradients")
    assert [line.split()[0] for line in said.splitlines()[-5:]] == ["gradient", "hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]
    assert all(len(line) <= 80 for line in said.splitlines())
    table = said[said.index("variables (lines of train.py)") :].split("\n\n")[0].splitlines()
    assert [line.split()[0].split("/")[-1] for line in table[2:]] == ["kernel", "bias", "kernel", "bias"]
    assert [" ".join(line.split()[-5:]) for line in table[2:]] == [f"{word} @7 ok Adam @9" for word in ("glorot_uniform", "zeros") * 2]
