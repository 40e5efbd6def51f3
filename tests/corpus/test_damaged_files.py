"""Corpora that are damaged, strange or of another version are refused in one line."""

import errno
import json
from dataclasses import replace

import h5py
import numpy as np
import pytest
from corpora import INFO, PATHS, examples, write

from graphdnc.corpus.files import Corpus, CorpusWriter
from graphdnc.corpus.schema import SCHEMA, SPLITS, pack
from graphdnc.errors import CorpusError
from graphdnc.graph import Graph
from graphdnc.questions import Example, Relation, ShortestPath, Traversal
from graphdnc.questions.relation_table import EDGES, number_of


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


def test_a_flipped_bit_is_noticed_wherever_it_is(corpus):
    sound = corpus.read_bytes()
    for bit in np.random.default_rng(0).integers(8 * (len(sound) - 82), size=200).tolist():
        damaged = bytearray(sound)
        damaged[bit // 8] ^= 1 << bit % 8
        corpus.write_bytes(damaged)
        with pytest.raises(CorpusError, match=r"damaged|not an HDF5 file"):
            Corpus(corpus)


def test_a_corpus_of_an_earlier_version_has_no_checksum_and_is_read(corpus):
    sealed, whole = Corpus(corpus).checksum, corpus.read_bytes()
    corpus.write_bytes(whole[: whole.rindex(b"\ngraphdnc sha256 ")])
    assert Corpus(corpus).checksum == sealed, "of the same content"
    assert len(read_all(corpus)) == 60


def test_a_corpus_that_is_replaced_while_it_is_read_is_refused(corpus):
    opened = Corpus(corpus)
    opened.split("train")
    write(corpus, examples(seed=1), overwrite=True)
    with pytest.raises(CorpusError, match="was replaced by another corpus while it was in use; begin again"):
        opened.split("test")


def test_a_file_system_without_locks_is_no_damage(corpus, monkeypatch, tmp_path):
    """HDF5 would lock by default, which such a system refuses."""
    opened = []

    def without_locks(path, mode="r", locking=None, **options):
        opened.append(locking)
        if locking is not False:
            raise BlockingIOError(errno.ENOLCK, "unable to lock file")
        return file(path, mode, locking=locking, **options)

    file = h5py.File
    monkeypatch.setattr("graphdnc.corpus.files.h5py.File", without_locks)
    assert len(read_all(write(tmp_path / "new.h5", examples()))) == 60
    assert opened[0] is False
