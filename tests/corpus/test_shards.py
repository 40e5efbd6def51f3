"""Shards that were built apart, read as one corpus."""

import json

import h5py
import numpy as np
import pytest
from corpora import same

from graphdnc.corpus.files import Corpus
from graphdnc.corpus.schema import SPLITS
from graphdnc.corpus.shards import Part, Shards, corpus_files
from graphdnc.datasets.build_corpus import BLOCK, build_corpus
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.sources import source
from graphdnc.errors import CorpusError, UsageError
from graphdnc.training.config import DataConfig

LESSONS = (
    (1, Lesson("random", (3, 5), (1, 2), (1, 2))),
    (2, Lesson("random", (4, 6), (1, 3), (2, 3))),
)
EPISODES = 5 * BLOCK + 40


def build(path, shard=None, episodes=EPISODES, lessons=LESSONS, seed=3):
    build_corpus(path, lessons, episodes, seed, 1, shard=shard)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A corpus, and the same one in four shards."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "shards").mkdir()
    whole = build(folder / "whole.h5")
    return whole, [build(folder / "shards" / f"{n}.h5", Part(n, 4)) for n in range(1, 5)]


def test_shards_read_as_one_have_the_examples_of_the_whole_corpus_in_its_order(built):
    whole, shards = built
    one, several = Corpus(whole), Shards(shards[::-1])
    assert several.task == one.info.task
    for split in SPLITS:
        assert several.starts(split)[-1] == len(one.split(split))
        places = several.lessons(split)
        assert list(places) == np.unique(one.split(split).columns["questions/lesson"]).tolist()
        for mine, theirs in zip(places.values(), one.lessons(split), strict=True):
            assert mine.tolist() == theirs.tolist()
        for index in range(len(one.split(split))):
            assert same(several.example(split, index), one.example(split, index))
    for outside in (-1, several.starts("train")[-1]):
        with pytest.raises(IndexError):
            several.example("train", outside)


@pytest.mark.parametrize("named", ["shards", "shards/*.h5", "shards/[1-4].h5"])
def test_training_draws_from_shards_what_it_draws_from_the_whole(built, named):
    whole, shards = built
    folder = whole.parent
    from_whole = source(DataConfig(corpus=whole.name), folder)
    listed = DataConfig(corpus=tuple(f"shards/{shard.name}" for shard in shards))
    for data in (DataConfig(corpus=named), listed):
        from_shards = source(data, folder)
        assert (from_shards.task, from_shards.lessons) == (from_whole.task, from_whole.lessons)
        for draw in ("training", "validation"):
            drawn = [
                [getattr(one, draw)(rng, lesson) for lesson in (0, 1) for _ in range(5)]
                for one, rng in (
                    (from_whole, np.random.default_rng(7)),
                    (from_shards, np.random.default_rng(7)),
                )
            ]
            assert all(map(same, *drawn))


def test_blocks_are_shared_out_whole_and_evenly():
    shared = [Part(number, 3).of(range(8)) for number in (1, 2, 3)]
    assert [list(part) for part in shared] == [[0, 1], [2, 3, 4], [5, 6, 7]]


def refuse(paths, message):
    with pytest.raises(CorpusError, match=message) as caught:
        Shards(paths)
    assert "\n" not in str(caught.value)


def test_shards_that_are_missing_or_of_another_corpus_are_named(built, tmp_path):
    whole, (one, two, three, four) = built
    refuse([one, two, four], r"shard 3 of 4 is missing; build it with graphdnc build-data --shard 3/4")
    refuse([one, two, three, four, two], r"2\.h5 has the same examples as .*2\.h5; leave one out")
    refuse([one, two, three, whole], r"whole\.h5 is no shard of the same corpus as .*1\.h5; leave one out")
    other = build(tmp_path / "4.h5", Part(4, 4), seed=4)
    refuse([one, two, three, other], r"4\.h5 is no shard of the same corpus as .*1\.h5")
    refuse([whole, whole], "has the same examples as")
    ways = build(
        tmp_path / "ways.h5", None, 40, ((1, Lesson("random", (3, 5), (1, 2), (1, 2), task="shortest-path")),)
    )
    refuse([whole, ways], "asks for shortest-path, .* for traversal; train on corpora of one task")


@pytest.mark.parametrize("shard", [[0, 4], [5, 4], [1], "1/4", [1.0, 4]])
def test_a_damaged_number_of_a_shard_is_refused(tmp_path, shard):
    path = build(tmp_path / "c.h5", Part(1, 1), 40)
    with h5py.File(path, "r+") as file:
        file.attrs["parameters"] = json.dumps(json.loads(file.attrs["parameters"]) | {"shard": shard})
    refuse([path], "damaged|checksum")


def test_corpora_of_one_task_are_read_one_after_the_other(built, tmp_path):
    whole, _ = built
    more = build(tmp_path / "more.h5", None, 40, seed=9)
    both = Shards([whole, more])
    assert len(both.corpora) == 2
    first, second = (len(Corpus(path).split("train")) for path in (whole, more))
    assert same(both.example("train", first), Corpus(more).example("train", 0))
    assert both.starts("train").tolist() == [0, first, first + second]


def test_more_shards_than_blocks_are_refused(tmp_path):
    message = "600 episodes are 2 blocks of 500, fewer than 8 shards; write --shard 2/2, or build more"
    with pytest.raises(UsageError, match=message):
        build(tmp_path / "c.h5", Part(3, 8), 600)


def test_a_folder_without_corpora_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    assert corpus_files("empty", tmp_path) == []
    with pytest.raises(CorpusError, match="there is no corpus in the folder"):
        source(DataConfig(corpus="empty"), tmp_path)
    with pytest.raises(CorpusError, match=r"none-\*\.h5: No such file"):
        source(DataConfig(corpus="none-*.h5"), tmp_path)
