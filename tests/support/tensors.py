"""What answers are read from and steps are shown by, in torch's tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphdnc.episodes import encoding
from graphdnc.episodes.labels import END, DigitCode, Labels
from graphdnc.episodes.steps import BLANK, in_labels
from graphdnc.questions import Path


def read_answers(logits: Tensor, code: DigitCode) -> Tensor:
    """Return the labels ``[..., 3]`` answered, given logits ``[..., output]``."""
    return torch.from_numpy(encoding.read_answers(logits.detach().numpy(), code))


def show(labels: NDArray[np.int64], channels: NDArray[np.float32], code: DigitCode) -> Tensor:
    """Return what a network sees of triples of labels ``[..., 3]``."""
    return torch.from_numpy(encoding.show(labels, channels, code))


def labels_of(bits: Any, code: DigitCode) -> Tensor:
    """Return the labels ``[...]`` that bits ``[..., width]`` are, blank where none is set."""
    bits = np.asarray(bits)
    return torch.from_numpy(np.where(bits.any(-1), code.decode(bits), BLANK))


def answer_labels(path: Path, labels: Labels) -> NDArray[np.int64]:
    """Return the triples of an answer in labels, ``[steps, 3]``, with the end."""
    return np.array([*in_labels(path, labels), [END] * 3], np.int64)
