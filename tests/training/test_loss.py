"""The loss and what counts as right, also where several choices are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from walk_episodes import CODE, LONG, SHORT, TASK, perfect_logits, rng, targets

from graphdnc.episodes import encoding
from graphdnc.episodes.labels import DigitCode
from graphdnc.training.loss import answer_loss, log_probabilities, said_right, whole_answers_right
from graphdnc.training.tensors import Batch, encode


def test_whole_answers_right_can_fail() -> None:
    """One digit of one label of one step is enough, and only where an answer is wanted."""
    batch = encode([LONG, SHORT], rng(), TASK)
    logits = perfect_logits(batch)
    assert whole_answers_right(logits, batch, CODE).tolist() == [True, True]
    for index in (0, 1):
        for step in range(len(logits)):
            for label in range(3):
                for digit in range(3):
                    wrong = logits.clone()
                    place = wrong[step, index].view(3, 3, 10)[label, digit]
                    place.copy_(place.roll(1))
                    expected = [True, True]
                    expected[index] = not bool(batch.answer_mask[step, index])
                    assert whole_answers_right(wrong, batch, CODE).tolist() == expected


def test_the_loss_counts_wanted_steps_only() -> None:
    batch = encode([LONG, SHORT], rng(), TASK)
    torch.manual_seed(2)
    logits = torch.randn(7, 2, 90)
    loss = answer_loss(logits, batch, CODE)
    noise = torch.where(batch.answer_mask[..., None], logits, 50 * torch.randn(7, 2, 90))
    torch.testing.assert_close(answer_loss(noise, batch, CODE), loss)
    one_by_one = [
        -log_probabilities(logits[step, index], targets(batch)[step, index][None], CODE)[0]
        for step, index in batch.answer_mask.nonzero().tolist()
    ]
    torch.testing.assert_close(loss, torch.stack(one_by_one).mean())
    assert answer_loss(perfect_logits(batch), batch, CODE) < 1e-6
    uniform = answer_loss(torch.zeros(7, 2, 90), batch, CODE)
    torch.testing.assert_close(uniform, torch.tensor(9 * np.log(10)).float())


ONE = DigitCode(1)


def choosing(choices: list[list[list[int]]], right: list[list[bool]], among: list[list[bool]]) -> Batch:
    """Return a batch of one episode, its steps with these choices, each a triple of one-digit labels."""
    steps, nothing = len(choices), torch.zeros(0)
    return Batch(
        description=nothing,
        lengths=nothing,
        steps=torch.zeros(steps, 1, 30),
        active=torch.ones(steps, 1, dtype=torch.bool),
        choices=torch.tensor(choices).unsqueeze(1),
        credit=torch.tensor(right).unsqueeze(1),
        among=torch.tensor(among).unsqueeze(1),
        answering=torch.ones(steps, 1, dtype=torch.bool),
        spare=0,
        labels=(),
        examples=(),
    )


def test_the_probability_of_a_triple_is_that_of_its_labels_together() -> None:
    torch.manual_seed(3)
    logits = torch.randn(2, 4, 30)
    triples = torch.randint(10, (2, 4, 5, 3))
    found = log_probabilities(logits, triples, ONE)
    assert found.shape == (2, 4, 5)
    answering = encoding.log_probabilities(logits.numpy(), triples.numpy(), ONE)
    torch.testing.assert_close(torch.from_numpy(answering), found)
    shares = logits.unflatten(-1, (3, 10)).softmax(-1)
    for place in np.ndindex(2, 4, 5):
        labels = triples[place].tolist()
        by_hand = np.prod([float(shares[place[:2]][column, label]) for column, label in enumerate(labels)])
        assert float(found[place]) == pytest.approx(np.log(by_hand), rel=1e-5)
    everything = torch.cartesian_prod(*[torch.arange(10)] * 3)
    whole = log_probabilities(logits[0, 0], everything, ONE).exp().sum()
    torch.testing.assert_close(whole, torch.tensor(1.0))


def logits_of(weights: dict[int, float]) -> Tensor:
    """Return logits ``[1, 1, 30]`` under which the source has these odds, and relation and target are 1."""
    logits = torch.zeros(3, 10)
    logits[0] = -40
    for label, weight in weights.items():
        logits[0, label] = float(np.log(weight))
    logits[1:, 1] = 40
    return logits.view(1, 1, 30)


def test_any_right_choice_will_do() -> None:
    """Of 8 parts, 1 and 2 say what is right: the loss is -log of 3 eighths, however they are shared out."""
    triples = [[[2, 1, 1], [3, 1, 1], [4, 1, 1]]]
    batch = choosing(triples, [[True, True, False]], [[False] * 3])
    for weights in ({2: 1, 3: 2, 4: 4, 5: 1}, {2: 3, 3: 1e-9, 4: 1e-9, 5: 5}):
        loss = answer_loss(logits_of(weights), batch, ONE)
        assert float(loss) == pytest.approx(-np.log(3 / 8), abs=1e-4)


def test_where_the_choice_is_closed_the_rest_does_not_count() -> None:
    """Of 3 + 4 parts that may be said, 3 are right; the 9 parts elsewhere, and any scale, change nothing."""
    triples = [[[2, 1, 1], [3, 1, 1], [4, 1, 1], [9, 1, 1]]]
    batch = choosing(triples, [[True, True, False, False]], [[True, True, True, False]])
    for weights in ({2: 1, 3: 2, 4: 4, 5: 9}, {2: 1, 3: 2, 4: 4, 9: 99}, {2: 0.1, 3: 0.2, 4: 0.4, 5: 1}):
        loss = answer_loss(logits_of(weights), batch, ONE)
        assert float(loss) == pytest.approx(-np.log(3 / 7), abs=1e-4)
    sure = choosing(triples, [[True] * 3 + [False]], [[True] * 3 + [False]])
    assert float(answer_loss(logits_of({5: 1.0}), sure, ONE)) == pytest.approx(0, abs=1e-5)


def test_the_loss_is_the_mean_over_steps_of_every_kind() -> None:
    triples = [[[2, 1, 1], [3, 1, 1]]] * 4
    right = [[True, True], [True, False], [False, False], [True, False]]
    among = [[False, False], [True, True], [True, True], [False, False]]
    batch = choosing(triples, right, among)
    logits = logits_of({2: 1, 3: 2, 4: 5}).expand(4, 1, 30)
    assert batch.answer_mask[:, 0].tolist() == [True, True, False, True]
    expected = -(np.log(3 / 8) + np.log(1 / 3) + np.log(1 / 8)) / 3
    assert float(answer_loss(logits, batch, ONE)) == pytest.approx(expected, abs=1e-4)


def test_what_is_said_is_right_where_a_right_choice_is_best_of_those_allowed() -> None:
    triples = [[[2, 1, 1], [3, 1, 1], [4, 1, 1]]] * 2
    right, among = [[True, True, False]] * 2, [[False] * 3, [True] * 3]
    free_and_closed = {
        (2, 1, 1): (True, True),
        (3, 1, 1): (True, True),
        (4, 1, 1): (False, False),
        # not a choice: wrong where anything may be said, no hindrance where it may not
        (7, 1, 1): (False, True),
    }
    for said, expected in free_and_closed.items():
        batch = choosing(triples, right, among)
        logits = torch.from_numpy(ONE.encode(np.array(said))).view(1, 1, 30) * 20
        logits = logits.repeat(2, 1, 1)
        logits[:, 0, 3] += 1  # of what is allowed, the second choice is the next best
        assert tuple(said_right(logits, batch, ONE)[:, 0].tolist()) == expected
        assert whole_answers_right(logits, batch, ONE).tolist() == [all(expected)]


def test_steps_at_which_nothing_is_wanted_are_never_wrong() -> None:
    nothing = choosing([[[2, 1, 1]], [[2, 1, 1]]], [[False], [True]], [[False], [True]])
    logits = torch.randn(2, 1, 30)
    assert whole_answers_right(logits, nothing, ONE).tolist() == [True], "there is no other choice"


@pytest.mark.parametrize("scale", [0.0, 1.0, 1e4])
def test_the_gradient_is_finite_however_sure_the_network_is(scale: float) -> None:
    torch.manual_seed(4)
    triples = torch.randint(10, (6, 4, 3)).tolist()
    right = [[True, False, False, False], [True, True, False, False], [False] * 4] * 2
    among = [[False] * 4] * 3 + [[True] * 4, [True, True, False, False], [True] * 4]
    batch = choosing(triples, right, among)
    logits = (scale * torch.randn(6, 1, 30)).requires_grad_()
    loss = answer_loss(logits, batch, ONE)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.isfinite()
    assert gradient.isfinite().all()
    assert (gradient[[2, 5]] == 0).all(), "nothing is wanted there"
    assert loss >= -1e-6


def test_the_gradient_is_that_of_small_differences() -> None:
    torch.manual_seed(5)
    batch = choosing(
        torch.randint(10, (2, 3, 3)).tolist(), [[True, True, False]] * 2, [[False] * 3, [True] * 3]
    )
    logits = torch.randn(2, 1, 30, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: answer_loss(given, batch, ONE), (logits,))
