"""The words of a command line come in; a report on a stream or in a file and an exit status go out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from whygrad._version import __version__
from whygrad.errors import WhygradError
from whygrad.render import FORMATS
from whygrad.render.screen import Screen, screen_for, screen_for_file
from whygrad.render.write import write_stdout, write_text

INTERRUPTED = 130

_format = click.option(
    "--format", "format_", type=click.Choice(list(FORMATS)), default="terminal", show_default=True, help="How to write the report."
)
_color = click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the report.")
_output = click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to FILE.")

_variables = click.option("--variables", is_flag=True, help="Show all variables: how they began, their gradients, who updates them.")


def main() -> NoReturn:
    """The command `whygrad`. Ends the process."""
    try:
        sys.exit(_status(_parsed()))
    except WhygradError as error:
        print(f"whygrad: {_printable(str(error))}", file=sys.stderr)
        sys.exit(error.exit_status)


def _parsed() -> Any:
    """What the command returned: an exit status, or what is still to be called. Arguments are taken as they are, on Windows as well."""
    try:
        return commands.main(prog_name="whygrad", standalone_mode=False, windows_expand_args=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED


def _status(result: Any) -> int:
    """A program under observation is called only here, after click has left the stack: its exceptions and signals are not click's."""
    return int(result() if callable(result) else result or 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Find out why a TensorFlow gradient is None, zero or NaN."""


@commands.command(context_settings={"allow_interspersed_args": False})
@_format
@_output
@click.option("--strict", is_flag=True, help="End with status 1 when something was found.")
@click.option("--health", is_flag=True, help="Measure every step to the end, and show a table of all gradients.")
@_variables
@_color
@click.option("-m", "module", is_flag=True, help="TARGET is a module, as in python -m.")
@click.argument("target", metavar="TARGET", type=click.UNPROCESSED)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(target: str, args: tuple[str, ...], format_: str, health: bool, variables: bool, **options: Any) -> Callable[[], int]:
    """Run a program and explain every gradient that is missing, zero or not finite.

    TARGET is the program, a file or with -m a module; everything after it belongs to the program.
    """
    from whygrad.launch import run_command

    if health:
        options["watch"] = _watching_health
    if variables:
        options["render"] = partial(FORMATS[format_], variables=True)
    return partial(run_command, target, args, format=format_, **options)


def _watching_health() -> Any:
    from whygrad.api import start_watching

    return start_watching(health=True)


@commands.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def check(args: tuple[str, ...]) -> int:
    """Find the same mistakes in source files and notebooks, without running them."""
    from whygrad.lint.command import main as check_command

    return check_command(args)


@commands.command(context_settings={"allow_interspersed_args": False})
@_format
@_output
@click.option("--write", is_flag=True, help="Apply the repair to your files.")
@click.option("--timeout", type=float, default=600.0, show_default=True, metavar="SECONDS", help="How long one run of the program may take.")
@_color
@click.option("-m", "module", is_flag=True, help="TARGET is a module, as in python -m.")
@click.argument("target", metavar="TARGET", type=click.UNPROCESSED)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def fix(target: str, args: tuple[str, ...], format_: str, output: Path | None, color: str, **options: Any) -> int:
    """Find a repair for a failing program, and try it out.

    The program is run as it is, and then, in a copy, once for each repair that may help, until its first gradients are known.
    What it does besides training, it does each time. Nothing of yours is changed without --write.
    """
    from whygrad.fix.command import fix_command

    screen = _screen(output, color)
    how = {"width": screen.width, "color": screen.color, "encoding": screen.encoding}
    return fix_command(target, args, format=format_, output=output, screen=how, **options)


@commands.command()
def lsp() -> None:
    """Check in an editor: a language server on standard input and output."""
    from whygrad.plugins.lsp import serve

    serve()


@commands.command()
@click.argument("report", metavar="REPORT.json", type=click.Path(path_type=Path))
@_format
@_output
@_color
@click.option("--gradients/--no-gradients", default=None, help="Show the table of all gradients.  [default: when it is short]")
@_variables
def show(report: Path, format_: str, output: Path | None, color: str, gradients: bool | None, variables: bool) -> None:
    """Show a saved report again, in any format."""
    from whygrad.render.saved import read_report

    screen = _screen(output, color)
    how: dict[str, Any] = {"width": screen.width, "color": screen.color, "encoding": screen.encoding}
    text = FORMATS[format_](read_report(report), **how, gradients=gradients, variables=variables)
    _deliver(text, output)


@commands.command()
@click.argument("cause", required=False)
@_color
def explain(cause: str | None, color: str) -> None:
    """Read about a cause, or list them all."""
    from whygrad.causes import all_causes, find
    from whygrad.render.page import render_list, render_page

    screen = _screen(None, color)
    if cause is None:
        write_stdout(render_list(all_causes().values(), screen))
        return
    found = find(cause)
    write_stdout(render_page(found, _source(found.broken), _source(found.fixed), screen))


@commands.command()
@click.argument("name", required=False)
@click.option("--status", metavar="STATUS", help="List the functions with this status: gradient, none, zero, depends ...")
@click.option("--namespace", default="", metavar="NAME", help="List the functions of a namespace: tf.math, keras.ops, tf.raw_ops ...")
@click.option("--tensorflow", metavar="VERSION", help="As measured with this TensorFlow, or the nearest.  [default: the newest]")
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True, help="How to write it.")
@_color
def ops(name: str | None, status: str | None, namespace: str, tensorflow: str | None, format_: str, color: str) -> None:
    """Look up which functions of TensorFlow are differentiable, and what to write instead.

    NAME is a function as people write it: tf.round, np.argmax, keras.ops.floor. Without NAME: counts.
    """
    from whygrad.catalogue import load
    from whygrad.render.ops import render_ops

    write_stdout(render_ops(load(tensorflow), name, status, namespace, format_, _screen(None, color)))


def _screen(output: Path | None, color: str) -> Screen:
    return screen_for(sys.stdout, color) if output is None else screen_for_file(color)


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        write_stdout(text)
    else:
        write_text(output, text)


def _source(program: Path | None) -> str | None:
    return None if program is None else program.read_text("utf-8")


def _printable(message: str) -> str:
    """A file's name may hold anything."""
    from whygrad.render.plain_text import one_line

    return one_line(message, screen_for(sys.stderr).encoding)
