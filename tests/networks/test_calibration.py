"""Confidences: what the error of calibration is, and the curve that corrects shares of votes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_runs import change_config
from stand_ins import Walker, checkpoint

from graphdnc.answering.session import GraphSession
from graphdnc.errors import CheckpointError
from graphdnc.evaluation import evaluate
from graphdnc.graph import Graph, Triple
from graphdnc.networks.calibration import Agreement, Calibration, Curve, fitted
from graphdnc.networks.checkpoint import load_checkpoint, save_checkpoint
from graphdnc.questions import Example, Traversal


def counted(*said):
    calibration = Calibration()
    for confidence, right in said:
        calibration.add(confidence, right)
    return calibration


def test_the_error_is_how_far_off_the_bins_are():
    calibration = counted((0.95, True), (0.95, False), (0.25, False), (1.0, True))
    assert calibration.error == pytest.approx(3 / 4 * abs(2.9 / 3 - 2 / 3) + 1 / 4 * 0.25)
    low, high = calibration.bins()
    assert (low.low, low.high, low.answers, low.confidence, low.right) == (0.2, 0.3, 1, 0.25, 0.0)
    assert (high.low, high.high, high.answers) == (0.9, 1.0, 3)


def test_without_answers_there_is_no_error():
    assert counted().error == 0
    assert list(counted().bins()) == []


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_every_answer_is_in_one_bin(said):
    calibration = counted(*said)
    assert sum(bin.answers for bin in calibration.bins()) == len(said)
    assert 0 <= calibration.error <= 1


def test_a_curve_is_found_again():
    rng, true = np.random.default_rng(0), Curve(2.0, 0.7)
    agreeing = rng.integers(0, 9, 20_000)
    right = [rng.random() < true.confidence(int(number), 8) for number in agreeing]
    found = fitted(zip(agreeing.tolist(), [8] * len(right), right, strict=True))
    assert found.offset == pytest.approx(2.0, abs=0.1)
    assert found.slope == pytest.approx(0.7, abs=0.05)
    calibration = counted(
        *((found.confidence(int(number), 8), hit) for number, hit in zip(agreeing, right, strict=True))
    )
    assert calibration.error < 0.01


@pytest.mark.parametrize("right", [True, False])
def test_a_curve_stays_finite_where_all_answers_are_alike(right):
    found = fitted([(8, 8, right)] * 50 + [(1, 8, right)] * 50)
    assert np.isfinite([found.offset, found.slope]).all()
    assert (found.confidence(8, 8) > 0.9) == right


@given(st.integers(1, 256).flatmap(lambda votes: st.tuples(st.integers(0, votes), st.just(votes))))
def test_more_votes_never_make_less_sure(pair):
    agreeing, votes = pair
    curve = Curve(1.5, 0.9)
    assert 0 < curve.confidence(agreeing, votes) < 1
    if agreeing:
        assert curve.confidence(agreeing, votes) >= curve.confidence(agreeing - 1, votes)


CURVE = Curve(2.0, 0.5)


def calibrated(network):
    return replace(checkpoint(network), calibration=CURVE)


def test_an_answer_is_as_sure_as_such_answers_are_right():
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c"), ("a", "s", "b"), ("a", "s", "c")])
    walk = Traversal(0, (0, 0))
    answer = GraphSession(calibrated(Walker(wrong=[0])), graph).answer(walk, votes=5)
    assert (answer.agreeing, answer.confidence) == (4, pytest.approx(CURVE.confidence(4, 5)))
    several = GraphSession(calibrated(Walker()), graph).answer(Traversal(0, (1,)), votes=4)
    assert (several.agreeing, several.confidence) == (4, pytest.approx(CURVE.confidence(4, 4)))
    alone = GraphSession(calibrated(Walker(sure=3.0)), graph).answer(walk)
    assert alone.confidence == GraphSession(checkpoint(Walker(sure=3.0)), graph).answer(walk).confidence
    none = GraphSession(calibrated(Walker(wrong=range(3), first=0)), graph).answer(walk, votes=3)
    assert (none.path, none.confidence) == (None, 0.0)


def test_a_measurement_tells_how_well_confidences_fit():
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c")])
    example = Example(graph, Traversal(0, (0, 0)), (Triple(0, 0, 1), Triple(1, 0, 2)))
    found = evaluate(calibrated(Walker()), [example] * 10, votes=4)
    assert found.calibration.error == pytest.approx(1 - CURVE.confidence(4, 4))
    assert evaluate(checkpoint(Walker()), [example] * 10, votes=4).calibration.error == 0


def test_a_curve_is_kept_with_its_network(tmp_path):
    shipped = load_checkpoint("traversal")
    assert shipped.calibration is not None
    for number, curve in enumerate([CURVE, None]):
        save_checkpoint(tmp_path / str(number), replace(shipped, calibration=curve), "# a card\n")
        assert load_checkpoint(str(tmp_path / str(number))).calibration == curve
    change_config(tmp_path / "0", calibration={"slop": 1})
    with pytest.raises(CheckpointError, match="calibration: unknown key 'slop'"):
        load_checkpoint(str(tmp_path / "0"))


def test_how_many_tries_are_enough_is_kept_with_its_network(tmp_path):
    shipped = load_checkpoint("traversal")
    for number, enough in enumerate([Agreement(3, right=7, asked=8), None]):
        save_checkpoint(tmp_path / str(number), replace(shipped, enough=enough), "# a card\n")
        assert load_checkpoint(str(tmp_path / str(number))).enough == enough


@pytest.mark.parametrize(("tries", "right", "asked"), [(1, 5, 5), (2, 6, 5), (2, -1, 5)])
def test_an_agreement_that_cannot_be_is_refused(tries, right, asked):
    with pytest.raises(ValueError, match="at least 2 tries"):
        Agreement(tries, right, asked)


@pytest.mark.parametrize("task", ["traversal", "inference", "shortest-path", "kinship"])
def test_of_shipped_networks_it_was_measured_how_many_tries_are_enough(task):
    enough = load_checkpoint(task).enough
    assert enough is not None
    assert (enough.tries, enough.asked >= 900, enough.confidence > 0.998) == (2, True, True)
