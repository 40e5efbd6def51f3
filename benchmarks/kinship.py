"""Accuracy of "how are A and B related?" on new families, by how far apart the two are.

An answer is right if it is the closest term, or all of several equally close terms. If there is no term, it
must be a shortest path of stated facts by parents, children, siblings and spouses.

    python benchmarks/kinship.py --episodes 200
    python benchmarks/kinship.py --episodes 200 --ways 5-8
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import tables

from graphdnc.answering.kinship.subfamily import both_ways
from graphdnc.datasets.generators.lineages import lineage
from graphdnc.errors import NoAnswer
from graphdnc.evaluation import Accuracy
from graphdnc.graph import Graph
from graphdnc.kinship import relation_between
from graphdnc.oracle.distances import distances
from graphdnc.questions import Between
from graphdnc.reasoner import Reasoner
from graphdnc.utils.ranges import parse_range
from graphdnc.utils.rng import Purpose, stream


def main() -> None:
    """Ask and print a table."""
    parser = tables.parser(__doc__, episodes=200, votes=1, seed=100)
    parser.add_argument("--people", type=parse_range, default=(20, 60))
    parser.add_argument(
        "--ways", type=parse_range, help="only people without a term, so many facts apart, for example 5-8"
    )
    parser.add_argument("--model", help="a folder; default: the shipped network")
    options = parser.parse_args()
    rng = stream(Purpose.EVALUATION, options.seed, 2)
    counted: dict[str, list[bool]] = defaultdict(list)
    questions: list[int] = []
    for graph, between in drawn(rng, options.people, options.ways, options.episodes):
        reasoner = Reasoner(graph, options.model, options.votes, options.seed)
        answer = reasoner.ask(between)
        counted[apart(graph, between)].append(answer.check == "agrees")
        questions.append(answer.asked - (not answer.terms))  # the last question is for a shortest path
    print(tables.heading("apart", "pairs", "right", "95% interval"))
    rows = {**dict(sorted(counted.items())), "all": [right for own in counted.values() for right in own]}
    for name, right in rows.items():
        found = Accuracy(sum(right), len(right))
        tables.row(name, found.episodes, f"{found.share:.2%}", tables.interval(found, 2))
    print(f"questions to the network per pair: {np.mean(questions):.1f} on average, {max(questions)} at most")


def drawn(
    rng: np.random.Generator, people: tuple[int, int], ways: tuple[int, int] | None, count: int
) -> Iterator[tuple[Graph, Between]]:
    """Yield pairs of people of new families: half of them near each other, half of them any two."""
    while count:
        graph = lineage(rng, people)
        person = int(rng.integers(graph.nodes))
        away = distances(both_ways(graph), person)
        low, high = ways or ((1, 3) if rng.random() < 0.5 else (1, graph.nodes))
        others = np.flatnonzero((away >= low) & (away <= high))
        if not len(others):
            continue
        between = Between(person, int(rng.choice(others)))
        if ways and relation_between(graph, person, between.relative).terms:
            continue
        count -= 1
        yield graph, between


def apart(graph: Graph, between: Between) -> str:
    """Return how two people are related: by a term, by a path of facts, or not at all."""
    try:
        exact = relation_between(graph, between.person, between.relative)
    except NoAnswer:
        return "not related"
    if exact.terms:
        return f"a term of {min(term.rule.steps for term in exact.terms)} steps"
    return f"no term, {int(distances(both_ways(graph), between.person)[between.relative])} facts"


if __name__ == "__main__":
    main()
