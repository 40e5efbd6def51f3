"""Examples cut into batches of like length, so that little of a batch is padding."""

from __future__ import annotations

from graphdnc.questions import Example
from graphdnc.tasks import task_of


def by_length(examples: list[Example], batch: int) -> list[list[Example]]:
    """Cut examples into batches alike in the length of the answer first, then in the number of triples."""
    bands = max(1, int((len(examples) / batch) ** 0.5))
    by_answer = sorted(examples, key=lambda example: task_of(example.question).length(example))
    size = -(-len(by_answer) // (bands * batch)) * batch
    ordered: list[Example] = []
    for start in range(0, len(by_answer), size):
        ordered += sorted(by_answer[start : start + size], key=lambda example: len(example.graph))
    return [ordered[start : start + batch] for start in range(0, len(ordered), batch)]
