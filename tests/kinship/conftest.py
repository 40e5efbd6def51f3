"""A family with every kind of relative, stated line by line."""

import re

import pytest

from graphdnc.graph import Graph

# One line a child: name, sex, mother, father; "-" for nobody known.
CHILDREN = """
Zoe f Mia Max, Zac m Mia Max, Zita f Mia Max
Mia f Gwen Gus, Ann f Gwen Gus, Ben m Gwen Gus
Max m Pia Paul, Pam f Pia Paul, Per m Pia Paul
Gwen f Hana Hugo, Greta f Hana Hugo, Gil m Hana Hugo
Paul m Rosa Rolf, Rita f Rosa Rolf, Ralf m Rosa Rolf
Hana f Ilsa Igor, Hedi f Ilsa Igor, Hans m Ilsa Igor
Rolf m Sara Sven, Runa f Sara Sven, Rune m Sara Sven
Cora f Bea Ben, Cole m Cora Carl, Clio f - Cole
Cary m Petra Per
Gina f - Gil, Dina f Gina -, Dora f Dina -, Dirk m Dora -
Heidi f - Hans, Holm m Heidi -, Hilda f - Holm
Nia f Wilma Zac, Ned m Wilma Zac, Lia f Nia -, Leo m Nia -, Kim f Lia -, Kai m Lia -
Tom m Tina Ted, Tess f Tina Ted, Toni m Tina Ted, Tobi m Tina Ted
Tina f Ursa Udo, Till m Ursa Udo, Tanja f - Till
Tara f Tess Tim, Theo m Tess Tim, Zeb m Zita Toni
Eva f Zoe Tom, Eli m Zoe Tom, Finn m Fay Fred
Gia f Eva Finn, Gabe m Eva Finn, Isa f Gia Hal, Ian m Gia Hal, Joy f Isa Jack, Jon m Isa Jack
Hazel f Stella Max, Hank m Stella Max, Sue f Stella Sid, Sam m Stella Sid, Stella f Sigrid Sten
Vicky f Vera Tom, Vic m Vera Tom, Willa f Vicky -, Will m Vicky -
"""
# Wives and husbands. Vera and Tom, Stella and Sid, Gia and Hal never married; Sid is Hazel's nobody.
WEDDINGS = """
Mia Max, Gwen Gus, Pia Paul, Hana Hugo, Rosa Rolf, Ilsa Igor, Sara Sven, Bea Ben, Cora Carl, Petra Per,
Ann Art, Wilma Zac, Tina Ted, Ursa Udo, Tess Tim, Zita Toni, Thea Tobi, Zoe Tom, Eva Finn, Ella Eli, Fay Fred,
Gia Hal, Hope Gabe, Isa Jack, Stella Max, Mia Stan, Sigrid Sten
"""


def listed(text: str) -> list[list[str]]:
    return [item.split() for item in re.split(r"[,\n]", text) if item.strip()]


@pytest.fixture(scope="module")
def family() -> Graph:
    triples = []
    for name, sex, mother, father in listed(CHILDREN):
        own = "daughter" if sex == "f" else "son"
        for word, parent in (("mother", mother), ("father", father)):
            if parent != "-":
                triples += [(name, word, parent), (parent, own, name)]
    for wife, husband in listed(WEDDINGS):
        triples += [(husband, "wife", wife), (wife, "husband", husband)]
    return Graph.from_triples(triples)
