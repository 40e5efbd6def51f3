"""Examples as tensors: the inputs of a network in training, the right outputs, and a data set of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import index as whole_number
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from graphdnc.corpus.shards import Shards, corpus_files
from graphdnc.episodes.encoding import StackedSteps, output_size, stack_steps
from graphdnc.episodes.labels import DigitCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import Steps
from graphdnc.errors import CorpusError
from graphdnc.questions import Example
from graphdnc.tasks import TASKS
from graphdnc.tasks.task import Task


@dataclass(frozen=True)
class Batch:
    """B episodes as tensors.

    Attributes:
        description: ``[T, B, input]`` float32, one triple a step, padded at the end.
        lengths: ``[B]`` int64, the number of triples of each episode.
        steps: ``[S, B, input]`` float32, all steps after the description, padded at the end.
        active: ``[S, B]`` bool, false where a step is padding.
        choices: ``[S, B, K, 3]`` int64, triples of labels that the output is compared with.
        credit: ``[S, B, K]`` bool, the choices that are right; none if the step has no output.
        among: ``[S, B, K]`` bool, the choices that the output is limited to; none if it is free.
        answering: ``[S, B]`` bool, the steps of the answer itself; other outputs are planning.
        spare: the number of memory rows for the steps after the description.
        labels: the labels of each episode, to read answers back.
        examples: the examples that were encoded.
    """

    description: Tensor
    lengths: Tensor
    steps: Tensor
    active: Tensor
    choices: Tensor
    credit: Tensor
    among: Tensor
    answering: Tensor
    spare: int
    labels: tuple[Labels, ...]
    examples: tuple[Example, ...]

    def __len__(self) -> int:
        """Return the number of episodes."""
        return len(self.labels)

    @property
    def answer_mask(self) -> Tensor:
        """``[S, B]`` bool, the steps with an output: planning and answer."""
        return self.credit.any(-1)

    @property
    def rows(self) -> int:
        """The number of memory rows that the batch needs."""
        return len(self.description) + self.spare

    def part(self, which: slice) -> Batch:
        """Return some of the episodes, laid out as in the whole batch and with the same rows of memory."""
        steps = {name: getattr(self, name)[:, which].contiguous() for name in StackedSteps._fields}
        return replace(
            self,
            description=self.description[:, which].contiguous(),
            lengths=self.lengths[which],
            labels=self.labels[which],
            examples=self.examples[which],
            **steps,
        )

    def to(self, device: torch.device) -> Batch:
        """Return the same batch with its tensors on another device."""
        tensors = {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}
        moved: dict[str, Any] = {name: tensor.to(device) for name, tensor in tensors.items()}
        return replace(self, **moved)


def encode(examples: Sequence[Example], rng: np.random.Generator, task: Task[Any]) -> Batch:
    """Lay out examples in time, under freshly drawn labels."""
    described = task.encode_graphs([example.graph for example in examples], rng)
    laid_out = [
        task.lay_out(example, own, rows, rng)
        for example, own, rows in zip(examples, described.labels, described.rows, strict=True)
    ]
    return Batch(
        description=torch.from_numpy(described.inputs),
        lengths=torch.from_numpy(described.lengths),
        **stack_tensors(laid_out, task)._asdict(),
        spare=max(task.spare_rows(own.question, own.graph.nodes) for own in examples),
        labels=described.labels,
        examples=tuple(examples),
    )


def stack_tensors(episodes: Sequence[Steps], task: Task[Any]) -> StackedSteps[Tensor]:
    """Stack the steps of episodes, as tensors."""
    return StackedSteps(*map(torch.from_numpy, stack_steps(episodes, task.code, task.channels)))


class CorpusDataset(Dataset[Example]):
    """The examples of one split of a corpus, for a ``torch.utils.data.DataLoader``.

    ``dataset[i]`` is an :class:`~graphdnc.questions.Example`. ``collate``, the loader's ``collate_fn``, lays
    examples out in time as a :class:`Batch` of tensors. The split is in memory, and may be sent to workers.

    Attributes:
        task: the task of all examples, with its code of labels.
        input_size: the numbers of an input of a network for it.
        output_size: the numbers of an output.
    """

    def __init__(
        self,
        corpus: str | Path | Sequence[str | Path],
        split: str = "train",
        planning: Planning | None = None,
    ) -> None:
        """Load a split, ``"train"``, ``"validation"`` or ``"test"``.

        ``corpus`` is a file, a folder or a pattern such as ``"shards/*.h5"``, or a list of these, read as one
        corpus. ``planning`` is how a network plans, where the task is planned; by default aloud.

        Raises:
            CorpusError: there is no such corpus or split, or it is damaged.
        """
        named = [corpus] if isinstance(corpus, str | Path) else corpus
        files = [path for name in named for path in corpus_files(str(name), Path())]
        if not files:
            raise CorpusError("there is no corpus in the folder; build one with graphdnc build-data")
        self._shards, self._split = Shards(files), split
        kind = TASKS[self._shards.task]
        planning = (planning or Planning()) if kind.planned else None
        self.task: Task[Any] = kind(DigitCode(known_relations=kind.known_relations), planning)
        self.input_size, self.output_size = self.task.input_size, output_size(self.task.code)
        self._length = int(self._shards.starts(split)[-1])

    def __len__(self) -> int:
        """Return the number of examples."""
        return self._length

    def __getitem__(self, index: int) -> Example:
        """Return an example by its number, counted from 0, or from the end if it is negative."""
        place = whole_number(index)
        return self._shards.example(self._split, place + self._length if place < 0 else place)

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Lay out examples in time, under labels that are drawn anew by the random numbers of torch.

        So ``torch.manual_seed`` repeats them, and each worker of a loader draws its own.
        """
        return encode(examples, np.random.default_rng(int(torch.randint(2**62, ()))), self.task)
