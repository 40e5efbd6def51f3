"""Ways to let a network list all ends of a walk whose relations lead to several places.

    python benchmarks/ambiguous.py --questions 100

*all shown*: the memory holds every triple, so a look-up may match several. *one of each*: every memory holds
one of the triples that leave a node by the same relation. *until dry*: more tries, until 8 in a row find
nothing new, at most 64. *branch taken*: for each untried triple at which a walk could have branched off, a
memory with that triple instead. *relation by relation*: one step at a time from every node found, as
``graphdnc ask`` does; each try then asks once for every node found.

An end counts if a walk of triples of the graph leads to it as asked. Random: 10-40 nodes, the triples of the
paper's random graphs with a quarter as many relations as nodes. Underground: lines without their direction.
Questions are walks of 2-7 triples drawn step by step, if they have more than one end.

*towards* narrows such walks: one to three legs of one relation each, one to four steps long, each towards any
node: near, far, or passed on the way. An answer of ``graphdnc ask`` is right if it has exactly the ends of
the oracle. Some of these questions still have several ends.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import numpy as np
import tables

from graphdnc.answering.decoding import Decoder
from graphdnc.answering.subgraph_session import open_session
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.oracle.solve import is_answer, traverse
from graphdnc.questions import Example, Path, Traversal
from graphdnc.readers import read_graph
from graphdnc.tasks.fan_out import one_of_each

AT_ONCE, MOST = 8, 64
CHECKPOINT = load_checkpoint("traversal", threads=1)
DECODER = Decoder(CHECKPOINT.network, CHECKPOINT.task)
Draw = Callable[[np.random.Generator], Graph]
Found = tuple[set[int], int]
"""The ends found, and the number of tries."""
Method = Callable[[Graph, Traversal, np.random.Generator], Found]


def tried(
    memorised: list[Graph], graph: Graph, question: Traversal, rng: np.random.Generator
) -> list[Path | None]:
    """Return the path of each try, one for each graph memorised, or ``None`` if it is wrong."""
    votes = DECODER.vote([Example(shown, question, ()) for shown in memorised], rng)
    paths = [vote.path for vote in votes]
    return [path if path and is_answer(graph, question, path) else None for path in paths]


def whole(resolved: bool, dry: int) -> Method:
    """Return the method that asks for whole walks until ``dry`` tries in a row find nothing new."""

    def find(graph: Graph, question: Traversal, rng: np.random.Generator) -> Found:
        ends: set[int] = set()
        tries = since = 0
        while tries < AT_ONCE or (since < dry and tries < MOST):
            memorised = one_of_each(graph, AT_ONCE, rng) if resolved else [graph] * AT_ONCE
            for path in tried(memorised, graph, question, rng):
                new = {path[-1].target} - ends if path else set()
                since = 0 if new else since + 1
                ends |= new
            tries += AT_ONCE
        return ends, tries

    return find


def branch_taken(graph: Graph, question: Traversal, rng: np.random.Generator) -> Found:
    """Ask again with another triple at each place where a walk could have branched off."""
    ends: set[int] = set()
    taken: set[Triple] = set()
    memorised, tries = one_of_each(graph, AT_ONCE, rng), 0
    while memorised and tries < MOST:
        paths = [path for path in tried(memorised, graph, question, rng) if path]
        tries += len(memorised)
        ends |= {path[-1].target for path in paths}
        taken |= {triple for path in paths for triple in path}
        memorised = []
        for path in paths:
            for step, triple in enumerate(path):
                for other in graph.follow(triple.source, triple.relation):
                    if other not in taken and len(memorised) < AT_ONCE:
                        taken.add(other)
                        memorised.append(instead(one_of_each(graph, 1, rng)[0], [*path[:step], other]))
    return ends, tries


def instead(graph: Graph, triples: list[Triple]) -> Graph:
    """Return a graph in which triples replace those that leave the same node by the same relation."""
    wanted = {(triple.source, triple.relation): triple for triple in triples}
    rows = [wanted.get((triple.source, triple.relation), triple) for triple in graph]
    return Graph(np.array(rows), graph.nodes, graph.relations)


def relation_by_relation(graph: Graph, question: Traversal, rng: np.random.Generator) -> Found:
    """Ask as ``graphdnc ask`` does: first for whole walks, then for one relation at a time."""
    answer = open_session(CHECKPOINT, graph).answer(question, AT_ONCE, int(rng.integers(2**31)))
    right = [path for path in answer.paths if is_answer(graph, question, path)]
    return {path[-1].target for path in right}, answer.votes


METHODS: dict[str, Method] = {
    "all shown, 8 tries": whole(False, 0),
    "all shown, until dry": whole(False, 8),
    "one of each, 8 tries": whole(True, 0),
    "one of each, until dry": whole(True, 8),
    "branch taken": branch_taken,
    "relation by relation": relation_by_relation,
}


def blurred(rng: np.random.Generator) -> Graph:
    """Draw a random graph whose relations often lead to several places."""
    graph = random_graph(rng, int(rng.integers(10, 41)), (2, 6))
    triples = graph.triples.copy()
    relations = max(3, graph.nodes // 4)
    triples[:, 1] = rng.integers(relations, size=len(triples))
    return Graph(triples, graph.nodes, relations)


def without_directions() -> Graph:
    """Return the Underground with lines as relations, without directions."""
    graph = read_graph(real_graph_path("underground"))
    direction = re.compile(r" (north|south|east|west)bound| (anti)?clockwise")
    return Graph.from_triples(
        (graph.node_name(s), direction.sub("", graph.relation_name(r)), graph.node_name(t))
        for s, r, t in graph
    )


def walk(rng: np.random.Generator, graph: Graph, steps: int) -> tuple[Traversal, set[int]]:
    """Draw a question whose walks have several ends; return it with all ends."""
    while True:
        node = start = int(rng.integers(graph.nodes))
        relations = []
        for _ in range(steps):
            if not (leaving := graph.leaving(node)):
                break
            triple = leaving[int(rng.integers(len(leaving)))]
            relations.append(triple.relation)
            node = triple.target
        ends = {start}
        for relation in relations:
            ends = {triple.target for here in ends for triple in graph.follow(here, relation)}
        if len(relations) == steps and len(ends) > 1:
            return Traversal(start, tuple(relations)), ends


def walk_towards(rng: np.random.Generator, graph: Graph) -> tuple[Traversal, set[int]]:
    """Draw a question with legs towards nodes that narrow it; return it with its ends."""
    while True:
        start = int(rng.integers(graph.nodes))
        steps: list[tuple[int, int]] = []
        places = [start]
        for _ in range(int(rng.integers(1, 4))):
            leaving = [triple.relation for node in places for triple in graph.leaving(node)]
            if not leaving:
                break
            leg = (int(rng.choice(leaving)), int(rng.integers(graph.nodes)))
            steps += [leg] * int(rng.integers(1, 5))
            places = ends_of(graph, Traversal(start, *zip(*steps, strict=True)))
        freely = ends_of(graph, Traversal(start, tuple(relation for relation, _ in steps))) if steps else []
        if places and len(freely) > 1:
            return Traversal(start, *zip(*steps, strict=True)), set(places)


def ends_of(graph: Graph, question: Traversal) -> list[int]:
    """Return the ends of all walks that answer a question; none if there is no answer."""
    try:
        return list(dict.fromkeys(path[-1].target for path in traverse(graph, question)))
    except (NoAnswer, CapacityError):
        return []


def ask(
    method: Method, asked: list[tuple[Graph, Traversal, set[int]]], rng: np.random.Generator
) -> tuple[list[tuple[set[int], set[int]]], float, float]:
    """Return the ends found and all ends for each question; tries and seconds per question."""
    started = time.perf_counter()
    found = [method(graph, question, rng) for graph, question, _ in asked]
    seconds = (time.perf_counter() - started) / len(asked)
    pairs = [(some, every) for (some, _), (*_, every) in zip(found, asked, strict=True)]
    return pairs, sum(tries for _, tries in found) / len(asked), seconds


def measure_towards(kind: str, questions: int, draw: Draw, seed: int) -> str:
    """Return a row: how many questions with towards are answered with exactly the right ends."""
    rng = np.random.default_rng(seed)
    asked = [(graph := draw(rng), *walk_towards(rng, graph)) for _ in range(questions)]
    pairs, _, seconds = ask(relation_by_relation, asked, rng)
    right, alone = sum(some == every for some, every in pairs), sum(len(every) == 1 for _, every in pairs)
    return tables.line(kind, f"{right:,} of {questions:,}", f"{alone:,}", f"{seconds:.2f}")


def compare_methods(kind: str, questions: int, draw: Draw, seed: int, rng: np.random.Generator) -> None:
    """Print a row for each method, for the same questions drawn by ``rng``."""
    asked = [(graph := draw(rng), *walk(rng, graph, int(rng.integers(2, 8)))) for _ in range(questions)]
    ends = sum(len(ends) for *_, ends in asked)
    for name, method in METHODS.items():
        pairs, tries, seconds = ask(method, asked, np.random.default_rng(seed))
        share = sum(len(some & every) for some, every in pairs) / ends
        all_ = sum(some == every for some, every in pairs) / questions
        cells = f"{share:.1%} of {ends}", f"{all_:.0%} of {questions}", f"{tries:.1f}", f"{seconds:.2f}"
        tables.row(kind, name, *cells)


def main() -> None:
    """Print a row for each method and kind of graph, and one for each kind of graph with towards."""
    parser = tables.parser(__doc__, questions=100, seed=1)
    parser.add_argument("--towards", type=int, default=500, help="questions with towards, for each kind")
    chosen = parser.parse_args()
    rng, map_ = np.random.default_rng(chosen.seed), without_directions()
    kinds: dict[str, Draw] = {"random": blurred, "Underground": lambda rng: map_}
    tables.say(tables.heading("graphs", "method", "ends found", "all found", "tries", "seconds"))
    for kind, draw in kinds.items():
        compare_methods(kind, chosen.questions, draw, chosen.seed, rng)
    tables.say("\n" + tables.heading("graphs", "towards: right", "with one end", "seconds"))
    for kind, draw in kinds.items():
        tables.say(measure_towards(kind, chosen.towards, draw, chosen.seed))


if __name__ == "__main__":
    main()
