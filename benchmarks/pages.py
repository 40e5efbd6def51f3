"""How large the page of an answer is, and how soon it can be used in a browser.

    python benchmarks/pages.py

Each page is opened from disk ``--rounds`` times in Chromium without a window. *ready* is the time from the
request until the page is drawn and answers to keys; *work* is what the page's own thread did until then,
which other work on the machine does not change. It needs playwright (``pip install graphdnc[test]``) and a
browser (``apt-get install chromium``).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import tables

from graphdnc.datasets.real import real_graph_path
from graphdnc.pictures.page import page
from graphdnc.reasoner import Reasoner

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))
PAGES = {
    "Zone 1, a walk of 7": ("underground_zone1", "From Paddington take the Bakerloo southbound seven stops"),
    "whole Underground, a way of 22": ("underground", "How do you get from Epping to Earl's Court?"),
}


def written(folder: Path, graph: str, question: str) -> Path:
    """Ask a question and write its page."""
    reasoner = Reasoner.from_file(real_graph_path(graph), votes=1)
    file = folder / f"{graph}.html"
    file.write_text(page(reasoner.ask(question), reasoner.trace(question)), encoding="utf-8")
    return file


def opened(browser: Any, address: str) -> tuple[float, float]:
    """Open a page; return the seconds until it is ready, and those of its own thread until then."""
    seen = browser.new_page(viewport={"width": 1280, "height": 800})
    watch = seen.context.new_cdp_session(seen)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})
    started = time.perf_counter()
    seen.goto(address, timeout=120_000)
    seen.wait_for_selector("body[data-ready]", timeout=120_000)
    seconds = time.perf_counter() - started
    metrics = watch.send("Performance.getMetrics")["metrics"]
    work = next(one["value"] for one in metrics if one["name"] == "TaskDuration")
    seen.close()
    return seconds, work


def main() -> None:
    """Print a table of pages."""
    import browser as system

    chosen = tables.parser(__doc__, rounds=5).parse_args()
    tables.say(tables.heading("page", "megabytes", "ready, seconds", "work, seconds"))
    with tempfile.TemporaryDirectory() as folder:
        files = {name: written(Path(folder), *asked) for name, asked in PAGES.items()}
        with system.browser() as browser:
            for name, file in files.items():
                found = [opened(browser, file.as_uri()) for _ in range(chosen.rounds)]
                spreads = (
                    f"{statistics.median(own):.2f} ({min(own):.2f} to {max(own):.2f})"
                    for own in zip(*found, strict=True)
                )
                tables.row(name, f"{file.stat().st_size / 1e6:.2f}", *spreads)


if __name__ == "__main__":
    main()
