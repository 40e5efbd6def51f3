"""Random streams."""

from __future__ import annotations

from graphdnc.utils.rng import Purpose, stream


def test_streams_repeat_and_never_meet() -> None:
    def draw(*key: int) -> bytes:
        return stream(Purpose(key[0]), *key[1:]).bytes(16)

    keys = [(purpose, seed, *rest) for purpose in Purpose for seed in (0, 1) for rest in ((), (1,), (2, 3))]
    drawn = [draw(*key) for key in keys]
    assert drawn == [draw(*key) for key in keys]
    assert len(set(drawn)) == len(keys)
