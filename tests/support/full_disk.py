"""What the commands do on a full disk: ``unshare --map-root-user --mount python full_disk.py FOLDER``.

Puts a small disk in memory at FOLDER, which ends with this process, and asserts what must be so.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from graphdnc.networks.checkpoint import load_checkpoint

FULL = "No space left on device"
SIZE = 24 * 2**20
WALK = "From Bank take the Central westbound two stops: where am I?"
RUN = (
    *("schedule.examples=64", "schedule.batch=16", "schedule.pool=1", "schedule.validate_every=1"),
    *("schedule.validation_episodes=8", "model.controller_size=16"),
)
SETTINGS = [word for setting in RUN for word in ("--set", setting)]


def graphdnc(*words, out=subprocess.PIPE, **environment):
    """Run a command; return its exit code, its output and the lines of its errors."""
    done = subprocess.run(
        [sys.executable, "-m", "graphdnc", *map(str, words)],
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr.splitlines()


def fill(disk, left):
    """Fill the disk but for some bytes."""
    (disk / "filler").unlink(missing_ok=True)
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with (disk / "filler").open("wb", buffering=0) as filler:
        for _ in range((free - left) // 4096):
            filler.write(bytes(4096))


def unfinished(folder):
    """Return what is not finished in a folder."""
    return [path.name for path in folder.rglob(".*")]


def training(disk, left):
    """A run that finds no room says so in one line, keeps what it has, and goes on when there is some."""
    run = disk / "run"
    fill(disk, left)
    code, _, said = graphdnc("train", "smoke", *SETTINGS, "--threads", "1", "-o", run)
    assert code == 1, said
    assert FULL in said[-1], said
    assert sum("error" in line for line in said) == 1, said
    assert not unfinished(run)
    for network in (run / "best", run / "last"):
        assert not network.exists() or load_checkpoint(str(network), threads=1)
    begun = (run / "state.pt").exists()
    assert said[-1].endswith(f"continue with: graphdnc train --resume {run}") == begun, said
    if begun:
        fill(disk, 0)
        code, _, said = graphdnc("train", "--resume", run, "--threads", "1")
        assert code == 1, "there is still no room"
        assert FULL in said[-1], said
    (disk / "filler").unlink()
    again = ["--resume", run] if begun else ["smoke", *SETTINGS, "-o", run]
    code, _, said = graphdnc("train", *again, "--threads", "1")
    assert code == 0, said
    lines = [json.loads(line)["examples"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert lines == [16, 32, 48, 64]
    assert not unfinished(run)
    subprocess.run(["rm", "-r", str(run)], check=True)
    return begun


def replaced(disk, name, *words):
    """A file that finds no room is as it was; the answer, if there is one, is printed."""
    path = disk / name
    code, _, said = graphdnc(*words, path)
    assert code == 0, said
    before = path.read_bytes()
    fill(disk, 0)
    code, _, said = graphdnc(*words, path, *(["--force"] if words[0] == "build-data" else []))
    assert code > 0
    assert len(said) == 1, said
    assert FULL in said[0], said
    assert name in said[0], said
    assert path.read_bytes() == before
    assert not unfinished(disk)
    (disk / "filler").unlink()


def output(disk):
    """An output that finds no room is an error, not a success."""
    fill(disk, 0)
    with (disk / "answer.txt").open("w") as file:
        code, _, said = graphdnc("ask", "underground", WALK, out=file)
    assert (code, said) == (1, [f"error: the output: {FULL}"])
    (disk / "filler").unlink()


def kernels(disk):
    """Without room for compiled kernels, answers come without."""
    fill(disk, 0)
    code, out, said = graphdnc("ask", "underground", WALK, "-q", GRAPHDNC_CACHE=str(disk / "cache"))
    assert (code, out) == (0, "Chancery Lane\n"), said
    assert not list(disk.rglob("*.so"))
    (disk / "filler").unlink()


def main():
    """Try everything; print the name of each part that holds."""
    disk = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    assert not training(disk, 0)
    assert training(disk, 5 * 2**19)
    print("training", flush=True)
    small = "random --lesson 1 --episodes 200 --workers 1"
    replaced(disk, "corpus.h5", "build-data", *small.split(), "-o")
    print("corpus", flush=True)
    replaced(disk, "page.html", "ask", "underground", WALK, "-q", "--show")
    replaced(disk, "trace.jsonl", "ask", "underground", WALK, "-q", "--trace")
    print("pictures", flush=True)
    output(disk)
    print("output", flush=True)
    kernels(disk)
    print("kernels", flush=True)


if __name__ == "__main__":
    main()
