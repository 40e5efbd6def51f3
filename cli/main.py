"""The command line: its commands, and how errors are reported.

Heavy packages such as torch and numpy are imported inside the commands, never at the top of a command's
module, so that ``graphdnc --help`` is fast. Help is plain text for the same reason.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from graphdnc.cli.analyse import analyse
from graphdnc.cli.ask.command import ask
from graphdnc.cli.build_data import build_data
from graphdnc.cli.eval import evaluate_model
from graphdnc.cli.inspect import inspect
from graphdnc.cli.models import models
from graphdnc.cli.output import print_error
from graphdnc.cli.plot import plot
from graphdnc.cli.train import train
from graphdnc.errors import GraphDNCError, InternalError, UsageError, reported
from graphdnc.utils.terminal import make_safe

_HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=_HELP)
app.command("ask")(ask)
app.command("inspect")(inspect)
app.command("eval")(evaluate_model)
app.command("models")(models)
app.command("build-data")(build_data)
app.command("train")(train)
app.command("plot")(plot)
app.command("analyse")(analyse)


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        print("graphdnc", version("graphdnc"))
        raise typer.Exit


@app.callback()
def graphdnc(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Ask a neural network with an external memory about your own graph.

    Example: graphdnc ask underground "From Bank take the Central westbound two stops: where am I?"

    graphdnc COMMAND --help shows the options and examples of a command.
    """


def main() -> None:
    """Run the command line. Every error is reported as one line and an exit code, not as a traceback."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller: read nothing, discard output
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="backslashreplace")
    for stream in (sys.stdout, sys.stderr):  # what is written may come from any file
        if isinstance(stream, io.TextIOWrapper):
            make_safe(stream)
    sys.exit(_flush(_run()))


def _run() -> int:
    try:
        code = app(_arguments(sys.argv[1:]) or ["--help"], prog_name="graphdnc", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except typer.Abort:
        return 130
    except GraphDNCError as error:
        print_error(error)
        return error.exit_code
    except OSError as error:
        print_error(error, f"{error.filename or 'the output'}: ")
        return 1
    except Exception as error:
        if hasattr(error, "format_message"):  # wrong usage, as reported by private classes of typer
            print_error(UsageError(_in_one_line(error.format_message(), getattr(error, "ctx", None))))
            return UsageError.exit_code
        print_error(reported(error))
        return InternalError.exit_code


def _in_one_line(message: str, context: typer.Context | None) -> str:
    """Return a message of typer about wrong usage as one line, with what to type next."""
    text = " ".join(message.split()).rstrip(".")
    remedy = "put a question in quotes; " if "extra argument" in text else ""
    command = context.command_path if context else "graphdnc"
    return f"{text[:1].lower()}{text[1:]}; {remedy}{command} --help shows all options"


def _arguments(given: list[str]) -> list[str]:
    """Return the arguments with ``--check=strict`` as ``--check``: typer's flags take no value."""
    if given[:1] != ["ask"]:
        return given
    for word in given:
        if word.startswith("--check=") and word != "--check=strict":
            raise UsageError(f"no check is named {word[8:]!r}; write --check, --check=strict or --no-check")
    return ["--check" if word == "--check=strict" else word for word in given]


def _flush(code: int) -> int:
    """Write the rest of the output. A closed pipe is not an error; a full disk is."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes once more when it exits; discard that output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code == 0 and not isinstance(error, BrokenPipeError):
            print_error(error, "the output: ")
            return 1
    return code
