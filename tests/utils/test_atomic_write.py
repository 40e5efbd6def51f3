"""Files and folders that are either complete or absent, and what killed processes leave."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphdnc.utils import atomic_write, locks
from graphdnc.utils.atomic_write import finish_folder, remove_leftovers, write_atomically, write_folder


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def killed_while(work: str, folder: Path) -> None:
    """Let another process begin to write in a folder, and end it as SIGKILL does."""
    script = f"import os\nfrom pathlib import Path\nfolder = Path({str(folder)!r})\n{work}"
    done = subprocess.run([sys.executable, "-c", script], timeout=60)
    assert done.returncode == 9


WRITING = """
from graphdnc.utils.atomic_write import write_atomically
write_atomically(folder / "file", lambda part: (part.write_text("half"), os._exit(9)))
"""
REPLACING = """
from graphdnc.utils import atomic_write
atomic_write._exchange = lambda one, other: False
Path.rename, renamed, count = lambda self, to: os._exit(9) if next(count) == {moment} else renamed(
    self, to), Path.rename, iter(range(9))
atomic_write.write_folder(folder / "net", {{"one": b"new", "two": b"new"}})
"""


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    write_atomically(path, lambda part: part.write_text("new"))
    assert path.read_text() == "new"
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    assert names(tmp_path) == ["file"]


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fails(part: Path) -> None:
        part.write_text("half")
        raise RuntimeError("full")

    with pytest.raises(RuntimeError, match="full"):
        write_atomically(path, fails)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_what_a_killed_process_leaves_is_removed_by_the_next_one(tmp_path: Path) -> None:
    killed_while(WRITING, tmp_path)
    assert len(names(tmp_path)) == 1
    write_atomically(tmp_path / "other", lambda part: part.write_text("new"))
    assert len(names(tmp_path)) == 2, "it may be of a process that writes another file"
    write_atomically(tmp_path / "file", lambda part: part.write_text("new"))
    assert names(tmp_path) == ["file", "other"]
    killed_while(WRITING, tmp_path)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ["file", "other"]


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def meanwhile(part: Path) -> None:
        remove_leftovers(tmp_path)
        write_atomically(path, lambda own: own.write_text("first"))
        part.write_text("second")

    write_atomically(path, meanwhile)
    assert path.read_text() == "second"
    assert names(tmp_path) == ["file"]


def test_files_of_a_folder_change_together_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "net"
    write_folder(folder, {"one": b"1", "two": b"2"})
    (folder / "notes").write_text("mine")
    (folder / "more").mkdir()
    (folder / "more" / "notes").write_text("mine, too")
    (tmp_path / "link").symlink_to(folder)
    write_folder(tmp_path / "link", {"one": b"3"})
    assert {name: (folder / name).read_text() for name in ("one", "two", "notes", "more/notes")} == {
        "one": "3",
        "two": "2",
        "notes": "mine",
        "more/notes": "mine, too",
    }
    assert names(tmp_path) == ["link", "net"]


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    folder = tmp_path / "net"
    write_folder(folder, {"one": b"old", "two": b"old"})
    if not exchanges:
        monkeypatch.setattr(atomic_write, "_exchange", lambda one, other: False)
        write_folder(folder, {"two": b"new"})
        assert names(tmp_path) == ["net"]

    def full(path: Path) -> None:
        if path.name == "two":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_write, "synchronise", full)
    with pytest.raises(OSError, match="No space left"):
        write_folder(folder, {"one": b"newer", "two": b"newer"})
    assert (folder / "one").read_bytes() == b"old"
    assert names(tmp_path) == ["net"]


@pytest.mark.parametrize("moment", range(3))
def test_a_kill_between_two_renames_is_repaired(tmp_path: Path, moment: int) -> None:
    """On file systems that cannot exchange two folders; afterwards the files are all old or all new."""
    write_folder(tmp_path / "net", {"one": b"old", "two": b"old"})
    killed_while(REPLACING.format(moment=moment), tmp_path)
    finish_folder(tmp_path / "net")
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ["net"]
    one, two = ((tmp_path / "net" / name).read_bytes() for name in ("one", "two"))
    assert one == two == (b"new" if moment == 2 else b"old")


def test_without_locks_files_are_written_and_nothing_of_others_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    (tmp_path / ".file.1-abc.part").write_text("perhaps of a living process")
    write_atomically(tmp_path / "file", lambda part: part.write_text("new"))
    assert names(tmp_path) == [".file.1-abc.part", "file"]
    with (tmp_path / "file").open() as file:
        assert locks.lock(file.fileno()) == "no locks"
