"""Train a DNC in a loop of your own: say whether the second of two vectors is the same as the first."""

import sys

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from graphdnc import DNC, DNCConfig

torch.manual_seed(0)
updates = int(sys.argv[1]) if len(sys.argv) > 1 else 300
network = DNC(
    DNCConfig(input_size=4, output_size=1, controller_size=32, memory_rows=4, memory_width=8, read_heads=1)
)
optimiser = torch.optim.Adam(network.parameters(), 1e-2)
for update in range(updates):
    first = torch.randint(2, (64, 4)).float()
    same = torch.rand(64, 1) < 0.5
    second = torch.where(same, first, torch.randint(2, (64, 4)).float())
    right = (first == second).all(-1, keepdim=True).float()
    outputs, state = network(torch.stack([first, second]))  # steps, batch, input
    loss = cross_entropy(outputs[-1], right)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    if update % 100 == 99 or update == updates - 1:
        accuracy = ((outputs[-1] > 0) == (right > 0)).float().mean()
        print(f"{update + 1} updates: loss {loss:.3f}, {accuracy:.0%} right")
