"""Reading the user's source: files in; lines, syntax trees, locations and the flow of values out. Never imports the user's code."""

from __future__ import annotations
