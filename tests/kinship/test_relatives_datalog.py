"""Relatives against textbook definitions of kinship, solved by a small datalog of its own.

Nothing here reads ``terms.toml`` or the code of ``graphdnc.kinship``: the definitions count generations up to
a pair of siblings, and the solver knows only rules and facts.
"""

import re
from collections import defaultdict
from functools import lru_cache

import networkx as nx
import numpy as np
import pytest

from graphdnc.datasets.generators.lineages import STYLES, lineage
from graphdnc.graph import Graph
from graphdnc.kinship import relatives, standard_vocabulary

FAMILIES = 30
"""Of each style; docs/kinship.md has the larger number that was compared once."""

UP, DOWN = ("mother", "father", "parent"), ("daughter", "son", "child")
ROLES = (*UP, *DOWN, "sister", "brother", "sibling", "wife", "husband", "spouse")

TEXTBOOK = """
parent(X,Y) :- says_mother(X,Y).    parent(X,Y) :- says_father(X,Y).    parent(X,Y) :- says_parent(X,Y).
parent(X,Y) :- says_daughter(Y,X).  parent(X,Y) :- says_son(Y,X).       parent(X,Y) :- says_child(Y,X).
female(X) :- says_mother(Y,X).      female(X) :- says_daughter(Y,X).
female(X) :- says_sister(Y,X).      female(X) :- says_wife(Y,X).
male(X) :- says_father(Y,X).        male(X) :- says_son(Y,X).
male(X) :- says_brother(Y,X).       male(X) :- says_husband(Y,X).
known_sibling(X,Y) :- says_sister(X,Y).   known_sibling(X,Y) :- says_brother(X,Y).
known_sibling(X,Y) :- says_sibling(X,Y).
sibs(X,Y) :- known_sibling(X,Y).          sibs(X,Y) :- known_sibling(Y,X).
sibs(X,Y) :- parent(X,P), parent(Y,P), X != Y.
wedding(X,Y) :- says_wife(X,Y).     wedding(X,Y) :- says_husband(X,Y).  wedding(X,Y) :- says_spouse(X,Y).
wed(X,Y) :- wedding(X,Y).           wed(X,Y) :- wedding(Y,X).

% Y is N generations above X; X and Y are M and N generations below two siblings.
up(X,X,0) :- person(X).
up(X,Y,N) :- up(X,Z,M), next(M,N), parent(Z,Y).
kin(X,Y,M,N) :- up(X,A,M), sibs(A,B), up(Y,B,N).

son_or_daughter(X,Y) :- parent(Y,X).
blood_uncle_or_aunt(X,Y) :- kin(X,Y,1,0).
sibling_of_spouse(X,Y) :- wed(X,Z), sibs(Z,Y), not wed(X,Y), not sibs(X,Y).
spouse_of_sibling(X,Y) :- sibs(X,Z), wed(Z,Y), not wed(X,Y), not sibs(X,Y).
in_law(X,Y) :- sibling_of_spouse(X,Y).
in_law(X,Y) :- spouse_of_sibling(X,Y).
step(X,Y) :- parent(X,P), wed(P,Y), not parent(X,Y).
grand(X,Y) :- up(X,Y,2).
step_grand(X,Y) :- grand(X,G), wed(G,Y), not grand(X,Y).
step_grand(X,Y) :- parent(X,P), wed(P,Z), parent(Z,Y), not grand(X,Y).
shares_parent(X,Y) :- parent(X,P), parent(Y,P), X != Y.
parent_apart(X,Y) :- shares_parent(X,Y), parent(X,Q), not parent(Y,Q).
by_marriage(X,Y) :- blood_uncle_or_aunt(X,Z), wed(Z,Y), not parent(X,Y), not blood_uncle_or_aunt(X,Y).
first_cousin(X,Y) :- kin(X,Y,1,1).
cousin_marriage(X,Y) :- wed(X,Z), first_cousin(Z,Y).
cousin_marriage(X,Y) :- first_cousin(X,Z), wed(Z,Y).
"""

# Names of a relative of any sex, of a woman, of a man ("-" for none): how Y is one to X.
TERMS = """
parent mother father: parent(X,Y)
child daughter son: parent(Y,X)
sibling sister brother: sibs(X,Y)
spouse wife husband: wed(X,Y)
grandchild granddaughter grandson: up(Y,X,2)
great_grandchild great_granddaughter great_grandson: up(Y,X,3)
great_great_grandchild great_great_granddaughter great_great_grandson: up(Y,X,4)
- niece nephew: kin(X,Y,0,1)
- great_niece great_nephew: kin(X,Y,0,2)
- great_great_niece great_great_nephew: kin(X,Y,0,3)
double_cousin - -: parent(Y,P), parent(X,A), sibs(A,P), parent(Y,Q), P != Q, parent(X,B), sibs(B,Q)
second_cousin - -: kin(X,Y,2,2)
third_cousin - -: kin(X,Y,3,3)
first_cousin_once_removed - -: kin(X,Y,2,1)
first_cousin_once_removed - -: kin(X,Y,1,2)
first_cousin_twice_removed - -: kin(X,Y,3,1)
first_cousin_twice_removed - -: kin(X,Y,1,3)
second_cousin_once_removed - -: kin(X,Y,3,2)
second_cousin_once_removed - -: kin(X,Y,2,3)
second_cousin_twice_removed - -: kin(X,Y,4,2)
second_cousin_twice_removed - -: kin(X,Y,2,4)
parent_in_law mother_in_law father_in_law: wed(X,Z), up(Z,Y,1)
child_in_law daughter_in_law son_in_law: up(Z,X,1), wed(Z,Y)
sibling_in_law sister_in_law brother_in_law: in_law(X,Y)
co_sibling_in_law co_sister_in_law co_brother_in_law: wed(X,Z), sibs(Z,S), wed(S,Y), not sibs(X,Y), not wed(X,Y), not in_law(X,Y)
co_parent_in_law co_mother_in_law co_father_in_law: parent(C,X), wed(C,Z), parent(Z,Y), not wed(X,Y)
grandparent_in_law grandmother_in_law grandfather_in_law: wed(X,Z), up(Z,Y,2)
grandchild_in_law granddaughter_in_law grandson_in_law: up(Z,X,2), wed(Z,Y)
- aunt_by_marriage uncle_by_marriage: by_marriage(X,Y)
- niece_by_marriage nephew_by_marriage: by_marriage(Y,X)
cousin_in_law - -: cousin_marriage(X,Y), not first_cousin(X,Y), not sibs(X,Y), not wed(X,Y)
step_parent stepmother stepfather: step(X,Y)
stepchild stepdaughter stepson: step(Y,X)
step_sibling stepsister stepbrother: step(X,Z), parent(Y,Z), not shares_parent(X,Y)
step_grandparent step_grandmother step_grandfather: step_grand(X,Y)
step_grandchild step_granddaughter step_grandson: step_grand(Y,X)
full_sibling full_sister full_brother: parent(X,P), parent(Y,P), parent(X,Q), P != Q, parent(Y,Q)
half_sibling half_sister half_brother: parent_apart(X,Y), parent_apart(Y,X)
co_parent - -: parent(C,X), parent(C,Y)
"""  # noqa: E501

# The same by way of a parent P; the mother's are maternal, the father's paternal.
SIDED = """
grandparent grandmother grandfather: up(P,Y,1)
great_grandparent great_grandmother great_grandfather: up(P,Y,2)
great_great_grandparent great_great_grandmother great_great_grandfather: up(P,Y,3)
- aunt uncle: kin(P,Y,0,0)
- great_aunt great_uncle: kin(P,Y,1,0)
- great_great_aunt great_great_uncle: kin(P,Y,2,0)
cousin - -: kin(P,Y,0,1)
"""

Literal = tuple[bool, str, tuple[str, ...]]
Rule = tuple[str, tuple[str, ...], tuple[Literal, ...]]


def table(text: str, start: str = "", prefix: str = ""):
    """Yield a datalog rule for each name in each line of a table."""
    for line in text.strip().splitlines():
        names, body = line.split(": ")
        for name, sex in zip(names.split(), ("", ", female(Y)", ", male(Y)"), strict=True):
            if name != "-":
                yield f"{prefix}{name}_of(X,Y) :- {start}{body}{sex}, X != Y."


@lru_cache
def rules() -> tuple[Rule, ...]:
    lines = [*TEXTBOOK.splitlines(), *table(TERMS), *table(SIDED, "parent(X,P), ")]
    lines += table(SIDED, "parent(X,P), female(P), ", "maternal_")
    lines += table(SIDED, "parent(X,P), male(P), ", "paternal_")
    text = "\n".join(line for line in lines if not line.startswith("%"))
    return tuple(read(clause) for clause in re.findall(r"(\w+\([^.]*)\.", text))


def read(clause: str) -> Rule:
    head, body = clause.split(":-")
    literals = re.findall(r"(not )?(\w+)\(([^)]*)\)|(\w+) != (\w+)", body)
    # Positive literals first, so that every variable of the others is bound.
    read_ = [(False, p, tuple(a.split(","))) if p else (True, "=", (x, y)) for _, p, a, x, y in literals]
    read_ = [
        (bool(no) or name == "=", name, a) for (no, *_), (_, name, a) in zip(literals, read_, strict=True)
    ]
    name, arguments = re.fullmatch(r"\s*(\w+)\(([^)]*)\)\s*", head).groups()
    return name, tuple(arguments.split(",")), tuple(sorted(read_, key=lambda literal: literal[0]))


def solve(program, facts):
    """Return all that follows: stratum by stratum, each semi-naively from what is new in a round."""
    known = defaultdict(set, {name: set(rows) for name, rows in facts.items()})
    for names, clauses in strata(program):
        new = {name: set() for name in names}
        for head, arguments, body in clauses:
            new[head] |= join(arguments, body, known, None, None)
        while any(new.values()):
            for name in names:
                known[name] |= new[name]
            fresh = {name: set() for name in names}
            for head, arguments, body in clauses:
                for number, (_, name, _) in enumerate(body):
                    if name in names:
                        fresh[head] |= join(arguments, body, known, number, new[name])
            new = {name: fresh[name] - known[name] for name in names}
    return known


@lru_cache
def strata(program):
    """Return the groups of predicates that need each other, each after those it needs, and their clauses."""
    needs = nx.DiGraph((name, head) for head, _, body in program for _, name, _ in body)
    groups = nx.condensation(needs)
    found = []
    for number in nx.topological_sort(groups):
        names = frozenset(groups.nodes[number]["members"])
        clauses = tuple(clause for clause in program if clause[0] in names)
        assert not any(no and name in names for _, _, body in clauses for no, name, _ in body), "unstratified"
        found.append((names, clauses))
    return tuple(found)


def join(arguments, body, known, fresh_at, fresh):
    """Return the rows of a head, one literal after the other; the one at ``fresh_at`` by fresh rows."""
    variables, rows = (), {()}
    for number, (negated, name, terms) in enumerate(body):
        later = {term for _, _, others in body[number + 1 :] for term in others} | set(arguments)
        if negated:
            rows = {row for row in rows if not holds(known, name, bound(terms, variables, row))}
            continue
        relation = fresh if number == fresh_at else known[name]
        keys = [i for i, term in enumerate(terms) if term in variables or term.isdigit()]
        added = [i for i, term in enumerate(terms) if i not in keys]
        index = defaultdict(list)
        for fact in relation:
            index[tuple(fact[i] for i in keys)].append(tuple(fact[i] for i in added))
        kept = [i for i, variable in enumerate(variables) if variable in later]
        needed = [i for i, place in enumerate(added) if terms[place] in later]
        searched = [terms[i] for i in keys]
        rows = {
            tuple([row[i] for i in kept] + [values[i] for i in needed])
            for row in rows
            for values in index.get(bound(searched, variables, row), ())
        }
        variables = (*(variables[i] for i in kept), *(terms[added[i]] for i in needed))
    return {bound(arguments, variables, row) for row in rows}


def bound(terms, variables, row):
    return tuple(int(term) if term.isdigit() else row[variables.index(term)] for term in terms)


def holds(known, name, fact):
    return fact[0] == fact[1] if name == "=" else fact in known[name]


def textbook(graph: Graph):
    """Return who is what to whom by the textbook: pairs of people for each term."""
    facts = defaultdict(set)
    facts["person"] = {(person,) for person in range(graph.nodes)}
    facts["next"] = {(number, number + 1) for number in range(4)}
    for source, relation, target in graph:
        facts[f"says_{graph.relation_name(relation)}"].add((source, target))
    found = solve(rules(), facts)
    return {name.removesuffix("_of"): pairs for name, pairs in found.items() if name.endswith("_of")}


def disagreements(graph: Graph):
    known = textbook(graph)
    for term in standard_vocabulary():
        pairs = known.get(re.sub("[- ]", "_", term.name), set())
        ours = {(p, relative) for p in range(graph.nodes) for relative in relatives(graph, p, term)}
        if pairs != ours:
            yield term.name, sorted(pairs - ours), sorted(ours - pairs)


def tangle(rng: np.random.Generator) -> Graph:
    """Draw facts at random, which no real family could have: own grandparents, siblings who are married."""
    people = int(rng.integers(3, 13))
    rows, parents = set(), defaultdict(set)
    for source, relation, target in rng.integers((people, len(ROLES), people), size=(3 * people, 3)).tolist():
        up, down = ROLES[relation] in UP, ROLES[relation] in DOWN
        child, parent = (source, target) if up else (target, source)
        if source == target or ((up or down) and len(parents[child] | {parent}) > 2):
            continue
        if up or down:
            parents[child].add(parent)
        rows.add((source, relation, target))
    return Graph(np.array(sorted(rows)), people, len(ROLES), None, ROLES)


def test_the_solver_follows_chains_and_refuses_what_is_named():
    clauses = ["path(X,Y) :- edge(X,Y)", "path(X,Z) :- path(X,Y), path(Y,Z)", "two(X) :- edge(X,2)"]
    clauses += ["far(X,Y) :- path(X,Y), not edge(X,Y), X != Y"]
    program = tuple(map(read, clauses))
    found = solve(program, {"edge": {(1, 2), (2, 3), (3, 1), (4, 1)}})
    assert found["path"] == {(x, y) for x in (1, 2, 3, 4) for y in (1, 2, 3)}
    assert found["far"] == {(1, 3), (2, 1), (3, 2), (4, 2), (4, 3)}
    assert found["two"] == {(1,)}


def test_the_textbook_has_every_term_and_no_other():
    defined = {head.removesuffix("_of") for head, _, _ in rules() if head.endswith("_of")}
    assert defined == {re.sub("[- ]", "_", term.name) for term in standard_vocabulary()}


@pytest.mark.parametrize("style", STYLES)
def test_relatives_agree_with_the_textbook_in_families(style):
    for seed in range(FAMILIES):
        graph = lineage(np.random.default_rng(seed), (5, 30), style)
        assert not list(disagreements(graph)), (style, seed)


def test_relatives_agree_with_the_textbook_where_everything_is_tangled():
    for seed in range(2 * FAMILIES):
        assert not list(disagreements(tangle(np.random.default_rng(seed)))), seed
