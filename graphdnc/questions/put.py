"""How a question is put: what its answer should say first."""

from __future__ import annotations

from typing import Literal, NamedTuple

from graphdnc.questions import Sayable

Put = Literal["list", "count", "whether", "steps", "changes", "cost", "direct", "between", "why", "facts"]
"""What the answer says first: the names, their number, yes or no; for a way also its steps, its changes or
its weight, whether it needs a change, or what lies between; the paths that show why; all facts of a node."""


class Asking(NamedTuple):
    """A question as it was put."""

    question: Sayable
    put: Put = "list"
