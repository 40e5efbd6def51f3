"""Steps of question and answer taken one at a time: each input depends on the previous output."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.encoding import show
from graphdnc.episodes.labels import LabelCode
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.utils.arrays import Floats
from graphdnc.utils.parallel import stop_if_abandoned


class EpisodeStepper:
    """Takes the steps of B episodes together, with the binary channels given by number."""

    def __init__(self, network: Network, state: State, code: LabelCode, channels: int) -> None:
        self.code, self.channels = code, channels
        self._stepper = network.stepper(state)

    def step(self, heard: NDArray[np.int64], active: NDArray[np.bool_], *channels: int) -> Floats:
        """Show triples of labels ``[B, 3]`` with some channels on; return logits ``[B, output]``.

        Where ``active`` ``[B]`` is false, an episode does not change.
        """
        stop_if_abandoned()
        flags = np.zeros((len(heard), self.channels), np.float32)
        flags[:, list(channels)] = 1
        return self._stepper.step(show(heard, flags, self.code), active)
