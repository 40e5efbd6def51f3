"""Broken files of every format: read or refused in one line, in time, and never read in part.

``GRAPHDNC_FUZZ=1000 pytest tests/readers/test_broken_files.py`` tries so many files of each format.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from broken_files import BUNDLES, CHANGES, FILES, PIECES, WHOLE, change, format_of
from effort import at_most
from graph_files import zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphdnc.errors import GraphDNCError, GraphFileError
from graphdnc.readers import FORMATS, Columns, read_graph

COUNT = int(os.environ.get("GRAPHDNC_FUZZ", "25"))
SECONDS = 5


def check(data: bytes, known: str | None, columns: Columns) -> None:
    """Read a file; it must be read or refused in one line, in time."""
    with at_most(SECONDS):
        try:
            graph = read_graph(io.BytesIO(data), columns, format=known)
        except GraphDNCError as error:
            said = str(error)
            assert said.isprintable(), said
        else:
            assert len(graph) > 0
            assert all(
                name == " ".join(name.split()) != "" for name in graph.node_names + graph.relation_names
            )


@pytest.mark.parametrize("name", FILES)
def test_the_files_that_are_broken_are_whole(name):
    assert len(read_graph(io.BytesIO(FILES[name]), format=format_of(name)))
    assert len(read_graph(io.BytesIO(FILES[name]))) > 0


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=COUNT, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(CHANGES, min_size=1, max_size=6),
    guess=st.booleans(),
    relation=st.sampled_from([None, "1", "x"]),
)
def test_broken_files(name, changes, guess, relation):
    data = FILES[name]
    for one in changes:
        data = change(data, *one)
    check(data, None if guess else format_of(name), Columns(relation=relation))


@pytest.mark.parametrize("name", BUNDLES)
@settings(max_examples=COUNT, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.integers(0, 9), CHANGES), min_size=1, max_size=4), guess=st.booleans())
def test_broken_files_in_a_zip(name, changes, guess):
    files = {inner: text.encode() for inner, text in BUNDLES[name].items()}
    for number, one in changes:
        inner = list(files)[number % len(files)]
        files[inner] = change(files[inner], *one)
    check(zipped(files), None if guess else name, Columns())


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=COUNT, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=9), max_size=30))
def test_noise(name, pieces):
    check(b"".join(pieces), name, Columns())
    check(b"".join(pieces), None, Columns())


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_whose_end_is_missing_is_never_read(name):
    data = FILES[name]
    for end in range(1, len(data), max(1, len(data) // 150)):
        if data[end:].strip(b" \n\0"):
            with pytest.raises(GraphFileError):
                read_graph(io.BytesIO(data[:end]), format=format_of(name))


@pytest.mark.parametrize(
    "name",
    sorted(path.name for path in (Path(__file__).parents[2] / "datasets/real").iterdir() if path.is_file()),
)
def test_files_that_are_no_graphs(name):
    path = Path(__file__).parents[2] / "datasets/real" / name
    for known in FORMATS:
        if path.suffix != ".csv" or known != "csv":
            check(path.read_bytes(), known, Columns())
