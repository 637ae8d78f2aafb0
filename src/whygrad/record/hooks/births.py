"""A new variable's constructor in; what the frames of the libraries around it know: its initializer, its layer, its full name, who keeps it.

Read off their local variables once, when the variable is made (names seen on Keras 2.15 to 3.15, tf_keras 2.16 to 2.21, TensorFlow 2.15 to 2.21).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from whygrad.record.recorder import BARRIER, Recorder

LIBRARIES = ("keras.", "tf_keras.", "tensorflow.")
KEEPERS = {  # part of a module's name -> what keeps the variable for itself
    ".optimizers.": "optimizer",
    "tensorflow.python.training.": "optimizer",
    ".metrics": "metric",
    ".random.": "seed",
    "stateful_random_ops": "seed",
    ".checkpoint.": "checkpoint",
    "whygrad.health.": "whygrad",
}
COUNTING = ("_init_batch_counters", "compile", "_configure_steps_per_execution")  # functions in which tf_keras makes counters of its own
WORDS = {"Zeros": "zeros", "Ones": "ones", "Constant": "constant", "Identity": "identity", "IdentityInitializer": "identity"}
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(slots=True)
class Birth:
    """`word` is what the initializer makes: zeros, ones, constant, identity or random; None where it is the user's own, or none is known."""

    word: str | None = None
    initializer: str = ""
    full_name: str = ""
    keeper: str = ""
    layer: str = ""


def of(r: Recorder, frame: FrameType | None) -> Birth:
    """What is known of the variable whose constructor is called in `frame`."""
    born = Birth()
    for f in _libraries(r, frame):
        module = str(f.f_globals.get("__name__", ""))
        names = f.f_code.co_varnames
        if not born.initializer and "initializer" in names:
            _initialized(born, f.f_locals.get("initializer"))
        if not born.full_name and module.startswith("keras.src.backend.") and "self" in names:
            born.full_name = _text(f.f_locals.get("self"), "_path")
        if not born.layer and f.f_code.co_name == "add_weight" and "self" in names:
            born.layer = _text(f.f_locals.get("self"), "name")
        if not born.keeper:
            born.keeper = _keeper(module, f.f_code.co_name)
    return born


def _libraries(r: Recorder, frame: FrameType | None) -> Iterator[FrameType]:
    """The frames up to the user's."""
    while frame is not None:
        mine = r.user_code.get(id(frame.f_code))
        if (r.classify(frame.f_code) if mine is None else mine) not in (0, BARRIER):
            return
        yield frame
        frame = frame.f_back


def _keeper(module: str, function: str) -> str:
    if function in COUNTING and module.startswith(LIBRARIES):
        return "counter"
    return next((keeper for part, keeper in KEEPERS.items() if part in f"{module}."), "")


def _text(owner: Any, name: str) -> str:
    value = getattr(owner, name, "")
    return value if isinstance(value, str) else ""


def _initialized(born: Birth, initializer: Any) -> None:
    """Of a library's initializer the settings are known; of the user's own only the name is asked, since anything else may run code."""
    if not callable(initializer):
        return
    kind = type(initializer)
    if not kind.__module__.startswith(LIBRARIES):
        born.initializer = str(getattr(initializer, "__name__", kind.__name__))
        return
    born.word = WORDS.get(kind.__name__, "random")
    born.initializer = CAPITAL.sub("_", kind.__name__).lower() + _settings(initializer)


def _settings(initializer: Any) -> str:
    """`(stddev=0.05)`, without seeds and dtypes; nothing where it has none, or does not say."""
    try:
        config = initializer.get_config()
    except Exception:  # it cannot be written down
        return ""
    plain = [f"{name}={value!r}" for name, value in config.items() if name not in ("seed", "dtype") and isinstance(value, (bool, int, float, str))]
    return f"({', '.join(plain)})" if plain else ""
