"""``graphdnc eval`` for networks that are trained on stories with questions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphdnc.cli.output import plain, print_json, print_rows
from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdnc.corpus.stories import StoryCorpus
    from graphdnc.evaluation import Accuracy, StoryReport
    from graphdnc.tasks.stories import Story


def evaluate_story_model(
    model: str, stories: Path | None, rows: int | None, most: int, as_json: bool
) -> None:
    """Measure a network on the test stories of a corpus, at most ``most`` of each task, and print the result.

    Raises:
        UsageError: there is no corpus, or it has other words than the network knows.
    """
    from graphdnc.corpus.stories import StoryCorpus
    from graphdnc.evaluation import evaluate_stories
    from graphdnc.networks.story_checkpoint import load_story_checkpoint
    from graphdnc.utils.progress import ProgressBar

    if stories is None:
        raise UsageError(f"{model} answers questions about stories; name a corpus of them: --stories babi.h5")
    checkpoint, corpus = load_story_checkpoint(model), StoryCorpus(stories)
    if checkpoint.vocabulary != corpus.info.vocabulary:
        raise UsageError(
            f"{stories} has other words than {model} knows; build it with graphdnc build-data babi from the "
            "files that the network was trained on"
        )
    rows = rows or checkpoint.network.config.memory_rows
    told = list(_tests(corpus, most))
    if not told:
        raise UsageError(f"{stories} has no stories for tests; build it again with graphdnc build-data babi")
    with ProgressBar("told", len(told)) as bar:

        def show(counted: StoryReport) -> None:
            bar.show(counted.stories, f"{counted.mean_error:.2%} wrong")

        words = checkpoint.vocabulary
        found = evaluate_stories(checkpoint.network, told, words, rows, report=show)
    if as_json:
        print_json(_record(found, model, stories, rows))
    else:
        _print(found, corpus.info.tasks, model, rows)


def _tests(corpus: StoryCorpus, most: int) -> Iterator[Story]:
    """Yield the first test stories of each task."""
    numbers = chain.from_iterable(own[:most] for own in corpus.by_task["test"].values())
    return (corpus.story("test", int(number)) for number in numbers)


def _record(found: StoryReport, model: str, stories: Path, rows: int) -> dict[str, Any]:
    """Return a result as the fields of ``eval --json``."""
    return {
        "task": "babi",
        "stories": found.stories,
        "mean_error": round(found.mean_error, 6),
        "failed": found.failed,
        "model": model,
        "settings": {"stories": str(stories), "rows": rows},
        "by_task": {task: _counted(right) for task, right in found.by_task.items()},
    }


def _counted(right: Accuracy) -> dict[str, Any]:
    return {
        "questions": right.episodes,
        "error": round(1 - right.share, 6),
        "interval": [round(end, 6) for end in _wrong(right)],
    }


def _wrong(right: Accuracy) -> tuple[float, float]:
    """Return the 95% interval of the share of wrong answers."""
    low, high = right.interval
    return 1 - high, 1 - low


def _print(found: StoryReport, names: Mapping[int, str], model: str, rows: int) -> None:
    table = [
        (str(task), plain(names[task]), f"{right.episodes:,}", f"{1 - right.share:.1%}", _span(right))
        for task, right in found.by_task.items()
    ]
    print_rows(("task", "name", "questions", "error", "95% interval"), table)
    failed = ", ".join(map(str, found.failed)) or "none"
    print(f"\n{model}, {rows} rows: mean error {found.mean_error:.1%} of {len(table)} tasks")
    print(f"failed (more than 5% wrong): {len(found.failed)} of {len(table)}: {failed}")


def _span(right: Accuracy) -> str:
    low, high = _wrong(right)
    return f"{low:.1%} to {high:.1%}"
