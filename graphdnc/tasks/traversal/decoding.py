"""How a network is asked for traversals: all steps at once, then the answer is read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.encoding import (
    CHANNELS,
    StackedSteps,
    decode,
    log_probabilities,
    read_answers,
    stack_steps,
)
from graphdnc.episodes.labels import LabelCode, Labels
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.questions import Traversal
from graphdnc.tasks.traversal.layout import lay_out
from graphdnc.tasks.votes import Vote
from graphdnc.utils.arrays import Floats


def walk(
    network: Network,
    code: LabelCode,
    channels: int,
    state: State,
    questions: Sequence[Traversal],
    labels: Sequence[Labels],
) -> list[Vote]:
    """Return what B episodes answer."""
    asked = encode_questions(questions, labels, code, channels)
    return read_votes(network.run(asked.steps, state, asked.active), asked.answering, labels, code)


def encode_questions(
    questions: Sequence[Traversal], labels: Sequence[Labels], code: LabelCode, channels: int = CHANNELS
) -> StackedSteps[NDArray[Any]]:
    """Lay out B questions, each under the labels of its episode, and the steps of their answers."""
    steps = [lay_out(question, None, own) for question, own in zip(questions, labels, strict=True)]
    return stack_steps(steps, code, channels)


def read_votes(
    logits: Floats, answering: NDArray[np.bool_], labels: Sequence[Labels], code: LabelCode
) -> list[Vote]:
    """Return what B traversals answered, given logits ``[S, B, output]`` and the answer steps ``[S, B]``."""
    answers = read_answers(logits, code)
    sure = log_probabilities(logits, answers[..., None, :], code).squeeze(-1)
    probabilities = np.exp(np.where(answering, sure, 0).sum(0)).tolist()
    votes = []
    for index, own in enumerate(labels):
        # An answer that ends at once names no path either: a question has at least one step.
        path = decode(answers[answering[:, index], index], own) or None
        votes.append(Vote(path, probabilities[index]))
    return votes
