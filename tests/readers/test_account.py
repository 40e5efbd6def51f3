"""Every row or element of a file is accounted for: what was read is what was used and what was left out.

``GRAPHDNC_FUZZ=520 pytest tests/readers/test_account.py --hypothesis-show-statistics`` damages each of the
files so often, 20,000 times in all, and tells how many were read.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress

import pytest
from broken_files import BUNDLES, CHANGES, FILES, change, format_of
from effort import at_most
from graph_files import inspect
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from graphdnc.errors import GraphDNCError
from graphdnc.readers import Columns, Inspection, inspect_graph
from graphdnc.readers.notes import describe_missed

COUNT = int(os.environ.get("GRAPHDNC_FUZZ", "20"))
SECONDS = 10


def balanced(found: Inspection) -> bool:
    account = found.account
    left = sum(note.count for note in account.left_out)
    return account.read == account.used + left and 0 < account.used <= max(len(found.graph), 1)


@pytest.mark.parametrize("name", FILES)
def test_the_account_of_a_whole_file_adds_up(name):
    found = inspect_graph(io.BytesIO(FILES[name]), format=format_of(name))
    assert balanced(found), found.account


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=COUNT, suppress_health_check=list(HealthCheck), deadline=None)
@given(changes=st.lists(CHANGES, min_size=1, max_size=3), known=st.booleans())
def test_the_account_of_any_file_adds_up(name, changes, known):
    data = FILES[name]
    for one in changes:
        data = change(data, *one)
    with at_most(SECONDS):
        try:
            found = inspect_graph(io.BytesIO(data), Columns(), format=format_of(name) if known else None)
        except GraphDNCError as error:
            event(f"refused: {type(error).__name__}")
            return
    event("read")
    assert balanced(found), found.account


@pytest.mark.parametrize("name", ["csv", "people", "spaces", "sif", "lines", "map", "latin"])
@pytest.mark.parametrize("run", [b"x", b"(", b"1", b"aA", b"a b ", b"a-", b"&", b"\xe9 "])
def test_a_long_run_of_one_sign_takes_no_square_of_its_length(name, run):
    data = FILES[name]
    for at in (len(data) // 3, len(data) * 2 // 3, len(data) - 1):
        with at_most(2), suppress(GraphDNCError):
            inspect_graph(io.BytesIO(data[:at] + run * (50_000 // len(run)) + data[at:]))


def test_a_name_that_is_longer_than_names_are_is_doubted():
    found = inspect(f"source,relation,target\na,r,b\nb,r,{'c' * 1001}\n")
    assert any("of 1,001 characters" in note.text and note.doubtful for note in found.notes)


LINES = st.lists(
    st.sampled_from(["a,r,b", "b,r,c", "c,r,a", "c,s,#d", "#d,s,a", "# x,s,a", "# a comment", "", " ", ",,"]),
    max_size=12,
)


@given(LINES)
def test_every_line_of_a_table_is_counted(lines):
    text = "\n".join(["source,relation,target", "x,r,y", *lines]) + "\n"
    account = inspect(text).account
    kinds = {note.text.partition(" ")[0]: note.count for note in account.left_out}
    assert account.read == 2 + len(lines)
    assert kinds.get("blank", 0) == sum(not line.strip(" ,") for line in lines)
    assert kinds.get("comment", 0) == lines.count("# a comment")
    assert kinds.get("begins", 0) == lines.count("# x,s,a")
    rows = [line for line in lines if line.strip(" ,") and not line.startswith("# ")]
    assert account.used == 1 + len(set(rows))


def test_what_may_be_missed_is_said_in_one_line():
    assert (
        describe_missed(inspect("source,relation,target\n# made by hand\na,r,b\na,r,b\n\n").account) is None
    )
    said = describe_missed(inspect("source,relation,target\na,r,b\n# b,r,c\n").account)
    reason = "begins with # or the like and a space, so it is a comment, though it has the columns of a row"
    assert said == f"1 of 3 rows did not become triples ({reason}: 1, in line 3)"


@pytest.mark.parametrize("name", BUNDLES)
def test_bundles_name_what_they_count(name):
    found = inspect_graph(io.BytesIO(FILES[f"{name}.zip"]), format=name)
    assert found.account.unit in ("stop times", "nodes and edges")
