"""Running a part of the user's graph a second time, for its values: a pruned copy without writes, prints and other effects.

The copy takes the tensors that the real call is about to get, reads the variables as they are before it, and changes nothing: operations
without outputs and control edges are left out, and so nothing that only has an effect is in it. A graph in which values come out of the
user's Python functions, or out of iterators and queues, is not run twice (seen on 2.15 to 2.21).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import graph_pb2
from tensorflow.python.framework import importer, op_def_registry
from tensorflow.python.framework import ops as tf_ops

from whygrad.record.hooks.eager_samples import array_of

PYTHON = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})
CONSUMING = ("IteratorGetNext", "QueueDequeue", "StackPop", "TensorArrayRead", "Barrier", "Reader", "Recv", "Infeed")
MOST_NODES = 30_000
functions_of = attrgetter("library")  # of a GraphDef: the functions that its nodes call
Feeds = Mapping[str, Any]  # tensor name -> the value it is to have


class CannotReplay(Exception):
    """This part of the graph has effects, or values that cannot be had a second time."""


def pruned(definition: graph_pb2.GraphDef, wanted: Sequence[str], feeds: Feeds) -> graph_pb2.GraphDef:
    """The nodes that the tensors `wanted` are computed from, as far as the fed ones; no control edges."""
    nodes = {node.name: node for node in definition.node}
    result = graph_pb2.GraphDef(versions=definition.versions)
    queue, seen = [name for name in wanted if canonical(name) not in feeds], set[str]()
    while queue:
        name = node_of(queue.pop())
        if name in seen:
            continue
        seen.add(name)
        node = nodes[name]
        check(node.op)
        kept = result.node.add()
        kept.CopyFrom(node)
        del kept.input[:]
        kept.input.extend(i for i in node.input if not i.startswith("^"))
        kept.attr.pop("_class", None)  # colocation with nodes that are left out
        queue += [i for i in kept.input if canonical(i) not in feeds]
    if len(seen) > MOST_NODES:
        raise CannotReplay(f"{len(seen)} operations")
    functions_of(result).CopyFrom(functions_of(definition))
    without_effects(functions_of(result))
    return result


def without_effects(functions: Any) -> None:
    """Take out of every function what has no outputs: assignments, prints, assertions."""
    for function in functions.function:
        kept = [node for node in function.node_def if not is_only_effect(node.op)]
        for node in kept:
            check(node.op)
            inputs = [i for i in node.input if not i.startswith("^")]
            del node.input[:]
            node.input.extend(inputs)
        copies = [type(node).FromString(node.SerializeToString()) for node in kept]
        del function.node_def[:]
        function.node_def.extend(copies)
        function.control_ret.clear()
        del function.signature.control_output[:]


def is_only_effect(op: str) -> bool:
    known = op_def_registry.get(op)
    return known is not None and not known.output_arg


def check(op: str) -> None:
    if op in PYTHON:
        raise CannotReplay("it calls Python")
    if op.startswith(CONSUMING):
        raise CannotReplay(f"it takes values out of a source ({op})")


def canonical(name: str) -> str:
    """`x` and `x:0` are the same tensor."""
    return name if ":" in name else f"{name}:0"


def node_of(name: str) -> str:
    return name.split(":", maxsplit=1)[0]


def run(definition: graph_pb2.GraphDef, wanted: Sequence[str], feeds: Feeds, build: Callable[[list[Any]], list[Any]] = list) -> list[Any]:
    """Values of what `build` makes of the tensors called `wanted`; eager tensors, or arrays where TensorFlow does not execute eagerly."""
    part = pruned(definition, wanted, feeds)
    used = {canonical(i) for node in part.node for i in node.input}
    names = [name for name in feeds if name in used]
    elsewhere = [name for name in wanted if canonical(name) in feeds]

    def body(*given: Any) -> list[Any]:
        inside = [w for w in wanted if w not in elsewhere]
        tensors = importer.import_graph_def(part, input_map=dict(zip(names, given)), return_elements=[canonical(w) for w in inside], name="")
        by_name = dict(zip(inside, tensors))
        return build([by_name[w] if w in by_name else tf.convert_to_tensor(feeds[canonical(w)]) for w in wanted])

    values = [feeds[name] for name in names]
    if tf_ops.executing_eagerly_outside_functions():
        function = tf.function(body, autograph=False).get_concrete_function(*values)  # called by itself it would count as retracing, and warn
        result: list[Any] = function(*values)
        return result
    with tf.Graph().as_default() as graph:
        places = [tf.compat.v1.placeholder(np.asarray(value).dtype, shape=np.shape(value)) for value in values]
        outputs = body(*places)
        with tf.compat.v1.Session(graph=graph) as session:
            found: list[Any] = session.run(outputs, dict(zip(places, values)))
            return found


def arrays(found: Sequence[Any]) -> list[Any]:
    """NumPy arrays of what `run` gave; None for what is no floating-point tensor."""
    return [value if isinstance(value, np.ndarray) else np.asarray(value) if isinstance(value, np.generic) else array_of(value) for value in found]


def differentiated(tensors: list[Any], targets: int) -> list[Any]:
    """The tensors after the first `targets`, and then the gradients of the targets with respect to each; an empty tensor for a missing one."""
    ys, xs = tensors[:targets], tensors[targets:]
    found = tf.gradients(ys, xs)
    dense = [tf.zeros([0]) if g is None else getattr(g, "values", g) if hasattr(g, "indices") else g for g in found]
    return [*xs, *dense]
