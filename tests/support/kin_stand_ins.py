"""Stand-ins for networks that are asked for kin: they answer by the exact rules, or wrongly on purpose."""

from __future__ import annotations

from types import SimpleNamespace

from families import evidence

from graphdnc.answering.answer import Answer
from graphdnc.answering.subgraph_session import SubgraphSession
from graphdnc.errors import CheckpointError, NoAnswer
from graphdnc.kinship import relatives
from graphdnc.oracle.solve import answers
from graphdnc.questions import Kin
from graphdnc.tasks import TASKS
from graphdnc.tasks.votes import Relative

VOTES = 16


def answer_exactly(graph, question, votes=VOTES, lies=None, silent=False, sure=False):
    """Answer a question for kin or for a shortest path.

    ``lies`` has the names of who is listed in place of the exact answer, by term; where ``silent``, no try
    says anything of use; where ``sure``, all tries agree.
    """
    kin = isinstance(question, Kin)
    path = None if kin or silent else _way(graph, question)
    listed = _listed(graph, question, votes, lies or {}) if kin and not silent else ()
    denies = not (silent or path or listed)
    agreeing = 0 if silent else votes - (not sure)
    return Answer(
        question, path, denies, agreeing / votes, votes, agreeing, 0.5, len(graph), relatives=listed
    )


def _listed(graph, question, votes, lies):
    if question.term.name in lies:
        found = [graph.node_names.index(name) for name in lies[question.term.name]]
        return tuple(Relative(one, (), votes // 2) for one in found)
    found = sorted(relatives(graph, question.person, question.term))
    shown = [evidence(graph, question.person, question.term, one).triples for one in found]
    return tuple(Relative(*pair, votes) for pair in zip(found, shown, strict=True))


def _way(graph, question):
    try:
        return answers(graph, question)[0]
    except NoAnswer:
        return None


class KinSession:
    """Stands in for what holds a graph; ``held`` gets each graph, and how many questions came together."""

    def __init__(self, graph, model, held, **how):
        if model not in ("kinship", "shortest-path"):
            raise CheckpointError(f"{model!r} is neither a network that is installed nor a folder")
        self.graph, self.how = graph, how
        self.together = []
        held.append((model, graph.nodes, self.together))

    def answer_all(self, questions, votes, seed):
        self.together.append(len(questions))
        return [answer_exactly(self.graph, one, votes, **self.how) for one in questions]

    def for_part(self, choose):
        return self.answer_all


def in_parts(graph, model, limits, held):
    """Stand in for what holds a graph, or parts of one that is too large to be asked for kin."""
    if model != "kinship" or limits.allow(graph):
        return KinSession(graph, model, held)
    network = SimpleNamespace(task=TASKS["kinship"], name="stand-in")
    return SubgraphSession(network, graph, limits, lambda _, part: KinSession(part, model, held))
