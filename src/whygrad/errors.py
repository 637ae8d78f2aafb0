"""Every error that whygrad raises on purpose.

WhygradError                what the user reads: one line that says what, where, what to do
├── UsageError              a bad argument, file or option
├── ReportError             a report file that cannot be read
├── InputError              a source file that cannot be checked
└── UnsupportedTensorFlow   TensorFlow missing or outside the supported range
"""

from __future__ import annotations


class WhygradError(Exception):
    """Base of all errors of whygrad; `exit_status` is what the command line exits with."""

    exit_status = 2


class UsageError(WhygradError):
    """A bad argument, file or option."""


class ReportError(WhygradError):
    """A report file that is damaged, of a newer schema, or no report at all."""


class InputError(WhygradError):
    """A source file or notebook that cannot be read, decoded or parsed; the others are still checked."""


class UnsupportedTensorFlow(WhygradError):
    """TensorFlow is missing, or its version is outside the supported range."""
