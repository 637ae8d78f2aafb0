"""Doors into other people's programs: each takes what the core makes, and brings a library of its own that nothing else needs."""
