"""Several processes train as one: with the same losses and lessons, also after one is lost and resumed."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from small_runs import draw
from train_together import run_of

from graphdnc.episodes.labels import DigitCode
from graphdnc.errors import UsageError
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.config import ScheduleConfig
from graphdnc.training.tensors import encode
from graphdnc.training.trainer import Trainer
from graphdnc.utils.processes import Alone, Together, add_gradients, own_parts, shares, summed

SUPPORT = Path(__file__).parents[1] / "support"
SCRIPT = SUPPORT / "train_together.py"
CPU = torch.device("cpu")


def together(count, folder, *words):
    """Train in several processes; return the exit code, what is told and the errors."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    done = subprocess.run(
        [*torchrun, str(SCRIPT), str(folder), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": str(SUPPORT), "OMP_NUM_THREADS": "1"},
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def alone(folder, kind="walk", examples=256):
    """Train in this process; return what is told."""
    config, source = run_of(kind, examples)
    trainer, losses, seen = Trainer(config, source, folder, CPU), [], [0.0]

    def report(progress):
        if progress.validated is None:
            losses.append(trainer._since.loss - seen[0])
        seen[0] = trainer._since.loss

    trainer.run(report)
    return losses, trainer


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("kind", "count"), [("walk", 2), ("walk", 4), ("search", 2), ("silent", 2)])
def test_losses_and_lessons_are_those_of_one_process(tmp_path, kind, count):
    losses, trainer = alone(tmp_path / "one", kind, 128)
    code, told, errors = together(count, tmp_path / "several", "--kind", kind, "--examples", 128)
    assert code == 0, errors
    assert told["losses"] == pytest.approx(losses, rel=1e-5)
    assert told["lesson"] == trainer.at.lesson
    one, several = lines(tmp_path / "one"), lines(tmp_path / "several")
    decided = ("examples", "lesson", "validated", "accuracy")
    assert [[line[key] for key in decided] for line in several] == [
        [line[key] for key in decided] for line in one
    ]


def test_a_run_goes_on_with_another_number_of_processes(tmp_path):
    losses, trainer = alone(tmp_path / "one")
    code, first, errors = together(2, tmp_path / "run", "--stop-at", 7)
    assert code == 0, errors
    assert len(first["losses"]) == 7, "all stop as soon as one of them is told to"
    code, second, errors = together(3, tmp_path / "run", "--resume")
    assert code == 0, errors
    assert [*first["losses"], *second["losses"]] == pytest.approx(losses, rel=1e-4)
    summed = sum(float(weight.detach().double().abs().sum()) for weight in trainer.network.parameters())
    assert second["weights"] == pytest.approx(summed, rel=1e-4)


def test_a_lost_process_ends_the_run_with_one_line_and_the_last_state(tmp_path):
    code, told, errors = together(2, tmp_path / "run", "--die-at", 6)
    assert (code != 0, told) == (True, None)
    assert errors.count("error: another process of this run was lost, so this one stops too\n") <= 1
    assert 'Traceback (most recent call last):\n  File "' + str(SCRIPT) not in errors
    assert (tmp_path / "run" / "state.pt").exists(), "that of the last validation"
    code, told, errors = together(2, tmp_path / "run", "--resume")
    assert code == 0, errors
    assert len(told["losses"]) == 16 - 4


def test_a_loss_that_is_not_finite_in_one_process_stops_all_together(tmp_path):
    """As in a run by one process: nothing is learned of it, and each batch is saved once."""
    one = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "one"), "--break-from", "9"],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": str(SUPPORT)},
    )
    code, told, errors = together(3, tmp_path / "several", "--break-from", 9)
    assert (one.returncode, code, told) == (1, 1, None)
    assert one.stderr.count("error:") == 1
    assert errors.count("error: ") == 3, "each process says the same, and none lost another"
    said = one.stderr.strip().replace(f"{tmp_path}/one", f"{tmp_path}/several")
    assert errors.count(said) == 3
    for number in (1, 2, 3):
        kept = [torch.load(tmp_path / run / f"not-finite-{number}.pt") for run in ("one", "several")]
        assert kept[0]["position"]["updates"] == kept[1]["position"]["updates"] == 9 + number
        assert all(math.isnan(found["loss"]) for found in kept)
        for name, tensor in kept[0]["batch"].items():
            assert torch.equal(tensor, kept[1]["batch"][name]), f"the whole batch, not a part: {name}"
    assert len(list((tmp_path / "several").glob("not-finite-*"))) == 3
    ends = [torch.load(tmp_path / run / "state.pt")["position"]["updates"] for run in ("one", "several")]
    assert ends == [8, 8], "that of the last validation"
    assert not list((tmp_path / "several").glob(".*"))


def test_with_parts_the_bits_are_the_same_for_any_number_of_processes(tmp_path):
    told = [together(count, tmp_path / str(count), "--parts", 4, "--examples", 128)[1] for count in (1, 2, 4)]
    assert told[0] is not None
    assert told[0] == told[1] == told[2]


def test_a_process_takes_its_parts_of_a_batch_and_nothing_is_left_out():
    rng = np.random.default_rng(0)
    batch = encode([draw(rng, 1) for _ in range(7)], rng, TraversalTask(DigitCode()))
    three = [Together(number, 3, CPU) for number in range(3)]
    parts = [[batch.part(own) for own in own_parts(one, 7, 1)] for one in three]
    assert [[len(part.labels) for part in own] for own in parts] == [[3], [2], [2]]
    assert {id(own) for (part,) in parts for own in part.examples} == set(map(id, batch.examples))
    assert torch.equal(parts[1][0].steps, batch.steps[:, 1::3])
    assert {part.rows for (part,) in parts} == {batch.rows}
    assert own_parts(Alone(), 7, 1) == [slice(0, None, 1)]
    assert own_parts(Together(1, 2, CPU), 7, 4) == [slice(1, None, 4), slice(3, None, 4)]
    assert list(shares(three[1], range(7))) == [1, 4]


def test_processes_draw_pools_at_the_same_time_and_each_pool_once(tmp_path):
    """Both wait for the slower one in every step, so drawing by turns would cost both the time of each."""
    config, source = run_of("walk", 128)
    three = [Trainer(config, source, tmp_path, CPU, Together(number, 3, CPU)) for number in range(3)]
    assert [[one._own_pool(pool) for one in three] for pool in (0, 2, 3)] == [[0, 1, 2], [0, 1, 2], [3, 4, 5]]


def test_what_cannot_be_shared_is_refused():
    with pytest.raises(UsageError, match="7 episodes, fewer than its 8 parts; start fewer processes"):
        own_parts(Together(0, 8, CPU), 7, 1)
    with pytest.raises(UsageError, match=r"schedule\.parts is 4, which 3 processes cannot share"):
        own_parts(Together(0, 3, CPU), 16, 4)
    for parts in (0, 3, 32):
        with pytest.raises(ValueError, match=r"parts is \d+; it must be 1, 2, 4, 8"):
            ScheduleConfig(batch=16, parts=parts)


def test_sums_of_sums_have_the_bits_of_the_whole_sum():
    generator = torch.Generator().manual_seed(0)
    values = [torch.randn(999, generator=generator) for _ in range(8)]
    for count in (1, 2, 4, 8):
        apart = [summed(values[number::count]) for number in range(count)]
        assert torch.equal(summed(apart), summed(values))


def test_gradients_of_parts_are_those_of_the_whole():
    torch.manual_seed(0)
    layer = torch.nn.Linear(3, 2)
    unused = torch.nn.Parameter(torch.ones(2))
    layer.register_parameter("unused", unused)
    layer.bias.requires_grad_(False)
    given = torch.randn(6, 3)
    layer(given).square().sum().backward()
    expected = layer.weight.grad.clone()
    layer.zero_grad(set_to_none=True)
    add_gradients(Alone(), layer, [layer(given[number::2]).square().sum() for number in (0, 1)], True)
    torch.testing.assert_close(layer.weight.grad, expected)
    assert torch.equal(unused.grad, torch.zeros(2))
    assert layer.bias.grad is None
