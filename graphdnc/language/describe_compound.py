"""Sentences for questions that take several questions to networks. Most are read back as these questions."""

from __future__ import annotations

from collections.abc import Iterable

from graphdnc.graph import Graph
from graphdnc.language.parts_of_speech import is_verb
from graphdnc.names import fold
from graphdnc.questions import Compound
from graphdnc.questions.lines import line_names
from graphdnc.questions.lists import Among, Common, LinesAt, Neighbours, Reach, Size, Termini
from graphdnc.questions.ways import Leg, Ride, Way
from graphdnc.utils.text import counted


def describe_compound(graph: Graph, question: Compound) -> str:
    """Return a sentence for a question.

    >>> graph = Graph.from_triples([("a", "Red northbound", "b"), ("b", "Red southbound", "a")])
    >>> describe_compound(graph, Way(0, 1, without=frozenset([0, 1]), least="changes"))
    'How do you get from a to b without the Red line with the fewest changes?'
    """
    name = graph.node_name
    match question:
        case Way():
            return _way(graph, question)
        case Ride(start, legs):
            ridden = ", then ".join(_leg(graph, leg) for leg in legs)
            return f"Start at {name(start)}, take {ridden}: where am I?"
        case LinesAt(node, relations) if len(relations) == graph.relations:
            return f"Which lines serve {name(node)}?"
        case LinesAt(node, relations):
            return f"Does the {line_title(graph, relations)} serve {name(node)}?"
        case Neighbours() | Reach():
            return _list(graph, question)
        case Common():
            return _common(graph, question)
        case Termini(relations, every):
            asked = "Which stations are on" if every else "What are the termini of"
            return f"{asked} the {line_title(graph, relations)}?"
        case Among(inner, node):
            return _among(graph, inner, node, question.direct)
        case Size(of):
            return f"How many {of} are there?"
    raise AssertionError(f"no sentence for {question}")


def _common(graph: Graph, question: Common) -> str:
    one = question.one
    names = f"{graph.node_name(one.node)} and {graph.node_name(question.other.node)}"
    if one.direction == "in" and not one.kin and one.within is not None:
        return f"What {_called(graph, one.relations)} both {names}?"
    nearest = "nearest " if question.nearest else ""
    what = "ancestors" if one.kin else _called(graph, one.relations)
    return f"What are the {nearest}common {what} of {names}?"


def _way(graph: Graph, way: Way) -> str:
    name = graph.node_name
    said = [f"from {name(way.start)} to {name(way.goal)}"]
    said += [f"via {' and '.join(map(name, way.via))}"] if way.via else []
    said += [f"avoiding {' and '.join(map(name, sorted(way.avoiding)))}"] if way.avoiding else []
    said += [f"without {_several_lines(graph, way.without)}"] if way.without else []
    said += [f"only on {_several_lines(graph, way.only)}"] if way.only is not None else []
    if way.most_changes is not None:
        said += [f"with at most {counted(way.most_changes, 'change')}"]
    elif way.least == "changes":
        said += ["with the fewest changes"]
    said += [f"in at most {way.most} steps"] if way.most is not None else []
    asked = " ".join(said)
    if not way.ways:
        return f"All shortest ways {asked}"
    if not way.single:
        return f"{'Another way' if way.beyond else f'{way.ways} ways'} {asked}"
    return f"What is the fastest way {asked}?" if way.least == "weight" else f"How do you get {asked}?"


def _several_lines(graph: Graph, relations: frozenset[int]) -> str:
    """Return the names of lines that have these relations together."""
    names = line_names(graph)
    lines: dict[str, set[int]] = {}
    for relation in sorted(relations):
        lines.setdefault(names.line[relation], set()).add(relation)
    return " and ".join(f"the {line_title(graph, frozenset(those))}" for those in lines.values())


def line_title(graph: Graph, relations: frozenset[int]) -> str:
    """Return the name of a line or of a direction, as the graph writes it."""
    names = line_names(graph)
    shortest = min((part for part, those in names.parts.items() if those == relations), key=len, default=None)
    line = names.line[min(relations)]
    if shortest is None or shortest == line:
        return f"{names.titles[line]} line"
    return f"{names.titles[line]}{shortest.removeprefix(line)} line"


def _leg(graph: Graph, leg: Leg) -> str:
    line = f"the {line_title(graph, leg.relations)}"
    if leg.goal is not None:
        return f"{line} to {graph.node_name(leg.goal)}"
    way = "" if len(leg.relations) == 1 else " in a direction"
    return f"{line}{way} {leg.count} stop{'' if leg.count == 1 else 's'}"


def _list(graph: Graph, question: Neighbours | Reach) -> str:
    name, relations = graph.node_name(question.node), question.relations
    if isinstance(question, Reach) and question.kin:
        kin = "descendants" if question.direction == "in" else "ancestors"
        return f"Who are {name}'s {_forefathers(question.sex) or kin}?"
    every = len(relations) == graph.relations
    if isinstance(question, Reach) and question.within is not None:
        return f"What is within {question.within} steps of {name}?"
    far = isinstance(question, Reach)
    if every and (graph.relations > 1 or question.direction == "both"):
        return f"Where can I get from {name}?" if far else f"What is next to {name}?"
    if not far and question.direction != "in" and not _is_one_verb(graph, relations):
        return f"What is next to {name} on the {line_title(graph, relations)}?"
    verbs = [is_verb(fold(graph.relation_name(relation)).split()) for relation in relations]
    if not far and not any(verbs):
        return f"What comes before {name} on the {line_title(graph, relations)}?"
    ending = ", directly or indirectly" if far else ""
    verb = _called(graph, relations)
    return (
        f"Everything {name} {verb}{ending}" if question.direction == "out" else f"What {verb} {name}{ending}?"
    )


def _forefathers(sex: str | None) -> str | None:
    return {"male": "forefathers", "female": "foremothers"}.get(sex or "")


def _is_one_verb(graph: Graph, relations: frozenset[int]) -> bool:
    return len(relations) == 1 and is_verb(fold(graph.relation_name(min(relations))).split())


def _called(graph: Graph, relations: Iterable[int]) -> str:
    return " or ".join(map(graph.relation_name, sorted(relations)))


def _among(graph: Graph, inner: Neighbours | Reach, node: int, direct: bool) -> str:
    one, other = graph.node_name(inner.node), graph.node_name(node)
    if isinstance(inner, Reach) and inner.kin:
        return f"Is {other} {'a descendant' if inner.direction == 'in' else 'an ancestor'} of {one}?"
    if inner.direction == "both":
        return f"Is {one} next to {other}?"
    first, second = (one, other) if inner.direction == "out" else (other, one)
    ending = " directly or indirectly" if isinstance(inner, Reach) and not direct else ""
    return f"Does {first} {_called(graph, inner.relations)} {second}{ending}?"
