"""Checksums at the end of files: every change is noticed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from graphdnc.utils.checksum import checksum, seal, sealed, sealed_with, unsealed

CONTENT = b"source,relation,target\n" * 7


def test_a_file_and_bytes_are_sealed_alike(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    with path.open("rb+") as file:
        assert sealed_with(file) is None
        seal(file)
        assert sealed_with(file) == checksum([CONTENT])
    assert path.read_bytes() == sealed(CONTENT)
    assert unsealed(path.read_bytes()) == (CONTENT, checksum([CONTENT]))


def test_no_flipped_bit_goes_unnoticed() -> None:
    """A bit in the mark itself makes it a file without a checksum, whose content is as it was."""
    whole = sealed(CONTENT)
    for place in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        try:
            found = unsealed(bytes(damaged))
            assert sealed_with(io.BytesIO(damaged)) == found[1]
        except ValueError:
            with pytest.raises(ValueError, match="damaged or changed"):
                sealed_with(io.BytesIO(damaged))
        else:
            assert found[1] is None
            assert found[0][: len(CONTENT)] == CONTENT


@pytest.mark.parametrize("content", [b"", b"\n", b"\ngraphdnc sha256 "])
def test_short_files_are_not_sealed(content: bytes) -> None:
    assert unsealed(content) == (content, None)
    assert sealed_with(io.BytesIO(content)) is None
    assert unsealed(sealed(content))[0] == content
