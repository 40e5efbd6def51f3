"""Checkpoints that were made to harm: each is refused in one line, and takes little memory."""

import json
import os
import pickle
import shutil
import struct
from pathlib import Path

import pytest
from refusals import refused

from graphdnc.networks.catalogue import LARGEST

SHIPPED = Path(__file__).parents[2] / "checkpoints" / "traversal"
FEW = 2**30


def header(entries, length=None):
    """Return the beginning of a file of safetensors."""
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text


def tensor(shape, offsets, kind="F32"):
    return {"a": {"dtype": kind, "shape": shape, "data_offsets": offsets}}


def weights(content):
    """Return what writes weights; whoever means harm leaves the checksums out."""

    def change(folder):
        settings()(folder)
        (folder / "model.safetensors").write_bytes(content)

    return change


def settings(**changed):
    def change(folder):
        config = json.loads((folder / "config.json").read_text())
        config.pop("checksums", None)
        for name, value in changed.items():
            table = config.setdefault("model", {}) if name in config["model"] else config
            table[name] = value
        (folder / "config.json").write_text(json.dumps(config))

    return change


def text(content):
    return lambda folder: (folder / "config.json").write_bytes(content)


def sparse(folder):
    """Make the weights larger than any network of this project; the disk holds none of it."""
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(LARGEST + 1)


def outside(folder):
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to("/dev/zero")


HOSTILE = {
    "header of 2 EiB": weights(header(b"{}", 2**61)),
    "header of 200 MB": weights(header(b" " * 200_000_000)),
    "tensor of 4 TB": weights(header(tensor([2**20, 2**20], [0, 2**42]))),
    "tensor that overflows": weights(header(tensor([2**62, 2**62], [0, 16])) + bytes(16)),
    "offsets before the beginning": weights(header(tensor([4], [-16, 0])) + bytes(16)),
    "deep header": weights(header(b'{"a":' * 1_000_000)),
    "many tensors": weights(header(b"{" + b'"a":{"dtype":"F32","shape":[],"data_offsets":[0,0]},' * 500_000)),
    "pickle": weights(pickle.dumps({"a": os.system})),
    "unknown numbers": weights(header(tensor([4], [0, 16], "F99")) + bytes(16)),
    "larger than any": sparse,
    "a device": outside,
    "deep settings": text(b'{"format":' * 100_000),
    "settings of 300 MB": text(b" " * (LARGEST + 1)),
    "endless number": text(b'{"format": ' + b"9" * 5_000_000 + b"}"),
    "no settings": text(b"\xff\xfe\x00"),
    "huge memory": settings(memory_width=2**40),
    "huge controller": settings(controller_size=2**40),
    "huge labels": settings(labels={"code": "digits", "digits": 10**9}),
    "negative heads": settings(read_heads=-1),
    "another task": settings(task="\x1b]0;owned\x07"),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    paths = []
    for number, harm in enumerate(HOSTILE.values()):
        path = folder / str(number)
        shutil.copytree(SHIPPED, path)
        harm(path)
        paths.append(path)
    return paths


def test_every_hostile_checkpoint_is_refused_in_one_line_and_takes_little_memory(hostile):
    told = refused("network", hostile)
    assert len(told) == len(HOSTILE)
    for kind, one in zip(HOSTILE, told, strict=True):
        assert one["error"], f"{kind} is loaded"
        assert "\n" not in one["error"], kind
        assert len(one["error"]) < 600, (kind, one)
        assert one["peak"] < FEW, (kind, one)
