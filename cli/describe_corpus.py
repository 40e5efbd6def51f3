"""``graphdnc build-data --describe``: how a corpus was made, its contents, and one example in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphdnc.cli.build_stories import describe_stories
from graphdnc.cli.output import print_rows

if TYPE_CHECKING:
    from graphdnc.corpus.files import Split
    from graphdnc.graph import Graph, Triple
    from graphdnc.questions import Example

SHOWN = 12
"""How many triples of the example are printed."""


def describe_corpus(path: Path) -> None:
    """Print how a corpus was made, its contents, and one example in words."""
    from graphdnc.corpus.files import Corpus
    from graphdnc.corpus.schema import SPLITS, VERSION
    from graphdnc.corpus.stories import is_story_corpus

    if is_story_corpus(path):
        describe_stories(path)
        return
    with Corpus(path) as corpus:
        info = corpus.info
        splits = {name: corpus.split(name) for name in SPLITS}
        print(f"{path}: {info.task} on {info.generator} graphs, seed {info.seed}")
        print(f"schema {VERSION}, written by graphdnc {info.graphdnc}")
        _print_lessons(info.parameters)
        _print_splits(splits)
        filled = [split for split in splits.values() if len(split)]
        if filled:
            _print_example(info.task, filled[0].example(0))


def _print_lessons(parameters: Mapping[str, Any]) -> None:
    rows = []
    for lesson in parameters.get("lessons", []):
        keys = (key for key in lesson if key not in ("lesson", "task", "graphs"))
        ranges = ", ".join(f"{key.replace('_', '-')} {_value(lesson[key])}" for key in keys)
        rows.append((str(lesson.get("lesson", "-")), str(lesson.get("graphs", "-")), ranges))
    print()
    print_rows(("lesson", "graphs", "ranges, both ends included"), rows)


def _print_splits(splits: dict[str, Split]) -> None:
    rows = []
    for name, split in splits.items():
        columns = split.columns
        triples, steps = (_span(columns[f"{key}_offsets"]) for key in ("graphs/triple", "questions/step"))
        rows.append((name, f"{len(columns['graphs/nodes']):,}", f"{len(split):,}", triples, steps))
    print()
    print_rows(("split", "graphs", "questions", "triples", "steps"), rows)


def _span(offsets: Any) -> str:
    lengths = offsets[1:] - offsets[:-1]
    return f"{lengths.min()}-{lengths.max()}, mean {lengths.mean():.1f}" if len(lengths) else "-"


def _value(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value).lower()


def _print_example(task: str, example: Example) -> None:
    from graphdnc.datasets.questions.table import QUESTIONS

    graph, sentence = example.graph, QUESTIONS[task].sentence
    assert sentence is not None, "a task in corpora has sentences"
    shown = list(graph)[:SHOWN]
    print(f"\n{len(shown)} of the {len(graph)} triples of a graph:\n")
    _print_triples(graph, shown)
    print(f"\nquestion: {sentence(graph, example.question)}\nanswer:\n")
    _print_triples(graph, example.answer)


def _print_triples(graph: Graph, triples: Iterable[Triple]) -> None:
    from graphdnc.graph import named

    print_rows(("source", "relation", "target"), named(graph, tuple(triples)))
