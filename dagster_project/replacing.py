"""Replaces a part of a library for the time of a call, where it has no option for what we need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NONE = object()


@contextmanager
def replaced(owner: Any, name: str, by: Any) -> Iterator[None]:
    """Gives a module or class another `name` until the context ends; its own is back after that.

    Args:
        owner: the module or class.
        name: of its function or method; a class may inherit it.
        by: what takes the place.
    """
    own = vars(owner).get(name, _NONE)
    setattr(owner, name, by)
    try:
        yield
    finally:
        if own is _NONE:
            delattr(owner, name)
        else:
            setattr(owner, name, own)
