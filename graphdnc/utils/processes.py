"""One run by several processes, on one machine or on several: each takes its part of every batch.

``torchrun`` starts the processes and tells each its number. All have the same weights and take the same
decisions, because everything that decides is added up over all of them; only the first one writes files. The
same examples are trained on, in the same order, as by one process. Gradients are added in another order, and
rounded in another way; with ``schedule.parts`` they are equal to the bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from graphdnc.errors import LostProcess, UsageError

T = TypeVar("T")

_PATIENCE = timedelta(minutes=30)
"""How long a process waits for the others before it gives them up; a validation may take minutes."""


class Processes(Protocol):
    """The processes of a run, as one of them sees them.

    Attributes:
        number: the number of this process, counted from 0; process 0 writes and reports.
        count: how many there are.
    """

    number: int
    count: int

    def total(self, *numbers: float) -> tuple[float, ...]:
        """Return the sum of each number over all processes."""

    def sum(self, values: Tensor, in_order: bool) -> Tensor:
        """Return the sum of a tensor over all processes; ``in_order`` rounds as :func:`summed` does."""

    def same(self, make: Callable[[], T], owner: int = 0) -> T:
        """Return in every process what ``make`` returns in the process ``owner``."""


class Alone:
    """A run by one process."""

    number, count = 0, 1

    def total(self, *numbers: float) -> tuple[float, ...]:
        """Return the numbers."""
        return numbers

    def sum(self, values: Tensor, in_order: bool) -> Tensor:
        """Return the tensor."""
        return values

    def same(self, make: Callable[[], T], owner: int = 0) -> T:
        """Return what ``make`` returns."""
        return make()


class Together:
    """A run by several processes, which are connected by torch.distributed."""

    def __init__(self, number: int, count: int, device: torch.device) -> None:
        self.number, self.count, self._device = number, count, device

    def total(self, *numbers: float) -> tuple[float, ...]:
        """Return the sum of each number over all processes."""
        # float64 is exact for counts; NCCL knows only tensors on a GPU
        added = torch.tensor(numbers, dtype=torch.float64, device=self._device)
        with _connected():
            dist.all_reduce(added)
        return tuple(added.tolist())

    def sum(self, values: Tensor, in_order: bool) -> Tensor:
        """Return the sum of a tensor over all processes; ``in_order`` rounds as :func:`summed` does."""
        with _connected():
            if in_order:
                found = [torch.empty_like(values) for _ in range(self.count)]
                dist.all_gather(found, values)
                return summed(found)
            dist.all_reduce(values)
        return values

    def same(self, make: Callable[[], T], owner: int = 0) -> T:
        """Return in every process what ``make`` returns in the process ``owner``."""
        sent: list[Any] = [make() if self.number == owner else None]
        with _connected():
            dist.broadcast_object_list(sent, owner, device=self._device)
        found: T = sent[0]
        return found


def summed(values: Sequence[Tensor]) -> Tensor:
    """Return the sum of 2**k tensors, the two halves of the list added first.

    Every ``n``-th of them, summed like that, and then these sums, give the same bits for any ``n`` = 2**m.
    """
    while len(values) > 1:
        half = len(values) // 2
        values = [one + other for one, other in zip(values[:half], values[half:], strict=True)]
    return values[0]


def own_parts(processes: Processes, episodes: int, parts: int) -> list[slice]:
    """Return the episodes of a batch that this process trains on, part by part.

    There are ``parts`` parts, or as many as there are processes. A part is every so many-th episode: a batch
    is sorted by length, so all parts take equally long.

    Raises:
        UsageError: the parts cannot be shared, or the batch has fewer episodes than parts.
    """
    if parts > 1 and parts % processes.count:
        raise UsageError(
            f"schedule.parts is {parts}, which {processes.count} processes cannot share; start a number of "
            "processes that divides it"
        )
    parts = max(parts, processes.count)
    if episodes < parts:
        raise UsageError(
            f"a batch has {episodes} episodes, fewer than its {parts} parts; start fewer processes, or make "
            f"batches larger: --set schedule.batch={parts}"
        )
    return [slice(number, None, parts) for number in range(processes.number, parts, processes.count)]


def add_gradients(processes: Processes, network: nn.Module, losses: Sequence[Tensor], in_order: bool) -> None:
    """Set the gradients of a network to those of the losses of all parts in all processes together."""
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    found = [_flat(torch.autograd.grad(loss, weights, allow_unused=True), weights) for loss in losses]
    whole = processes.sum(summed(found), in_order)
    sizes = [weight.numel() for weight in weights]
    for weight, gradient in zip(weights, whole.split(sizes), strict=True):
        weight.grad = gradient.view_as(weight)


def _flat(gradients: Sequence[Tensor | None], weights: Sequence[Tensor]) -> Tensor:
    pairs = zip(gradients, weights, strict=True)
    return torch.cat([(torch.zeros_like(own) if found is None else found).flatten() for found, own in pairs])


@contextmanager
def _connected() -> Iterator[None]:
    """Raise LostProcess where a process does not answer."""
    try:
        yield
    except RuntimeError as error:  # also that of a process that was killed
        raise LostProcess("another process of this run was lost, so this one stops too") from error


def started_by_torchrun() -> bool:
    """Return whether this is one of several processes of a run."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


@contextmanager
def joined(device: torch.device) -> Iterator[Processes]:
    """Connect the processes that ``torchrun`` started; a process that was started alone stays alone.

    Raises:
        LostProcess: they cannot be connected.
    """
    if not started_by_torchrun():
        yield Alone()
        return
    with _connected():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Together(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()


def device_of_process(device: torch.device) -> torch.device:
    """Return the GPU of this process, if it may be any: each process of a machine has its own."""
    if device.type != "cuda" or device.index is not None:
        return device
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def shares(processes: Processes, work: Sequence[T]) -> Sequence[T]:
    """Return this process's part of some work."""
    return work[processes.number :: processes.count]
