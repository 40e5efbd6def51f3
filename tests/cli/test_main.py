"""The command line as a process: what it loads, and what becomes of pipes, full disks and interruptions."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

GRAPHDNC = [sys.executable, "-c", "from graphdnc.cli.main import main; main()"]


def shell(*arguments, **options):
    return subprocess.run([*GRAPHDNC, *arguments], capture_output=True, text=True, timeout=60, **options)


def start(*arguments, program=GRAPHDNC, **options):
    """Start a process that Ctrl-C reaches even if these tests run in the background, where it is ignored."""
    hear = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    return subprocess.Popen(
        [*program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear, **options
    )


def test_help_and_version_load_nothing_heavy():
    heavy = ["torch", "numpy", "networkx", "h5py", "rich", "tqdm", "safetensors", "importlib.metadata"]
    code = (
        "import sys, contextlib; from graphdnc.cli.main import main\n"
        "with contextlib.suppress(SystemExit): sys.argv = ['graphdnc', '--help']; main()\n"
        f"assert not (found := [m for m in {heavy} if m in sys.modules]), found"
    )
    help_text = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert all(command in help_text for command in ("ask", "eval", "build-data", "train"))
    assert re.fullmatch(r"graphdnc \d+\.\d+\.\d+\S*\n", shell("--version").stdout)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full disk")
def test_a_full_disk_is_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*GRAPHDNC, "--version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "error: the output: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and signals")
def test_a_reader_that_goes_away_and_an_interruption_are_quiet():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*GRAPHDNC, "--help"], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.stderr == b""
    waiting = start("ask", "-", "x", stdin=subprocess.PIPE)
    assert waiting.stdin is not None
    waiting.stdin.write(b"#" * 300_000)  # more than a pipe holds: once this is taken, it is reading
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=30)
    assert (waiting.returncode, out, err) == (130, b"", b"")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("wait", [0.0, 0.2, 1.0])
def test_an_interrupted_corpus_leaves_no_file_and_no_process(tmp_path, wait):
    """At once after the file was begun, while the workers start, and while they draw."""
    corpus = ["-o", str(tmp_path / "c.h5"), "--episodes", "10000000", "--lesson", "1", "--workers", "2"]
    building = start("build-data", *corpus, start_new_session=True)
    try:
        while not os.listdir(tmp_path):
            assert building.poll() is None
            time.sleep(0.01)
        time.sleep(wait)
        os.killpg(building.pid, signal.SIGINT)
        # The pipes close when the last process that holds them has ended, workers too.
        out, err = building.communicate(timeout=60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(building.pid, signal.SIGKILL)
    assert (building.returncode, out, err) == (130, b"", b"")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_how_far_a_batch_is_shows_on_a_terminal_while_answers_go_elsewhere(tmp_path):
    import pty

    (tmp_path / "edges.csv").write_text("a,r,b\n")
    (tmp_path / "questions.txt").write_text("hello\n" * 40)
    ours, theirs = pty.openpty()
    command = [*GRAPHDNC, "ask", "edges.csv", "--questions", "questions.txt"]
    with open(tmp_path / "out", "w") as out:
        done = subprocess.run(command, cwd=tmp_path, stdout=out, stderr=theirs, check=False)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 2**16):
            shown += piece
    os.close(ours)
    assert done.returncode == 2
    assert b"answered" in shown
    assert b"0/40" in shown
    assert b"40 questions in " in shown
    assert (tmp_path / "out").read_text() == ""


def test_questions_that_are_no_text_are_refused(tmp_path):
    edges = tmp_path / "edges.csv"
    edges.write_text("a,r,b\n")
    done = subprocess.run([*GRAPHDNC, "ask", edges], input=b"\xff\xfe\0", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: line 1: ")


def test_what_takes_long_to_load_is_loaded_where_an_interruption_can_wait():
    code = """
import sys
from graphdnc import Reasoner
from graphdnc.graph import Graph

def loading(graph):
    raise SystemExit("too early" if "torch" in sys.modules else 0)

for question in ("from a to c", "Who is a's mother?"):
    try:
        Reasoner(Graph.from_triples([("a", "mother", "b"), ("b", "r", "c")]), loading=loading).ask(question)
    except SystemExit as stop:
        assert stop.code == 0, question
        continue
    raise AssertionError("it was not told")
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("delay", [0.1, 0.2, 0.4])
def test_an_interruption_while_the_program_is_loaded_shows_no_traceback(delay):
    code = "import sys, time; print(flush=True); from graphdnc.cli import start; sys.exit(start())"
    with start("ask", "-", "x", program=[sys.executable, "-c", code], stdin=subprocess.PIPE) as run:
        run.stdout.readline()
        time.sleep(delay)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
    assert b"Traceback" not in err
    assert run.returncode == 130


def test_the_package_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "graphdnc", "-h"], capture_output=True, text=True, check=True
    )
    assert done.stdout == shell("--help").stdout
    assert "-h, --help" in shell("ask", "-h").stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["FILE"], "no question; give a sentence, or one question a line on standard input"),
        (["-", "a to b"], "the file is empty; write one triple per line: source,relation,target"),
    ],
)
def test_closed_standard_input_is_one_with_nothing_in_it(tmp_path, arguments, message):
    (tmp_path / "FILE").write_text("source,relation,target\na,r,b\n")
    command = shlex.join([*GRAPHDNC, "ask", *arguments])
    done = subprocess.run(
        ["sh", "-c", f"{command} <&-"], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert message in done.stderr
    assert "internal" not in done.stderr
