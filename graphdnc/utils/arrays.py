"""What arrays hold, for the documentation of shapes beside it."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
