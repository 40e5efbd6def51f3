"""Temporal links and read modes: what their equations promise, whatever goes into them."""

from __future__ import annotations

import torch
from hypothesis import given
from memories import B, Draw, N, R, close, drawn, heads, is_weighting, seeds
from torch import Tensor

from graphdnc.model import addressing


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
