"""Replacing attributes of TensorFlow and Keras by wrappers, and putting them back.

A wrapper never changes arguments or results, and what fails inside our part of it is reported to the recorder, never to the user.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

from whygrad.record.hooks.disguise import disguise
from whygrad.record.recorder import Recorder

Wrapper = Callable[..., Any]


class Patches:
    """The attributes that are replaced now, newest last."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.replaced: list[tuple[Any, str, Any, bool]] = []
        self.skipped: list[str] = []

    def wrap(self, owner: Any, name: str, make: Callable[[Any], Wrapper]) -> None:
        """Replace `owner.name` by `make(original)`. An attribute that this version does not have is skipped and named in `skipped`."""
        own = vars(owner)
        original = own.get(name) or getattr(owner, name, None)
        if original is None:
            self.skipped.append(f"{getattr(owner, '__name__', owner)}.{name}")
            return
        if self not in _in_place:
            _in_place.append(self)
        wrapper = make(original)
        functools.update_wrapper(disguise(wrapper, original), original)
        self.replaced.append((owner, name, original, name in own))
        setattr(owner, name, wrapper)

    def restore(self) -> None:
        """Put every original back, newest first. One that somebody else has wrapped since is left to them."""
        if self in _in_place:
            _in_place.remove(self)
        while self.replaced:
            owner, name, original, own = self.replaced.pop()
            current = vars(owner).get(name)
            if getattr(current, "__wrapped__", None) is not original:
                for patches in _in_place:
                    patches.inherit(owner, name, original, own)
                continue
            if own:
                setattr(owner, name, original)
            else:
                delattr(owner, name)

    def inherit(self, owner: Any, name: str, original: Any, own: bool) -> None:
        """Others, whose wrapper ours wraps, are leaving before us: put back what they would have put back."""
        for i, (place, attribute, wrapped, _) in enumerate(self.replaced):
            if place is owner and attribute == name and getattr(wrapped, "__wrapped__", None) is original:
                wrapper = vars(owner).get(name)
                while wrapper is not None and getattr(wrapper, "__wrapped__", None) is not wrapped:
                    wrapper = getattr(wrapper, "__wrapped__", None)
                if wrapper is not None:
                    wrapper.__wrapped__ = original
                    self.replaced[i] = owner, name, original, own

    def names(self) -> list[str]:
        return [f"{getattr(owner, '__name__', owner)}.{name}" for owner, name, _, _ in self.replaced]


_in_place: list[Patches] = []


class guarded:  # noqa: N801 - written like contextlib's; a class, because a generator costs four times as much
    """Our part of a wrapper: an exception in it is ours, told once at the end; under WHYGRAD_STRICT=1 it is loud."""

    __slots__ = ("recorder",)

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        self.recorder.failed(error)
        return os.environ.get("WHYGRAD_STRICT") != "1"


@contextlib.contextmanager
def unseen(r: Recorder) -> Iterator[None]:
    """What we compute ourselves in this thread is neither recorded nor seen by the program's tapes. Nothing of the program's own is called in it."""
    from tensorflow.python.framework import ops as tf_ops  # not sooner: what the program sets before it imports TensorFlow must count

    thread = r.thread
    before, thread.own = thread.own, True
    try:
        with tf_ops.init_scope():
            yield
    finally:
        thread.own = before
