"""What the read heads of a network came to do, by phase, from traces.

For each phase and head: what the row is that it reads most, if with half of its weight or more. Steps of a
phase and triples of the answer are counted: "its triple" in the third step of a phase is the third triple
of the right answer, and "its query" the row that was written in the third step of the query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from graphdnc.analysis.finding import Finding, Row, fresh_examples
from graphdnc.answering.session import GraphSession
from graphdnc.answering.trace import Trace
from graphdnc.graph import named
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.pictures.grids import grid
from graphdnc.tasks.reading import Named, Read

CLEAR = 0.5
KINDS = (
    *("its triple", "the triple before", "the triple after", "of the answer", "its query", "the next query"),
    *("another query", "a later row", "not of the answer", "none"),
)


def what_heads_read(checkpoint: Checkpoint, questions: int, seed: int) -> Finding:
    """Trace questions about fresh graphs and count what each head reads in each phase, and by which mode."""
    counts: dict[tuple[str, int], Counter[str]] = {}
    modes: dict[tuple[str, int], Counter[str]] = {}
    rng = np.random.default_rng(seed)
    for example in fresh_examples(checkpoint, questions, seed):
        trace = GraphSession(checkpoint, example.graph).trace(example.question, seed=int(rng.integers(2**31)))
        _count(trace, named(example.graph, example.answer), counts, modes)
    rows: list[Row] = []
    for (phase, head), counted in counts.items():
        total, own = counted.total(), modes[phase, head]
        by = ", ".join(f"{mode} {count / own.total():.0%}" for mode, count in own.most_common())
        shares = (f"{counted[kind] / total:.0%}" for kind in KINDS)
        rows.append((phase, str(head), f"{total:,}", *shares, by or "-"))
    title = f"{checkpoint.name}: what each head reads"
    names = [f"{phase}, head {head}" for phase, head in counts]
    shares_of = np.array([[counted[kind] / counted.total() for kind in KINDS] for counted in counts.values()])
    columns = ("phase", "head", "steps", *KINDS, "modes")
    return Finding(columns, rows, lambda format: grid(title, names, KINDS, shares_of, format))


def _count(
    trace: Trace,
    answer: Sequence[Named],
    counts: dict[tuple[str, int], Counter[str]],
    modes: dict[tuple[str, int], Counter[str]],
) -> None:
    phases = [step.phase for step in trace.steps]
    for number in range(trace.described, len(trace.steps)):
        for head, read in enumerate(trace.steps[number].seen.reads, start=1):
            key = phases[number], head
            found = kind(read, phases, number, answer)
            counts.setdefault(key, Counter())[found] += 1
            own = modes.setdefault(key, Counter())
            if read is not None and found != "none":
                own[read.mode] += 1


def kind(read: Read | None, phases: Sequence[str], number: int, answer: Sequence[Named]) -> str:
    """Return what was read in step ``number``, counted from 0, given the phases of all steps."""
    if read is None or read.weight < CLEAR:
        return "none"
    within = number - phases.index(phases[number])
    if phases[read.written - 1] != "description":
        if phases[read.written - 1] != "query":
            return "a later row"
        away = read.written - 1 - phases.index("query") - within
        return {0: "its query", 1: "the next query"}.get(away, "another query")
    for name, place in {"its triple": 0, "the triple before": -1, "the triple after": 1}.items():
        if 0 <= within + place < len(answer) and read.holds == answer[within + place]:
            return name
    return "of the answer" if read.holds in answer else "not of the answer"
