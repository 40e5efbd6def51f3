"""Print ways and lists: answers to questions that take several questions to networks."""

from __future__ import annotations

from itertools import groupby

from graphdnc.answering.compound.answers import CheckedList, CheckedWays
from graphdnc.cli.ask.wording import MOST_ENDS, said_first, stations
from graphdnc.cli.output import print_rows
from graphdnc.graph import Graph, named
from graphdnc.oracle.ways import nodes_of
from graphdnc.questions import Path
from graphdnc.questions.lines import line_names
from graphdnc.questions.lists import Among, Common, LinesAt, Neighbours, Reach, Size, Termini
from graphdnc.questions.ways import Way
from graphdnc.utils.text import counted, join_names


def print_ways(checked: CheckedWays) -> None:
    """Print what a question for ways says first, and then each way."""
    first = first_words(checked)
    if first:
        print(first)
    if checked.kind == "ride":
        _print_rides(checked)
        return
    many = len(checked.shown) > 1 or (isinstance(checked.question, Way) and not checked.question.single)
    for number, path in enumerate(checked.shown, start=1):
        weight = "" if checked.costs is None else f", {_weight(checked, checked.costs[number - 1])}"
        print_way(checked.graph, path, f"way {number}: " if many else "", weight)
    _print_rounding(checked)


def print_way(graph: Graph, path: Path, before: str = "", after: str = "") -> None:
    """Print the length of a path, and one row for each line, as far as it is followed."""
    names = line_names(graph)
    legs = [tuple(leg) for _, leg in groupby(path, key=lambda triple: triple.relation)]
    changes = names.changes(path)
    said = counted(changes, "change") if changes else "no change"
    start, goal = graph.node_name(path[0].source), graph.node_name(path[-1].target)
    print(f"{before}{start} -> {goal}: {counted(len(path), 'step')}, {said}{after}")
    rows: list[tuple[str, ...]] = [
        (graph.relation_name(leg[0].relation), str(len(leg)), stations(graph, leg)) for leg in legs
    ]
    print_rows(("relation", "steps", "way"), rows)


def _weight(checked: CheckedWays, weight: float) -> str:
    assert checked.weights is not None
    return f"{weight:g} {checked.weights.name}"


def _print_rounding(checked: CheckedWays) -> None:
    weights = checked.weights
    if checked.costs is None or weights is None:
        return
    if weights.bound:
        rounded = f"each triple is rounded by at most {weights.bound:g}"
        print(f"weights: searched in units of {weights.unit:g}; {rounded}")
    exact = checked.exact_costs
    if exact:
        print(f"exact cost: {_weight(checked, exact[0])}")


def _print_rides(checked: CheckedWays) -> None:
    for path in checked.shown:
        rows: list[tuple[str, ...]] = [
            (str(step), *names) for step, names in enumerate(named(checked.graph, path), start=1)
        ]
        print_rows(("step", "from", "relation", "to"), rows)
    first, *others = checked.ends
    several = f", or at {', '.join(others)}: several directions lead on" if others else "."
    print(f"You are at {first}{several}")


def first_words(checked: CheckedWays) -> str:
    """Return what stands above ways: a number with what it counts, or yes or no and why."""
    count = checked.count
    if checked.put == "between" and checked.shown:
        between = ", ".join(checked.ends) or "nothing"
        return f"{len(checked.ends)} between: {between}"
    if checked.put == "transfers" and checked.shown:
        return f"{counted(len(checked.ends), 'change')}: {', '.join(checked.ends) or 'nowhere'}"
    if checked.put in ("direct", "whether"):
        return _yes_or_no(checked)
    if count is None:
        return ""
    if checked.put == "cost":
        return _weight(checked, float(count))
    if checked.put in ("steps", "changes"):
        return counted(int(count), {"steps": "step", "changes": "change"}[checked.put])
    return f"{count:g}"


def _yes_or_no(checked: CheckedWays) -> str:
    if checked.holds is None or not checked.shown:
        return "No." if checked.holds is False else ""
    path, lines = checked.shown[0], line_names(checked.graph)
    if checked.put == "direct":
        used = dict.fromkeys(lines.titles[lines.line[triple.relation]] for triple in path)
        return (
            f"Yes: {', '.join(used)}." if checked.holds else f"No: {counted(checked.changes[0], 'change')}."
        )
    few = isinstance(checked.question, Way) and checked.question.most_changes is not None
    number = counted(checked.changes[0], "change") if few else counted(len(path), "step")
    return "Yes." if checked.holds else f"No: {number}."


def print_list(checked: CheckedList) -> None:
    """Print a list: the number, or yes or no, first."""
    question = checked.list_question
    if isinstance(question, Size):
        print(f"{checked.count:,} {question.of}; counted in the graph, so no network was asked")
    elif isinstance(question, Among):
        print_among(checked, question)
    elif checked.put == "facts":
        print_rows(("source", "relation", "target"), [*checked.facts()])
    elif checked.put == "why":
        _print_why(checked)
    else:
        _print_members(checked)


def _print_members(checked: CheckedList) -> None:
    question, name = checked.list_question, checked.graph.node_name
    first = said_first(checked)
    names = join_names(checked.ends, ", ", MOST_ENDS)
    more = ", which --json lists" if len(checked.ends) > MOST_ENDS else ""
    match question:
        case LinesAt(node):
            print(f"{first}{name(node)} is on {names}.")
        case Termini():
            print(f"{first}{names}")
        case Neighbours():
            rows: list[tuple[str, ...]] = [*map(tuple, named(checked.graph, tuple(_triples(checked))))]
            print_rows(("from", "relation", "to"), rows[:MOST_ENDS])
            print(f"{first}{names}{more}")
        case Common(one, other):
            print(f"{first}{name(one.node)} and {name(other.node)} have in common: {names}{more}")
            _print_paths(checked)
        case Reach():
            print(f"{first or f'{len(checked.ends):,}: '}{names}{more}")
            _print_by_distance(checked)


def _triples(checked: CheckedList) -> Path:
    return tuple(path[0] for path in checked.shown)


def _print_by_distance(checked: CheckedList) -> None:
    """Print the names by their distance."""
    rows: list[tuple[str, ...]] = []
    pairs = zip(checked.distances, checked.ends, strict=True)
    for distance, those in groupby(pairs, key=lambda pair: pair[0]):
        rows.append((str(distance), join_names((name for _, name in those), ", ", MOST_ENDS)))
    print_rows(("steps", "nodes"), rows)


def _print_paths(checked: CheckedList) -> None:
    for path in checked.shown[:MOST_ENDS]:
        print("  " + ", ".join(" ".join(triple) for triple in named(checked.graph, path)))


def print_among(checked: CheckedList, question: Among) -> None:
    """Print yes or no, and the triples that show it or what there is instead."""
    name = checked.graph.node_name
    inner = question.question
    if question.node in checked.numbers:
        path = checked.shown[checked.numbers.index(question.node)]
        said = ", ".join(" ".join(triple) for triple in named(checked.graph, path))
        print(f"{_how_it_holds(checked, path)}: {said}.")
        return
    names = join_names(checked.ends, ", ", MOST_ENDS) if checked.ends else "nothing"
    print(f"No: {name(question.node)} is not among {len(checked.ends)} for {name(inner.node)}: {names}")


def _how_it_holds(checked: CheckedList, path: Path) -> str:
    """Return yes or no, and whether in one step where both could be meant."""
    if checked.directly is None or checked.directly:
        return "Yes" if checked.directly is None else "Yes, directly"
    between = ", ".join(checked.graph.node_name(node) for node in nodes_of(path)[1:-1])
    return (
        f"Yes, not directly but through {between}"
        if checked.holds
        else f"Not directly; through {between}, yes"
    )


def _print_why(checked: CheckedList) -> None:
    """Print the paths that no other path goes on from."""
    name = checked.graph.node_name
    question = checked.list_question
    assert isinstance(question, Reach)
    passed = {triple.target for path in checked.shown for triple in path}
    whole = [path for path in checked.shown if path[0].source not in passed]
    print(
        f"{name(question.node)}: {len(checked.ends)} lead to it, {counted(len(whole), 'way')} from the first:"
    )
    for path in whole[:MOST_ENDS]:
        print(f"  {stations(checked.graph, path)}")
    if len(whole) > MOST_ENDS:
        print(f"  and {len(whole) - MOST_ENDS} more, which --json lists")
