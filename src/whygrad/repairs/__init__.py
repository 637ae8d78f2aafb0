"""A diagnosis and the texts of the files it speaks of come in; a repair as exact text edits goes out, or none. Nothing is imported or run.

`offering.with_repair` asks `causes/<slug>/repair.py`. The modules here are what those share: the file with its tree (`file`), what libraries are
called in it (`imported`), moves of statements (`moving`), and expressions written anew (`leaving`, `rounding`, `comparing`, `casting`).
"""
