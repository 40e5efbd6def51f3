"""How a network that plans aloud learns to plan in silence (``SilenceConfig``): it hears less and less.

What an episode does not hear is left out whole. To make it fainter would change nothing: keys are compared by
their cosine, so a faint input counts as much as a loud one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from graphdnc.episodes.labels import DigitCode
from graphdnc.episodes.steps import PLANNING
from graphdnc.training.loss import answer_loss
from graphdnc.training.tensors import Batch


def muffle(batch: Batch, code: DigitCode, heard: float, aloud: float, rng: np.random.Generator) -> Batch:
    """Return a batch whose episodes hear each of their statements with probability ``heard``, 0 to 1.

    A share ``aloud`` of the episodes hears everything.
    """
    labels = 3 * code.width
    planning = batch.steps[..., labels + PLANNING] > 0
    kept = rng.random(planning.shape) < heard
    kept |= rng.random(planning.shape[1]) < aloud
    steps = batch.steps.clone()
    steps[..., :labels][planning & ~torch.from_numpy(kept).to(steps.device)] = 0
    return replace(batch, steps=steps)


def only_answers(batch: Batch) -> Batch:
    """Return a batch in which nothing is taught but the answers."""
    return replace(batch, credit=batch.credit & batch.answering.unsqueeze(-1))


def silence_loss(
    logits: Tensor,
    batch: Batch,
    code: DigitCode,
    taught: float,
    outputs: tuple[float | None, float | None] = (None, None),
) -> Tensor:
    """Return the loss of the answers, plus ``taught`` times that of all outputs, in nats.

    ``outputs`` is the number of outputs in the answers and of all outputs, if this is a part of a batch.
    """
    of_answers, of_all = outputs
    loss = answer_loss(logits, only_answers(batch), code, of_answers)
    return loss + taught * answer_loss(logits, batch, code, of_all) if taught > 0 else loss
