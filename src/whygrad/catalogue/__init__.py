"""What every public function of TensorFlow and Keras does to a gradient, as measured: a name comes in, an Entry goes out. No TensorFlow needed.

    catalogue.load().find("tf.math.top_k").flow("input")  # (Status.GRADIENT, Status.NONE): the values carry it, the indices do not

The data is written by `make catalogue` (tools/catalogue/), one file per pair of versions, and never by hand.
"""

from __future__ import annotations

from whygrad.catalogue.entry import Argument, Detail, Entry, Output, Status
from whygrad.catalogue.lookup import Catalogue, load, versions

__all__ = ["Argument", "Catalogue", "Detail", "Entry", "Output", "Status", "load", "versions"]
