"""Memorised graphs take no more memory than they may; what does not fit is refused with what would work."""

import weakref

import pytest
from asking import EDGES, SENTENCE

from graphdnc.answering import memory as memories
from graphdnc.answering.budget import Budget, Kept
from graphdnc.errors import CapacityError
from graphdnc.utils.memory import available, in_words, parse_size


class Memory:
    pass


@pytest.fixture
def small():
    budget = Budget()
    budget.limit = 100
    return budget


def test_what_was_not_asked_for_longest_is_forgotten_first(small):
    kept = {name: Memory() for name in "abc"}
    one, other = Kept(), Kept()
    small.keep(one, "a", kept["a"], 40)
    small.keep(other, "b", kept["b"], 40)
    small.used(kept["a"])
    small.keep(one, "c", kept["c"], 60)
    assert (one, other) == ({"a": kept["a"], "c": kept["c"]}, {})
    small.keep(other, "b", kept["b"], 100)
    assert (one, other) == ({}, {"b": kept["b"]})


def test_what_its_owner_forgot_takes_no_room(small):
    owner = Kept()
    small.keep(owner, "a", Memory(), 90)
    del owner["a"]
    kept = Memory()
    other = {"before": kept}
    small.keep(owner, "b", Memory(), 90)
    assert list(owner) == ["b"]
    assert other == {"before": kept}


def test_what_ends_takes_its_memories_along(small):
    owner = Kept()
    small.keep(owner, "a", Memory(), 40)
    memory = weakref.ref(owner["a"])
    del owner
    assert memory() is None
    other = Kept()
    for key in "bc":
        small.keep(other, key, Memory(), 50)
    assert list(other) == ["b", "c"]


def test_memories_larger_than_the_limit_are_refused_with_what_would_work():
    budget = Budget()
    budget.limit = 2**20
    budget.refuse(2**18, 1000, 1)
    with pytest.raises(CapacityError) as caught:
        budget.refuse(2**18, 1000, 4)
    assert str(caught.value) == (
        "4 memories of 1,000 rows take 4MiB, more than the 1MiB that graphs may take; allow it with --memory "
        "4MiB, give fewer votes, or a graph of fewer than 250 triples"
    )
    budget.limit = parse_size("4MiB")
    budget.refuse(2**18, 1000, 4)


def test_without_a_limit_half_of_what_is_free_may_be_taken():
    budget = Budget()
    assert 0.2 < budget.limit / available() < 0.8
    budget.limit = 5
    budget.limit = None
    assert budget.limit > 5


@pytest.mark.parametrize(("text", "size"), [
    ("512MiB", 2**29), ("2g", 2**31), ("1.5 GB", 3 * 2**29), ("7", 7), ("3k", 3072), ("1T", 2**40),
])  # fmt: skip
def test_sizes_are_read_and_written(text, size):
    assert parse_size(text) == size
    assert parse_size(in_words(size)) - size in range(2**20)


@pytest.mark.parametrize("text", ["", "0", "much", "-1g", "1x", "1e9", "1234567890"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="is no size; write for example 512MiB or 2GiB"):
        parse_size(text)


def test_a_question_that_would_pass_the_limit_is_one_line(run, tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    try:
        code, out, err = run("ask", path, SENTENCE, "--memory", "1k")
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert "more than the 1KiB that graphs may take; allow it with --memory 1MiB" in err
        code, _, err = run("ask", path, SENTENCE, "--memory", "1MiB")
        assert (code, err) == (0, "")
    finally:
        memories.BUDGET.limit = None
    code, _, err = run("ask", path, SENTENCE, "--memory", "some")
    assert (code, err.count("\n")) == (2, 1)
