"""The command line run in this process, for tests; `conftest.py` has its fixtures."""

from __future__ import annotations

import io
import sys

import pytest

from graphdnc.cli.main import main

NETWORK = """source,relation,target,minutes
Moorgate,Northern,Bank,2
Bank,Northern,London Bridge,3
London Bridge,Jubilee,Waterloo,4
Moorgate,Circle,Farringdon,1
Farringdon,Circle,Euston,1
Euston,Circle,Paddington,1
Paddington,Circle,Waterloo,1
Waterloo,Jubilee,Westminster,2
"""


class StandardInput(io.BytesIO):
    name = "<stdin>"


def call(monkeypatch, capsys, *arguments, stdin=""):
    """Run the command line; return exit code, output and errors."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(StandardInput(stdin.encode())))
    monkeypatch.setattr(sys, "argv", ["graphdnc", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capsys.readouterr()
    return stop.value.code, out, err
