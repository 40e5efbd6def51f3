"""Kinship in time, the start of its network, and how it lists relatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import KINSHIP
from tensors import read_answers

from graphdnc.answering.decoding import Decoder
from graphdnc.datasets.generators.lineages import STYLES, lineage
from graphdnc.datasets.questions.kinship import balanced_kin, random_chain
from graphdnc.episodes.labels import DigitCode, draw_labels
from graphdnc.episodes.planning import Planning
from graphdnc.graph import Graph
from graphdnc.kinship import Term, relatives, standard_vocabulary
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.vocabulary import number_of
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.questions import Example, Kin
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.kinship.dialogue import Dialogue
from graphdnc.tasks.kinship.facts import describe, relation_label
from graphdnc.tasks.kinship.layout import NOTHING, REVERSED, SETS, instruction_labels, read_instruction
from graphdnc.tasks.kinship.task import KinshipTask
from graphdnc.tasks.kinship.teacher import Teacher
from graphdnc.training.tensors import encode

CODE = DigitCode(known_relations=True)
TASK = KinshipTask(CODE, Planning(instructed=True))
TERMS = standard_vocabulary()
FAMILY = Graph.from_triples(
    [
        ("Ann", "mother", "Eve"),
        ("Tom", "brother", "Tim"),
        ("Eve", "brother", "Tom"),
        ("Tom", "child", "Ida"),
        ("Tom", "likes", "Eve"),
    ]
)


def told(term: Term) -> Term:
    """The same rule, written so that it is none that is known by heart."""
    chain = term.rule.chains[0]
    again = replace(term.rule, chains=(*term.rule.chains, (*chain, *TERMS.parse("self").chains[0])))
    assert number_of(replace(term, rule=again)) is None
    return replace(term, rule=again)


def network_of(seed: int = 0) -> DNC:
    torch.manual_seed(seed)
    return initialise(DNC(KINSHIP)).eval()


def test_facts_are_told_from_both_sides() -> None:
    labels = draw_labels(np.random.default_rng(0), FAMILY, CODE)
    rows = set(map(tuple, describe(FAMILY, labels, np.random.default_rng(1)).tolist()))
    ann, eve = (int(labels.nodes[node]) for node in (0, 1))
    assert len(rows) == 8, "what states no kinship is not told"
    assert (ann, relation_label("parent", "female"), eve) in rows
    assert (eve, REVERSED + relation_label("child", None), ann) in rows


@pytest.mark.parametrize("style", STYLES)
def test_a_teacher_carries_out_any_rule(style: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        example = balanced_kin(rng, lambda rng: lineage(rng, (10, 40), style), TERMS.terms)
        assert isinstance(example.question, Kin)
        labels = draw_labels(rng, example.graph, CODE)
        rows, program = describe(example.graph, labels, rng), compile_rule(example.question.term.rule)
        person = int(labels.nodes[example.question.person])
        teacher = Teacher([(a, b, c) for a, b, c in rows.tolist()], program)
        talk = Dialogue(person, len(rows), [], number_of(example.question.term))
        frame = talk.begin()
        while frame is not None:
            right = teacher.right(frame)
            frame = talk.next(right[0] if right else NOTHING)
        assert talk.ended
        assert tuple(talk.program) == program
        assert sorted(talk.answer) == sorted(int(labels.nodes[one]) for one in example.people)


def test_instructions_are_said_in_three_labels() -> None:
    every = {instruction for term in TERMS for instruction in compile_rule(term.rule)}
    for instruction in every:
        said = instruction_labels(instruction)
        assert all(0 <= label < CODE.capacity for label in said)
        assert read_instruction(said) == instruction
    assert len({instruction_labels(instruction) for instruction in every}) == len(every)
    for nonsense in ((0, 0, 0), (17, 1, 1), (1, 9, 1), (5, 3, 1), (9, 31, 1), (999, 999, 999)):
        assert read_instruction(nonsense) is None


def test_a_talk_ends_where_what_is_said_makes_no_sense() -> None:
    talk = Dialogue(7, 8, list(compile_rule(TERMS.find("parent").rule)))
    talk.begin()
    assert talk.next(NOTHING) is not None
    assert talk.next((0, SETS + 29, 7)) is None
    assert not talk.ended


def test_the_start_says_all_but_instructions(subtests: pytest.Subtests) -> None:
    """An untrained network, its teacher speaking: every statement that is no instruction is right."""
    rng = np.random.default_rng(5)
    for people in ((5, 9), (30, 45)):
        drawn = [balanced_kin(rng, lambda rng, p=people: lineage(rng, p), TERMS.terms) for _ in range(12)]
        batch = encode(drawn, rng, TASK)
        network = network_of()
        with torch.no_grad():
            state = network.memorise(batch.description, batch.lengths, batch.rows)
            logits, _ = network(batch.steps, state, batch.active)
        said = read_answers(logits, CODE).unsqueeze(-2)
        right = ((said == batch.choices).all(-1) & batch.credit).any(-1)
        recalled = batch.steps[..., 90 + 3] > 0
        with subtests.test(people=people):
            wanted = batch.answer_mask & ~recalled
            assert wanted.sum() > 100
            assert right[wanted].all()
            assert not right[batch.answer_mask & recalled].any(), "instructions are learned"


def test_an_untrained_network_lists_whom_it_is_told_to() -> None:
    rng = np.random.default_rng(8)
    examples = []
    for _ in range(24):
        example = balanced_kin(rng, lambda rng: lineage(rng, (8, 30)), TERMS.terms)
        assert isinstance(example.question, Kin)
        question = Kin(example.question.person, told(example.question.term))
        examples.append(Example(example.graph, question, (), example.people))
    votes = Decoder(EagerNetwork(network_of()), TASK).vote(examples, rng)
    for example, vote in zip(examples, votes, strict=True):
        assert vote.listed is not None
        assert {person for person, _ in vote.listed} == example.people
        assert vote.denies == (not example.people)


def test_longer_chains_than_any_term_has() -> None:
    rng = np.random.default_rng(2)
    examples = [random_chain(rng, lineage(rng, (10, 25)), steps) for steps in (5, 6, 7, 8)]
    for example, vote in zip(
        examples, Decoder(EagerNetwork(network_of()), TASK).vote(examples, rng), strict=True
    ):
        assert vote.listed is not None
        assert {person for person, _ in vote.listed} == example.people


def test_the_facts_on_the_way_are_those_of_the_graph_and_lead_there() -> None:
    rng = np.random.default_rng(4)
    term = told(TERMS.find("cousin"))
    graph = lineage(rng, (40, 45), "mixed")
    asked = [Example(graph, Kin(person, term), (), relatives(graph, person, term)) for person in range(40)]
    some = [example for example in asked if example.people][:8]
    for example, vote in zip(some, Decoder(EagerNetwork(network_of()), TASK).vote(some, rng), strict=True):
        assert isinstance(example.question, Kin)
        assert vote.listed
        for person, way in vote.listed:
            here = {example.question.person}
            for triple in way:
                assert triple in set(graph)
                assert here & {triple.source, triple.target}
                here = {triple.source, triple.target}
            assert person in here
            assert len(way) >= 3


def test_a_network_that_knows_nothing_by_heart_names_nobody() -> None:
    rng = np.random.default_rng(0)
    asked = [Example(FAMILY, Kin(0, TERMS.find("cousin")), (), frozenset([4]))]
    (vote,) = Decoder(EagerNetwork(network_of()), TASK).vote(asked, rng)
    assert vote.listed is None
    assert not vote.denies


def test_nothing_said_by_heart_and_members_that_never_were_end_a_talk_without_an_answer() -> None:
    talk = Dialogue(7, 8, [], term=1)
    talk.begin()
    assert talk.next(NOTHING) is not None
    assert talk.next((0, 0, 0)) is None
    assert not talk.ended
    talk = Dialogue(7, 8, list(compile_rule(TERMS.find("parent").rule)))
    talk.begin()
    talk.next(NOTHING)
    assert talk.next((0, SETS, 8)) is None
    assert not talk.ended
