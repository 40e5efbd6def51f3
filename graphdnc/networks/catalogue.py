"""The installed networks and what is known about each, read without loading its weights.

A checkpoint may come from anywhere, so the contents of its ``config.json`` are checked before they are shown.
"""

from __future__ import annotations

import importlib.resources
import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model.config import DNCConfig, current_options
from graphdnc.networks.rungs import Rung, rung_of
from graphdnc.utils.checksum import CHANGED, checksum
from graphdnc.utils.from_table import from_table

FORMAT = 1
LARGEST = 256 * 2**20
"""The maximum size of a checkpoint file, in bytes. Networks of this project have a few million numbers."""
FILES = ("model.safetensors", "config.json", "README.md")
"""The files of a checkpoint."""
_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")
MOST_RESULTS = 100
LONGEST = 200
"""The maximum length of a text in ``results``."""


@dataclass(frozen=True)
class Result:
    """The measured accuracy of a network on some graphs.

    Attributes:
        graphs: a description of the graphs.
        steps: the length of the answers, a number or a range.
        votes: how often each question was asked.
        episodes: how many questions were asked.
        accuracy: the share of right answers.
        interval: the 95% interval of the accuracy.
    """

    graphs: str
    steps: str
    votes: int
    episodes: int
    accuracy: float
    interval: tuple[float, float]

    def __post_init__(self) -> None:
        lines = all(
            isinstance(text, str) and 0 < len(text) <= LONGEST and text.isprintable()
            for text in (self.graphs, self.steps)
        )
        _check(lines, "graphs and steps must be short texts of one line")
        counts = all(type(count) is int and count >= 1 for count in (self.votes, self.episodes))
        _check(counts, "votes and episodes must be at least 1")
        low, high = self.interval
        numbers = all(isinstance(share, int | float) for share in (low, self.accuracy, high))
        _check(numbers, "accuracy and interval must be numbers")
        _check(0 <= low <= self.accuracy <= high <= 1, "accuracy must lie in its interval, from 0 to 1")


@dataclass(frozen=True)
class Listing:
    """What is known about a network without loading its weights.

    Attributes:
        task: the name of the task that it was trained for.
        size: its size on disk, in bytes.
        training: how it was trained: examples, seconds, hardware and more, as JSON values.
        settings: its sizes and options, its label code and its planning, as JSON values.
    """

    name: str
    folder: Path
    task: str
    results: tuple[Result, ...]
    size: int
    training: dict[str, Any]
    settings: dict[str, Any]

    @property
    def rung(self) -> Rung | None:
        """How much of it was learned; ``None`` if its options are not those of this version."""
        try:
            return rung_of(from_table(DNCConfig, current_options(self.settings["model"]), "model"))
        except (AttributeError, TypeError, ValueError, ConfigError):
            return None

    @property
    def card(self) -> str:
        """The text of its card; empty if it has none."""
        path = self.folder / "README.md"
        return _read(path) if path.exists() else ""


def installed() -> list[str]:
    """Return the names of the networks that come with graphdnc."""
    root = importlib.resources.files("graphdnc.checkpoints")
    return sorted(
        entry.name for entry in root.iterdir() if entry.is_dir() and entry.joinpath("config.json").is_file()
    )


def find_checkpoint(name: str) -> Path:
    """Return the folder of a network, given by name, as a folder, or by its id on the model hub, OWNER/NAME.

    A network is downloaded only if it is given by an id that is not a folder; only its three files are.

    Raises:
        CheckpointError: there is no such network, or it cannot be downloaded.
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
    what = "neither a network that is installed nor a folder"
    if given.is_dir():
        what = "a folder without config.json"
    raise CheckpointError(f"{name!r} is {what}; installed: {', '.join(installed()) or 'none'}")


def _downloaded(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise CheckpointError(
            f"there is no folder {name!r}; to download a network by its id install graphdnc[hub], "
            f"or give one of {', '.join(installed())}"
        ) from error
    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except Exception as error:  # the library and the network may raise anything
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"{name!r} cannot be downloaded ({first}); give a folder instead") from error


def listing(name: str) -> Listing:
    """Return what is known about a network, given by name or as a folder.

    Raises:
        CheckpointError: there is no such network, or it is not a checkpoint of this version.
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
    """Return the contents of the ``config.json`` of a checkpoint.

    Raises:
        CheckpointError: the file cannot be read, is too large, is of another version, or was changed after it
            was written.
    """
    try:
        config = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error})") from error
    found = config.get("format") if isinstance(config, dict) else None
    if found != FORMAT:
        raise CheckpointError(f"{path}: format {found!r}; this version of graphdnc reads format {FORMAT}")
    assert isinstance(config, dict)
    stated = config.get("checksums", {})  # earlier versions wrote none
    if not isinstance(stated, dict) or (stated and stated.get(path.name) != _checksum_of(config)):
        raise CheckpointError(
            f'{path}: {CHANGED}; download it again, or take "checksums" out of it if the change is yours'
        )
    return config


def with_checksums(config: dict[str, Any], weights: bytes) -> dict[str, Any]:
    """Return what ``config.json`` has to say, with the checksums of the weights and of all else that it says.

    Spaces and the order of keys do not count.
    """
    whole = config | {"checksums": {"model.safetensors": checksum([weights])}}
    whole["checksums"]["config.json"] = _checksum_of(whole)
    return whole


def _checksum_of(config: dict[str, Any]) -> str:
    others = {name: found for name, found in config["checksums"].items() if name != "config.json"}
    return checksum([json.dumps(config | {"checksums": others}, sort_keys=True).encode()])


def read_results(config: dict[str, Any], path: Path) -> tuple[Result, ...]:
    """Return the measured results in ``config.json``; none if it has no list of them.

    Raises:
        CheckpointError: the list is damaged.
    """
    listed = config.get("results", [])
    try:
        short = isinstance(listed, list) and len(listed) <= MOST_RESULTS
        _check(short, f"it must be a list of at most {MOST_RESULTS}")
        return tuple(Result(**row | {"interval": _pair(row)}) for row in listed)
    except (KeyError, TypeError, ValueError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise CheckpointError(f"{path}: results are damaged ({what})") from error


def _pair(row: Any) -> tuple[Any, Any]:
    interval = row["interval"]
    _check(isinstance(interval, list) and len(interval) == 2, "interval must be a list of two numbers")
    low, high = interval
    return low, high


def _read(path: Path) -> str:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a device or a pipe may never end
            raise CheckpointError(f"{path}: not a file; give the folder of a network")
        if found.st_size > LARGEST:
            raise CheckpointError(f"{path}: larger than {LARGEST:,} bytes; not a graphdnc checkpoint")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error})") from error


def _check(valid: bool, message: str) -> None:
    if not valid:
        raise ValueError(message)
