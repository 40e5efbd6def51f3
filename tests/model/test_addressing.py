"""What every equation of the addressing promises, whatever the numbers: properties, drawn and by hand.

Tensors are drawn from a seed, each with some elements at the ends of their range, and every axis has another
size: 2 episodes, 5 rows, 4 columns, 3 read heads, and 1 to 2 write heads.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from graphdnc.model import addressing

B, N, W, R = 2, 5, 4, 3
SLACK = 1e-12

seeds = st.integers(0, 2**32 - 1)
heads = st.sampled_from([1, 2])
drawn = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


class Draw:
    """Random tensors in float64, from a seed."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.generator, dtype=torch.float64)

    def unit(self, *shape: int) -> Tensor:
        """Numbers from 0 to 1; about a quarter are exactly 0 or exactly 1."""
        wide = 2 * torch.rand(*shape, generator=self.generator, dtype=torch.float64) - 0.5
        return torch.where(torch.rand(*shape, generator=self.generator) < 0.5, wide, wide.abs() / 1.5).clamp(
            0, 1
        )

    def weighting(self, *shape: int) -> Tensor:
        """Weightings: some sharp, some flat, some of zeros, with sums of at most 1."""
        scale = 10.0 ** (4 * self.unit(*shape[:-1], 1) - 1)
        return torch.softmax(scale * self.normal(*shape), -1) * self.unit(*shape[:-1], 1)

    def modes(self, *shape: int) -> Tensor:
        return torch.softmax(3 * self.normal(*shape), -1)


def is_weighting(weights: Tensor, slack: float = SLACK) -> bool:
    return bool((weights >= -slack).all() and (weights.sum(-1) <= 1 + slack).all())


def in_unit(values: Tensor) -> bool:
    return bool((values >= -SLACK).all() and (values <= 1 + SLACK).all())


def close(
    actual: Tensor, expected: Tensor | list[float] | list[list[float]], tolerance: float = 1e-9
) -> None:
    if not isinstance(expected, Tensor):
        expected = torch.tensor(expected, dtype=actual.dtype)
    torch.testing.assert_close(actual, expected, rtol=0, atol=tolerance)


# --- content ----------------------------------------------------------------------------------------------


@drawn
@given(seeds, st.booleans(), st.booleans())
def test_content_weightings_sum_to_one(seed: int, masked: bool, written_only: bool) -> None:
    draw = Draw(seed)
    weights = addressing.content_weighting(
        10 * draw.normal(B, N, W),
        draw.normal(B, R, W),
        1 + 100 * draw.unit(B, R),
        draw.unit(B, R, W) if masked else None,
        draw.unit(B, N) if written_only else None,
    )
    assert weights.shape == (B, R, N)
    assert (weights >= 0).all()
    close(weights.sum(-1), torch.ones(B, R, dtype=torch.float64))


@drawn
@given(seeds, st.booleans())
def test_cosines_lie_between_minus_one_and_one(seed: int, masked: bool) -> None:
    draw = Draw(seed)
    masks = draw.unit(B, R, W) if masked else None
    scores = addressing.cosine_scores(draw.normal(B, N, W), draw.normal(B, R, W), masks)
    assert scores.shape == (B, R, N)
    assert (scores.abs() <= 1).all()


@drawn
@given(seeds)
def test_a_cosine_does_not_see_the_length(seed: int) -> None:
    draw = Draw(seed)
    memory, keys = 1 + draw.normal(B, N, W).abs(), 1 + draw.normal(B, R, W).abs()
    scores = addressing.cosine_scores(memory, keys, None)
    close(addressing.cosine_scores(7 * memory, 3 * keys, None), scores, 1e-5)
    close(addressing.cosine_scores(-memory, keys, None), -scores)


@drawn
@given(seeds)
def test_a_masked_column_does_not_count(seed: int) -> None:
    draw = Draw(seed)
    memory, keys = draw.normal(B, N, W), draw.normal(B, R, W)
    masks = torch.ones(B, R, W, dtype=torch.float64)
    close(addressing.cosine_scores(memory, keys, masks), addressing.cosine_scores(memory, keys, None))
    masks[..., 1] = 0
    changed = memory.clone()
    changed[..., 1] = 100 * draw.normal(B, N)
    close(addressing.cosine_scores(changed, keys, masks), addressing.cosine_scores(memory, keys, masks))
    without = [0, 2, 3]
    close(
        addressing.cosine_scores(memory, keys, masks),
        addressing.cosine_scores(memory[..., without], keys[..., without], None),
    )


def test_masks_are_those_of_their_own_head() -> None:
    memory = torch.eye(W, dtype=torch.float64)[None] + 0.1
    keys = memory[:, [2, 0]]
    masks = torch.ones(1, 2, W, dtype=torch.float64)
    masks[0, 0, 1:] = 0  # this head sees column 0 only: all rows look alike to it
    scores = addressing.cosine_scores(memory, keys, masks)
    close(scores[0, 0], torch.ones(W, dtype=torch.float64), 0.1)
    assert scores[0, 1].argmax() == 0


def test_a_strong_key_reads_one_row() -> None:
    memory = Draw(1).normal(1, N, W)
    keys = memory[:, [3, 0, 4]]
    weights = addressing.content_weighting(
        memory, keys, torch.full((1, 3), 1000.0, dtype=torch.float64), None, None
    )
    close(weights[0], torch.eye(N, dtype=torch.float64)[[3, 0, 4]], 1e-6)
    close(torch.bmm(weights, memory), keys, 1e-5)


def test_a_weak_key_reads_more_of_the_nearer_row() -> None:
    memory = torch.tensor([[[1.0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0]]], dtype=torch.float64)
    key = torch.tensor([[[1.0, 0, 0, 0]]], dtype=torch.float64)
    weights = addressing.content_weighting(memory, key, torch.ones(1, 1, dtype=torch.float64), None, None)
    # cosines 1, sqrt(1/2) and 0 under a strength of 1
    expected = torch.softmax(torch.tensor([1.0, 0.5**0.5, 0.0], dtype=torch.float64), 0)
    close(weights[0, 0], expected, 1e-5)


def test_rows_that_hold_nothing_are_not_read() -> None:
    memory = Draw(2).normal(1, N, W)
    usage = torch.tensor([[1.0, 0, 1, 0, 1]], dtype=torch.float64)
    weights = addressing.content_weighting(
        memory, memory[:, [1]], torch.full((1, 1), 3.0, dtype=torch.float64), None, usage
    )
    assert weights[0, 0, [1, 3]].sum() < 1e-3
    unknown = addressing.content_weighting(
        memory, memory[:, [1]], torch.full((1, 1), 3.0, dtype=torch.float64), None, None
    )
    assert unknown.argmax() == 1


def test_a_larger_memory_reads_the_same_when_empty_rows_are_left_out() -> None:
    draw = Draw(3)
    memory, keys = draw.normal(1, N, W), draw.normal(1, R, W)
    strengths, usage = torch.full((1, R), 5.0, dtype=torch.float64), torch.ones(1, N, dtype=torch.float64)
    small = addressing.content_weighting(memory, keys, strengths, None, usage)
    larger = torch.cat([memory, torch.zeros(1, 300, W, dtype=torch.float64)], 1)
    wider = torch.cat([usage, torch.zeros(1, 300, dtype=torch.float64)], 1)
    close(addressing.content_weighting(larger, keys, strengths, None, wider)[..., :N], small, 1e-2)


# --- usage and allocation ---------------------------------------------------------------------------------


@drawn
@given(seeds, heads)
def test_usage_stays_between_zero_and_one(seed: int, writers: int) -> None:
    draw = Draw(seed)
    usage, written = draw.unit(B, N), draw.weighting(B, writers, N)
    kept = addressing.retention(draw.unit(B, R), draw.weighting(B, R, N))
    after = addressing.usage_after_write(usage, written)
    assert kept.shape == after.shape == (B, N)
    assert in_unit(kept)
    assert in_unit(after)
    assert (after >= usage - SLACK).all(), "writing never lowers usage"
    assert (after * kept <= after + SLACK).all(), "freeing never raises it"


def test_usage_of_written_and_freed_rows() -> None:
    usage = torch.tensor([[0.0, 0.5, 1.0, 1.0]])
    written = torch.tensor([[[1.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0]]])
    close(addressing.usage_after_write(usage, written), [[1.0, 0.75, 1.0, 1.0]])
    gates = torch.tensor([[1.0, 0.0, 0.5]])
    read = torch.tensor([[[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.5]]])
    close(addressing.retention(gates, read), [[1.0, 0.75, 0.0, 0.75]])


def test_closed_free_gates_keep_everything_exactly() -> None:
    draw = Draw(4)
    kept = addressing.retention(torch.zeros(B, R, dtype=torch.float64), draw.weighting(B, R, N))
    assert torch.equal(kept, torch.ones(B, N, dtype=torch.float64))


@drawn
@given(seeds)
def test_allocation_is_a_weighting_and_leaves_used_rows_alone(seed: int) -> None:
    usage = Draw(seed).unit(B, N)
    place = addressing.allocation_weighting(usage)
    assert place.shape == (B, N)
    assert is_weighting(place)
    assert (place[usage == 1] == 0).all()
    assert (place <= 1 - usage + SLACK).all()
    # what is not given to a row is the product of all usages: nothing is lost on the way
    close(place.sum(-1), 1 - usage.prod(-1))


@drawn
@given(seeds, st.permutations(range(N)))
def test_allocation_does_not_depend_on_the_order_of_rows(seed: int, order: list[int]) -> None:
    usage = torch.rand(B, N, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    close(addressing.allocation_weighting(usage[:, order]), addressing.allocation_weighting(usage)[:, order])


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ([1.0, 1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0, 0.0]),  # the one free row
        ([0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]),  # the first from the top
        ([1.0, 0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]),
        ([1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0]),  # nothing is free
        ([0.9, 0.5, 1.0, 0.8, 1.0], [0.1 * 0.5 * 0.8, 0.5, 0.0, 0.2 * 0.5, 0.0]),  # the equation by hand
        ([0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0.25, 0.125, 0.0625, 0.03125]),
    ],
)
def test_allocation_by_hand(usage: list[float], expected: list[float]) -> None:
    close(addressing.allocation_weighting(torch.tensor([usage])), [expected], 1e-7)


# --- writing ----------------------------------------------------------------------------------------------


@drawn
@given(seeds, heads, st.booleans())
def test_write_weightings_are_weightings(seed: int, writers: int, by_content: bool) -> None:
    draw = Draw(seed)
    gates, content = draw.unit(B, writers), draw.modes(B, writers, N)
    weights = addressing.write_weighting(
        draw.unit(B, N),
        gates,
        draw.unit(B, writers) if by_content else None,
        content if by_content else None,
    )
    assert weights.shape == (B, writers, N)
    assert is_weighting(weights)
    assert (weights.sum(-1) <= gates + SLACK).all()
    assert (weights[gates == 0] == 0).all(), "a closed gate writes nothing"


@drawn
@given(seeds, heads)
def test_allocating_only_is_an_allocation_gate_of_one(seed: int, writers: int) -> None:
    draw = Draw(seed)
    usage, gates, content = draw.unit(B, N), draw.unit(B, writers), draw.modes(B, writers, N)
    mixed = addressing.write_weighting(usage, gates, torch.ones(B, writers, dtype=torch.float64), content)
    close(addressing.write_weighting(usage, gates, None, None), mixed)
    looked_up = addressing.write_weighting(
        usage, gates, torch.zeros(B, writers, dtype=torch.float64), content
    )
    close(looked_up, gates.unsqueeze(-1) * content)


@pytest.mark.parametrize("by_content", [True, False])
def test_two_heads_write_to_two_rows_of_an_empty_memory(by_content: bool) -> None:
    gates = torch.ones(1, 2)
    share, content = (gates, torch.full((1, 2, N), 1 / N)) if by_content else (None, None)
    weights = addressing.write_weighting(torch.zeros(1, N), gates, share, content)
    close(weights[0], torch.eye(N)[:2])


def test_a_second_head_uses_the_row_that_a_closed_first_head_left() -> None:
    weights = addressing.write_weighting(torch.zeros(1, N), torch.tensor([[0.0, 1.0]]), None, None)
    close(weights[0], torch.stack([torch.zeros(N), torch.eye(N)[0]]))


def test_writes_to_an_empty_memory_go_to_one_row_after_the_other() -> None:
    usage, last = torch.zeros(1, N), torch.zeros(1, 1, N)
    for row in range(N):
        usage = addressing.usage_after_write(usage, last)
        last = addressing.write_weighting(usage, torch.ones(1, 1), None, None)
        close(last[0, 0], torch.eye(N)[row])
    usage = addressing.usage_after_write(usage, last)
    full = addressing.write_weighting(usage, torch.ones(1, 1), None, None)
    assert torch.equal(full, torch.zeros(1, 1, N)), "a full memory has no row to give"


def test_a_freed_row_is_written_next() -> None:
    usage, read = torch.ones(1, N), torch.eye(N)[[3]][None]
    usage = usage * addressing.retention(torch.ones(1, 1), read)
    close(addressing.write_weighting(usage, torch.ones(1, 1), None, None)[0, 0], torch.eye(N)[3])


@pytest.mark.parametrize("writers", [1, 2])
def test_write_then_read_back(writers: int) -> None:
    draw = Draw(5)
    vectors = draw.normal(B, writers, W)
    weights = torch.eye(N, dtype=torch.float64)[:writers].expand(B, -1, -1)
    ones = torch.ones(B, writers, W, dtype=torch.float64)
    memory = addressing.write(draw.normal(B, N, W), weights, ones, vectors)
    close(torch.bmm(weights, memory), vectors)
    strengths = torch.full((B, writers), 1e4, dtype=torch.float64)
    found = addressing.content_weighting(memory, vectors, strengths, None, None)
    close(torch.bmm(found, memory), vectors, 1e-2)


@drawn
@given(seeds, heads)
def test_what_is_not_written_to_stays_as_it_was(seed: int, writers: int) -> None:
    draw = Draw(seed)
    memory, weights = draw.normal(B, N, W), draw.weighting(B, writers, N)
    weights[..., 2] = 0
    after = addressing.write(memory, weights, draw.unit(B, writers, W), draw.normal(B, writers, W))
    assert after.shape == (B, N, W)
    assert torch.equal(after[:, 2], memory[:, 2])


@drawn
@given(seeds)
def test_several_heads_with_one_open_write_as_one(seed: int) -> None:
    draw = Draw(seed)
    memory, weights = draw.normal(B, N, W), draw.weighting(B, 2, N)
    erase, vectors = draw.unit(B, 2, W), draw.normal(B, 2, W)
    weights[:, 1] = 0
    both = addressing.write(memory, weights, erase, vectors)
    close(both, addressing.write(memory, weights[:, :1], erase[:, :1], vectors[:, :1]))


def test_writing_by_hand() -> None:
    memory = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    weights = torch.tensor([[[0.5, 0.0]]])
    after = addressing.write(memory, weights, torch.tensor([[[1.0, 0.5]]]), torch.tensor([[[10.0, 20.0]]]))
    close(after[0], [[1 * 0.5 + 5, 2 * 0.75 + 10], [3.0, 4.0]], 1e-6)
    twice = addressing.write(
        memory, weights.expand(1, 2, 2), torch.ones(1, 2, 2), torch.tensor([[[10.0, 20.0], [1.0, 2.0]]])
    )
    close(twice[0], [[1 * 0.25 + 5.5, 2 * 0.25 + 11], [3.0, 4.0]], 1e-6)


# --- links ------------------------------------------------------------------------------------------------


def linked(draw: Draw, writers: int, steps: int = 7) -> tuple[Tensor, Tensor]:
    """Links and precedence after some random writes."""
    links = torch.zeros(B, writers, N, N, dtype=torch.float64)
    precedence = torch.zeros(B, writers, N, dtype=torch.float64)
    for _ in range(steps):
        weights = draw.weighting(B, writers, N)
        links = addressing.update_links(links, precedence, weights)
        precedence = addressing.update_precedence(precedence, weights)
    return links, precedence


@drawn
@given(seeds, heads)
def test_links_and_precedence_are_weightings_with_an_empty_diagonal(seed: int, writers: int) -> None:
    links, precedence = linked(Draw(seed), writers)
    assert links.shape == (B, writers, N, N)
    assert (links.diagonal(dim1=-2, dim2=-1) == 0).all()
    assert is_weighting(links)
    assert is_weighting(links.mT)
    assert is_weighting(precedence)


@drawn
@given(seeds, heads)
def test_following_links_gives_weightings(seed: int, writers: int) -> None:
    draw = Draw(seed)
    links, _ = linked(draw, writers)
    read_weights = draw.weighting(B, R, N)
    forward, backward = addressing.follow_links(links, read_weights)
    assert forward.shape == backward.shape == (B, writers, R, N)
    assert is_weighting(forward)
    assert is_weighting(backward)
    content = draw.modes(B, R, N)
    mixed = addressing.read_weighting(draw.modes(B, R, 1 + 2 * writers), content, forward, backward)
    assert mixed.shape == (B, R, N)
    assert is_weighting(mixed)


def test_links_follow_the_order_of_writing() -> None:
    order = [3, 0, 4, 1]
    links, precedence = torch.zeros(1, 1, N, N), torch.zeros(1, 1, N)
    for row in order:
        weights = torch.eye(N)[row].view(1, 1, N)
        links = addressing.update_links(links, precedence, weights)
        precedence = addressing.update_precedence(precedence, weights)
    expected = torch.zeros(N, N)
    expected[[0, 4, 1], [3, 0, 4]] = 1  # L[i, j]: row i was written right after row j
    close(links[0, 0], expected)
    close(precedence[0, 0], torch.eye(N)[1])
    forward, backward = addressing.follow_links(links, torch.eye(N)[[order[1]]][None])
    close(forward[0, 0, 0], torch.eye(N)[order[2]])
    close(backward[0, 0, 0], torch.eye(N)[order[0]])
    forward, _ = addressing.follow_links(links, torch.eye(N)[[order[-1]]][None])
    close(forward[0, 0, 0], torch.zeros(N))


def test_writing_a_row_again_removes_its_old_links() -> None:
    links, precedence = torch.zeros(1, 1, N, N), torch.zeros(1, 1, N)
    for row in [0, 1, 2, 0]:
        weights = torch.eye(N)[row].view(1, 1, N)
        links = addressing.update_links(links, precedence, weights)
        precedence = addressing.update_precedence(precedence, weights)
    expected = torch.zeros(N, N)
    expected[[2, 0], [1, 2]] = 1
    close(links[0, 0], expected)


def test_a_step_without_a_write_changes_no_link() -> None:
    links, precedence = linked(Draw(6), 2)
    nothing = torch.zeros(B, 2, N, dtype=torch.float64)
    assert torch.equal(addressing.update_links(links, precedence, nothing), links)
    assert torch.equal(addressing.update_precedence(precedence, nothing), precedence)


def test_read_modes_choose_backward_content_and_forward_in_this_order() -> None:
    draw = Draw(7)
    content, ways = draw.modes(B, R, N), [draw.weighting(B, 2, R, N) for _ in range(2)]
    expected = [ways[1][:, 0], ways[1][:, 1], content, ways[0][:, 0], ways[0][:, 1]]
    for mode, one in enumerate(torch.eye(5, dtype=torch.float64)):
        mixed = addressing.read_weighting(one.expand(B, R, 5), content, ways[0], ways[1])
        close(mixed, expected[mode])


# --- gradients ----------------------------------------------------------------------------------------------

FUNCTIONS = {
    "content": (
        lambda memory, keys, strengths, masks, usage: addressing.content_weighting(
            memory, keys, strengths, masks, usage
        ),
        [(B, N, W), (B, R, W), (B, R), (B, R, W), (B, N)],
    ),
    "unmasked content": (
        lambda memory, keys, strengths: addressing.content_weighting(memory, keys, strengths, None, None),
        [(B, N, W), (B, R, W), (B, R)],
    ),
    "retention": (addressing.retention, [(B, R), (B, R, N)]),
    "usage": (addressing.usage_after_write, [(B, N), (B, 2, N)]),
    "allocation": (addressing.allocation_weighting, [(B, N)]),
    "write weighting": (addressing.write_weighting, [(B, N), (B, 2), (B, 2), (B, 2, N)]),
    "write": (addressing.write, [(B, N, W), (B, 1, N), (B, 1, W), (B, 1, W)]),
    "write with two heads": (addressing.write, [(B, N, W), (B, 2, N), (B, 2, W), (B, 2, W)]),
    "links": (addressing.update_links, [(B, 2, N, N), (B, 2, N), (B, 2, N)]),
    "precedence": (addressing.update_precedence, [(B, 2, N), (B, 2, N)]),
    "follow": (
        lambda links, weights: torch.cat(addressing.follow_links(links, weights)),
        [(B, 2, N, N), (B, R, N)],
    ),
    "read": (addressing.read_weighting, [(B, R, 5), (B, R, N), (B, 2, R, N), (B, 2, R, N)]),
}


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_zeros_and_ones_give_no_nan_in_value_or_gradient(name: str, value: float) -> None:
    function: Callable[..., Tensor] = FUNCTIONS[name][0]  # type: ignore[assignment]
    arguments = [torch.full(shape, value).requires_grad_() for shape in FUNCTIONS[name][1]]
    result = function(*arguments)
    assert result.isfinite().all()
    gradients = torch.autograd.grad(
        (result * torch.arange(result.numel()).view(result.shape)).sum(), arguments
    )
    for gradient in gradients:
        assert gradient.isfinite().all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_those_of_the_function(name: str) -> None:
    """Against finite differences, at a random point where no two rows are used equally."""
    draw = Draw(8)
    function: Callable[..., Tensor] = FUNCTIONS[name][0]  # type: ignore[assignment]
    arguments = []
    for shape in FUNCTIONS[name][1]:
        values = 0.2 + 0.6 * torch.rand(*shape, generator=draw.generator, dtype=torch.float64)
        arguments.append(values.requires_grad_())
    assert torch.autograd.gradcheck(function, arguments, eps=1e-6, atol=1e-5)
