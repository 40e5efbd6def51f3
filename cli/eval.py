"""``graphdnc eval``: how many whole answers of a network are right."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphdnc.cli.options import ThreeColumns, columns_of, graph_source
from graphdnc.cli.output import print_json, print_rows, said_sure
from graphdnc.errors import NoAnswer, UsageError

if TYPE_CHECKING:
    import numpy as np

    from graphdnc.evaluation import Accuracy, Report
    from graphdnc.graph import Graph
    from graphdnc.kinship import Term
    from graphdnc.networks.calibration import Calibration
    from graphdnc.networks.checkpoint import Checkpoint
    from graphdnc.questions import Example

Range = tuple[int, int]
"""From and to, both included."""

STEPS = (7, 7)
"""Path length of traversals on a graph file: that of the paper's London Underground."""
PEOPLE = (20, 60)
"""People of the families that networks for kinship are measured on."""
INFERRED = (4, 4)
"""Edges of a relation on a family's file: those of the paper's family tree."""
TRIES = 8
"""How often a network is asked for its calibration that no kind of question of ``ask`` is for."""
MOST_STEPS = 200
MOST_NODES = 100_000


def evaluate_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network's name or folder.")],
    task: Annotated[
        str | None, typer.Option(help="What is asked. Default: what the network was trained for.")
    ] = None,
    graphs: Annotated[
        str | None,
        typer.Option(
            help="random, transit, family, lineage, or a graph file. Default: random, or of kin lineage."
        ),
    ] = None,
    lesson: Annotated[str, typer.Option(help="A lesson's number, or final.")] = "final",
    steps: Annotated[
        str | None,
        typer.Option(
            metavar="N|N-M",
            help="Steps of an answer. Default: the lesson's; on a file 7, of paths any, of relations 4.",
        ),
    ] = None,
    chains: Annotated[
        bool, typer.Option("--chains", help="Of kin: rules of --steps steps drawn at random, not terms.")
    ] = False,
    nodes: Annotated[
        str | None,
        typer.Option(metavar="N|N-M", help="Other nodes of random graphs, or people, than the lesson's."),
    ] = None,
    episodes: Annotated[int, typer.Option(help="Questions asked, or as many as there are.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of graphs, questions and labels.", min=0)] = 0,
    votes: Annotated[
        int | None,
        typer.Option(
            help="Ask each so many times. Default: once, with --calibration as often as ask does.",
            min=1,
            max=256,
        ),
    ] = None,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Show how often answers are right, by confidence.")
    ] = False,
    columns: ThreeColumns = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a network on fresh questions.

    The figure is the share of whole answers that are right: of shortest paths, those as short as can be. On
    a graph file shortest paths are asked between pairs of nodes, at random, each pair once.

    Example: graphdnc eval traversal --graphs underground.csv --steps 7 --episodes 500
    """
    lengths = _range("--steps", steps, 1, MOST_STEPS)
    sizes = _range("--nodes", nodes, 2, MOST_NODES)
    if sizes is not None and graphs not in (None, "random", "lineage"):
        raise UsageError("--nodes is for random graphs and lineages; leave it out, or --graphs")
    from graphdnc.evaluation import evaluate
    from graphdnc.networks.checkpoint import load_checkpoint
    from graphdnc.reasoner import VOTES

    checkpoint = load_checkpoint(model)
    if task not in (None, checkpoint.task):
        raise UsageError(f"{model} was trained for {checkpoint.task}, not for {task!r}; leave --task out")
    graphs = graphs or ("lineage" if checkpoint.task == "kinship" else "random")
    if chains and (checkpoint.task != "kinship" or lengths is None):
        raise UsageError("--chains is for networks of kinship, with --steps; leave it out")
    drawn = _draw(checkpoint, graphs, columns, lesson, None if chains else lengths, sizes, seed)
    if chains:
        drawn = _chains(drawn, lengths or (1, 1), seed)
    most = episodes if drawn.most is None else min(episodes, drawn.most)
    times = votes or (VOTES.get(checkpoint.task, TRIES) if calibration else 1)
    found = evaluate(checkpoint, islice(drawn.examples, most), times, seed, report=_progress(most))
    settings = drawn.settings | {"votes": times}
    if as_json:
        bins = {"calibration": [bin._asdict() for bin in found.calibration.bins()]} if calibration else {}
        print_json(_record(checkpoint.task, graphs, found, seed, model, settings) | bins)
    else:
        _print_tables(checkpoint.task, graphs, found, model, settings)
        if calibration:
            _print_bins(found.calibration)


@dataclass(frozen=True)
class Drawn:
    """Questions to ask.

    Attributes:
        examples: the questions, each with its exact answer.
        settings: what they are drawn from, for the record.
        most: how many there are; ``None`` where there is no end of them.
    """

    examples: Iterator[Example]
    settings: dict[str, int | str]
    most: int | None = None


def _draw(
    checkpoint: Checkpoint,
    graphs: str,
    columns: str | None,
    lesson: str,
    steps: Range | None,
    nodes: Range | None,
    seed: int,
) -> Drawn:
    from graphdnc.cli.build_data import Generator
    from graphdnc.utils.rng import Purpose, stream

    rng = stream(Purpose.EVALUATION, seed)
    if columns is not None and graphs in list(Generator):
        raise UsageError("--columns is for a graph file; name it by --graphs FILE")
    if checkpoint.task == "kinship" and graphs == "lineage":
        return _families(nodes or PEOPLE, steps, rng)
    if graphs in list(Generator):
        return _fresh_graphs(checkpoint.task, graphs, lesson, steps, nodes, rng)
    from graphdnc.readers import read_graph

    if lesson != "final":
        raise UsageError("a graph file has no lessons; leave --lesson out, --steps sets the length")
    graph = read_graph(graph_source(graphs), columns_of(columns, None, None, None))
    if checkpoint.task == "traversal":
        length = steps or STEPS
        return Drawn(_walks(graph, length, rng), {"triples": len(graph), "steps": _shown(length)})
    if checkpoint.task == "inference":
        return _relations(graph, steps or INFERRED, rng)
    if checkpoint.task == "kinship":
        return _kin(graph, steps, rng)
    from graphdnc.episodes.labels import draw_labels

    # more nodes than there are labels are refused at once, not when all pairs of them have been counted
    draw_labels(stream(Purpose.EVALUATION, seed), graph, checkpoint.code)
    return _pairs(graph, steps, rng)


def _fresh_graphs(
    task: str, graphs: str, lesson: str, steps: Range | None, nodes: Range | None, rng: np.random.Generator
) -> Drawn:
    from graphdnc.cli.build_data import default_curriculum
    from graphdnc.datasets.lessons import draw_example, load_curriculum

    curriculum = load_curriculum(default_curriculum(task, graphs))
    number = _lesson_number(lesson, len(curriculum.lessons))
    drawn = curriculum.lessons[number - 1]
    drawn = replace(drawn, path=steps or drawn.path, size=nodes or drawn.size)
    settings: dict[str, int | str] = {
        "curriculum": curriculum.name,
        "lesson": number,
        "steps": _shown(drawn.path),
    }
    if nodes is not None:
        settings["nodes"] = _shown(nodes)
    return Drawn((draw_example(rng, drawn) for _ in iter(int, 1)), settings)


def _lesson_number(wanted: str, count: int) -> int:
    if wanted == "final":
        return count
    if not wanted.isdecimal() or not 1 <= int(wanted) <= count:
        raise UsageError(f"no lesson {wanted!r}; write --lesson 1 to {count}, or final")
    return int(wanted)


def _range(option: str, text: str | None, least: int, most: int) -> Range | None:
    if text is None:
        return None
    parts = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text)
    low, high = (int(parts[1]), int(parts[2] or parts[1])) if parts else (0, 0)
    if not least <= low <= high <= most:
        raise UsageError(
            f"{option} {text!r} is no range from {least} to {most:,}; write for example {option} 2-8"
        )
    return low, high


def _shown(span: Range) -> int | str:
    return span[0] if span[0] == span[1] else f"{span[0]}-{span[1]}"


def _walks(graph: Graph, steps: Range, rng: np.random.Generator) -> Iterator[Example]:
    from graphdnc.datasets.tasks import random_traversal

    low, high = steps
    while True:
        try:
            yield random_traversal(rng, graph, low if low == high else int(rng.integers(low, high + 1)))
        except ValueError as error:
            raise NoAnswer(
                f"{error} where each relation leads to one place only; write a smaller --steps"
            ) from error


def _pairs(graph: Graph, steps: Range | None, rng: np.random.Generator) -> Drawn:
    """Return a question for every pair of nodes so many steps apart, in random order."""
    import numpy as np

    from graphdnc.datasets.tasks import pairs, shortest_path_between

    if steps is None:
        found = pairs(graph)
    else:
        found = np.concatenate([pairs(graph, length) for length in range(steps[0], steps[1] + 1)])
    if not len(found):
        apart = "with a way between them" if steps is None else f"{_shown(steps)} steps apart"
        raise NoAnswer(f"the graph has no two nodes {apart}; leave --steps out, or give another graph")
    order = found[rng.permutation(len(found))].tolist()
    examples = (shortest_path_between(rng, graph, start, goal) for start, goal in order)
    wanted = "any" if steps is None else _shown(steps)
    return Drawn(examples, {"triples": len(graph), "steps": wanted, "pairs": len(order)}, len(order))


def _relations(graph: Graph, steps: Range, rng: np.random.Generator) -> Drawn:
    """Return a question for every relation of so many steps from everybody, in random order."""
    from graphdnc.datasets.tasks import every_relation
    from graphdnc.questions.relation_table import edge_labelled

    labelled = edge_labelled(graph)
    found = [
        example for length in range(steps[0], steps[1] + 1) for example in every_relation(labelled, length)
    ]
    if not found:
        raise NoAnswer(f"no relation of {_shown(steps)} steps leads from anybody; write --steps 2 to 5")
    examples = (found[index] for index in rng.permutation(len(found)))
    settings: dict[str, int | str] = {"triples": len(graph), "steps": _shown(steps), "questions": len(found)}
    return Drawn(examples, settings, len(found))


def _families(people: Range, steps: Range | None, rng: np.random.Generator) -> Drawn:
    """Return questions about fresh families, for all terms alike, as often for some as for none."""
    from graphdnc.datasets.generators.lineages import lineage
    from graphdnc.datasets.tasks import balanced_kin

    terms = _terms(steps)
    examples = (balanced_kin(rng, lambda rng: lineage(rng, people), terms) for _ in iter(int, 1))
    return Drawn(examples, {"people": _shown(people), "terms": len(terms)})


def _terms(steps: Range | None) -> list[Term]:
    from graphdnc.kinship import standard_vocabulary

    low, high = steps or (1, MOST_STEPS)
    terms = [term for term in standard_vocabulary() if low <= term.rule.steps <= high]
    if not terms:
        raise NoAnswer(f"no term of kinship has {_shown((low, high))} steps; write --steps 1-7")
    return terms


def _kin(graph: Graph, steps: Range | None, rng: np.random.Generator) -> Drawn:
    """Return questions for terms of kinship, each as often as any other, of anybody."""
    from graphdnc.datasets.tasks import kin_of

    terms = _terms(steps)
    examples = (kin_of(rng, graph, terms[int(rng.integers(len(terms)))]) for _ in iter(int, 1))
    return Drawn(examples, {"triples": len(graph), "terms": len(terms)})


def _chains(drawn: Drawn, steps: Range, seed: int) -> Drawn:
    """Return the same families, asked for rules of so many elementary steps."""
    from graphdnc.datasets.tasks import random_chain
    from graphdnc.utils.rng import Purpose, stream

    rng = stream(Purpose.EVALUATION, seed, 1)
    examples = (
        random_chain(rng, own.graph, int(rng.integers(steps[0], steps[1] + 1))) for own in drawn.examples
    )
    return Drawn(examples, drawn.settings | {"chains": _shown(steps)})


def _progress(episodes: int) -> Callable[[Report], None]:
    def report(counted: Report) -> None:
        if sys.stderr.isatty():
            end = "\n" if counted.episodes == episodes else ""
            line = f"\r{counted.episodes:,} of {episodes:,}: {counted.accuracy.share:.2%} right"
            print(line, end=end, file=sys.stderr, flush=True)

    return report


def _record(
    task: str, graphs: str, found: Report, seed: int, model: str, settings: dict[str, int | str]
) -> dict[str, Any]:
    """Return a measurement as the fields of ``eval --json``."""
    record = {
        "task": task,
        "graphs": graphs,
        "episodes": found.episodes,
        **_accuracy(found.accuracy),
        "calibration_error": said_sure(found.calibration.error, int(settings["votes"])),
        "seed": seed,
        "model": model,
        "settings": settings,
    }
    if task == "kinship":
        record["by_term"] = {
            term: {"episodes": right.episodes, **_accuracy(right)} for term, right in found.by_term.items()
        }
        record["nobody"], record["somebody"] = (
            {"episodes": right.episodes, **_accuracy(right)} if right else None
            for right in map(found.of_nobody.get, (True, False))
        )
    if task in ("shortest-path", "kinship"):
        record["by_length"] = {
            str(length): {"episodes": right.episodes, **_accuracy(right)}
            for length, right in found.by_length.items()
        }
    if task == "shortest-path":
        record["valid"] = round(found.valid.share, 6)
    return record


def _accuracy(right: Accuracy) -> dict[str, Any]:
    return {"accuracy": round(right.share, 6), "interval": [round(end, 6) for end in right.interval]}


def _print_tables(task: str, graphs: str, found: Report, model: str, settings: dict[str, int | str]) -> None:
    """Print the measurement as a row; of shortest paths also how many are valid, and a row by length."""
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    right = ("episodes", "whole answers right", "95% interval", "calibration error")
    columns = ("model", "graphs", "settings", *right)
    error = said_sure(found.calibration.error, int(settings["votes"]))
    row = (model, graphs, words, *_cells(found.accuracy), "-" if error is None else f"{error:.3f}")
    if task == "shortest-path":
        print_rows((*columns, "valid paths"), [(*row, f"{found.valid.share:.2%}")])
    else:
        print_rows(columns, [row])
    if task in ("shortest-path", "kinship"):
        _print_parts("steps", found.by_length)
    if task == "kinship":
        _print_parts(
            "there is",
            {"nobody" if none else "somebody": right for none, right in found.of_nobody.items()},
        )
        _print_parts("term", found.by_term)


def _print_parts(what: str, parts: Mapping[Any, Accuracy]) -> None:
    print()
    rows = [(str(part), *_cells(right)) for part, right in parts.items()]
    print_rows((what, "episodes", "whole answers right", "95% interval"), rows)


def _print_bins(calibration: Calibration) -> None:
    """Print how often answers of like confidence are right."""
    rows = [
        (f"{bin.low:.0%} to {bin.high:.0%}", f"{bin.answers:,}", f"{bin.confidence:.1%}", f"{bin.right:.1%}")
        for bin in calibration.bins()
    ]
    print()
    print_rows(("confidence", "episodes", "mean confidence", "right"), rows)


def _cells(right: Accuracy) -> tuple[str, ...]:
    low, high = right.interval
    return f"{right.episodes:,}", f"{right.share:.2%}", f"{low:.2%} to {high:.2%}"
