"""Programs and a seed come in; spoiled programs go out: some still run, some are hardly Python, some are not text. The same seed gives the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

_WORD = re.compile(rb"[A-Za-z_]\w*|\d+|[^\w\s]")
Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def mutated(programs: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` programs, each with one to four mistakes."""
    rng = random.Random(seed)
    for _ in range(count):
        program = rng.choice(programs)
        for _ in range(rng.randint(1, 4)):
            program = rng.choice(MUTATIONS)(program, rng, programs)
        yield program


def drop_line(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    lines = program.splitlines(keepends=True)
    return b"".join(line for n, line in enumerate(lines) if n != rng.randrange(len(lines) or 1))


def swap_lines(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    lines = program.splitlines(keepends=True) or [b""]
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def borrow_lines(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    lines, source = program.splitlines(keepends=True), rng.choice(others).splitlines(keepends=True)
    start, at = rng.randrange(len(source) or 1), rng.randrange(len(lines) + 1)
    return b"".join([*lines[:at], *source[start : start + rng.randint(1, 8)], *lines[at:]])


def drop_word(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    return replace_word(program, rng, [b""])


def replace_word(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    words, source = list(_WORD.finditer(program)), _WORD.findall(rng.choice(others))
    if not words:
        return program
    word = rng.choice(words)
    return program[: word.start()] + (rng.choice(source) if source else b"") + program[word.end() :]


def rename_all(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """One name becomes another one everywhere: functions that call themselves, variables that are modules."""
    names = sorted({w for w in _WORD.findall(program) if w[:1].isalpha()})
    if len(names) < 2:
        return program
    old, new = rng.sample(names, 2)
    return re.sub(rb"\b" + re.escape(old) + rb"\b", new, program)


def indent(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    lines = program.splitlines(keepends=True) or [b""]
    at = rng.randrange(len(lines))
    lines[at] = b"    " + lines[at] if rng.random() < 0.5 else lines[at].lstrip()
    return b"".join(lines)


def cut_off(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    return program[: rng.randrange(len(program) + 1)]


def spoil_bytes(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(program) + 1)
    return program[:at] + rng.choice([b"\0", b"\xff", b"\r", b"\f", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\\", b"'", b'"""', b"\t"]) + program[at:]


def nest(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    words = [w for w in _WORD.finditer(program) if w.group()[:1].isalpha()]
    if not words:
        return program
    word, depth = rng.choice(words), rng.choice([3, 60, 300])
    return program[: word.start()] + b"(" * depth + word.group() + b")" * depth + program[word.end() :]


def chain(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    words = [w for w in _WORD.finditer(program) if w.group()[:1].isalpha()]
    if not words:
        return program
    word = rng.choice(words)
    longer = rng.choice([b".x", b"[0]", b"()", b" + 1", b" if a else b", b" and c"]) * rng.choice([2, 40, 400])
    return program[: word.end()] + longer + program[word.end() :]


def repeat(program: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    return program * rng.choice([2, 3])


MUTATIONS: tuple[Mutation, ...] = (
    drop_line, swap_lines, borrow_lines, drop_word, replace_word, replace_word, rename_all, rename_all,
    indent, cut_off, spoil_bytes, nest, chain, repeat,
)  # fmt: skip
