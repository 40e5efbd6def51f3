"""Rules as instructions: carried out on sets by the plainest means, they lead to whom the rule leads to."""

from __future__ import annotations

import numpy as np
import pytest

from graphdnc.datasets.generators.lineages import STYLES, lineage
from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship import relatives, standard_vocabulary
from graphdnc.kinship.facts import OPPOSITE, facts_of, roles_of
from graphdnc.kinship.program import MOST_INSTRUCTIONS, Instruction, Kind, Program, compile_rule

TERMS = standard_vocabulary()


def led_to(graph: Graph, step: str, person: int) -> list[int]:
    """Whom facts of one step lead to, whichever way they are stated."""
    roles = roles_of(graph)
    out = [t.target for t in graph.leaving(person) if t.relation in roles and roles[t.relation][0] == step]
    back = [
        t.source
        for t in graph.entering(person)
        if t.relation in roles and OPPOSITE[roles[t.relation][0]] == step
    ]
    return [other for other in out + back if other != person]


def carried_out(program: Program, graph: Graph, person: int) -> set[int]:
    """Carry out a program on sets of (from whom, who)."""
    added: dict[int, set[tuple[int, int]]] = {0: {(-1, person)}}
    noted: dict[int, set[tuple[int, int]]] = {}
    for instruction in program:
        to, by = instruction.target, instruction.by
        for origin, one in sorted(added.get(instruction.source, set())):
            new = {
                Kind.STEP: lambda: [(one, other) for other in led_to(graph, str(by), one)],  # noqa: B023
                Kind.SEX: lambda: [(origin, one)] if one in facts_of(graph).sexes[str(by)] else [],  # noqa: B023
                Kind.KEEP: lambda: [(origin, one)] if one in {x for _, x in added.get(int(by), ())} else [],  # noqa: B023
                Kind.COPY: lambda: [(origin, one)],  # noqa: B023
            }[instruction.kind]()
            for pair in new:
                known = added.get(to, set()) | noted.get(to, set())
                if pair in known or (not instruction.pair and pair[1] in {x for _, x in known}):
                    continue
                (noted if instruction.note else added).setdefault(to, set()).add(pair)
    return {one for _, one in added.get(program[-1].target, set())}


@pytest.mark.parametrize("style", STYLES)
def test_all_terms_lead_to_the_exact_relatives(style: str) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        graph = lineage(rng, (25, 45), style)
        for term in TERMS:
            person = int(rng.integers(graph.nodes))
            found = carried_out(compile_rule(term.rule), graph, person)
            assert found == relatives(graph, person, term), (term.name, seed, person)


@pytest.mark.parametrize(
    "rule",
    [
        "mother/brother",
        "parent/parent/sibling/child/child/spouse/sibling/parent",
        "child/co-parent/sibling[male][not spouse]",
        "parent/child[twice]",
        "sibling/sibling",
        "spouse/sibling[parent/parent] | child",
        "self",
    ],
)
def test_rules_of_ones_own(rule: str) -> None:
    term = TERMS.define(f"mine = {rule}").find("mine")
    for seed in range(6):
        graph = lineage(np.random.default_rng(seed), (10, 30))
        for person in range(graph.nodes):
            found = carried_out(compile_rule(term.rule), graph, person)
            assert found == relatives(graph, person, term), (seed, person)


def test_an_instruction_by_instruction_example() -> None:
    program = compile_rule(TERMS.find("uncle").rule)
    assert program[0] == Instruction(Kind.STEP, 0, 1, "parent")
    assert program[-2:] == (
        Instruction(Kind.COPY, 0, program[-1].target, note=True),
        Instruction(Kind.COPY, program[-1].source, program[-1].target),
    )
    assert [step.kind for step in program].count(Kind.SEX) == 1
    assert max(len(compile_rule(term.rule)) for term in TERMS) <= MOST_INSTRUCTIONS


def test_what_cannot_be_carried_out() -> None:
    with pytest.raises(UsageError, match="can only be the first step"):
        compile_rule(TERMS.parse("parent/full brother"))
    with pytest.raises(UsageError, match="leave"):
        compile_rule(TERMS.parse("parent/sibling[twice]"))
    with pytest.raises(CapacityError, match="ask in parts"):
        compile_rule(TERMS.parse("/".join(["sibling"] * 12)))
