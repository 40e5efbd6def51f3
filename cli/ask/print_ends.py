"""Tables and sentences of printed answers: the ends that a network found, and how it came there."""

from __future__ import annotations

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.compound.answers import CheckedList, CheckedWays
from graphdnc.answering.kinship.answer import CheckedRelation, CheckedRelatives
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.cli.ask.print_compound import print_list, print_way, print_ways
from graphdnc.cli.ask.wording import MOST_ENDS, owner, said_first, stations
from graphdnc.cli.output import print_rows
from graphdnc.graph import Graph
from graphdnc.kinship.words import understand
from graphdnc.language.suggestions import narrowing
from graphdnc.questions import Path
from graphdnc.tasks.fan_out import branches
from graphdnc.utils.text import counted


def print_ends(checked: CheckedAnswer) -> None:
    """Print the table and the sentence of an answer."""
    if isinstance(checked, CheckedRelatives):
        term, ends = checked.kin.term, checked.ends
        _print_facts(checked, term.name, checked.kin.person)
        is_rule = bool(set(term.name) & set("/|["))
        called = term.name if len(ends) == 1 or is_rule else term.plural
        print(f"{said_first(checked)}{owner(checked)} {called}: {', '.join(ends)}")
    elif isinstance(checked, CheckedRelation):
        person, relative = map(checked.graph.node_name, (checked.between.person, checked.between.relative))
        _print_facts(checked, "relation", checked.between.person)
        print(f"{relative} is {person}'s {' and '.join(checked.ends)}.")
    elif isinstance(checked, CheckedWays):
        print_ways(checked)
    elif isinstance(checked, CheckedList):
        print_list(checked)
    elif checked.kind == "shortest-path":
        _print_shortest_path(checked)
    elif isinstance(checked, CheckedPath):
        (_print_starts if checked.inverse else _print_walk)(checked)


def _print_walk(checked: CheckedPath) -> None:
    if first := said_first(checked):
        print(f"{first}{', '.join(checked.ends[:MOST_ENDS])}")
    _print_steps(checked)
    end, *others = checked.ends
    if not others:
        print(f"You are at {end}.")
        return
    paths = checked.answer.paths
    print(f"You are at {end}, or at {', '.join(others[:MOST_ENDS])}: a relation leads to several places")
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
    that = "That is " if len(ends) == 1 else "These are "
    print(f"{said_first(checked) or that}{', '.join(ends[:MOST_ENDS])}{more}.")
    _print_paths(checked.graph, others)


def _print_shortest_path(checked: CheckedAnswer) -> None:
    path = checked.answer.path or ()
    if checked.put == "steps":
        print(counted(len(path), "step"))
    elif checked.put == "whether":
        print("Yes.")
    print_way(checked.graph, path)


def _print_steps(checked: CheckedPath) -> None:
    rows: list[tuple[str, ...]] = [(str(step), *names) for step, names in enumerate(checked.path, start=1)]
    print_rows(("step", "from", "relation", "to"), rows)


def _print_paths(graph: Graph, paths: tuple[Path, ...]) -> None:
    for path in paths:
        print(f"  {stations(graph, path)}")


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
