"""How a network that plans aloud falls silent: what it hears, what it is taught, how it is validated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from networks import INFERENCE
from relation_episodes import ALOUD, BOTH, CODE, SILENT, example, rng
from stand_ins import Follower, Talker

from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import PLANNING
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.questions import Example
from graphdnc.questions.relation_table import EDGES
from graphdnc.tasks.inference import BUDGET, InferenceTask
from graphdnc.tasks.kinship.task import KinshipTask
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.batches import Source
from graphdnc.training.config import DataConfig, ScheduleConfig, SilenceConfig, TrainingConfig
from graphdnc.training.loss import answer_loss
from graphdnc.training.silence import muffle, only_answers, silence_loss
from graphdnc.training.tensors import Batch, encode
from graphdnc.training.trainer import Trainer

LABELS = 3 * CODE.width


def batch_of(planning=BOTH, episodes: int = 40) -> Batch:
    return encode([example(seed) for seed in range(episodes)], rng(), InferenceTask(CODE, planning))


def heard_while_planning(batch: Batch) -> torch.Tensor:
    """Return ``[S, B]``, whether a planning step has a triple."""
    return (batch.steps[..., LABELS + PLANNING] > 0) & batch.steps[..., :LABELS].any(-1)


def test_what_is_left_out_is_left_out_whole_and_only_while_planning() -> None:
    batch = batch_of()
    muffled = muffle(batch, CODE, 0.5, 0.0, rng(1))
    assert torch.equal(batch.steps, batch_of().steps), "the batch itself does not change"
    same = (batch.steps == muffled.steps).all(-1)
    said = heard_while_planning(batch)
    assert same[~said].all()
    assert not heard_while_planning(muffled)[said & ~same].any()
    assert 0.4 < same[said].double().mean() < 0.6
    assert torch.equal(batch.steps[..., LABELS:], muffled.steps[..., LABELS:]), "channels are always heard"


@pytest.mark.parametrize(("heard", "aloud"), [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)])
def test_all_or_nothing_is_heard(heard: float, aloud: float) -> None:
    batch = batch_of()
    muffled = muffle(batch, CODE, heard, aloud, rng(1))
    if heard or aloud:
        assert torch.equal(batch.steps, muffled.steps)
    else:
        assert not heard_while_planning(muffled).any()


def test_a_share_of_the_episodes_hears_everything() -> None:
    batch = batch_of()
    heard = heard_while_planning(muffle(batch, CODE, 0.0, 0.3, rng(1)))
    for index in range(len(batch.examples)):
        whole = heard_while_planning(batch)[:, index]
        assert torch.equal(heard[:, index], whole) or not heard[:, index].any()
    assert 4 < int(heard.any(0).sum()) < 20


def test_a_network_that_hears_nothing_sees_what_one_that_plans_in_silence_sees() -> None:
    silent, muffled = batch_of(SILENT), muffle(batch_of(), CODE, 0.0, 0.0, rng(1))
    assert torch.equal(silent.steps, muffled.steps)
    assert torch.equal(silent.active, muffled.active)
    assert torch.equal(silent.credit.any(-1), silent.answering), "only answers are taught"
    assert torch.equal(silent.credit.any(-1), only_answers(muffled).credit.any(-1))
    assert muffled.credit.any(-1).sum(0).tolist() == [BUDGET + 1] * len(muffled.examples)


def test_the_loss_on_what_is_said_fades() -> None:
    batch = batch_of(episodes=6)
    logits = torch.from_numpy(rng(2).normal(size=(*batch.steps.shape[:2], LABELS)).astype(np.float32))
    answers, everything = (answer_loss(logits, own, CODE) for own in (only_answers(batch), batch))
    assert silence_loss(logits, batch, CODE, 0.0) == answers
    assert silence_loss(logits, batch, CODE, 0.25) == pytest.approx(float(answers + everything / 4))


def test_how_much_is_heard_and_taught_falls_in_a_straight_line() -> None:
    silence = SilenceConfig(hear_from=0.2, hear_until=0.6, teach_from=0.8, teach_until=0.8)
    assert [silence.heard(done) for done in (0, 0.2, 0.3, 0.6, 1)] == pytest.approx([1, 1, 0.75, 0, 0])
    assert [silence.taught(done) for done in (0, 0.79, 0.8, 1)] == [1, 1, 0, 0]
    assert SilenceConfig().taught(0.999) == 1
    for wrong in ({"hear_from": 0.7}, {"teach_until": 0.5}, {"aloud": 1.5}):
        with pytest.raises(ValueError, match="must be"):
            SilenceConfig(**wrong)


class QuietFollower:
    """Follows a relation as it is taught, and asserts that it hears nothing until it must answer."""

    def __init__(self, triples, lost=False):
        self.follower, self.heard = Follower(triples, lost=lost), 0

    def __call__(self, heard, channels):
        if channels[PLANNING]:
            assert heard == [-1] * 3
            self.heard += 1
            return None
        if self.heard == BUDGET:
            source = self.follower.node
            for edge in self.follower.edges:
                [source] = [c for a, b, c in self.follower.triples if (a, b) == (source, edge)]
            self.follower.node = source
        return self.follower(heard, channels)


@pytest.mark.parametrize("lost", [False, True])
def test_a_network_that_plans_in_silence_names_the_end_alone(lost: bool) -> None:
    task = InferenceTask(CODE, BOTH).in_silence()
    assert task.planning == replace(BOTH, aloud=False)
    asked = [example(seed) for seed in range(8)]
    votes = Decoder(Talker(lambda triples, number: QuietFollower(triples, lost)), task).vote(asked, rng())
    for own, vote in zip(asked, votes, strict=True):
        [(start, relation, end)] = vote.path
        assert (start, relation) == (own.question.start, EDGES + own.question.relation)
        assert (end == own.answer[-1].target) != lost
        assert task.is_right(own, [vote]) != lost


@pytest.mark.parametrize("planning", [ALOUD, BOTH])
def test_what_is_asked_aloud_is_what_is_taught_step_by_step(planning) -> None:
    task, asked = InferenceTask(CODE, planning), [example(seed) for seed in range(8)]
    network = Talker(lambda triples, number: EchoingFollower(triples))
    votes = Decoder(network, task).vote(asked, rng(5))
    assert [vote.path for vote in votes] == [own.answer for own in asked]
    taught = encode(asked, rng(5), task)
    for index, heard in enumerate(network.heard):
        shown = taught.steps[taught.active[:, index], index]
        assert len(heard) == len(shown)
        assert [list(channels) for _, channels in heard] == shown[:, LABELS:].int().tolist()
        assert [any(label >= 0 for label in triple) for triple, _ in heard] == shown[:, :LABELS].any(
            -1
        ).tolist()


@pytest.mark.parametrize("task", [ShortestPathTask, KinshipTask])
def test_other_tasks_cannot_fall_silent(task) -> None:
    planning = replace(BOTH, instructed=task is KinshipTask)
    assert "cannot learn that" in task.refusal(planning)
    with pytest.raises(ValueError, match="plans aloud only"):
        Planning().in_silence()
    with pytest.raises(ValueError, match="traversal is not planned"):
        TraversalTask(CODE).in_silence()


class EchoingFollower(Follower):
    """Says the end again and again, once the relation is followed."""

    def __call__(self, heard, channels):
        if channels[PLANNING] and heard == [-1] * 3:
            return 0, 0, 0
        return super().__call__(heard, channels)


def falling_silent(folder: Path, **changes) -> Trainer:
    config = TrainingConfig(
        data=DataConfig(curriculum="inference"),
        model=INFERENCE,
        schedule=ScheduleConfig(examples=64, batch=8, pool=2, validation_episodes=8, validate_every=1),
        planning=BOTH,
        silence=SilenceConfig(hear_from=0.25, hear_until=0.5),
        seed=3,
    )

    def draw(generator: np.random.Generator, lesson: int) -> Example:
        return example(int(generator.integers(1000)))

    source = Source("inference", 2, training=draw, validation=draw)
    return Trainer(replace(config, **changes), source, folder, torch.device("cpu"))


def test_a_network_falls_silent_in_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first step that is not heard on, it is validated in silence; the best one is silent."""
    run, modes = falling_silent(tmp_path), []
    vote = Decoder.vote
    monkeypatch.setattr(
        Decoder, "vote", lambda self, *args: modes.append(self.task.planning.aloud) or vote(self, *args)
    )
    assert run.run(lambda progress: None)
    assert modes == [True, False, False, False]
    assert run.at.best_silent
    loaded = load_checkpoint(str(tmp_path / "best"))
    assert loaded.task.planning == BOTH
    assert loaded.in_silence().task.planning == replace(BOTH, aloud=False)


def test_a_run_that_falls_silent_can_be_interrupted(tmp_path: Path) -> None:
    whole, rest = falling_silent(tmp_path / "whole"), falling_silent(tmp_path / "parts")
    whole.run(lambda progress: None)
    first = falling_silent(tmp_path / "parts")
    first.run(lambda progress: None, stop=lambda: first.at.updates == 3)
    rest.resume()
    rest.run(lambda progress: None)
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, rest.network.state_dict()[name]), name
