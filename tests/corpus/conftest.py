"""A corpus of walks."""

import pytest
from corpora import examples, write


@pytest.fixture
def corpus(tmp_path):
    return write(tmp_path / "c.h5", examples())
