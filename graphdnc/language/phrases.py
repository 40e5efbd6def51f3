"""The fixed words of questions: the phrases of each grammar.

Add a phrase only if it cannot change the question. "After" is missing because "A after B" reverses the order.
"Via" and "without" are missing from shortest paths because they ask for another path.
"""

from __future__ import annotations

from itertools import product


def phrases(text: str) -> frozenset[str]:
    """Return the phrases of a text, which bars separate."""
    return frozenset(text.split("|"))


def joined(*parts: str) -> frozenset[str]:
    """Return every phrase with one word from each part. A dot means no word."""
    choices = product(*(part.split() for part in parts))
    return frozenset(" ".join(word for word in choice if word != ".") for choice in choices)


BE = "is are was were"
_GO = "get go travel walk move take"
_SHORTEST = "shortest quickest fastest best"
_WAYS = "way route path directions direction distance trip journey connection"

LONGEST = 9
"""The largest number of words in a phrase."""

WALK_PHRASES: dict[str, frozenset[str]] = {
    # before the start
    "START": joined("start starting started begin beginning board boarding", ". off", ". at from in")
    | joined("i you we", "am are", "at in")
    | phrases("im at|im in|from|at|leave|leaving|depart from|departing from"),
    # between steps
    "LINK": joined("change changing switch switching get getting", "to onto on")
    | joined("take taking follow following go going ride riding travel traveling travelling use using")
    | joined("walk walking move moving continue continuing catch catching i you we the")
    | joined("and then next now first firstly second secondly finally lastly afterwards")
    | phrases("after that|followed by|on|onto|along|via|by|with|through"),
    # between a count and its relation: "two stops ON the Central eastbound"
    "ON": joined("on along by via with of through over"),
    "THE": joined("the"),
    # before the node that a step goes towards
    "TOWARDS": joined(". heading headed going travelling traveling", "towards toward")
    | joined("heading headed bound", "for")
    | phrases("in the direction of|in direction of|direction of|direction"),
    # around a node
    "PLACE": joined("the node station stop"),
    # after a relation
    "LINE": joined("line direction train relation edge"),
    # at the beginning of the closing question
    "CLOSE": phrases("where|what|which|who|tell me|please"),
    # before or after a walk
    "ASK": joined("where what which who tell me please if when suppose say i im you we am are is was")
    | joined("will would do does did have be been end ends ended up get come out off arrive land finish")
    | joined("reach reached lead leads to at in the a it that this there then now last final place")
    | joined("station stop node and"),
    # before, between or after the nodes of a shortest path
    "SEEK": joined(". a an any the", f". good {_SHORTEST}", ". possible", _WAYS)
    | joined("by", "the", _SHORTEST, _WAYS)
    | joined("in by with", "the", "fewest", "steps stops stations hops edges")
    | joined(". how", "do does can could should would", "i we you one", f". {_GO}")
    | joined(". how", "to", _GO)
    | joined(". i we", "want wants need would", ". like", "to")
    | joined("what whats which", ". is")
    | joined(". is", _SHORTEST)
    | joined("tell show find give take lead bring guide get", ". me us")
    | joined(f"{_GO} going traveling travelling walking moving does do lead leads how please if there")
    | joined("how", "many", "stops stations steps hops edges")
    | joined("which what", "line lines train trains", ". goes go runs run leads lead")
    | phrases("is it possible|navigate|plan")
    | phrases("i am|im|we are|id like to|trying to|is there|are there|is it|it is|how far|how far is it")
    | phrases("does it take")
    | phrases("as fast as possible|as quickly as possible"),
    # before the goal
    "TO": phrases("to|reach|arrive at|to reach|to arrive at"),
    # before the goal if the start follows: "HOW FAR IS Angel from Bank?"
    "FAR": joined("how", "far", ". away", "is")
    | joined("how", "many", "stops stations steps hops edges", ". away", "is"),
    "BETWEEN": joined("between"),
    "AND": joined("and"),
}

_BEFORE = joined("list name show find tell give please") | joined("tell show find give", "me us")
_BEFORE |= phrases("can you|could you|do you know|i want to know")
_EVERYTHING = "everything everyone everybody all those"
RELATION_PHRASES: dict[str, frozenset[str]] = {
    "LIST": _BEFORE | joined("who what which where", f". {BE}") | joined("whos whats wheres the a an all"),
    # before "who" in a question that begins with its relation
    "BEFORE": _BEFORE,
    "WHO": joined("who what which", ". all ones") | joined(_EVERYTHING, "that who"),
    # before a verb in the plural: "WHICH ONES depend on flask"
    "SEVERAL": joined("who what which", "all ones") | joined("all those", "that who"),
    "WHO-IS": joined("who what which", ". all ones", BE)
    | joined(_EVERYTHING, "that who", BE)
    | phrases("whos|whats"),
    "WHOSE": joined("whose"),
    "IS": joined(BE),
    "DOES": joined("does do did"),
    "OF": joined("of"),
    "THE": joined("the a an"),
    "END": joined(f"{BE} please"),
}
"""The phrases of :mod:`graphdnc.language.relation_grammar`."""

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
"""The phrases of :mod:`graphdnc.language.kinship_grammar`."""

MUTUAL = frozenset(
    ["spouse", "co-parent", "sibling-in-law", "co-sibling-in-law", "co-parent-in-law"]
    + [f"{which}sibling" for which in ("", "full ", "half-", "step-")]
    + [f"{which}cousin" for which in ("", "double ", "second ", "third ")]
    + [f"{which} cousin {often} removed" for which in ("first", "second") for often in ("once", "twice")]
)
"""Symmetric terms: if Ann is Bea's cousin, then Bea is Ann's cousin."""

SIDES = {
    side: joined("on by", ". the his her their", words, "side")
    for side, words in {"maternal": "mothers mums moms maternal", "paternal": "fathers dads paternal"}.items()
}
"""Phrases after a term that name a side of the family: "uncle ON HER MOTHER'S SIDE"."""
