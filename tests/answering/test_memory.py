"""How the work of asking is shared out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from graphdnc.answering.memory import portions


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_portions_are_all_of_it(size: int) -> None:
    cut = portions(range(7), size)
    assert [value for some in cut for value in some] == list(range(7))
    assert all(len(some) == size for some in cut[:-1])
    assert all(one.stop == other.start for one, other in pairwise(cut))
