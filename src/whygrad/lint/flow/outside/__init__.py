"""What is not the user's own: functions, classes, attributes and methods of TensorFlow, Keras, NumPy and Python."""

from __future__ import annotations

from whygrad.lint.flow.outside.functions import function
from whygrad.lint.flow.outside.objects import attribute, call_object, construct, method

__all__ = ["attribute", "call_object", "construct", "function", "method"]
