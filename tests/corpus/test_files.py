"""The corpus contract: what is written is read, and nothing is left where writing fails."""

import errno
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from corpora import INFO, PATHS, examples, same, write

from graphdnc.corpus.files import Corpus, CorpusWriter
from graphdnc.corpus.schema import SCHEMA, SPLITS, pack
from graphdnc.errors import CorpusError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, ShortestPath, Traversal
from graphdnc.tasks import TASKS


@pytest.mark.parametrize("task", PATHS)
def test_what_is_written_is_read(tmp_path, task):
    drawn, info = examples(task=task), replace(INFO, task=task)
    assert all(isinstance(example.question, TASKS[task].question) for example in drawn)
    with Corpus(write(tmp_path / "c.h5", drawn, info)) as opened:
        assert (opened.info, opened.info.task) == (info, task)
        assert [len(opened.split(name)) for name in SPLITS] == [50, 0, 10]
        assert all(same(opened.example("train", i), drawn[i]) for i in range(50))
        assert all(same(opened.example("test", i), drawn[50 + i]) for i in range(10))
        assert [places.tolist() for places in opened.lessons("train")] == [[*range(40)], [*range(40, 50)]]
        assert opened.lessons("validation") == []
        for outside in (50, -1):
            with pytest.raises(IndexError):
                opened.example("train", outside)
        with pytest.raises(CorpusError, match="no split 'dev'"):
            opened.split("dev")


def test_several_questions_share_one_stored_graph(tmp_path):
    graph = Graph.from_triples([("a", "to the", "b"), ("b", "to the", "é, & ü")])
    asked = [
        Example(graph, Traversal(0, (0,)), (Triple(0, 0, 1),)),
        Example(graph, Traversal(0, (0, 0)), (Triple(0, 0, 1), Triple(1, 0, 2))),
    ]
    with CorpusWriter(tmp_path / "c.h5", INFO) as writer:
        writer.add("validation", pack(asked, [1, 1]))
    read = Corpus(tmp_path / "c.h5")
    assert len(read.split("validation").columns["graphs/nodes"]) == 1
    assert all(same(read.example("validation", i), asked[i]) for i in range(2))


def test_a_corpus_can_be_sent_to_another_process(corpus):
    opened = Corpus(corpus)
    assert same(pickle.loads(pickle.dumps(opened)).example("train", 3), opened.example("train", 3))


def test_the_schema_is_what_the_documentation_says(corpus):
    page = (Path(__file__).parents[2] / "docs" / "corpus.md").read_text()
    listed = re.findall(r"^\| `((?:graphs|questions)/\w+)` \| (\w+)", page, re.MULTILINE)
    assert dict(listed) == {name: column.dtype for name, column in SCHEMA.items()}
    attributes = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    with h5py.File(corpus) as file:
        assert set(file.attrs) == attributes
        assert set(file) == set(SPLITS)
        found = [
            f"{split}/{group}/{name}"
            for split in file
            for group in file[split]
            for name in file[split][group]
        ]
        assert set(found) == {f"{split}/{name}" for split in SPLITS for name in SCHEMA}


def test_names_and_numbers_that_cannot_be_stored_are_refused():
    graph = Graph.from_triples([("a\nb", "r", "c")])
    with pytest.raises(CorpusError, match="line break"):
        pack([Example(graph, Traversal(0, (0,)), (Triple(0, 0, 1),))], [1])
    with pytest.raises(CorpusError, match="an answer has no triples"):
        pack([Example(graph, ShortestPath(0, 0), ())], [1])
    wide = Graph(np.array([[0, 0, 70_000]]), 70_001, 1)
    with pytest.raises(CorpusError, match="the largest number here is 65535"):
        pack([Example(wide, Traversal(0, (0,)), (Triple(0, 0, 70_000),))], [1])


def test_an_existing_file_is_refused_unless_it_may_be_replaced(corpus):
    before = corpus.read_bytes()
    with pytest.raises(CorpusError, match=r"exists already; .*--force"):
        write(corpus, examples())
    assert corpus.read_bytes() == before
    write(corpus, examples(seed=1), overwrite=True)
    assert corpus.read_bytes() != before


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "c.h5"
    with pytest.raises(CorpusError, match="exists already"), CorpusWriter(path, INFO):
        path.write_text("mine")
    assert os.listdir(tmp_path) == ["c.h5"]
    assert path.read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("old", [False, True])
def test_nothing_is_left_when_writing_is_interrupted(tmp_path, error, old):
    path = tmp_path / "c.h5"
    if old:
        write(path, examples())
    before = path.read_bytes() if old else None

    def interrupted():
        with CorpusWriter(path, INFO, overwrite=True) as writer:
            writer.add("train", pack(examples(), [1] * 60))
            raise error

    with pytest.raises(error):
        interrupted()
    assert os.listdir(tmp_path) == (["c.h5"] if old else [])
    assert not old or path.read_bytes() == before


def test_a_full_disk_gives_a_clear_line_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill():
        with CorpusWriter(tmp_path / "c.h5", INFO) as writer:
            writer.add("train", pack(examples(), [1] * 60))
            monkeypatch.setattr(CorpusWriter, "_reserve", full)
            writer.add("train", pack(examples(), [1] * 60))

    with pytest.raises(CorpusError, match=r"c\.h5: No space left on device; .*free space"):
        fill()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("limit", [10_000, 2**24 + 10_000])
def test_a_system_that_really_refuses_to_write_does_not_crash_hdf5(tmp_path, limit):
    # In a process of its own: HDF5 would crash at exit, long after the error, if it met the limit itself.
    script = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.path.insert(0, {str(Path(__file__).parents[1] / "support")!r})
from corpora import examples, write
from graphdnc.errors import CorpusError
try:
    write({str(tmp_path / "c.h5")!r}, examples())
except CorpusError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "c.h5: File too large; check the folder and its free space" in done.stdout
    assert os.listdir(tmp_path) == []


def test_a_missing_folder_gives_a_clear_line(tmp_path):
    with pytest.raises(CorpusError, match="No such file or directory; check the folder"):
        write(tmp_path / "none" / "c.h5", examples())


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path):
    script = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parents[1] / "support")!r})
from corpora import INFO
from graphdnc.corpus.files import CorpusWriter
writer = CorpusWriter({str(tmp_path / "c.h5")!r}, INFO)
writer.__enter__()
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 9
    (left,) = (name for name in os.listdir(tmp_path) if name.endswith(".part"))
    assert left.endswith(".part")
    write(tmp_path / "c.h5", examples())
    assert os.listdir(tmp_path) == ["c.h5"]


def test_of_two_builders_of_one_corpus_the_second_is_refused(tmp_path):
    path = tmp_path / "c.h5"
    with CorpusWriter(path, INFO) as writer:
        writer.add("train", pack(examples(), [1] * 60))
        with pytest.raises(CorpusError, match=r"another process builds .*c\.h5 now; wait until it is done"):
            write(path, examples())
    assert os.listdir(tmp_path) == ["c.h5"]
    assert len(Corpus(path).split("train")) == 60
