"""Kinship: who are a person's relatives by a term, or by a rule drawn at random?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np

from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.questions.task_questions import ATTEMPTS, EvaluationSet, TaskQuestions
from graphdnc.errors import CapacityError, NoAnswer
from graphdnc.graph import Graph
from graphdnc.kinship import Term, relatives, standard_vocabulary
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.rules import WORDS
from graphdnc.questions import Example, Kin
from graphdnc.utils.ranges import Range, format_range
from graphdnc.utils.rng import pick, pick_between

PEOPLE = (20, 60)
"""People of the new families that a network is evaluated on, by default."""
LENGTHS = (1, 7)
"""Steps of the terms of kinship."""
SOMEBODY = 0.5
"""How often a term is asked of somebody who has such a relative, where anybody has."""


def random_kin(rng: np.random.Generator, graph: Graph, steps: int) -> Example:
    """Ask for somebody's relatives by a term of so many steps, drawn evenly; see :func:`kin_of`.

    Raises:
        ValueError: no term has so many steps.
        UsageError: no relation of the graph is one of kinship.
    """
    terms = terms_of(steps, steps)
    if not terms:
        raise ValueError(f"no term of kinship has {steps} steps")
    return kin_of(rng, graph, pick(rng, terms))


def kin_of(rng: np.random.Generator, graph: Graph, term: Term) -> Example:
    """Ask for somebody's relatives by a term; half the time there are some, if anybody has any."""
    people = rng.permutation(graph.nodes).tolist()
    if rng.random() < SOMEBODY:
        # the first one who has some, or anybody
        people = [person for person in people if relatives(graph, person, term)][:1] or people
    return _example(graph, people[0], term)


def _example(graph: Graph, person: int, term: Term) -> Example:
    return Example(graph, Kin(person, term), (), relatives(graph, person, term))


def balanced_kin(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], Graph], terms: Sequence[Term]
) -> Example:
    """Draw a family and ask for somebody's relatives: all terms alike, as often some as none.

    Where a relative is wanted, families are drawn until somebody has one, ``ATTEMPTS // 10`` at most.
    """
    term, wanted = pick(rng, terms), rng.random() < SOMEBODY
    for _ in range(ATTEMPTS // 10):
        graph = draw(rng)
        people = rng.permutation(graph.nodes).tolist()
        for person in people:
            example = _example(graph, person, term)
            if bool(example.people) == wanted:
                return example
    return _example(graph, people[0], term)


def random_chain(rng: np.random.Generator, graph: Graph, steps: int) -> Example:
    """Ask who a rule of so many elementary steps leads to, each with a sex or without, drawn at random.

    Half the time the steps are those of a way that somebody can go, if anybody can. Chains that take more
    instructions than a network carries out, six siblings or more, are drawn again.
    """
    somebody = rng.random() < SOMEBODY
    example = None
    for _ in range(ATTEMPTS // 10):
        words = [pick(rng, _STEPS) for _ in range(steps)]
        rule = standard_vocabulary().parse("/".join(words))
        try:
            compile_rule(rule)
        except CapacityError:
            continue
        term = Term(str(rule), rule, "Drawn", str(rule))
        people = rng.permutation(graph.nodes).tolist()
        reaching = [person for person in people if relatives(graph, person, term)] if somebody else []
        person = (reaching or people)[0]
        example = _example(graph, person, term)
        if bool(reaching) == somebody:
            break
    assert example is not None
    return example


_STEPS = (*WORDS, *(word for words in WORDS.values() for word in words))


@cache
def terms_of(least: int, most: int) -> tuple[Term, ...]:
    """Return the terms of English kinship whose rules have ``least`` to ``most`` steps."""
    return tuple(term for term in standard_vocabulary() if least <= term.rule.steps <= most)


def _terms(steps: Range | None) -> tuple[Term, ...]:
    terms = terms_of(*(steps or LENGTHS))
    if not terms:
        assert steps is not None
        raise NoAnswer(f"no term of kinship has {format_range(steps)} steps; write --steps 1-7")
    return terms


def terms_on_graph(rng: np.random.Generator, graph: Graph, steps: Range | None) -> EvaluationSet:
    """Return questions without end for terms of so many steps, each as often as any other."""
    terms = _terms(steps)
    examples = (kin_of(rng, graph, pick(rng, terms)) for _ in iter(int, 1))
    return EvaluationSet(examples, {"triples": len(graph), "terms": len(terms)})


def new_families(rng: np.random.Generator, people: Range | None, steps: Range | None) -> EvaluationSet:
    """Return questions without end about new families: all terms alike, as often some relatives as none."""
    terms, size = _terms(steps), people or PEOPLE
    draw = partial(lineage, people=size)
    examples = (balanced_kin(rng, draw, terms) for _ in iter(int, 1))
    return EvaluationSet(examples, {"people": format_range(size), "terms": len(terms)})


def chains(rng: np.random.Generator, families: EvaluationSet, steps: Range) -> EvaluationSet:
    """Return the same families, with a question each for a rule of so many elementary steps."""
    examples = (random_chain(rng, family.graph, pick_between(rng, steps)) for family in families.examples)
    return EvaluationSet(examples, families.settings | {"chains": format_range(steps)})


KINSHIP = TaskQuestions(
    draw=random_kin,
    on_graph=terms_on_graph,
    fresh=new_families,
    curricula={"lineage": "kinship"},
    generators=("lineage",),
    lengths=LENGTHS,
    weight=lambda steps: len(terms_of(steps, steps)),
)
