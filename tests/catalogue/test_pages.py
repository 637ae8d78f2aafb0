"""The generated pages: up to date, complete, and nothing in them is markup that came from data."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tools.catalogue import pages
from tools.catalogue.differences_of_versions import changes, only_in

from whygrad import catalogue
from whygrad.catalogue import Argument, Catalogue, Entry, Output, Status
from whygrad.catalogue.lines import line_of

DOCS = Path(__file__).parents[2] / "docs"
NEWEST = catalogue.load()
OLDEST = catalogue.load(catalogue.versions()[0][0])
X = Argument("x", 0, "float")


def one(name: str, status: Status, **more: str) -> Entry:
    return Entry(name, (), (X,), (Output("", "float32"),), {"x": (status,)}, {}, **more)


def of(*entries: Entry) -> Catalogue:
    return Catalogue("2.0", "2.0", "\n".join(line_of(entry) for entry in entries).encode())


class Reader(HTMLParser):
    """Collects the tags and what stands in the data block."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.data = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = ("id", "data") in attrs

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.data += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ops.md", "\n".join(pages.markdown(NEWEST))),
        ("ops.html", pages.page(NEWEST)),
        ("ops-changes.md", "\n".join(pages.changed(OLDEST, NEWEST))),
    ],
)
def test_the_pages_are_up_to_date(name: str, text: str) -> None:
    assert (DOCS / name).read_text("utf-8") == f"{text.rstrip()}\n", "run `python -m tools.catalogue page`"


def test_every_function_that_cuts_has_a_section() -> None:
    text = (DOCS / "ops.md").read_text("utf-8")
    sections = re.findall(r"^### `(.*?)`: ", text, re.MULTILINE)
    assert len(sections) == sum(map(pages.in_sections, NEWEST)) > 100
    links, anchors = set(re.findall(r"\]\(#([\w-]+)\)", text)), set(re.findall(r'<a id="([\w-]+)">', text))
    assert links <= anchors


def test_the_table_holds_every_function_and_needs_nothing_else() -> None:
    reader = read((DOCS / "ops.html").read_text("utf-8"))
    assert len(json.loads(reader.data)) == len(NEWEST)
    assert reader.tags.count("script") == 2
    assert not {"img", "link", "iframe"} & set(reader.tags)


def test_data_is_never_markup() -> None:
    evil = one("tensorflow.f", Status.NONE, call="x=</script><img src=x>&amp;", doubt="</script><script>alert(1)</script>")
    missing = Entry("tensorflow.g", (), (X,), reason="<img src=x> | `code` *bold* </script>")
    known = of(evil, missing)
    reader = read(pages.page(known))
    assert reader.tags.count("script") == 2
    assert "img" not in reader.tags
    assert json.loads(reader.data)[1][2] == missing.reason
    assert "<img" not in "\n".join(pages.markdown(known))
    assert "<script" not in "\n".join(pages.markdown(known))


def test_changes_between_versions() -> None:
    old = of(
        one("tensorflow.a", Status.NONE), one("tensorflow.b", Status.GRADIENT), one("tensorflow.c", Status.NONE), one("tensorflow.gone", Status.NONE)
    )
    new = of(
        one("tensorflow.a", Status.GRADIENT), one("tensorflow.b", Status.NONE), one("tensorflow.c", Status.ZERO), one("tensorflow.new", Status.NONE)
    )
    found = {c.name[-1]: c for c in changes(old, new)}
    assert found["a"].became
    assert found["b"].stopped
    assert not found["c"].became
    assert not found["c"].stopped
    assert (only_in(new, old), only_in(old, new)) == (["tensorflow.new"], ["tensorflow.gone"])
    assert changes(new, new) == []
