"""Networks whose kernels are compared with the steps in torch, in every value and gradient.

The reference runs in float64, so what differs is the rounding of float32 alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from networks import SEARCH as SHIPPED_SEARCH
from torch import Tensor

from graphdnc.model.access import MemoryState
from graphdnc.model.config import DNCConfig
from graphdnc.model.controller import ControllerState
from graphdnc.model.dnc import DNC
from graphdnc.model.state import DNCState

FAITHFUL = DNCConfig(
    input_size=9, output_size=8, controller_size=6, memory_rows=13, memory_width=7, read_heads=3
)
SHIPPED = replace(
    FAITHFUL,
    interface_skip=True,
    masked_keys=True,
    written_rows_only=True,
    allocate_only=True,
    blind_description=True,
    stop_usage_gradient=True,
)
SEARCH = replace(
    SHIPPED_SEARCH,
    input_size=9,
    output_size=8,
    controller_size=6,
    memory_rows=13,
    memory_width=7,
    read_heads=3,
    start="plain",
)
"""The options of the shipped shortest-path network, in the sizes of the others."""
CONFIGS = {
    "faithful": FAITHFUL,
    "faithful, one head": replace(FAITHFUL, read_heads=1, memory_width=96, memory_rows=5),
    "faithful, five heads": replace(FAITHFUL, read_heads=5, controller_size=19),
    "faithful, one row": replace(FAITHFUL, memory_rows=1),
    "shipped": SHIPPED,
    "shipped, wide and long": replace(SHIPPED, memory_width=96, memory_rows=70, read_heads=2),
    "shipped, six heads": replace(SHIPPED, read_heads=6, memory_rows=33),
    "interface_skip": replace(FAITHFUL, interface_skip=True),
    "masked_keys": replace(FAITHFUL, masked_keys=True),
    "written_rows_only": replace(FAITHFUL, written_rows_only=True),
    "stop_usage_gradient": replace(FAITHFUL, stop_usage_gradient=True),
    "as shipped": replace(SHIPPED, written_rows_only=False, stop_usage_gradient=False),
    "all but allocate_only": replace(SHIPPED, allocate_only=False),
    "unlinked": replace(SHIPPED, link_description=False),
    "output_skip": replace(FAITHFUL, output_skip=True),
    "search": SEARCH,
    "search, wide and long": replace(SEARCH, memory_width=96, memory_rows=70),
    "no links": replace(FAITHFUL, links="off"),
    "no links, as for kinship": replace(SEARCH, links="off"),
    "no links, wide and long": replace(SEARCH, links="off", memory_width=96, memory_rows=70, read_heads=5),
    "unlinked, with a write key": replace(
        SHIPPED, link_description=False, allocate_only=False, memory_rows=40
    ),
    "unlinked, wide and long": replace(SHIPPED, link_description=False, memory_width=96, memory_rows=70),
    "unlinked, five heads": replace(
        FAITHFUL, link_description=False, read_heads=5, controller_size=19, memory_rows=67
    ),
    "two layers": replace(FAITHFUL, controller_layers=2),
    "three layers, as shipped": replace(SEARCH, controller_layers=3, controller_size=11),
    "layer norm": replace(FAITHFUL, layer_norm=True),
    "three layers with layer norm": replace(
        SHIPPED, controller_layers=3, layer_norm=True, controller_size=17, allocate_only=False
    ),
    "two layers with layer norm, as for kinship": replace(
        SEARCH, controller_layers=2, layer_norm=True, links="off"
    ),
}
BATCH = 3


def network_of(config: DNCConfig, scale: float = 0.3) -> DNC:
    """A network in which no weight has a special value."""
    network = DNC(config)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(scale * torch.randn_like(parameter))
    return network


def weighting(*shape: int) -> Tensor:
    return torch.softmax(torch.randn(*shape), -1) * 0.9


def filled_state(config: DNCConfig) -> DNCState:
    """A state in the middle of an episode; several rows are used equally, as in an empty memory.

    Where the description is not linked, it was of a half of the rows, of two thirds and of all but one.
    """
    rows, width, heads = config.memory_rows, config.memory_width, config.read_heads
    memory, read_weights = torch.randn(BATCH, rows, width), weighting(BATCH, heads, rows)
    usage = torch.rand(BATCH, rows)
    usage[:, ::3] = 0
    linkable = torch.zeros(BATCH, dtype=torch.int64)
    if not config.link_description:
        linkable = torch.tensor([rows // 2, rows * 2 // 3, rows - 1])
    free = (torch.arange(rows) >= linkable[:, None]).float().unsqueeze(1)[..., linkable.min() :]
    controller = ControllerState(*torch.randn(2, config.controller_layers, BATCH, config.controller_size))
    write_weights = weighting(BATCH, 1, rows)
    linked, links, precedence = free.shape[-1], None, None
    if config.links != "off":
        among = free[..., None] * free[:, None] * (1 - torch.eye(linked))
        links = weighting(BATCH, 1, linked, linked) * among
        precedence = weighting(BATCH, 1, linked) * free
    return DNCState(
        controller,
        MemoryState(
            memory=memory,
            usage=usage,
            write_weights=write_weights,
            read_weights=read_weights,
            reads=read_weights @ memory,
            links=links,
            precedence=precedence,
            linkable=linkable,
        ),
    )


def tensors(state: DNCState) -> dict[str, Tensor]:
    parts = {**state.controller._asdict(), **state.memory._asdict()}
    del parts["linkable"]
    return {name: value for name, value in parts.items() if value is not None}


def in_type(state: DNCState, dtype: torch.dtype) -> DNCState:
    """A copy of a state, every part a leaf with a gradient."""

    def leaf(tensor: Tensor | None) -> Tensor | None:
        return None if tensor is None else tensor.to(dtype, copy=True).requires_grad_()

    memory = MemoryState(*map(leaf, state.memory[:-1]), state.memory.linkable)
    return DNCState(ControllerState(*map(leaf, state.controller)), memory)


def mixed(*parts: Tensor) -> Tensor:
    """A number that depends on every element, differently."""
    weights = [1 + torch.arange(part.numel(), dtype=torch.float64).view(part.shape).cos() for part in parts]
    return torch.stack([(part * weight).sum() for part, weight in zip(parts, weights, strict=True)]).sum()


def outcome(
    network: DNC, inputs: Tensor, state: DNCState, active: Tensor | None, used: str
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return all values, and the gradients of what is used of them: everything, logits or state."""
    leaf = inputs.detach().clone().requires_grad_()
    logits, after = network(leaf, state, active)
    values = {"logits": logits, **tensors(after)}
    parts = {"all": list(values.values()), "logits": [logits], "state": list(tensors(after).values())}[used]
    learned = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
    leaves = {**learned, "inputs": leaf, **tensors(state)}
    found = torch.autograd.grad(mixed(*parts), list(leaves.values()), allow_unused=True)
    gradients = {
        name: torch.zeros_like(tensor) if gradient is None else gradient
        for (name, tensor), gradient in zip(leaves.items(), found, strict=True)
    }
    return {name: value.detach() for name, value in values.items()}, gradients


def close(found: dict[str, Tensor], expected: dict[str, Tensor], what: str) -> None:
    """Each tensor, relative to its largest number."""
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        scale = tensor.abs().max().clamp_min(1e-3)
        torch.testing.assert_close(
            found[name].double() / scale,
            tensor / scale,
            rtol=0,
            atol=2e-5,
            msg=lambda text, name=name: f"{what} {name} differs\n{text}",
        )


def compare(
    config: DNCConfig,
    state: DNCState,
    steps: int,
    active: Tensor | None,
    used: str = "all",
    change: Callable[[DNC], object] = lambda network: None,
) -> None:
    network = network_of(config)
    reference = DNC(config).double()
    reference.load_state_dict(network.state_dict())
    change(network)
    change(reference)
    inputs = torch.randn(steps, BATCH, config.input_size)
    assert network.fallback_reason(inputs) is None
    assert reference.fallback_reason(inputs.double()) is not None
    values, gradients = outcome(network, inputs, in_type(state, torch.float32), active, used)
    expected, expected_gradients = outcome(
        reference, inputs.double(), in_type(state, torch.float64), active, used
    )
    close(values, expected, "value")
    close(gradients, expected_gradients, "gradient of")


def compare_described(name: str, rows: int, described: tuple[int, ...], lengths: tuple[int, ...]) -> None:
    """As in training: the gradient flows through questions of ``lengths`` steps into the description."""
    config = CONFIGS[name]
    network = network_of(config)
    reference = DNC(config).double()
    reference.load_state_dict(network.state_dict())
    longest = max(lengths)
    triples, steps = torch.randn(max(described), BATCH, 9), torch.randn(longest, BATCH, 9)
    active = torch.arange(longest)[:, None] < torch.tensor(lengths)
    found = []
    for model in (network, reference):
        dtype = model.output.weight.dtype
        state = model.memorise(triples.to(dtype), torch.tensor(described), rows)
        logits, _ = model(steps.to(dtype), state, active)
        gradients = torch.autograd.grad(mixed(logits), list(model.parameters()))
        found.append({"logits": logits.detach(), **dict(zip(model.state_dict(), gradients, strict=True))})
    close(*found, "value or gradient of")
