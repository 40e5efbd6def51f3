"""Each analysis looks into a network as it says, on a few graphs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch

from graphdnc.analysis import allocation, forgetting, heads, keeping, links, recall, resize
from graphdnc.analysis.rows import decode_rows, fit, together, written
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.errors import UsageError
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks.checkpoint import load_checkpoint
from graphdnc.networks.sequence_checkpoint import SequenceCheckpoint, save_sequence_checkpoint
from graphdnc.tasks.reading import Read
from graphdnc.tasks.sequences import SEQUENCE_TASKS


@pytest.fixture(scope="module")
def walker():
    return load_checkpoint("traversal", threads=1)


def shares(finding, column):
    place = finding.columns.index(column)
    return [float(row[place].rstrip("%")) / 100 for row in finding.rows]


@pytest.mark.parametrize("name", ["traversal", "shortest-path"])
def test_a_triple_is_read_from_its_row_by_a_linear_classifier(name):
    found = decode_rows(load_checkpoint(name, threads=1), 20, seed=3)
    assert shares(found, "whole triple")[-1] >= 0.99
    few, many = shares(found, "whole triple")[0], shares(found, "whole triple")[-1]
    assert few < many


def test_the_classifier_learns_nothing_from_rows_of_other_triples(walker):
    rng = np.random.default_rng(1)
    known = together([written(walker, random_graph(rng, 30, (2, 4)), 1, number) for number in range(6)])
    mixed = known._replace(triples=rng.permutation(known.triples))
    right = fit(mixed, walker)(known.rows) == known.triples
    assert right.all(1).mean() < 0.05


def test_heads_are_named_by_what_they_read():
    phases = ["description"] * 3 + ["query"] * 2 + ["answer"] * 2
    answer = [("a", "r", "b"), ("b", "s", "c")]
    reads = {
        "its triple": Read(0, 0.9, "content", 1, ("b", "s", "c")),
        "the triple before": Read(1, 0.9, "content", 2, ("a", "r", "b")),
        "not of the answer": Read(2, 0.9, "content", 3, ("x", "y", "z")),
        "its query": Read(4, 0.9, "forward", 5, (None, "s", None)),
        "another query": Read(3, 0.9, "forward", 4, ("a", "r", None)),
        "a later row": Read(5, 0.9, "forward", 6, (None, None, None)),
        "none": Read(0, 0.4, "content", 1, ("b", "s", "c")),
    }
    for kind, read in reads.items():
        assert heads.kind(read, phases, 6, answer) == kind
    assert heads.kind(None, phases, 6, answer) == "none"


def test_a_head_of_the_learned_network_walks_while_it_hears_the_question(walker):
    found = heads.what_heads_read(walker, 3, seed=1)
    hearing = [row for row in found.rows if row[0] == "query"]
    place = found.columns.index("its triple")
    assert max(int(row[place].rstrip("%")) for row in hearing) > 70


def test_without_spare_rows_triples_are_lost(walker, monkeypatch):
    monkeypatch.setattr(resize, "TRIPLES", (40,))
    monkeypatch.setattr(resize, "SPARE", (0, 32))
    found = resize.by_rows(walker, 10, seed=1)
    none, enough = shares(found, "whole answers right")
    assert none <= enough
    assert enough > 0.8
    with pytest.raises(UsageError, match="resize measures walks"):
        resize.by_rows(load_checkpoint("kinship", threads=1), 2, seed=1)


def test_links_are_compared_on_the_same_questions(walker, monkeypatch):
    monkeypatch.setattr(links, "KEPT", (4,))
    found = links.sparse_and_dense(walker, 4, seed=1)
    assert [row[0] for row in found.rows] == ["dense", "4"]
    assert shares(found, "same answer as dense") == [1.0, 1.0]


def test_the_command_prints_a_table_and_draws_a_figure(run, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")

    for what, episodes in (("rows", 4), ("heads", 2)):
        figure = tmp_path / f"{what}.svg"
        code, out, _ = run("analyse", what, "traversal", "--episodes", episodes, "-o", figure)
        assert code == 0
        assert len(out.splitlines()) > 2
        assert figure.read_bytes().startswith(b"<?xml")
    code, out, err = run("analyse", "souls", "traversal")
    assert (code, out, err) == (
        2,
        "",
        "error: there is no analysis 'souls'; choose one of rows, heads, resize, links, allocation, recall, "
        "forgetting\n",
    )


@pytest.fixture
def copier():
    torch.manual_seed(1)
    task = SEQUENCE_TASKS["memory-reuse"]
    config = DNCConfig(task.input_size, task.output_size, 8, memory_rows=10, memory_width=6, read_heads=1)
    return SequenceCheckpoint(EagerNetwork(DNC(config).eval()), task, {}, "untrained")


def test_gates_are_averaged_by_step_of_a_piece(copier):
    found = allocation.how_rows_are_reused(copier, 3, seed=1)
    steps = [f"{what} {number}" for what in ("shown", "said") for number in range(1, 6)]
    assert [row[0] for row in found.rows[:-1]] == steps
    assert {row[1] for row in found.rows[:-1]} == {"30"}
    gates = np.array([[float(cell) for cell in row[2:5]] for row in found.rows[:-1]])
    assert (gates > 0).all()
    assert (gates < 1).all()
    assert all(0 <= float(row[5].split()[0]) <= 10 for row in found.rows[:-1])
    assert found.rows[-1][0].startswith("whole sequences right: 0.00% (0.00% to 5")


def test_the_figure_of_allocation_has_every_step(copier):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    drawn = allocation.how_rows_are_reused(copier, 2, seed=1).draw("svg").decode()
    for text in ("written", "read", "usage", "allocation gate", "free gate", "50 vectors through 10 rows"):
        assert text in drawn


def test_allocation_is_for_sequences_and_the_others_are_for_graphs(run, copier, tmp_path):
    save_sequence_checkpoint(tmp_path, copier, "# card\n")
    code, out, err = run("analyse", "allocation", "traversal")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "trained for 'traversal'; give a network for one of copy, repeat-copy" in err
    code, out, err = run("analyse", "rows", tmp_path)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "trained for memory-reuse, a task about sequences, not graphs" in err


def test_recalls_are_counted_by_position_and_lag_as_by_hand():
    recalls = [[2, 0, 1], [2, 1], []]
    assert recall.by_position(recalls, 3) == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert recall.firsts(recalls, 3) == pytest.approx([0, 0, 2 / 3])
    # from 2: lags -2 and -1 were possible twice, each was taken once; from 0 only +1 was possible
    assert recall.lag_probabilities(recalls, 3) == {-2: 0.5, -1: 0.5, 1: 1.0}


def test_a_recall_is_a_whole_item_said_for_the_first_time():
    task = SEQUENCE_TASKS["free-recall"]
    own = task.lay_out(np.random.default_rng(1), {"length": 4})
    said = np.zeros(own.targets.shape, bool)
    said[4:] = own.targets[[6, 4, 6, 7]] > 0.5
    said[7, 0] ^= True
    found = recall.recall(own, said)
    assert found[:2] == [2, 0]
    assert 3 not in found


@pytest.mark.parametrize("rows", [16, 3])
def test_an_untrained_network_recalls_little_and_is_drawn_beside_people(rows):
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    torch.manual_seed(1)
    task = SEQUENCE_TASKS["free-recall"]
    config = DNCConfig(task.input_size, task.output_size, 8, memory_rows=rows, memory_width=6, read_heads=1)
    lists = SequenceCheckpoint(EagerNetwork(DNC(config).eval()), task, {}, "untrained")
    found = recall.how_lists_are_recalled(lists, 20, seed=1)
    assert [row[0] for row in found.rows[:-2]] == [str(number) for number in range(1, 13)]
    assert found.rows[-2][0].startswith("whole lists: 0.00%")
    drawn = found.draw("svg").decode()
    assert all(text in drawn for text in (recall.NETWORK, recall.PEOPLE, "next recall"))


def test_recall_is_measured_of_tasks_without_an_order(copier):
    with pytest.raises(UsageError, match="untrained was trained for 'memory-reuse', which has an order"):
        recall.how_lists_are_recalled(copier, 2, seed=1)


def test_rules_keep_facts_as_by_hand():
    asked = np.array([0, 0, 1, 0, 4, 3])
    answered = {name: rule(asked, 2).astype(int).tolist() for name, rule in forgetting.RULES.items()}
    assert answered == {
        "the first kept": [1, 1, 1, 1, 0, 0],
        "oldest overwritten": [1, 1, 1, 0, 1, 0],
        "least read overwritten": [1, 1, 0, 0, 1, 0],
        "best possible": [1, 1, 1, 1, 1, 1],
    }


def most_answered(asked, rows):
    """Try every set of questions: each keeps its fact, with all questions about it that come before."""
    for size in range(len(asked), 0, -1):
        for chosen in combinations(range(len(asked)), size):
            last = {asked[number]: number for number in chosen}
            spans = [range(fact, end + 1) for fact, end in last.items()]
            if all(sum(time in span for span in spans) <= rows for time in range(len(asked))):
                return size
    return 0


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_nothing_answers_more_than_the_best_possible(rows):
    rng = np.random.default_rng(rows)
    for _ in range(20):
        asked = np.array([rng.integers(shown + 1) for shown in range(9)])
        best = keeping.best_possible(asked, rows)
        assert best.sum() == most_answered(asked.tolist(), rows)
        assert all(rule(asked, rows).sum() <= best.sum() for rule in forgetting.RULES.values())


@pytest.fixture
def untrained_keeper():
    torch.manual_seed(1)
    task = SEQUENCE_TASKS["fact-stream"]
    config = DNCConfig(task.input_size, task.output_size, 8, memory_rows=4, memory_width=6, read_heads=1)
    return SequenceCheckpoint(EagerNetwork(DNC(config).eval()), task, {}, "untrained")


def test_an_untrained_network_answers_little_and_rules_by_age(untrained_keeper):
    found = forgetting.what_is_forgotten(untrained_keeper, 10, seed=1)
    by_age = {row[0]: row for row in found.rows}
    assert int(by_age["any fact"][1]) == 10 * 32
    assert shares(found, "network")[-1] < 0.1
    assert by_age["a fact of age 2-3"][found.columns.index("oldest overwritten")] == "100.00%"
    assert by_age["a fact of age 4-7"][found.columns.index("oldest overwritten")] == "0.00%"
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    drawn = found.draw("svg").decode()
    assert all(text in drawn for text in (forgetting.NETWORK, *forgetting.RULES, "32 facts, 4 rows"))


def test_forgetting_is_measured_of_streams_of_facts(copier):
    with pytest.raises(UsageError, match="untrained was trained for 'memory-reuse'; forgetting is measured"):
        forgetting.what_is_forgotten(copier, 2, seed=1)
