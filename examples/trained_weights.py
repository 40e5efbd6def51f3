"""Load a trained network as a PyTorch module, and fine-tune or inspect it."""

import torch

from graphdnc import DNC, load_checkpoint

trained = load_checkpoint("traversal").network
network = DNC(trained.config)
network.load_state_dict({name: torch.from_numpy(array) for name, array in trained.weights.items()})
for name, parameter in network.named_parameters():
    print(f"{name:36} {tuple(parameter.shape)}")
print(f"{sum(parameter.numel() for parameter in network.parameters()):,} parameters")
