"""``graphdnc build-data babi``: build a corpus of published stories, or describe one."""

from __future__ import annotations

from pathlib import Path

from graphdnc.cli.output import plain, print_rows
from graphdnc.errors import UsageError


def build_stories(folder: Path | None, output: Path, longest: int | None, force: bool) -> None:
    """Build a corpus from the files of the bAbI tasks in a folder.

    Raises:
        UsageError: no folder is given.
    """
    from graphdnc.cli.progress import say
    from graphdnc.datasets.stories.babi import build_babi

    if folder is None:
        raise UsageError(
            "no folder with the files of the bAbI tasks, which are not part of graphdnc; name it: "
            "--from tasks_1-20_v1-2/en-10k"
        )
    info = build_babi(folder, output, longest, force)
    cut, short, told = (info.parameters[name] for name in ("cut", "too_long", "also_in_tests"))
    say(
        f"wrote {output}: {len(info.tasks)} tasks, {len(info.vocabulary)} words; {cut:,} stories were cut, "
        f"{short:,} left out as too long, {told:,} because a test tells them; look inside with --describe "
        f"{output}"
    )


def describe_stories(path: Path) -> None:
    """Print whose stories a corpus has, how many of each task, and one of them."""
    from graphdnc.corpus.schema import SPLITS
    from graphdnc.corpus.stories import VERSION, StoryCorpus

    corpus = StoryCorpus(path)
    info = corpus.info
    print(f"{path}: {info.task}, {len(corpus):,} stories, {len(info.vocabulary)} words")
    print(f"schema {VERSION}, written by graphdnc {plain(info.graphdnc)}")
    print(f"{plain(info.attribution)}\nlicence: {plain(info.licence)}\n")
    rows = [
        (str(task), plain(name), *(f"{len(corpus.by_task[split].get(task, ())):,}" for split in SPLITS))
        for task, name in info.tasks.items()
    ]
    print_rows(("task", "name", *SPLITS), rows)
    for split, stories in corpus.by_task.items():
        if stories:
            story = corpus.story(split, int(next(iter(stories.values()))[0]))
            shown = [info.vocabulary[word] for word in story.words]
            marked = (f"[{word}]" if asked else word for word, asked in zip(shown, story.asked, strict=True))
            print(f"\na story of {split}, its answers in brackets:\n\n{plain(' '.join(marked))}")
            return
