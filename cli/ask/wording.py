"""What printed answers say where it depends on the kind of question; ``print_answer.py`` prints the rest."""

from __future__ import annotations

from itertools import groupby

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.kinship.answer import CheckedRelation, CheckedRelatives
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.cli.output import print_rows
from graphdnc.graph import Graph, named
from graphdnc.kinship.words import understand
from graphdnc.language.suggestions import narrowing
from graphdnc.questions import Path, ShortestPath, Traversal
from graphdnc.tasks.fan_out import branches

MOST_ENDS = 20
"""Ends that are printed of a walk that leads to several places; ``--json`` has all of them."""


def no_answer(checked: CheckedAnswer) -> str:
    """Return the sentence in place of an answer, if the network gave none or denies that there is one."""
    denies, name, question = checked.answer.denies, checked.graph.node_name, checked.question
    if isinstance(checked, CheckedRelatives):
        nobody = f"The network: nobody is {_owner(checked)} {checked.kin.term.name}."
        return _yes_or_no(checked) + (
            nobody if denies else "The network gave no answer that lists people of this family."
        )
    if isinstance(checked, CheckedRelation):
        pair = f"{name(checked.between.relative)} and {name(checked.between.person)}"
        if denies:
            return f"The network: nothing relates {pair}."
        return f"The network found nothing that relates {pair}, but does not say that nothing does."
    if isinstance(question, ShortestPath):
        ends = f"from {name(question.start)} to {name(question.goal)}"
        if denies:
            return f"The network: there is no path {ends}."
        return f"The network found no path {ends}, but does not say that there is none."
    if isinstance(question, Traversal) and question.towards:
        return "The network named nothing that leads towards the place asked for."
    return "The network gave no answer that names a path of this graph."


def short_answer(checked: CheckedAnswer) -> str | None:
    """Return the answer on one line; ``None`` if there is none."""
    if checked.holds is not None:
        return "yes" if checked.holds else "no"
    if isinstance(checked, CheckedRelatives) and checked.left_open:
        return "not known"
    path = checked.answer.path
    if checked.kind == "shortest-path" and path:
        return _stations(checked.graph, path)
    nobody = {"kinship": "nobody", "relationship": "unrelated"}.get(checked.kind)
    return ", ".join(checked.ends) or (nobody if checked.answer.denies else None)


def left_open(checked: CheckedAnswer) -> tuple[str, ...]:
    """Return what no fact settles of a question about relatives."""
    if not isinstance(checked, CheckedRelatives) or checked.holds is True:
        return ()
    return checked.not_known


def agreement(checked: CheckedAnswer) -> str:
    """Return what the votes that agree did, to follow "7 of 8 tries"."""
    ends = checked.ends
    if isinstance(checked, CheckedRelation):
        relative = checked.graph.node_name(checked.between.relative)
        found = "found a way this short" if ends else "found no way"
        return f"list {relative} there" if checked.terms else found
    if not ends:
        return "say so"
    if checked.kind == "kinship":
        return "list exactly this one" if len(ends) == 1 else "list exactly these"
    return "agree" if checked.kind == "traversal" else "found a way this short"


def difference(checked: CheckedAnswer) -> str:
    """Return how the exact answer differs from the network's."""
    exact, ends = checked.exact_ends, checked.ends
    if isinstance(checked, CheckedPath):
        path, *_ = checked.exact or [()]
        way = ", ".join(f"{relation} to {target}" for _, relation, target in named(checked.graph, path))
        if checked.kind == "shortest-path":
            return f"there is a way of {_counted(len(path), 'step')}: {way}"
        if ends != exact:
            return f"the exact answer is {' or '.join(exact)}"
        return f"the end is right, the way is not; the exact way is {way}"
    if not isinstance(checked, CheckedRelatives) or not ends:
        return f"the exact answer is {' and '.join(exact)}"
    missing = [name for name in exact if name not in ends]
    wrong = [name for name in ends if name not in exact]
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not {_owner(checked)} {checked.kin.term.name}: {', '.join(wrong)}"] if wrong else []
    return "; ".join(parts)


def found_of_exact(checked: CheckedAnswer) -> str:
    """Return how many of several exact answers the network found, and which it did not find."""
    right, ends = checked.exact_ends, set(checked.ends)
    missing = [name for name in right if name not in ends]
    if not missing:
        return f"all {len(right)} exact answers were found"
    names = ", ".join(missing[:MOST_ENDS]) + (", ..." if len(missing) > MOST_ENDS else "")
    return f"{len(right) - len(missing)} of {len(right)} exact answers were found, not found: {names}"


def memorised_part(checked: CheckedAnswer) -> str:
    """Return which part of a large graph was memorised."""
    if not isinstance(checked, CheckedPath):
        return "the facts of everybody near enough"
    if checked.kind == "traversal":
        begin = "goal" if checked.inverse else "start"
        return f"the nodes nearest to the {begin}, and to where the network went on from"
    if not checked.ends and not checked.answer.denies:
        return "what is nearest to start and goal"
    return "the nodes of the shortest ways from start to goal first, then those beside them"


def untried(checked: CheckedAnswer) -> str:
    """Return that there were more places than were tried, and what that means for the answer."""
    found = bool(checked.ends)
    if isinstance(checked, CheckedPath) and checked.inverse:
        missing = "there may be more than these" if found else "it may be among the others"
        return f"relations lead there from more places than were tried; {missing}"
    missing = "there may be more ends than these" if found else "the end may be among the others"
    return f"relations lead to more places than were tried; {missing}"


def print_ends(checked: CheckedAnswer) -> None:
    """Print the table and the sentence of an answer."""
    if isinstance(checked, CheckedRelatives):
        term, ends = checked.kin.term, checked.ends
        _print_facts(checked, term.name, checked.kin.person)
        is_rule = bool(set(term.name) & set("/|["))
        called = term.name if len(ends) == 1 or is_rule else term.plural
        print(f"{_yes_or_no(checked)}{_owner(checked)} {called}: {', '.join(ends)}")
    elif isinstance(checked, CheckedRelation):
        person, relative = map(checked.graph.node_name, (checked.between.person, checked.between.relative))
        _print_facts(checked, "relation", checked.between.person)
        print(f"{relative} is {person}'s {' and '.join(checked.ends)}.")
    elif isinstance(checked, CheckedPath):
        if checked.kind == "shortest-path":
            _print_shortest_path(checked.graph, checked.answer.path or ())
        elif checked.inverse:
            _print_starts(checked)
        else:
            _print_walk(checked)


def _print_walk(checked: CheckedPath) -> None:
    _print_steps(checked)
    first, *others = checked.ends
    if not others:
        print(f"You are at {first}.")
        return
    paths = checked.answer.paths
    print(f"You are at {first}, or at {', '.join(others[:MOST_ENDS])}: a relation leads to several places")
    _print_paths(checked.graph, paths[1 : MOST_ENDS + 1])
    if len(paths) > MOST_ENDS + 1:
        print(f"  and {len(paths) - MOST_ENDS - 1} more, which --json lists")
    sentence, how = checked.narrowing, "say towards where"
    if sentence is None:  # no direction leads to one end alone: start from a later place instead
        rests = (path[step + 1 :] for path in paths for step in branches(checked.graph, path))
        sentence, how = narrowing(checked.graph, filter(None, rests)), "start after the fork"
    if sentence is not None:
        print(f'to ask for one of them, {how}: "{sentence}"')


def _print_starts(checked: CheckedPath) -> None:
    """Print from where relations lead to the goal: the paths there, and then where they start."""
    paths, ends, others = checked.paths, checked.ends, checked.answer.paths[1:MOST_ENDS]
    if len(paths[0]) > 1:
        _print_steps(checked)
    else:
        print_rows(("from", "relation", "to"), [tuple(path[0]) for path in paths[:MOST_ENDS]])
        others = ()
    more = f" and {len(ends) - MOST_ENDS} more, which --json lists" if len(ends) > MOST_ENDS else ""
    print(f"{'That is' if len(ends) == 1 else 'These are'} {', '.join(ends[:MOST_ENDS])}{more}.")
    _print_paths(checked.graph, others)


def _print_shortest_path(graph: Graph, path: Path) -> None:
    """Print the length of a path, and one row for each relation, as far as it is followed."""
    legs = [tuple(leg) for _, leg in groupby(path, key=lambda triple: triple.relation)]
    changes = _counted(len(legs) - 1, "change") if len(legs) > 1 else "no change"
    start, goal = graph.node_name(path[0].source), graph.node_name(path[-1].target)
    print(f"{start} -> {goal}: {_counted(len(path), 'step')}, {changes}")
    rows: list[tuple[str, ...]] = [
        (graph.relation_name(leg[0].relation), str(len(leg)), _stations(graph, leg)) for leg in legs
    ]
    print_rows(("relation", "steps", "way"), rows)


def _print_steps(checked: CheckedPath) -> None:
    rows: list[tuple[str, ...]] = [(str(step), *names) for step, names in enumerate(checked.path, start=1)]
    print_rows(("step", "from", "relation", "to"), rows)


def _print_paths(graph: Graph, paths: tuple[Path, ...]) -> None:
    for path in paths:
        print(f"  {_stations(graph, path)}")


def _print_facts(checked: CheckedRelatives | CheckedRelation, title: str, person: int) -> None:
    rows: list[tuple[str, ...]] = [
        (name, str(tries), chain_of_facts(checked.graph, person, facts))
        for name, tries, facts in zip(checked.ends, checked.tries, checked.shown, strict=True)
    ]
    print_rows((title, "tries", "facts said on the way"), rows)


def chain_of_facts(graph: Graph, person: int, facts: Path) -> str:
    """Return facts as one way from a person: "Freya -> mother Isla <- sister of Ewan".

    An arrow to the left is a fact that is stated in the other direction: Ewan's sister is Isla. A fact that
    does not go on from the end of the way starts anew after a semicolon. "Ben, is son of, Grace" from Grace
    on is "Grace <- Ben (is son of)".
    """
    said, here = graph.node_name(person), person
    for fact in facts:
        relation, source = graph.relation_name(fact.relation), graph.node_name(fact.source)
        if fact.target == here:
            said += f" <- {source} ({relation})" if _turned(relation) else f" <- {relation} of {source}"
            here = fact.source
            continue
        if fact.source != here:
            said += f"; {source}"
        said += f" -> {relation} {graph.node_name(fact.target)}"
        here = fact.target
    return said if facts else "none"


def _turned(relation: str) -> bool:
    meaning = understand(relation)
    return meaning is not None and meaning.turned


def _owner(checked: CheckedRelatives) -> str:
    return f"{checked.graph.node_name(checked.kin.person)}'s"


def _yes_or_no(checked: CheckedRelatives) -> str:
    return {None: "", True: "Yes. ", False: "No. "}[checked.holds]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _stations(graph: Graph, path: Path) -> str:
    nodes = [triple.source for triple in path[:1]] + [triple.target for triple in path]
    return " -> ".join(map(graph.node_name, nodes))
