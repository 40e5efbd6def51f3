"""How answers look: data on stdout, talk and errors on stderr.

On a terminal a table has lines and colours; into a pipe or a file it is plain columns, never cut.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.table import Table

    from graphdnc.graph import Graph
    from graphdnc.questions import Path
    from graphdnc.reasoner import Answer

DISAGREES = 4
"""The exit code where the network's answer is not the exact one."""


@dataclass(frozen=True)
class Checked:
    """An answer of the network beside the exact one.

    Attributes:
        text: the question as it was asked.
        graph: what it was asked about.
        answer: what the network said.
        check: whether the network's path is one of the exact ones, or "off".
        exact: every exact path; ``None`` where the check was off.
        model: the name of the network.
    """

    text: str
    graph: Graph
    answer: Answer
    check: Literal["agrees", "disagrees", "off"]
    exact: list[Path] | None
    model: str

    @property
    def exit_code(self) -> int:
        """What the command returns for this answer."""
        if self.check == "disagrees":
            return DISAGREES
        return int(self.answer.path is None)


def print_error(error: Exception, where: str = "") -> None:
    """Print an error as one line on stderr."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    print(f"error: {where}{' '.join(said.split())}", file=sys.stderr, flush=True)


def print_json(record: dict[str, Any]) -> None:
    """Print one object on one line."""
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(record, ensure_ascii=not readable), flush=True)


def answer_record(checked: Checked) -> dict[str, Any]:
    """Return an answer as the fields of ``ask --json``."""
    graph, answer = checked.graph, checked.answer
    return {
        "question": checked.text,
        "kind": "traversal",
        "answers": _ends(graph, [answer.path] if answer.path else []),
        "path": [
            {"source": source, "relation": relation, "target": target}
            for source, relation, target in _named(graph, answer.path or ())
        ],
        "confidence": round(answer.confidence, 6),
        "votes": answer.votes,
        "check": checked.check,
        "exact": None if checked.exact is None else _ends(graph, checked.exact),
        "model": checked.model,
        "triples": len(graph),
        "memorised": answer.memorised,
        "seconds": round(answer.seconds, 3),
    }


def print_answer(checked: Checked) -> None:
    """Print the path as a table, the network's answer, how sure it is, and the exact check apart."""
    answer = checked.answer
    if answer.path is None:
        print("The network gave no answer that names a path of this graph.")
    else:
        print_rows(("step", "from", "relation", "to"), _numbered(checked.graph, answer.path))
        print(f"You are at {_ends(checked.graph, [answer.path])[0]}.")
        print(_confidence(answer))
    if checked.exact is not None:
        print(f"exact check: {_verdict(checked)}", flush=True)


def print_short(checked: Checked) -> None:
    """Print the answer's name alone; a disagreement still goes to stderr."""
    for name in _ends(checked.graph, [checked.answer.path] if checked.answer.path else []):
        print(name, flush=True)
    if checked.exit_code:
        print(f"exact check: {_verdict(checked)}" if checked.exact else "no answer", file=sys.stderr)


def print_rows(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a table on stdout."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    # NO_COLOR alone would leave bold letters.
    system: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    console = Console(color_system=system, highlight=False, width=None if terminal else 10_000)
    console.print(_table(columns, rows, terminal))


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]], lines: bool) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD if lines else None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in ("step", "episodes") else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _confidence(answer: Answer) -> str:
    if answer.votes == 1:
        return "confidence: one try says nothing; --votes 8 shows how many tries agree"
    return f"confidence: {answer.agreeing} of {answer.votes} tries agree"


def _verdict(checked: Checked) -> str:
    graph, exact = checked.graph, checked.exact or []
    if checked.check == "agrees":
        ends = _ends(graph, exact)
        return "agrees" if len(ends) == 1 else f"agrees; all exact answers: {', '.join(ends)}"
    said = _ends(graph, [checked.answer.path] if checked.answer.path else [])
    right = _ends(graph, exact)
    if said != right:
        return f"disagrees: the exact answer is {' or '.join(right)}"
    ways = (", ".join(f"{r} to {t}" for _, r, t in _named(graph, path)) for path in exact[:1])
    return f"disagrees: the end is right, the way is not; the exact way is {next(ways)}"


def _ends(graph: Graph, paths: list[Path]) -> list[str]:
    return list(dict.fromkeys(graph.node_name(path[-1].target) for path in paths))


def _named(graph: Graph, path: Path) -> list[tuple[str, str, str]]:
    return [
        (graph.node_name(source), graph.relation_name(relation), graph.node_name(target))
        for source, relation, target in path
    ]


def _numbered(graph: Graph, path: Path) -> list[tuple[str, ...]]:
    return [(str(step), *names) for step, names in enumerate(_named(graph, path), start=1)]
