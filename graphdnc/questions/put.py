"""How a question is put: what its answer should say first."""

from __future__ import annotations

from typing import Literal, NamedTuple

from graphdnc.questions import Sayable

Put = Literal[
    "list",
    "count",
    "whether",
    "why",
    "facts",
    "steps",
    "changes",
    "cost",
    "direct",
    "between",
    "transfers",
]
"""What the answer says first: the names, their number, yes or no; the paths that show why; all facts of
a node. Of a way it is the steps, the changes or the weight, whether it needs a change, what lies between,
or where it changes."""


class Asking(NamedTuple):
    """A question as it was put."""

    question: Sayable
    put: Put = "list"
