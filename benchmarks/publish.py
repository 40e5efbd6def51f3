"""Measure a trained network and put it into ``checkpoints/``, with its card.

    python benchmarks/publish.py traversal runs/traversal/best
    python benchmarks/publish.py inference runs/inference/best --only random

Runs ``graphdnc eval`` for every row of the card (``cards.toml``), fits the calibration of ``ask`` where there
is one, and writes the checkpoint. With ``--only TEXT`` it prints the rows whose graphs contain TEXT, and
writes nothing.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import calibration
import tables

from graphdnc.evaluation import Accuracy
from graphdnc.networks.calibration import Agreement, fitted
from graphdnc.networks.catalogue import Result
from graphdnc.networks.checkpoint import load_checkpoint, save_checkpoint, write_card
from graphdnc.networks.sequence_checkpoint import load_sequence_checkpoint, save_sequence_checkpoint

ROOT = Path(__file__).parent.parent
CARDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("cards.toml").read_text("utf-8"))
HEADING = tables.heading("graphs", "steps", "votes", "episodes", "right", "95% interval", "command")
ACCURACY = "Share of whole answers that are right. Graphs and seeds were not used in training."


class Row(NamedTuple):
    """A measurement: what the graphs are, how long answers are, how often each question is asked."""

    graphs: str
    steps: str
    votes: int
    options: str

    def command(self, model: str) -> list[str]:
        """Return the command that measures this row."""
        votes = [] if self.votes == 1 else ["--votes", str(self.votes)]
        return ["graphdnc", "eval", model, *shlex.split(self.options), *votes, "--seed", "100"]


def rows(card: dict[str, Any]) -> Iterator[Row]:
    """Yield the rows of a card: in every mode, with one vote and with several."""
    for mode, option in {"": "", **card.get("modes", {})}.items():
        for graphs, steps, options in card["rows"]:
            for votes in dict.fromkeys((1, card.get("votes", 1))):
                described = f"{graphs}, {mode}" if mode else graphs
                yield Row(described, steps, votes, f"{options} {option}".strip())


def run(words: Sequence[str]) -> dict[str, Any]:
    """Run ``graphdnc`` with some words, and return what it prints as JSON."""
    words = [str(Path(sys.executable).parent / "graphdnc"), *words, "--json"]
    printed = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def measure(row: Row, model: str) -> Result:
    """Run the command of a row."""
    found = run(row.command(model)[1:])
    low, high = (round(end, 4) for end in found["interval"])
    return Result(row.graphs, row.steps, row.votes, found["episodes"], found["accuracy"], (low, high))


def agreement(name: str, model: str) -> Agreement:
    """Measure how often two tries that agree are right, on the drawn graphs of the card of a network."""
    right = asked = 0
    for row in rows(CARDS[name]):
        if row.votes > 1 and not any(part in row.options for part in ("--silent", "datasets/real")):
            words = [
                "eval",
                model,
                *shlex.split(row.options),
                "--votes",
                "2",
                "--seed",
                "101",
                "--calibration",
            ]
            agreed = run(words)["calibration"][-1]
            asked += agreed["answers"]
            right += round(agreed["answers"] * agreed["right"])
            tables.say(f"two agree, {row.graphs}: {agreed}")
    return Agreement(2, right, asked)


def line(row: Row, found: Result, model: str) -> str:
    """Return a measured row as a row of the card."""
    right = Accuracy(round(found.accuracy * found.episodes), found.episodes)
    share, low, high = (f"{end:.2%}".replace("100.00%", "100%") for end in (right.share, *found.interval))
    cells = (row.graphs, row.steps, row.votes, f"{found.episodes:,}", share, f"{low} to {high}")
    return tables.line(*cells, f"`{shlex.join(row.command(model))}`")


def publish(name: str, folder: Path, only: str | None) -> None:
    """Measure a network and write its checkpoint."""
    card, lines, results = CARDS[name], [], []
    print(HEADING)
    for row in rows(card):
        if only is None or only in row.graphs:
            results.append(measure(row, str(folder)))
            lines.append(line(row, results[-1], name))
            tables.say(lines[-1])
    if only is not None:
        return
    table = "\n".join([HEADING, *lines]) + "\n"
    about, into = card["about"].strip() + "\n", ROOT / "checkpoints" / name
    if card.get("sequences"):
        copier = replace(load_sequence_checkpoint(str(folder)), name=name, results=tuple(results))
        text = [copier.card, about, "## Accuracy\n\nShare of whole sequences that are right.\n", table]
        save_sequence_checkpoint(into, copier, "\n".join(text))
        return
    checkpoint = replace(load_checkpoint(str(folder)), name=name, results=tuple(results))
    if card.get("calibrated"):
        asked = calibration.measure(checkpoint.task.name, 1000, 1, str(folder))
        curve = fitted((own.agreeing, own.votes, own.right) for own in asked)
        checkpoint = replace(checkpoint, calibration=curve)
    if card.get("few_tries", True):
        checkpoint = replace(checkpoint, enough=agreement(name, str(folder)))
    text = [write_card(checkpoint), about, f"## Accuracy\n\n{ACCURACY}\n", table]
    save_checkpoint(into, checkpoint, "\n".join(text))


def main() -> None:
    """Measure and publish one network."""
    parser = tables.parser(__doc__)
    parser.add_argument("name", choices=CARDS, help="the name of the network in checkpoints/")
    parser.add_argument("folder", type=Path, help="the folder of a trained network, such as runs/NAME/best")
    parser.add_argument("--only", help="print the rows whose graphs contain this text; write nothing")
    chosen = parser.parse_args()
    publish(chosen.name, chosen.folder.resolve(), chosen.only)


if __name__ == "__main__":
    main()
