"""Tasks about sequences of vectors: each is declared once, in a module of its own."""

from __future__ import annotations

from graphdnc.tasks.sequences.copying import Copy, MemoryReuse, RepeatCopy
from graphdnc.tasks.sequences.facts import FactStream
from graphdnc.tasks.sequences.recall import AssociativeRecall, FreeRecall
from graphdnc.tasks.sequences.task import SequenceTask

SEQUENCE_TASKS: dict[str, SequenceTask] = {
    task.name: task
    for task in (Copy(), RepeatCopy(), AssociativeRecall(), FreeRecall(), MemoryReuse(), FactStream())
}
"""All of them by name."""
