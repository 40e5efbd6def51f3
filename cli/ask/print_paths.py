"""How answers look: the network's, and beside it, never in its place, the exact one."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

from graphdnc.cli.output import print_rows, said_sure
from graphdnc.errors import NoAnswer
from graphdnc.utils.text import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdnc.answering.answer import Checked
    from graphdnc.graph import Graph, NamedTriple
    from graphdnc.questions import Path

DISAGREES = 4
"""The exit code where the network's answer is not the exact one."""
_LISTED = 20
"""Ends shown of a walk that leads to several places; ``--json`` has them all."""


def exit_code(checked: Checked) -> int:
    """Return the exit code of an answer."""
    answer = checked.answer
    if answer.path is None and (checked.exact == [] or (checked.exact is None and answer.denies)):
        return NoAnswer.exit_code
    if checked.check == "disagrees":
        return DISAGREES
    return int(answer.path is None)


def answer_record(checked: Checked) -> dict[str, Any]:
    """Return an answer as the fields of ``ask --json``."""
    answer = checked.answer
    kind = checked.kind
    record = {
        "question": checked.text,
        "kind": kind,
        "answers": checked.ends,
        "path": [step._asdict() for step in checked.path],
        "paths": [[step._asdict() for step in path] for path in checked.paths],
        "confidence": said_sure(answer.confidence, answer.votes),
        "votes": answer.votes,
        "agreeing": answer.agreeing,
        "check": checked.check,
        "exact": None if checked.exact is None else checked.exact_ends,
        "model": checked.model,
        "triples": len(checked.graph),
        "memorised": answer.memorised,
        "seconds": round(answer.seconds, 3),
    }
    if kind == "traversal":
        record |= {"complete": checked.complete, "narrowing": _narrowing(checked)}
    if checked.inverse:
        record["inverse"] = True
    if kind == "shortest-path":
        record |= {
            "length": None if answer.path is None else len(answer.path),
            "exact_length": len(checked.exact[0]) if checked.exact else None,
            "denies": answer.denies,
        }
    return record


def print_answer(checked: Checked) -> None:
    """Print the path, the network's answer, how sure it is, and the exact check apart."""
    if not checked.answer.votes:
        print(f"You are already there: {checked.ends[0]} is start and goal, so the network was not asked.")
        return
    if checked.answer.path is None:
        print(_no_path(checked))
    elif checked.inverse:
        _print_inverse(checked)
    elif checked.kind == "traversal":
        print_rows(("step", "from", "relation", "to"), _numbered(checked.path))
        print(f"You are at {checked.ends[0]}{'.' if len(checked.ends) == 1 else _others(checked)}")
    else:
        _print_route(checked.graph, checked.answer.path)
    if checked.answer.path is not None or checked.answer.denies:
        print(_confidence(checked))
    if checked.exact is not None:
        print(f"exact check: {_verdict(checked)}", flush=True)
    _print_what_was_left_out(checked)


def _print_inverse(checked: Checked) -> None:
    """Print from where relations lead to the goal: the ways there, and then where all of them begin."""
    ways, names, others = checked.paths, checked.ends[:_LISTED], checked.answer.paths[1:_LISTED]
    head = ("step", "from", "relation", "to")
    if len(ways[0]) > 1:
        print_rows(head, _numbered(ways[0]))
    else:
        print_rows(head[1:], [tuple(way[0]) for way in ways[:_LISTED]])
        others = ()
    more = len(checked.ends) - len(names)
    unseen = f" and {more} more, which --json lists" if more else ""
    print(f"{'That is' if len(checked.ends) == 1 else 'These are'} {', '.join(names)}{unseen}.")
    print("".join(f"{way}\n" for way in _ways(checked.graph, others)), end="")


def _print_what_was_left_out(checked: Checked) -> None:
    """Print which part of a large graph was memorised, and what was not looked at."""
    answer = checked.answer
    if answer.part:
        if checked.kind == "traversal":
            begin = "goal" if checked.inverse else "start"
            chosen = f"the nodes nearest to the {begin}, and to where the network went on from"
        elif answer.path is None and not answer.denies:
            chosen = "what is nearest to start and goal"
        else:
            chosen = "the nodes of the shortest ways from start to goal first, then those beside them"
        print(f"memorised: {answer.memorised:,} of {len(checked.graph):,} triples: {chosen}")
    if not answer.complete:
        print(f"note: {_untried(checked)}")


def _untried(checked: Checked) -> str:
    """Return that there were more places than were tried, and what that means for the answer."""
    nothing = checked.answer.path is None
    if checked.inverse:
        missing = "it may be among the others" if nothing else "there may be more than these"
        return f"relations lead there from more places than were tried; {missing}"
    missing = "the end may be among the others" if nothing else "there may be more ends than these"
    return f"relations lead to more places than were tried; {missing}"


def print_short(checked: Checked) -> None:
    """Print the answer alone; that there is none, and a disagreement, still go to stderr."""
    path = checked.answer.path
    if path is None:
        print(_no_path(checked), file=sys.stderr)
    elif checked.kind == "traversal":
        print(", ".join(checked.ends), flush=True)
        if checked.check != "disagrees" and not checked.complete:
            print(f"note: {_untried(checked) if checked.exact is None else _found(checked)}", file=sys.stderr)
    else:
        print(" -> ".join(_stations(checked.graph, path)) or checked.ends[0], flush=True)
    if exit_code(checked) and checked.exact is not None:
        print(f"exact check: {_verdict(checked)}", file=sys.stderr)


def _others(checked: Checked) -> str:
    """Return the other ends of a walk whose relations lead to several places, and how to ask for one."""
    shown = checked.answer.paths[1 : _LISTED + 1]
    ways = _ways(checked.graph, shown)
    more = len(checked.answer.paths) - 1 - len(shown)
    unseen = [f"  and {more} more, which --json lists"] if more else []
    where = f", or at {', '.join(checked.ends[1 : _LISTED + 1])}: a relation leads to several places"
    return "\n".join([f"{where}", *ways, *unseen, *_narrowed(checked)])


def _ways(graph: Graph, paths: Iterable[Path]) -> list[str]:
    return [f"  {' -> '.join(_stations(graph, path))}" for path in paths]


def _narrowed(checked: Checked) -> list[str]:
    """Return how to ask for one of several ends: by a direction or, failing that, from the place meant on."""
    from graphdnc.language.suggestions import narrowing
    from graphdnc.tasks.traversal.fan_out import branches

    sentence = _narrowing(checked)
    if sentence is not None:
        return [f'to ask for one of them, say towards where: "{sentence}"']
    graph = checked.graph
    rests = (path[step + 1 :] for path in checked.answer.paths for step in branches(graph, path))
    sentence = narrowing(graph, filter(None, rests))
    return [] if sentence is None else [f'to ask for one of them, start after the fork: "{sentence}"']


def _narrowing(checked: Checked) -> str | None:
    """Return a sentence that asks for one of several ends, where there is one."""
    from graphdnc.language.suggestions import narrowing

    if checked.inverse or len(checked.answer.paths) < 2:
        return None
    return narrowing(checked.graph, checked.answer.paths)


def _no_path(checked: Checked) -> str:
    from graphdnc.questions import ShortestPath, Traversal

    graph, question = checked.graph, checked.answer.question
    if isinstance(question, Traversal) and question.towards:
        return "The network named nothing that leads towards the place asked for."
    if not isinstance(question, ShortestPath):
        return "The network gave no answer that names a path of this graph."
    ends = f"from {graph.node_name(question.start)} to {graph.node_name(question.goal)}"
    if checked.answer.denies:
        return f"The network: no way leads {ends}."
    return f"The network found no way {ends}, but does not say that there is none."


def _print_route(graph: Graph, path: Path) -> None:
    """Print a path as its legs, each as far as one relation leads."""
    legs = [tuple(leg) for _, leg in groupby(path, key=lambda triple: triple.relation)]
    stations = _stations(graph, path)
    changes = _counted(len(legs) - 1, "change") if len(legs) > 1 else "no change"
    print(f"{stations[0]} -> {stations[-1]}: {_counted(len(path), 'step')}, {changes}")
    rows: list[tuple[str, ...]] = [
        (graph.relation_name(leg[0].relation), str(len(leg)), " -> ".join(_stations(graph, leg)))
        for leg in legs
    ]
    print_rows(("relation", "steps", "way"), rows)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _stations(graph: Graph, path: Path) -> list[str]:
    nodes = [triple.source for triple in path[:1]] + [triple.target for triple in path]
    return list(map(graph.node_name, nodes))


def _confidence(checked: Checked) -> str:
    answer = checked.answer
    if answer.votes == 1:
        return "confidence: one try says nothing; --votes 8 shows how many tries agree"
    tries = f"confidence: {answer.agreeing} of {answer.votes} tries"
    if answer.denies:
        return f"{tries} say so"
    if checked.kind == "traversal":
        return f"{tries} agree"
    return f"{tries} found a way this short"


def _verdict(checked: Checked) -> str:
    exact = checked.exact or []
    if not exact:
        return f"{checked.check}: {checked.why}"
    from graphdnc.graph import named

    right = checked.exact_ends
    if checked.check == "agrees":
        return "agrees" if checked.kind != "traversal" or len(right) == 1 else f"agrees; {_found(checked)}"
    way = ", ".join(f"{relation} to {target}" for _, relation, target in named(checked.graph, exact[0]))
    if checked.kind == "shortest-path":
        return f"disagrees: there is a way of {_counted(len(exact[0]), 'step')}: {way}"
    if checked.ends != right:
        return f"disagrees: the exact answer is {' or '.join(right)}"
    return f"disagrees: the end is right, the way is not; the exact way is {way}"


def _found(checked: Checked) -> str:
    """Return how many of several exact answers the network found, and which it did not."""
    right, said = checked.exact_ends, set(checked.ends)
    missing = [name for name in right if name not in said]
    if not missing:
        return f"all {len(right)} exact answers were found"
    names = join_names(missing, most=_LISTED)
    return f"{len(right) - len(missing)} of {len(right)} exact answers were found, not found: {names}"


def _numbered(path: Iterable[NamedTriple]) -> list[tuple[str, ...]]:
    return [(str(step), *names) for step, names in enumerate(path, start=1)]
