"""What printed answers say where it depends on the kind of question: ``print_answer.py`` prints it."""

from __future__ import annotations

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.compound.answers import CheckedList, CheckedWays
from graphdnc.answering.kinship.answer import CheckedRelation, CheckedRelatives
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.graph import Graph, named
from graphdnc.questions import Path, ShortestPath, Traversal
from graphdnc.utils.text import counted

MOST_ENDS = 20
"""Ends that are printed of a walk that leads to several places; ``--json`` has all of them."""


def no_answer(checked: CheckedAnswer) -> str:
    """Return the sentence in place of an answer, if the network gave none or denies that there is one."""
    denies, name, question = checked.answer.denies, checked.graph.node_name, checked.question
    if isinstance(checked, CheckedWays):
        return _no_way(checked)
    if isinstance(checked, CheckedList):
        return _no_list(checked)
    if isinstance(checked, CheckedRelatives):
        nobody = f"The network: nobody is {owner(checked)} {checked.kin.term.name}."
        return said_first(checked) + (
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
            return f"{said_first(checked)}The network: there is no path {ends}."
        return f"The network found no path {ends}, but does not say that there is none."
    if isinstance(question, Traversal) and question.towards:
        return "The network named nothing that leads towards the place asked for."
    return "The network gave no answer that names a path of this graph."


def _no_way(checked: CheckedWays) -> str:
    """Return the sentence in place of a way."""
    if checked.put == "between" and checked.shown:
        return "The network: nothing lies between."
    if checked.put == "transfers" and checked.shown:
        return "The network: no change is needed."
    if not checked.answer.denies:
        return "The network found no such way, but does not say that there is none."
    return f"{said_first(checked)}The network: there is no such way."


def _no_list(checked: CheckedList) -> str:
    """Return the sentence in place of a list."""
    if not checked.found.answered:
        return "The network gave no answer that lists nodes of this graph."
    return f"{said_first(checked)}The network: there is none."


def short_answer(checked: CheckedAnswer) -> str | None:
    """Return the answer on one line; ``None`` if there is none."""
    names_anybody = isinstance(checked, CheckedRelatives) and checked.claimed is None and checked.ends
    if checked.holds is not None and not names_anybody:
        return "yes" if checked.holds else "no"
    if isinstance(checked, CheckedRelatives) and checked.left_open:
        return "not known"
    path = checked.answer.path
    if checked.count is not None:
        return str(int(checked.count)) if float(checked.count).is_integer() else str(checked.count)
    if (
        isinstance(checked, CheckedWays)
        and checked.put not in ("between", "transfers")
        and checked.kind == "way"
    ):
        return "; ".join(stations(checked.graph, way) for way in checked.shown) or None
    if checked.kind == "shortest-path" and path:
        return stations(checked.graph, path)
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
    if isinstance(checked, CheckedWays | CheckedList):
        several = f", in the least sure of {checked.asked} questions" if checked.asked > 1 else ""
        return f"agree{several}"
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
    if isinstance(checked, CheckedWays):
        ways = (
            f"{counted(len(path), 'step')}: {stations(checked.graph, path)}" for path in checked.exact or []
        )
        return f"exact: {'; '.join(ways) or 'there is none'}"
    if isinstance(checked, CheckedPath):
        path, *_ = checked.exact or [()]
        way = ", ".join(f"{relation} to {target}" for _, relation, target in named(checked.graph, path))
        if checked.kind == "shortest-path":
            return f"there is a way of {counted(len(path), 'step')}: {way}"
        if checked.put == "count" and not checked.complete:
            return found_of_exact(checked)
        if ends != exact:
            return f"the exact answer is {' or '.join(exact)}"
        return f"the end is right, the way is not; the exact way is {way}"
    if not isinstance(checked, CheckedRelatives | CheckedList) or not ends:
        return f"the exact answer is {' and '.join(exact)}"
    missing = [name for name in exact if name not in ends]
    wrong = [name for name in ends if name not in exact]
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    called = f"{owner(checked)} {checked.kin.term.name}" if isinstance(checked, CheckedRelatives) else "one"
    parts += [f"not {called}: {', '.join(wrong)}"] if wrong else []
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
    if isinstance(checked, CheckedWays | CheckedList):
        return "the nodes nearest to those asked about, for each question to a network"
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


def owner(checked: CheckedRelatives) -> str:
    """Return whose relatives were asked for: "Freya's"."""
    return f"{checked.graph.node_name(checked.kin.person)}'s"


def said_first(checked: CheckedAnswer) -> str:
    """Return what stands before names: "Yes. ", "No. " or a number, "3: ", if that was asked for."""
    if checked.holds is not None:
        return "Yes. " if checked.holds else "No. "
    return "" if checked.count is None else f"{checked.count:g}: "


def stations(graph: Graph, path: Path) -> str:
    """Return the nodes of a path: "Bank -> Moorgate"."""
    nodes = [triple.source for triple in path[:1]] + [triple.target for triple in path]
    return " -> ".join(map(graph.node_name, nodes))
