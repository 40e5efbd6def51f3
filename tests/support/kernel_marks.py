"""Which tests need the kernels for a CPU, and how many steps they take."""

from __future__ import annotations

import pytest

from graphdnc.model.kernels.cpu import build

SHORT, LONG = 1, 37
FAILURE = build.build_failure("forward") or build.build_failure("backward")
NEEDS_KERNELS = pytest.mark.skipif(FAILURE is not None, reason=str(FAILURE))
