"""Questions about the people of a family."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.kinship.vocabulary import Term


@dataclass(frozen=True)
class Kin:
    """Everybody who is a person's relative by a term of kinship: who are they?

    The answer is a set of people: nobody, one or several.

    Attributes:
        person: whose relatives are asked for.
        term: the term, of the vocabulary or defined by its own rule.
    """

    person: int
    term: Term


@dataclass(frozen=True)
class Between:
    """What is somebody to a person? It takes many questions for kin to find out.

    Attributes:
        person: the person.
        relative: whose relation to the person is asked for.
    """

    person: int
    relative: int


@dataclass(frozen=True)
class Claim:
    """Is somebody a person's relative by a term? One question for kin finds out.

    Attributes:
        kin: all such relatives.
        relative: who may be one of them.
    """

    kin: Kin
    relative: int


KinQuestion = Kin | Claim | Between
"""A question about a family."""
