"""One Diagnosis comes in; the parts of its report go out as lines: head, source, path, variables, places, fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from whygrad.model import Diagnosis, Fix, Location, PathStep, Related, VariableInfo
from whygrad.render.diff import DiffLine, Hunk, hunks
from whygrad.render.excerpt import SourceLine, crop, excerpt, place
from whygrad.render.layout import DIFF_STYLE, HANG, SEVERITY_STYLE, columns, cropped, item, quoted, styled, wrap
from whygrad.render.paths import short_path
from whygrad.render.plain_text import ELLIPSIS, code_line, inline, one_line, printable, shorten, shorten_middle, split_lines
from whygrad.render.screen import Screen

WITHOUT_PAGE = frozenset({"unused-ignore"})  # no cause, but a comment in vain
MOST_VARIABLES = 6
MOST_STEPS = 9
MOST_PLACES = 8
MOST_DIFF_LINES = 24
_VERIFIED = {True: "verified: run, every gradient is present", False: "tried: it was run and did not bring the gradient back"}


def head(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """The line that is enough alone. A guess says so here."""
    cause = f"{diagnosis.severity}[{one_line(diagnosis.cause, screen.encoding)}]"
    title = styled((cause, SEVERITY_STYLE[diagnosis.severity]), f" {diagnosis.certainty}: ")
    return wrap(title + quoted(one_line(diagnosis.message, screen.encoding), "bold"), screen.width)


def source(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """Where it is, and the lines with carets under the expression."""
    at = diagnosis.location
    if at is None:
        return []
    inside = "" if at.function in ("", "<module>") else f" in {inline(at.function, screen.encoding)}"
    lines = [styled(("  --> ", "cyan"), place(at, screen.encoding), (inside, "dim"))]  # never broken: terminals make it a link
    gutter = len(str(at.end_line))
    shown = excerpt(at, width=screen.width - gutter - len("   | "), encoding=screen.encoding)
    for line in shown:
        label = _label(diagnosis) if line is shown[-1] else ""
        lines += _source_line(line, gutter, SEVERITY_STYLE[diagnosis.severity], label, screen.width)
    return lines


def path(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """The way from the variable to the loss on one line where it fits, else one step a line."""
    steps = diagnosis.path
    if not steps:
        return []
    words = [code_line(step.what, screen.encoding) for step in steps]
    line = styled("  = ", ("path: ", "bold"))
    for index, word in enumerate(words):
        line += styled(_arrow(steps, index, lead=" "), word)
    line += styled((" =/=> (target)", "bold red")) if not steps[-1].carries_gradient else Text()
    return [line] if cell_len(line.plain) <= screen.width else _long_path(steps, words, screen)


def related(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """The other places, each with its line."""
    lines = [line for other in diagnosis.related[:MOST_PLACES] for line in _place(other, screen)]
    more = len(diagnosis.related) - MOST_PLACES
    return lines if more <= 0 else [*lines, styled(f"  = and {more} more places")]


def variables(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """Whom it concerns: on one line where they fit, else one a line, the first few."""
    infos = diagnosis.variables
    if not infos:
        return []
    shown, more = infos[:MOST_VARIABLES], len(infos) - MOST_VARIABLES
    rest = f"and {more} more" if more > 0 else ""
    rows = [_variable(info, screen.encoding) for info in shown]
    listed = ", ".join([*(f"{name} {kind}{f' ({birth})' if birth else ''}".rstrip() for name, kind, birth in rows), *filter(None, [rest])])
    line = styled("  = ", ("variable: " if len(infos) == 1 else "variables: ", "bold"), listed)
    return [line] if cell_len(line.plain) <= screen.width else _variable_table(rows, rest, screen.width)


def fix(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """What to type: the advice, the edits as a diff, and whether the repair was run."""
    if diagnosis.fix is None:
        return []
    first, *more = split_lines(printable(diagnosis.fix.title, screen.encoding))
    lines = item(f"fix ({diagnosis.fix.safety})", quoted(first), screen.width)
    lines += [row for text in more for row in indented(text, screen.width)]
    lines += _diff(diagnosis.fix, screen)
    if diagnosis.fix.verified is None:
        return lines
    verdict = styled((_VERIFIED[diagnosis.fix.verified], "green" if diagnosis.fix.verified else "dim"))
    return [*lines, *(Text(" " * HANG) + row for row in wrap(verdict, screen.width - HANG, hang=0))]


def why(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """The explanation; its own line breaks are kept."""
    text = printable(diagnosis.explanation, screen.encoding).strip()
    if not text:
        return []
    first, *more = split_lines(text)
    return [*item("why", quoted(first), screen.width), *(row for line in more for row in indented(line, screen.width))]


def more(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    """Where to read on."""
    if diagnosis.cause in WITHOUT_PAGE:
        return []
    lines = item("", styled((f"whygrad explain {one_line(diagnosis.cause, screen.encoding)}", "cyan")), screen.width)
    address = one_line(diagnosis.help, screen.encoding)
    return [*lines, styled("  = ", (address, "dim"))] if "://" in address else lines  # never broken, like a place


def indented(text: str, width: int) -> list[Text]:
    """One line of a longer text below an item: prose is wrapped, code keeps its indentation."""
    if not text.strip():
        return [Text()]
    lead = len(text) - len(text.lstrip())
    return [Text(" " * (HANG + lead)) + row for row in wrap(quoted(text.strip()), width - HANG - lead, hang=0)]


def _label(diagnosis: Diagnosis) -> str:
    """What the carets mean: said only where the recorded path shows it."""
    if diagnosis.gradient == "zero":
        return "the gradient becomes zero here"
    if diagnosis.gradient == "non-finite":
        return "NaN or Inf begins here"
    cut = any(not step.carries_gradient and _same_place(step.location, diagnosis.location) for step in diagnosis.path)
    return "the gradient stops here" if cut else ""


def _same_place(one: Location | None, other: Location | None) -> bool:
    if one is None or other is None:
        return False
    return (one.path, one.line, one.column, one.end_line, one.end_column) == (other.path, other.line, other.column, other.end_line, other.end_column)


def _source_line(line: SourceLine, gutter: int, style: str, label: str, width: int) -> list[Text]:
    number = "" if line.number is None else str(line.number)
    rows = [styled((f"  {number:>{gutter}} | ", "cyan"), line.text)]
    if line.number is None:
        return rows
    below = styled((f"  {'':>{gutter}} | ", "cyan"), " " * cell_len(line.text[: line.start]))
    below += Text("^" * max(cell_len(line.text[line.start : line.end]), 1), style=style)
    if not label:
        return [*rows, below]
    if cell_len(below.plain) + 1 + len(label) <= width:
        return [*rows, below + Text(f" {label}", style=style)]
    column = min(cell_len(line.text[: line.start]) + gutter + len("   | "), width - len(label))
    margin = styled((f"  {'':>{gutter}} | ", "cyan"))
    return [*rows, below, margin + " " * (column - len(margin.plain)) + Text(label, style=style)]


def _arrow(steps: Sequence[PathStep], index: int, lead: str = "") -> tuple[str, str]:
    """The arrow that leads to step `index`: cut when the step before lets no gradient through."""
    if index == 0:
        return ("", "")
    return (f"{lead}-> ", "dim") if steps[index - 1].carries_gradient else (f"{lead}=/=> ", "bold red")


def _long_path(steps: Sequence[PathStep], words: Sequence[str], screen: Screen) -> list[Text]:
    lines = [styled("  = ", ("path:", "bold"))]
    for index in _kept(steps):
        if index is None:
            lines.append(styled((f"         {ELLIPSIS}", "dim")))
            continue
        where = _line_of(steps[index].location)
        arrow, style = _arrow(steps, index)
        room = screen.width - 9 - len(where)
        lines.append(styled((f"{arrow:>9}", style), shorten(words[index], room), (where, "dim")))
    return [*lines, styled(("     =/=> (target)", "bold red"))] if not steps[-1].carries_gradient else lines


def _kept(steps: Sequence[PathStep]) -> Iterator[int | None]:
    """The steps to show: both ends and the neighbours of the cuts; None for each gap."""
    last = len(steps) - 1
    cuts = [index for index, step in enumerate(steps) if not step.carries_gradient][:3]
    kept = {0, 1, last - 1, last, *cuts, *(index + 1 for index in cuts), *(index - 1 for index in cuts)}
    wanted = range(len(steps)) if len(steps) <= MOST_STEPS else sorted(kept & set(range(len(steps))))
    previous = -1
    for index in wanted:
        if index - previous == 2:
            yield index - 1  # a gap of one step takes a line as well
        elif index - previous > 2:
            yield None
        yield index
        previous = index


def _line_of(location: Location | None) -> str:
    return "" if location is None else f"  line {location.line}"


def _place(other: Related, screen: Screen) -> list[Text]:
    message = one_line(other.message, screen.encoding)
    if other.location is None:
        return wrap(Text("  = ") + quoted(message), screen.width)
    lines = _labelled_place(message, place(other.location, screen.encoding), screen.width)
    shown = excerpt(other.location, encoding=screen.encoding)
    code = shown[0].text.strip() if shown else ""
    if not code:
        return lines
    if len(lines) == 1 and cell_len(lines[0].plain) + 2 + cell_len(code) <= screen.width:
        return [lines[0] + styled(("  " + code, "dim"))]
    number = f"    {other.location.line} | "
    return [*lines, styled((number, "cyan"), crop(_stripped(shown[0]), screen.width - len(number)).text)]


def _labelled_place(message: str, where: str, width: int) -> list[Text]:
    """The place on the line of its message where it fits, else whole on a line of its own."""
    line = styled("  = ", (f"{message}: ", "bold"), where)
    if cell_len(line.plain) <= width:
        return [line]
    return [*wrap(styled("  = ", (f"{message}:", "bold")), width), Text(" " * HANG + where)]


def _stripped(line: SourceLine) -> SourceLine:
    lead = len(line.text) - len(line.text.lstrip())
    return SourceLine(line.number, line.text[lead:], max(line.start - lead, 0), max(line.end - lead, 0))


def _variable(info: VariableInfo, encoding: str) -> tuple[str, str, str]:
    birth = [one_line(info.initial, encoding)] if info.initial else []
    birth += ["not trainable"] if info.trainable is False else []
    birth += [f"created {place(info.location, encoding).rsplit(':', 1)[0]}"] if info.location else []
    kind = one_line(info.dtype or "", encoding) + shape_text(info.shape)
    return one_line(info.name, encoding), kind, ", ".join(birth)


def shape_text(shape: Sequence[int | None] | None) -> str:
    """`[3, None]`, or nothing where the shape is not known."""
    return "" if shape is None else f"[{', '.join(map(str, shape))}]"


def _variable_table(rows: Sequence[tuple[str, str, str]], rest: str, width: int) -> list[Text]:
    others = max(min(cell_len(kind), 24) + min(cell_len(birth), 30) for _, kind, birth in rows)
    room = max(width - others - HANG - 4, width // 4)
    narrowed = [[Text(shorten_middle(name, room)), Text(shorten(kind, 24)), styled((birth, "dim"))] for name, kind, birth in rows]
    lines = [styled("  = ", ("variables:", "bold")), *columns(narrowed, indent=HANG)]
    fitted = cropped(lines, width)
    return [*fitted, Text(" " * HANG + rest)] if rest else fitted


def _diff(repair: Fix, screen: Screen) -> list[Text]:
    changes = [(hunk, line) for hunk in hunks(repair.edits) for line in hunk.lines]
    lines: list[Text] = []
    seen: Hunk | None = None
    for hunk, line in changes[:MOST_DIFF_LINES]:
        if hunk is not seen:
            lines.append(styled((f"    {inline(short_path(hunk.path), screen.encoding)}:{hunk.line}", "dim")))
        lines.append(diff_line(line, HANG + 2, screen))
        seen = hunk
    more_lines = len(changes) - MOST_DIFF_LINES
    return lines if more_lines <= 0 else [*lines, Text(f"      and {more_lines} more lines")]


def diff_line(line: DiffLine, indent: int, screen: Screen) -> Text:
    """One line of a diff; a person may copy it, so it is cropped only on a line that no screen holds."""
    text = printable(line.text.expandtabs(4), screen.encoding)
    whole = f"{' ' * indent}{line.sign} {text}".rstrip()
    return styled((shorten(whole, max(screen.width * 3, 200)), DIFF_STYLE[line.sign]))
