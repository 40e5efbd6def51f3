"""What printed answers say about relatives, and about how two people are related."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdnc.answering.kinship.answer import CheckedRelation, CheckedRelatives
from graphdnc.cli.ask.wording import Checked, Wording
from graphdnc.cli.output import print_rows

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.questions import Path


class _KinshipWording(Wording[Checked]):
    """An answer about the people of a family."""

    def part(self) -> str:
        """Return which part of a large family was memorised."""
        return "the facts of everybody near enough"

    def difference(self) -> str:
        """Return the exact answer."""
        return f"the exact answer is {' and '.join(self.checked.exact_ends)}"

    def _print_table(self, title: str, person: int) -> None:
        checked = self.checked
        rows: list[tuple[str, ...]] = [
            (name, str(tries), chain_of_facts(self.graph, person, facts))
            for name, tries, facts in zip(checked.ends, checked.tries, checked.shown, strict=True)
        ]
        print_rows((title, "tries", "facts said on the way"), rows)


class RelativesWording(_KinshipWording[CheckedRelatives]):
    """The relatives of a person, or whether somebody is one of them."""

    def __init__(self, checked: CheckedRelatives) -> None:
        super().__init__(checked)
        self.term = checked.kin.term
        self.owner = f"{self.graph.node_name(checked.kin.person)}'s"
        self.yes_or_no = {None: "", True: "Yes. ", False: "No. "}[checked.holds]

    def no_answer(self) -> str:
        """Say that there is nobody, or that the network gave no answer."""
        if self.checked.answer.denies:
            return f"{self.yes_or_no}The network: nobody is {self.owner} {self.term.name}."
        return f"{self.yes_or_no}The network gave no answer that lists people of this family."

    def print_ends(self) -> None:
        """Print the relatives, each with the facts that the network said on its way there."""
        self._print_table(self.term.name, self.checked.kin.person)
        is_rule = bool(set(self.term.name) & set("/|["))
        called = self.term.name if len(self.checked.ends) == 1 or is_rule else self.term.plural
        print(f"{self.yes_or_no}{self.owner} {called}: {', '.join(self.checked.ends)}")

    def short(self) -> str | None:
        """Return the names, or yes or no."""
        if self.checked.holds is not None:
            return "yes" if self.checked.holds else "no"
        return ", ".join(self.checked.ends) or ("nobody" if self.checked.answer.denies else None)

    def agreement(self) -> str:
        """Return what the votes that agree did."""
        if not self.checked.ends:
            return "say so"
        return "list exactly this one" if len(self.checked.ends) == 1 else "list exactly these"

    def difference(self) -> str:
        """Return who is missing, and who is named without being such a relative."""
        exact, ends = self.checked.exact_ends, self.checked.ends
        if not ends:
            return super().difference()
        missing = [name for name in exact if name not in ends]
        wrong = [name for name in ends if name not in exact]
        parts = [f"missing: {', '.join(missing)}"] if missing else []
        parts += [f"not {self.owner} {self.term.name}: {', '.join(wrong)}"] if wrong else []
        return "; ".join(parts)


class RelationWording(_KinshipWording[CheckedRelation]):
    """How two people are related."""

    def __init__(self, checked: CheckedRelation) -> None:
        super().__init__(checked)
        self.person = self.graph.node_name(checked.between.person)
        self.relative = self.graph.node_name(checked.between.relative)

    def no_answer(self) -> str:
        """Say that nothing relates the two, or that nothing was found."""
        pair = f"{self.relative} and {self.person}"
        if self.checked.answer.denies:
            return f"The network: nothing relates {pair}."
        return f"The network found nothing that relates {pair}, but does not say that nothing does."

    def print_ends(self) -> None:
        """Print the terms, or the chain of words, with the facts that the network said on its way."""
        self._print_table("relation", self.checked.between.person)
        print(f"{self.relative} is {self.person}'s {' and '.join(self.checked.ends)}.")

    def short(self) -> str | None:
        """Return the terms, or the chain of words."""
        return ", ".join(self.checked.ends) or ("unrelated" if self.checked.answer.denies else None)

    def agreement(self) -> str:
        """Return what the votes that agree did."""
        if self.checked.terms:
            return f"list {self.relative} there"
        return "found a way this short" if self.checked.ends else "found no way"

    def notes(self) -> list[str]:
        """Return how many questions were asked, and whether a term was found."""
        found = (
            "a term was found" if self.checked.terms else "no term was found, the shortest way was asked for"
        )
        return [f"questions: {self.checked.asked}; {found}"]


def chain_of_facts(graph: Graph, person: int, facts: Path) -> str:
    """Return facts as one way from a person: "Freya -> mother Isla <- sister of Ewan".

    An arrow to the left is a fact that is stated in the other direction: Ewan's sister is Isla. A fact that
    does not go on from the end of the way starts anew after a semicolon.
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
