"""Questions for relatives, by a term of kinship or by a random rule."""

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
"""People in the new families that a network is evaluated on, by default."""
LENGTHS = (1, 7)
"""The least and the greatest number of steps in a term of kinship."""
SHARE_WITH_RELATIVES = 0.5
"""Share of the questions about a person who has such relatives, if there is one."""


def random_kin(rng: np.random.Generator, graph: Graph, steps: int) -> Example:
    """Ask for a person's relatives by a random term of a number of steps.

    Half of the people have such relatives, if possible.

    Raises:
        ValueError: no term has that many steps.
    """
    terms = _terms_of(steps, steps)
    if not terms:
        raise ValueError(f"no term of kinship has {steps} steps")
    return _kin_of(rng, graph, pick(rng, terms))


def _kin_of(rng: np.random.Generator, graph: Graph, term: Term) -> Example:
    """Ask for the relatives of a random person by a term; half of the people have some, if possible."""
    people = rng.permutation(graph.nodes).tolist()
    if rng.random() < SHARE_WITH_RELATIVES:
        # the first person with such relatives, or else the first person
        people = [person for person in people if relatives(graph, person, term)][:1] or people
    return _example(graph, people[0], term)


def _example(graph: Graph, person: int, term: Term) -> Example:
    return Example(graph, Kin(person, term), (), relatives(graph, person, term))


def balanced_kin(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], Graph], terms: Sequence[Term]
) -> Example:
    """Draw a family and ask for a person's relatives by a random term; half of the people have some.

    Families are drawn until one has such a person, at most ``ATTEMPTS // 10`` times.
    """
    term, wanted = pick(rng, terms), rng.random() < SHARE_WITH_RELATIVES
    for _ in range(ATTEMPTS // 10):
        graph = draw(rng)
        people = rng.permutation(graph.nodes).tolist()
        for person in people:
            example = _example(graph, person, term)
            if bool(example.people) == wanted:
                return example
    return _example(graph, people[0], term)


def random_chain(rng: np.random.Generator, graph: Graph, steps: int) -> Example:
    """Ask for a person's relatives by a rule of random elementary steps, with or without a sex.

    Half of the rules lead to someone, if possible. Rules that need more instructions than a network can
    carry out, such as six siblings or more, are drawn again.
    """
    wanted, example = rng.random() < SHARE_WITH_RELATIVES, None
    for _ in range(ATTEMPTS // 10):
        rule = standard_vocabulary().parse("/".join(pick(rng, _STEPS) for _ in range(steps)))
        try:
            compile_rule(rule)
        except CapacityError:
            continue
        term = Term(str(rule), rule, "Drawn", str(rule))
        people = rng.permutation(graph.nodes).tolist()
        reaching = [person for person in people if relatives(graph, person, term)] if wanted else []
        example = _example(graph, (reaching or people)[0], term)
        if bool(reaching) == wanted:
            break
    assert example is not None
    return example


_STEPS = (*WORDS, *(word for words in WORDS.values() for word in words))


@cache
def _terms_of(least: int, most: int) -> tuple[Term, ...]:
    return tuple(term for term in standard_vocabulary() if least <= term.rule.steps <= most)


def _terms(steps: Range | None) -> tuple[Term, ...]:
    terms = _terms_of(*(steps or LENGTHS))
    if not terms:
        assert steps is not None
        raise NoAnswer(f"no term of kinship has {format_range(steps)} steps; write --steps 1-7")
    return terms


def terms_on_graph(rng: np.random.Generator, graph: Graph, steps: Range | None) -> EvaluationSet:
    """Return endless questions about a family for terms of some numbers of steps, all equally frequent."""
    terms = _terms(steps)
    examples = iter(lambda: _kin_of(rng, graph, pick(rng, terms)), None)
    return EvaluationSet(examples, {"triples": len(graph), "terms": len(terms)})


def new_families(rng: np.random.Generator, people: Range | None, steps: Range | None) -> EvaluationSet:
    """Return endless questions about new families, all terms equally frequent; see :func:`balanced_kin`."""
    terms, size = _terms(steps), people or PEOPLE
    examples = iter(lambda: balanced_kin(rng, partial(lineage, people=size), terms), None)
    return EvaluationSet(examples, {"people": format_range(size), "terms": len(terms)})


def chains(rng: np.random.Generator, families: EvaluationSet, steps: Range) -> EvaluationSet:
    """Return the same families, each with a question for a rule of random steps."""
    examples = (random_chain(rng, family.graph, pick_between(rng, steps)) for family in families.examples)
    return EvaluationSet(examples, families.settings | {"chains": format_range(steps)})


KINSHIP = TaskQuestions(
    draw=random_kin,
    on_graph=terms_on_graph,
    fresh=new_families,
    chains=chains,
    curricula={"lineage": "kinship"},
    generators=("lineage",),
    lengths=LENGTHS,
    weight=lambda steps: len(_terms_of(steps, steps)),
)
