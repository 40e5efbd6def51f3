"""Triton's interpreter without the work that it repeats at every call of a function in a kernel."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from triton import language
from triton.runtime import interpreter


def prepare_once_a_launch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the interpreter replace what is in ``triton.language`` once a launch.

    It does so again at each call of a function, on top of what it replaced before and without undoing it:
    most of the time of a launch is spent there.
    """
    prepare, undo = interpreter._patch_lang, interpreter._LangPatchScope.restore
    prepared: dict[frozenset[str], Any] = {}

    @cache
    def languages(function: Callable[..., Any]) -> frozenset[str]:
        both = (language, language.core)
        return frozenset(value.__name__ for value in function.__globals__.values() if value in both)

    def undo_all() -> None:
        for scope in reversed(prepared.values()):
            undo(scope)
        prepared.clear()

    def prepare_once(function: Callable[..., Any]) -> Any:
        if (known := languages(function)) in prepared:
            return interpreter._LangPatchScope()
        scope = prepare(function)
        if not prepared:  # this is the launch itself, which calls ``restore`` at its end
            scope.restore = undo_all
        prepared[known] = scope
        return scope

    monkeypatch.setattr(interpreter, "_patch_lang", prepare_once)
