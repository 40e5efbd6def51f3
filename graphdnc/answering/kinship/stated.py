"""Relatives that a graph states by a term, such as "Jason, grandson, Scott": a walk of one relation."""

from __future__ import annotations

from dataclasses import replace

from graphdnc.answering.answer import Answer
from graphdnc.answering.sessions import Sessions
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import facts_of
from graphdnc.kinship.family_graph import family_graph
from graphdnc.kinship.stated import stated_terms
from graphdnc.questions import Kin, Traversal
from graphdnc.tasks.votes import Relative

_NETWORK = "traversal"


def with_stated(graph: Graph, kin: Kin, answer: Answer, sessions: Sessions) -> tuple[Answer, int]:
    """Return an answer with those whom triples call such relatives, and the number of questions it took.

    The network for walks is asked for them: it is the network of kinship that knows no triples but facts.
    """
    asked, sexes = 1, facts_of(family_graph(graph).graph).sexes
    for stated in stated_terms(graph, kin.term):
        walked = graph.inverse if stated.backwards else graph
        if walked.follow(kin.person, stated.relation):
            question = Traversal(kin.person, (stated.relation,))
            (said,) = sessions.open(_NETWORK, walked).answer_all([question], answer.votes, sessions.seed)
            allowed = sexes[str(kin.term.sex)] if stated.sexed else None
            answer, asked = _with(answer, said, stated.backwards, allowed), asked + 1
    return answer, asked


def _with(answer: Answer, said: Answer, backwards: bool, allowed: set[int] | None) -> Answer:
    """Return an answer with the ends of walks as further relatives, if they are allowed."""
    listed = {one.person for one in answer.relatives}
    found = []
    for path in said.paths:
        walked = path[0]
        if len(path) == 1 and walked.target not in listed and (allowed is None or walked.target in allowed):
            source, relation, target = walked
            triple = Triple(target, relation, source) if backwards else walked
            found.append(Relative(target, (triple,), min(said.agreeing, answer.votes)))
    relatives = (*answer.relatives, *found)
    return replace(
        answer,
        denies=answer.denies and not relatives,
        confidence=min(answer.confidence, said.confidence),
        agreeing=min([answer.agreeing, *(one.agreeing for one in found)]),
        memorised=max(answer.memorised, said.memorised),
        seconds=answer.seconds + said.seconds,
        relatives=relatives,
    )
