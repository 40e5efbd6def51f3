"""A task is added by one module and one registration, then trained, evaluated and asked as any other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from last_triple import LastTriple, LastTripleTask, example
from small_runs import SMALL, small_config

from graphdnc.answering.session import GraphSession
from graphdnc.corpus.files import Corpus, CorpusWriter
from graphdnc.corpus.schema import CorpusInfo, pack
from graphdnc.evaluation import evaluate
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.questions import Traversal
from graphdnc.tasks import TASKS, task_of
from graphdnc.training.batches import Source
from graphdnc.training.trainer import Trainer


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setitem(TASKS, LastTripleTask.name, LastTripleTask)


def drawn(rng, lesson):
    return example(rng)


def test_a_new_task_is_trained_evaluated_and_asked(tmp_path):
    config = small_config(192)
    config = replace(config, model=replace(SMALL, start="plain"))
    run = Trainer(config, Source("last-triple", 1, drawn, drawn), tmp_path, torch.device("cpu"))
    losses = []
    assert run.run(lambda progress: losses.append(progress.loss))
    assert losses[-1] < losses[0]
    checkpoint = load_checkpoint(str(tmp_path / "last"))
    assert checkpoint.task.name == "last-triple"
    rng = np.random.default_rng(0)
    examples = [example(rng) for _ in range(20)]
    found = evaluate(checkpoint, examples, votes=2)
    assert found.episodes == 20
    assert found.by("length").keys() == {1}
    answer = GraphSession(checkpoint, examples[0].graph).answer(LastTriple(), votes=3)
    assert answer.votes == 3


def test_the_votes_of_a_new_task_are_counted_as_it_says():
    asked = example(np.random.default_rng(0))
    from graphdnc.tasks.votes import Vote

    right, wrong = Vote(asked.answer, 0.5), Vote(None, 0.5)
    assert task_of(asked.question) is LastTripleTask
    assert task_of(Traversal(0, (0,))) is TASKS["traversal"]
    assert LastTripleTask.is_right(asked, [right, wrong, wrong])
    assert not LastTripleTask.is_right(asked, [wrong])


def test_examples_of_a_new_task_are_stored(tmp_path):
    rng = np.random.default_rng(0)
    examples = [example(rng) for _ in range(5)]
    with CorpusWriter(tmp_path / "corpus.h5", CorpusInfo("last-triple", "random", {}, 0)) as writer:
        writer.add("train", pack(examples, [1] * 5))
    corpus = Corpus(tmp_path / "corpus.h5")
    again = [corpus.example("train", index) for index in range(5)]
    assert [(one.question, one.answer) for one in again] == [(LastTriple(), one.answer) for one in examples]
