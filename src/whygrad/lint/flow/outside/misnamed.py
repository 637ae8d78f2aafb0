"""`[v for v in model.trainable_variables if v.name.startswith("head")]`: in Keras 3 the weights of its layers are called `kernel` and `bias`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.values import Tensor, Value
from whygrad.lint.flow.walk import Env, Walk

WORDS = (  # what the layers of Keras call their weights
    *("kernel", "bias", "gamma", "beta", "embeddings", "alpha", "moving_mean", "moving_variance", "mean", "variance", "count"),
    *(
        "recurrent_kernel",
        "depthwise_kernel",
        "pointwise_kernel",
        "scale",
        "position_embeddings",
        "lora_kernel_a",
        "lora_kernel_b",
        "seed_generator_state",
    ),
)
OF_KERAS_3 = ("import keras\n", "from keras import ", "from keras.")
NOT_OF_IT = (
    *("tf_keras", "compat.v1", "TF_USE_LEGACY_KERAS", "tensorflow.python.keras", "disable_v2"),
    *("Session(", "placeholder(", "K.gradients", "backend.gradients", "K.function", "get_session"),
)


def filter_without_match(walk: Walk, part: ast.comprehension, items: list[Value], env: Env) -> Site | None:
    """The condition that none of these weights can meet, if there is one."""
    tests = list(_by_name(part)) if part.ifs else []
    if not tests or not items or not _is_keras_3(walk.texts.get(env.frame.path, "")):
        return None
    if not all(isinstance(i, Tensor) and i.form == "variable" and i.node.needs for i in items):
        return None
    return next((env.site(test) for test, words, begins in tests if not _may_match(words, begins)), None)


def _by_name(part: ast.comprehension) -> Iterator[tuple[ast.expr, tuple[str, ...], bool]]:
    """The conditions on `v.name` alone: where they stand, the words, whether the name has to begin with one."""
    for test in part.ifs:
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.In):
            if _is_name(test.comparators[0], part.target) and isinstance(test.left, ast.Constant):
                yield test, (str(test.left.value),), False
        elif isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "startswith" and len(test.args) == 1:
            given = test.args[0].elts if isinstance(test.args[0], ast.Tuple) else test.args
            words = tuple(str(n.value) for n in given if isinstance(n, ast.Constant))
            if _is_name(test.func.value, part.target) and len(words) == len(given):
                yield test, words, True


def _is_name(node: ast.expr, target: ast.expr) -> bool:
    is_attribute = isinstance(node, ast.Attribute) and node.attr == "name" and isinstance(node.value, ast.Name)
    return is_attribute and isinstance(target, ast.Name) and node.value.id == target.id  # type: ignore[attr-defined]


def _may_match(words: tuple[str, ...], begins: bool) -> bool:
    return any(name.startswith(word) if begins else word in name for word in words for name in WORDS)


@cache
def _is_keras_3(text: str) -> bool:
    """Is Keras imported by its own name, and nothing said of an older one?"""
    own = any(line.lstrip().startswith(OF_KERAS_3) or line.strip() == "import keras" for line in text.splitlines())
    return own and not any(word in text for word in NOT_OF_IT)
