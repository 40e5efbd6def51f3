"""The corpus contract: what is written is read, and nothing else is read or left behind."""

import errno
import json
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

from graphdnc.corpus.files import Corpus, CorpusWriter
from graphdnc.corpus.schema import SCHEMA, SPLITS, CorpusInfo, pack
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.errors import CorpusError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Relation, ShortestPath, Traversal
from graphdnc.questions.relation_table import EDGES, number_of
from graphdnc.tasks import TASKS

INFO = CorpusInfo("traversal", "random", {"lessons": [{"lesson": 1}]}, 7)
LESSONS = (
    Lesson("random", (3, 30), (1, 9), (2, 4)),
    Lesson("transit", (4, 40), (1, 9)),
    Lesson("family", (5, 20), (1, 9)),
)


PATHS = {"traversal": (1, 9), "shortest-path": (1, 4), "inference": (2, 5)}


def examples(count=60, seed=0, task="traversal"):
    rng = np.random.default_rng(seed)
    able = LESSONS[:1] * 3 if task == "inference" else LESSONS
    lessons = [replace(lesson, task=task, path=PATHS[task]) for lesson in able]
    return [draw_example(rng, lessons[index % 3]) for index in range(count)]


def write(path, drawn, info=INFO, **options):
    with CorpusWriter(path, info, **options) as writer:
        writer.add("train", pack(drawn[:40], [1] * 40))
        writer.add("train", pack(drawn[40:50], [2] * 10))
        writer.add("test", pack(drawn[50:], [1] * len(drawn[50:])))
    return path


@pytest.fixture
def corpus(tmp_path):
    return write(tmp_path / "c.h5", examples())


def same(one: Example, other: Example) -> bool:
    return (
        np.array_equal(one.graph.triples, other.graph.triples)
        and (one.graph.nodes, one.graph.relations) == (other.graph.nodes, other.graph.relations)
        and one.graph.node_names == other.graph.node_names
        and one.graph.relation_names == other.graph.relation_names
        and (one.question, one.answer) == (other.question, other.answer)
    )


@pytest.mark.parametrize("task", PATHS)
def test_what_is_written_is_read(tmp_path, task):
    drawn, info = examples(task=task), replace(INFO, task=task)
    assert {type(example.question) for example in drawn} == {TASKS[task].question}
    with Corpus(write(tmp_path / "c.h5", drawn, info)) as opened:
        assert (opened.info, opened.task) == (info, task)
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


# Writing


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
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_files import *
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


# Files that are not sound


def read_all(path):
    opened = Corpus(path)
    return [opened.example(name, index) for name in SPLITS for index in range(len(opened.split(name)))]


def refuse(path, message):
    with pytest.raises(CorpusError, match=message) as caught:
        read_all(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_foreign_files_are_refused(tmp_path):
    refuse(tmp_path / "none.h5", "No such file")
    refuse(tmp_path, "Is a directory")
    text = tmp_path / "text.h5"
    text.write_text("source,relation,target\n")
    refuse(text, "is not an HDF5 file; make a corpus with graphdnc build-data")
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["data"] = [1, 2, 3]
    refuse(other, "is not a graphdnc corpus")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_truncated_files_are_refused(corpus, share):
    data = corpus.read_bytes()
    corpus.write_bytes(data[: int(share * len(data))])
    refuse(corpus, "damaged|not an HDF5")


@pytest.mark.parametrize("name", [name for name in SCHEMA if "offsets" not in name])
def test_a_damaged_chunk_fails_its_checksum(corpus, name):
    with h5py.File(corpus) as file:
        chunk = file[f"train/{name}"].id.get_chunk_info(0)
    data = bytearray(corpus.read_bytes())
    data[chunk.byte_offset + chunk.size // 2] ^= 0xFF
    corpus.write_bytes(data)
    refuse(corpus, "is damaged or incomplete .*; build it again with graphdnc build-data")


def test_another_schema_version_is_refused_with_the_version_that_reads_it(corpus):
    with h5py.File(corpus, "r+") as file:
        file.attrs["schema"] = 2
    refuse(corpus, "schema version 2, this graphdnc reads 1; build it again, or read it with graphdnc")


@pytest.mark.parametrize(("name", "row", "value"), [
    ("graphs/triples", (5, 0), 60_000),
    ("graphs/triples", (5, 1), 60_000),
    ("graphs/triples", (5, 2), 60_000),
    ("graphs/nodes", 0, -1),
    ("graphs/triple_offsets", 1, 2**40),
    ("graphs/triple_offsets", 0, -5),
    ("graphs/node_name_offsets", -1, 3),
    ("questions/graph", 0, 999),
    ("questions/graph", 0, -1),
    ("questions/start", 0, 60_000),
    ("questions/relations", 0, 60_000),
    ("questions/targets", 0, 60_000),
])  # fmt: skip
def test_numbers_that_point_nowhere_are_refused(corpus, name, row, value):
    with h5py.File(corpus, "r+") as file:
        file[f"train/{name}"][row] = value
    refuse(corpus, "damaged or incomplete")


def labelled(path, task=None, lessons_task=None):
    with h5py.File(path, "r+") as file:
        if task is not None:
            file.attrs["task"] = task
        if lessons_task is not None:
            file.attrs["parameters"] = json.dumps({"lessons": [{"lesson": 1, "task": lessons_task}]})
    return path


def test_a_task_that_is_not_known_is_refused_with_the_version_that_reads_it(corpus):
    known = "traversal, shortest-path, inference"
    refuse(
        labelled(corpus, "singing"), f"asks for 'singing', this graphdnc knows {known}; build it again, or"
    )


@pytest.mark.parametrize(("task", "other"), [
    ("traversal", "shortest-path"), ("shortest-path", "traversal"), ("inference", "traversal"),
])  # fmt: skip
def test_a_task_other_than_that_of_the_lessons_is_refused(tmp_path, task, other):
    path = write(tmp_path / "c.h5", examples(task=task), replace(INFO, task=task))
    assert len(read_all(labelled(path, lessons_task=task))) == 60
    refuse(labelled(path, other), f"its lessons are not of its task '{other}'")


def test_walks_that_are_not_shortest_do_not_come_out_as_shortest_paths(corpus):
    refuse(labelled(corpus, "shortest-path"), r"question \d+: its shortest-path answer is wrong")


@pytest.mark.parametrize("task", PATHS)
@pytest.mark.parametrize("column", ["relations", "targets", "start"])
def test_answers_that_walk_no_triples_of_their_graph_are_refused(tmp_path, task, column):
    graph = Graph(np.array([[0, 0, 1], [1, 1, 2], [2, 0, 3]]), 4, EDGES)
    question = {
        "traversal": Traversal(0, (0, 1)),
        "shortest-path": ShortestPath(0, 2),
        "inference": Relation(0, number_of((0, 1))),
    }[task]
    path = tmp_path / "c.h5"
    with CorpusWriter(path, replace(INFO, task=task)) as writer:
        writer.add("train", pack([Example(graph, question, tuple(graph)[:2])], [1]))
    assert read_all(path)[0].question == question
    with h5py.File(path, "r+") as file:
        file[f"train/questions/{column}"][0] ^= 1
    refuse(path, f"question 0: its {task} answer is wrong")


def inference(path, edges, relations=EDGES):
    """Write a corpus with one answer that walks the edges from node to node."""
    graph = Graph(np.array([(node, edge, node + 1) for node, edge in enumerate(edges)]), 6, relations)
    with CorpusWriter(path, replace(INFO, task="inference")) as writer:
        writer.add("train", pack([Example(graph, Traversal(0, edges), tuple(graph))], [1]))
    return path


def test_walks_along_edges_of_no_relation_are_refused(tmp_path):
    (example,) = read_all(inference(tmp_path / "good.h5", (0, 0, 0, 2)))
    assert example.question == Relation(0, number_of((0, 0, 0, 2)))
    for number, edges in enumerate([(0,), (0, 0, 0, 0), (9, 9, 9, 9, 9)]):
        message = f"question 0: no relation stands for the edges {' '.join(map(str, edges))}.; build it again"
        refuse(inference(tmp_path / f"{number}.h5", edges), message)
    path = inference(tmp_path / "damaged.h5", (0, 0, 0, 2))
    with h5py.File(path, "r+") as file:
        file["train/questions/relations"][3] = 0
    refuse(path, "question 0: no relation stands for the edges 0 0 0 0")


@pytest.mark.parametrize("relations", [4, 11])
def test_relations_in_graphs_of_other_than_ten_edge_labels_are_refused(tmp_path, relations):
    path = inference(tmp_path / "c.h5", (0, 0, 0, 2), relations)
    refuse(path, "question 0: its inference answer is wrong")


def test_graphs_that_are_none_are_refused(corpus):
    with h5py.File(corpus, "r+") as file:
        file["train/graphs/triples"][0] = file["train/graphs/triples"][1]
    refuse(corpus, "graph 0: a triple occurs twice")


def test_names_that_are_no_text_are_refused(corpus):
    with h5py.File(corpus, "r+") as file:
        file["train/graphs/node_names"][0] = 0xFF
    refuse(corpus, "graph 1: .*utf-8")


def test_missing_strange_or_outside_datasets_are_refused(corpus, tmp_path):
    sound = corpus.read_bytes()
    name = "train/questions/start"

    def replaced(change):
        corpus.write_bytes(sound)
        with h5py.File(corpus, "r+") as file:
            del file[name]
            change(file)
        return corpus

    def declared(dtype, **options):
        return lambda file: file.create_dataset(name, (50,), dtype, **options)

    filters = {"compression": "gzip", "shuffle": True, "fletcher32": True}
    (tmp_path / "raw").write_bytes(bytes(100))
    outside = [(str(tmp_path / "raw"), 0, 100)]
    refuse(replaced(lambda file: None), "is missing")
    refuse(replaced(lambda file: file.update({name: h5py.ExternalLink("x.h5", "/x")})), "is missing")
    refuse(replaced(lambda file: file.update({name: h5py.SoftLink("/test/questions/start")})), "is missing")
    refuse(replaced(declared("uint16", external=outside)), "not stored as")
    refuse(replaced(declared("uint16")), "not stored as")
    refuse(replaced(declared("uint32", **filters)), "type or shape")
    refuse(replaced(declared(h5py.string_dtype(), compression="gzip")), "type or shape")
    huge = {"maxshape": (None,), "chunks": (1000,), **filters}
    refuse(
        replaced(lambda file: file.create_dataset(name, (2**33,), "uint16", **huge)),
        "claims 17179869184 bytes",
    )
    refuse(replaced(lambda file: file.create_dataset(name, (51,), "uint16", **huge)), "has 51 rows")


def test_parameters_that_are_no_json_object_are_refused(corpus):
    for text in ("{", "[1]", '{"lessons": 1}', '{"lessons": [1]}'):
        with h5py.File(corpus, "r+") as file:
            file.attrs["parameters"] = text
        refuse(corpus, "damaged or incomplete")
