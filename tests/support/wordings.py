"""Files of wordings: sentences about small graphs, each with what is right."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import GraphDNCError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe
from graphdnc.language.understand import understand
from graphdnc.readers import read_graph

FOLDER = Path(__file__).parents[1] / "language" / "wordings"
PACKAGES = [
    *(("flask", "requires", name) for name in ("werkzeug", "jinja2", "click")),
    *(("jinja2", "requires", "markupsafe"), ("werkzeug", "requires", "markupsafe")),
    *(("django", "requires", "sqlparse"), ("django", "requires", "asgiref")),
    *(("torch", "requires", "sympy"), ("torch", "requires", "jinja2"), ("sympy", "requires", "mpmath")),
    ("vite", "requires", "rollup"),
]
COMPANY = [
    ("Bob", "reports to", "Ann"),
    ("Cleo", "reports to", "Bob"),
    ("Dan", "reports to", "Bob"),
    ("Eve", "reports to", "Cleo"),
    ("Ann", "works in", "Sales"),
]
MOVIES = [
    ("Tom Hanks", "ACTED_IN", "Cast Away"),
    ("Tom Hanks", "ACTED_IN", "Apollo 13"),
    ("Ron Howard", "DIRECTED", "Apollo 13"),
    ("Apollo 13", "instance of", "film"),
    ("main.py", "imports", "tools.py"),
]
REEDS = [
    ("John Reed (I24)", "daughter", "Kate Reed"),
    ("John Reed (I30)", "son", "Tom Reed"),
    ("Kate Reed", "father", "John Reed (I24)"),
    ("Victoria", "son", "Edward"),
]
STAFF = [
    *(("Ines", "manages", "Priya"), ("Ines", "manages", "Omar"), ("Priya", "manages", "Wei")),
    *(("Priya", "manages", "Tom"), ("Wei", "manages", "Lena")),
]
FOOD = [
    *(("fox", "eats", "rabbit"), ("fox", "eats", "vole"), ("owl", "eats", "vole"), ("hawk", "eats", "owl")),
    *(("rabbit", "eats", "grass"), ("vole", "eats", "grass")),
]
COURSES = [
    *(("Calculus 2", "requires", "Calculus 1"), ("Linear Algebra", "requires", "Calculus 1")),
    *(("Statistics", "requires", "Calculus 2"), ("Machine Learning", "requires", "Statistics")),
    *(("Machine Learning", "requires", "Linear Algebra"), ("Statistics", "taught by", "Dr Ito")),
    *(("Calculus 1", "taught by", "Dr Weber"), ("Calculus 2", "taught by", "Dr Weber")),
]
ROADS = [
    one
    for source, road, target in (
        *(("Leeds", "M1", "Sheffield"), ("Sheffield", "M1", "Nottingham"), ("Leeds", "M62", "Manchester")),
        *(("Manchester", "A57", "Sheffield"), ("Nottingham", "A52", "Derby"), ("Derby", "A38", "Burton")),
    )
    for one in ((source, road, target), (target, road, source))
]


@cache
def graph(name: str) -> Graph:
    made = {
        **{"packages": PACKAGES, "company": COMPANY, "movies": MOVIES, "reeds": REEDS, "staff": STAFF},
        **{"food": FOOD, "courses": COURSES, "roads": ROADS},
    }
    if name in made:
        return Graph.from_triples(made[name])
    return read_graph(real_graph_path({"zone1": "underground_zone1"}.get(name, name)))


def read_wordings(file: str) -> list[tuple[str, str, str]]:
    """Return the graph, the sentence and what is right of each line."""
    found, name = [], ""
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name = line[1:]
        elif line and not line.startswith("#"):
            sentence, right = line.split(" => ")
            found.append((name, sentence, right))
    return found


def said_of(name: str, sentence: str) -> str:
    """Return what is understood of a sentence, in the form of the files."""
    try:
        understood = understand(sentence, graph(name))
    except GraphDNCError as error:
        return f"refused: {error}"
    return " + ".join(f"{one.put}: {describe(graph(name), one.question)}" for one in understood.askings)
