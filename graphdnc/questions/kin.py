"""Questions about the people of a family."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.kinship.vocabulary import Term


@dataclass(frozen=True)
class Kin:
    """Who are the relatives of a person by a term of kinship?

    The answer is a set of people, which may be empty.

    Attributes:
        person: the person.
        term: the term, from the vocabulary or with a rule of its own.
    """

    person: int
    term: Term


@dataclass(frozen=True)
class Between:
    """How are two people related? A network is asked many questions about relatives to find that.

    Attributes:
        person: the person.
        relative: the other person: the answer is what they are to ``person``.
    """

    person: int
    relative: int


@dataclass(frozen=True)
class Claim:
    """Is one person a relative of another by a term? A network is asked for all such relatives.

    Attributes:
        kin: the question for all such relatives.
        relative: the person who may be among them.
    """

    kin: Kin
    relative: int


KinQuestion = Kin | Claim | Between
"""A question about a family."""
