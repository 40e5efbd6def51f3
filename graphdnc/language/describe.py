"""Questions as sentences, and examples of sentences for a graph."""

from __future__ import annotations

from itertools import groupby

from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.family_graph import family_graph, states_kinship
from graphdnc.kinship.rules import step_word
from graphdnc.language.counts import NUMBERS
from graphdnc.language.describe_compound import describe_compound
from graphdnc.language.parts_of_speech import follows_is, is_verb, says_is
from graphdnc.names import fold
from graphdnc.questions import (
    Between,
    Claim,
    Compound,
    Inverse,
    KinQuestion,
    Sayable,
    ShortestPath,
    Traversal,
)


def describe(graph: Graph, question: Sayable) -> str:
    """Return a sentence for a question. It is read back as that question unless a name has two meanings.

    >>> graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c")])
    >>> describe(graph, Traversal(0, (0, 0))), describe(graph, ShortestPath(0, 2))
    ('Start at a, take r two stops: where am I?', 'How do you get from a to c?')
    """
    if isinstance(question, KinQuestion):
        return describe_kin(graph, question)
    if isinstance(question, Inverse):
        return describe_inverse(graph, question)
    if isinstance(question, Compound):
        return describe_compound(graph, question)
    start = graph.node_name(question.start)
    if isinstance(question, ShortestPath):
        return f"How do you get from {start} to {graph.node_name(question.goal)}?"
    steps = []
    for (relation, towards), run in groupby(question.steps):
        aim = "" if towards is None else f" towards {graph.node_name(towards)}"
        steps.append(f"{graph.relation_name(relation)} {_stops(len(list(run)))}{aim}")
    return f"Start at {start}, take {', then '.join(steps)}: where am I?"


def _stops(count: int) -> str:
    number = NUMBERS[count - 1] if count <= len(NUMBERS) else str(count)
    return f"{number} stop{'s' if count > 1 else ''}"


def describe_inverse(graph: Graph, question: Inverse) -> str:
    """Return a sentence for an inverse question."""
    names, goal = list(map(graph.relation_name, question.relations)), graph.node_name(question.goal)
    words = fold(names[0]).split()
    if len(names) == 1 and follows_is(words):
        return f"What is {names[0]} {goal}?"
    if len(names) == 1 and (is_verb(words) or says_is(words)):
        return f"What {names[0]} {goal}?"
    owned = "'s ".join(names)
    return f"Whose {owned} is {goal}?"


def describe_kin(graph: Graph, question: KinQuestion) -> str:
    """Return a sentence for a question about relatives."""
    if isinstance(question, Claim):
        term = question.kin.term.name
        return f"Is {graph.node_name(question.relative)} {graph.node_name(question.kin.person)}'s {term}?"
    person = graph.node_name(question.person)
    if isinstance(question, Between):
        return f"How is {graph.node_name(question.relative)} related to {person}?"
    if set(question.term.name) & set("/["):
        return f"Who is {person}'s {question.term.name}?"
    return f"Who are {person}'s {question.term.plural}?"


def kin_example(graph: Graph) -> str:
    """Return a question about relatives that the first fact of a family answers."""
    source, relation, _ = _first_fact(graph)
    step, sex = roles_of(family_graph(graph).graph)[relation]
    return f"Who is {graph.node_name(source)}'s {step_word(step, sex)}?"


def relation_example(graph: Graph) -> str:
    """Return a question about how the two people of the first fact of a family are related."""
    source, _, target = _first_fact(graph)
    return describe_kin(graph, Between(source, target))


def _first_fact(graph: Graph) -> Triple:
    facts = family_graph(graph).graph
    return next(triple for triple in facts if triple.relation in roles_of(facts))


def example(graph: Graph) -> str:
    """Return a walk along the first triples of a graph."""
    first = next(iter(graph))
    after = [triple.relation for triple in graph.leaving(first.target)[:1]]
    return describe(graph, Traversal(first.source, (first.relation, *after)))


def towards_example(graph: Graph) -> str:
    """Return a walk with "towards" along the first triple of a graph."""
    first = next((triple for triple in graph if triple.source != triple.target), next(iter(graph)))
    return describe(graph, Traversal(first.source, (first.relation,), (first.target,)))


def path_example(graph: Graph) -> str:
    """Return a question for a shortest path along the first triples of a graph."""
    first = next((triple for triple in graph if triple.source != triple.target), next(iter(graph)))
    further = [triple.target for triple in graph.leaving(first.target) if triple.target != first.source]
    return describe(graph, ShortestPath(first.source, [*further, first.target][0]))


def examples(graph: Graph) -> list[str]:
    """Return a sentence of each kind for a graph."""
    walks = [example(graph), path_example(graph)]
    return [*walks, kin_example(graph)] if states_kinship(graph) else walks
