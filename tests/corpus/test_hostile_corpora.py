"""Corpora that were made to harm: each is refused in one line, reads nothing else and takes little memory."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import refusals
from corpora import examples, write

from graphdnc.corpus.files import Corpus
from graphdnc.corpus.schema import SCHEMA, SPLITS
from graphdnc.errors import CorpusError
from graphdnc.utils import checksum

FILTERS = {"chunks": (2**20,), "compression": "gzip", "shuffle": True, "fletcher32": True}
NAME = "train/questions/start"

READ = """
import resource, sys
from refusals import peak
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
from graphdnc.corpus.files import Corpus
from graphdnc.errors import CorpusError
try:
    corpus = Corpus(sys.argv[1])
    for split in ("train", "validation", "test"):
        corpus.split(split)
        for index in range(len(corpus.split(split))):
            corpus.example(split, index)
except CorpusError as error:
    print(error)
print(peak() < 2**30, peak())
"""


def unsealed(path):
    """Take the checksum off a corpus: whoever means harm would write a right one."""
    path.write_bytes(checksum.unsealed(path.read_bytes())[0])
    return path


def without(file, name):
    del file[name]
    return name


def external_link(file, folder):
    with h5py.File(folder / "secret.h5", "w") as other:
        other.create_dataset("x", data=np.zeros(50, "uint16"), maxshape=(None,), **FILTERS)
    file[without(file, NAME)] = h5py.ExternalLink(str(folder / "secret.h5"), "/x")


def link_of_a_group(file, folder):
    with h5py.File(folder / "secret.h5", "w") as other:
        file.copy("train", other)
    file[without(file, "train")] = h5py.ExternalLink(str(folder / "secret.h5"), "/train")


def soft_link(file, folder):
    file[without(file, NAME)] = h5py.SoftLink("/test/questions/start")


def soft_link_to_itself(file, folder):
    file[without(file, "train/questions")] = h5py.SoftLink("/train")


def virtual(file, folder):
    with h5py.File(folder / "secret.h5", "w") as other:
        other.create_dataset("x", data=np.zeros(50, "uint16"))
    layout = h5py.VirtualLayout((50,), "uint16")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "x", (50,))
    file.create_virtual_dataset(without(file, NAME), layout)


def outside(file, folder):
    (folder / "secret.raw").write_bytes(bytes(100))
    file.create_dataset(without(file, NAME), (50,), "uint16", external=[(str(folder / "secret.raw"), 0, 100)])


def huge(file, folder):
    file.create_dataset(without(file, NAME), (2**40,), "uint16", maxshape=(None,), **FILTERS)


def bomb(file, folder):
    bombed = file.create_dataset(without(file, NAME), (2**28,), "uint16", maxshape=(None,), **FILTERS)
    bombed[:: 2**20] = 0  # every chunk is stored, as a few bytes


def bombs(file, folder):
    for name, column in SCHEMA.items():
        if column.width == 1 and column.dtype == "uint16":
            bombed = file.create_dataset(
                without(file, f"train/{name}"), (2**26,), column.dtype, maxshape=(None,), **FILTERS
            )
            bombed[:: 2**20] = 0


def other_filter(file, folder):
    file.create_dataset(without(file, NAME), data=np.zeros(50, "uint16"), maxshape=(None,), compression="lzf")


def unknown_filter(file, folder):
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((50,))
    for code in (h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_FLETCHER32):
        properties.set_filter(code, 0, (2,) if code != h5py.h5z.FILTER_FLETCHER32 else ())
    properties.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))  # that of zstd, which is a library elsewhere
    space = h5py.h5s.create_simple((50,), (h5py.h5s.UNLIMITED,))
    h5py.h5d.create(file.id, without(file, NAME).encode(), h5py.h5t.STD_U16LE, space, properties)


def deep_groups(file, folder):
    within = file["train"]
    for _ in range(3000):
        within = within.create_group("g")
    file["train/more"] = h5py.SoftLink("/train" + "/g" * 3000)
    without(file, NAME)


def deep_json(file, folder):
    file.attrs["parameters"] = "[" * 30_000 + "]" * 30_000


def objects(file, folder):
    file.create_dataset(without(file, NAME), (50,), h5py.special_dtype(ref=h5py.Reference))


def attribute_of_another_type(file, folder):
    file.attrs["seed"] = [1, 2, 3]


HOSTILE = (
    *(external_link, link_of_a_group, soft_link, soft_link_to_itself, virtual, outside, huge, bomb, bombs),
    *(
        other_filter,
        unknown_filter,
        deep_groups,
        deep_json,
        objects,
        attribute_of_another_type,
    ),
)


@pytest.mark.parametrize("harm", HOSTILE)
def test_a_hostile_corpus_is_refused_in_one_line(tmp_path, harm):
    path = unsealed(write(tmp_path / "c.h5", examples()))
    with h5py.File(path, "r+") as file:
        harm(file, tmp_path)
    before = {name: os.stat(tmp_path / name).st_atime_ns for name in os.listdir(tmp_path) if "secret" in name}
    with pytest.raises(CorpusError, match=r"damaged|missing|not stored|claims") as caught:
        [Corpus(path).split(split) for split in SPLITS]
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert before == {name: os.stat(tmp_path / name).st_atime_ns for name in before}, "nothing else is read"


@pytest.mark.parametrize("harm", [huge, bomb, bombs, deep_groups])
def test_a_hostile_corpus_takes_little_memory(tmp_path, harm):
    path = unsealed(write(tmp_path / "c.h5", examples()))
    with h5py.File(path, "r+") as file:
        harm(file, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(refusals.__file__).parent)},
    )
    error, peak = done.stdout.splitlines()
    assert str(path) in error
    assert peak.startswith("True"), peak
