"""Types of arrays; the shapes are documented where they are used."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
