"""Text that comes from files cannot control a terminal; what libraries draw can."""

import io

import pytest

from graphdnc.utils.terminal import make_safe, trusted, visible

HOSTILE = "\x1b]0;owned\x07\x9b2J\x7f\r\b\u202e\u2028"


def test_control_characters_become_visible_and_letters_stay():
    assert visible("Bank\x1b[2J\r") == "Bank\\x1b[2J\\r"
    assert visible("a\u202eb\u2066c\x85") == "a\\u202eb\\u2066c\\x85"
    kept = "Ångström, 東京, \u0646\u06cc\u200c\u0641, 👩\u200d🚀, tab\tand\nlines"
    assert visible(kept) == kept


@pytest.mark.parametrize("letter", HOSTILE)
def test_no_hostile_letter_passes(letter):
    assert letter not in visible(letter) or letter in "]0;owned2J"


def test_a_safe_stream_writes_nothing_hostile_and_a_library_draws_on_it():
    stream = io.TextIOWrapper(io.BytesIO(), "ascii", write_through=True)
    make_safe(stream)
    print("\x1b[31m", "ü", file=stream)
    stream.writelines(["\x07"])
    trusted(stream).write("\x1b[0m")
    assert stream.buffer.getvalue() == b"\\x1b[31m \\xfc\n\\x07\x1b[0m"
    assert trusted(stream).encoding == "ascii"
