"""Sites -> the place to point at: which of the frames of an op a reader should look at."""

from __future__ import annotations

from whygrad import recording as rec
from whygrad.model import Location

CONSTRUCTORS = ("__init__", "build", "__post_init__", "__new__", "setup", "__attrs_post_init__")


def frames(recording: rec.Recording, site: int) -> list[Location]:
    """The user's frames at a site, outermost first."""
    return [recording.frames[f] for f in reversed(recording.sites[site])] if site >= 0 else []


def divergence(recording: rec.Recording, site: int, other: int) -> int | None:
    """How many frames from the outside the two sites share one function but stand at different expressions in it; None if they never do."""
    a, b = recording.sites[site][::-1] if site >= 0 else (), recording.sites[other][::-1] if other >= 0 else ()
    for depth, (mine, theirs) in enumerate(zip(a, b)):
        if mine == theirs:
            continue
        f, g = recording.frames[mine], recording.frames[theirs]
        return depth if (f.path, f.function) == (g.path, g.function) else None
    return None


def beside(recording: rec.Recording, site: int, other: int) -> Location | None:
    """The expression of `site` in the function that both sites share: `outputs = model(x)` beside `with tf.GradientTape()`.

    A value made in a constructor lives on after it: then the line in the constructor is the place, not the line that constructs.
    """
    chain = frames(recording, site)
    if not chain:
        return None
    depth = divergence(recording, site, other)
    if depth is None:
        return constructor_frame(chain) or chain[-1]
    return constructor_frame(chain[depth + 1 :]) or chain[depth]


def constructor_frame(chain: list[Location]) -> Location | None:
    return next((f for f in chain if f.function.rsplit(".", 1)[-1] in CONSTRUCTORS), None)


def innermost(recording: rec.Recording, site: int) -> Location | None:
    return recording.location(site)


def outer_call(recording: rec.Recording, site: int, other: int) -> Location | None:
    """The call through which the place of `site` was entered from the function it shares with `other`; None if it is the same frame."""
    depth = divergence(recording, site, other)
    chain = frames(recording, site)
    return chain[depth] if depth is not None and depth < len(chain) - 1 else None
