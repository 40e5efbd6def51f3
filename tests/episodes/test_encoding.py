"""Outputs of a network read back as paths."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tensors import answer_labels, read_answers
from walk_episodes import CODE, LABELS, LONG, SHORT, TASK, perfect_logits, rng, targets

from graphdnc.episodes.encoding import (
    decode,
)
from graphdnc.episodes.labels import END
from graphdnc.graph import Triple
from graphdnc.training.tensors import encode


@pytest.mark.parametrize("path", [(), LONG.answer[:1], LONG.answer])
def test_an_answer_comes_back_as_its_path(path: tuple[Triple, ...]) -> None:
    answer = answer_labels(path, LABELS)
    assert decode(answer, LABELS) == path
    padded = np.concatenate([answer, np.array([[500, 0, 7], [0, 0, 0]])])
    assert decode(padded, LABELS) == path, "what follows the end does not count"


def changed(answer: NDArray[np.int64], row: int, column: int, label: int) -> NDArray[np.int64]:
    other = answer.copy()
    other[row, column] = label
    return other


def test_a_wrong_answer_is_another_path_or_none() -> None:
    answer = answer_labels(LONG.answer, LABELS)
    wrong = decode(changed(answer, 1, 2, 500), LABELS)
    assert wrong == (Triple(0, 0, 1), Triple(1, 1, 0), Triple(2, 0, 3))
    for column, label in ((0, 501), (1, 500), (2, 1), (2, 0)):
        assert decode(changed(answer, 1, column, label), LABELS) is None, "a label that names nothing"
    assert decode(answer[:-1], LABELS) is None, "an answer without an end"
    assert decode(changed(answer, 3, 2, 7), LABELS) is None, "half an end"


def test_relation_zero_is_not_an_end() -> None:
    """A relation may have the label 0; only three ENDs end an answer."""
    assert LABELS.relations[0] == END
    assert decode(answer_labels(LONG.answer, LABELS), LABELS) == LONG.answer


def test_reading_answers_from_logits() -> None:
    batch = encode([LONG, SHORT], rng(), TASK)
    answers = read_answers(perfect_logits(batch), CODE)
    assert torch.equal(answers, targets(batch))
    for index, example in enumerate((LONG, SHORT)):
        own = answers[batch.answer_mask[:, index], index].numpy()
        assert decode(own, batch.labels[index]) == example.answer
