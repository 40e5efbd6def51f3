"""Makes the pictures of docs/gallery.md again: pages as a browser shows them, routes, families and figures.

    python benchmarks/gallery.py
    python benchmarks/gallery.py --only walk-page

It needs matplotlib and playwright (``pip install graphdnc[test]``) and a browser (``apt-get install
chromium``).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "support"))
ZONE1, UNDERGROUND, FAMILY = (
    f"datasets/real/{name}.csv" for name in ("underground_zone1", "underground", "family")
)
WALK = (
    "Start at Stockwell, take the Victoria northbound four stops, then the Jubilee southbound two stops, "
    "then the Waterloo & City eastbound one stop: where am I?"
)
WAY = "How do you get from Moorgate to Piccadilly Circus?"
KIN = "Who is Freya's maternal great uncle?"


class Picture(NamedTuple):
    """A picture: its question and option; of a page also the step, the view and the size of the screen."""

    graph: str
    question: str
    option: str
    step: int = 0
    dark: bool = False
    size: tuple[int, int] = (1280, 800)
    view: str = ""


PICTURES = {
    "walk-page": Picture(UNDERGROUND, WALK, "--show", 768),
    "walk-written": Picture(UNDERGROUND, WALK, "--show", 420, dark=True),
    "way-memory": Picture(ZONE1, WAY, "--trace", 139),
    "family-page": Picture(FAMILY, KIN, "--show", dark=True),
    "telephone-graph": Picture(ZONE1, WAY, "--show", size=(390, 780), view="graph"),
    "telephone-memory": Picture(ZONE1, WAY, "--show", 139, size=(390, 780), view="memory"),
    "telephone-words": Picture(ZONE1, WAY, "--show", size=(390, 780), view="words", dark=True),
    "route": Picture(ZONE1, WAY, "--show"),
    "family": Picture(FAMILY, KIN, "--show"),
    "weightings": Picture(ZONE1, WAY, "--trace"),
}
DRAWN = ("route", "family", "weightings")
"""The pictures that graphdnc draws itself."""


def ask(picture: Picture, file: Path) -> None:
    """Run the command that makes a page or a picture."""
    command = "from graphdnc.cli.main import main; main()"
    arguments = ["ask", picture.graph, picture.question, "-q", picture.option, str(file)]
    subprocess.run(
        [sys.executable, "-c", command, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def photograph(picture: Picture, page: Path, file: Path) -> None:
    """Show a page in a browser and keep what is seen."""
    import browser

    with browser.browser() as opened:
        width, height = picture.size
        seen = opened.new_page(
            viewport={"width": width, "height": height}, color_scheme="dark" if picture.dark else "light"
        )
        seen.goto(page.as_uri(), timeout=120_000)
        seen.wait_for_selector("body[data-ready]", timeout=120_000)
        if picture.view:
            seen.click(f"#tab-{picture.view}")
        if picture.step:
            seen.evaluate(f"timeline.go({picture.step - 1})")
        seen.wait_for_timeout(600)
        seen.screenshot(path=file, timeout=120_000)


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PICTURES, default=list(PICTURES))
    for name in parser.parse_args().only:
        file = ROOT / "docs" / "gallery" / f"{name}.png"
        if name in DRAWN:
            ask(PICTURES[name], file)
            continue
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.html"
            ask(PICTURES[name], page)
            photograph(PICTURES[name], page, file)


if __name__ == "__main__":
    main()
