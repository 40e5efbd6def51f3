"""How answers about kin look: who the network lists, the facts it said on the way, and the exact check."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from graphdnc.cli.ask.print_paths import DISAGREES
from graphdnc.cli.output import print_rows, said_sure
from graphdnc.errors import NoAnswer

if TYPE_CHECKING:
    from graphdnc.answering.kinship.answer import CheckedKin, CheckedRelation
    from graphdnc.graph import Graph
    from graphdnc.questions import Path


def kin_exit_code(checked: CheckedKin | CheckedRelation) -> int:
    """Return the exit code of an answer about kin; yes and no are both answers."""
    said = bool(checked.ends) or checked.holds is not None
    nothing = checked.denies if checked.check == "off" else not checked.exact_ends
    if nothing and not said:
        return NoAnswer.exit_code
    if checked.check == "disagrees":
        return DISAGREES
    return int(not said)


def kin_record(checked: CheckedKin | CheckedRelation) -> dict[str, Any]:
    """Return an answer about kin as the fields of ``ask --json``."""
    from graphdnc.graph import named

    return {
        "question": checked.text,
        "kind": checked.kind,
        "answers": checked.ends,
        "holds": checked.holds,
        "path": [fact._asdict() for fact in checked.path],
        "shown": [[fact._asdict() for fact in named(checked.graph, facts)] for facts in checked.shown],
        "tries": checked.tries,
        "confidence": said_sure(checked.confidence, checked.votes),
        "votes": checked.votes,
        "agreeing": checked.agreeing,
        "check": checked.check,
        "exact": None if checked.check == "off" else checked.exact_ends,
        "denies": checked.denies,
        "asked": checked.asked,
        "model": checked.model,
        "triples": len(checked.graph),
        "memorised": checked.memorised,
        "seconds": round(checked.seconds, 3),
    }


def print_kin(checked: CheckedKin | CheckedRelation) -> None:
    """Print the network's answer, how sure it is, and the exact check apart."""
    from graphdnc.answering.kinship.answer import CheckedKin

    if isinstance(checked, CheckedKin):
        _print_listed(checked)
    else:
        _print_relation(checked)
    if checked.check != "off":
        print(f"exact check: {_verdict(checked)}")
    if checked.part:
        near = "everybody near enough"
        print(f"memorised: {checked.memorised:,} of {len(checked.graph):,} triples: the facts of {near}")
    sys.stdout.flush()


def print_kin_short(checked: CheckedKin | CheckedRelation) -> None:
    """Print the answer alone, "nobody" where the network says so; a disagreement still goes to stderr."""
    from graphdnc.answering.kinship.answer import CheckedKin

    if checked.holds is not None:
        print("yes" if checked.holds else "no")
    elif checked.ends or checked.denies:
        print(", ".join(checked.ends) or ("nobody" if isinstance(checked, CheckedKin) else "unrelated"))
    else:
        print(_nothing(checked), file=sys.stderr)
    if kin_exit_code(checked) and checked.check != "off":
        print(f"exact check: {_verdict(checked)}", file=sys.stderr)
    sys.stdout.flush()


def _print_listed(checked: CheckedKin) -> None:
    said = {None: "", True: "Yes. ", False: "No. "}[checked.holds]
    if not checked.ends:
        print(said + _nothing(checked))
        if checked.denies:
            print(_confidence(checked, "say so"))
        return
    _print_table(checked, checked.term.name, checked.ends)
    called = checked.term.name if len(checked.ends) == 1 or _is_rule(checked) else checked.term.plural
    print(f"{said}{_owner(checked)} {called}: {', '.join(checked.ends)}")
    print(_confidence(checked, "list exactly this one" if len(checked.ends) == 1 else "list exactly these"))


def _print_relation(checked: CheckedRelation) -> None:
    relative = checked.graph.node_name(checked.between.relative)
    if not checked.ends:
        print(_nothing(checked))
        if checked.denies:
            print(_confidence(checked, "found no way"))
    else:
        _print_table(checked, "relation", checked.ends)
        print(f"{relative} is {_owner(checked)} {' and '.join(checked.ends)}.")
        did = f"list {relative} there" if checked.way is None else "found a way this short"
        print(_confidence(checked, did))
    listing = (
        "a term was found" if checked.way is None else "no term was found, the shortest way was asked for"
    )
    print(f"questions: {checked.asked}; {listing}")


def _print_table(checked: CheckedKin | CheckedRelation, title: str, names: list[str]) -> None:
    person = checked.person
    rows: list[tuple[str, ...]] = [
        (name, str(tries), chain_of_facts(checked.graph, person, facts))
        for name, tries, facts in zip(names, checked.tries, checked.shown, strict=True)
    ]
    print_rows((title, "tries", "facts said on the way"), rows)


def chain_of_facts(graph: Graph, person: int, facts: Path) -> str:
    """Return facts as one way from a person: "Freya -> mother Isla <- sister of Ewan".

    An arrow to the left is a fact that is stated the other way round: Ewan's sister is Isla. A fact that
    does not go on from where the way has come to begins anew after a semicolon.
    """
    said, here = graph.node_name(person), person
    for fact in facts:
        relation, source = graph.relation_name(fact.relation), graph.node_name(fact.source)
        if fact.target == here:
            said += f" <- {relation} of {source}"
            here = fact.source
            continue
        if fact.source != here:
            said += f"; {source}"
        said += f" -> {relation} {graph.node_name(fact.target)}"
        here = fact.target
    return said if facts else "none"


def _nothing(checked: CheckedKin | CheckedRelation) -> str:
    from graphdnc.answering.kinship.answer import CheckedKin

    if isinstance(checked, CheckedKin):
        if checked.denies:
            return f"The network: nobody is {_owner(checked)} {checked.term.name}."
        return "The network gave no answer that lists people of this family."
    graph, between = checked.graph, checked.between
    pair = f"{graph.node_name(between.relative)} and {graph.node_name(between.person)}"
    if checked.denies:
        return f"The network: nothing relates {pair}."
    return f"The network found nothing that relates {pair}, but does not say that nothing does."


def _confidence(checked: CheckedKin | CheckedRelation, did: str) -> str:
    if checked.votes == 1:
        return "confidence: one try says nothing; --votes 8 shows how many tries agree"
    return f"confidence: {checked.agreeing} of {checked.votes} tries {did}"


def _verdict(checked: CheckedKin | CheckedRelation) -> str:
    from graphdnc.answering.kinship.answer import CheckedKin

    if not checked.exact_ends:
        if isinstance(checked, CheckedKin):
            why = f"no stated facts make anybody {_owner(checked)} {checked.term.name}"
        else:
            why = checked.why
        return f"{checked.check}: {why}"
    if checked.check == "agrees":
        return "agrees"
    if isinstance(checked, CheckedKin) and checked.ends:
        return f"disagrees: {_difference(checked)}"
    return f"disagrees: the exact answer is {' and '.join(checked.exact_ends)}"


def _difference(checked: CheckedKin) -> str:
    """Return who is missing and who is listed without being such a relative."""
    missing = [name for name in checked.exact_ends if name not in checked.ends]
    wrong = [name for name in checked.ends if name not in checked.exact_ends]
    told = [f"missing: {', '.join(missing)}"] if missing else []
    told += [f"not {_owner(checked)} {checked.term.name}: {', '.join(wrong)}"] if wrong else []
    return "; ".join(told)


def _owner(checked: CheckedKin | CheckedRelation) -> str:
    return f"{checked.graph.node_name(checked.person)}'s"


def _is_rule(checked: CheckedKin) -> bool:
    return bool(set(checked.term.name) & set("/|["))
