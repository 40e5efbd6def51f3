"""The forms of questions as people put them, in all languages, as tables.

Words in capitals are phrases of a language (``words/en.toml``) or what a scanner finds: a NODE, an OWNER
("flask's"), a LINE, a VERB or a NOUN for relations, a COUNT of steps, a NUMBER, a DIRECTION. A question for a
way is made of its ends and of conditions in any order; :mod:`graphdnc.language.free.build` refuses what does
not go together.
"""

from __future__ import annotations

PARTS = {
    "A": "[PLACE] start:NODE [PLACE]",
    "B": "[PLACE] goal:NODE [PLACE]",
    "N": "[THE] [PLACE] node:NODE [PLACE]",
    "END*": "TAIL*",
    # conditions of a way
    "ANY-WAY": "[THE] [PLACE]",
    "CONDITION": """VIA ANY-WAY via:NODE [PLACE] (AND [VIA] ANY-WAY via:NODE [PLACE])*
        | AVOIDING ANY-WAY avoiding:NODE [PLACE] (AND [AVOIDING] ANY-WAY avoiding:NODE [PLACE])*
        | WITHOUT [THE] without:LINE (AND [WITHOUT] [THE] without:LINE)*
        | ONLY [THE] only:LINE (AND [ONLY] [THE] only:LINE)* [ONLY]
        | IF ANY-WAY avoiding:NODE [PLACE] CLOSED | IF [THE] without:LINE CLOSED
        | changes:FEWEST-CHANGES | direct:NO-CHANGE | weight:FASTEST | quick:QUICKEST
        | AT-MOST most:COUNT | AT-MOST most-changes:CHANGES""",
    "CLOSURE": "ANY-WAY avoiding:NODE [PLACE] CLOSED PAUSE | [THE] without:LINE CLOSED PAUSE",
    # what is asked of a way
    "ASKED": """where:WHERE CHANGING | another:ANOTHER | number:NUMBER WAYS | number:NUMBER another:ANOTHER
        | every:ALL-SHORTEST | steps:HOW-MANY-STEPS | change-count:HOW-MANY-CHANGES | cost:HOW-LONG
        | direct:DIRECT | must:MUST-CHANGE | SEEK | LEAD""",
    "MIDDLE": "(CONDITION | SEEK)*",
    "LATE": "(CONDITION | SEEK | TAIL | direct:DIRECT | NUMBERS)*",
    "NUMBERS": "steps:HOW-MANY-STEPS | change-count:HOW-MANY-CHANGES | cost:HOW-LONG | where:WHERE CHANGING",
    "ENDS": """FROM A MIDDLE TO B | A MIDDLE TO B | A ARROW B | TO B MIDDLE FROM A | BETWEEN A AND B
        | B FROM A | A AND B""",
    "WAY": "(CONDITION [TAIL] | CLOSURE | LEAD)* [whether:WHETHER] (ASKED | CONDITION)* ENDS LATE",
    "ON-LINE-ONLY": "[ON] [THE] only:LINE",
    "GOES": "GOING direction:DIRECTION | direction:DIRECTION",
    "BY": "[GOES] [ON] [THE] line:LINE [GOES] | GOES",
    "WHAT": "WHAT-IS [ALL] [THE]",
    "WHICH-ONES": "LEAD* (WHICH [THING] | ALL [THING] | THING) [IS]",
    "HOW": "TRANSITIVE | how:TRANSITIVE",
    "T": "trans:TRANSITIVE",
}
WAY_FORMS = (
    "WAY",
    "FROM A TO B (CONDITION | LEAD)* whether:WHETHER LATE",
    # "do Bank and Angel share a line"
    "LEAD* DOES A AND B direct:DIRECT TAIL*",
)
BETWEEN_FORMS = (
    # "which stations are between A and B on the Central line", "what stops are from A to B"
    "LEAD* HOW-MANY-STEPS BETWEEN A AND B [ON-LINE-ONLY] [IS] TAIL*",
    "WHAT* PASS-BETWEEN+ (BETWEEN A AND B | FROM A TO B) [ON-LINE-ONLY] [IS] TAIL*",
)
REACHABLE_FORMS = (
    # "is Bank reachable from Angel", "can Bank be reached from Angel (without changing)"
    "LEAD* (IS | whether:WHETHER | DOES)* B [IS] REACH FROM A LATE",
    # "is Bank within three stops of Angel"
    "LEAD* IS B WITHIN most:COUNT (OF | FROM) A TAIL*",
)
CONNECTED_FORMS = (
    "LEAD* HOW IS A NEXT-TO B LATE",
    "LEAD* HOW IS A AND B (NEXT-TO | CONNECTED) TAIL*",
    "LEAD* WHICH [THING] CONNECTS A AND B TAIL*",
)
NEIGHBOUR_FORMS = (
    # "what is next to Stockwell (going north on the Northern line)", "Stockwell's neighbours"
    "WHAT* [THING] [IS] [DIRECTLY] NEXT-TO N [BY] TAIL*",
    "LEAD* WHICH [THING] IS N NEXT-TO TAIL*",
    "WHAT* NEIGHBOURS OF N [BY] TAIL*",
    "WHAT* node:OWNER [THE] NEIGHBOURS [BY] TAIL*",
    "WHAT* [THING] [IS] (AFTER | before:BEFORE) N BY TAIL*",
    # "north of Moorgate on the Northern line"
    "WHAT* [THING] [IS] direction:DIRECTION OF N [BY] TAIL*",
    "WHAT* [THING] [IS] ON [THE] line:LINE [IS] (NEXT-TO | AFTER) N [GOES] TAIL*",
)
CLAIM_NEIGHBOUR_FORMS = (
    "LEAD* IS N [DIRECTLY] NEXT-TO [THE] other:NODE [BY] TAIL*",
    "LEAD* IS N AND [THE] other:NODE NEIGHBOURS TAIL*",
)
LINE_FORMS = (
    # "what lines serve Bank", "Bank is on which lines"
    "LEAD* [WHICH] [THE] [ALL] [THE] LINES-AT N [IS] TAIL*",
    "LEAD* [how-many:HOW-MANY] [WHICH] LINES-AT N [IS] TAIL*",
    "LEAD* (WHICH | how-many:HOW-MANY) LINES-AT [IS] (IS | DOES)* N SERVED TAIL*",
    "LEAD* (IS | DOES)* N SERVED (WHICH | how-many:HOW-MANY) LINES-AT TAIL*",
)
CLAIM_LINE_FORMS = (
    # "does the Northern line stop at Bank", "is Bank on the Northern line"
    "LEAD* DOES [THE] line:LINE SERVE N TAIL*",
    "LEAD* (IS | DOES)* N (SERVED | ON) [THE] line:LINE TAIL*",
)
TERMINI_FORMS = (
    # "what is the last stop of the Victoria line", "where does the Jubilee end", "Jubilee termini"
    "WHAT* ENDS-OF [THE] line:LINE [END] TAIL*",
    "WHAT* DOES [THE] line:LINE END TAIL*",
    "WHAT* [THE] line:LINE END TAIL*",
)
STOPS_FORMS = (
    # "which stations are on the Victoria line", "all stops of the Jubilee line"
    "LEAD* (WHICH | ALL | how-many:HOW-MANY)* [THE] ON-LINE [ON] [THE] line:LINE [HAVE] TAIL*",
    "LEAD* (WHICH | how-many:HOW-MANY) ON-LINE [THE] line:LINE (HAVE | SERVE) TAIL*",
)
WITHIN_FORMS = (
    # "where can I get from Bank in two stops", "everything within 3 stops of Angel"
    "WHAT* [THING] [IS] (REACH | WHETHER | SEEK)* FROM N (REACH)* WITHIN within:COUNT TAIL*",
    "WHAT* [THING] [IS] (REACH)* WITHIN within:COUNT (OF | FROM) N [IS] TAIL*",
    "WHAT* [THING] [IS] within:COUNT (AWAY)* (OF | FROM) N TAIL*",
    "WITHIN within:COUNT (OF | FROM) N WHAT* (REACH | WHETHER)* TAIL*",
    "LEAD* how-many:HOW-MANY [THING] [IS] (REACH | WHETHER)* WITHIN within:COUNT (OF | FROM) N TAIL*",
    "LEAD* how-many:HOW-MANY [THING] [IS] (REACH | WHETHER)* FROM N (REACH)* WITHIN within:COUNT TAIL*",
)
REACH_FORMS = (
    # "what can I reach from Bank", "where does Bank lead to"
    "WHAT* [THING] [IS] (REACH | WHETHER)+ [TO] FROM N TAIL*",
    "WHAT* [THING] [IS] REACH FROM N TAIL*",
)
RELATION_FORMS = (
    # "what depends on flask, directly or not", "who reports to Ann"
    "WHICH-ONES [ADVERB] [both:DIRECTLY] [T] back:SVO-VERB [T] N [T] [DIRECTLY] TAIL*",
    # "qui dépend de flask"; with the subject last: "was braucht flask", "que mange le renard"
    "LEAD* WHO [IS] [ADVERB] [DIRECTLY] [T] back:VERB [T] N [T] [DIRECTLY] TAIL*",
    "LEAD* WHICH THINGS [T] back:MANY [T] N LATER",
    "LEAD* WHICH THINGS verb:ONE N [ALL] LATER",
    "LEAD* (OBJECT | maybe:EITHER) (verb:ONE | verb:MANY) N [ALL] LATER",
    "LEAD* OBJECT [THE] node:NODE [T] verb:VERB LATER",
    # "¿de qué depende flask?", "on what does flask depend"
    "LEAD* prep:PREP (OBJECT | EITHER | WHICH) [THING] [DOES] head:HEAD N [ALL] LATER",
    "LEAD* prep:PREP (OBJECT | EITHER | WHICH) [THING] DOES N head:HEAD LATER",
    # "what does torch transitively require", "which movies did Tom Hanks act in", "what has Ann directed"
    "LEAD* WHICH [THING] (DOES | IS) [THE] node:NODE [T] [DIRECTLY] [THE] verb:VERB [T] [DIRECTLY] TAIL*",
    # "everything torch requires, transitively"
    "LEAD* (every:ALL | WHICH | WHICH IS every:ALL) [THE] [THING] [THE] node:NODE [T] verb:VERB LATER",
    # "direct dependencies of torch", "torch's direct dependencies"
    "LEAD* [WHICH] [IS] [THE] DIRECTLY noun:NOUN OF N TAIL*",
    "WHAT-IS node:OWNER DIRECTLY noun:NOUN TAIL*",
    # "all dependencies of flask", "the indirect dependencies of flask", "flask's dependencies"
    "LEAD* [WHICH] [THING] [IS] [THE] [every:ALL] [THE] INDIRECT [THE] noun:NOUN OF N LATER",
    "WHAT-IS [every:ALL] [OF] [THE] node:OWNER [every:ALL] INDIRECT noun:NOUN LATER",
    # "who is above Bob", "chain of command above Bob", "who is under Ann"
    "LEAD* [WHICH | every:ALL] [THING] [IS] [THE] [chain:NOUN] place:PLACE-OF N LATER",
    "LEAD* WHICH [IS] [THE] noun:NOUN DOES [THE] node:NODE HAVE LATER",
)
CHAIN_FORMS = (
    # "Eve's boss's boss", "the boss of Eve's boss", "the boss of the boss of Eve"
    "WHAT-IS node:OWNER (noun:OWNING-NOUN)+ noun:NOUN TAIL*",
    "WHAT-IS (outer:NOUN OF [THE])+ node:OWNER (noun:OWNING-NOUN)* noun:NOUN TAIL*",
    "WHAT-IS outer:NOUN OF [THE] (outer:NOUN OF [THE])+ [PLACE] node:NODE TAIL*",
)
FACT_FORMS = (
    # "does flask require jinja2", "is Paris part of Europe", "is jinja2 a dependency of flask"
    """LEAD* (DOES | IS) [THE] node:NODE [ADVERB] [T] [EXACT] [THE] verb:VERB [EXACT] [THE] other:NODE
        [T] [EXACT] TAIL*""",
    # "torch dépend de markupsafe ?"
    "LEAD* [DOES | IS] [THE] node:NODE [T] [EXACT] verb:STATED-VERB [EXACT] [THE] other:NODE LATER",
    # "braucht torch markupsafe", "¿depende torch de markupsafe?"
    "LEAD* (verb:ONE | verb:MANY) N [T] [EXACT] [THE] other:NODE LATER",
    "LEAD* head:HEAD N [T] [EXACT] prep:PREP [T] [THE] other:NODE LATER",
    "LEAD* IS [THE] other:NODE [THE] INDIRECT noun:NOUN OF [THE] node:NODE LATER",
    "LEAD* IS [THE] other:NODE node:OWNER INDIRECT noun:NOUN LATER",
    "LEAD* IS [THE] other:NODE place:PLACE-OF [THE] node:NODE LATER",
)
EXISTS_FORMS = (
    # "does anything depend on flask", "does flask have any dependencies"
    "LEAD* (DOES | IS) SOMETHING [ADVERB] [T] back:VERB N LATER",
    "LEAD* WHETHER [SOMETHING] [THING] [WHO] [ADVERB] [T] back:SVO-VERB N LATER",
    "LEAD* back:ONE SOMETHING N LATER",
    "LEAD* DOES [THE] node:NODE [HAVE] [THE] INDIRECT noun:NOUN LATER",
)
COUNT_FORMS = (
    # "how many packages depend on flask", "how many dependencies has flask"
    "LEAD* HOW-MANY [THING] [IS] [ADVERB] [DIRECTLY] [T] back:SVO-VERB [T] N [T] [DIRECTLY] TAIL*",
    "LEAD* HOW-MANY [THING] [T] back:MANY [T] N LATER",
    "LEAD* HOW-MANY [THING] verb:ONE N LATER",
    "LEAD* HOW-MANY [THING] (DOES | IS) [THE] node:NODE [T] verb:VERB LATER",
    "LEAD* HOW-MANY INDIRECT noun:NOUN DOES [THE] node:NODE [HAVE] [DIRECTLY] LATER",
    "LEAD* HOW-MANY INDIRECT noun:NOUN OF N LATER",
    "LEAD* HOW-MANY [THING] [IS | ARE-THERE] place:PLACE-OF N LATER",
)
COMMON_FORMS = (
    # "the nearest common manager of Ann and Bob", "what do flask and django both depend on"
    "WHAT-IS SHARED INDIRECT noun:NOUN OF PAIR LATER",
    "LEAD* [WHICH] [THING] DOES PAIR [T] [BOTH] verb:VERB [BOTH] [COMMON] LATER",
    "LEAD* [ALL] [THING] PAIR [T] [BOTH] verb:VERB [BOTH] [COMMON] LATER",
    "LEAD* WHICH noun:NOUN DOES PAIR (HAVE | BOTH)* COMMON TAIL*",
    "LEAD* noun:NOUN COMMON TO PAIR TAIL*",
    # "who acted in both Big and Cast Away"
    "WHICH-ONES [T] back:VERB [T] BOTH PAIR LATER",
)
CLAIM_COMMON_FORMS = (
    "LEAD* DOES PAIR (HAVE | BOTH | THE | COMMON)* noun:NOUN [COMMON] TAIL*",
    # "is there anything that both flask and torch need"
    "LEAD* WHETHER [SOMETHING] [THING] [WHO] [BOTH] PAIR [BOTH] verb:VERB LATER",
)
WHY_FORMS = (
    # "why is mpmath installed", "why does torch need mpmath"
    "LEAD* WHY [IS] N [IS] WHY-END* TAIL*",
    "LEAD* WHY (DOES | IS)* [THE] source:NODE verb:VERB [THE] node:NODE TAIL*",
    "LEAD* WHY (verb:ONE | verb:MANY) [THE] source:NODE [THE] node:NODE TAIL*",
    "LEAD* WHY head:HEAD [THE] source:NODE prep:PREP [THE] node:NODE TAIL*",
    "LEAD* WHICH WHY N TAIL*",
    "LEAD* VIA WHICH [THING] DOES [THE] source:NODE verb:VERB [THE] node:NODE TAIL*",
    "LEAD* HOW (DOES | IS)* [THE] source:NODE verb:VERB [THE] node:NODE TAIL*",
)
FACTS_FORMS = (
    # "what do we know about X", "what is connected to X" has forms of its own
    "LEAD* [WHICH] [ALL] [IS] KNOW-ABOUT [TELL-ABOUT] N [KNOW-ABOUT] TAIL*",
    "LEAD* [ALL] TELL-ABOUT N TAIL*",
)
SIZE_FORMS = (
    "LEAD* HOW-MANY MEASURE ARE-THERE* TAIL*",
    """LEAD* HOW-MANY MEASURE
        [AND] [HOW-MANY] MEASURE ARE-THERE* TAIL*""",
)
KIN_FORMS = (
    # "ancestors of X", "X's descendants", "how many descendants does X have", "is X an ancestor of Y"
    "WHAT-IS [ALL] [THE] KIN OF N TAIL*",
    "WHAT-IS [ALL] [OF] [THE] node:OWNER [ALL] KIN TAIL*",
    "LEAD* (WHICH | how-many:HOW-MANY) KIN DOES [THE] node:NODE [HAVE] TAIL*",
    "LEAD* how-many:HOW-MANY KIN OF N TAIL*",
    "LEAD* whether:DOES [THE] node:NODE HAVE* [THE] KIN TAIL*",
    "LEAD* whether:IS [THE] other:NODE [THE] KIN OF N TAIL*",
    "LEAD* whether:IS [THE] other:NODE [THE] node:OWNER KIN TAIL*",
    "WHAT-IS SHARED KIN OF PAIR TAIL*",
    "WHAT-IS SHARED KIN DOES PAIR HAVE TAIL*",
    "LEAD* WHICH KIN DOES PAIR (HAVE | BOTH)* [COMMON] TAIL*",
    "LEAD* whether:DOES PAIR (HAVE | BOTH | COMMON)* [THE] [COMMON] KIN [COMMON] TAIL*",
    "LEAD* whether:IS [THE] other:NODE descended:DESCENDED-FROM N TAIL*",
)
# Follow-ups are read about a question that was asked before.
BACK_FORMS = ("LEAD* SAME* BACK TAIL*",)
AGAIN_FORMS = (
    # "how many changes?", "and avoiding Bank?", "another way?", "is it direct?"
    """(LEAD | SAME)* (steps:HOW-MANY-STEPS | change-count:HOW-MANY-CHANGES | cost:HOW-LONG | another:ANOTHER
        | direct:DIRECT | direct:NO-CHANGE | must:MUST-CHANGE | number:NUMBER WAYS | where:WHERE [CHANGING])
        (IS | SEEK | TAIL)*""",
    "(LEAD | SAME)* (IS | SEEK | WHETHER)* (direct:DIRECT | direct:NO-CHANGE) TAIL*",
    "(LEAD | SAME | SEEK)* CONDITION+ (TAIL | SEEK)*",
)
OTHER_FORMS = (
    # "and Angel?", "the same from Angel", "what about to Morden?", "and from Angel to Morden" is no follow-up
    "(LEAD | SAME)+ N TAIL*",
    "(LEAD | SAME)* FROM start:NODE TAIL*",
    "(LEAD | SAME | SEEK)* TO goal:NODE TAIL*",
    "(LEAD | SAME)* [ON] [THE] line:LINE TAIL*",
)
NAMES_FORMS = ("(LEAD | SAME)* NAME-THEM TAIL*",)
RIDE_FORMS = (
    "LEAD* RIDE-CLOSE* (RIDE-THEN)* FROM A (RIDE-THEN)* LEGS [RIDE-CLOSE] TAIL*",
    "LEAD* (RIDE-THEN)* LEGS FROM A [RIDE-CLOSE] TAIL*",
    "LEAD* (RIDE-THEN)* FIRST-LEG [LEGS] [RIDE-CLOSE] TAIL*",
)
PARTS |= {
    "WHAT-IS": "LEAD* [WHICH] [IS] [THE]",
    "SHARED": "[near:NEAREST] COMMON [near:NEAREST]",
    "INDIRECT": "[indirect:INDIRECT-NOUN]",
    "LATER": "[T] TAIL*",
    "EXACT": "exact:DIRECTLY",
    "O": "[THE] other:NODE",
    "ONES": "WHICH [THING] | ALL [THING] | how-many:HOW-MANY [THING] | THING | whether:DOES SOMETHING",
    "PAIR": "[THE] [PLACE] one:NODE [PLACE] AND [THE] [PLACE] two:NODE [PLACE]",
    "KIN": "up:ANCESTORS | down:DESCENDANTS | fathers:FOREFATHERS | mothers:FOREMOTHERS",
    "LEG": """RIDE-TAKE* [THE] line:LINE [GOES] GOING-ANY*
            (count:COUNT [GOES] GOING-ANY* | TO [PLACE] goal:NODE [PLACE])
        | RIDE-TAKE* count:COUNT ON [THE] line:LINE [GOES] (GOING-ANY)*""",
    "MEASURE": "size:NODES | size-of-triples:TRIPLES | size-of-relations:RELATIONS",
    "GOING-ANY": "[GOING] any:ANY-DIRECTION | GOING",
    "LEGS": "(LEG RIDE-THEN*)+",
    "FIRST-LEG": """RIDE-TAKE* [THE] line:LINE [GOES] FROM A [GOES] GOING-ANY*
        (count:COUNT | TO [PLACE] goal:NODE [PLACE]) RIDE-THEN*""",
}
del PARTS["END*"], PARTS["HOW"]
