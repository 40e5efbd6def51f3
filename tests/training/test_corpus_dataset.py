"""A corpus as a data set of torch: its length, its examples, and batches drawn by workers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from corpora import INFO, PATHS, examples, same, write
from torch.utils.data import DataLoader, RandomSampler

from graphdnc import DNC, CorpusDataset, DNCConfig
from graphdnc.datasets.build_corpus import build_corpus
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.errors import CorpusError
from graphdnc.training.loss import answer_loss


@pytest.fixture
def drawn():
    return examples()


@pytest.fixture
def corpus(tmp_path, drawn):
    return write(tmp_path / "c.h5", drawn)


def test_it_has_a_length_and_examples_by_number(corpus, drawn):
    train, test = CorpusDataset(corpus), CorpusDataset(str(corpus), "test")
    assert (len(train), len(test)) == (50, 10)
    assert all(same(train[number], drawn[number]) for number in range(50))
    assert same(train[-1], drawn[49])
    assert same(test[torch.tensor(3)], drawn[53])
    assert sum(1 for _ in test) == 10
    for outside in (50, -51):
        with pytest.raises(IndexError):
            train[outside]


def same_labels(one, other):
    return torch.equal(one.description, other.description) and torch.equal(one.steps, other.steps)


@pytest.mark.parametrize("workers", [0, 2])
def test_workers_draw_every_example_once_and_labels_anew(corpus, drawn, workers):
    dataset = CorpusDataset(corpus)
    loader = DataLoader(dataset, 16, collate_fn=dataset.collate, num_workers=workers)
    torch.manual_seed(3)
    first, second = list(loader), list(loader)
    torch.manual_seed(3)
    again = list(loader)
    assert [len(batch) for batch in first] == [16, 16, 16, 2]
    seen = [example for batch in first for example in batch.examples]
    assert all(same(*pair) for pair in zip(seen, drawn[:50], strict=True))
    assert all(same_labels(*pair) for pair in zip(first, again, strict=True))
    assert not any(same_labels(*pair) for pair in zip(first, second, strict=True))
    assert not torch.equal(first[0].description[:3], first[1].description[:3])


def test_it_may_be_sent_to_workers_that_share_nothing(corpus, drawn):
    dataset = CorpusDataset(corpus, "test")
    loader = DataLoader(
        dataset, 10, num_workers=1, collate_fn=dataset.collate, multiprocessing_context="spawn"
    )
    (batch,) = loader
    assert all(same(*pair) for pair in zip(batch.examples, drawn[50:], strict=True))


@pytest.mark.parametrize("task", PATHS)
def test_a_network_of_its_sizes_learns_from_its_batches(tmp_path, task):
    path = write(tmp_path / "c.h5", examples(task=task), replace(INFO, task=task))
    dataset = CorpusDataset(path)
    assert dataset.task.name == task
    torch.manual_seed(1)
    network = DNC(DNCConfig(dataset.input_size, dataset.output_size, 16, memory_width=8, read_heads=1))
    optimiser = torch.optim.Adam(network.parameters(), 2e-2)
    losses = []
    sampler = RandomSampler(dataset, num_samples=96)
    for batch in DataLoader(dataset, 8, sampler=sampler, collate_fn=dataset.collate):
        logits, _ = network(
            batch.steps, network.memorise(batch.description, batch.lengths, batch.rows), batch.active
        )
        loss = answer_loss(logits, batch, dataset.task.code)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_shards_are_one_data_set(tmp_path):
    lessons = ((1, Lesson("random", (3, 5), (1, 2), (1, 2))),)
    for seed in (1, 2):
        build_corpus(tmp_path / f"{seed}.h5", lessons, 30, seed, 1)
    apart = [CorpusDataset(tmp_path / f"{seed}.h5") for seed in (1, 2)]
    for named in (tmp_path, str(tmp_path / "*.h5"), [tmp_path / "1.h5", tmp_path / "2.h5"]):
        both = CorpusDataset(named)
        assert len(both) == sum(map(len, apart))
        assert same(both[-1], apart[1][-1])


def test_what_is_not_there_is_told_in_one_line(tmp_path, corpus):
    with pytest.raises(CorpusError, match="no split 'dev'"):
        CorpusDataset(corpus, "dev")
    with pytest.raises(CorpusError, match=r"cannot read .*none.h5"):
        CorpusDataset(tmp_path / "none.h5")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="there is no corpus in the folder"):
        CorpusDataset(tmp_path / "empty")
