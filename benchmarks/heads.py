"""What the read heads of a network came to do, read from traces.

    python benchmarks/heads.py traversal
    python benchmarks/heads.py runs/traversal/best --episodes 200

Asks questions of the last lesson of the paper's curriculum and traces every step. Prints, for each phase and
head, what the row is that it reads most, if with half of its weight or more. Steps of a phase and triples of
the answer are counted: "its triple" in the third step of a phase is the third triple of the right answer, and
"its query" the row that was written in the third step of the query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import tables

from graphdnc.answering.session import GraphSession
from graphdnc.datasets.evaluation_sets import on_new_graphs
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.graph import named
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.tasks.reading import Named, Read

CLEAR = 0.5
KINDS = (
    "its triple",
    "the triple before",
    "the triple after",
    "of the answer",
    "its query",
    "the next query",
)
OTHER_KINDS = ("another query", "a later row", "not of the answer", "none")


def kind(read: Read | None, phases: Sequence[str], number: int, answer: Sequence[Named]) -> str:
    """Return what was read in step ``number``, counted from 0, given the phases of all steps."""
    if read is None or read.weight < CLEAR:
        return "none"
    within = number - phases.index(phases[number])
    if read.written is not None:
        if phases[read.written - 1] != "query":
            return "a later row"
        away = read.written - 1 - within
        return {0: "its query", 1: "the next query"}.get(away, "another query")
    for name, place in {"its triple": 0, "the triple before": -1, "the triple after": 1}.items():
        if 0 <= within + place < len(answer) and read.holds == answer[within + place]:
            return name
    return "of the answer" if read.holds in answer else "not of the answer"


def main() -> None:
    """Trace the questions and print the table."""
    parser = tables.parser(__doc__, episodes=100, seed=1)
    parser.add_argument("model", help="a network, by name or folder")
    chosen = parser.parse_args()
    checkpoint = load_checkpoint(chosen.model, threads=1)
    generator = next(iter(QUESTIONS[checkpoint.task.name].curricula))
    asked = on_new_graphs(checkpoint.task.name, generator, "final", None, None, chosen.seed)
    counts: dict[tuple[str, str], Counter[str]] = {}
    rng = np.random.default_rng(chosen.seed)
    for _, example in zip(range(chosen.episodes), asked.examples, strict=False):
        session = GraphSession(checkpoint, example.graph)
        trace = session.trace(example.question, seed=int(rng.integers(2**31)))
        phases, answer = [step.phase for step in trace.steps], named(example.graph, example.answer)
        for number, step in enumerate(trace.steps):
            for head, read in step.reads.items():
                found = kind(read, phases, number, answer)
                counts.setdefault((step.phase, head), Counter())[found] += 1
    tables.say(tables.heading("phase", "head", "steps", *KINDS, *OTHER_KINDS))
    for (phase, head), counted in counts.items():
        total = counted.total()
        shares = (f"{counted[name] / total:.0%}" for name in (*KINDS, *OTHER_KINDS))
        tables.row(phase, head, f"{total:,}", *shares)


if __name__ == "__main__":
    main()
