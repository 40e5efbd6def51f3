"""Examples of walks, and a corpus of them."""

from dataclasses import replace

import numpy as np

from graphdnc.corpus.files import CorpusWriter
from graphdnc.corpus.schema import CorpusInfo, pack
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.questions import Example

INFO = CorpusInfo("traversal", "random", {"lessons": [{"lesson": 1}]}, 7)
LESSONS = (
    Lesson("random", (3, 30), (1, 9), (2, 4)),
    Lesson("transit", (4, 40), (1, 9)),
    Lesson("family", (5, 20), (1, 9)),
)
PATHS = {"traversal": (1, 9), "shortest-path": (1, 4), "inference": (2, 5)}


def examples(count=60, seed=0, task="traversal"):
    rng = np.random.default_rng(seed)
    able = LESSONS[:1] * 3 if task == "inference" else LESSONS
    lessons = [replace(lesson, task=task, path=PATHS[task]) for lesson in able]
    return [draw_example(rng, lessons[index % 3]) for index in range(count)]


def write(path, drawn, info=INFO, **options):
    with CorpusWriter(path, info, **options) as writer:
        writer.add("train", pack(drawn[:40], [1] * 40))
        writer.add("train", pack(drawn[40:50], [2] * 10))
        writer.add("test", pack(drawn[50:], [1] * len(drawn[50:])))
    return path


def same(one: Example, other: Example) -> bool:
    return (
        np.array_equal(one.graph.triples, other.graph.triples)
        and (one.graph.nodes, one.graph.relations) == (other.graph.nodes, other.graph.relations)
        and one.graph.node_names == other.graph.node_names
        and one.graph.relation_names == other.graph.relation_names
        and (one.question, one.answer) == (other.question, other.answer)
    )
