"""Questions of each kind are asked as their task says."""

from __future__ import annotations

import numpy as np
import pytest
from stand_ins import CODE, Walker, encoded
from step_answers import ALOUD, LABELS, LINE, rng, seeker

from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.encoding import describe, show
from graphdnc.graph import Triple
from graphdnc.questions import ShortestPath, Traversal
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask


def test_questions_of_one_kind_are_asked_at_a_time():
    graphs, labels, network = [LINE, LINE], [LABELS, LABELS], seeker()
    state = network.memorise(np.zeros((1, 2, 92), np.float32), np.array([1, 1]), 1)
    with pytest.raises(AssertionError, match="one kind"):
        Decoder(network, ShortestPathTask(CODE, ALOUD)).answer(
            state, graphs, [Traversal(0, (0,)), ShortestPath(0, 1)], labels
        )
    with pytest.raises(AssertionError, match="one kind"):
        Decoder(network, TraversalTask(CODE)).answer(state, graphs, [ShortestPath(0, 1)] * 2, labels)
    with pytest.raises(ValueError, match="planned"):
        ShortestPathTask(CODE)


def test_a_walk_is_answered_in_one_go():
    network = Walker(sure=2.0)
    inputs = show(describe(LINE, LABELS, rng())[:, None], np.zeros((7, 1, 2), np.float32), CODE)
    state = network.memorise(inputs, np.array([7]), 12)
    (vote,) = Decoder(network, TraversalTask(CODE)).answer(state, [LINE], [Traversal(0, (0, 0))], [LABELS])
    assert vote.path == (Triple(0, 0, 1), Triple(1, 0, 2))
    digit = np.exp(2) / (np.exp(2) + 9)
    assert vote.probability == pytest.approx(digit**27, rel=1e-3)
    assert encoded([(0, 0, 0)]).shape == (1, 90)
