"""The command line: the commands, and what becomes of errors.

Nothing heavy is imported here or at the top of a command's module: torch, numpy and the like wait inside
the commands, so that ``graphdnc --help`` is instant. For the same reason help is plain text.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from graphdnc.cli.ask.command import ask
from graphdnc.cli.build_data import build_data
from graphdnc.cli.eval import evaluate_model
from graphdnc.cli.inspect import inspect
from graphdnc.cli.models import models
from graphdnc.cli.output import print_error
from graphdnc.cli.train import train
from graphdnc.errors import GraphDNCError, UsageError

_HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=_HELP)
app.command("ask")(ask)
app.command("inspect")(inspect)
app.command("eval")(evaluate_model)
app.command("models")(models)
app.command("build-data")(build_data)
app.command("train")(train)


def _print_version(wanted: bool) -> None:
    if wanted:
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

    Example: graphdnc ask underground.csv "From Bank take the Central westbound two stops: where am I?"
    """


def main() -> None:
    """Run the command line; every error ends in one line and an exit code, never in a traceback."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who called us: nothing comes, what is written goes nowhere
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names may hold letters that the terminal lacks
            stream.reconfigure(errors="backslashreplace")
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
        if hasattr(error, "format_message"):  # of typer, whose classes for wrong usage are private
            print_error(UsageError(_in_one_line(error.format_message(), getattr(error, "ctx", None))))
            return UsageError.exit_code
        if os.environ.get("GRAPHDNC_DEBUG"):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"internal error: {what} (GRAPHDNC_DEBUG=1 shows where)", file=sys.stderr)
        return 1


def _in_one_line(message: str, context: typer.Context | None) -> str:
    """Return what typer says of wrong usage, with what to type next."""
    said = " ".join(message.split()).rstrip(".")
    remedy = "put a question in quotes; " if "extra argument" in said else ""
    command = context.command_path if context else "graphdnc"
    return f"{said[:1].lower()}{said[1:]}; {remedy}{command} --help says what there is"


def _arguments(given: list[str]) -> list[str]:
    """Return the words of a command line; a flag cannot have a value, so ``--check=strict`` is put as one."""
    if given[:1] != ["ask"]:
        return given
    for word in given:
        if word.startswith("--check=") and word != "--check=strict":
            raise UsageError(f"no check is called {word[8:]!r}; write --check, --check=strict or --no-check")
    return ["--check" if word == "--check=strict" else word for word in given]


def _flush(code: int) -> int:
    """Write out what is left; a reader that has gone away is no error, a full disk is one."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes once more at its end: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code == 0 and not isinstance(error, BrokenPipeError):
            print_error(error, "the output: ")
            return 1
    return code
