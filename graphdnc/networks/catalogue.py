"""Which networks there are and what is known of each, read without loading its weights.

A checkpoint may come from anywhere: what its ``config.json`` says is checked before it is shown.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphdnc.errors import CheckpointError

FORMAT = 1
LARGEST = 256 * 2**20
"""No checkpoint file may be larger, in bytes: a network of this project has a few million numbers."""
FILES = ("model.safetensors", "config.json", "README.md")
"""The files of a checkpoint."""
_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")
MOST_RESULTS = 100
LONGEST = 200
"""Letters that a text in ``results`` may have."""


@dataclass(frozen=True)
class Result:
    """How well a network did on some graphs.

    Attributes:
        graphs: what the graphs are.
        steps: how long the answers are, a number or a range.
        votes: how often each question was asked.
        episodes: how many questions were asked.
        accuracy: the share of whole answers that were right.
        interval: its 95% interval.
    """

    graphs: str
    steps: str
    votes: int
    episodes: int
    accuracy: float
    interval: tuple[float, float]

    def __post_init__(self) -> None:
        _want(_is_line(self.graphs) and _is_line(self.steps), "graphs and steps are short texts of one line")
        _want(_is_count(self.votes) and _is_count(self.episodes), "votes and episodes are numbers from 1 on")
        low, high = self.interval
        shares = [low, self.accuracy, high]
        _want(all(isinstance(share, int | float) for share in shares), "accuracy and interval are numbers")
        _want(0 <= low <= self.accuracy <= high <= 1, "accuracy lies in its interval, both from 0 to 1")


@dataclass(frozen=True)
class Listing:
    """What is known of a network without loading it.

    Attributes:
        name: what it is called.
        folder: where it is.
        task: what it was trained for.
        results: how well it does.
        size: bytes on disk.
        training: how it was trained: examples, seconds, hardware and more, as JSON values.
        settings: its sizes and options, and how it is spoken to, as JSON values.
    """

    name: str
    folder: Path
    task: str
    results: tuple[Result, ...]
    size: int
    training: dict[str, Any]
    settings: dict[str, Any]

    @property
    def card(self) -> str:
        """The text of its card, empty where it has none.

        Raises:
            CheckpointError: the card cannot be read.
        """
        path = self.folder / "README.md"
        return _read(path) if path.exists() else ""


def installed() -> list[str]:
    """Return the names of the networks that come with graphdnc."""
    root = importlib.resources.files("graphdnc.checkpoints")
    return sorted(
        entry.name for entry in root.iterdir() if entry.is_dir() and entry.joinpath("config.json").is_file()
    )


def find_checkpoint(name: str) -> Path:
    """Return the folder of a network named, given as a folder, or by its id on the model hub, OWNER/NAME.

    Only with an id that is no folder anything is downloaded, its three files and nothing else.

    Raises:
        CheckpointError: there is none, or it cannot be downloaded.
    """
    given = Path(name)
    shipped = Path(str(importlib.resources.files("graphdnc.checkpoints"))) / name
    for folder in (given, shipped):
        if (folder / "config.json").is_file():
            return folder
    if _HUB_ID.fullmatch(name) and not given.exists():
        return _downloaded(name)
    if (given / "best" / "config.json").is_file():
        raise CheckpointError(f"{name!r} is a run, not a network; its best one is {str(given / 'best')!r}")
    what = (
        "a folder without config.json"
        if given.is_dir()
        else "neither a network that is installed nor a folder"
    )
    raise CheckpointError(f"{name!r} is {what}; installed: {', '.join(installed()) or 'none'}")


def _downloaded(name: str) -> Path:
    """Return the folder that a model hub's copy is kept in."""
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise CheckpointError(
            f"there is no folder {name!r}; to download a network by its id install graphdnc[hub], "
            f"or give one of {', '.join(installed())}"
        ) from error
    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except Exception as error:  # whatever the hub's library and the network below it raise
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"{name!r} cannot be downloaded ({first}); give a folder instead") from error


def listing(name: str) -> Listing:
    """Return what is known of a network named or given as a folder.

    Raises:
        CheckpointError: there is neither, or it is not a checkpoint of this version.
    """
    folder = find_checkpoint(name)
    path = folder / "config.json"
    config = read_config(path)
    training = config.get("training")
    if not isinstance(config.get("task"), str) or not isinstance(training, dict):
        raise CheckpointError(f"{path}: not a graphdnc checkpoint (it has no task or no training)")
    settings = {key: config.get(key) for key in ("labels", "planning", "model")}
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    called = folder.resolve().name
    return Listing(called, folder, config["task"], read_results(config, path), size, training, settings)


def read_config(path: Path) -> dict[str, Any]:
    """Return what ``config.json`` of a checkpoint holds.

    Raises:
        CheckpointError: it cannot be read, is too large, or is of another version.
    """
    try:
        config = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error})") from error
    found = config.get("format") if isinstance(config, dict) else None
    if found != FORMAT:
        raise CheckpointError(f"{path}: format {found!r}; this version of graphdnc reads format {FORMAT}")
    assert isinstance(config, dict)
    return config


def read_results(config: dict[str, Any], path: Path) -> tuple[Result, ...]:
    """Return the measured results that ``config.json`` lists, none where it has no list of them.

    Raises:
        CheckpointError: the list is not one of results.
    """
    listed = config.get("results", [])
    try:
        _want(isinstance(listed, list) and len(listed) <= MOST_RESULTS, f"a list of at most {MOST_RESULTS}")
        return tuple(Result(**row | {"interval": _pair(row)}) for row in listed)
    except (KeyError, TypeError, ValueError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise CheckpointError(f"{path}: results are not as wanted ({what})") from error


def _pair(row: Any) -> tuple[Any, Any]:
    interval = row["interval"]
    _want(isinstance(interval, list) and len(interval) == 2, "an interval is a list of two numbers")
    low, high = interval
    return low, high


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise CheckpointError(f"{path}: larger than {LARGEST:,} bytes; not a graphdnc checkpoint")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error})") from error


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 1


def _want(so: bool, what: str) -> None:
    if not so:
        raise ValueError(what)
