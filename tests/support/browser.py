"""A real browser without a window, for tests of pages. It is driven by playwright, which is a package of
Python.

The browser is the system's own. On Debian and Ubuntu: ``apt-get install chromium``, or all that
``.ci/debian-packages.txt`` lists. ``GRAPHDNC_BROWSER`` names another one that is like Chromium.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "there is no browser: apt-get install chromium, or set GRAPHDNC_BROWSER to one like it"


def find() -> str | None:
    """Return the path of a browser, or ``None``."""
    return os.environ.get("GRAPHDNC_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()
