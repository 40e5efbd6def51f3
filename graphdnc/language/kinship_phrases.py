"""The fixed words of a question for kin: what may stand around the names of people and the terms.

Everything here is data for :mod:`graphdnc.language.kinship_grammar`.
"""

from __future__ import annotations

from graphdnc.language.phrases import BE, joined, phrases

_MOST_OF = 4
"""How often "of" may stand in a question: the wife of the brother of the mother of James has three."""

_RELATIVES = (
    # Freya's mother's cousins; the cousins of Freya; the mother of Freya's cousin; a cousin of Freya's
    "PERSON'S TERM'S* TERM",
    # and further of the kind: the brother of the mother of James; the sons of a cousin of Freya's mother
    *(f"{'OUTER OF THE* ' * more}TERM OF PERSON" for more in range(_MOST_OF)),
    *(f"OUTER OF {'THE* OUTER OF ' * more}PERSON'S TERM'S* TERM" for more in range(_MOST_OF)),
    *(f"{'OUTER OF THE* ' * more}TERM OF PERSON'S" for more in range(_MOST_OF)),
)

FORMS = (
    # who are Freya's mother's cousins; who is Isla married to
    *(f"LIST* {relatives} END*" for relatives in _RELATIVES),
    "LIST* PERSON IS* MARRIED TO END*",
    # is Fergus Freya's uncle; whether Fergus is an uncle of Freya; is Isla married to Graham
    *(f"ASK* IS RELATIVE ONE* {relatives} END*" for relatives in _RELATIVES),
    *(f"ASK* WHETHER RELATIVE IS ONE* {relatives} END*" for relatives in _RELATIVES),
    "ASK* IS RELATIVE MARRIED TO PERSON END*",
    "ASK* WHETHER RELATIVE IS MARRIED TO PERSON END*",
    # are Freya and Asha cousins; are Isla and Graham married
    "ASK* IS PERSON AND RELATIVE MUTUAL OTHER* END*",
    "ASK* IS PERSON AND RELATIVE MARRIED OTHER* END*",
    # does Freya have any cousins; how many cousins does Freya have
    "ASK* HAS PERSON HAVE* TERM'S* TERM END*",
    "ASK* MANY TERM'S* TERM HAS PERSON HAVE* END*",
    # how is Fergus related to Freya; how are Freya and Fergus related
    "ASK* HOW* IS RELATIVE RELATED TO PERSON END*",
    "ASK* HOW* IS PERSON AND RELATIVE RELATED OTHER* END*",
    "ASK* HOW RELATIVE IS RELATED TO PERSON END*",
    "ASK* HOW HAS RELATIVE RELATED TO PERSON END*",
    # what is Fergus to Freya; what relation is Fergus to Freya; what relation does Fergus have to Freya
    "ASK* WHAT RELATION* IS* RELATIVE TO PERSON END*",
    "ASK* WHAT RELATION* RELATIVE IS TO PERSON END*",
    "ASK* WHAT RELATION HAS RELATIVE HAVE* TO PERSON END*",
    # what is Fergus's relation to Freya; the relation of Fergus to Freya, between Freya and Fergus
    "ASK* WHAT* RELATIVE'S RELATION TO PERSON END*",
    "ASK* WHAT* RELATION OF RELATIVE TO PERSON END*",
    "ASK* WHAT* RELATION BETWEEN PERSON AND RELATIVE END*",
)
"""What a question for kin may look like. A star is any number of times."""

KIN_PHRASES: dict[str, frozenset[str]] = {
    "ASK": phrases("please|tell me|say|can you tell me|could you tell me|do you know|i want to know"),
    "LIST": joined("who what which", f". {BE}")
    | joined("who what which", "people persons", BE)
    | joined(BE, "there")
    | joined("if whether", "there", BE)
    | joined(f"whos whats list name show find tell give please {BE}")
    | joined("tell show find give", "me us")
    | joined(". the", "name names", "of")
    | joined("a an any some the every")
    | joined("all each", ". of", ". the")
    | phrases("can you|could you|do you know|i want to know"),
    "END": joined(f"{BE} please there exactly"),
    "OF": joined("of to"),
    "THE": joined("a an any the every") | joined("all each", ". of", ". the"),
    "HAS": joined("does do did has have had"),
    "HAVE": joined("have got has had a an any some the"),
    "MANY": phrases("how many|what|which"),
    "HOW": phrases("how|in what way|in which way|how exactly|how closely|if|whether"),
    "IS": joined(BE),
    "ONE": joined("a an the really also actually") | phrases("one of|among"),
    "WHETHER": joined("if whether"),
    "MARRIED": phrases("married|married already"),
    "RELATED": joined("related relate") | phrases("kin|relatives|a relative"),
    "TO": joined("to of with"),
    "AND": joined("and with"),
    "OTHER": phrases("to each other|to one another|with each other"),
    "WHAT": joined("what who", f". {BE}") | joined("whats whos which"),
    "RELATION": joined(". a the", ". family", "relation relationship relative kin kinship"),
    "BETWEEN": joined("between of"),
}
"""The phrases that stand for each symbol of :data:`FORMS` but for names and terms."""

MUTUAL = frozenset(
    ["spouse", "co-parent", "sibling-in-law", "co-sibling-in-law", "co-parent-in-law"]
    + [f"{which}sibling" for which in ("", "full ", "half-", "step-")]
    + [f"{which}cousin" for which in ("", "double ", "second ", "third ")]
    + [f"{which} cousin {often} removed" for which in ("first", "second") for often in ("once", "twice")]
)
"""Terms by which each of two people is the other's relative, whatever their sex."""

SIDES = {
    side: joined("on by", ". the his her their", words, "side")
    for side, words in {"maternal": "mothers maternal", "paternal": "fathers paternal"}.items()
}
"""What may follow a term to say on which side somebody is."""
