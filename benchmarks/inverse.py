"""How often an inverse question is answered completely: "Who reports to Bob?", "What needs flask?".

    python benchmarks/inverse.py
    python benchmarks/inverse.py --questions 300 --seed 1

For each graph, all such questions are asked, or a sample of them. An answer is right if it lists all exact
ones and no others. The graphs are the Underground, its zone 1 and the family; a company of 80 people in six
departments, in which everybody reports to somebody hired earlier; and 120 packages that depend on up to four
older ones, most often on the oldest.
"""

from __future__ import annotations

import time

import numpy as np
import tables

from graphdnc.answering.path_answer import CheckedPath
from graphdnc.datasets.real import real_graph_path
from graphdnc.evaluation import Accuracy
from graphdnc.graph import Graph
from graphdnc.questions import Inverse
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner

REAL = ("underground", "underground_zone1", "family")


def company(rng: np.random.Generator, people: int = 80, departments: int = 6) -> Graph:
    """Draw who works where and who reports to whom."""
    works = [(f"p{one}", "works in", f"d{rng.integers(departments)}") for one in range(people)]
    return Graph.from_triples(
        works + [(f"p{one}", "reports to", f"p{rng.integers(one)}") for one in range(1, people)]
    )


def packages(rng: np.random.Generator, count: int = 120, needs: int = 4) -> Graph:
    """Draw which packages depend on which."""
    needed = [(one, min(int(rng.exponential(12)), one - 1)) for one in range(1, count) for _ in range(needs)]
    return Graph.from_triples((f"p{one}", "depends on", f"p{other}") for one, other in needed)


def questions(graph: Graph, most: int, rng: np.random.Generator) -> list[Inverse]:
    """Return all questions that follow one relation backward from a node, or a sample of them."""
    asked = list(dict.fromkeys(Inverse(triple.target, (triple.relation,)) for triple in graph))
    return [asked[place] for place in rng.permutation(len(asked))[:most].tolist()]


def measure(graph: Graph, most: int, rng: np.random.Generator) -> tuple[Accuracy, int, float]:
    """Return the accuracy, the largest exact answer, and seconds per question."""
    asked, started = questions(graph, most, rng), time.perf_counter()
    answers = Reasoner(graph).ask_all(asked)
    seconds = (time.perf_counter() - started) / len(asked)
    found = [answer for answer in answers if isinstance(answer, CheckedPath)]
    right = sum(set(answer.ends) == set(answer.exact_ends) for answer in found)
    return Accuracy(right, len(asked)), max(len(answer.exact_ends) for answer in found), seconds


def main() -> None:
    """Measure and print a table."""
    chosen = tables.parser(__doc__, questions=300, seed=0).parse_args()
    rng = np.random.default_rng(chosen.seed)
    graphs = {name: read_graph(real_graph_path(name)) for name in REAL}
    graphs |= {"company": company(rng), "packages": packages(rng)}
    tables.say(tables.heading("graph", "questions", "all found, no other", "most to find", "s a question"))
    for name, graph in graphs.items():
        found, most, seconds = measure(graph, chosen.questions, rng)
        share = tables.with_interval(found)
        tables.row(name, found.episodes, share, most, f"{seconds:.3f}")


if __name__ == "__main__":
    main()
